//! `/v1/streams/{id}/hls/dvr`: playlists of a broadcast on air that reach back to its beginning, or as far as its creator allows.
//! Keys are bought as for the end of the broadcast.

use super::{
    captions,
    error::ApiError,
    media::{self, MULTIVARIANT, PLAYLIST_TYPE},
    representation::Conditions,
    state::{ApiState, Catalogue},
};
use crate::live::{
    dvr::{self, Wanted},
    RecordingError, PLAYLIST_PREFIX,
};
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use bytes::Bytes;
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_media::{playlist::multivariant_with_subtitles, Uris};
use vilokanam_wire::Problem;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(get_dvr_playlist))
        .layer(media::compression())
        .routes(routes!(get_dvr_captions))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct PlaylistQuery {
    /// `YES` or `v2`: the player has an earlier version of the playlist.
    #[serde(rename = "_HLS_skip")]
    skip: Option<String>,
    /// Session and token, for players that cannot set headers.
    token: Option<String>,
}

fn nothing(stream: StreamId) -> ApiError {
    ApiError::not_found(format!("Viewers cannot go back in what stream {stream} sends."))
        .hint("Its creator has not allowed it, nothing is on air, or nothing has been recorded yet.")
}

/// Returns a playlist that reaches back to the beginning of the broadcast, or as far as its creator allows.
#[utoipa::path(get, path = "/v1/streams/{id}/hls/dvr/{playlist}", tag = "media",
    params(("id" = u64, Path), ("playlist" = String, Path, description = "`master.m3u8`, or a playlist that it names."), PlaylistQuery),
    responses(
        (status = 200, body = String, content_type = PLAYLIST_TYPE),
        (status = 304, description = "The playlist is as it was."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: nothing is on air, or viewers cannot go back in it."),
    ))]
async fn get_dvr_playlist(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, name)): Path<(StreamId, String)>,
    Query(query): Query<PlaylistQuery>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let name =
        name.strip_suffix(".m3u8").ok_or_else(|| ApiError::not_found("The name of a playlist ends with .m3u8."))?;
    let channel = media::channel(&catalogue, stream)?;
    let number = channel.number;
    let uris = Uris::new(&dvr::uri_templates(number)).map_err(|error| ApiError::internal(&error))?;
    let uris = media::uris_for(&uris, query.token.as_deref())?;
    let text = match catalogue.recordings.growing(stream, number) {
        Some(growing) if name == MULTIVARIANT => {
            let has_window = growing.window().start_ms(now_ms()).is_some();
            let variants = growing.variants();
            let subtitles = channel.captions.subtitles();
            (has_window && !variants.is_empty()).then(|| multivariant_with_subtitles(&variants, &subtitles, &uris))
        }
        Some(growing) => {
            let is_update = matches!(query.skip.as_deref(), Some("YES" | "v2"));
            let wanted = Wanted { rendition: name, is_update, now_ms: now_ms() };
            let (pieces, place) = (catalogue.recordings.pieces(), (stream, number));
            let captions = name.strip_prefix(PLAYLIST_PREFIX).filter(|name| channel.captions.has(name));
            let written = match captions {
                Some(name) => dvr::subtitle_playlist(pieces, place, &growing, (name, &wanted), &uris).await,
                None => dvr::playlist(pieces, place, &growing, &wanted, &uris).await,
            };
            written.map_err(RecordingError::from)?
        }
        // The broadcast has just ended: the player reads once more, and sees the end.
        None => match catalogue.recordings.shown(stream, &number.into()).await? {
            Some(recorded) if name == MULTIVARIANT => Some(recorded.multivariant(&uris)),
            Some(recorded) => recorded.last_playlist(name, &uris).await.map_err(RecordingError::from)?,
            None => None,
        },
    };
    let text = text.ok_or_else(|| nothing(stream))?;
    Ok(media::playlist_response(text, query.token.is_some(), &conditions))
}

/// Returns the text of captions for a segment, encrypted as the segment is.
#[utoipa::path(get, path = "/v1/streams/{id}/hls/dvr/c/{name}/{file}", tag = "media",
    params(("id" = u64, Path), ("name" = String, Path), ("file" = String, Path, description = "As the playlist names it.")),
    responses(
        (status = 200, content_type = media::STORYBOARD_TYPE),
        (status = 206, description = "The range that was asked for."),
        (status = 304, description = "The text is as it was."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`"),
    ))]
async fn get_dvr_captions(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, name, file)): Path<(StreamId, String, String)>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let channel = media::channel(&catalogue, stream)?;
    let index = captions::index_of(&file).ok_or_else(captions::no_text)?;
    let growing = catalogue.recordings.growing(stream, channel.number).ok_or_else(captions::no_text)?;
    let (pieces, place) = (catalogue.recordings.pieces(), (stream, channel.number));
    let segment = dvr::segment(pieces, place, &growing, index, now_ms()).await.map_err(RecordingError::from)?;
    let segment = segment.ok_or_else(captions::no_text)?;
    let text = channel.captions.text(&name, &segment).map(Bytes::from).ok_or_else(captions::no_text)?;
    let text = match segment.head.encrypted {
        true => catalogue.recordings.secret(stream)?.key(index).encrypt(&text),
        false => text,
    };
    Ok(captions::answer(text, captions::LIVE_TEXT_AGE, &conditions))
}
