//! Keys, for ticks: the one thing that is sold.

use super::{
    client_ip::ClientIp,
    error::ApiError,
    recordings::recording_error,
    views::{payment_error, preview_error, token_of},
};
use crate::{app::App, settlement::now_ms, telemetry::names};
use axum::{
    extract::{Path, Query, State},
    http::{header, HeaderMap, HeaderName, HeaderValue},
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{SessionId, StreamId};
use vilokanam_paywall::{DeviceCookie, IpPrefix, KeyRange, Paid, PayRequest, PreviewRequest, TickRequest, Token};
use vilokanam_wire::{payment::Payment, scalars::bytes_from_hex};

/// The session's token, in an answer to a request that advanced it.
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-vilokanam-token");
const PAID_HEADER: HeaderName = HeaderName::from_static("x-vilokanam-paid-ticks");
const USED_HEADER: HeaderName = HeaderName::from_static("x-vilokanam-used-ticks");
/// Ticks left of a preview.
const PREVIEW_HEADER: HeaderName = HeaderName::from_static("x-vilokanam-preview-ticks-left");
/// The cookie that a device's preview is counted by.
const DEVICE_COOKIE: &str = "vilokanam_device";
/// How long a browser keeps it, in seconds: as long as previews are remembered.
const DEVICE_COOKIE_AGE_S: u32 = 86_400;

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/streams/{id}/keys/{index}", get(buy))
}

#[derive(Deserialize)]
struct Ask {
    #[serde(default = "one")]
    count: u32,
    /// Session and token, for players that cannot set headers: `{session}.{token}`.
    token: Option<String>,
}

fn one() -> u32 {
    1
}

/// Keys that exist, with what they cost.
pub struct Wanted {
    pub range: KeyRange,
    pub costs: Vec<u32>,
    pub bytes: Vec<u8>,
}

/// The keys asked for, if they all exist: of what is on air, or of a recording.
pub async fn wanted(app: &App, stream: StreamId, first: u64, count: u32) -> Result<Wanted, ApiError> {
    let most = vilokanam_paywall::keys::MAX_KEYS_PER_REQUEST;
    if count == 0 || count > most {
        return Err(ApiError::bad_request(format!("count must be from 1 to {most}.")));
    }
    let channel = app.live.channel(stream);
    let mut found = Wanted { range: KeyRange { first, count }, costs: Vec::new(), bytes: Vec::new() };
    for index in found.range.indices() {
        let live = channel.as_ref().and_then(|channel| channel.key(index));
        let key = match live {
            Some(live) => Some(live),
            None => app.recordings.key(stream, index).await.map_err(recording_error)?,
        };
        let (key, cost) = key.filter(|(_, cost)| *cost > 0).ok_or_else(|| {
            ApiError::not_found(&format!("key {index}: it is yet to come, or was not recorded"))
                .mend("Read the playlist again.")
        })?;
        found.costs.push(cost);
        found.bytes.extend_from_slice(key.as_bytes());
    }
    Ok(found)
}

/// Notes what was sold.
pub fn note_sale(app: &App, stream: StreamId, session: &SessionId, paid: &Paid) {
    let ticks = paid.ticks_charged;
    metrics::counter!(names::KEYS).increment(u64::from(paid.released.count));
    metrics::counter!(names::TICKS).increment(u64::from(ticks));
    if ticks > 0 && paid.ticks_owed == ticks {
        app.visits.paid(stream);
    }
    if let (Some(channel), Some(status)) = (app.live.channel(stream), app.paywall.status(session)) {
        channel.note_sold(ticks, status.price_per_tick);
    }
}

async fn buy(
    State(app): State<Arc<App>>,
    client: ClientIp,
    Path((stream, index)): Path<(StreamId, u64)>,
    Query(ask): Query<Ask>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let wanted = wanted(&app, stream, index, ask.count).await?;
    let payment = match (headers.get(header::AUTHORIZATION), &ask.token) {
        (Some(value), _) => Some(parse_payment(value)?),
        (None, Some(token)) => Some(shown(token)?),
        (None, None) => None,
    };
    match payment {
        Some(payment) => pay(&app, stream, wanted, payment).await,
        None => preview(&app, stream, wanted, client, &headers),
    }
}

/// What a request pays with, or shows.
pub fn payment_of(headers: &HeaderMap) -> Result<Option<Payment>, ApiError> {
    headers.get(header::AUTHORIZATION).map(parse_payment).transpose()
}

fn parse_payment(value: &HeaderValue) -> Result<Payment, ApiError> {
    let text = value.to_str().map_err(|_| ApiError::bad_request("the Authorization header is not text"))?;
    Payment::parse(text).map_err(|error| ApiError::bad_request(error.to_string()))
}

/// A session and its token, as playlists for players without headers name them.
fn shown(text: &str) -> Result<Payment, ApiError> {
    let wrong = || ApiError::bad_request("token must be session and token in hex, with a dot between");
    let (session, token) = text.split_once('.').ok_or_else(wrong)?;
    let session = bytes_from_hex(&format!("0x{session}")).map_err(|_| wrong())?;
    Ok(Payment { session: SessionId(session).into(), claim: None, token: Some(token.to_owned()) })
}

async fn pay(app: &App, stream: StreamId, wanted: Wanted, payment: Payment) -> Result<Response, ApiError> {
    let session = payment.session.0;
    let (ticks, proof) = payment.claim.unwrap_or_default();
    let token: Option<Token> = token_of(payment.token.as_deref())?;
    let tick = TickRequest { session, ticks, proof, token, now_ms: now_ms() };
    let request = PayRequest { tick, stream, wanted: wanted.range, costs: &wanted.costs };
    let paid = app.paywall.pay(request).await.map_err(|error| payment_error(app, stream, Some(session), error))?;
    note_sale(app, stream, &session, &paid);
    let mut response = key_response(wanted.bytes);
    let out = response.headers_mut();
    out.insert(PAID_HEADER, paid.ticks_paid.into());
    out.insert(USED_HEADER, paid.ticks_owed.into());
    if let Some(token) = paid.token.and_then(|token| token.to_string().parse().ok()) {
        out.insert(TOKEN_HEADER, token);
    }
    Ok(response)
}

fn preview(
    app: &App,
    stream: StreamId,
    wanted: Wanted,
    client: ClientIp,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let known = device_of(headers);
    let device = known.unwrap_or_else(|| DeviceCookie(rand::random()));
    let request = PreviewRequest {
        stream,
        wanted: wanted.range,
        costs: &wanted.costs,
        prefix: IpPrefix::of(client.0),
        // Counted from its first key on, though nobody knows yet whether the cookie will come back.
        device: Some(device),
        now_ms: now_ms(),
    };
    let previewed = app.paywall.preview(request).map_err(|error| preview_error(app, stream, error))?;
    app.visits.previewing(stream, device, now_ms());
    let all_ticks = app.paywall.terms(stream).map(|terms| terms.preview_ticks);
    if all_ticks == Some(previewed.ticks_left.saturating_add(wanted.costs.iter().sum())) {
        app.visits.previewed(stream);
    }
    let mut response = key_response(wanted.bytes);
    response.headers_mut().insert(PREVIEW_HEADER, previewed.ticks_left.into());
    if known.is_none() {
        let cookie = format!(
            "{DEVICE_COOKIE}={}; Path=/; Max-Age={DEVICE_COOKIE_AGE_S}; HttpOnly; SameSite=Lax",
            hex::encode(device.0)
        );
        response.headers_mut().extend(cookie.parse().map(|cookie| (header::SET_COOKIE, cookie)));
    }
    Ok(response)
}

fn device_of(headers: &HeaderMap) -> Option<DeviceCookie> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let value = cookies.flat_map(|line| line.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == DEVICE_COOKIE).then_some(value)
    })?;
    bytes_from_hex(&format!("0x{value}")).ok().map(DeviceCookie)
}

fn key_response(bytes: Vec<u8>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "private, no-store")];
    (headers, bytes).into_response()
}
