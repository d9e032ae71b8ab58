//! WHIP (RFC 9725): publishers that send WebRTC post an offer and get an answer. The publish key is the bearer token.

use super::{
    client_ip::ClientIp,
    error::ApiError,
    publish::{bearer_of, closed_error, key_error, refused},
    state::{ApiState, Catalogue},
};
use crate::publishing::Publishing;
use axum::{
    extract::{rejection::StringRejection, DefaultBodyLimit, Path, State},
    http::{header, HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::StreamId;
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_ingest::{PublishError, WhipError};
use vilokanam_wire::Problem;

/// Media type of offers and answers.
const SDP: &str = "application/sdp";
/// Media type of candidates that are sent after the offer.
const SDP_FRAGMENT: &str = "application/trickle-ice-sdpfrag";
/// Largest offer in bytes, as that of the ingest.
const MAX_OFFER_BYTES: usize = 64 * 1024;
/// Longest time for an offer to arrive.
const OFFER_TIMEOUT: Duration = Duration::from_secs(15);

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(publish_whip))
        .routes(routes!(end_whip, trickle_whip))
        .layer(DefaultBodyLimit::max(MAX_OFFER_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, OFFER_TIMEOUT))
}

/// Begins a session of WebRTC (WHIP, RFC 9725): answers an offer.
#[utoipa::path(post, path = "/v1/streams/{id}/whip", tag = "publishers", params(("id" = u64, Path)),
    request_body(content = String, content_type = SDP, description = "The offer, of at most 64 KiB."),
    responses(
        (status = 201, body = String, content_type = SDP, description = "The answer.", headers(
            ("Location" = String, description = "Address of the session."),
            ("ETag" = String, description = "Names the session."),
        )),
        (status = 401, body = Problem, description = "`publish-refused`: the request has no publish key."),
        (status = 403, body = Problem, description = "`publish-refused`: another key, or the stream has ended or is suspended."),
        (status = 408, body = Problem, description = "`timeout`"),
        (status = 409, body = Problem, description = "`conflict`: the publisher cannot begin at this moment."),
        (status = 413, body = Problem, description = "`too-large`"),
        (status = 415, body = Problem, description = "`unsupported-media-type`"),
        (status = 422, body = Problem, description = "`publish-refused`: the offer cannot be answered; the detail says why."),
        (status = 429, body = Problem, description = "`too-many-requests`: too many wrong keys."),
        (status = 503, body = Problem, description = "`unavailable`: no place is free, or the gateway takes no WHIP."),
    ), security(("publish_key" = [])))]
async fn publish_whip(
    State(publishing): State<Arc<Publishing>>,
    State(catalogue): State<Arc<Catalogue>>,
    client: ClientIp,
    Path(stream): Path<StreamId>,
    headers: HeaderMap,
    body: Result<String, StringRejection>,
) -> Result<Response, ApiError> {
    let key = bearer_of(&headers)?;
    publishing.check_key(stream, &key, client.0).map_err(|refusal| key_error(&refusal))?;
    catalogue.rules.check_published(stream).map_err(closed_error)?;
    check_type(&headers, SDP)?;
    let offer = body.map_err(|error| ApiError::refused_by_framework(error.status(), &error.body_text()))?;
    let session = publishing.publish_whip(stream, &key, client.0, &offer).map_err(whip_error)?;
    let location = format!("/v1/streams/{stream}/whip/{}", session.id);
    let headers = [
        (header::CONTENT_TYPE, SDP.to_owned()),
        (header::LOCATION, location),
        (header::ETAG, format!("\"{}\"", session.id)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::CREATED, headers, session.answer).into_response())
}

/// Ends a session of WebRTC and its broadcast.
#[utoipa::path(delete, path = "/v1/streams/{id}/whip/{session}", tag = "publishers",
    params(("id" = u64, Path), ("session" = String, Path)),
    responses(
        (status = 200, description = "The session is over."),
        (status = 401, body = Problem, description = "`publish-refused`: the request has no publish key."),
        (status = 403, body = Problem, description = "`publish-refused`: another key."),
        (status = 404, body = Problem, description = "`not-found`: no such session."),
        (status = 429, body = Problem, description = "`too-many-requests`: too many wrong keys."),
    ), security(("publish_key" = [])))]
async fn end_whip(
    State(publishing): State<Arc<Publishing>>,
    client: ClientIp,
    Path((stream, session)): Path<(StreamId, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    check_owner(&publishing, stream, &session, &headers, client)?;
    if publishing.end_whip(stream, &session) {
        Ok(StatusCode::OK)
    } else {
        Err(no_session(stream))
    }
}

/// Accepts candidates that come after the offer, of which none is needed: the gateway answers where a publisher's
/// connectivity checks come from.
#[utoipa::path(patch, path = "/v1/streams/{id}/whip/{session}", tag = "publishers",
    params(("id" = u64, Path), ("session" = String, Path)),
    request_body(content = String, content_type = SDP_FRAGMENT, description = "Candidates."),
    responses(
        (status = 204, description = "They are not needed."),
        (status = 401, body = Problem, description = "`publish-refused`: the request has no publish key."),
        (status = 403, body = Problem, description = "`publish-refused`: another key."),
        (status = 404, body = Problem, description = "`not-found`: no such session."),
        (status = 415, body = Problem, description = "`unsupported-media-type`"),
        (status = 422, body = Problem, description = "`publish-refused`: a restart of ICE; post a new offer."),
        (status = 429, body = Problem, description = "`too-many-requests`: too many wrong keys."),
    ), security(("publish_key" = [])))]
async fn trickle_whip(
    State(publishing): State<Arc<Publishing>>,
    client: ClientIp,
    Path((stream, session)): Path<(StreamId, String)>,
    headers: HeaderMap,
    body: Result<String, StringRejection>,
) -> Result<StatusCode, ApiError> {
    check_owner(&publishing, stream, &session, &headers, client)?;
    check_type(&headers, SDP_FRAGMENT)?;
    let fragment = body.map_err(|error| ApiError::refused_by_framework(error.status(), &error.body_text()))?;
    // A restart of ICE names the session it is for, by its ETag or as `*`.
    if headers.get(header::IF_MATCH).is_some_and(|tag| tag == "*") || !fragment.contains("a=candidate") {
        let words = "This gateway does not restart ICE within a session.".to_owned();
        return Err(refused(StatusCode::UNPROCESSABLE_ENTITY, words).hint("Post a new offer."));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Checks the key, and that there is such a session.
fn check_owner(
    publishing: &Publishing,
    stream: StreamId,
    session: &str,
    headers: &HeaderMap,
    client: ClientIp,
) -> Result<(), ApiError> {
    let key = bearer_of(headers)?;
    publishing.check_key(stream, &key, client.0).map_err(|refusal| key_error(&refusal))?;
    if publishing.has_whip(stream, session) {
        Ok(())
    } else {
        Err(no_session(stream))
    }
}

fn check_type(headers: &HeaderMap, wanted: &str) -> Result<(), ApiError> {
    let found = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let found = found.split(';').next().unwrap_or_default().trim();
    if found.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    let words = format!("The body has the type '{found}'.");
    Err(ApiError::refused_by_framework(StatusCode::UNSUPPORTED_MEDIA_TYPE, &words)
        .detail(words)
        .hint(format!("Send it as '{wanted}'.")))
}

fn no_session(stream: StreamId) -> ApiError {
    ApiError::not_found(format!("Stream {stream} has no such WHIP session.")).hint("It has ended: post a new offer.")
}

fn whip_error(error: WhipError) -> ApiError {
    let words = format!("The publisher is refused: {error}.");
    match &error {
        WhipError::Publish(PublishError::Key(refusal)) => key_error(refusal),
        WhipError::Publish(PublishError::Closed(reason)) => closed_error(*reason),
        WhipError::Publish(PublishError::TooManyBroadcasts(_) | PublishError::ShuttingDown)
        | WhipError::Off
        | WhipError::TooManySessions => ApiError::unavailable(words),
        WhipError::Publish(_) => ApiError::conflict(words),
        WhipError::BadOffer(_) => refused(StatusCode::UNPROCESSABLE_ENTITY, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_a_body_may_have_parameters() {
        let mut headers = HeaderMap::new();
        assert!(check_type(&headers, SDP).is_err());
        headers.insert(header::CONTENT_TYPE, "Application/SDP; charset=utf-8".parse().unwrap());
        assert!(check_type(&headers, SDP).is_ok());
        assert!(check_type(&headers, SDP_FRAGMENT).is_err());
    }

    #[test]
    fn refusals_say_whether_trying_again_helps() {
        let status = |error: WhipError| whip_error(error).into_response().status();
        assert_eq!(status(WhipError::Off), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(WhipError::TooManySessions), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(WhipError::BadOffer("no audio".into())), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(status(WhipError::Publish(PublishError::Replaced)), StatusCode::CONFLICT);
    }
}
