//! `/v1/streams/{id}/recordings`: the list of recordings, and their playlists, media and thumbnails. Keys are bought as for
//! the broadcast.

use super::{
    captions,
    creators::is_creator,
    error::ApiError,
    library::is_listed,
    media::{self, picture, PLAYLIST_TYPE},
    page::PageQuery,
    representation::Conditions,
    shown::{no_recording, shown},
    signed_in::SignedIn,
    state::{ApiState, Catalogue, Creators},
    views::{self, recordings::recording_view},
};
use crate::live::RecordingError;
use axum::{
    extract::{Path, Query, State},
    response::Response,
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{RecordingFilter, RecordingRow, RecordingState};
use vilokanam_wire::{
    streams::{Page, RecordingView},
    Problem, RecordingRef,
};

/// Playlists, which are written for each request.
pub fn playlist_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(get_recording_playlist)).layer(media::compression())
}

/// Media and pictures.
pub fn media_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(get_recording_media)).routes(routes!(get_recording_sheet))
}

/// Lists the recordings of a stream, the last first. The creator, signed in, sees all of them.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings", tag = "streams", params(("id" = u64, Path), PageQuery),
    responses((status = 200, body = Page<RecordingView>), (status = 400, body = Problem)))]
pub async fn list_recordings(
    State(catalogue): State<Arc<Catalogue>>,
    State(creators): State<Arc<Creators>>,
    Path(stream): Path<StreamId>,
    Query(query): Query<PageQuery>,
    who: Option<SignedIn>,
) -> Result<Json<Page<RecordingView>>, ApiError> {
    let is_creators = is_creator(&creators, who.as_ref(), stream).await?;
    list(&catalogue, stream, &query, is_creators).await
}

async fn list(
    catalogue: &Catalogue,
    stream: StreamId,
    query: &PageQuery,
    is_creators: bool,
) -> Result<Json<Page<RecordingView>>, ApiError> {
    catalogue.rules.check_served(stream)?;
    let filter = RecordingFilter { stream: Some(stream), is_creators, ..RecordingFilter::default() };
    let mut found = catalogue.index.recordings(&filter, &query.request()).await?;
    found.items.retain(|row| is_creators || is_listed(catalogue, row));
    Ok(Json(views::page(found, |row| recording_view(row, is_creators))))
}

/// Returns one recording of a stream. The creator, signed in, sees also those that are private or in work.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}", tag = "streams",
    params(("id" = u64, Path), ("number" = String, Path, description = "The `reference` of the recording: its number; for an unlisted one `{number}-{token}`, unless its creator asks.")),
    responses((status = 200, body = RecordingView), (status = 404, body = Problem)))]
pub async fn get_recording(
    State(catalogue): State<Arc<Catalogue>>,
    State(creators): State<Arc<Creators>>,
    Path((stream, named)): Path<(StreamId, RecordingRef)>,
    who: Option<SignedIn>,
) -> Result<Json<RecordingView>, ApiError> {
    let is_creators = is_creator(&creators, who.as_ref(), stream).await?;
    find(&catalogue, stream, &named, is_creators).await
}

async fn find(
    catalogue: &Catalogue,
    stream: StreamId,
    named: &RecordingRef,
    is_creators: bool,
) -> Result<Json<RecordingView>, ApiError> {
    catalogue.rules.check_served(stream)?;
    let found = catalogue.index.any_recording(stream, named.number).await?.filter(|row| row.deleted_at.is_none());
    let is_shown = |row: &RecordingRow| {
        row.state == RecordingState::Ready
            && row.is_shown_with(named.token.as_deref())
            && !catalogue.recordings.is_withheld(row.stream, row.number)
    };
    let found = found.filter(|row| is_creators || is_shown(row));
    found.map(|row| Json(recording_view(row, is_creators))).ok_or_else(|| no_recording(stream, named.number))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct PlaylistQuery {
    /// Session and token, for players that cannot set headers.
    token: Option<String>,
}

/// Returns a playlist of a recording, or its storyboard.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}/{playlist}", tag = "media",
    params(("id" = u64, Path), ("number" = String, Path, description = "The recording's `reference`."),
        ("playlist" = String, Path, description = "`master.m3u8`, a playlist that it names, or `storyboard.vtt`."), PlaylistQuery),
    responses(
        (status = 200, content((String = PLAYLIST_TYPE), (String = media::STORYBOARD_TYPE))),
        (status = 304, description = "The playlist is as it was."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`"),
    ))]
async fn get_recording_playlist(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, named, name)): Path<(StreamId, RecordingRef, String)>,
    Query(query): Query<PlaylistQuery>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    if name == "storyboard.vtt" {
        return storyboard(&catalogue, stream, &named, &conditions).await;
    }
    let name =
        name.strip_suffix(".m3u8").ok_or_else(|| ApiError::not_found("The name of a playlist ends with .m3u8."))?;
    let recorded = shown(&catalogue, stream, &named).await?;
    let uris = media::uris_for(&catalogue.recording_uris, query.token.as_deref())?;
    let text = match captions::recording_playlist(&catalogue, &recorded, (stream, named.number), name, &uris).await? {
        Some(text) => Some(text),
        None => recorded.playlist(name, &uris).await.map_err(RecordingError::from)?,
    };
    let text = text.ok_or_else(|| ApiError::not_found("The recording has no such rendition."))?;
    Ok(media::playlist_response(text, query.token.is_some(), &conditions))
}

/// Returns an initialisation or a segment of a recording: encrypted, and the same for everybody.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}/v/{rendition}/{file}", tag = "media",
    params(("id" = u64, Path), ("number" = String, Path, description = "The recording's `reference`."), ("rendition" = String, Path),
        ("file" = String, Path, description = "As the playlist names it.")),
    responses(
        (status = 200, content(("video/iso.segment"), ("video/mp4"))),
        (status = 206, description = "The range that was asked for."),
        (status = 304, description = "Media does not change."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`"),
    ))]
async fn get_recording_media(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, named, rendition, name)): Path<(StreamId, RecordingRef, String, String)>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("The recording has no such media file.");
    if !is_rendition(&rendition) || !is_media(&name) {
        return Err(missing());
    }
    if !is_given_out(&catalogue, (stream, &named), &rendition, &name).await? {
        return Err(missing());
    }
    let number = named.number;
    let path = format!("v/{rendition}/{name}");
    let bytes = catalogue.recordings.file(stream, number, &path).await?;
    let version = format!("{number}-{rendition}-{name}");
    Ok(media::file_response(&name, bytes.ok_or_else(missing)?, media::MEDIA_AGE, version, &conditions))
}

/// Whether a file of a recording may be given out. Those of a broadcast that goes on exist already, and are for viewers who may go
/// back in it. Gateways before version 2 have stored the clear preview beside the renditions that are described.
async fn is_given_out(
    catalogue: &Catalogue,
    (stream, named): (StreamId, &RecordingRef),
    rendition: &str,
    name: &str,
) -> Result<bool, ApiError> {
    let Some(growing) = catalogue.recordings.growing(stream, named.number) else {
        return Ok(shown(catalogue, stream, named).await?.has_rendition(rendition));
    };
    catalogue.rules.check_served(stream)?;
    let index = name.strip_suffix(".m4s").map(str::parse::<u64>);
    let is_in_window = match index {
        Some(Ok(index)) => growing.covers(index, now_ms()),
        Some(Err(_)) => false,
        // An initialisation.
        None => growing.window().start_ms(now_ms()).is_some(),
    };
    Ok(is_in_window && growing.has_rendition(rendition))
}

async fn storyboard(
    catalogue: &Catalogue,
    stream: StreamId,
    named: &RecordingRef,
    conditions: &Conditions,
) -> Result<Response, ApiError> {
    shown(catalogue, stream, named).await?;
    let text = catalogue.recordings.storyboard(stream, named.number).await?;
    let text = text.ok_or_else(|| ApiError::not_found("The recording has no storyboard."))?;
    Ok(media::storyboard_response(text, media::MEDIA_AGE, conditions))
}

/// Returns a sheet of pictures of a recording's storyboard.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}/sprites/{sheet}", tag = "pictures",
    params(("id" = u64, Path), ("number" = String, Path, description = "The recording's `reference`."),
        ("sheet" = String, Path, description = "`0.jpg` and so on.")),
    responses(
        (status = 200, content_type = "image/jpeg"),
        (status = 206, description = "The range that was asked for."),
        (status = 304, description = "The sheet is as it was."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`"),
    ))]
async fn get_recording_sheet(
    State(catalogue): State<Arc<Catalogue>>,
    Path((stream, named, sheet)): Path<(StreamId, RecordingRef, String)>,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("The storyboard has no such sheet.");
    let sheet = media::sheet_number(&sheet).ok_or_else(missing)?;
    shown(&catalogue, stream, &named).await?;
    let jpeg = catalogue.recordings.sheet(stream, named.number, sheet).await?;
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
    use vilokanam_indexer::Visibility;

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

    async fn try_list(catalogue: &TestCatalogue, query: &str) -> Result<Page<RecordingView>, ApiError> {
        let uri = format!("/v1/streams/3/recordings?{query}").parse().unwrap();
        let query = Query::<PageQuery>::try_from_uri(&uri).unwrap();
        super::list(&catalogue.catalogue, 3, &query, false).await.map(|page| page.0)
    }

    async fn list(catalogue: &TestCatalogue, query: &str) -> Page<RecordingView> {
        try_list(catalogue, query).await.unwrap()
    }

    async fn get(catalogue: &TestCatalogue, number: u64, is_creators: bool) -> Result<RecordingView, ApiError> {
        find(&catalogue.catalogue, 3, &number.into(), is_creators).await.map(|view| view.0)
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
        let found = get(&catalogue, 50, false).await.unwrap();
        assert_eq!((found.number, found.started_at.as_str()), (50, "1970-01-01T00:00:50Z"));
        assert_eq!(found.playlist, "/v1/streams/3/recordings/50/master.m3u8");
        for number in [51, 151] {
            let refused = get(&catalogue, number, false).await.unwrap_err();
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
        assert!(get(&catalogue, 151, false).await.is_err());
        assert!(get(&catalogue, 151, true).await.is_ok(), "its creator sees it");
    }

    #[tokio::test]
    async fn private_recording_is_shown_to_its_creator_alone() {
        let catalogue = catalogue_with_recordings().await;
        let index = &catalogue.catalogue.index;
        index.change_recording(3, 100, |row| row.visibility = Visibility::Private).await.unwrap();
        index.change_recording(3, 50, |row| row.visibility = Visibility::Unlisted).await.unwrap();
        assert_eq!(list(&catalogue, "").await.items.iter().map(|view| view.number).collect::<Vec<_>>(), [150]);
        assert_eq!(get(&catalogue, 100, false).await.unwrap_err().to_problem().status, 404);
        assert_eq!(get(&catalogue, 50, false).await.unwrap_err().to_problem().status, 404, "numbers can be guessed");
        let reference = get(&catalogue, 50, true).await.unwrap().reference;
        let named: RecordingRef = reference.parse().unwrap();
        assert_eq!(named.token.as_ref().map(String::len), Some(32), "{reference}");
        let view = find(&catalogue.catalogue, 3, &named, false).await.unwrap().0;
        assert!(view.bytes.is_none() && view.playlist == format!("/v1/streams/3/recordings/{reference}/master.m3u8"));
        let other = RecordingRef { token: Some("0".repeat(32)), ..named.clone() };
        assert!(find(&catalogue.catalogue, 3, &other, false).await.is_err(), "another token");
        index.change_recording(3, 50, |row| row.visibility = Visibility::Public).await.unwrap();
        assert!(find(&catalogue.catalogue, 3, &named, false).await.is_ok(), "links stay good when it becomes public");
        assert_eq!(get(&catalogue, 50, false).await.unwrap().reference, "50");
        index.change_recording(3, 50, |row| row.visibility = Visibility::Unlisted).await.unwrap();
        assert!(find(&catalogue.catalogue, 3, &named, false).await.is_err(), "unlisted again, at another address");
        assert_eq!(get(&catalogue, 100, true).await.unwrap().bytes, Some(0));
        index.change_recording(3, 150, |row| row.error = "The disk is nearly full.".into()).await.unwrap();
        assert!(get(&catalogue, 150, false).await.unwrap().error.is_empty(), "viewers do not see how full the disk is");
        assert!(!get(&catalogue, 150, true).await.unwrap().error.is_empty());
        index.delete_recording(3, 50, 1).await.unwrap();
        assert!(get(&catalogue, 50, true).await.is_err(), "deleted");
    }

    #[tokio::test]
    async fn recordings_of_a_suspended_stream_are_not_given_out() {
        let catalogue = catalogue_with_recordings().await;
        catalogue.set_status(3, StreamStatus::Suspended);
        assert_eq!(try_list(&catalogue, "").await.unwrap_err().to_problem().status, 403);
        let one = get(&catalogue, 50, false).await;
        assert_eq!(one.map(drop).unwrap_err().to_problem().code, "stream-not-open");
        catalogue.set_status(3, StreamStatus::Offline);
        assert!(try_list(&catalogue, "").await.is_ok(), "until it is lifted");
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
