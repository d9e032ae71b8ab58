//! `/v1/streams/{id}/settings`: what the creator sets for a stream. The pulled source can be read here as well.

use super::{creators::check_creator, error::ApiError, signed_in::SignedIn, state::Creators};
use crate::{creator_settings::CreatorSettings, publishing::Publishing};
use axum::{
    body::Bytes,
    extract::{Path, State},
    Json,
};
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_wire::{
    settings::{PullSource, StreamSettings},
    Problem,
};

/// Returns what the creator has set for a stream.
#[utoipa::path(get, path = "/v1/streams/{id}/settings", tag = "creators", params(("id" = u64, Path)), responses(
    (status = 200, body = StreamSettings), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn get_settings(
    State(creators): State<Arc<Creators>>,
    State(settings): State<Arc<CreatorSettings>>,
    State(publishing): State<Arc<Publishing>>,
    Path(stream): Path<StreamId>,
    who: SignedIn,
) -> Result<Json<StreamSettings>, ApiError> {
    check_creator(&creators, &who, stream).await?;
    Ok(Json(with_source(settings.of(stream).await?, &publishing, stream)))
}

/// Changes settings of a stream, as a JSON merge patch: `null` takes a setting back.
#[utoipa::path(patch, path = "/v1/streams/{id}/settings", tag = "creators", params(("id" = u64, Path)),
    request_body = StreamSettings, responses(
    (status = 200, body = StreamSettings), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn change_settings(
    State(creators): State<Arc<Creators>>,
    State(settings): State<Arc<CreatorSettings>>,
    State(publishing): State<Arc<Publishing>>,
    Path(stream): Path<StreamId>,
    who: SignedIn,
    body: Bytes,
) -> Result<Json<StreamSettings>, ApiError> {
    check_creator(&creators, &who, stream).await?;
    Ok(Json(with_source(settings.change(stream, &body).await?, &publishing, stream)))
}

fn with_source(settings: StreamSettings, publishing: &Publishing, stream: StreamId) -> StreamSettings {
    let source = publishing.source(stream).map(|source| PullSource { url: source.url });
    StreamSettings { source, ..settings }
}
