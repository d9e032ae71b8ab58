//! Playlists and media of streams on air: public, encrypted and the same for all viewers, so that any cache may keep them.

use super::error::ApiError;
use super::state::{ApiState, Catalogue};
use crate::live::{Channel, Waited};
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
/// A playlist with a viewer's token is private.
const VIEWERS_PLAYLIST_AGE: &str = "private, no-store";
/// Media never changes: its path contains its index, and an index is used once.
pub const MEDIA_AGE: &str = "public, max-age=31536000, immutable";
const THUMBNAIL_AGE: &str = "public, max-age=10";
/// Name of the multivariant playlist.
pub const MULTIVARIANT: &str = "master";

pub fn routes() -> Router<ApiState> {
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

fn channel(catalogue: &Catalogue, stream: StreamId) -> Result<Arc<Channel>, ApiError> {
    catalogue
        .live
        .channel(stream)
        .ok_or_else(|| ApiError::not_found(format!("Stream {stream} is not on air at this gateway.")))
}

async fn playlist(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, name)): Path<(StreamId, String)>,
    Query(query): Query<PlaylistQuery>,
) -> Result<Response, ApiError> {
    let channel = channel(&catalogue, stream)?;
    let name =
        name.strip_suffix(".m3u8").ok_or_else(|| ApiError::not_found("The name of a playlist ends with .m3u8."))?;
    if query.part.is_some() && query.msn.is_none() {
        return Err(ApiError::bad_request("_HLS_part requires _HLS_msn."));
    }
    let uris = uris_for(&catalogue.live_uris, query.token.as_deref())?;
    if name == MULTIVARIANT {
        let text = channel.multivariant_playlist(&uris).map_err(playlist_error)?;
        return Ok(playlist_response(text, query.token.is_some()));
    }
    let wanted = query.msn.map(|msn| (msn, query.part));
    match channel.media_playlist(name, wanted, &uris).await.map_err(playlist_error)? {
        Waited::Ready(text) => Ok(playlist_response(text, query.token.is_some())),
        Waited::TooFarAhead => Err(ApiError::bad_request("_HLS_msn or _HLS_part is too far ahead of the stream.")),
        Waited::Gone => Err(ApiError::not_found("The stream has no such rendition.")),
        Waited::TimedOut => {
            Err(ApiError::unavailable("No new media arrived in time; the publisher may be disconnected."))
        }
    }
}

/// Returns the URIs, with the viewer's token if there is one.
pub fn uris_for(uris: &Uris, token: Option<&str>) -> Result<Uris, ApiError> {
    let viewers = token.map(|token| uris.for_viewer(token)).transpose();
    let viewers = viewers.map_err(|error| ApiError::bad_request(error.to_string()))?;
    Ok(viewers.unwrap_or_else(|| uris.clone()))
}

fn playlist_error(error: PlaylistError) -> ApiError {
    match error {
        PlaylistError::NotReady => {
            ApiError::unavailable("The stream has just begun; its first seconds are not packaged yet.")
        }
        error => ApiError::not_found("The playlist cannot be given.").hint(error.to_string()),
    }
}

/// Answers with a playlist. One with a viewer's token is not cached.
pub fn playlist_response(text: String, is_viewers: bool) -> Response {
    let age = if is_viewers { VIEWERS_PLAYLIST_AGE } else { PLAYLIST_AGE };
    ([(header::CONTENT_TYPE, PLAYLIST_TYPE), (header::CACHE_CONTROL, age)], text).into_response()
}

async fn file(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, rendition, name)): Path<(StreamId, String, String)>,
) -> Result<Response, ApiError> {
    let channel = channel(&catalogue, stream)?;
    let path = format!("v/{rendition}/{name}");
    // `{index}.{part}.m4s` may be asked for before it is complete.
    let numbers = name.strip_suffix(".m4s").and_then(|stem| stem.split_once('.'));
    let part = numbers.and_then(|(index, part)| Some((&*rendition, index.parse().ok()?, part.parse().ok()?)));
    match channel.file(&path, part).await {
        Waited::Ready(bytes) => Ok(file_response(&name, bytes)),
        Waited::TooFarAhead => Err(ApiError::bad_request("This part is too far ahead of the stream.")),
        Waited::Gone => Err(ApiError::not_found("There is no such media file; it may have left the playlist.")),
        Waited::TimedOut => Err(ApiError::unavailable("This part was not complete in time.")),
    }
}

/// Answers with an initialisation segment or a media segment.
pub fn file_response(name: &str, bytes: Bytes) -> Response {
    let kind = if name.ends_with(".mp4") { "video/mp4" } else { "video/iso.segment" };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, MEDIA_AGE)], bytes).into_response()
}

/// Answers with a JPEG.
pub fn picture(jpeg: Bytes, age: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, age)], jpeg).into_response()
}

/// Returns the number in `{number}.jpg`.
pub fn sheet_number(name: &str) -> Option<usize> {
    name.strip_suffix(".jpg").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

async fn thumbnail(
    State(catalogue): State<Arc<Catalogue>>,
    Path(stream): Path<StreamId>,
) -> Result<Response, ApiError> {
    let jpeg = channel(&catalogue, stream)?
        .thumbnail()
        .ok_or_else(|| ApiError::not_found("The stream has no picture yet."))?;
    Ok(picture(jpeg, THUMBNAIL_AGE))
}

async fn storyboard(
    State(catalogue): State<Arc<Catalogue>>,
    Path(stream): Path<StreamId>,
) -> Result<Response, ApiError> {
    let text = channel(&catalogue, stream)?
        .storyboard
        .text()
        .ok_or_else(|| ApiError::not_found("The stream has no storyboard yet."))?;
    let headers = [(header::CONTENT_TYPE, STORYBOARD_TYPE), (header::CACHE_CONTROL, THUMBNAIL_AGE)];
    Ok((headers, text).into_response())
}

/// Sheets are cached briefly: a growing one changes with each thumbnail, and a name is the same in every broadcast.
async fn sheet(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, sheet)): Path<(StreamId, String)>,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("The storyboard has no such sheet.");
    let number = sheet_number(&sheet).ok_or_else(missing)?;
    let jpeg = channel(&catalogue, stream)?.storyboard.sheet(number).await.ok_or_else(missing)?;
    Ok(picture(jpeg, THUMBNAIL_AGE))
}
