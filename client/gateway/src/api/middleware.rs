//! Around every request: the client's address, rate limits, timing, logs and the request id.

use super::{client_ip::ClientIp, error::ApiError};
use super::{limits::RequestLimits, state::Profile};
use crate::{moderation::Moderation, telemetry::names};
use axum::{
    body::to_bytes,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{header, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    any::Any,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Instant,
};

/// The header that carries a request's id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Refuses requests above the rate limit of their network.
pub async fn limit(
    State(limits): State<Arc<RequestLimits>>,
    client: ClientIp,
    request: Request,
    next: Next,
) -> Response {
    match limits.check(client) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Determines the client and refuses blocked networks, counts, times and logs the request, and adds the request id to errors.
pub async fn observe(
    State(profile): State<Arc<Profile>>,
    State(moderation): State<Arc<Moderation>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let client = ClientIp::of(peer, request.headers(), &profile.proxies);
    request.extensions_mut().insert(client);
    let route = request.extensions().get::<MatchedPath>().map_or("other", |path| path.as_str()).to_owned();
    let request_id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    let method = request.method().clone();

    let start = Instant::now();
    let mut response = match moderation.check_network(client.0) {
        Ok(()) => next.run(request).await,
        Err(error) => ApiError::from(error).into_response(),
    };
    let took = start.elapsed();

    response = as_problem(response).await;
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        error.log(method.as_str(), &route, request_id.as_deref());
        response = error.with_request_id(request_id).into_response();
        response.extensions_mut().remove::<ApiError>();
    }
    let status = response.status().as_u16().to_string();
    metrics::counter!(names::REQUESTS, "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!(names::REQUEST_SECONDS, "route" => route).record(took.as_secs_f64());
    secure(&mut response);
    response
}

/// Answers a request whose handler panicked, as after any internal error. The gateway goes on.
pub fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::internal(&format!("panic: {}", said.unwrap_or("without a message"))).into_response()
}

/// Bytes read of the framework's own refusals.
const MAX_REFUSAL_BYTES: usize = 4 * 1024;

/// Turns the framework's own refusals (a path, a query or a body that cannot be read, a method, the time limit), which are
/// plain text or empty, into problems: clients know one kind of error only.
async fn as_problem(response: Response) -> Response {
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    if !is_refusal || response.extensions().get::<ApiError>().is_some() {
        return response;
    }
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if !kind.is_empty() && !kind.starts_with(b"text/plain") {
        return response;
    }
    let (parts, body) = response.into_parts();
    let said = to_bytes(body, MAX_REFUSAL_BYTES).await.unwrap_or_default();
    let mut wrapped = ApiError::refused_by_framework(status, &String::from_utf8_lossy(&said)).into_response();
    // `Allow` of a refused method, for example.
    for (name, value) in parts.headers.iter().filter(|(name, _)| **name == header::ALLOW) {
        wrapped.headers_mut().insert(name, value.clone());
    }
    wrapped
}

/// Sets headers against content sniffing, framing and referrers.
fn secure(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
