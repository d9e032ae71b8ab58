//! `/v1/sessions`: offering a ticket, revealing ticks, reading and ending a session, its receipts.

use super::{
    client_ip::ClientIp,
    error::ApiError,
    page::PageQuery,
    payment,
    state::Catalogue,
    views::{self, indexed_session_view, session_record, session_view},
};
use crate::use_cases::{Known, SessionError, Sessions, Viewer};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    Json,
};
use codec::DecodeAll;
use std::sync::Arc;
use tick_stream_primitives::{SignedTicket, StreamId};
use vilokanam_wire::{
    codes,
    money::{Receipt, SessionRecord},
    payment::Payment,
    scalars::bytes_from_hex,
    sessions::{Advance, OfferTicket, Paid, SessionView},
    streams::Page,
    Account, SessionRef,
};

/// The longest ticket in hex: an ECDSA signature is the longest.
const MAX_TICKET_CHARS: usize = 1_024;

/// Offers a ticket: the session is opened on chain, and its first ticks are on credit until then.
#[utoipa::path(post, operation_id = "offer_ticket", path = "/v1/sessions", tag = "sessions", request_body = OfferTicket,
    responses(
        (status = 201, description = "the session is new", body = SessionView),
        (status = 200, description = "the same ticket was offered before", body = SessionView),
    ))]
pub async fn offer_ticket(
    State(sessions): State<Arc<Sessions>>,
    client: ClientIp,
    Json(body): Json<OfferTicket>,
) -> Result<(StatusCode, Json<SessionView>), ApiError> {
    let signed = decode_ticket(&body.ticket)?;
    let (id, is_new) = sessions.offer(&signed, client.prefix()).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(session_view(id, &sessions.status(id)?))))
}

fn decode_ticket(text: &str) -> Result<SignedTicket, ApiError> {
    let wrong =
        || ApiError::bad_request("The field ticket must be a SCALE-encoded SignedTicket in hex, with 0x in front.");
    let digits = text.strip_prefix("0x").filter(|_| text.len() <= MAX_TICKET_CHARS).ok_or_else(wrong)?;
    let bytes = hex::decode(digits).map_err(|_| wrong())?;
    SignedTicket::decode_all(&mut &bytes[..]).map_err(|_| wrong())
}

/// Returns a session: its phase, its terms and its tick counts. A session not held here is read from the index.
#[utoipa::path(get, operation_id = "get_session", path = "/v1/sessions/{id}", tag = "sessions",
    params(("id" = String, Path)), responses((status = 200, body = SessionView)))]
pub async fn get_session(
    State(sessions): State<Arc<Sessions>>,
    Path(id): Path<SessionRef>,
) -> Result<Json<SessionView>, ApiError> {
    Ok(Json(match sessions.find(id.0).await? {
        Known::Open(status) => session_view(id.0, &status),
        Known::Indexed(record) => indexed_session_view(record),
    }))
}

/// Reveals ticks without asking for a key.
#[utoipa::path(post, operation_id = "reveal_ticks", path = "/v1/sessions/{id}/ticks", tag = "sessions",
    params(("id" = String, Path)), request_body = Advance, responses((status = 200, body = Paid)))]
pub async fn reveal_ticks(
    State(sessions): State<Arc<Sessions>>,
    Path(id): Path<SessionRef>,
    headers: HeaderMap,
    Json(body): Json<Advance>,
) -> Result<Json<Paid>, ApiError> {
    let proof = bytes_from_hex(&body.proof).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let token = payment::from_headers(&headers)?.and_then(|payment| payment.token);
    let payment = Payment { session: id, claim: Some((body.ticks, proof)), token };
    Ok(Json(advance(&sessions, payment::viewer(&payment)?).await?))
}

/// Reveals a tick and answers with the session, over HTTP and WebSocket.
pub async fn advance(sessions: &Sessions, viewer: Viewer) -> Result<Paid, ApiError> {
    let paid = sessions.advance(viewer).await?;
    let token = paid.token.map(|token| token.to_string());
    let status = sessions.status(viewer.session)?;
    Ok(Paid { session: session_view(viewer.session, &status), token, keys: Vec::new() })
}

/// Ends a session: revealed ticks are settled, then the session is closed on chain and the rest of the reserve refunded.
/// Requires the session's token, or a new tick.
#[utoipa::path(post, operation_id = "close_session", path = "/v1/sessions/{id}/close", tag = "sessions",
    params(("id" = String, Path)), responses((status = 200, body = SessionView)))]
pub async fn close_session(
    State(sessions): State<Arc<Sessions>>,
    Path(id): Path<SessionRef>,
    headers: HeaderMap,
) -> Result<Json<SessionView>, ApiError> {
    let payment = payment::from_headers(&headers)?.filter(|payment| payment.session == id).ok_or_else(|| {
        let detail = "The Authorization header must name this session and show its token.";
        ApiError::new(StatusCode::UNAUTHORIZED, codes::TOKEN_MISSING, "The session's token is required", detail)
    })?;
    advance(&sessions, payment::viewer(&payment)?).await?;
    sessions.end(id.0);
    Ok(Json(session_view(id.0, &sessions.status(id.0)?)))
}

/// Lists the settlements of a session, as finalized blocks have them.
#[utoipa::path(get, operation_id = "list_receipts", path = "/v1/sessions/{id}/receipts", tag = "sessions",
    params(("id" = String, Path), PageQuery), responses((status = 200, body = Page<Receipt>)))]
pub async fn list_receipts(
    State(sessions): State<Arc<Sessions>>,
    State(catalogue): State<Arc<Catalogue>>,
    Path(id): Path<SessionRef>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Receipt>>, ApiError> {
    let found = catalogue.index.receipts(&id.0, &query.request()).await?;
    // A session that is open here may have none yet; one that neither the paywall nor the index knows never was.
    let found = match found {
        Some(found) => found,
        None if sessions.status(id.0).is_ok() => Default::default(),
        None => return Err(SessionError::Unknown(id.0).into()),
    };
    Ok(Json(views::page(found, views::receipt)))
}

/// Lists the sessions of a viewer, the newest first.
#[utoipa::path(get, operation_id = "list_viewer_sessions", path = "/v1/viewers/{account}/sessions", tag = "sessions",
    params(("account" = String, Path), PageQuery), responses((status = 200, body = Page<SessionRecord>)))]
pub async fn list_viewer_sessions(
    State(catalogue): State<Arc<Catalogue>>,
    Path(account): Path<Account>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<SessionRecord>>, ApiError> {
    let found = catalogue.index.sessions_of_viewer(&account.0, &query.request()).await?;
    Ok(Json(views::page(found, session_record)))
}

/// Lists the sessions that paid most for a stream.
#[utoipa::path(get, operation_id = "list_top_sessions", path = "/v1/streams/{id}/sessions", tag = "sessions",
    params(("id" = u64, Path), PageQuery), responses((status = 200, body = Vec<SessionRecord>)))]
pub async fn list_top_sessions(
    State(catalogue): State<Arc<Catalogue>>,
    Path(stream): Path<StreamId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Vec<SessionRecord>>, ApiError> {
    let found = catalogue.index.top_sessions(stream, query.request().limit).await?;
    Ok(Json(found.into_iter().map(session_record).collect()))
}
