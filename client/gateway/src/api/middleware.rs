//! Around every request: who asks, how often, how long it took, and what it is called in the log.

use super::{client_ip::ClientIp, error::ApiError};
use crate::{app::App, telemetry::names};
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{header, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Instant,
};

/// The header that carries a request's id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Refuses what comes too often from one network.
pub async fn limit(State(app): State<Arc<App>>, client: ClientIp, request: Request, next: Next) -> Response {
    match app.limits.check(client) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Finds out who asks, counts, times, logs, and gives errors the request's id.
pub async fn observe(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let client = ClientIp::of(peer, request.headers(), app.config.http.is_behind_proxy);
    request.extensions_mut().insert(client);
    let route = request.extensions().get::<MatchedPath>().map_or("other", |path| path.as_str()).to_owned();
    let request_id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    let method = request.method().clone();

    let start = Instant::now();
    let mut response = next.run(request).await;
    let took = start.elapsed();

    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        tracing::debug!(%method, route, code = error.code(), request_id, "refused");
        response = error.with_request_id(request_id).into_response();
        response.extensions_mut().remove::<ApiError>();
    }
    let status = response.status().as_u16().to_string();
    metrics::counter!(names::REQUESTS, "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!(names::REQUEST_SECONDS, "route" => route).record(took.as_secs_f64());
    secure(&mut response);
    response
}

/// Headers that keep browsers from guessing and framing.
fn secure(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
