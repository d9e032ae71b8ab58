//! `GET /v1/streams/{id}/keys/{index}`: keys, for ticks or within a preview.

use super::{client_ip::ClientIp, device::Device, error::ApiError, payment, state::ApiState};
use crate::use_cases::{ForSale, KeySales, Viewer};
use axum::{
    extract::{Path, Query, State},
    http::{header, HeaderMap, HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_wire::{headers, Problem};

const TOKEN_HEADER: HeaderName = HeaderName::from_static(headers::TOKEN);
const REVEALED_HEADER: HeaderName = HeaderName::from_static(headers::REVEALED_TICKS);
const CHARGED_HEADER: HeaderName = HeaderName::from_static(headers::CHARGED_TICKS);
const PREVIEW_HEADER: HeaderName = HeaderName::from_static(headers::PREVIEW_TICKS_LEFT);

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(get_keys, describe_keys))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct KeysQuery {
    /// Number of keys that follow each other, from 1 to 64. One without it.
    #[serde(default = "one")]
    count: u32,
    /// Session and token, for players that cannot set headers: `{session}.{token}`.
    token: Option<String>,
}

fn one() -> u32 {
    1
}

/// Gives keys, for ticks or within a preview: 16 bytes each, in order of their indices.
///
/// `Authorization: Payment session="0x…", ticks=…, proof="0x…"` reveals a tick, and the same with `token="…"` buys for ticks that
/// are revealed already. Without it, the keys are counted with the preview of the device, which is known by a cookie.
#[utoipa::path(get, path = "/v1/streams/{id}/keys/{index}", tag = "sessions",
    params(("id" = u64, Path), ("index" = u64, Path, description = "Index of the first key."), KeysQuery),
    responses(
        (status = 200, content_type = "application/octet-stream", description = "The keys.", headers(
            ("X-Vilokanam-Revealed-Ticks" = u32, description = "Highest tick that the viewer has revealed; if ticks were paid."),
            ("X-Vilokanam-Charged-Ticks" = u32, description = "Ticks for which keys were given; if ticks were paid."),
            ("X-Vilokanam-Token" = String, description = "The session's token, after a new tick or a repeated first one."),
            ("X-Vilokanam-Preview-Ticks-Left" = u32, description = "Free ticks of the device; within a preview."),
        )),
        (status = 400, body = Problem, description = "`bad-request`: too many keys at once, or a payment that cannot be read."),
        (status = 402, body = Problem, description = "A payment is required; the code says why, and what to do.",
            headers(("WWW-Authenticate" = String, description = "What is to be paid, after the `Payment` scheme."))),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: the stream has no such key at this gateway."),
        (status = 409, body = Problem, description = "`stream-not-hosted`"),
        (status = 503, body = Problem, description = "`unavailable`"),
    ))]
async fn get_keys(
    State(sales): State<Arc<KeySales>>,
    client: ClientIp,
    Path((stream, index)): Path<(StreamId, u64)>,
    Query(query): Query<KeysQuery>,
    device: Device,
    header_map: HeaderMap,
) -> Result<Response, ApiError> {
    let keys = sales.find(stream, index, query.count).await?;
    if let Some(bytes) = keys.free() {
        return Ok(key_response(bytes));
    }
    let viewer = match (payment::from_headers(&header_map)?, &query.token) {
        (Some(payment), _) => Some(payment::viewer(&payment)?),
        (None, Some(token)) => Some(payment::viewer(&payment::from_query(token)?)?),
        (None, None) => None,
    };
    match viewer {
        Some(viewer) => sell(&sales, keys, viewer).await,
        None => preview(&sales, keys, client, device),
    }
}

/// Answers a request for the headers alone: whether the keys exist. It gives no key, and so costs nothing.
#[utoipa::path(head, path = "/v1/streams/{id}/keys/{index}", tag = "sessions",
    params(("id" = u64, Path), ("index" = u64, Path, description = "Index of the first key."), KeysQuery),
    responses(
        (status = 200, description = "The keys exist.", headers(("Content-Length" = u64, description = "16 for each key."))),
        (status = 400, body = Problem, description = "`bad-request`: too many keys at once."),
        (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
        (status = 404, body = Problem, description = "`not-found`: the stream has no such key at this gateway."),
    ))]
async fn describe_keys(
    State(sales): State<Arc<KeySales>>,
    Path((stream, index)): Path<(StreamId, u64)>,
    Query(query): Query<KeysQuery>,
) -> Result<Response, ApiError> {
    let length = sales.find(stream, index, query.count).await?.length();
    let mut response = key_response(Vec::new());
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Ok(response)
}

async fn sell(sales: &KeySales, keys: ForSale, viewer: Viewer) -> Result<Response, ApiError> {
    let sold = sales.sell(keys, viewer).await?;
    let mut response = key_response(sold.bytes);
    let out = response.headers_mut();
    out.insert(REVEALED_HEADER, sold.paid.revealed_ticks.into());
    out.insert(CHARGED_HEADER, sold.paid.charged_ticks.into());
    if let Some(token) = sold.paid.token.and_then(|token| token.to_string().parse().ok()) {
        out.insert(TOKEN_HEADER, token);
    }
    Ok(response)
}

fn preview(sales: &KeySales, keys: ForSale, client: ClientIp, device: Device) -> Result<Response, ApiError> {
    let previewed = sales.preview(keys, client.prefix(), device.id)?;
    let mut response = key_response(previewed.bytes);
    response.headers_mut().insert(PREVIEW_HEADER, previewed.ticks_left.into());
    device.introduce(&mut response);
    Ok(response)
}

fn key_response(bytes: Vec<u8>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "private, no-store")];
    (headers, bytes).into_response()
}
