//! `WS /v1/sessions/{id}/ws`: ticks and keys of one session, without a CORS preflight for each segment.

use super::{error::ApiError, payment, sessions::advance, state::ApiState, views::session_view};
use crate::use_cases::{KeySales, Sessions, Viewer};
use axum::{
    extract::{
        ws::{Message, WebSocket, WebSocketUpgrade},
        Path, State,
    },
    response::Response,
    routing::get,
    Router,
};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::{SessionId, TickHash};
use tokio_util::sync::CancellationToken;
use vilokanam_wire::{
    payment::Payment,
    scalars::{bytes_from_hex, bytes_to_hex},
    sessions::{FromGateway, FromViewer, Key, Paid},
    SessionRef,
};

/// Largest message of a viewer.
const MAX_MESSAGE_BYTES: usize = 1_024;
/// Silence after which a viewer's connection is closed.
const SILENCE_LIMIT: Duration = Duration::from_secs(300);
/// The same for a connection that has not shown the right to the session.
const STRANGERS_SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// Limit for the viewer to read a message.
const SEND_LIMIT: Duration = Duration::from_secs(10);
/// Interval at which the session is checked for a change of phase.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// Bytes of one key.
const KEY_BYTES: usize = 16;

pub fn routes() -> Router<ApiState> {
    Router::new().route("/v1/sessions/{id}/ws", get(upgrade))
}

async fn upgrade(State(state): State<ApiState>, Path(id): Path<SessionRef>, socket: WebSocketUpgrade) -> Response {
    let limited = socket.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES);
    limited.on_upgrade(move |socket| async move {
        let conversation = Conversation {
            sessions: state.sessions,
            key_sales: state.key_sales,
            drain: state.drain,
            id: id.0,
            token: None,
        };
        if let Err(error) = conversation.run(socket).await {
            tracing::debug!(session = %id, %error, "a session's WebSocket ended");
        }
    })
}

struct Conversation {
    sessions: Arc<Sessions>,
    key_sales: Arc<KeySales>,
    drain: CancellationToken,
    id: SessionId,
    /// The token that this connection has shown or received.
    token: Option<String>,
}

impl Conversation {
    async fn run(mut self, mut socket: WebSocket) -> Result<(), axum::Error> {
        let mut sent_phase = None;
        let mut check = tokio::time::interval(CHECK_INTERVAL);
        let mut last_heard = tokio::time::Instant::now();
        loop {
            tokio::select! {
                message = socket.recv() => {
                    let Some(message) = message else { return Ok(()) };
                    last_heard = tokio::time::Instant::now();
                    let Message::Text(text) = message? else { continue };
                    if let Some(answer) = self.answer(&text).await {
                        send(&mut socket, &answer).await?;
                    }
                }
                _ = check.tick() => {
                    let limit = if self.token.is_some() { SILENCE_LIMIT } else { STRANGERS_SILENCE_LIMIT };
                    if last_heard.elapsed() > limit || self.drain.is_cancelled() {
                        return Ok(());
                    }
                    let Ok(status) = self.sessions.status(self.id) else { return Ok(()) };
                    let view = session_view(self.id, &status);
                    // Only to the session's viewer, and only when the phase has changed.
                    if self.token.is_some() && sent_phase != Some(view.phase) {
                        sent_phase = Some(view.phase);
                        send(&mut socket, &FromGateway::Session(view)).await?;
                    }
                }
            }
        }
    }

    async fn answer(&mut self, text: &str) -> Option<FromGateway> {
        match serde_json::from_str(text) {
            Ok(FromViewer::Hello { token }) => {
                self.token = Some(token);
                let shown = self.reveal(None).await.inspect_err(|_| self.token = None);
                Some(shown.map_or_else(|error| refused(0, &error), |paid| FromGateway::Session(paid.session)))
            }
            Ok(FromViewer::Pay { id, index, count, ticks, proof }) => {
                let paid = self.pay(index, count, ticks, &proof).await;
                Some(paid.map_or_else(|error| refused(id, &error), |paid| FromGateway::Paid { id, paid }))
            }
            Ok(FromViewer::Leave) => {
                if self.token.is_some() {
                    self.sessions.end(self.id);
                }
                None
            }
            Err(error) => Some(refused(0, &ApiError::bad_request(error.to_string()))),
        }
    }

    fn viewer(&self, claim: Option<(u32, TickHash)>) -> Result<Viewer, ApiError> {
        payment::viewer(&Payment { session: self.id.into(), claim, token: self.token.clone() })
    }

    /// Without a claim, the token alone is checked.
    async fn reveal(&self, claim: Option<(u32, TickHash)>) -> Result<Paid, ApiError> {
        advance(&self.sessions, self.viewer(claim)?).await
    }

    async fn pay(&mut self, index: u64, count: u32, ticks: u32, proof: &str) -> Result<Paid, ApiError> {
        let proof = bytes_from_hex(proof).map_err(|error| ApiError::bad_request(error.to_string()))?;
        let claim = Some((ticks, proof));
        let paid = match count {
            0 => self.reveal(claim).await?,
            _ => self.buy(index, count, self.viewer(claim)?).await?,
        };
        self.token = paid.token.clone().or(self.token.take());
        Ok(paid)
    }

    async fn buy(&self, index: u64, count: u32, viewer: Viewer) -> Result<Paid, ApiError> {
        let stream = self.sessions.status(self.id)?.stream;
        let keys = self.key_sales.find(stream, index, count).await?;
        let sold = self.key_sales.sell(keys, viewer).await?;
        let session = session_view(self.id, &self.sessions.status(self.id)?);
        let keys = sold.bytes.chunks(KEY_BYTES).zip(sold.range.indices());
        let keys = keys.map(|(key, index)| Key { index, key: bytes_to_hex(key) }).collect();
        Ok(Paid { session, token: sold.paid.token.map(|token| token.to_string()), keys })
    }
}

fn refused(id: u32, error: &ApiError) -> FromGateway {
    error.log("WS", "/v1/sessions/{id}/ws", None);
    FromGateway::Refused { id, problem: error.to_problem() }
}

async fn send(socket: &mut WebSocket, message: &FromGateway) -> Result<(), axum::Error> {
    let text = serde_json::to_string(message).map_err(axum::Error::new)?;
    let sent = tokio::time::timeout(SEND_LIMIT, socket.send(Message::Text(text.into()))).await;
    sent.unwrap_or_else(|_| Err(axum::Error::new("the viewer does not read its messages")))
}
