//! A session over a WebSocket: ticks and keys without a preflight a segment.

use super::{
    error::ApiError,
    sessions::advance_with,
    views::{payment_error, session_view, token_of},
};
use crate::{app::App, settlement::now_ms};
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
use tick_stream_primitives::SessionId;
use vilokanam_paywall::{KeyRange, PayRequest, TickRequest};
use vilokanam_wire::{
    payment::Payment,
    scalars::{bytes_from_hex, bytes_to_hex},
    sessions::{FromGateway, FromViewer, Key, Paid},
    SessionRef,
};

/// The longest message of a viewer.
const MAX_MESSAGE_BYTES: usize = 1_024;
/// How long a viewer may say nothing.
const SILENCE_LIMIT: Duration = Duration::from_secs(300);
/// How long somebody may who has shown no right to the session.
const STRANGERS_SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// How long a message may take to be taken: who does not read is gone.
const SEND_LIMIT: Duration = Duration::from_secs(10);
/// How often it is looked whether the session has changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/sessions/{id}/ws", get(upgrade))
}

async fn upgrade(State(app): State<Arc<App>>, Path(id): Path<SessionRef>, socket: WebSocketUpgrade) -> Response {
    let limited = socket.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES);
    limited.on_upgrade(move |socket| async move {
        let conversation = Conversation { app, id: id.0, token: None };
        if let Err(error) = conversation.run(socket).await {
            tracing::debug!(session = %id, %error, "a session's WebSocket ended");
        }
    })
}

struct Conversation {
    app: Arc<App>,
    id: SessionId,
    /// What this connection has shown or been given.
    token: Option<String>,
}

impl Conversation {
    async fn run(mut self, mut socket: WebSocket) -> Result<(), axum::Error> {
        let mut told = None;
        let mut look = tokio::time::interval(LOOK_EVERY);
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
                _ = look.tick() => {
                    let limit = if self.token.is_some() { SILENCE_LIMIT } else { STRANGERS_SILENCE_LIMIT };
                    if last_heard.elapsed() > limit || self.app.shutdown.has_begun() {
                        return Ok(());
                    }
                    let view = self.app.paywall.status(&self.id).map(|status| session_view(self.id, &status));
                    let Some(view) = view else { return Ok(()) };
                    // Only to whom it belongs, and only when its phase has changed.
                    if self.token.is_some() && told != Some(view.phase) {
                        told = Some(view.phase);
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
                // A tick count of 0 reveals nothing: the token alone is checked.
                let payment = Payment { session: self.id.into(), claim: None, token: self.token.clone() };
                let shown = advance_with(&self.app, payment).await;
                let shown = shown.inspect_err(|_| self.token = None);
                Some(shown.map_or_else(|error| refused(0, &error), |paid| FromGateway::Session(paid.session)))
            }
            Ok(FromViewer::Pay { id, index, count, ticks, proof }) => {
                let paid = self.pay(index, count, ticks, &proof).await;
                Some(paid.map_or_else(|error| refused(id, &error), |paid| FromGateway::Paid { id, paid }))
            }
            Ok(FromViewer::Leave) => {
                if self.token.is_some() {
                    self.app.paywall.end(&self.id);
                    self.app.settle_now.notify_one();
                }
                None
            }
            Err(error) => Some(refused(0, &ApiError::bad_request(error.to_string()))),
        }
    }

    async fn pay(&mut self, index: u64, count: u32, ticks: u32, proof: &str) -> Result<Paid, ApiError> {
        let proof = bytes_from_hex(proof).map_err(|error| ApiError::bad_request(error.to_string()))?;
        if count == 0 {
            let payment = Payment { session: self.id.into(), claim: Some((ticks, proof)), token: self.token.clone() };
            let paid = advance_with(&self.app, payment).await?;
            self.token = paid.token.clone().or(self.token.take());
            return Ok(paid);
        }
        let unknown = || ApiError::not_found("session of this id");
        let stream = self.app.paywall.status(&self.id).ok_or_else(unknown)?.stream;
        let wanted = super::keys::wanted(&self.app, stream, index, count).await?;
        let token = token_of(self.token.as_deref())?;
        let tick = TickRequest { session: self.id, ticks, proof, token, now_ms: now_ms() };
        let range = KeyRange { first: index, count };
        let request = PayRequest { tick, stream, wanted: range, costs: &wanted.costs };
        let paid = self.app.paywall.pay(request).await;
        let paid = paid.map_err(|error| payment_error(&self.app, stream, Some(self.id), error))?;
        super::keys::note_sale(&self.app, stream, &self.id, &paid);
        let token = paid.token.map(|token| token.to_string());
        self.token = token.clone().or(self.token.take());
        let status = self.app.paywall.status(&self.id).ok_or_else(unknown)?;
        let keys =
            wanted.bytes.chunks(16).zip(range.indices()).map(|(key, index)| Key { index, key: bytes_to_hex(key) });
        Ok(Paid { session: session_view(self.id, &status), token, keys: keys.collect() })
    }
}

fn refused(id: u32, error: &ApiError) -> FromGateway {
    error.log("WS", "/v1/sessions/{id}/ws", None);
    FromGateway::Refused { id, problem: error.to_problem() }
}

async fn send(socket: &mut WebSocket, message: &FromGateway) -> Result<(), axum::Error> {
    let text = serde_json::to_string(message).map_err(axum::Error::new)?;
    let sent = tokio::time::timeout(SEND_LIMIT, socket.send(Message::Text(text.into()))).await;
    sent.unwrap_or_else(|_| Err(axum::Error::new("the viewer does not read")))
}
