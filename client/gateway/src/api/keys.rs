//! `GET /v1/streams/{id}/keys/{index}`: keys, for ticks or within a preview.

use super::{client_ip::ClientIp, device::Device, error::ApiError, payment, state::ApiState};
use crate::use_cases::{ForSale, KeySales, Viewer};
use axum::{
    extract::{Path, Query, State},
    http::{header, HeaderMap, HeaderName, HeaderValue},
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_wire::headers;

const TOKEN_HEADER: HeaderName = HeaderName::from_static(headers::TOKEN);
const REVEALED_HEADER: HeaderName = HeaderName::from_static(headers::REVEALED_TICKS);
const CHARGED_HEADER: HeaderName = HeaderName::from_static(headers::CHARGED_TICKS);
const PREVIEW_HEADER: HeaderName = HeaderName::from_static(headers::PREVIEW_TICKS_LEFT);

pub fn routes() -> Router<ApiState> {
    Router::new().route("/v1/streams/{id}/keys/{index}", get(get_keys).head(describe_keys))
}

#[derive(Deserialize)]
struct KeysQuery {
    #[serde(default = "one")]
    count: u32,
    /// Session and token, for players that cannot set headers: `{session}.{token}`.
    token: Option<String>,
}

fn one() -> u32 {
    1
}

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
