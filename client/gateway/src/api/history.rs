//! `/v1/me/progress`, `/v1/me/history` and `/v1/me/continue`: how far the person who asks has watched what.

use super::{
    error::ApiError,
    library::is_listed,
    page::PageQuery,
    person_refs::PersonRefs,
    signed_in::SignedIn,
    state::{ApiState, Catalogue},
};
use crate::people::{progress::Full, People, Watching};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    Json,
};
use serde::Deserialize;
use std::{collections::HashMap, sync::Arc};
use tick_stream_primitives::{clock::now_ms, AccountId, Moment, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{
    metadata::{Metadata, KEPT_THUMBNAIL},
    people::ProgressRow,
    QueryError, RecordingRow, RecordingState, StreamRow, Visibility,
};
use vilokanam_wire::{
    people::{HistoryItem, ProgressItem, ProgressReport, ProgressView, Subject, MAX_PROGRESS_ITEMS},
    scalars::{from_rfc3339, rfc3339},
    streams::Page,
    Planck, Problem,
};

/// How far a device's clock may be ahead of the gateway's, in milliseconds.
const MAX_AHEAD_MS: u64 = 60_000;
/// Longest recording or broadcast in which a position is noted, in milliseconds: a year.
const MAX_LENGTH_MS: u64 = 366 * 86_400_000;
/// Number of recordings to continue if the request names none, and the most.
const DEFAULT_CONTINUE: u32 = 12;
const MAX_CONTINUE: u32 = 50;

/// Routes of what a person has watched.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(report_progress))
        .routes(routes!(get_progress))
        .routes(routes!(list_history, forget_history))
        .routes(routes!(forget_watched))
        .routes(routes!(list_unfinished))
}

/// How many items of a list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LimitQuery {
    /// Maximum number of items, at most 50.
    limit: Option<u32>,
}

impl LimitQuery {
    /// Returns the number that was asked for, or `default`.
    ///
    /// # Errors
    ///
    /// It is 0, or above `max`.
    pub fn checked(&self, default: u32, max: u32) -> Result<u32, ApiError> {
        let limit = self.limit.unwrap_or(default);
        if (1..=max).contains(&limit) {
            return Ok(limit);
        }
        Err(QueryError::BadLimit { got: limit, max }.into())
    }
}

/// Notes how far the person has watched. Nothing is kept for those who have chosen so.
#[utoipa::path(put, path = "/v1/me/progress", tag = "people", request_body = ProgressReport, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 503, body = Problem),
))]
pub async fn report_progress(
    State(watching): State<Arc<Watching>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Json(report): Json<ProgressReport>,
) -> Result<StatusCode, ApiError> {
    let rows = rows_of(&signed.account, report, now_ms())?;
    if people.settings(&signed.account).await?.keep_history {
        watching.progress.note(rows)?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Reads a report, all of it or nothing.
fn rows_of(who: &AccountId, report: ProgressReport, now: Moment) -> Result<Vec<ProgressRow>, ApiError> {
    if report.items.len() > MAX_PROGRESS_ITEMS {
        let why = format!("A report has at most {MAX_PROGRESS_ITEMS} positions. Send several reports.");
        return Err(ApiError::bad_request(why));
    }
    report.items.into_iter().map(|item| row_of(who, item, now)).collect()
}

fn row_of(who: &AccountId, item: ProgressItem, now: Moment) -> Result<ProgressRow, ApiError> {
    let ProgressItem { subject, position_ms, duration_ms, at } = item;
    let noted_at = from_rfc3339(&at)
        .ok_or_else(|| ApiError::bad_request("'at' is no time: write one such as 2026-11-01T12:00:00Z."))?;
    if noted_at > now.saturating_add(MAX_AHEAD_MS) {
        let error = ApiError::bad_request("'at' is more than a minute in the future.");
        return Err(error.hint("Set the clock of the device."));
    }
    if position_ms.max(duration_ms.unwrap_or_default()) > MAX_LENGTH_MS {
        return Err(ApiError::bad_request("A position and a length are at most a year, in milliseconds."));
    }
    Ok(ProgressRow { person: who.clone(), subject: subject.to_string(), position_ms, duration_ms, noted_at })
}

/// Returns how far the person has watched something.
#[utoipa::path(get, path = "/v1/me/progress/{subject}", tag = "people", params(("subject" = String, Path)), responses(
    (status = 200, body = ProgressView), (status = 401, body = Problem), (status = 404, body = Problem),
))]
pub async fn get_progress(
    State(watching): State<Arc<Watching>>,
    Path(subject): Path<Subject>,
    signed: SignedIn,
) -> Result<Json<ProgressView>, ApiError> {
    let found = watching.progress.of(&signed.account, &subject.to_string()).await?;
    let ProgressRow { position_ms, noted_at, .. } =
        found.ok_or_else(|| ApiError::not_found("No position is kept for this."))?;
    Ok(Json(ProgressView { position_ms, at: rfc3339(noted_at) }))
}

/// Lists what the person has watched, the last first. What can no longer be found is left out.
#[utoipa::path(get, path = "/v1/me/history", tag = "people", params(PageQuery), responses(
    (status = 200, body = Page<HistoryItem>), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn list_history(
    State(watching): State<Arc<Watching>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<HistoryItem>>, ApiError> {
    let found = watching.progress.history(&signed.account, &page.request()).await?;
    let (rows, next_cursor) = (found.items, found.next);
    let items = items_of(&catalogue, &people, &signed.account, rows).await?;
    Ok(Json(Page { items, next_cursor }))
}

/// Lists recordings that the person has begun and not watched to the end, the last first.
#[utoipa::path(get, path = "/v1/me/continue", tag = "people", params(LimitQuery), responses(
    (status = 200, body = Vec<HistoryItem>), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn list_unfinished(
    State(watching): State<Arc<Watching>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Query(query): Query<LimitQuery>,
) -> Result<Json<Vec<HistoryItem>>, ApiError> {
    let limit = query.checked(DEFAULT_CONTINUE, MAX_CONTINUE)?;
    // Some may be left out.
    let rows = watching.progress.unfinished(&signed.account, 2 * limit).await?;
    let mut items = items_of(&catalogue, &people, &signed.account, rows).await?;
    items.truncate(limit as usize);
    Ok(Json(items))
}

/// Deletes everything that is kept of what the person has watched.
#[utoipa::path(delete, path = "/v1/me/history", tag = "people", responses(
    (status = 204), (status = 401, body = Problem),
))]
pub async fn forget_history(State(watching): State<Arc<Watching>>, signed: SignedIn) -> Result<StatusCode, ApiError> {
    watching.progress.forget(&signed.account, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a stream or a recording from what the person has watched.
#[utoipa::path(delete, path = "/v1/me/history/{subject}", tag = "people", params(("subject" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem),
))]
pub async fn forget_watched(
    State(watching): State<Arc<Watching>>,
    Path(subject): Path<Subject>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    watching.progress.forget(&signed.account, Some(&subject.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the index knows of subjects.
struct Known {
    streams: HashMap<StreamId, StreamRow>,
    recordings: HashMap<(StreamId, u64), RecordingRow>,
}

impl Known {
    async fn read(catalogue: &Catalogue, subjects: &[Subject]) -> Result<Self, QueryError> {
        let mut ids: Vec<StreamId> = subjects.iter().map(Subject::stream).collect();
        ids.sort_unstable();
        ids.dedup();
        let key = |subject: &Subject| subject.recording().map(|number| (subject.stream(), number));
        let keys: Vec<(StreamId, u64)> = subjects.iter().filter_map(key).collect();
        let streams = catalogue.index.streams_of_ids(&ids).await?;
        let recordings = catalogue.index.recordings_of_keys(&keys).await?;
        Ok(Self { streams, recordings })
    }

    /// Returns an item, without its creator, unless the person may not find it: then it is left out.
    fn item(&self, catalogue: &Catalogue, who: &AccountId, subject: Subject, row: &ProgressRow) -> Option<HistoryItem> {
        let stream = self.streams.get(&subject.stream());
        let is_own = stream.is_some_and(|stream| stream.value.creator == *who);
        let metadata = stream.map(|stream| Metadata::decode(&stream.value.metadata)).unwrap_or_default();
        let kept = metadata.thumbnail.as_deref().and_then(|url| url.strip_prefix(KEPT_THUMBNAIL)).map(str::to_owned);
        let mut price = stream.map_or(0, |stream| stream.value.price_per_tick);
        let (mut title, mut picture, mut duration_ms) = (metadata.title, kept, row.duration_ms);
        match subject.recording() {
            None => {
                let is_served = catalogue.rules.check_served(subject.stream()).is_ok();
                stream.filter(|_| is_own || is_served)?;
            }
            Some(number) => {
                let recording = self.recordings.get(&(subject.stream(), number))?;
                if !may_find(catalogue, recording, is_own) {
                    return None;
                }
                if !recording.title.is_empty() {
                    title.clone_from(&recording.title);
                }
                if !recording.poster.is_empty() {
                    picture = Some(recording.poster.clone());
                }
                if recording.is_free {
                    price = 0;
                }
                duration_ms = duration_ms.or((recording.duration_ms > 0).then_some(recording.duration_ms));
            }
        }
        Some(HistoryItem {
            subject,
            title,
            creator: None,
            picture,
            position_ms: row.position_ms,
            duration_ms,
            at: rfc3339(row.noted_at),
            price_per_tick: Planck(price),
        })
    }
}

/// Whether a person may find a recording. Whoever names an unlisted one in a report does not thereby know its token.
fn may_find(catalogue: &Catalogue, row: &RecordingRow, is_own: bool) -> bool {
    let is_public = row.state == RecordingState::Ready && row.visibility == Visibility::Public;
    row.deleted_at.is_none() && (is_own || is_public && is_listed(catalogue, row))
}

async fn items_of(
    catalogue: &Catalogue,
    people: &People,
    who: &AccountId,
    rows: Vec<ProgressRow>,
) -> Result<Vec<HistoryItem>, ApiError> {
    let rows: Vec<(Subject, ProgressRow)> =
        rows.into_iter().filter_map(|row| Some((row.subject.parse().ok()?, row))).collect();
    let subjects: Vec<Subject> = rows.iter().map(|(subject, _)| *subject).collect();
    let known = Known::read(catalogue, &subjects).await?;
    let mut items: Vec<HistoryItem> =
        rows.iter().filter_map(|(subject, row)| known.item(catalogue, who, *subject, row)).collect();
    let creators = known.streams.values().map(|stream| stream.value.creator.clone());
    let refs = PersonRefs::read(people, creators).await?;
    for item in &mut items {
        let stream = known.streams.get(&item.subject.stream());
        item.creator = stream.map(|stream| refs.of(&stream.value.creator));
    }
    Ok(items)
}

impl From<Full> for ApiError {
    fn from(error: Full) -> Self {
        Self::unavailable(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use tick_stream_primitives::StreamStatus;

    fn item(at: &str) -> ProgressItem {
        ProgressItem { subject: Subject::Recording(7, 3), position_ms: 5, duration_ms: None, at: at.into() }
    }

    fn row(subject: &str) -> ProgressRow {
        let person = AccountId::new([9; 32]);
        ProgressRow { person, subject: subject.into(), position_ms: 5, duration_ms: None, noted_at: 1 }
    }

    async fn titles(catalogue: &TestCatalogue, who: &AccountId) -> Vec<String> {
        let people = People::new(catalogue.catalogue.index.clone());
        let rows = ["stream:0", "recording:0:1", "recording:1:1", "stream:5", "recording:5:5"].map(row).into();
        let items = items_of(&catalogue.catalogue, &people, who, rows).await.unwrap();
        items.iter().map(|item| item.subject.to_string()).collect()
    }

    #[test]
    fn odd_positions_are_refused_and_nothing_of_their_report_is_kept() {
        let who = AccountId::new([1; 32]);
        let now = from_rfc3339("2026-11-01T12:00:00Z").unwrap();
        let status = |items| rows_of(&who, ProgressReport { items }, now).err().map(|error| error.to_problem().status);
        assert_eq!(status(vec![item("2026-11-01T12:00:59Z"), item("2020-01-01T00:00:00Z")]), None);
        assert_eq!(status(vec![item("2026-11-01T12:00:00Z"), item("2026-11-01T12:01:01Z")]), Some(400));
        assert_eq!(status(vec![item("yesterday")]), Some(400));
        let long = ProgressItem { position_ms: u64::MAX, ..item("2026-11-01T12:00:00Z") };
        assert_eq!(status(vec![long]), Some(400), "no database can store it");
        assert_eq!(status(vec![item("2026-11-01T12:00:00Z"); MAX_PROGRESS_ITEMS]), None);
        assert_eq!(status(vec![item("2026-11-01T12:00:00Z"); MAX_PROGRESS_ITEMS + 1]), Some(400));
    }

    #[tokio::test]
    async fn only_creators_find_what_is_not_public() {
        let catalogue = TestCatalogue::new().await;
        let creator = catalogue.add_streams(1, &[StreamStatus::Offline; 2]).await.0;
        let index = &catalogue.catalogue.index;
        for stream in 0..2u64 {
            index.begin_broadcast(stream, 0, 0, 1_000).await.unwrap();
            index.end_broadcast(stream, 1, 2_000, Some("recordings")).await.unwrap();
        }
        index.change_recording(1, 1, |row| row.visibility = Visibility::Unlisted).await.unwrap();
        let other = AccountId::new([9; 32]);
        assert_eq!(titles(&catalogue, &other).await, ["stream:0", "recording:0:1"]);
        assert_eq!(titles(&catalogue, &creator).await, ["stream:0", "recording:0:1", "recording:1:1"]);
        catalogue.set_status(0, StreamStatus::Suspended);
        assert!(titles(&catalogue, &other).await.is_empty());
        index.delete_recording(1, 1, 5).await.unwrap();
        assert_eq!(titles(&catalogue, &creator).await, ["stream:0", "recording:0:1"]);
    }
}
