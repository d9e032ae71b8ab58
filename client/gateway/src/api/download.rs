//! `GET /v1/streams/{id}/recordings/{number}/download`: a recording as MP4, for those who have bought all of it.

use super::{
    bought::viewer_of,
    client_ip::ClientIp,
    creators::{check_creator, SignedRequest},
    error::ApiError,
    places::Places,
    recordings::no_recording,
    state::{ApiState, Catalogue, Creators},
};
use crate::{
    live::{Download, DownloadError, Recorded, RecordingError},
    use_cases::{contains, Bought, SaleError, ViewerProofs},
};
use axum::{
    body::Body,
    extract::{OriginalUri, Path, Query, State},
    http::{header, HeaderMap, Method},
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use futures::StreamExt;
use serde::Deserialize;
use std::{
    io,
    ops::RangeInclusive,
    sync::{Arc, LazyLock},
};
use tick_stream_primitives::StreamId;
use vilokanam_wire::headers as names;

/// Downloads at the same time, in all and of one network. Each reads from the object store as fast as its reader takes it, which
/// may be slowly.
const MAX_DOWNLOADS: usize = 16;
const MAX_DOWNLOADS_OF_NETWORK: usize = 4;
static DOWNLOADS: LazyLock<Arc<Places>> =
    LazyLock::new(|| Arc::new(Places::new(MAX_DOWNLOADS, MAX_DOWNLOADS_OF_NETWORK)));

pub fn routes() -> Router<ApiState> {
    Router::new().route("/v1/streams/{id}/recordings/{number}/download", get(download))
}

#[derive(Deserialize)]
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

async fn download(
    State(catalogue): State<Arc<Catalogue>>,
    State(rights): State<Rights>,
    Path((stream, number)): Path<(StreamId, u64)>,
    Query(query): Query<DownloadQuery>,
    client: ClientIp,
    uri: OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    catalogue.rules.check_served(stream)?;
    let recorded = catalogue.recordings.recorded(stream, number).await?;
    let recorded = recorded.ok_or_else(|| no_recording(stream, number))?;
    // Before the description is read, which takes a while for a long recording.
    let right = rights.of((stream, number), &recorded, (&uri, &headers), query.session.as_deref()).await?;
    let place = DOWNLOADS.take(client.prefix());
    let place = place.ok_or_else(|| ApiError::unavailable("As many downloads go on as this gateway allows."))?;
    let download = Download::of(&recorded, query.rendition.as_deref()).await?;
    right.check(stream, &download)?;

    let file = format!("stream-{stream}-recording-{number}-{}.mp4", download.rendition());
    let (pieces, secret) = (catalogue.recordings.shared_pieces(), catalogue.recordings.secret(stream)?);
    let parts = download.parts(pieces, secret, catalogue.recording_uris.clone());
    // The place is held for as long as the file is sent. A suspension, or the end of the recording, ends a download that goes on.
    let parts = parts.then(move |part| {
        let catalogue = catalogue.clone();
        async move {
            may_go_on(&catalogue, stream, number).await?;
            part
        }
    });
    let parts = parts.map(move |part| {
        let _held = &place;
        part
    });
    let head = [
        (header::CONTENT_TYPE, "video/mp4".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((head, Body::from_stream(parts)).into_response())
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
        (stream, number): (StreamId, u64),
        recorded: &Recorded,
        (uri, headers): (&OriginalUri, &HeaderMap),
        session: Option<&str>,
    ) -> Result<Right, ApiError> {
        if headers.contains_key(names::ACCOUNT) && !headers.contains_key(names::VIEWER) {
            let request = SignedRequest { method: Method::GET, uri, headers, body: b"" };
            return check_creator(&self.creators, stream, request).await.map(|_| Right::All);
        }
        if recorded.is_private {
            return Err(no_recording(stream, number));
        }
        if recorded.is_free {
            return Ok(Right::All);
        }
        let viewer = viewer_of(&self.proofs, stream, headers, session).await?;
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
