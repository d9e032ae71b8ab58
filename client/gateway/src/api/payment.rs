//! Reading the `Payment` scheme of a request: which session it pays in, what it reveals, which token it shows.

use super::error::ApiError;
use crate::use_cases::Viewer;
use axum::http::{header, HeaderMap};
use tick_stream_primitives::SessionId;
use vilokanam_paywall::Token;
use vilokanam_wire::{payment::Payment, scalars::bytes_from_hex};

/// The payment in the `Authorization` header, if there is one.
pub fn from_headers(headers: &HeaderMap) -> Result<Option<Payment>, ApiError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().map_err(|_| ApiError::bad_request("The Authorization header is not ASCII text."))?;
    Payment::parse(text).map(Some).map_err(|error| ApiError::bad_request(error.to_string()))
}

/// Session and token as the playlists for players without headers name them: `{session}.{token}`, both in hex.
pub fn from_query(text: &str) -> Result<Payment, ApiError> {
    let wrong = || ApiError::bad_request("The parameter token must be session and token in hex with a dot between.");
    let (session, token) = text.split_once('.').ok_or_else(wrong)?;
    let session = bytes_from_hex(&format!("0x{session}")).map_err(|_| wrong())?;
    Ok(Payment { session: SessionId(session).into(), claim: None, token: Some(token.to_owned()) })
}

/// What the use cases take of a payment.
pub fn viewer(payment: &Payment) -> Result<Viewer, ApiError> {
    let (ticks, proof) = payment.claim.unwrap_or_default();
    let token = payment.token.as_deref().map(str::parse::<Token>).transpose();
    let token = token.map_err(|error| ApiError::bad_request(error.to_string()))?;
    Ok(Viewer { session: payment.session.0, ticks, proof, token })
}
