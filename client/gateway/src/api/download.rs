//! `GET /v1/streams/{id}/recordings/{number}/download`: a recording as MP4, for those who have bought all of it.

use super::{
    bought::viewer_of,
    client_ip::ClientIp,
    creators::is_creator,
    error::ApiError,
    places::{Place, Places},
    shown::no_recording,
    signed_in::SignedIn,
    state::{ApiState, Catalogue, Creators},
};
use crate::{
    live::{Download, DownloadError, Recorded, RecordingError},
    use_cases::{contains, Bought, SaleError, ViewerProofs},
};
use axum::{
    body::{Body, Bytes},
    extract::{Path, Query, State},
    http::{header, HeaderMap},
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt};
use serde::Deserialize;
use std::{
    io,
    ops::RangeInclusive,
    sync::{Arc, LazyLock},
};
use tick_stream_primitives::StreamId;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_wire::{bought::Wanted, Problem, RecordingRef};

/// Downloads at the same time, in all and of one network. Each reads from the object store as fast as its reader takes it, which
/// may be slowly.
const MAX_DOWNLOADS: usize = 16;
const MAX_DOWNLOADS_OF_NETWORK: usize = 4;
static DOWNLOADS: LazyLock<Arc<Places>> =
    LazyLock::new(|| Arc::new(Places::new(MAX_DOWNLOADS, MAX_DOWNLOADS_OF_NETWORK)));

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(download_recording))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct DownloadQuery {
    /// Name of the rendition; without it, the best.
    rendition: Option<String>,
    /// Session and token of the viewer, for browsers that cannot set headers: `{session}.{token}`.
    session: Option<String>,
}

/// Where the request's rights are looked up.
#[derive(Clone)]
struct Rights {
    creators: Arc<Creators>,
    proofs: Arc<ViewerProofs>,
    bought: Arc<Bought>,
}

impl axum::extract::FromRef<ApiState> for Rights {
    fn from_ref(state: &ApiState) -> Self {
        let ApiState { creators, proofs, bought, .. } = state.clone();
        Self { creators, proofs, bought }
    }
}

/// Sends a recording as fragmented MP4, to viewers who have bought all of it, and to its creator.
///
/// The creator signs in. Viewers prove what they have bought as for the keys: by a session and its token, or by the
/// signature of a session key.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}/download", tag = "media",
    params(("id" = u64, Path), ("number" = String, Path, description = "The recording's `reference`."), DownloadQuery),
    responses(
        (status = 200, content_type = "video/mp4", description = "The file, from time 0 on."),
        (status = 401, body = Problem, description = "`unsigned`: nothing says whose purchases are meant."),
        (status = 402, body = Problem, description = "`not-bought`: the viewer has not bought all of it."),
        (status = 403, body = Problem, description = "`forbidden`, or `stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: no such recording or rendition."),
        (status = 503, body = Problem, description = "`unavailable`: too many downloads, in all or of the network."),
    ))]
async fn download_recording(
    State(catalogue): State<Arc<Catalogue>>,
    State(rights): State<Rights>,
    Path((stream, named)): Path<(StreamId, RecordingRef)>,
    Query(query): Query<DownloadQuery>,
    client: ClientIp,
    who: Option<SignedIn>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    catalogue.rules.check_served(stream)?;
    let number = named.number;
    let recorded = catalogue.recordings.recorded(stream, number).await?;
    let recorded = recorded.ok_or_else(|| no_recording(stream, number))?;
    // Before the description is read, which takes a while for a long recording.
    let right = rights.of((stream, &named), &recorded, (who.as_ref(), &headers), query.session.as_deref()).await?;
    let place = place_for(&DOWNLOADS, client)?;
    let download = Download::of(&recorded, query.rendition.as_deref()).await?;
    right.check(stream, &download)?;

    let file = format!("stream-{stream}-recording-{number}-{}.mp4", download.rendition());
    let (pieces, secret) = (catalogue.recordings.shared_pieces(), catalogue.recordings.secret(stream)?);
    let parts = download.parts(pieces, secret, catalogue.recording_uris.clone());
    // A suspension, or the end of the recording, ends a download that goes on.
    let parts = parts.then(move |part| {
        let catalogue = catalogue.clone();
        async move {
            may_go_on(&catalogue, stream, number).await?;
            part
        }
    });
    let head = [
        (header::CONTENT_TYPE, "video/mp4".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((head, body_in(place, parts)).into_response())
}

/// Takes a place for a download of a network.
fn place_for(places: &Arc<Places>, client: ClientIp) -> Result<Place, ApiError> {
    let place = places.take(client.prefix());
    place.ok_or_else(|| ApiError::unavailable("As many downloads go on as this gateway allows."))
}

/// Returns a body that holds its place for as long as it is sent.
fn body_in(place: Place, parts: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Body {
    Body::from_stream(parts.map(move |part| {
        let _held = &place;
        part
    }))
}

/// Checks that a part of a download may be sent at this moment.
async fn may_go_on(catalogue: &Catalogue, stream: StreamId, number: u64) -> io::Result<()> {
    let is_served = catalogue.rules.check_served(stream).is_ok();
    match catalogue.recordings.recorded(stream, number).await {
        Ok(Some(_)) if is_served => Ok(()),
        _ => Err(io::Error::other("the recording is not given out any more")),
    }
}

/// The right to a download.
enum Right {
    /// To everything: the creator asks, or the recording is free.
    All,
    /// To what was bought: ranges of keys in ascending order.
    Bought(Vec<RangeInclusive<u64>>),
}

impl Right {
    fn check(&self, stream: StreamId, download: &Download) -> Result<(), SaleError> {
        match self {
            Self::Bought(bought) if !download.keys().iter().all(|keys| contains(bought, keys)) => {
                Err(SaleError::NotBought { stream })
            }
            Self::All | Self::Bought(_) => Ok(()),
        }
    }
}

impl Rights {
    /// Returns what the creator, or a viewer, may download of a recording.
    async fn of(
        &self,
        (stream, named): (StreamId, &RecordingRef),
        recorded: &Recorded,
        (who, headers): (Option<&SignedIn>, &HeaderMap),
        session: Option<&str>,
    ) -> Result<Right, ApiError> {
        if is_creator(&self.creators, who, stream).await? {
            return Ok(Right::All);
        }
        if !recorded.is_shown_with(named.token.as_deref()) {
            return Err(no_recording(stream, named.number));
        }
        if recorded.is_free {
            return Ok(Right::All);
        }
        let wanted = Wanted::Download { recording: named.number };
        let viewer = viewer_of(&self.proofs, (stream, wanted), headers, session).await?;
        let bought = self.bought.ranges(&viewer, stream).await?;
        if bought.is_empty() {
            return Err(SaleError::NotBought { stream }.into());
        }
        Ok(Right::Bought(bought))
    }
}

impl From<DownloadError> for ApiError {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::NoRendition => Self::not_found(error.to_string()),
            DownloadError::Description(error) => RecordingError::from(error).into(),
            error => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> ClientIp {
        ClientIp(address.parse().unwrap())
    }

    /// Begins a download of two parts, of which nothing is read.
    fn begun(places: &Arc<Places>, address: &str) -> Result<Body, ApiError> {
        let parts = futures::stream::iter(["a", "b"].map(|part| Ok(Bytes::from_static(part.as_bytes()))));
        place_for(places, client(address)).map(|place| body_in(place, parts))
    }

    #[tokio::test]
    async fn network_has_four_downloads_at_a_time_for_as_long_as_they_are_sent() {
        let places = Arc::new(Places::new(MAX_DOWNLOADS, MAX_DOWNLOADS_OF_NETWORK));
        let address = |host: usize| format!("10.0.0.{host}");
        let mut own: Vec<Body> = (1..=4).map(|host| begun(&places, &address(host)).unwrap()).collect();
        let refused = begun(&places, "10.0.0.9").map(drop).unwrap_err();
        assert_eq!((refused.to_problem().status, refused.to_problem().code.as_str()), (503, "unavailable"));
        assert!(begun(&places, "10.0.1.1").is_ok(), "another network");

        let mut parts = own.remove(0).into_data_stream();
        assert_eq!(parts.next().await.unwrap().unwrap(), "a");
        assert!(begun(&places, "10.0.0.9").is_err(), "one is being sent");
        drop(parts);
        own.push(begun(&places, "10.0.0.9").unwrap());
        assert!(begun(&places, "10.0.0.9").is_err());
    }

    #[test]
    fn gateway_has_sixteen_downloads_at_a_time() {
        let places = Arc::new(Places::new(MAX_DOWNLOADS, MAX_DOWNLOADS_OF_NETWORK));
        let network = |number: usize| format!("10.0.{}.1", number / MAX_DOWNLOADS_OF_NETWORK);
        let all: Vec<Body> = (0..MAX_DOWNLOADS).map(|number| begun(&places, &network(number)).unwrap()).collect();
        assert!(begun(&places, "10.1.0.1").is_err());
        drop(all);
        assert!(begun(&places, "10.1.0.1").is_ok());
    }
}
