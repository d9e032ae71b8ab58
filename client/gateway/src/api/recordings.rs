//! Broadcasts that are over: listed, and played under the keys they were sold with.

use super::{
    error::ApiError,
    media::{self, picture, MULTIVARIANT},
    sessions::PageQuery,
    views::{self, query_error},
};
use crate::{
    app::App,
    live::{Recorded, RecordingError},
};
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
    Json, Router,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_wire::{
    streams::{Page, RecordingView},
    Problem,
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/streams/{id}/recordings/{number}/{playlist}", get(playlist))
        .route("/v1/streams/{id}/recordings/{number}/v/{rendition}/{file}", get(file))
        .route("/v1/streams/{id}/recordings/{number}/sprites/{sheet}", get(sheet))
}

/// Recordings of a stream, the last first.
#[utoipa::path(get, operation_id = "list_recordings", path = "/v1/streams/{id}/recordings", tag = "streams", params(("id" = u64, Path), PageQuery),
    responses((status = 200, body = Page<RecordingView>), (status = 400, body = Problem)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Path(stream): Path<StreamId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<RecordingView>>, ApiError> {
    let found = app.index.broadcasts(stream, &query.request()).await.map_err(query_error)?;
    let mut page = views::page(found, |broadcast| broadcast);
    let live = app.live.channel(stream).map(|channel| channel.number);
    page.items.retain(|broadcast| broadcast.recording_path.is_some() && live != Some(broadcast.number));
    let view = |broadcast: vilokanam_indexer::views::Broadcast| {
        let folder = format!("/v1/streams/{stream}/recordings/{}", broadcast.number);
        let ended_at = broadcast.ended_at.unwrap_or(broadcast.started_at);
        RecordingView {
            number: broadcast.number,
            started_at: broadcast.started_at.to_string(),
            ended_at: ended_at.to_string(),
            duration_s: ended_at.0.saturating_sub(broadcast.started_at.0) / 1_000,
            playlist: format!("{folder}/{MULTIVARIANT}.m3u8"),
            storyboard: format!("{folder}/storyboard.vtt"),
        }
    };
    Ok(Json(Page { items: page.items.into_iter().map(view).collect(), next_cursor: page.next_cursor }))
}

pub fn recording_error(error: RecordingError) -> ApiError {
    ApiError::internal(&error)
}

async fn recorded(app: &App, stream: StreamId, number: u64) -> Result<Arc<Recorded>, ApiError> {
    let found = app.recordings.recorded(stream, number).await.map_err(recording_error)?;
    found.ok_or_else(|| ApiError::not_found("recording of this number"))
}

#[derive(Deserialize)]
struct PlaylistQuery {
    /// Session and token, for players that cannot set headers.
    token: Option<String>,
}

async fn playlist(
    State(app): State<Arc<App>>,
    Path((stream, number, name)): Path<(StreamId, u64, String)>,
    Query(query): Query<PlaylistQuery>,
) -> Result<Response, ApiError> {
    if name == "storyboard.vtt" {
        return storyboard(&app, stream, number).await;
    }
    let name = name.strip_suffix(".m3u8").ok_or_else(|| ApiError::not_found("such playlist"))?;
    let recorded = recorded(&app, stream, number).await?;
    let uris = media::uris_for(&app.recording_uris, query.token.as_deref())?;
    let text = match name {
        MULTIVARIANT => Some(recorded.multivariant(&uris)),
        rendition => recorded.playlist(rendition, &uris),
    };
    let text = text.ok_or_else(|| ApiError::not_found("such rendition"))?;
    Ok(media::playlist_response(text, query.token.is_some()))
}

async fn file(
    State(app): State<Arc<App>>,
    Path((stream, number, rendition, name)): Path<(StreamId, u64, String, String)>,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("such media");
    if !is_rendition(&rendition) || !is_media(&name) {
        return Err(missing());
    }
    // A broadcast that goes on is not a recording yet, though its files are there.
    recorded(&app, stream, number).await?;
    let path = format!("v/{rendition}/{name}");
    let bytes = app.recordings.file(stream, number, &path).await.map_err(recording_error)?;
    Ok(media::file_response(&name, bytes.ok_or_else(missing)?))
}

async fn storyboard(app: &App, stream: StreamId, number: u64) -> Result<Response, ApiError> {
    let text = app.recordings.storyboard(stream, number).await.map_err(recording_error)?;
    let text = text.ok_or_else(|| ApiError::not_found("storyboard of this recording"))?;
    let headers = [(header::CONTENT_TYPE, media::STORYBOARD_TYPE), (header::CACHE_CONTROL, media::MEDIA_AGE)];
    Ok((headers, text).into_response())
}

async fn sheet(
    State(app): State<Arc<App>>,
    Path((stream, number, sheet)): Path<(StreamId, u64, String)>,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("such sheet of thumbnails");
    let sheet = media::sheet_number(&sheet).ok_or_else(missing)?;
    let jpeg = app.recordings.sheet(stream, number, sheet).await.map_err(recording_error)?;
    Ok(picture(jpeg.ok_or_else(missing)?, media::MEDIA_AGE))
}

/// Names of renditions have no dots and no slashes, whatever is asked for.
fn is_rendition(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 32
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// `{index}.m4s` or `init-{n}.mp4`, and nothing else.
fn is_media(name: &str) -> bool {
    let number = name.strip_suffix(".m4s").or_else(|| name.strip_prefix("init-")?.strip_suffix(".mp4"));
    number.is_some_and(|digits| (1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_media_works() {
        assert!(["0.m4s", "18446744073709551615.m4s", "init-0.mp4"].into_iter().all(is_media));
        let others = ["", ".m4s", "..m4s", "1.2.m4s", "../1.m4s", "init-.mp4", "1.mp4", "recording.json", "%2e.m4s"];
        assert!(!others.into_iter().any(is_media));
        assert!(is_rendition("720p") && is_rendition("audio"));
        assert!(!["", "..", "a/b", "a.b", &"x".repeat(33)].into_iter().any(is_rendition));
    }
}
