//! Captions: uploads for recordings, pushes for streams on air, and the texts that players load.
//!
//! The texts are encrypted with the keys of the segments that they belong to, so that they cost nothing more and are read by
//! those who have bought the picture.

use super::{
    creators::check_creator,
    error::ApiError,
    media::{self, MULTIVARIANT},
    representation::{Conditions, Representation},
    shown::{no_recording, shown},
    signed_in::SignedIn,
    state::{ApiState, Catalogue, Creators},
};
use crate::live::{CaptionClock, Captions, CaptionsError, Channel, Recorded, PLAYLIST_PREFIX};
use axum::{
    extract::{rejection::BytesRejection, DefaultBodyLimit, Path, Query, State},
    http::StatusCode,
    response::Response,
    Json,
};
use bytes::Bytes;
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::gateway_state::{CaptionsRow, MAX_CAPTIONS};
use vilokanam_media::{
    captions::{parse, CaptionTrack, MAX_VTT_BYTES},
    playlist::multivariant::is_language,
    Label, Uris,
};
use vilokanam_wire::{codes, streams::CaptionsView, Problem, RecordingRef};

/// Texts of a stream on air may change while their segment is new.
pub(super) const LIVE_TEXT_AGE: &str = "public, max-age=1";
/// Captions of a recording may be replaced.
const TEXT_AGE: &str = "public, max-age=60";
/// Maximum length of a name that viewers read, in characters.
const MAX_LABEL_CHARS: usize = 64;

/// What creators send.
pub fn creator_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(push_captions, withdraw_captions))
        .routes(routes!(store_captions, delete_captions))
        // One more than is allowed, so that the answer names the limit.
        .layer(DefaultBodyLimit::max(MAX_VTT_BYTES + 1))
}

/// What everybody reads.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(list_live_captions))
        .routes(routes!(list_captions))
        .routes(routes!(get_live_captions))
        .routes(routes!(get_captions))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct About {
    /// Name that viewers read; without it, the language.
    label: Option<String>,
    /// Whether players show these captions unless the viewer chooses otherwise.
    #[serde(default)]
    default: bool,
    /// For streams on air, what times count from: `beginning`, which is the default, `now`, or milliseconds since 1970.
    from: Option<String>,
}

impl About {
    fn label(&self, language: &str) -> Result<Label, ApiError> {
        let name = self.label.as_deref().map_or(language, str::trim);
        if name.is_empty() || name.chars().count() > MAX_LABEL_CHARS || name.chars().any(char::is_control) {
            return Err(ApiError::bad_request(format!("label: write a name of 1 to {MAX_LABEL_CHARS} characters.")));
        }
        Ok(Label { language: Some(language.to_owned()), name: name.to_owned() })
    }

    fn clock(&self) -> Result<CaptionClock, ApiError> {
        match self.from.as_deref() {
            None | Some("beginning") => Ok(CaptionClock::Beginning),
            Some("now") => Ok(CaptionClock::Now),
            Some(time) => time.parse().map(CaptionClock::At).map_err(|_| {
                ApiError::bad_request("from: write 'beginning', 'now', or a time in milliseconds since 1970.")
            }),
        }
    }
}

/// The body of an upload, of the size that is allowed.
fn received(body: Result<Bytes, BytesRejection>) -> Result<Bytes, ApiError> {
    body.map_err(|error| match error.status() {
        status @ StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("A file of captions has at most {} MiB.", MAX_VTT_BYTES >> 20);
            ApiError::new(status, codes::TOO_LARGE, "Too large", detail).hint("Split it, or remove what is not text.")
        }
        status => ApiError::refused_by_framework(status, &error.body_text()),
    })
}

/// Reads an upload.
fn read(body: &[u8]) -> Result<CaptionTrack, ApiError> {
    let refused = |detail: String| {
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, codes::CAPTIONS_INVALID, "The captions cannot be read", detail)
    };
    let text = std::str::from_utf8(body)
        .map_err(|error| refused(format!("Byte {} is not UTF-8; save the file as UTF-8.", error.valid_up_to() + 1)))?;
    let cues = parse(text).map_err(|error| refused(format!("In {error}.")))?;
    let mut track = CaptionTrack::default();
    track.add(cues).map_err(|error| refused(format!("In the file, {error}.")))?;
    Ok(track)
}

fn check_language(language: &str) -> Result<(), ApiError> {
    if is_language(language) {
        return Ok(());
    }
    Err(ApiError::bad_request("The language must be a tag like 'en', 'pt-BR' or 'zh-Hant'."))
}

/// A request that sends captions, as it arrived.
struct Sent<'a> {
    who: &'a SignedIn,
    about: &'a About,
    body: Result<Bytes, BytesRejection>,
}

impl Sent<'_> {
    /// Checks that the stream's creator sends the captions, and reads them.
    async fn read(
        self,
        creators: &Creators,
        stream: StreamId,
        language: &str,
    ) -> Result<(Label, CaptionTrack), ApiError> {
        let body = received(self.body)?;
        check_creator(creators, self.who, stream).await?;
        check_language(language)?;
        Ok((self.about.label(language)?, read(&body)?))
    }
}

/// Stores captions of a recording, in place of those in the same language. The creator signs in.
#[utoipa::path(put, path = "/v1/streams/{id}/recordings/{number}/captions/{language}", tag = "creators",
    params(("id" = u64, Path), ("number" = u64, Path), ("language" = String, Path, description = "A tag like `pt-BR`."), About),
    request_body(content = String, content_type = "text/vtt", description = "WebVTT of at most 2 MiB."),
    responses(
        (status = 204, description = "The captions are stored."),
        (status = 400, body = Problem, description = "`bad-request`: a language or a label that is not allowed."),
        (status = 401, body = Problem, description = "`signed-out`"),
        (status = 403, body = Problem, description = "`forbidden`, or `stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: no such recording."),
        (status = 409, body = Problem, description = "`conflict`: captions in too many languages."),
        (status = 413, body = Problem, description = "`too-large`"),
        (status = 422, body = Problem, description = "`captions-invalid`: the detail names the line."),
    ))]
async fn store_captions(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, number, language)): Path<(StreamId, u64, String)>,
    Query(about): Query<About>,
    who: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let sent = Sent { who: &who, about: &about, body };
    let (label, track) = sent.read(&creators, stream, &language).await?;
    let recorded = recorded(&catalogue, stream, number).await?;
    let row = CaptionsRow {
        stream,
        number,
        name: language,
        language: label.language,
        label: label.name,
        counts_time_of_day: false,
        is_default: about.default,
        updated_at: now_ms(),
    };
    match catalogue.recordings.set_captions(&recorded, &row, &track).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::conflict(format!(
            "The recording has captions in {MAX_CAPTIONS} languages, which is the maximum; delete one first."
        ))),
    }
}

/// Deletes captions of a recording. The creator signs in.
#[utoipa::path(delete, path = "/v1/streams/{id}/recordings/{number}/captions/{language}", tag = "creators",
    params(("id" = u64, Path), ("number" = u64, Path), ("language" = String, Path)),
    responses(
        (status = 204, description = "The captions are deleted."),
        (status = 401, body = Problem, description = "`signed-out`"),
        (status = 403, body = Problem, description = "`forbidden`, or `stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: no such recording, or no captions in this language."),
    ))]
async fn delete_captions(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, number, name)): Path<(StreamId, u64, String)>,
    who: SignedIn,
) -> Result<StatusCode, ApiError> {
    check_creator(&creators, &who, stream).await?;
    let recorded = recorded(&catalogue, stream, number).await?;
    match catalogue.recordings.delete_captions(&recorded, stream, number, &name).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_captions(&name)),
    }
}

/// Adds cues to the captions of a stream on air. The creator signs in. A repeated request adds nothing.
#[utoipa::path(put, path = "/v1/streams/{id}/captions/{language}", tag = "creators",
    params(("id" = u64, Path), ("language" = String, Path, description = "A tag like `pt-BR`."), About),
    request_body(content = String, content_type = "text/vtt", description = "WebVTT of at most 2 MiB."),
    responses(
        (status = 204, description = "The cues are added."),
        (status = 400, body = Problem, description = "`bad-request`: a language, a label or a time that is not allowed."),
        (status = 401, body = Problem, description = "`signed-out`"),
        (status = 403, body = Problem, description = "`forbidden`, or `stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: the stream is not on air here."),
        (status = 409, body = Problem, description = "`conflict`: too many captions, or in too many languages."),
        (status = 413, body = Problem, description = "`too-large`"),
        (status = 422, body = Problem, description = "`captions-invalid`: the detail names the line."),
    ))]
async fn push_captions(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, language)): Path<(StreamId, String)>,
    Query(about): Query<About>,
    who: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let sent = Sent { who: &who, about: &about, body };
    let (label, track) = sent.read(&creators, stream, &language).await?;
    let clock = about.clock()?;
    let captions = Captions { label, is_default: about.default, track };
    channel(&catalogue, stream)?.captions.push(&language, captions, clock).map_err(captions_error)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes captions of a stream on air. The creator signs in.
#[utoipa::path(delete, path = "/v1/streams/{id}/captions/{language}", tag = "creators",
    params(("id" = u64, Path), ("language" = String, Path)),
    responses(
        (status = 204, description = "The captions are deleted."),
        (status = 401, body = Problem, description = "`signed-out`"),
        (status = 403, body = Problem, description = "`forbidden`, or `stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: the stream is not on air here, or has no such captions."),
    ))]
async fn withdraw_captions(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, name)): Path<(StreamId, String)>,
    who: SignedIn,
) -> Result<StatusCode, ApiError> {
    check_creator(&creators, &who, stream).await?;
    match channel(&catalogue, stream)?.captions.delete(&name) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_captions(&name)),
    }
}

/// Lists the captions of a stream on air.
#[utoipa::path(get, path = "/v1/streams/{id}/captions", tag = "streams", params(("id" = u64, Path)), responses(
    (status = 200, body = Vec<CaptionsView>),
    (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
    (status = 404, body = Problem, description = "`not-found`: the stream is not on air here."),
))]
async fn list_live_captions(
    State(catalogue): State<Arc<Catalogue>>,
    Path(stream): Path<StreamId>,
) -> Result<Json<Vec<CaptionsView>>, ApiError> {
    let folder = format!("/v1/streams/{stream}/hls");
    let listed = channel(&catalogue, stream)?.captions.subtitles().into_iter();
    let views = listed.map(|captions| CaptionsView {
        url: format!("{folder}/{}.m3u8", captions.playlist),
        language: captions.label.language,
        label: captions.label.name,
        is_default: captions.is_default,
    });
    Ok(Json(views.collect()))
}

/// Lists the captions of a recording.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}/captions", tag = "streams",
    params(("id" = u64, Path), ("number" = String, Path, description = "The recording's `reference`.")),
    responses(
        (status = 200, body = Vec<CaptionsView>),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: no such recording."),
    ))]
async fn list_captions(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, named)): Path<(StreamId, RecordingRef)>,
) -> Result<Json<Vec<CaptionsView>>, ApiError> {
    shown(&catalogue, stream, &named).await?;
    let folder = format!("/v1/streams/{stream}/recordings/{named}");
    let rows = catalogue.recordings.captions(stream, named.number).await?.into_iter();
    let views = rows.map(|row| CaptionsView {
        url: format!("{folder}/{PLAYLIST_PREFIX}{}.m3u8", row.name),
        language: row.language,
        label: row.label,
        is_default: row.is_default,
    });
    Ok(Json(views.collect()))
}

/// Returns the text of captions for a segment of a stream on air, encrypted as the segment is.
#[utoipa::path(get, path = "/v1/streams/{id}/hls/c/{name}/{file}", tag = "media",
    params(("id" = u64, Path), ("name" = String, Path), ("file" = String, Path, description = "As the playlist names it.")),
    responses(
        (status = 200, content_type = media::STORYBOARD_TYPE),
        (status = 206, description = "The range that was asked for."),
        (status = 304, description = "The text is as it was."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`"),
    ))]
async fn get_live_captions(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, name, file)): Path<(StreamId, String, String)>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let text = index_of(&file).and_then(|index| channel(&catalogue, stream).ok()?.subtitle_text(&name, index));
    catalogue.rules.check_served(stream)?;
    text.map(|text| answer(text, LIVE_TEXT_AGE, &conditions)).ok_or_else(no_text)
}

/// Returns the text of captions for a segment of a recording, encrypted as the segment is.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}/c/{name}/{file}", tag = "media",
    params(("id" = u64, Path), ("number" = String, Path, description = "The recording's `reference`."), ("name" = String, Path),
        ("file" = String, Path, description = "As the playlist names it.")),
    responses(
        (status = 200, content_type = media::STORYBOARD_TYPE),
        (status = 206, description = "The range that was asked for."),
        (status = 304, description = "The text is as it was."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`"),
    ))]
async fn get_captions(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, named, name, file)): Path<(StreamId, RecordingRef, String, String)>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let recorded = shown(&catalogue, stream, &named).await?;
    let index = index_of(&file).ok_or_else(no_text)?;
    let text = catalogue.recordings.subtitle_text(&recorded, (stream, named.number), &name, index).await?;
    text.map(|text| answer(text, TEXT_AGE, &conditions)).ok_or_else(no_text)
}

/// Returns a playlist of a recording that has to do with captions: the multivariant playlist if there are any, or the
/// playlist of captions. `None`: it is another playlist.
pub(super) async fn recording_playlist(
    catalogue: &Catalogue,
    recorded: &Recorded,
    (stream, number): (StreamId, u64),
    name: &str,
    uris: &Uris,
) -> Result<Option<String>, ApiError> {
    if name == MULTIVARIANT {
        let subtitles = catalogue.recordings.subtitles(stream, number).await?;
        let text = vilokanam_media::playlist::multivariant_with_subtitles(&recorded.variants(), &subtitles, uris);
        return Ok(Some(text));
    }
    let Some(name) = name.strip_prefix(PLAYLIST_PREFIX) else { return Ok(None) };
    let text = catalogue.recordings.subtitle_playlist(recorded, (stream, number), name, uris).await?;
    text.map(Some).ok_or_else(|| no_captions(name))
}

pub(super) fn answer(text: Bytes, age: &'static str, conditions: &Conditions) -> Response {
    // Encrypted, it is not text; players do not look at the type.
    Representation { kind: media::STORYBOARD_TYPE, age, body: text, version: None, has_ranges: true }.answer(conditions)
}

/// The index in `{index}.vtt`.
pub(super) fn index_of(file: &str) -> Option<u64> {
    file.strip_suffix(".vtt")?.parse().ok()
}

fn channel(catalogue: &Catalogue, stream: StreamId) -> Result<Arc<Channel>, ApiError> {
    catalogue.rules.check_served(stream)?;
    let found = catalogue.live.channel(stream);
    found.ok_or_else(|| ApiError::not_found(format!("Stream {stream} is not on air at this gateway.")))
}

async fn recorded(catalogue: &Catalogue, stream: StreamId, number: u64) -> Result<Arc<Recorded>, ApiError> {
    catalogue.rules.check_served(stream)?;
    catalogue.recordings.recorded(stream, number).await?.ok_or_else(|| no_recording(stream, number))
}

fn no_captions(name: &str) -> ApiError {
    ApiError::not_found(format!("There are no captions '{name}'."))
}

pub(super) fn no_text() -> ApiError {
    ApiError::not_found("There is no such text of captions; it may have left the playlist.")
}

fn captions_error(error: CaptionsError) -> ApiError {
    ApiError::conflict(format!("The captions are not added: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(query: &str) -> About {
        Query::try_from_uri(&format!("/x?{query}").parse().unwrap()).unwrap().0
    }

    #[test]
    fn uploads_that_cannot_be_read_are_refused_with_the_line() {
        let refused = |body: &[u8]| read(body).unwrap_err().to_problem();
        let comma = refused(b"WEBVTT\n\n00:00:01,000 --> 00:00:02.000\nx\n");
        assert_eq!((comma.status, comma.code.as_str()), (422, "captions-invalid"));
        assert!(comma.detail.starts_with("In line 3: '00:00:01,000' is no time;"), "{}", comma.detail);
        assert!(refused(b"1\n00:00:01,000 --> 00:00:02,000\nx\n").detail.contains("ffmpeg -i captions.srt"));
        assert!(refused(b"WEBVTT \xff").detail.starts_with("Byte 8 is not UTF-8"));
        assert_eq!(read(b"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n").unwrap().cues().len(), 1);
    }

    #[test]
    fn labels_and_clocks_are_read_from_the_query() {
        assert_eq!(about("").label("en").unwrap().name, "en");
        assert_eq!(about("label=English").label("en").unwrap().name, "English");
        assert!(about("label=%20").label("en").is_err() && about("label=a%0Ab").label("en").is_err());
        assert_eq!(about("").clock().unwrap(), CaptionClock::Beginning);
        assert_eq!(about("from=now").clock().unwrap(), CaptionClock::Now);
        assert_eq!(about("from=1700000000000").clock().unwrap(), CaptionClock::At(1_700_000_000_000));
        assert!(about("from=yesterday").clock().is_err());
    }

    #[test]
    fn texts_are_named_by_the_index_of_their_segment() {
        assert_eq!(index_of("41.vtt"), Some(41));
        assert_eq!((index_of("41"), index_of("x.vtt"), index_of("-1.vtt")), (None, None, None));
    }
}
