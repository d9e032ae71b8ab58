//! For encoders: uploads by PUT, and SRT listeners. Both require the publish key; RTMP has a port of its own.

use super::state::{ApiState, Catalogue};
use super::{client_ip::ClientIp, error::ApiError};
use crate::publishing::{Publishing, PutRefusal, Turn};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Path, Query, Request, State},
    http::{header, HeaderMap, StatusCode},
    Json,
};
use bytes::BytesMut;
use serde::Deserialize;
use std::{future::poll_fn, pin::Pin, sync::Arc, time::Duration};
use tick_stream_primitives::StreamId;
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_ingest::{KeyRefusal, PublishError, PutError, PutOutcome, SrtError, StreamClosed};
use vilokanam_wire::{
    codes,
    creator::{OpenSrt, SrtListener},
    Problem,
};

/// Longest time for an upload: an encoder that needs more for two seconds of video cannot keep up.
const PUT_TIMEOUT: Duration = Duration::from_secs(60);

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(put_file, post_file, delete_file))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PUT_TIMEOUT))
}

#[derive(Deserialize, utoipa::IntoParams)]
pub struct Shown {
    /// The publish key, for encoders that cannot set headers.
    key: Option<String>,
}

/// Accepts a segment, an initialisation segment or a playlist of an encoder's HLS or CMAF.
#[utoipa::path(put, path = "/v1/publish/{stream}/{*name}", tag = "publishers",
    params(("stream" = u64, Path), ("name" = String, Path, description = "Name of the file, which may contain slashes."), Shown),
    request_body(content_type = "application/octet-stream", description = "The file, of any media type."),
    responses(
        (status = 201, description = "The file is a part of the broadcast."),
        (status = 202, description = "The file waits for those before it."),
        (status = 204, description = "The file is not needed, or was there before."),
        (status = 401, body = Problem, description = "`publish-refused`: the request has no publish key."),
        (status = 403, body = Problem, description = "`publish-refused`: another key, or the stream has ended or is suspended."),
        (status = 408, body = Problem, description = "`timeout`"),
        (status = 409, body = Problem, description = "`conflict`: the publisher cannot begin at this moment."),
        (status = 413, body = Problem, description = "`publish-refused`: the file is too large."),
        (status = 422, body = Problem, description = "`publish-refused`: the file is not what a broadcast can be made of."),
        (status = 429, body = Problem, description = "`too-many-requests`: too many wrong keys."),
        (status = 503, body = Problem, description = "`unavailable`: the gateway is busy."),
    ), security(("publish_key" = [])))]
async fn put_file(
    State(publishing): State<Arc<Publishing>>,
    State(catalogue): State<Arc<Catalogue>>,
    client: ClientIp,
    Path((stream, name)): Path<(StreamId, String)>,
    Query(shown): Query<Shown>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let key = key_of(request.headers(), shown.key)?;
    // Before a byte of the body is read, so that uploads without a key take no memory. `put` checks again, since the key may
    // be revoked while the body arrives. Nor is a body read before those before it are passed on.
    publishing.check_key(stream, &key, client.0).map_err(|refusal| key_error(&refusal))?;
    catalogue.rules.check_published(stream).map_err(closed_error)?;
    let mut turn = publishing.enter_put(stream).await.map_err(no_room)?;
    let body = read_body(request.into_body(), &mut turn).await?;
    let outcome = publishing.put(stream, &key, client.0, &name, body).await.map_err(put_error)?;
    Ok(match outcome {
        PutOutcome::Taken => StatusCode::CREATED,
        PutOutcome::Waiting => StatusCode::ACCEPTED,
        PutOutcome::Ignored | PutOutcome::Duplicate => StatusCode::NO_CONTENT,
    })
}

/// Accepts a file as `PUT` does, for encoders that post.
#[utoipa::path(post, path = "/v1/publish/{stream}/{*name}", tag = "publishers",
    params(("stream" = u64, Path), ("name" = String, Path, description = "Name of the file, which may contain slashes."), Shown),
    request_body(content_type = "application/octet-stream", description = "The file, of any media type."),
    responses((status = 201), (status = 202), (status = 204)), security(("publish_key" = [])))]
async fn post_file(
    publishing: State<Arc<Publishing>>,
    catalogue: State<Arc<Catalogue>>,
    client: ClientIp,
    path: Path<(StreamId, String)>,
    shown: Query<Shown>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    put_file(publishing, catalogue, client, path, shown, request).await
}

/// Reads a body as far as the largest upload and the memory for all of them go.
async fn read_body(mut body: Body, turn: &mut Turn) -> Result<Bytes, ApiError> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| ApiError::bad_request(format!("The upload was cut off: {error}.")))?;
        // Trailers carry nothing of the file.
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > Publishing::max_put_bytes() {
            return Err(too_large());
        }
        turn.reserve(data.len()).map_err(no_room)?;
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.freeze())
}

/// Answers encoders that delete what has left their playlist. Nothing of theirs is kept here.
#[utoipa::path(delete, path = "/v1/publish/{stream}/{*name}", tag = "publishers",
    params(("stream" = u64, Path), ("name" = String, Path)), responses((status = 204)))]
async fn delete_file() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `Authorization: Bearer KEY`, or `?key=KEY`.
fn key_of(headers: &HeaderMap, shown: Option<String>) -> Result<String, ApiError> {
    let missing = || {
        refused(StatusCode::UNAUTHORIZED, "The upload has no publish key.".into())
            .hint("Send it as 'Authorization: Bearer KEY' or as '?key=KEY'.")
    };
    bearer(headers).or(shown).ok_or_else(missing)
}

/// `Authorization: Bearer KEY`.
pub(super) fn bearer_of(headers: &HeaderMap) -> Result<String, ApiError> {
    let missing = || {
        refused(StatusCode::UNAUTHORIZED, "The request has no publish key.".into())
            .hint("Send it as 'Authorization: Bearer KEY'.")
    };
    bearer(headers).ok_or_else(missing)
}

/// The token of the header. The case of its scheme does not matter.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Opens an SRT listener for the stream, on a port of its own, with the publish key as the passphrase.
#[utoipa::path(post, path = "/v1/streams/{id}/srt", tag = "creators", params(("id" = u64, Path)), request_body = OpenSrt,
    responses((status = 200, body = SrtListener), (status = 403, body = Problem), (status = 503, body = Problem)))]
pub async fn open_srt(
    State(publishing): State<Arc<Publishing>>,
    State(catalogue): State<Arc<Catalogue>>,
    client: ClientIp,
    Path(stream): Path<StreamId>,
    Json(ask): Json<OpenSrt>,
) -> Result<Json<SrtListener>, ApiError> {
    let opened = publishing.open_srt(stream, &ask.key, client.0).map_err(srt_error)?;
    if let Err(reason) = catalogue.rules.check_published(stream) {
        publishing.close_srt(stream);
        return Err(closed_error(reason));
    }
    Ok(Json(opened))
}

/// Closes the SRT listener of the stream and cuts off its publisher. Requires the publish key as uploads do.
#[utoipa::path(delete, path = "/v1/streams/{id}/srt", tag = "creators", params(("id" = u64, Path), Shown),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)), security(("publish_key" = [])))]
pub async fn close_srt(
    State(publishing): State<Arc<Publishing>>,
    client: ClientIp,
    Path(stream): Path<StreamId>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let key = key_of(&headers, shown.key)?;
    publishing.check_key(stream, &key, client.0).map_err(|refusal| key_error(&refusal))?;
    match publishing.close_srt(stream) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found(format!("No SRT listener is open for stream {stream}."))),
    }
}

fn too_large() -> ApiError {
    let most = Publishing::max_put_bytes();
    refused(StatusCode::PAYLOAD_TOO_LARGE, format!("The upload is larger than {most} bytes."))
        .hint("Set the encoder to shorter segments or a lower bit rate.")
}

fn no_room(error: PutRefusal) -> ApiError {
    ApiError::unavailable(format!("The upload is refused: {error}."))
}

pub(super) fn refused(status: StatusCode, detail: String) -> ApiError {
    ApiError::new(status, codes::PUBLISH_REFUSED, "The publisher is refused", detail)
}

pub(super) fn key_error(error: &KeyRefusal) -> ApiError {
    match error {
        KeyRefusal::TooManyFailures { retry_after_s } => {
            let retry_after_s = u32::try_from(*retry_after_s).unwrap_or(u32::MAX);
            ApiError::too_many_requests(retry_after_s).detail(format!("The publisher is refused: {error}."))
        }
        error => refused(StatusCode::FORBIDDEN, error.to_string()),
    }
}

pub(super) fn closed_error(reason: StreamClosed) -> ApiError {
    refused(StatusCode::FORBIDDEN, format!("The publisher is refused: {reason}."))
}

fn put_error(error: PutError) -> ApiError {
    let words = error.to_string();
    match &error {
        PutError::Publish(PublishError::Key(refusal)) => key_error(refusal),
        PutError::Publish(PublishError::Closed(reason)) => closed_error(*reason),
        PutError::Publish(PublishError::TooManyBroadcasts(_) | PublishError::ShuttingDown) => {
            ApiError::unavailable(words)
        }
        PutError::Publish(_) => ApiError::conflict(words),
        PutError::TooLarge { .. } => refused(StatusCode::PAYLOAD_TOO_LARGE, words),
        PutError::BadName(_) | PutError::BadContent(_) | PutError::NoInit | PutError::OtherRendition { .. } => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, words)
        }
    }
}

fn srt_error(error: SrtError) -> ApiError {
    match &error {
        SrtError::Key(refusal) => key_error(refusal),
        error => ApiError::unavailable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::to_bytes, response::IntoResponse};

    #[tokio::test]
    async fn too_many_wrong_keys_are_named_as_the_cause() {
        let response = key_error(&KeyRefusal::TooManyFailures { retry_after_s: 9 }).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers().get(header::RETRY_AFTER).map(|value| value.as_bytes()), Some(&b"9"[..]));
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("the publish key is not valid"), "{text}");
    }

    #[tokio::test]
    async fn bodies_are_read_up_to_the_largest_upload() {
        let room = crate::publishing::PutRoom::new(usize::MAX >> 4);
        let mut turn = room.enter(1).await.unwrap();
        let read = read_body(Body::from("abc"), &mut turn).await.unwrap();
        assert_eq!(&read[..], b"abc");
        let large = Body::from(vec![0; Publishing::max_put_bytes() + 1]);
        let refused = read_body(large, &mut turn).await.unwrap_err().into_response();
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn bodies_without_memory_are_refused_for_the_moment() {
        let room = crate::publishing::PutRoom::new(2);
        let mut turn = room.enter(1).await.unwrap();
        let refused = read_body(Body::from("abc"), &mut turn).await.unwrap_err().into_response();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key(header::RETRY_AFTER));
    }

    #[test]
    fn the_key_in_the_header_comes_first() {
        let mut headers = HeaderMap::new();
        assert!(key_of(&headers, None).is_err());
        assert_eq!(key_of(&headers, Some("k".into())).ok().as_deref(), Some("k"));
        headers.insert(header::AUTHORIZATION, "Bearer abc".parse().unwrap());
        assert_eq!(key_of(&headers, Some("k".into())).ok().as_deref(), Some("abc"), "the header counts");
    }
}
