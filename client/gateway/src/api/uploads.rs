//! `/v1/uploads`: resumable uploads of finished videos, after tus 1.0 (creation, expiration, termination).
//!
//! The creator signs in to begin an upload. Its address contains 128 random bits and is known to the creator alone:
//! the requests with the bytes need nothing else, so that a wallet asks once.

mod metadata;

use super::{
    creators::check_creator,
    error::ApiError,
    signed_in::SignedIn,
    state::{ApiState, Catalogue, Creators, VideoWork},
};
use crate::{
    live::NoRoom,
    stream_rules::{closed_by, Suspended},
    uploads::{Append, UploadError, UploadInfo},
    use_cases::Sessions,
};
use axum::{
    body::BodyDataStream,
    extract::{Path, Request, State},
    http::{header, HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use headers::{Expires, Header};
use metadata::UploadMetadata;
use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};
use tick_stream_primitives::{clock::now_ms, StreamId};
use tokio_util::sync::CancellationToken;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_wire::{
    codes,
    uploads::{
        TUS_EXTENSIONS, TUS_MAX_SIZE, TUS_RESUMABLE, TUS_VERSION, TUS_VERSIONS, UPLOAD_BYTES_TYPE, UPLOAD_CHECKSUM,
        UPLOAD_EXPIRES, UPLOAD_JOB, UPLOAD_LENGTH, UPLOAD_OFFSET,
    },
    Problem,
};

const PATH: &str = "/v1/uploads";
/// Extensions of the protocol that are supported.
const EXTENSIONS: &str = "creation,expiration,termination";
/// Bytes after which it is checked again that the disk has room, and that the stream may be uploaded to.
const CHECK_EVERY_BYTES: u64 = 8 << 20;
/// Longest time without a byte of a request. What has arrived by then is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(create_upload))
        .routes(routes!(find_upload, send_upload, remove_upload))
        .layer(middleware::map_response(with_version))
}

/// Names the version of the protocol in every answer.
async fn with_version(mut response: Response) -> Response {
    response.headers_mut().insert(TUS_RESUMABLE, HeaderValue::from_static(TUS_VERSION));
    response
}

/// Adds to an answer to `OPTIONS` what the protocol says there. To be called around everything else: the layer for CORS answers
/// such requests itself.
pub async fn describe(State(work): State<Arc<VideoWork>>, request: Request, next: Next) -> Response {
    let is_asked = request.method() == Method::OPTIONS && request.uri().path().starts_with(PATH);
    let mut response = next.run(request).await;
    if is_asked {
        let headers = response.headers_mut();
        headers.insert(TUS_RESUMABLE, HeaderValue::from_static(TUS_VERSION));
        headers.insert(TUS_VERSIONS, HeaderValue::from_static(TUS_VERSION));
        headers.insert(TUS_EXTENSIONS, HeaderValue::from_static(EXTENSIONS));
        headers.insert(TUS_MAX_SIZE, work.uploads.limits().max_bytes.into());
    }
    response
}

/// Begins an upload of a finished video, after tus 1.0. The creator signs in.
///
/// The address in the answer is a secret: the requests with the bytes need no sign-in. `OPTIONS` names the extensions that the
/// gateway knows, and the longest upload in `Tus-Max-Size`.
#[utoipa::path(post, path = "/v1/uploads", tag = "creators",
    params(
        ("Tus-Resumable" = String, Header, description = "`1.0.0`."),
        ("Upload-Length" = u64, Header, description = "Bytes of the file."),
        ("Upload-Metadata" = String, Header,
            description = "Keys and their values in Base64, separated by commas: `stream`, and as wanted `title`, `filename`."),
    ),
    responses(
        (status = 201, description = "The upload may be sent.", headers(
            ("Location" = String, description = "Address of the upload."),
            ("Upload-Expires" = String, description = "Time at which it is removed if no bytes arrive."),
            ("X-Vilokanam-Job" = String, description = "Id of the job that begins with its last byte."),
            ("Tus-Resumable" = String, description = "`1.0.0`."),
        )),
        (status = 400, body = Problem, description = "`bad-request`: a header is missing or cannot be read."),
        (status = 401, body = Problem, description = "`signed-out`"),
        (status = 403, body = Problem, description = "`forbidden`"),
        (status = 404, body = Problem, description = "`not-found`: no such stream."),
        (status = 409, body = Problem,
            description = "`quota-used`, or `conflict`: too many uploads or jobs, or the stream has ended."),
        (status = 412, body = Problem, description = "`bad-request`: another version of tus."),
        (status = 413, body = Problem, description = "`too-large`"),
        (status = 422, body = Problem, description = "`price-below-minimum` or `share-below-minimum`"),
        (status = 503, body = Problem, description = "`unavailable`: the gateway has no room."),
    ))]
async fn create_upload(
    State(creators): State<Arc<Creators>>,
    State(sessions): State<Arc<Sessions>>,
    State(work): State<Arc<VideoWork>>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_version(&headers)?;
    let length = number(&headers, UPLOAD_LENGTH)?;
    let metadata = UploadMetadata::of(&headers)?;
    let terms = check_creator(&creators, &who, metadata.stream).await?;
    if let Some(reason) = closed_by(terms.status) {
        return Err(ApiError::conflict(format!("There can be no upload: {reason}.")));
    }
    creators.moderation.check_may_publish(&terms.creator).await?;
    sessions.check_income(&terms)?;
    work.jobs.check_room(metadata.stream).await?;
    work.room.check(metadata.stream, length).await.map_err(|error| no_room(error, "upload"))?;
    let info = work.uploads.create(metadata.into_upload(terms.creator, length), now_ms())?;
    let mut response = StatusCode::CREATED.into_response();
    let location = format!("{PATH}/{}", info.id);
    insert(&mut response, header::LOCATION, &location)?;
    add_facts(&mut response, &work, &info)?;
    tracing::info!(stream = info.stream, job = info.job, length, "an upload begins");
    Ok(response)
}

/// Tells how much of an upload has arrived.
#[utoipa::path(head, path = "/v1/uploads/{upload}", tag = "creators",
    params(("upload" = String, Path), ("Tus-Resumable" = String, Header, description = "`1.0.0`.")),
    responses(
        (status = 200, description = "The upload is known.", headers(
            ("Upload-Offset" = u64, description = "Bytes that have arrived."),
            ("Upload-Length" = u64, description = "Bytes of the file."),
            ("Upload-Expires" = String, description = "Time at which it is removed if no bytes arrive."),
            ("X-Vilokanam-Job" = String, description = "Id of the job that begins with its last byte."),
            ("Tus-Resumable" = String, description = "`1.0.0`."),
        )),
        (status = 404, body = Problem, description = "`not-found`: no such upload; begin again."),
        (status = 412, body = Problem, description = "`bad-request`: another version of tus."),
    ))]
async fn find_upload(
    State(work): State<Arc<VideoWork>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_version(&headers)?;
    let (info, arrived) = work.uploads.find(&id)?;
    let mut response = StatusCode::OK.into_response();
    response.headers_mut().insert(UPLOAD_OFFSET, arrived.into());
    response.headers_mut().insert(UPLOAD_LENGTH, info.length.into());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    add_facts(&mut response, &work, &info)?;
    Ok(response)
}

/// Takes bytes of an upload. The last of them begin its job.
///
/// What has arrived of a request that is cut off is kept: `HEAD` tells where to go on.
#[utoipa::path(patch, path = "/v1/uploads/{upload}", tag = "creators",
    params(
        ("upload" = String, Path),
        ("Tus-Resumable" = String, Header, description = "`1.0.0`."),
        ("Upload-Offset" = u64, Header, description = "Bytes that have arrived, as `HEAD` tells."),
    ),
    request_body(content_type = UPLOAD_BYTES_TYPE, description = "Bytes of the file, from the offset on."),
    responses(
        (status = 204, description = "The bytes are kept.", headers(
            ("Upload-Offset" = u64, description = "Bytes that have arrived."),
            ("Upload-Expires" = String, description = "Time at which it is removed if no bytes arrive."),
            ("X-Vilokanam-Job" = String, description = "Id of the job that begins with its last byte."),
            ("Tus-Resumable" = String, description = "`1.0.0`."),
        )),
        (status = 400, body = Problem, description = "`bad-request`: no offset, or `Upload-Checksum`, which is not supported."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: no such upload; begin again."),
        (status = 408, body = Problem, description = "`timeout`: the request was cut off."),
        (status = 409, body = Problem, description = "`conflict`: another offset than what has arrived."),
        (status = 412, body = Problem, description = "`bad-request`: another version of tus."),
        (status = 413, body = Problem, description = "`too-large`: more bytes than announced; the upload is removed."),
        (status = 415, body = Problem, description = "`unsupported-media-type`"),
        (status = 423, body = Problem, description = "`upload-busy`: another request is sending the same upload."),
        (status = 503, body = Problem, description = "`unavailable`: the gateway has no room."),
    ))]
async fn send_upload(
    State(work): State<Arc<VideoWork>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(drain): State<CancellationToken>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    check_version(headers)?;
    let is_bytes = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == UPLOAD_BYTES_TYPE);
    if !is_bytes {
        let title = "Unsupported media type";
        let detail = format!("Send the bytes as '{UPLOAD_BYTES_TYPE}'.");
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, codes::UNSUPPORTED_MEDIA_TYPE, title, detail));
    }
    if headers.contains_key(UPLOAD_CHECKSUM) {
        let detail = "Checksums are not supported; bytes that were not checked must not be taken for ones that were.";
        return Err(ApiError::bad_request(detail).hint("Leave the header out: OPTIONS names the extensions."));
    }
    let (info, _) = work.uploads.find(&id)?;
    may_go_on(&work, &catalogue, info.stream)?;
    let append = work.uploads.append(&id, number(headers, UPLOAD_OFFSET)?).await?;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|announced| announced > append.missing()) {
        drop(append);
        work.uploads.remove(&id);
        return Err(UploadError::LongerThanAnnounced { length: info.length }.into());
    }
    // In a task of its own, so that a client that goes away does not interrupt a write: the next request begins at the length
    // of the file.
    let body = request.into_body().into_data_stream();
    let (checked, stream) = ((work.clone(), catalogue), info.stream);
    let taking = tokio::spawn(take(append, body, drain, move || may_go_on(&checked.0, &checked.1, stream)));
    let taken = taking.await.map_err(|error| ApiError::internal(&error))?;
    if matches!(taken, Err(Stopped::Upload(UploadError::LongerThanAnnounced { .. }))) {
        work.uploads.remove(&id);
    }
    let (offset, is_cut) = taken?;
    if offset == info.length {
        work.jobs.add_upload(&info).await?;
    } else if is_cut {
        return Err(ApiError::refused_by_framework(StatusCode::REQUEST_TIMEOUT, ""));
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(UPLOAD_OFFSET, offset.into());
    add_facts(&mut response, &work, &info)?;
    Ok(response)
}

/// Why bytes of an upload are not taken.
#[derive(Debug)]
enum Stopped {
    Upload(UploadError),
    Room(NoRoom),
    Suspended(Suspended),
}

impl From<UploadError> for Stopped {
    fn from(error: UploadError) -> Self {
        Self::Upload(error)
    }
}

impl From<Stopped> for ApiError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Upload(error) => error.into(),
            Stopped::Room(error) => no_room(error, "upload"),
            Stopped::Suspended(error) => error.into(),
        }
    }
}

/// Checks that bytes may be taken at this moment: the room was checked for each upload alone when it began, and a moderator may
/// have suspended the stream since then.
fn may_go_on(work: &VideoWork, catalogue: &Catalogue, stream: StreamId) -> Result<(), Stopped> {
    catalogue.rules.check_served(stream).map_err(Stopped::Suspended)?;
    work.room.check_free().map_err(Stopped::Room)
}

/// Writes a body until it ends, nothing comes for a while, or it may not go on. Returns the offset, and whether the body was cut
/// off. What has arrived is kept.
async fn take(
    mut append: Append,
    mut body: BodyDataStream,
    drain: CancellationToken,
    may_go_on: impl Fn() -> Result<(), Stopped>,
) -> Result<(u64, bool), Stopped> {
    let mut unchecked_bytes = 0;
    let removed = append.removed();
    tokio::pin!(removed);
    let end = loop {
        let next = tokio::select! {
            next = tokio::time::timeout(IDLE_TIMEOUT, body.next()) => next,
            () = drain.cancelled() => break Ok(true),
            () = &mut removed => break Err(UploadError::Unknown.into()),
        };
        let bytes = match next {
            Ok(Some(Ok(bytes))) => bytes,
            Ok(None) => break Ok(false),
            Ok(Some(Err(_))) | Err(_) => break Ok(true),
        };
        append.write(&bytes).await?;
        unchecked_bytes += bytes.len() as u64;
        if unchecked_bytes >= CHECK_EVERY_BYTES {
            unchecked_bytes = 0;
            if let Err(stopped) = may_go_on() {
                break Err(stopped);
            }
        }
    };
    let offset = append.finish().await?;
    end.map(|is_cut| (offset, is_cut))
}

/// Removes an upload that is not complete.
#[utoipa::path(delete, path = "/v1/uploads/{upload}", tag = "creators",
    params(("upload" = String, Path), ("Tus-Resumable" = String, Header, description = "`1.0.0`.")),
    responses(
        (status = 204, description = "The upload is gone.", headers(("Tus-Resumable" = String, description = "`1.0.0`."))),
        (status = 404, body = Problem, description = "`not-found`: no such upload."),
        (status = 409, body = Problem, description = "`conflict`: the upload is complete; cancel its job instead."),
        (status = 412, body = Problem, description = "`bad-request`: another version of tus."),
    ))]
async fn remove_upload(
    State(work): State<Arc<VideoWork>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    check_version(&headers)?;
    let (info, arrived) = work.uploads.find(&id)?;
    if arrived == info.length {
        let detail = "The upload is complete, and its video is being made.";
        return Err(ApiError::conflict(detail).hint(format!("Cancel the job {} instead.", info.job)));
    }
    work.uploads.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}

fn add_facts(response: &mut Response, work: &VideoWork, info: &UploadInfo) -> Result<(), ApiError> {
    insert(response, HeaderName::from_static(UPLOAD_JOB), &info.job)?;
    if let Ok(at_ms) = work.uploads.expires_at(&info.id) {
        let mut values = Vec::new();
        Expires::from(UNIX_EPOCH + Duration::from_millis(at_ms)).encode(&mut values);
        values.into_iter().for_each(|value| drop(response.headers_mut().insert(UPLOAD_EXPIRES, value)));
    }
    Ok(())
}

fn insert(response: &mut Response, name: HeaderName, value: &str) -> Result<(), ApiError> {
    let value = HeaderValue::from_str(value).map_err(|error| ApiError::internal(&error))?;
    response.headers_mut().insert(name, value);
    Ok(())
}

fn check_version(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.get(TUS_RESUMABLE).is_some_and(|version| version == TUS_VERSION) {
        return Ok(());
    }
    let detail = format!("The header {TUS_RESUMABLE} must be {TUS_VERSION}.");
    Err(ApiError::new(StatusCode::PRECONDITION_FAILED, codes::BAD_REQUEST, "Another version of tus", detail)
        .hint("Upload with a client for tus 1.0, or with 'vilokanam upload'."))
}

/// There is no room for `what`.
pub(super) fn no_room(error: NoRoom, what: &str) -> ApiError {
    match error {
        NoRoom::DiskFull { .. } => ApiError::unavailable(format!("There is no room for the {what}: {error}.")),
        NoRoom::QuotaUsed { .. } => {
            let detail = format!("There is no room for the {what}: {error}.");
            ApiError::new(StatusCode::CONFLICT, codes::QUOTA_USED, "The quota is used up", detail)
                .hint("Delete recordings that are not needed, or ask the gateway's operator for more room.")
        }
        NoRoom::Records(_) | NoRoom::Index(_) => ApiError::internal(&error),
    }
}

fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, ApiError> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    value.ok_or_else(|| ApiError::bad_request(format!("The header {name} must be a number of bytes.")))
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        let detail = error.to_string();
        match error {
            UploadError::TooLong { .. } | UploadError::LongerThanAnnounced { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, codes::TOO_LARGE, "Too large", detail)
            }
            UploadError::Empty => Self::bad_request(detail),
            UploadError::TooManyOfAccount { .. } | UploadError::TooMuchOfAccount { .. } => {
                Self::conflict(detail).hint("Finish or remove one of them, or wait until its video is made.")
            }
            UploadError::NoRoom { .. } | UploadError::TooMany { .. } => Self::unavailable(detail),
            UploadError::Unknown => Self::not_found(detail).hint("Begin the upload again."),
            UploadError::Offset { .. } => Self::conflict(detail).hint("Ask for the offset with HEAD, and go on there."),
            UploadError::Busy => Self::new(StatusCode::LOCKED, codes::UPLOAD_BUSY, "The upload is being sent", detail)
                .hint("Try again in a few seconds."),
            UploadError::Io { .. } => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uploads::{NewUpload, UploadLimits, Uploads};
    use tick_stream_primitives::AccountId;

    async fn sent(bytes: usize, may_go_on: impl Fn() -> Result<(), Stopped>) -> (Result<(u64, bool), Stopped>, u64) {
        let folder = tempfile::tempdir().unwrap();
        let limits = UploadLimits {
            max_bytes: 1 << 30,
            max_total_bytes: 1 << 30,
            max_per_account: 1,
            max_uploads: 1,
            expire_after_ms: 1_000,
        };
        let uploads = Uploads::open(folder.path(), limits).unwrap();
        let new = NewUpload {
            stream: 7,
            owner: AccountId::new([1; 32]),
            length: 1 << 30,
            filename: String::new(),
            title: String::new(),
            is_clip: false,
        };
        let id = uploads.create(new, 0).unwrap().id;
        let append = uploads.append(&id, 0).await.unwrap();
        let pieces = (0..bytes.div_ceil(1 << 20)).map(|_| Ok::<_, std::io::Error>(vec![0; 1 << 20]));
        let body = axum::body::Body::from_stream(futures::stream::iter(pieces)).into_data_stream();
        let taken = take(append, body, CancellationToken::new(), may_go_on).await;
        (taken, uploads.find(&id).unwrap().1)
    }

    #[tokio::test]
    async fn upload_stops_at_the_mark_of_free_space_and_keeps_what_has_arrived() {
        let (taken, arrived) = sent(20 << 20, || Err(Stopped::Room(NoRoom::DiskFull { free: 1 }))).await;
        assert!(matches!(taken, Err(Stopped::Room(NoRoom::DiskFull { .. }))), "{taken:?}");
        assert_eq!(arrived, CHECK_EVERY_BYTES);
        let (taken, arrived) = sent(20 << 20, || Ok(())).await;
        assert_eq!((taken.unwrap(), arrived), ((20 << 20, false), 20 << 20));
    }

    #[tokio::test]
    async fn upload_stops_when_its_stream_is_suspended() {
        let (taken, _) = sent(20 << 20, || Err(Stopped::Suspended(Suspended(7)))).await;
        let problem = ApiError::from(taken.unwrap_err()).to_problem();
        assert_eq!(problem.status, 403);
    }
}
