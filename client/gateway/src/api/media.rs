//! Playlists and media: public, encrypted, and the same for everybody, so that any cache may keep them.

use super::error::ApiError;
use crate::{
    app::App,
    live::{Channel, Waited},
};
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use bytes::Bytes;
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_media::{PlaylistError, Uris};

pub const STORYBOARD_TYPE: &str = "text/vtt; charset=utf-8";
const PLAYLIST_TYPE: &str = "application/vnd.apple.mpegurl";
const PLAYLIST_AGE: &str = "public, max-age=1";
/// A viewer's own playlist holds the viewer's token.
const VIEWERS_PLAYLIST_AGE: &str = "private, no-store";
/// Media never changes: its path holds its index, and an index is used once.
pub const MEDIA_AGE: &str = "public, max-age=31536000, immutable";
const THUMBNAIL_AGE: &str = "public, max-age=10";
/// The multivariant playlist's name.
pub const MULTIVARIANT: &str = "master";

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/streams/{id}/hls/{playlist}", get(playlist))
        .route("/v1/streams/{id}/hls/v/{rendition}/{file}", get(file))
        .route("/v1/streams/{id}/thumbnail.jpg", get(thumbnail))
        .route("/v1/streams/{id}/storyboard.vtt", get(storyboard))
        .route("/v1/streams/{id}/sprites/{sheet}", get(sheet))
}

#[derive(Deserialize)]
struct PlaylistQuery {
    #[serde(rename = "_HLS_msn")]
    msn: Option<u64>,
    #[serde(rename = "_HLS_part")]
    part: Option<u32>,
    /// Session and token, for players that cannot set headers.
    token: Option<String>,
}

fn channel(app: &App, stream: StreamId) -> Result<Arc<Channel>, ApiError> {
    app.live.channel(stream).ok_or_else(|| ApiError::not_found("live stream of this number"))
}

async fn playlist(
    State(app): State<Arc<App>>,
    Path((stream, name)): Path<(StreamId, String)>,
    Query(query): Query<PlaylistQuery>,
) -> Result<Response, ApiError> {
    let channel = channel(&app, stream)?;
    let name = name.strip_suffix(".m3u8").ok_or_else(|| ApiError::not_found("such playlist"))?;
    if query.part.is_some() && query.msn.is_none() {
        return Err(ApiError::bad_request("_HLS_part needs _HLS_msn"));
    }
    let uris = uris_for(&app.uris, query.token.as_deref())?;
    if name == MULTIVARIANT {
        let text = channel.multivariant_playlist(&uris).map_err(playlist_error)?;
        return Ok(playlist_response(text, query.token.is_some()));
    }
    let wanted = query.msn.map(|msn| (msn, query.part));
    match channel.media_playlist(name, wanted, &uris).await.map_err(playlist_error)? {
        Waited::Ready(text) => Ok(playlist_response(text, query.token.is_some())),
        Waited::TooFarAhead => Err(ApiError::bad_request("_HLS_msn or _HLS_part is too far ahead")),
        Waited::Gone => Err(ApiError::not_found("such rendition")),
        Waited::TimedOut => Err(ApiError::unavailable("Nothing new came in time; the publisher may be gone.")),
    }
}

/// The URIs, with the viewer's token if there is one.
pub fn uris_for(uris: &Uris, token: Option<&str>) -> Result<Uris, ApiError> {
    let viewers = token.map(|token| uris.for_viewer(token)).transpose();
    let viewers = viewers.map_err(|error| ApiError::bad_request(error.to_string()))?;
    Ok(viewers.unwrap_or_else(|| uris.clone()))
}

fn playlist_error(error: PlaylistError) -> ApiError {
    match error {
        PlaylistError::NotReady => {
            ApiError::unavailable("The stream has just begun; its first seconds are on their way.")
        }
        error => ApiError::not_found("such playlist").mend(error.to_string()),
    }
}

/// A playlist; one with a token is its viewer's alone.
pub fn playlist_response(text: String, is_viewers: bool) -> Response {
    let age = if is_viewers { VIEWERS_PLAYLIST_AGE } else { PLAYLIST_AGE };
    ([(header::CONTENT_TYPE, PLAYLIST_TYPE), (header::CACHE_CONTROL, age)], text).into_response()
}

async fn file(
    State(app): State<Arc<App>>,
    Path((stream, rendition, name)): Path<(StreamId, String, String)>,
) -> Result<Response, ApiError> {
    let channel = channel(&app, stream)?;
    let path = format!("v/{rendition}/{name}");
    // `{index}.{part}.m4s` may be asked for before it is there.
    let numbers = name.strip_suffix(".m4s").and_then(|stem| stem.split_once('.'));
    let part = numbers.and_then(|(index, part)| Some((&*rendition, index.parse().ok()?, part.parse().ok()?)));
    match channel.file(&path, part).await {
        Waited::Ready(bytes) => Ok(file_response(&name, bytes)),
        Waited::TooFarAhead => Err(ApiError::bad_request("this part is too far ahead")),
        Waited::Gone => Err(ApiError::not_found("such media; it may have left the playlist")),
        Waited::TimedOut => Err(ApiError::unavailable("This part did not come in time.")),
    }
}

/// An initialisation or a piece of media.
pub fn file_response(name: &str, bytes: Bytes) -> Response {
    let kind = if name.ends_with(".mp4") { "video/mp4" } else { "video/iso.segment" };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, MEDIA_AGE)], bytes).into_response()
}

/// A JPEG.
pub fn picture(jpeg: Bytes, age: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, age)], jpeg).into_response()
}

/// The number in `{number}.jpg`.
pub fn sheet_number(name: &str) -> Option<usize> {
    name.strip_suffix(".jpg").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

async fn thumbnail(State(app): State<Arc<App>>, Path(stream): Path<StreamId>) -> Result<Response, ApiError> {
    let jpeg = channel(&app, stream)?.thumbnail().ok_or_else(|| ApiError::not_found("picture yet"))?;
    Ok(picture(jpeg, THUMBNAIL_AGE))
}

async fn storyboard(State(app): State<Arc<App>>, Path(stream): Path<StreamId>) -> Result<Response, ApiError> {
    let text = channel(&app, stream)?.storyboard.text().ok_or_else(|| ApiError::not_found("storyboard yet"))?;
    let headers = [(header::CONTENT_TYPE, STORYBOARD_TYPE), (header::CACHE_CONTROL, THUMBNAIL_AGE)];
    Ok((headers, text).into_response())
}

/// A growing sheet changes with each thumbnail; a finished one belongs to this broadcast, and its name to every one.
async fn sheet(
    State(app): State<Arc<App>>,
    Path((stream, sheet)): Path<(StreamId, String)>,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("such sheet of thumbnails");
    let number = sheet_number(&sheet).ok_or_else(missing)?;
    let jpeg = channel(&app, stream)?.storyboard.sheet(number).await.ok_or_else(missing)?;
    Ok(picture(jpeg, THUMBNAIL_AGE))
}
