//! `/v1/streams/{id}/hls/dvr`: playlists of a broadcast on air that reach back to its beginning, or as far as its creator allows.
//! Keys are bought as for the end of the broadcast.

use super::{
    captions,
    error::ApiError,
    media::{self, MULTIVARIANT},
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
    routing::get,
    Router,
};
use bytes::Bytes;
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_media::{playlist::multivariant_with_subtitles, Uris};

pub fn routes() -> Router<ApiState> {
    Router::new()
        .route("/v1/streams/{id}/hls/dvr/{playlist}", get(playlist))
        .layer(media::compression())
        .route("/v1/streams/{id}/hls/dvr/c/{name}/{file}", get(caption_text))
}

#[derive(Deserialize)]
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

async fn playlist(
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
        None => match catalogue.recordings.watchable(stream, number).await? {
            Some(recorded) if name == MULTIVARIANT => Some(recorded.multivariant(&uris)),
            Some(recorded) => recorded.last_playlist(name, &uris).await.map_err(RecordingError::from)?,
            None => None,
        },
    };
    let text = text.ok_or_else(|| nothing(stream))?;
    Ok(media::playlist_response(text, query.token.is_some(), &conditions))
}

/// Returns the text of captions for a segment, encrypted as the segment is.
async fn caption_text(
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
