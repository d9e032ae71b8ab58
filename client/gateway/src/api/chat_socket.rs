//! `WS /v1/streams/{id}/chat`: the chat of a stream as it is written, and its history for requests that are no WebSocket.

use super::{
    chat_history::{history, HistoryQuery},
    client_ip::ClientIp,
    error::ApiError,
    signed_in::SignedIn,
    speaker::speaker_of,
    state::{ApiState, Catalogue},
};
use crate::{
    chat::{text_of, ChatError, ChatRooms, Fanout, Pace, Rate, Seat, Speaker},
    sign_in::{SignInError, SignIns},
};
use axum::{
    body::Bytes,
    extract::{
        ws::{rejection::WebSocketUpgradeRejection, Message, WebSocket, WebSocketUpgrade},
        Path, Query, State,
    },
    http::{header, HeaderMap},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, AccountId, StreamId};
use tokio::time::Instant;
use vilokanam_wire::{
    chat::{ChatAction, ChatMessage, ChatSignIn, FromChatter, ToChatter},
    codes,
    streams::Page,
    Problem,
};

/// Largest message of a client: 500 characters, each written as an escape, and a token.
const MAX_MESSAGE_BYTES: usize = 8 * 1024;
/// What a socket reads at once. The default would be 1.3 GB for 10,000 sockets.
const READ_BUFFER_BYTES: usize = 2 * 1024;
/// Limit for the first message.
const HELLO_LIMIT: Duration = Duration::from_secs(5);
/// Limit for the client to read a message.
const SEND_LIMIT: Duration = Duration::from_secs(10);
/// Interval of pings.
const PING_EVERY: Duration = Duration::from_secs(30);
/// Silence after which a socket is closed: three pings without an answer.
const SILENCE_LIMIT: Duration = Duration::from_secs(100);
/// How often a client may send something, refused or not.
const CLIENT_RATE: Rate = Rate { every_ms: 100, burst: 40 };

/// Opens the chat of a stream: a request with `Upgrade: websocket` is answered with a WebSocket, others with messages, the newest
/// first.
#[utoipa::path(get, path = "/v1/streams/{id}/chat", tag = "chat", params(("id" = u64, Path), HistoryQuery), responses(
    (status = 101, description = "A WebSocket; the manual's page on chat has its messages."),
    (status = 200, body = Page<ChatMessage>), (status = 400, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 503, body = Problem),
))]
pub async fn enter_chat(
    State(state): State<ApiState>,
    Path(stream): Path<StreamId>,
    Query(query): Query<HistoryQuery>,
    client: ClientIp,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let ApiState { chat, catalogue, sign_ins, .. } = state;
    let socket = match upgrade {
        Ok(socket) => socket,
        Err(refusal) if headers.contains_key(header::UPGRADE) => return Ok(refusal.into_response()),
        Err(_) => return read(&chat, &catalogue, stream, &query).await,
    };
    let seat = chat.join(stream, client.prefix()).await?;
    let limited = socket.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES);
    let limited = limited.read_buffer_size(READ_BUFFER_BYTES).write_buffer_size(0);
    Ok(limited.on_upgrade(move |socket| async move {
        let conversation = Conversation { chat, sign_ins, seat, token: None, account: None, pace: Pace::default() };
        if let Err(error) = conversation.run(socket).await {
            tracing::debug!(stream, %error, "a chat's WebSocket ended");
        }
    }))
}

async fn read(
    chat: &ChatRooms,
    catalogue: &Catalogue,
    stream: StreamId,
    query: &HistoryQuery,
) -> Result<Response, ApiError> {
    Ok(history(chat, catalogue, stream, query).await?.into_response())
}

struct Conversation {
    chat: Arc<ChatRooms>,
    sign_ins: Arc<SignIns>,
    seat: Seat,
    /// The access token that the client showed last. It is checked each time that the client wants to do something.
    token: Option<String>,
    /// The person whom the client was welcomed as.
    account: Option<AccountId>,
    pace: Pace,
}

impl Conversation {
    async fn run(mut self, mut socket: WebSocket) -> Result<(), axum::Error> {
        let Ok(first) = tokio::time::timeout(HELLO_LIMIT, next_text(&mut socket)).await else { return Ok(()) };
        let Some(first) = first? else { return Ok(()) };
        match read_message(&first) {
            Ok(FromChatter::SignIn(ChatSignIn::Hello { token })) => self.greet(&mut socket, token).await?,
            _ => {
                let problem = "The first message must be {\"type\":\"hello\"}, with a token or without one.";
                return send(&mut socket, &malformed(problem.into())).await;
            }
        }
        let mut heard = Instant::now();
        let mut ping = tokio::time::interval(PING_EVERY);
        loop {
            tokio::select! {
                message = socket.recv() => {
                    let Some(message) = message else { return Ok(()) };
                    heard = Instant::now();
                    let Message::Text(text) = message? else { continue };
                    if self.pace.take(CLIENT_RATE, now_ms()).is_err() {
                        return send(&mut socket, &refused(None, &ChatError::TooMany)).await;
                    }
                    self.answer(&mut socket, &text).await?;
                }
                news = self.seat.fanout.recv() => match news {
                    Ok(news) => if !self.forward(&mut socket, news).await? { return Ok(()) },
                    // The client reads too slowly.
                    Err(_) => return Ok(()),
                },
                _ = ping.tick() => {
                    if heard.elapsed() > SILENCE_LIMIT {
                        return Ok(());
                    }
                    send_text(&mut socket, Message::Ping(Bytes::new())).await?;
                }
            }
        }
    }

    /// Sends on what is sent to the room. Returns whether the socket stays open.
    async fn forward(&mut self, socket: &mut WebSocket, news: Fanout) -> Result<bool, axum::Error> {
        match news {
            Fanout::All(text) => send_text(socket, Message::Text(text)).await?,
            Fanout::One(person, text) if self.account.as_ref() == Some(&person) => {
                send_text(socket, Message::Text(text)).await?;
            }
            Fanout::Again(person) if self.account.as_ref() == Some(&person) => self.welcome(socket).await?,
            Fanout::One(..) | Fanout::Again(_) => {}
            Fanout::Closed => return Ok(false),
        }
        Ok(true)
    }

    async fn answer(&mut self, socket: &mut WebSocket, text: &str) -> Result<(), axum::Error> {
        match read_message(text) {
            Ok(FromChatter::SignIn(ChatSignIn::Token { token })) => self.greet(socket, Some(token)).await,
            Ok(FromChatter::SignIn(ChatSignIn::Hello { token })) => {
                self.account = None;
                self.greet(socket, token).await
            }
            Ok(FromChatter::Act(action)) => {
                let client_id = match &action {
                    ChatAction::Say { client_id, .. } => Some(client_id.clone()),
                    _ => None,
                };
                match self.act(action).await {
                    // Its author gets it at once, with the name that the author gave it.
                    Ok(Some(message)) => send(socket, &ToChatter::Messages { messages: vec![message] }).await,
                    Ok(None) => Ok(()),
                    Err(error) => send(socket, &refused(client_id, &error)).await,
                }
            }
            Err(error) => send(socket, &malformed(error.to_string())).await,
        }
    }

    async fn act(&self, action: ChatAction) -> Result<Option<ChatMessage>, ChatError> {
        let speaker = self.speaker().await?.ok_or(ChatError::SignedOut)?;
        self.chat.act(&self.seat.room, (&speaker, self.seat.network), action).await
    }

    /// Takes over a token. A client that is another person now, or has just come, is welcomed.
    async fn greet(&mut self, socket: &mut WebSocket, token: Option<String>) -> Result<(), axum::Error> {
        let is_first = self.account.is_none();
        self.token = token;
        match self.speaker().await {
            Ok(speaker) => {
                let account = speaker.map(|speaker| speaker.account);
                if !is_first && account == self.account {
                    return Ok(());
                }
            }
            // It may read all the same.
            Err(error) => send(socket, &refused(None, &error)).await?,
        }
        self.welcome(socket).await
    }

    async fn welcome(&mut self, socket: &mut WebSocket) -> Result<(), axum::Error> {
        let speaker = self.speaker().await.ok().flatten();
        self.account = speaker.as_ref().map(|speaker| speaker.account.clone());
        match self.chat.welcome(&self.seat.room, speaker.as_ref()).await {
            Ok(welcome) => send(socket, &ToChatter::Welcome(Box::new(welcome))).await,
            Err(error) => send(socket, &refused(None, &error)).await,
        }
    }

    /// Returns who the client is now; `None` without a token.
    async fn speaker(&self) -> Result<Option<Speaker>, ChatError> {
        let Some(token) = self.token.as_deref() else { return Ok(None) };
        match SignedIn::of(token, &self.sign_ins).await {
            Ok(signed) => Ok(Some(speaker_of(&signed))),
            Err(SignInError::Store(error)) => Err(ChatError::failed(error)),
            Err(_) => Err(ChatError::SignedOut),
        }
    }
}

/// Reads a message by its type, so that errors say what is wrong with it.
fn read_message(text: &str) -> Result<FromChatter, serde_json::Error> {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: String,
    }
    let Typed { kind } = serde_json::from_str(text)?;
    match &*kind {
        "hello" | "token" => serde_json::from_str(text).map(FromChatter::SignIn),
        _ => serde_json::from_str(text).map(FromChatter::Act),
    }
}

/// Returns the next text, or `None` when the client has gone.
async fn next_text(socket: &mut WebSocket) -> Result<Option<String>, axum::Error> {
    while let Some(message) = socket.recv().await {
        if let Message::Text(text) = message? {
            return Ok(Some(text.to_string()));
        }
    }
    Ok(None)
}

fn refused(client_id: Option<String>, error: &ChatError) -> ToChatter {
    if let ChatError::Failed(reason) = error {
        tracing::error!(reason, "a chat failed");
    }
    let (code, detail) = (error.code().to_owned(), error.to_string());
    ToChatter::Refused { client_id, code, detail, hint: None, retry_after_s: error.retry_after_s() }
}

fn malformed(detail: String) -> ToChatter {
    let code = codes::BAD_REQUEST.to_owned();
    ToChatter::Refused { client_id: None, code, detail, hint: None, retry_after_s: None }
}

async fn send(socket: &mut WebSocket, message: &ToChatter) -> Result<(), axum::Error> {
    match text_of(message) {
        Some(text) => send_text(socket, Message::Text(text)).await,
        None => Ok(()),
    }
}

async fn send_text(socket: &mut WebSocket, message: Message) -> Result<(), axum::Error> {
    let sent = tokio::time::timeout(SEND_LIMIT, socket.send(message)).await;
    sent.unwrap_or_else(|_| Err(axum::Error::new("the client does not read its messages")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_is_wrong_with_a_message() {
        let error = |text: &str| read_message(text).unwrap_err().to_string();
        assert!(error("{}").contains("type"));
        assert!(error(r#"{"type":"say"}"#).contains("client_id"));
        assert!(error(r#"{"type":"shout"}"#).contains("shout"));
        assert!(error(r#"{"type":"token"}"#).contains("token"));
    }

    #[test]
    fn hello_may_have_no_token() {
        let hello = read_message(r#"{"type":"hello"}"#).unwrap();
        assert_eq!(hello, FromChatter::SignIn(ChatSignIn::Hello { token: None }));
    }
}
