//! Recordings as products: found by search and by creator, described and deleted by their creator.

use super::{
    creators::check_creator,
    error::ApiError,
    shown::no_recording,
    signed_in::SignedIn,
    state::{Catalogue, Creators},
    views::{
        self,
        recordings::{recording_view, visibility_of},
    },
};
use crate::search::Search;
use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::{PageRequest, RecordingFilter, RecordingRow, RecordingState, Visibility};
use vilokanam_wire::{
    streams::{Page, RecordingPatch, RecordingView},
    Account, Problem,
};

/// Number of recordings on a page if the request names none.
const DEFAULT_LIMIT: u32 = 20;
/// Most characters of a title.
const MAX_TITLE_CHARS: usize = 120;
/// Most characters of a description.
const MAX_DESCRIPTION_CHARS: usize = 5_000;
/// Characters of the hash of a picture.
const HASH_CHARS: usize = 64;

/// Which recordings to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LibraryQuery {
    /// Words that must all occur in title or description, or in the texts of the stream.
    q: Option<String>,
    /// Only recordings of this stream.
    stream: Option<u64>,
    /// Only recordings of this creator's streams.
    #[param(value_type = Option<String>)]
    creator: Option<Account>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Maximum number of items on the page, at most 100.
    limit: Option<u32>,
}

/// Lists public recordings of all streams, the last first.
#[utoipa::path(get, path = "/v1/recordings", tag = "streams", params(LibraryQuery), responses(
    (status = 200, body = Page<RecordingView>), (status = 400, body = Problem),
))]
pub async fn search_recordings(
    State(catalogue): State<Arc<Catalogue>>,
    Query(query): Query<LibraryQuery>,
) -> Result<Json<Page<RecordingView>>, ApiError> {
    let LibraryQuery { q, stream, creator, cursor, limit } = query;
    let creator = creator.map(|creator| creator.0);
    let filter = RecordingFilter { search: q, stream, creator, is_creators: false };
    let page = PageRequest { limit: limit.unwrap_or(DEFAULT_LIMIT), cursor };
    let mut found = catalogue.index.recordings(&filter, &page).await?;
    // The index is behind by finality.
    found.items.retain(|row| is_listed(&catalogue, row));
    Ok(Json(views::page(found, |row| recording_view(row, false))))
}

/// Whether viewers may see a recording in lists: no moderator withholds it or its stream.
pub(super) fn is_listed(catalogue: &Catalogue, row: &RecordingRow) -> bool {
    catalogue.rules.check_served(row.stream).is_ok() && !catalogue.recordings.is_withheld(row.stream, row.number)
}

/// Describes a recording.
#[utoipa::path(patch, path = "/v1/streams/{id}/recordings/{number}", tag = "creators",
    params(("id" = u64, Path), ("number" = u64, Path)), request_body = RecordingPatch,
    responses((status = 200, body = RecordingView), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem)))]
pub async fn describe_recording(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(search): State<Arc<Search>>,
    Path((stream, number)): Path<(StreamId, u64)>,
    who: SignedIn,
    body: Bytes,
) -> Result<Json<RecordingView>, ApiError> {
    check_creator(&creators, &who, stream).await?;
    let patch = serde_json::from_slice(&body).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let described = describe(&catalogue, stream, number, patch).await?;
    search.recording_changed(stream, number);
    Ok(described)
}

async fn describe(
    catalogue: &Catalogue,
    stream: StreamId,
    number: u64,
    patch: RecordingPatch,
) -> Result<Json<RecordingView>, ApiError> {
    check(&patch)?;
    let changed = catalogue.index.change_recording(stream, number, |row| apply(row, patch)).await?;
    let changed = changed.ok_or_else(|| no_recording(stream, number))?;
    catalogue.recordings.forget(stream, number);
    if changed.visibility == Visibility::Private {
        catalogue.live.withdraw_ended(stream, number);
    }
    Ok(Json(recording_view(changed, true)))
}

fn check(patch: &RecordingPatch) -> Result<(), ApiError> {
    let is_text = |text: &Option<String>, max_chars: usize, may_break: bool| {
        text.as_ref().is_none_or(|text| {
            text.chars().count() <= max_chars && !text.chars().any(|c| c.is_control() && !(may_break && c == '\n'))
        })
    };
    if !is_text(&patch.title, MAX_TITLE_CHARS, false) {
        let why = format!("A title has at most {MAX_TITLE_CHARS} characters, on one line.");
        return Err(ApiError::bad_request(why));
    }
    if !is_text(&patch.description, MAX_DESCRIPTION_CHARS, true) {
        let why = format!("A description has at most {MAX_DESCRIPTION_CHARS} characters, and no control characters.");
        return Err(ApiError::bad_request(why));
    }
    let is_hash =
        |hash: &String| hash.len() == HASH_CHARS && hash.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    if patch.poster.as_ref().is_some_and(|hash| !hash.is_empty() && !is_hash(hash)) {
        let why = "A poster is the hash that POST /v1/images answers: 64 characters of hex, in lower case.";
        return Err(ApiError::bad_request(why));
    }
    Ok(())
}

fn apply(row: &mut RecordingRow, patch: RecordingPatch) {
    let RecordingPatch { title, description, poster, visibility } = patch;
    row.title = title.map_or_else(|| row.title.clone(), |title| title.trim().to_owned());
    row.description = description.map_or_else(|| row.description.clone(), |text| text.trim().to_owned());
    row.poster = poster.unwrap_or_else(|| row.poster.clone());
    row.visibility = visibility.map_or(row.visibility, visibility_of);
}

/// Deletes a recording. Its playlists, media and keys are refused from now on, and its files are removed within minutes.
#[utoipa::path(delete, path = "/v1/streams/{id}/recordings/{number}", tag = "creators",
    params(("id" = u64, Path), ("number" = u64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn delete_recording(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(search): State<Arc<Search>>,
    Path((stream, number)): Path<(StreamId, u64)>,
    who: SignedIn,
) -> Result<StatusCode, ApiError> {
    check_creator(&creators, &who, stream).await?;
    let deleted = delete(&catalogue, stream, number).await?;
    search.recording_changed(stream, number);
    Ok(deleted)
}

async fn delete(catalogue: &Catalogue, stream: StreamId, number: u64) -> Result<StatusCode, ApiError> {
    let found = catalogue.index.any_recording(stream, number).await?.filter(|row| row.deleted_at.is_none());
    let row = found.ok_or_else(|| no_recording(stream, number))?;
    if row.state == RecordingState::InWork {
        return Err(ApiError::conflict(format!("Recording {number} of stream {stream} is still being made."))
            .hint("End the broadcast, or cancel the job that makes it."));
    }
    catalogue.index.delete_recording(stream, number, now_ms()).await?;
    catalogue.recordings.forget(stream, number);
    catalogue.live.withdraw_ended(stream, number);
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use tick_stream_primitives::StreamStatus;
    use vilokanam_wire::streams::Visibility;

    /// Two streams of one creator and one of another, each with a recording.
    async fn catalogue() -> (TestCatalogue, Account) {
        let catalogue = TestCatalogue::new().await;
        let ours = catalogue.add_streams(1, &[StreamStatus::Offline; 2]).await;
        catalogue.add_streams(2, &[StreamStatus::Offline]).await;
        let index = &catalogue.catalogue.index;
        for stream in 0..3u64 {
            index.begin_broadcast(stream, 0, 0, 1_000).await.unwrap();
            index.end_broadcast(stream, 1, 2_000 + stream, Some("recordings")).await.unwrap();
        }
        (catalogue, ours)
    }

    async fn search(catalogue: &TestCatalogue, query: &str) -> Vec<u64> {
        let uri = format!("/v1/recordings?{query}").parse().unwrap();
        let query = Query::try_from_uri(&uri).unwrap();
        let page = search_recordings(State(catalogue.catalogue.clone()), query).await.unwrap().0;
        page.items.iter().map(|view| view.stream.0).collect()
    }

    fn patch(json: &str) -> RecordingPatch {
        serde_json::from_str(json).unwrap()
    }

    #[tokio::test]
    async fn described_recording_is_found_by_its_words() {
        let (catalogue, ours) = catalogue().await;
        assert_eq!(search(&catalogue, "").await, [2, 1, 0]);
        assert_eq!(search(&catalogue, &format!("creator={ours}")).await, [1, 0]);
        assert_eq!(search(&catalogue, "stream=1").await, [1]);
        let described = patch(r#"{"title":" Opera night ","description":"Act one\nAct two","visibility":"public"}"#);
        let view = describe(&catalogue.catalogue, 1, 1, described).await.unwrap().0;
        assert_eq!((view.title.as_str(), view.description.as_str()), ("Opera night", "Act one\nAct two"));
        assert_eq!(search(&catalogue, "q=OPERA%20two").await, [1]);
        let view = describe(&catalogue.catalogue, 1, 1, patch(r#"{"poster":""}"#)).await.unwrap().0;
        assert_eq!(view.title, "Opera night", "what is absent stays");
    }

    #[tokio::test]
    async fn recordings_that_are_not_public_or_suspended_are_not_found() {
        let (catalogue, _) = catalogue().await;
        for (stream, visibility) in [(0, "unlisted"), (1, "private")] {
            let json = format!("{{\"visibility\":\"{visibility}\"}}");
            let view = describe(&catalogue.catalogue, stream, 1, patch(&json)).await.unwrap().0;
            assert_ne!(view.visibility, Visibility::Public);
        }
        assert_eq!(search(&catalogue, "").await, [2]);
        catalogue.set_status(2, StreamStatus::Suspended);
        assert!(search(&catalogue, "").await.is_empty(), "in the best block, before it is final");
    }

    #[tokio::test]
    async fn texts_and_posters_above_the_limits_are_refused() {
        let (catalogue, _) = catalogue().await;
        let long = |count: usize| "x".repeat(count);
        for json in [
            format!("{{\"title\":\"{}\"}}", long(121)),
            format!("{{\"description\":\"{}\"}}", long(5_001)),
            r#"{"title":"two\nlines"}"#.into(),
            r#"{"poster":"https://example.org/x.png"}"#.into(),
            format!("{{\"poster\":\"{}\"}}", "A".repeat(64)),
        ] {
            let refused = describe(&catalogue.catalogue, 0, 1, patch(&json)).await.unwrap_err();
            assert_eq!(refused.to_problem().status, 400, "{json}");
        }
        let hash = format!("{{\"poster\":\"{}\"}}", "a1".repeat(32));
        assert!(describe(&catalogue.catalogue, 0, 1, patch(&hash)).await.is_ok());
    }

    #[tokio::test]
    async fn deleted_recording_is_gone_and_one_in_work_is_not_deleted() {
        let (catalogue, _) = catalogue().await;
        assert_eq!(delete(&catalogue.catalogue, 2, 1).await.unwrap(), StatusCode::NO_CONTENT);
        assert_eq!(search(&catalogue, "").await, [1, 0]);
        assert_eq!(delete(&catalogue.catalogue, 2, 1).await.unwrap_err().to_problem().status, 404);
        assert!(describe(&catalogue.catalogue, 2, 1, patch("{}")).await.is_err());
        let index = &catalogue.catalogue.index;
        index.begin_broadcast(0, 0, 10, 3_000).await.unwrap();
        index.keep_recording(0, 2, "recordings/0/2").await.unwrap();
        assert_eq!(delete(&catalogue.catalogue, 0, 2).await.unwrap_err().to_problem().status, 409);
    }
}
