//! `WS /v1/notices`: new notices of a person, and how many are unread, as they come.

use super::{client_ip::ClientIp, signed_in::SignedIn, state::ApiState};
use crate::{
    notices::{News, NoticeService},
    sign_in::{SignInError, SignIns},
};
use axum::{
    body::Bytes,
    extract::{
        ws::{Message, WebSocket, WebSocketUpgrade},
        State,
    },
    response::Response,
    routing::get,
    Router,
};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::AccountId;
use tokio::{
    sync::broadcast::error::RecvError,
    time::{interval_at, timeout, Instant},
};
use tokio_util::sync::CancellationToken;
use vilokanam_paywall::IpPrefix;
use vilokanam_wire::notices::{FromNoticeReader, ToNoticeReader};

/// Largest message of a client: a token.
const MAX_MESSAGE_BYTES: usize = 2 * 1024;
/// What a socket reads at once.
const READ_BUFFER_BYTES: usize = 2 * 1024;
/// Limit for the first message.
const HELLO_LIMIT: Duration = Duration::from_secs(5);
/// Limit for the client to read a message.
const SEND_LIMIT: Duration = Duration::from_secs(10);
/// Interval of pings, with which it is checked that the sign-in goes on.
const CHECK_EVERY: Duration = Duration::from_secs(30);

pub fn routes() -> Router<ApiState> {
    Router::new().route("/v1/notices", get(upgrade))
}

async fn upgrade(State(state): State<ApiState>, client: ClientIp, socket: WebSocketUpgrade) -> Response {
    let limited = socket.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES);
    let network = client.prefix();
    limited.read_buffer_size(READ_BUFFER_BYTES).on_upgrade(move |socket| async move {
        let ApiState { notice_service, sign_ins, drain, .. } = state;
        let reading = Reading { service: notice_service, sign_ins, drain, network };
        // It ends when the client disconnects, which is no error.
        let _ = reading.run(socket).await;
    })
}

/// One socket.
struct Reading {
    service: Arc<NoticeService>,
    sign_ins: Arc<SignIns>,
    drain: CancellationToken,
    network: IpPrefix,
}

impl Reading {
    async fn run(self, mut socket: WebSocket) -> Result<(), axum::Error> {
        let hello = timeout(HELLO_LIMIT, hello(&mut socket)).await.unwrap_or(Ok(None))?;
        let Some(mut token) = hello else { return Ok(()) };
        let Some(account) = self.person(&token).await else {
            return send(&mut socket, &ToNoticeReader::SignedOut).await;
        };
        // Without a place the client polls, as it does without a socket.
        let Some(mut seat) = self.service.enter(&account, self.network) else { return Ok(()) };
        self.send_unread(&mut socket, &account).await?;
        let mut check = interval_at(Instant::now() + CHECK_EVERY, CHECK_EVERY);
        loop {
            tokio::select! {
                () = self.drain.cancelled() => return Ok(()),
                news = seat.news.recv() => match news {
                    Ok(News::Notice(notice)) => {
                        send(&mut socket, &ToNoticeReader::Notice { notice: Box::new((*notice).clone()) }).await?;
                        self.send_unread(&mut socket, &account).await?;
                    }
                    Ok(News::Unread) | Err(RecvError::Lagged(_)) => self.send_unread(&mut socket, &account).await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                message = socket.recv() => {
                    let text = match message.transpose()? {
                        Some(Message::Text(text)) => text,
                        Some(_) => continue,
                        None => return Ok(()),
                    };
                    let Some(fresh) = read_hello(&text) else { return Ok(()) };
                    // For another person there is another socket.
                    if self.person(&fresh).await.as_ref() != Some(&account) {
                        return Ok(());
                    }
                    token = fresh;
                }
                _ = check.tick() => {
                    if self.person(&token).await.is_none() {
                        return send(&mut socket, &ToNoticeReader::SignedOut).await;
                    }
                    send_message(&mut socket, Message::Ping(Bytes::new())).await?;
                }
            }
        }
    }

    /// Returns whose token it is; `None` if it is not accepted, or cannot be checked.
    async fn person(&self, token: &str) -> Option<AccountId> {
        match SignedIn::of(token, &self.sign_ins).await {
            Ok(signed) => Some(signed.account),
            Err(SignInError::Store(error)) => {
                tracing::warn!(%error, "a sign-in cannot be checked");
                None
            }
            Err(_) => None,
        }
    }

    async fn send_unread(&self, socket: &mut WebSocket, who: &AccountId) -> Result<(), axum::Error> {
        match self.service.unread(who).await {
            Ok(count) => send(socket, &ToNoticeReader::Unread { count }).await,
            Err(error) => {
                tracing::warn!(%error, "notices cannot be counted");
                Ok(())
            }
        }
    }
}

/// Returns the token of the first text; `None` if it is no hello, or the client has gone.
async fn hello(socket: &mut WebSocket) -> Result<Option<String>, axum::Error> {
    while let Some(message) = socket.recv().await {
        if let Message::Text(text) = message? {
            return Ok(read_hello(&text));
        }
    }
    Ok(None)
}

fn read_hello(text: &str) -> Option<String> {
    let FromNoticeReader::Hello { token } = serde_json::from_str(text).ok()?;
    Some(token)
}

async fn send(socket: &mut WebSocket, message: &ToNoticeReader) -> Result<(), axum::Error> {
    let text = serde_json::to_string(message).map_err(axum::Error::new)?;
    send_message(socket, Message::Text(text.into())).await
}

async fn send_message(socket: &mut WebSocket, message: Message) -> Result<(), axum::Error> {
    let sent = timeout(SEND_LIMIT, socket.send(message)).await;
    sent.unwrap_or_else(|_| Err(axum::Error::new("the client does not read its messages")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hello_has_a_token() {
        assert_eq!(read_hello(r#"{"type":"hello","token":"abc"}"#).as_deref(), Some("abc"));
        for other in [r#"{"type":"hello"}"#, r#"{"type":"else","token":"abc"}"#, "abc", ""] {
            assert_eq!(read_hello(other), None, "{other}");
        }
    }
}
