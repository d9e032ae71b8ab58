//! `GET /v1/streams/{id}/keys/{index}`: keys, for ticks or within a preview.

use super::{client_ip::ClientIp, error::ApiError, payment, state::ApiState};
use crate::use_cases::{ForSale, KeySales, Viewer};
use axum::{
    extract::{Path, Query, State},
    http::{header, HeaderMap, HeaderName},
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use axum_extra::extract::{
    cookie::{Cookie, SameSite},
    CookieJar,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_paywall::DeviceCookie;
use vilokanam_wire::{headers, scalars::bytes_from_hex};

const TOKEN_HEADER: HeaderName = HeaderName::from_static(headers::TOKEN);
const REVEALED_HEADER: HeaderName = HeaderName::from_static(headers::REVEALED_TICKS);
const CHARGED_HEADER: HeaderName = HeaderName::from_static(headers::CHARGED_TICKS);
const PREVIEW_HEADER: HeaderName = HeaderName::from_static(headers::PREVIEW_TICKS_LEFT);
/// Name of the cookie by which a device's preview is counted.
const DEVICE_COOKIE: &str = "vilokanam_device";
/// How long a browser keeps that cookie, in seconds: as long as previews are remembered.
const DEVICE_COOKIE_AGE_S: i64 = 86_400;

pub fn routes() -> Router<ApiState> {
    Router::new().route("/v1/streams/{id}/keys/{index}", get(get_keys))
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
    cookies: CookieJar,
    header_map: HeaderMap,
) -> Result<Response, ApiError> {
    let keys = sales.find(stream, index, query.count).await?;
    let viewer = match (payment::from_headers(&header_map)?, &query.token) {
        (Some(payment), _) => Some(payment::viewer(&payment)?),
        (None, Some(token)) => Some(payment::viewer(&payment::from_query(token)?)?),
        (None, None) => None,
    };
    match viewer {
        Some(viewer) => sell(&sales, keys, viewer).await,
        None => preview(&sales, keys, client, &cookies),
    }
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

fn preview(sales: &KeySales, keys: ForSale, client: ClientIp, cookies: &CookieJar) -> Result<Response, ApiError> {
    let known = device_of(cookies);
    let device = known.unwrap_or_else(|| DeviceCookie(rand::random()));
    let previewed = sales.preview(keys, client.prefix(), device)?;
    let mut response = key_response(previewed.bytes);
    response.headers_mut().insert(PREVIEW_HEADER, previewed.ticks_left.into());
    if known.is_none() {
        let cookie = device_cookie(device).to_string().parse().map(|cookie| (header::SET_COOKIE, cookie));
        response.headers_mut().extend(cookie);
    }
    Ok(response)
}

fn device_cookie(device: DeviceCookie) -> Cookie<'static> {
    Cookie::build((DEVICE_COOKIE, hex::encode(device.0)))
        .path("/")
        .max_age(cookie::time::Duration::seconds(DEVICE_COOKIE_AGE_S))
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

fn device_of(cookies: &CookieJar) -> Option<DeviceCookie> {
    bytes_from_hex(&format!("0x{}", cookies.get(DEVICE_COOKIE)?.value())).ok().map(DeviceCookie)
}

fn key_response(bytes: Vec<u8>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "private, no-store")];
    (headers, bytes).into_response()
}
