//! Playlists and media of streams on air: public, encrypted and the same for all viewers, so that any cache may keep them.
//!
//! The clear preview is the exception: it is counted with a device's free ticks, and is in no shared cache.

use super::{
    client_ip::ClientIp,
    device::Device,
    error::ApiError,
    representation::{Conditions, Representation},
    state::{ApiState, Catalogue},
};
use crate::{
    live::{Channel, Waited, PLAYLIST_PREFIX, PREVIEW},
    use_cases::KeySales,
};
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use tower_http::{
    compression::{predicate::SizeAbove, CompressionLayer},
    CompressionLevel,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::metadata::ClearPreview;
use vilokanam_media::{LiveForm, PlaylistError, Uris};
use vilokanam_wire::Problem;

pub const STORYBOARD_TYPE: &str = "text/vtt; charset=utf-8";
pub const PLAYLIST_TYPE: &str = "application/vnd.apple.mpegurl";
const PLAYLIST_AGE: &str = "public, max-age=1";
/// What belongs to one viewer is in no cache.
const VIEWERS_AGE: &str = "private, no-store";
/// Media never changes: its path contains its index, and an index is used once.
pub const MEDIA_AGE: &str = "public, max-age=31536000, immutable";
const THUMBNAIL_AGE: &str = "public, max-age=10";
/// Name of the multivariant playlist.
pub const MULTIVARIANT: &str = "master";
/// Bytes from which a playlist is compressed: less fits into one packet anyway.
const COMPRESSED_FROM_BYTES: u64 = 1_024;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(get_playlist))
        .routes(routes!(get_storyboard))
        .layer(compression())
        .routes(routes!(get_media))
        .routes(routes!(get_thumbnail))
        .routes(routes!(get_sheet))
}

/// Compression of playlists and other texts, for clients that accept it. It is fast rather than small, since a live playlist
/// is written anew for every request.
pub fn compression() -> CompressionLayer<SizeAbove> {
    CompressionLayer::new()
        .gzip(true)
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(COMPRESSED_FROM_BYTES))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct PlaylistQuery {
    /// The answer waits for the segment with this number.
    #[serde(rename = "_HLS_msn")]
    msn: Option<u64>,
    /// The answer waits for this part of the segment.
    #[serde(rename = "_HLS_part")]
    part: Option<u32>,
    /// `YES` or `v2`: the player has an earlier version of the playlist.
    #[serde(rename = "_HLS_skip")]
    skip: Option<String>,
    /// Session and token, for players that cannot set headers.
    token: Option<String>,
    /// With any value, playlists that reach back are meant.
    dvr: Option<String>,
}

impl PlaylistQuery {
    fn form(&self) -> LiveForm {
        match self.skip.as_deref() {
            Some("YES" | "v2") => LiveForm::Delta,
            _ => LiveForm::LowLatency,
        }
    }
}

/// Returns the channel of a stream on air that may be served.
pub(super) fn channel(catalogue: &Catalogue, stream: StreamId) -> Result<Arc<Channel>, ApiError> {
    catalogue.rules.check_served(stream)?;
    catalogue
        .live
        .channel(stream)
        .ok_or_else(|| ApiError::not_found(format!("Stream {stream} is not on air at this gateway.")))
}

/// Checks that the creator wants a clear preview at this moment.
fn check_clear_preview(catalogue: &Catalogue, stream: StreamId) -> Result<(), ApiError> {
    match catalogue.rules.clear_preview(stream) {
        ClearPreview::Off => Err(ApiError::not_found(format!("Stream {stream} has no clear preview."))),
        ClearPreview::Muted | ClearPreview::WithSound => Ok(()),
    }
}

/// Returns a playlist of the broadcast on air.
#[utoipa::path(get, path = "/v1/streams/{id}/hls/{playlist}", tag = "media",
    params(("id" = u64, Path), ("playlist" = String, Path, description = "`master.m3u8`, or a playlist that it names."), PlaylistQuery),
    responses(
        (status = 200, body = String, content_type = PLAYLIST_TYPE),
        (status = 304, description = "The playlist is as it was."),
        (status = 307, description = "With `dvr`: where the playlist that reaches back is."),
        (status = 400, body = Problem, description = "`bad-request`: what is waited for is too far ahead."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: the stream is not on air here, or has no such playlist."),
        (status = 503, body = Problem, description = "`unavailable`: nothing is packaged yet, or nothing new has arrived."),
    ))]
async fn get_playlist(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, name)): Path<(StreamId, String)>,
    Query(query): Query<PlaylistQuery>,
    device: Device,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let channel = channel(&catalogue, stream)?;
    let name =
        name.strip_suffix(".m3u8").ok_or_else(|| ApiError::not_found("The name of a playlist ends with .m3u8."))?;
    if query.part.is_some() && query.msn.is_none() {
        return Err(ApiError::bad_request("_HLS_part requires _HLS_msn."));
    }
    let uris = uris_for(&catalogue.live_uris, query.token.as_deref())?;
    if name == MULTIVARIANT && query.dvr.is_some() {
        let token = query.token.map(|token| format!("?token={token}")).unwrap_or_default();
        return Ok(Redirect::temporary(&format!("dvr/{MULTIVARIANT}.m3u8{token}")).into_response());
    }
    if name == MULTIVARIANT {
        let text = channel.multivariant_playlist(&uris).map_err(playlist_error)?;
        return Ok(playlist_response(text, query.token.is_some(), &conditions));
    }
    if let Some(captions) = name.strip_prefix(PLAYLIST_PREFIX) {
        let text = channel.subtitle_playlist(captions, &uris);
        let text = text.ok_or_else(|| ApiError::not_found(format!("There are no captions '{captions}'.")))?;
        return Ok(playlist_response(text, query.token.is_some(), &conditions));
    }
    let is_preview = name == PREVIEW;
    if is_preview {
        check_clear_preview(&catalogue, stream)?;
    }
    let wanted = query.msn.map(|msn| (msn, query.part));
    // Whole segments only: each is counted once, and its parts would be counted again.
    let form = if is_preview { LiveForm::Plain } else { query.form() };
    let text = match channel.media_playlist(name, wanted, form, &uris).await.map_err(playlist_error)? {
        Waited::Ready(text) => text,
        Waited::TooFarAhead => {
            return Err(ApiError::bad_request("_HLS_msn or _HLS_part is too far ahead of the stream."));
        }
        Waited::Gone => return Err(ApiError::not_found("The stream has no such rendition.")),
        Waited::TimedOut => {
            return Err(ApiError::unavailable("No new media arrived in time; the publisher may be disconnected."));
        }
    };
    let mut response = playlist_response(text, is_preview || query.token.is_some(), &conditions);
    if is_preview {
        // Before the first segment, so that all of them are counted for one device.
        device.introduce(&mut response);
    }
    Ok(response)
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

/// Answers with a playlist. One that belongs to a viewer is not cached.
pub fn playlist_response(text: String, is_viewers: bool, conditions: &Conditions) -> Response {
    let age = if is_viewers { VIEWERS_AGE } else { PLAYLIST_AGE };
    Representation { kind: PLAYLIST_TYPE, age, body: text.into(), version: None, has_ranges: false }.answer(conditions)
}

/// Returns an initialisation, a segment or a part of a segment of the broadcast on air: encrypted, and the same for everybody.
#[utoipa::path(get, path = "/v1/streams/{id}/hls/v/{rendition}/{file}", tag = "media",
    params(("id" = u64, Path), ("rendition" = String, Path), ("file" = String, Path, description = "As the playlist names it.")),
    responses(
        (status = 200, content(("video/iso.segment"), ("video/mp4"))),
        (status = 206, description = "The range that was asked for."),
        (status = 304, description = "Media does not change."),
        (status = 400, body = Problem, description = "`bad-request`: the part is too far ahead."),
        (status = 402, body = Problem, description = "`preview-over` or `network-preview-over`: of the clear preview only."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`"),
        (status = 503, body = Problem, description = "`unavailable`: the part was not complete in time."),
    ))]
async fn get_media(
    State(catalogue): State<Arc<Catalogue>>,
    State(sales): State<Arc<KeySales>>,
    Path((stream, rendition, name)): Path<(StreamId, String, String)>,
    client: ClientIp,
    device: Device,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let channel = channel(&catalogue, stream)?;
    // `{index}.{part}.m4s` may be asked for before it is complete.
    let numbers = name.strip_suffix(".m4s").and_then(|stem| stem.split_once('.'));
    let part = numbers.and_then(|(index, part)| Some((&*rendition, index.parse().ok()?, part.parse().ok()?)));
    let missing = || ApiError::not_found("There is no such media file; it may have left the playlist.");
    if rendition == PREVIEW && part.is_some() {
        return Err(missing());
    }
    let path = format!("v/{rendition}/{name}");
    let bytes = match channel.file(&path, part).await {
        Waited::Ready(bytes) => bytes,
        Waited::TooFarAhead => return Err(ApiError::bad_request("This part is too far ahead of the stream.")),
        Waited::Gone => return Err(missing()),
        Waited::TimedOut => return Err(ApiError::unavailable("This part was not complete in time.")),
    };
    let version = format!("{}-{rendition}-{name}", channel.number);
    if rendition != PREVIEW {
        return Ok(file_response(&name, bytes, MEDIA_AGE, version, &conditions));
    }
    check_clear_preview(&catalogue, stream)?;
    let index = name.strip_suffix(".m4s").and_then(|index| index.parse().ok());
    // A slate costs nothing, as in every rendition.
    let counted = index.filter(|index| !conditions.is_head() && channel.key(*index).is_some_and(|(_, cost)| cost > 0));
    if let Some(index) = counted {
        sales.preview(sales.find(stream, index, 1).await?, client.prefix(), device.id)?;
    }
    let mut response = file_response(&name, bytes, VIEWERS_AGE, version, &conditions);
    device.introduce(&mut response);
    Ok(response)
}

/// Answers with an initialisation segment or a media segment. `version` names these bytes, and no others.
pub fn file_response(name: &str, body: Bytes, age: &'static str, version: String, conditions: &Conditions) -> Response {
    let kind = if name.ends_with(".mp4") { "video/mp4" } else { "video/iso.segment" };
    Representation { kind, age, body, version: Some(version), has_ranges: true }.answer(conditions)
}

/// Answers with a JPEG.
pub fn picture(body: Bytes, age: &'static str, conditions: &Conditions) -> Response {
    Representation { kind: "image/jpeg", age, body, version: None, has_ranges: true }.answer(conditions)
}

/// Answers with the text of a storyboard.
pub fn storyboard_response(body: Bytes, age: &'static str, conditions: &Conditions) -> Response {
    Representation { kind: STORYBOARD_TYPE, age, body, version: None, has_ranges: false }.answer(conditions)
}

/// Returns the number in `{number}.jpg`.
pub fn sheet_number(name: &str) -> Option<usize> {
    name.strip_suffix(".jpg").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// Returns the newest picture of the broadcast on air.
#[utoipa::path(get, path = "/v1/streams/{id}/thumbnail.jpg", tag = "pictures", params(("id" = u64, Path)), responses(
    (status = 200, content_type = "image/jpeg"),
    (status = 206, description = "The range that was asked for."),
    (status = 304, description = "The picture is as it was."),
    (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
    (status = 404, body = Problem, description = "`not-found`"),
))]
async fn get_thumbnail(
    State(catalogue): State<Arc<Catalogue>>,
    Path(stream): Path<StreamId>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let jpeg = channel(&catalogue, stream)?
        .thumbnail()
        .ok_or_else(|| ApiError::not_found("The stream has no picture yet."))?;
    Ok(picture(jpeg, THUMBNAIL_AGE, &conditions))
}

/// Returns the storyboard of the broadcast on air: times, and where their pictures are in the sheets.
#[utoipa::path(get, path = "/v1/streams/{id}/storyboard.vtt", tag = "pictures", params(("id" = u64, Path)), responses(
    (status = 200, body = String, content_type = STORYBOARD_TYPE),
    (status = 304, description = "The storyboard is as it was."),
    (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
    (status = 404, body = Problem, description = "`not-found`"),
))]
async fn get_storyboard(
    State(catalogue): State<Arc<Catalogue>>,
    Path(stream): Path<StreamId>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let text = channel(&catalogue, stream)?
        .storyboard
        .text()
        .ok_or_else(|| ApiError::not_found("The stream has no storyboard yet."))?;
    Ok(storyboard_response(text.into(), THUMBNAIL_AGE, &conditions))
}

/// Returns a sheet of pictures of the storyboard.
///
/// Sheets are cached briefly: a growing one changes with each thumbnail, and a name is the same in every broadcast.
#[utoipa::path(get, path = "/v1/streams/{id}/sprites/{sheet}", tag = "pictures",
    params(("id" = u64, Path), ("sheet" = String, Path, description = "`0.jpg` and so on.")),
    responses(
        (status = 200, content_type = "image/jpeg"),
        (status = 206, description = "The range that was asked for."),
        (status = 304, description = "The sheet is as it was."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`"),
    ))]
async fn get_sheet(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, sheet)): Path<(StreamId, String)>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("The storyboard has no such sheet.");
    let number = sheet_number(&sheet).ok_or_else(missing)?;
    let jpeg = channel(&catalogue, stream)?.storyboard.sheet(number).await.ok_or_else(missing)?;
    Ok(picture(jpeg, THUMBNAIL_AGE, &conditions))
}
