//! The source from which the gateway pulls a stream: set, read and removed by the stream's creator.

use super::{
    creators::{check_creator, check_published},
    error::ApiError,
    signed_in::SignedIn,
    state::{ApiState, Catalogue, Creators},
};
use crate::{publishing::Publishing, use_cases::Sessions};
use axum::{
    extract::{FromRef, Path, State},
    http::StatusCode,
    Json,
};
use std::sync::Arc;
use tick_stream_primitives::{AccountId, StreamId};
use vilokanam_ingest::{PublishError, PullError};
use vilokanam_wire::{
    codes,
    source::{PulledSource, SetSource},
    Problem,
};

/// Sources of the streams of one creator, so that the gateway's places are not all taken by one.
const MAX_SOURCES_OF_CREATOR: usize = 4;

/// What decides whether a stream may have a source.
#[derive(Clone)]
pub struct SourceLimits {
    sessions: Arc<Sessions>,
    catalogue: Arc<Catalogue>,
}

impl FromRef<ApiState> for SourceLimits {
    fn from_ref(state: &ApiState) -> Self {
        let ApiState { sessions, catalogue, .. } = state.clone();
        Self { sessions, catalogue }
    }
}

/// Sets the URL from which the gateway pulls the stream's video, and begins to pull it.
///
/// HLS, RTMP, RTSP and SRT are pulled, from public addresses only. What fails later is in the stream's health.
#[utoipa::path(put, path = "/v1/streams/{id}/source", tag = "creators", params(("id" = u64, Path)), request_body = SetSource,
    responses((status = 200, body = PulledSource), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
pub async fn set_source(
    State(creators): State<Arc<Creators>>,
    State(publishing): State<Arc<Publishing>>,
    State(limits): State<SourceLimits>,
    Path(stream): Path<StreamId>,
    who: SignedIn,
    body: String,
) -> Result<Json<PulledSource>, ApiError> {
    let terms = check_creator(&creators, &who, stream).await?;
    check_published(&terms)?;
    creators.moderation.check_may_publish(&terms.creator).await?;
    limits.sessions.check_income(&terms)?;
    let wanted: SetSource = serde_json::from_str(&body)
        .map_err(|error| ApiError::bad_request(format!("The body is not {{\"url\": …}}: {error}.")))?;
    check_count(&limits.catalogue, stream, &terms.creator, &publishing.pulled_streams()).await?;
    publishing.set_source(stream, &wanted.url).await.map_err(pull_error)?;
    publishing.source(stream).map(Json).ok_or_else(|| no_source(stream))
}

/// Checks that a creator may have one more source. Streams that are younger than finality are not known yet, and do not count.
async fn check_count(
    catalogue: &Catalogue,
    stream: StreamId,
    creator: &AccountId,
    pulled: &[StreamId],
) -> Result<(), ApiError> {
    let mut count = 0;
    for other in pulled.iter().filter(|other| **other != stream) {
        let found = catalogue.index.stream(*other).await?;
        count += usize::from(found.is_some_and(|found| found.value.creator == *creator));
    }
    if count < MAX_SOURCES_OF_CREATOR {
        return Ok(());
    }
    let words = format!("{count} streams of this creator are pulled already, which is the limit.");
    Err(ApiError::conflict(words).hint("Publish to the gateway, or remove a source of another stream."))
}

/// Returns the source from which the stream is pulled.
#[utoipa::path(get, path = "/v1/streams/{id}/source", tag = "creators", params(("id" = u64, Path)), responses(
    (status = 200, body = PulledSource), (status = 401, body = Problem), (status = 404, body = Problem),
))]
pub async fn get_source(
    State(creators): State<Arc<Creators>>,
    State(publishing): State<Arc<Publishing>>,
    Path(stream): Path<StreamId>,
    who: SignedIn,
) -> Result<Json<PulledSource>, ApiError> {
    check_creator(&creators, &who, stream).await?;
    publishing.source(stream).map(Json).ok_or_else(|| no_source(stream))
}

/// Stops pulling the stream. Its broadcast waits for a publisher.
#[utoipa::path(delete, path = "/v1/streams/{id}/source", tag = "creators", params(("id" = u64, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
))]
pub async fn remove_source(
    State(creators): State<Arc<Creators>>,
    State(publishing): State<Arc<Publishing>>,
    Path(stream): Path<StreamId>,
    who: SignedIn,
) -> Result<StatusCode, ApiError> {
    check_creator(&creators, &who, stream).await?;
    if publishing.remove_source(stream) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(no_source(stream))
    }
}

fn no_source(stream: StreamId) -> ApiError {
    ApiError::not_found(format!("Stream {stream} is not pulled from anywhere."))
}

fn pull_error(error: PullError) -> ApiError {
    let words = format!("The source is refused: {error}.");
    match error {
        PullError::Off | PullError::TooMany(_) | PullError::Refused(PublishError::ShuttingDown) => {
            ApiError::unavailable(words)
        }
        _ => ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, codes::PUBLISH_REFUSED, "The source is refused", words),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use axum::response::IntoResponse;
    use tick_stream_primitives::StreamStatus;

    #[tokio::test]
    async fn sources_of_one_creator_are_limited() {
        let catalogue = TestCatalogue::new().await;
        let ours = catalogue.add_streams(1, &[StreamStatus::Offline; MAX_SOURCES_OF_CREATOR + 1]).await.0;
        let all: Vec<StreamId> = (0..=MAX_SOURCES_OF_CREATOR as u64).collect();
        let check = |stream, pulled: &[StreamId]| {
            let (catalogue, ours, pulled) = (catalogue.catalogue.clone(), ours.clone(), pulled.to_vec());
            async move { check_count(&catalogue, stream, &ours, &pulled).await.map_err(|error| error.to_problem().status) }
        };
        assert_eq!(check(0, &all[..MAX_SOURCES_OF_CREATOR]).await, Ok(()), "one of them is replaced");
        assert_eq!(check(0, &all).await, Err(409));
        assert_eq!(check(77, &[77, 78, 79, 80, 81]).await, Ok(()), "streams of others");
    }

    #[test]
    fn sources_that_can_never_be_pulled_are_told_from_those_of_the_moment() {
        let status = |error: PullError| pull_error(error).into_response().status();
        assert_eq!(status(PullError::TooMany(1)), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(PullError::Url), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(status(PullError::Scheme("file".into())), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
