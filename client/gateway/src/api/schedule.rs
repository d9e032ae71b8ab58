//! What creators announce: `/v1/people/{account}/schedule`, `/v1/me/schedule` and `/v1/schedule/{id}/reminder`.

use super::{
    creators::check_creator,
    error::ApiError,
    signed_in::SignedIn,
    state::{ApiState, Catalogue, Creators},
};
use crate::{moderation::Moderation, people::People};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    Json,
};
use std::{collections::HashSet, sync::Arc};
use tick_stream_primitives::{clock::now_ms, Moment};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::people::ScheduleRow;
use vilokanam_people::text::{clean, Lines};
use vilokanam_wire::{
    people::{NewScheduleEntry, ScheduleEntry, MAX_SCHEDULE_MINUTES, MAX_SCHEDULE_TITLE_CHARS},
    scalars::{from_rfc3339, rfc3339},
    Account, Problem, StreamRef,
};

/// Maximum number of a creator's entries that have not begun.
const MAX_ENTRIES: u32 = 100;
/// Entries that are listed: those that have not begun, and as many that go on.
const MAX_LISTED: u32 = 2 * MAX_ENTRIES;
/// How far ahead an entry may begin.
const MAX_AHEAD_MS: u64 = 366 * 24 * 3_600 * 1_000;
const MINUTE_MS: u64 = 60_000;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(get_schedule))
        .routes(routes!(add_schedule_entry))
        .routes(routes!(remove_schedule_entry))
        .routes(routes!(add_reminder, remove_reminder))
}

/// Returns what a creator has announced and is not over, in order of time.
#[utoipa::path(get, path = "/v1/people/{account}/schedule", tag = "people", params(("account" = String, Path)),
    responses((status = 200, body = Vec<ScheduleEntry>), (status = 400, body = Problem)))]
pub async fn get_schedule(
    State(catalogue): State<Arc<Catalogue>>,
    Path(creator): Path<Account>,
    who: Option<SignedIn>,
) -> Result<Json<Vec<ScheduleEntry>>, ApiError> {
    let now = now_ms();
    let since = now.saturating_sub(u64::from(MAX_SCHEDULE_MINUTES) * MINUTE_MS);
    let mut rows = catalogue.index.schedule_of(&creator.0, since, MAX_LISTED).await?;
    rows.retain(|row| !is_over(row, now));
    let reminded = match &who {
        Some(who) => {
            let ids: Vec<u64> = rows.iter().map(|row| row.id).collect();
            Some(catalogue.index.reminded_entries(&who.account, &ids).await?)
        }
        None => None,
    };
    Ok(Json(rows.into_iter().map(|row| entry_view(row, reminded.as_ref())).collect()))
}

/// Announces a broadcast. A creator can have 100 entries that have not begun.
#[utoipa::path(post, path = "/v1/me/schedule", tag = "people", request_body = NewScheduleEntry, responses(
    (status = 201, body = ScheduleEntry), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem), (status = 429, body = Problem),
))]
pub async fn add_schedule_entry(
    State(catalogue): State<Arc<Catalogue>>,
    State(creators): State<Arc<Creators>>,
    State(people): State<Arc<People>>,
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Json(body): Json<NewScheduleEntry>,
) -> Result<(StatusCode, Json<ScheduleEntry>), ApiError> {
    signed.require_wallet()?;
    moderation.check_may_speak(&signed.account)?;
    let now = now_ms();
    let starts_at = checked_time(&body, now)?;
    let title = clean(&body.title, MAX_SCHEDULE_TITLE_CHARS, Lines::One);
    let title = title.map_err(|error| ApiError::bad_request(format!("The title is not accepted: {error}.")))?;
    moderation.check_text(&title)?;
    people.limits().take_reaction(&signed.account, now)?;
    let stream = body.stream.map(|stream| stream.0);
    if let Some(stream) = stream {
        check_creator(&creators, &signed, stream).await?;
    }
    let creator = signed.account;
    let row = ScheduleRow { id: 0, creator, starts_at, minutes: body.minutes, title, stream, is_announced: false };
    let Some(id) = catalogue.index.add_schedule(&row, now, MAX_ENTRIES).await? else {
        let detail = format!("Your schedule has {MAX_ENTRIES} entries that have not begun, which is the limit.");
        return Err(ApiError::conflict(detail).hint("Remove one first."));
    };
    let entry = entry_view(ScheduleRow { id, ..row }, Some(&HashSet::new()));
    Ok((StatusCode::CREATED, Json(entry)))
}

/// Removes an entry of the person's own schedule. Nobody is reminded of it then.
#[utoipa::path(delete, path = "/v1/me/schedule/{id}", tag = "people", params(("id" = u64, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn remove_schedule_entry(
    State(catalogue): State<Arc<Catalogue>>,
    Path(id): Path<u64>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    signed.require_wallet()?;
    match catalogue.index.remove_schedule(id, &signed.account).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found(format!("Your schedule has no entry {id}."))),
    }
}

/// Has the person reminded of an entry before it begins.
#[utoipa::path(put, path = "/v1/schedule/{id}/reminder", tag = "people", params(("id" = u64, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 429, body = Problem),
))]
pub async fn add_reminder(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(id): Path<u64>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    set_reminder(&catalogue, &people, &signed, (id, true)).await
}

/// Has the person not reminded of an entry any more.
#[utoipa::path(delete, path = "/v1/schedule/{id}/reminder", tag = "people", params(("id" = u64, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn remove_reminder(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(id): Path<u64>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    set_reminder(&catalogue, &people, &signed, (id, false)).await
}

async fn set_reminder(
    catalogue: &Catalogue,
    people: &People,
    signed: &SignedIn,
    (id, is_reminded): (u64, bool),
) -> Result<StatusCode, ApiError> {
    signed.require_member()?;
    let now = now_ms();
    people.limits().take_reaction(&signed.account, now)?;
    let row = catalogue.index.schedule_entry(id).await?;
    let row = row.ok_or_else(|| ApiError::not_found(format!("There is no entry {id} in any schedule.")))?;
    if is_reminded && row.starts_at <= now {
        return Err(ApiError::conflict("It has begun: there is nothing to be reminded of any more."));
    }
    catalogue.index.set_reminder(id, &signed.account, is_reminded).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns when an entry begins, if time and length are allowed.
fn checked_time(entry: &NewScheduleEntry, now: Moment) -> Result<Moment, ApiError> {
    let starts_at = from_rfc3339(&entry.starts_at)
        .ok_or_else(|| ApiError::bad_request("'starts_at' must be a time such as 2026-12-24T18:00:00Z."))?;
    if starts_at <= now || starts_at - now > MAX_AHEAD_MS {
        return Err(ApiError::bad_request("'starts_at' must be in the future, and within a year."));
    }
    if !(1..=MAX_SCHEDULE_MINUTES).contains(&entry.minutes) {
        return Err(ApiError::bad_request(format!("'minutes' must be 1 to {MAX_SCHEDULE_MINUTES}.")));
    }
    Ok(starts_at)
}

fn is_over(row: &ScheduleRow, now: Moment) -> bool {
    row.starts_at.saturating_add(u64::from(row.minutes) * MINUTE_MS) <= now
}

/// Returns an entry with whether it is among those that somebody is reminded of. `None` if nobody is signed in.
fn entry_view(row: ScheduleRow, reminded: Option<&HashSet<u64>>) -> ScheduleEntry {
    ScheduleEntry {
        id: row.id,
        starts_at: rfc3339(row.starts_at),
        minutes: row.minutes,
        title: row.title,
        stream: row.stream.map(StreamRef),
        is_reminded_me: reminded.map(|reminded| reminded.contains(&row.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::AccountId;

    const NOW: Moment = 1_767_225_600_000;

    fn entry(starts_at: Moment, minutes: u32) -> NewScheduleEntry {
        NewScheduleEntry { starts_at: rfc3339(starts_at), minutes, title: "Tea".into(), stream: None }
    }

    fn row(starts_at: Moment, minutes: u32) -> ScheduleRow {
        let creator = AccountId::new([1; 32]);
        ScheduleRow { id: 4, creator, starts_at, minutes, title: "Tea".into(), stream: Some(7), is_announced: false }
    }

    #[test]
    fn entries_begin_in_the_future_and_within_a_year() {
        assert_eq!(checked_time(&entry(NOW + 1, 60), NOW).unwrap(), NOW + 1);
        assert!(checked_time(&entry(NOW, 60), NOW).is_err());
        assert!(checked_time(&entry(NOW + MAX_AHEAD_MS, 60), NOW).is_ok());
        assert!(checked_time(&entry(NOW + MAX_AHEAD_MS + 1, 60), NOW).is_err());
        let odd = NewScheduleEntry { starts_at: "tomorrow".into(), ..entry(NOW + 1, 60) };
        assert!(checked_time(&odd, NOW).is_err());
    }

    #[test]
    fn entries_last_a_minute_to_a_day() {
        for (minutes, is_allowed) in [(0, false), (1, true), (MAX_SCHEDULE_MINUTES, true), (u32::MAX, false)] {
            assert_eq!(checked_time(&entry(NOW + 1, minutes), NOW).is_ok(), is_allowed, "{minutes}");
        }
    }

    #[test]
    fn entries_are_listed_until_they_are_over() {
        assert!(!is_over(&row(NOW, 30), NOW));
        assert!(!is_over(&row(NOW, 30), NOW + 30 * MINUTE_MS - 1));
        assert!(is_over(&row(NOW, 30), NOW + 30 * MINUTE_MS));
    }

    #[test]
    fn reminders_are_shown_to_whom_they_belong() {
        let shown = |reminded: Option<&HashSet<u64>>| entry_view(row(NOW, 30), reminded).is_reminded_me;
        assert_eq!(shown(None), None, "nobody is signed in");
        assert_eq!(shown(Some(&[4].into())), Some(true));
        assert_eq!(shown(Some(&HashSet::new())), Some(false));
    }
}
