//! `/v1/likes` and `/v1/reactions`: likes of streams and recordings, and their counts.

use super::{
    error::ApiError,
    library::is_listed,
    shown::no_recording,
    signed_in::SignedIn,
    state::{ApiState, Catalogue},
};
use crate::people::People;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    Json,
};
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{RecordingRow, Visibility};
use vilokanam_wire::{
    people::{Reactions, Subject},
    Problem,
};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(like, unlike)).routes(routes!(get_reactions))
}

/// Returns a recording that viewers may have: one that is ready, not private and not withheld. Unlisted ones need no token
/// here, since nothing of the recording itself is given out.
pub(super) async fn recording_by_number(
    catalogue: &Catalogue,
    stream: StreamId,
    number: u64,
) -> Result<RecordingRow, ApiError> {
    catalogue.rules.check_served(stream)?;
    let found = catalogue.index.recording(stream, number).await?;
    let is_shown = |row: &RecordingRow| row.visibility != Visibility::Private && is_listed(catalogue, row);
    found.filter(is_shown).ok_or_else(|| no_recording(stream, number))
}

/// Checks that a stream or a recording exists and is public at this gateway.
async fn check_public(catalogue: &Catalogue, subject: Subject) -> Result<(), ApiError> {
    let stream = subject.stream();
    if let Some(number) = subject.recording() {
        let row = recording_by_number(catalogue, stream, number).await?;
        return match row.visibility {
            Visibility::Public => Ok(()),
            Visibility::Unlisted | Visibility::Private => Err(no_recording(stream, number)),
        };
    }
    catalogue.rules.check_served(stream)?;
    let found = catalogue.index.stream(stream).await?;
    found.map(|_| ()).ok_or_else(|| ApiError::not_found(format!("This gateway knows no stream {stream}.")))
}

/// Likes a stream or a public recording. Liking it again changes nothing.
#[utoipa::path(put, path = "/v1/likes/{subject}", tag = "people",
    params(("subject" = String, Path, description = "`stream:7` or `recording:7:3`.")), responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 429, body = Problem),
))]
pub async fn like(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(subject): Path<Subject>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    signed.require_member()?;
    let now = now_ms();
    people.limits().take_reaction(&signed.account, now)?;
    check_public(&catalogue, subject).await?;
    catalogue.index.like(&signed.account, &subject.to_string(), now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a like back, also of what is not public any more.
#[utoipa::path(delete, path = "/v1/likes/{subject}", tag = "people",
    params(("subject" = String, Path, description = "`stream:7` or `recording:7:3`.")), responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn unlike(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(subject): Path<Subject>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    signed.require_member()?;
    people.limits().take_reaction(&signed.account, now_ms())?;
    catalogue.index.unlike(&signed.account, &subject.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the counts of a stream or a public recording.
#[utoipa::path(get, path = "/v1/reactions/{subject}", tag = "people",
    params(("subject" = String, Path, description = "`stream:7` or `recording:7:3`.")), responses(
    (status = 200, body = Reactions), (status = 400, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn get_reactions(
    State(catalogue): State<Arc<Catalogue>>,
    Path(subject): Path<Subject>,
    who: Option<SignedIn>,
) -> Result<Json<Reactions>, ApiError> {
    check_public(&catalogue, subject).await?;
    let subject = subject.to_string();
    let is_liked_by_me = match &who {
        Some(who) => catalogue.index.is_liking(&who.account, &subject).await?,
        None => false,
    };
    let found = catalogue.index.reactions(std::slice::from_ref(&subject)).await?;
    let counts = found.get(&subject).copied().unwrap_or_default();
    let (likes, views, comments) = (counts.likes, counts.views, counts.comments);
    Ok(Json(Reactions { likes, views, comments, is_liked_by_me }))
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use tick_stream_primitives::{AccountId, StreamStatus};
    use vilokanam_indexer::{RecordingKind, RecordingState};

    async fn add(catalogue: &TestCatalogue, number: u64, visibility: Visibility, state: RecordingState) {
        let row = RecordingRow::new(RecordingKind::Upload, (0, number), number * 1_000, 1_000);
        let row = RecordingRow { state, visibility, published_at: Some(1_000), ..row };
        catalogue.catalogue.index.add_recording(&row).await.unwrap();
    }

    async fn status(catalogue: &TestCatalogue, subject: Subject) -> Option<u16> {
        check_public(&catalogue.catalogue, subject).await.err().map(|error| error.to_problem().status)
    }

    #[tokio::test]
    async fn only_what_is_public_here_is_liked() {
        let catalogue = TestCatalogue::new().await;
        catalogue.add_streams(1, &[StreamStatus::Offline]).await;
        add(&catalogue, 1, Visibility::Public, RecordingState::Ready).await;
        add(&catalogue, 2, Visibility::Unlisted, RecordingState::Ready).await;
        add(&catalogue, 3, Visibility::Private, RecordingState::Ready).await;
        add(&catalogue, 4, Visibility::Public, RecordingState::InWork).await;
        assert_eq!(status(&catalogue, Subject::Stream(0)).await, None);
        assert_eq!(status(&catalogue, Subject::Stream(1)).await, Some(404));
        assert_eq!(status(&catalogue, Subject::Recording(0, 1)).await, None);
        for number in 2..=5 {
            assert_eq!(status(&catalogue, Subject::Recording(0, number)).await, Some(404), "{number}");
        }
        let parts = &catalogue.catalogue;
        assert!(recording_by_number(parts, 0, 2).await.is_ok(), "comments of unlisted ones go by the number");
        assert!(recording_by_number(parts, 0, 3).await.is_err());

        parts.recordings.withhold([(0, 1)].into());
        assert_eq!(status(&catalogue, Subject::Recording(0, 1)).await, Some(404));
        let withheld = crate::stream_rules::Withheld { hidden: [0].into(), ..Default::default() };
        parts.rules.withhold(withheld);
        assert_eq!(status(&catalogue, Subject::Stream(0)).await, Some(403));
    }

    #[tokio::test]
    async fn counts_and_own_like_are_returned() {
        let catalogue = TestCatalogue::new().await;
        catalogue.add_streams(1, &[StreamStatus::Offline]).await;
        catalogue.catalogue.index.like(&AccountId::new([2; 32]), "stream:0", 1_000).await.unwrap();
        let answer = get_reactions(State(catalogue.catalogue.clone()), Path(Subject::Stream(0)), None).await.unwrap();
        assert_eq!(answer.0, Reactions { likes: 1, ..Reactions::default() });
    }
}
