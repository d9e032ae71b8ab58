//! Sessions: offered, paid in, looked at, ended.

use super::{
    client_ip::ClientIp,
    error::ApiError,
    keys::payment_of,
    views::{self, offer_error, payment_error, query_error, session_record, session_view, token_of},
};
use crate::{app::App, settlement::now_ms};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    Json,
};
use codec::DecodeAll;
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{SessionId, SignedTicket, StreamId};
use vilokanam_indexer::PageRequest;
use vilokanam_paywall::{IpPrefix, OfferRequest, TickRequest};
use vilokanam_wire::{
    money::{Receipt, SessionRecord},
    payment::Payment,
    scalars::bytes_from_hex,
    sessions::{Advance, OfferTicket, Paid, SessionView},
    streams::Page,
    Account, Problem, SessionRef,
};

/// The longest ticket in hex: an ECDSA signature is the longest.
const MAX_TICKET_CHARS: usize = 1_024;

/// Part of a list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Items on the page, at most 100.
    limit: Option<u32>,
}

impl PageQuery {
    /// `next_cursor` of the page before, as it was sent.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Items wished for.
    pub fn limit(&self) -> Option<u32> {
        self.limit
    }

    /// As the index takes it.
    pub fn request(&self) -> PageRequest {
        const DEFAULT: u32 = 20;
        let limit = self.limit.unwrap_or(DEFAULT);
        match &self.cursor {
            Some(cursor) => PageRequest::after(limit, cursor.clone()),
            None => PageRequest::first(limit),
        }
    }
}

fn view(app: &App, id: SessionId) -> Result<SessionView, ApiError> {
    let status = app.paywall.status(&id).ok_or_else(|| ApiError::not_found("session of this id"))?;
    Ok(session_view(id, &status))
}

/// Offers a ticket: the session is opened on chain, and the first ticks are on credit meanwhile.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", request_body = OfferTicket, responses(
    (status = 201, body = SessionView), (status = 400, body = Problem), (status = 422, body = Problem),
))]
pub async fn offer(
    State(app): State<Arc<App>>,
    client: ClientIp,
    Json(body): Json<OfferTicket>,
) -> Result<(StatusCode, Json<SessionView>), ApiError> {
    if app.shutdown.has_begun() {
        return Err(ApiError::unavailable("The gateway is being restarted and takes no new sessions."));
    }
    let signed = decode_ticket(&body.ticket)?;
    // Of the best block: a withdrawal shows there first, and a deposit need not be final for the few ticks of the credit.
    let viewer = &signed.ticket.viewer;
    let deposit = app.node.ask(|chain| async move { chain.now().deposit(viewer).await }).await;
    let deposit = deposit.map_err(|error| ApiError::unavailable(error.to_string()))?;
    let prefix = IpPrefix::of(client.0);
    let request = OfferRequest { signed: &signed, deposit: deposit.as_ref(), prefix, now_ms: now_ms() };
    let offered = app.paywall.offer(request).await.map_err(offer_error)?;
    // The viewer plays on credit until the open is in a block: every half second counts.
    app.settle_now.notify_one();
    let status = if offered.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(view(&app, offered.session)?)))
}

fn decode_ticket(text: &str) -> Result<SignedTicket, ApiError> {
    let wrong = || ApiError::bad_request("ticket must be a SCALE SignedTicket in hex with 0x");
    let digits = text.strip_prefix("0x").filter(|_| text.len() <= MAX_TICKET_CHARS).ok_or_else(wrong)?;
    let bytes = hex::decode(digits).map_err(|_| wrong())?;
    SignedTicket::decode_all(&mut &bytes[..]).map_err(|_| wrong())
}

/// How a session stands.
#[utoipa::path(get, operation_id = "session", path = "/v1/sessions/{id}", tag = "sessions", params(("id" = String, Path)), responses(
    (status = 200, body = SessionView), (status = 404, body = Problem),
))]
pub async fn one(State(app): State<Arc<App>>, Path(id): Path<SessionRef>) -> Result<Json<SessionView>, ApiError> {
    view(&app, id.0).map(Json)
}

/// Lets go of ticks without asking for a key.
#[utoipa::path(post, path = "/v1/sessions/{id}/ticks", tag = "sessions", params(("id" = String, Path)),
    request_body = Advance, responses((status = 200, body = Paid), (status = 402, body = Problem)))]
pub async fn advance(
    State(app): State<Arc<App>>,
    Path(id): Path<SessionRef>,
    headers: HeaderMap,
    Json(body): Json<Advance>,
) -> Result<Json<Paid>, ApiError> {
    let proof = bytes_from_hex(&body.proof).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let token = payment_of(&headers)?.and_then(|payment| payment.token);
    let payment = Payment { session: id, claim: Some((body.ticks, proof)), token };
    Ok(Json(advance_with(&app, payment).await?))
}

/// What both HTTP and WebSocket do with a tick that buys nothing.
pub async fn advance_with(app: &App, payment: Payment) -> Result<Paid, ApiError> {
    let session = payment.session.0;
    let (ticks, proof) = payment.claim.unwrap_or_default();
    let token = token_of(payment.token.as_deref())?;
    let request = TickRequest { session, ticks, proof, token, now_ms: now_ms() };
    let stream = app.paywall.status(&session).map_or(0, |status| status.stream);
    let paid = app.paywall.advance(request).await;
    let paid = paid.map_err(|error| payment_error(app, stream, Some(session), error))?;
    let token = paid.token.map(|token| token.to_string());
    Ok(Paid { session: view(app, session)?, token, keys: Vec::new() })
}

/// Ends a session: what was let go of is settled, then it is closed on chain and the rest of the reserve given back. Needs
/// the session's token, or a new tick.
#[utoipa::path(post, path = "/v1/sessions/{id}/close", tag = "sessions", params(("id" = String, Path)), responses(
    (status = 200, body = SessionView), (status = 401, body = Problem), (status = 402, body = Problem),
))]
pub async fn close(
    State(app): State<Arc<App>>,
    Path(id): Path<SessionRef>,
    headers: HeaderMap,
) -> Result<Json<SessionView>, ApiError> {
    let payment = payment_of(&headers)?.filter(|payment| payment.session == id).ok_or_else(|| {
        let detail = "The Authorization header must name this session and show its token.";
        ApiError::new(StatusCode::UNAUTHORIZED, "token-missing", "The session's token is needed", detail)
    })?;
    advance_with(&app, payment).await?;
    app.paywall.end(&id.0);
    app.settle_now.notify_one();
    view(&app, id.0).map(Json)
}

/// The settlements of a session, as blocks have them.
#[utoipa::path(get, path = "/v1/sessions/{id}/receipts", tag = "sessions", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<Receipt>), (status = 400, body = Problem)))]
pub async fn receipts(
    State(app): State<Arc<App>>,
    Path(id): Path<SessionRef>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Receipt>>, ApiError> {
    let found = app.index.receipts(&id.0, &query.request()).await.map_err(query_error)?;
    Ok(Json(views::page(found, views::receipt)))
}

/// The sessions of a viewer, the last first.
#[utoipa::path(get, path = "/v1/viewers/{account}/sessions", tag = "sessions",
    params(("account" = String, Path), PageQuery), responses((status = 200, body = Page<SessionRecord>)))]
pub async fn of_viewer(
    State(app): State<Arc<App>>,
    Path(account): Path<Account>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<SessionRecord>>, ApiError> {
    let found = app.index.sessions_of_viewer(&account.0, false, &query.request()).await.map_err(query_error)?;
    Ok(Json(views::page(found, session_record)))
}

/// The sessions that paid most for a stream.
#[utoipa::path(get, path = "/v1/streams/{id}/sessions", tag = "sessions", params(("id" = u64, Path), PageQuery),
    responses((status = 200, body = Vec<SessionRecord>), (status = 400, body = Problem)))]
pub async fn top(
    State(app): State<Arc<App>>,
    Path(stream): Path<StreamId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Vec<SessionRecord>>, ApiError> {
    let found = app.index.top_sessions(stream, query.request().limit).await.map_err(query_error)?;
    Ok(Json(found.into_iter().map(session_record).collect()))
}
