//! `/v1/streams/{id}/recordings`: the list of recordings, and their playlists, media and thumbnails. Keys are bought as for
//! the broadcast.

use super::{
    error::ApiError,
    media::{self, picture, MULTIVARIANT},
    page::PageQuery,
    representation::Conditions,
    state::{ApiState, Catalogue},
    views,
};
use crate::live::Recorded;
use axum::{
    extract::{Path, Query, State},
    response::Response,
    routing::get,
    Json, Router,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::Broadcast;
use vilokanam_wire::{
    scalars::rfc3339,
    streams::{Page, RecordingView},
    Problem,
};

pub fn routes() -> Router<ApiState> {
    Router::new()
        .route("/v1/streams/{id}/recordings/{number}/{playlist}", get(playlist))
        .layer(media::compression())
        .route("/v1/streams/{id}/recordings/{number}/v/{rendition}/{file}", get(file))
        .route("/v1/streams/{id}/recordings/{number}/sprites/{sheet}", get(sheet))
}

/// Lists the recordings of a stream, the last first.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings", tag = "streams", params(("id" = u64, Path), PageQuery),
    responses((status = 200, body = Page<RecordingView>), (status = 400, body = Problem)))]
pub async fn list_recordings(
    State(catalogue): State<Arc<Catalogue>>,
    Path(stream): Path<StreamId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<RecordingView>>, ApiError> {
    catalogue.rules.check_served(stream)?;
    let found = catalogue.index.recordings(stream, &query.request()).await?;
    Ok(Json(views::page(found, |broadcast| recording_view(&broadcast))))
}

/// Returns one recording of a stream.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}", tag = "streams",
    params(("id" = u64, Path), ("number" = u64, Path)),
    responses((status = 200, body = RecordingView), (status = 404, body = Problem)))]
pub async fn get_recording(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, number)): Path<(StreamId, u64)>,
) -> Result<Json<RecordingView>, ApiError> {
    catalogue.rules.check_served(stream)?;
    let found = catalogue.index.recording(stream, number).await.map_err(|error| ApiError::internal(&error))?;
    found.map(|broadcast| Json(recording_view(&broadcast))).ok_or_else(|| no_recording(stream, number))
}

fn recording_view(broadcast: &Broadcast) -> RecordingView {
    let folder = format!("/v1/streams/{}/recordings/{}", broadcast.stream, broadcast.number);
    let ended_at = broadcast.ended_at.unwrap_or(broadcast.started_at);
    RecordingView {
        number: broadcast.number,
        started_at: rfc3339(broadcast.started_at),
        ended_at: rfc3339(ended_at),
        duration_s: ended_at.saturating_sub(broadcast.started_at) / 1_000,
        playlist: format!("{folder}/{MULTIVARIANT}.m3u8"),
        storyboard: format!("{folder}/storyboard.vtt"),
    }
}

fn no_recording(stream: StreamId, number: u64) -> ApiError {
    ApiError::not_found(format!("Stream {stream} has no recording {number}."))
}

async fn recorded(catalogue: &Catalogue, stream: StreamId, number: u64) -> Result<Arc<Recorded>, ApiError> {
    catalogue.rules.check_served(stream)?;
    let found = catalogue.recordings.recorded(stream, number).await?;
    found.ok_or_else(|| no_recording(stream, number))
}

#[derive(Deserialize)]
struct PlaylistQuery {
    /// Session and token, for players that cannot set headers.
    token: Option<String>,
}

async fn playlist(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, number, name)): Path<(StreamId, u64, String)>,
    Query(query): Query<PlaylistQuery>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    if name == "storyboard.vtt" {
        return storyboard(&catalogue, stream, number, &conditions).await;
    }
    let name =
        name.strip_suffix(".m3u8").ok_or_else(|| ApiError::not_found("The name of a playlist ends with .m3u8."))?;
    let recorded = recorded(&catalogue, stream, number).await?;
    let uris = media::uris_for(&catalogue.recording_uris, query.token.as_deref())?;
    let text = match name {
        MULTIVARIANT => Some(recorded.multivariant(&uris)),
        rendition => recorded.playlist(rendition, &uris),
    };
    let text = text.ok_or_else(|| ApiError::not_found("The recording has no such rendition."))?;
    Ok(media::playlist_response(text, query.token.is_some(), &conditions))
}

async fn file(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, number, rendition, name)): Path<(StreamId, u64, String, String)>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("The recording has no such media file.");
    if !is_rendition(&rendition) || !is_media(&name) {
        return Err(missing());
    }
    // The files of a broadcast that goes on exist already, but it is not a recording yet. Gateways before this version have
    // stored the clear preview beside the renditions that are described.
    let is_recorded = recorded(&catalogue, stream, number).await?.has_rendition(&rendition);
    if !is_recorded {
        return Err(missing());
    }
    let path = format!("v/{rendition}/{name}");
    let bytes = catalogue.recordings.file(stream, number, &path).await?;
    let version = format!("{number}-{rendition}-{name}");
    Ok(media::file_response(&name, bytes.ok_or_else(missing)?, media::MEDIA_AGE, version, &conditions))
}

async fn storyboard(
    catalogue: &Catalogue,
    stream: StreamId,
    number: u64,
    conditions: &Conditions,
) -> Result<Response, ApiError> {
    catalogue.rules.check_served(stream)?;
    let text = catalogue.recordings.storyboard(stream, number).await?;
    let text = text.ok_or_else(|| ApiError::not_found("The recording has no storyboard."))?;
    Ok(media::storyboard_response(text, media::MEDIA_AGE, conditions))
}

async fn sheet(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, number, sheet)): Path<(StreamId, u64, String)>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("The storyboard has no such sheet.");
    let sheet = media::sheet_number(&sheet).ok_or_else(missing)?;
    catalogue.rules.check_served(stream)?;
    let jpeg = catalogue.recordings.sheet(stream, number, sheet).await?;
    Ok(picture(jpeg.ok_or_else(missing)?, media::MEDIA_AGE, &conditions))
}

/// Whether this can be the name of a rendition. Names have no dots and no slashes.
fn is_rendition(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 32
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether this can be the name of a media file: `{index}.m4s` or `init-{n}.mp4`.
fn is_media(name: &str) -> bool {
    let number = name.strip_suffix(".m4s").or_else(|| name.strip_prefix("init-")?.strip_suffix(".mp4"));
    number.is_some_and(|digits| (1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use tick_stream_primitives::StreamStatus;

    /// Broadcasts 1 to 150 of stream 3, of which every 50th was recorded.
    async fn catalogue_with_recordings() -> TestCatalogue {
        let catalogue = TestCatalogue::new().await;
        let index = &catalogue.catalogue.index;
        for number in 1..=150u64 {
            index.begin_broadcast(3, 0, number, number * 1_000).await.unwrap();
            let path = (number % 50 == 0).then_some("recordings");
            index.end_broadcast(3, number, number * 1_000 + 500, path).await.unwrap();
        }
        catalogue
    }

    async fn list(catalogue: &TestCatalogue, query: &str) -> Page<RecordingView> {
        let uri = format!("/v1/streams/3/recordings?{query}").parse().unwrap();
        let query = Query::try_from_uri(&uri).unwrap();
        list_recordings(State(catalogue.catalogue.clone()), Path(3), query).await.unwrap().0
    }

    #[tokio::test]
    async fn pages_of_recordings_are_full_although_most_broadcasts_were_not_recorded() {
        let catalogue = catalogue_with_recordings().await;
        let first = list(&catalogue, "limit=2").await;
        assert_eq!(first.items.iter().map(|recording| recording.number).collect::<Vec<_>>(), [150, 100]);
        let second = list(&catalogue, &format!("limit=2&cursor={}", first.next_cursor.unwrap())).await;
        assert_eq!(second.items.iter().map(|recording| recording.number).collect::<Vec<_>>(), [50]);
        assert_eq!(second.next_cursor, None);
    }

    #[tokio::test]
    async fn recording_is_found_by_its_number_behind_a_hundred_broadcasts() {
        let catalogue = catalogue_with_recordings().await;
        let found = get_recording(State(catalogue.catalogue.clone()), Path((3, 50))).await.unwrap().0;
        assert_eq!((found.number, found.started_at.as_str()), (50, "1970-01-01T00:00:50Z"));
        assert_eq!(found.playlist, "/v1/streams/3/recordings/50/master.m3u8");
        for number in [51, 151] {
            let refused = get_recording(State(catalogue.catalogue.clone()), Path((3, number))).await.unwrap_err();
            assert_eq!(refused.to_problem().status, 404);
        }
    }

    #[tokio::test]
    async fn broadcast_that_goes_on_is_no_recording() {
        let catalogue = catalogue_with_recordings().await;
        let index = &catalogue.catalogue.index;
        index.begin_broadcast(3, 0, 151, 1_000).await.unwrap();
        index.keep_recording(3, 151, "recordings").await.unwrap();
        assert_eq!(list(&catalogue, "limit=1").await.items[0].number, 150);
        assert!(get_recording(State(catalogue.catalogue.clone()), Path((3, 151))).await.is_err());
    }

    #[tokio::test]
    async fn recordings_of_a_suspended_stream_are_not_given_out() {
        let catalogue = catalogue_with_recordings().await;
        catalogue.set_status(3, StreamStatus::Suspended);
        let query = || Query::try_from_uri(&"/v1/streams/3/recordings".parse().unwrap()).unwrap();
        let listed = list_recordings(State(catalogue.catalogue.clone()), Path(3), query()).await;
        assert_eq!(listed.map(drop).unwrap_err().to_problem().status, 403);
        let one = get_recording(State(catalogue.catalogue.clone()), Path((3, 50))).await;
        assert_eq!(one.map(drop).unwrap_err().to_problem().code, "stream-not-open");
        catalogue.set_status(3, StreamStatus::Offline);
        assert!(
            list_recordings(State(catalogue.catalogue.clone()), Path(3), query()).await.is_ok(),
            "until it is lifted"
        );
    }

    #[test]
    fn only_names_of_renditions_and_media_are_accepted() {
        assert!(["0.m4s", "18446744073709551615.m4s", "init-0.mp4"].into_iter().all(is_media));
        let others = ["", ".m4s", "..m4s", "1.2.m4s", "../1.m4s", "init-.mp4", "1.mp4", "recording.json", "%2e.m4s"];
        assert!(!others.into_iter().any(is_media));
        assert!(is_rendition("720p") && is_rendition("audio"));
        assert!(!["", "..", "a/b", "a.b", &"x".repeat(33)].into_iter().any(is_rendition));
    }
}
