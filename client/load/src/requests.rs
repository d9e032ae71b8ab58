//! Requests of a viewer, over HTTP or over its session's WebSocket.

use crate::measurements::Refusal;
use futures::{SinkExt, StreamExt};
use reqwest::{header::AUTHORIZATION, Method, RequestBuilder};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error as SocketError, Message},
    MaybeTlsStream, WebSocketStream,
};
use url::Url;
use vilokanam_viewer::{
    crypt::KEY_BYTES,
    gateway::{GatewayClient, GatewayError},
    key_provider::KeyHeaders,
    playback::MAX_SEGMENT_BYTES,
    playlist::Segment,
};
use vilokanam_wire::{
    payment::Payment,
    scalars::bytes_to_hex,
    sessions::{FromGateway, FromViewer},
    Problem, SessionRef,
};

/// Maximum time for an answer over a WebSocket, which is that of an answer over HTTP.
const SOCKET_TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum number of other messages that are read before the answer.
const MAX_OTHER_MESSAGES: usize = 100;

/// WebSocket of a session.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Key as the gateway has sent it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceivedKey {
    /// State of the session.
    pub headers: KeyHeaders,
    /// Size of the answer in bytes.
    pub bytes: usize,
}

/// Request that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Reason under which the request is counted.
    pub refusal: Refusal,
    /// Error as the gateway describes it; `None` when there was no answer.
    pub problem: Option<Box<Problem>>,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let refusal = Refusal { status: problem.status, code: problem.code.clone() };
        Self { refusal, problem: Some(Box::new(problem)) }
    }
}

impl From<GatewayError> for Failure {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::Refused { problem, .. } => Self::from(*problem),
            _ => Self::without_answer("broken-answer"),
        }
    }
}

impl Failure {
    /// Creates the failure of a request without a usable answer.
    pub fn without_answer(code: &str) -> Self {
        Self { refusal: Refusal { status: 0, code: code.into() }, problem: None }
    }
}

fn code_of(error: &reqwest::Error) -> &'static str {
    match error {
        error if error.is_timeout() => "timeout",
        error if error.is_connect() => "no-connection",
        _ => "broken-connection",
    }
}

/// Sends a request and reads the whole answer.
pub async fn fetch(gateway: &GatewayClient, request: RequestBuilder, max_bytes: usize) -> Result<Vec<u8>, Failure> {
    let (body, _) = fetch_with_headers(gateway, request, max_bytes).await?;
    Ok(body)
}

async fn fetch_with_headers(
    gateway: &GatewayClient,
    request: RequestBuilder,
    max_bytes: usize,
) -> Result<(Vec<u8>, KeyHeaders), Failure> {
    let response = request.send().await.map_err(|error| Failure::without_answer(code_of(&error)))?;
    if !response.status().is_success() {
        return Err(gateway.refusal(response).await.into());
    }
    let headers = KeyHeaders::read(response.headers());
    Ok((gateway.body("a request", response, max_bytes).await?, headers))
}

/// Buys a key over HTTP.
pub async fn buy(gateway: &GatewayClient, key: &Url, payment: &Payment) -> Result<ReceivedKey, Failure> {
    let request = gateway.request(Method::GET, key.clone()).header(AUTHORIZATION, payment.to_string());
    let (body, headers) = fetch_with_headers(gateway, request, KEY_BYTES).await?;
    match body.len() {
        KEY_BYTES => Ok(ReceivedKey { headers, bytes: KEY_BYTES }),
        _ => Err(Failure::without_answer("no-key")),
    }
}

/// Fetches a media segment, and discards it. Returns its size in bytes.
pub async fn fetch_segment(gateway: &GatewayClient, segment: &Segment) -> Result<usize, Failure> {
    let request = gateway.request(Method::GET, segment.url.clone());
    fetch(gateway, request, MAX_SEGMENT_BYTES).await.map(|bytes| bytes.len())
}

/// Connects to a session's WebSocket.
pub async fn connect(gateway: &GatewayClient, session: SessionRef) -> Result<Socket, Failure> {
    let no_address = || Failure::without_answer("no-address");
    let mut url = gateway.url(&format!("/v1/sessions/{session}/ws")).map_err(|_| no_address())?;
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    url.set_scheme(scheme).map_err(|()| no_address())?;
    let connecting = tokio::time::timeout(SOCKET_TIMEOUT, connect_async(url.as_str())).await;
    let connected = connecting.map_err(|_| Failure::without_answer("timeout"))?;
    connected.map(|(socket, _)| socket).map_err(|error| socket_failure(&error))
}

fn socket_failure(error: &SocketError) -> Failure {
    match error {
        SocketError::Http(response) => {
            let status = response.status().as_u16();
            Failure { refusal: Refusal { status, code: format!("http-{status}") }, problem: None }
        }
        SocketError::Io(_) => Failure::without_answer("no-connection"),
        _ => Failure::without_answer("broken-connection"),
    }
}

/// Buys a key over the session's WebSocket. After a failure without a problem, the socket cannot be used any more.
pub async fn buy_by_socket(socket: &mut Socket, index: u64, payment: &Payment) -> Result<ReceivedKey, Failure> {
    let (ticks, proof) = payment.claim.ok_or_else(|| Failure::without_answer("no-claim"))?;
    let pay = FromViewer::Pay { id: ticks, index, count: 1, ticks, proof: bytes_to_hex(proof) };
    let text = serde_json::to_string(&pay).map_err(|_| Failure::without_answer("no-json"))?;
    let exchange = async {
        socket.send(Message::text(text)).await.map_err(|error| socket_failure(&error))?;
        for _ in 0..MAX_OTHER_MESSAGES {
            let message = socket.next().await.ok_or_else(|| Failure::without_answer("broken-connection"))?;
            let message = message.map_err(|error| socket_failure(&error))?;
            if let Some(answer) = answer_in(&message, ticks) {
                return answer;
            }
        }
        Err(Failure::without_answer("too-many-messages"))
    };
    tokio::time::timeout(SOCKET_TIMEOUT, exchange).await.map_err(|_| Failure::without_answer("timeout"))?
}

/// Returns the answer to the request `wanted`, if the message is one.
fn answer_in(message: &Message, wanted: u32) -> Option<Result<ReceivedKey, Failure>> {
    let text = match message {
        Message::Text(text) => text.as_str(),
        Message::Close(_) => return Some(Err(Failure::without_answer("broken-connection"))),
        _ => return None,
    };
    match serde_json::from_str(text) {
        Ok(FromGateway::Paid { id, paid }) if id == wanted => Some(match paid.keys.as_slice() {
            [_] => {
                let headers = KeyHeaders { charged_ticks: Some(paid.session.charged_ticks), token: paid.token };
                Ok(ReceivedKey { headers, bytes: text.len() })
            }
            _ => Err(Failure::without_answer("no-key")),
        }),
        Ok(FromGateway::Refused { id, problem }) if id == wanted || id == 0 => Some(Err(problem.into())),
        Ok(_) => None,
        Err(_) => Some(Err(Failure::without_answer("broken-answer"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(code: &str) -> Problem {
        serde_json::from_value(serde_json::json!({
            "type": "x", "title": "x", "status": 402, "detail": "x", "code": code,
        }))
        .unwrap()
    }

    fn text(message: &FromGateway) -> Message {
        Message::text(serde_json::to_string(message).unwrap())
    }

    #[test]
    fn answer_is_found_among_other_messages() {
        let refusal = text(&FromGateway::Refused { id: 4, problem: problem("too-fast") });
        assert_eq!(answer_in(&refusal, 5), None, "the answer to another request");
        let failure = answer_in(&refusal, 4).unwrap().unwrap_err();
        assert_eq!(failure.refusal, Refusal { status: 402, code: "too-fast".into() });
        assert_eq!(answer_in(&Message::Ping(Default::default()), 4), None);
        assert!(answer_in(&Message::Close(None), 4).unwrap().is_err());
        assert!(answer_in(&Message::text("{}"), 4).unwrap().is_err());
    }
}
