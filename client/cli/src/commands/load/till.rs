//! One request of one viewer: over HTTP, or over its session's WebSocket.

use super::tally::Refusal;
use crate::{
    gateway::{problem_of, read_body, GatewayClient},
    player::{crypt::KEY_BYTES, playlist::Segment},
};
use futures::{SinkExt, StreamExt};
use reqwest::{
    header::{HeaderMap, AUTHORIZATION},
    Method, RequestBuilder, Response,
};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error as SocketError, Message},
    MaybeTlsStream, WebSocketStream,
};
use url::Url;
use vilokanam_wire::{
    payment::Payment,
    scalars::bytes_to_hex,
    sessions::{FromGateway, FromViewer},
    Problem, SessionRef,
};

/// The longest segment that is read.
const MAX_SEGMENT_BYTES: usize = 64 * 1024 * 1024;
/// How long the answer over a WebSocket is waited for: as long as over HTTP.
const SOCKET_TIMEOUT: Duration = Duration::from_secs(30);
/// Messages that are read while the answer is waited for.
const MAX_OTHER_MESSAGES: usize = 100;
const TOKEN_HEADER: &str = "x-vilokanam-token";
const USED_HEADER: &str = "x-vilokanam-used-ticks";

/// A session's WebSocket.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A key was sold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sold {
    /// Ticks that keys have been given for, in all.
    pub used: Option<u32>,
    /// What shows from now on who has paid.
    pub token: Option<String>,
    /// Bytes of the answer.
    pub bytes: usize,
}

/// A request that was not answered as wished.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// For the counts.
    pub refusal: Refusal,
    /// The gateway's words; nothing when it did not answer.
    pub problem: Option<Box<Problem>>,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        let refusal = Refusal { status: problem.status, code: problem.code.clone() };
        Self { refusal, problem: Some(Box::new(problem)) }
    }
}

/// No answer, or one that makes no sense.
fn silence(code: &str) -> Refused {
    Refused { refusal: Refusal { status: 0, code: code.into() }, problem: None }
}

/// Why there was no answer, in a word.
pub fn word_of(error: &reqwest::Error) -> &'static str {
    match error {
        error if error.is_timeout() => "timeout",
        error if error.is_connect() => "no-connection",
        _ => "broken-connection",
    }
}

async fn send(request: RequestBuilder) -> Result<Response, Refused> {
    let response = request.send().await.map_err(|error| silence(word_of(&error)))?;
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(problem_of(response).await.into())
    }
}

/// Sends a request and reads the whole answer.
pub async fn fetch(request: RequestBuilder, max_bytes: usize) -> Result<Vec<u8>, Refused> {
    let response = send(request).await?;
    read_body("an answer", response, max_bytes).await.map_err(|_| silence("broken-answer"))
}

/// Buys a key over HTTP.
pub async fn buy(gateway: &GatewayClient, key: &Url, payment: &Payment) -> Result<Sold, Refused> {
    let request = gateway.request(Method::GET, key.clone()).header(AUTHORIZATION, payment.to_string());
    let response = send(request).await?;
    let (used, token) = told(response.headers());
    let body = read_body("a key", response, KEY_BYTES).await.map_err(|_| silence("broken-answer"))?;
    if body.len() == KEY_BYTES {
        Ok(Sold { used, token, bytes: body.len() })
    } else {
        Err(silence("no-key"))
    }
}

fn told(headers: &HeaderMap) -> (Option<u32>, Option<String>) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    (text(USED_HEADER).and_then(|used| used.parse().ok()), text(TOKEN_HEADER).map(str::to_owned))
}

/// Fetches a segment, and throws it away.
pub async fn fetch_segment(gateway: &GatewayClient, segment: &Segment) -> Result<usize, Refused> {
    fetch(gateway.request(Method::GET, segment.url.clone()), MAX_SEGMENT_BYTES).await.map(|bytes| bytes.len())
}

/// Connects to a session's WebSocket.
pub async fn connect(gateway: &GatewayClient, session: SessionRef) -> Result<Socket, Refused> {
    let mut url = gateway.url(&format!("/v1/sessions/{session}/ws")).map_err(|_| silence("no-address"))?;
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    url.set_scheme(scheme).map_err(|()| silence("no-address"))?;
    let connecting = tokio::time::timeout(SOCKET_TIMEOUT, connect_async(url.as_str())).await;
    let (socket, _) = connecting.map_err(|_| silence("timeout"))?.map_err(|error| refused(&error))?;
    Ok(socket)
}

fn refused(error: &SocketError) -> Refused {
    match error {
        SocketError::Http(response) => {
            let status = response.status().as_u16();
            Refused { refusal: Refusal { status, code: format!("http-{status}") }, problem: None }
        }
        SocketError::Io(_) => silence("no-connection"),
        _ => silence("broken-connection"),
    }
}

/// Buys a key over the session's WebSocket. After an error the socket is of no more use, unless the gateway has refused.
pub async fn buy_by_socket(socket: &mut Socket, index: u64, payment: &Payment) -> Result<Sold, Refused> {
    let (ticks, proof) = payment.claim.ok_or_else(|| silence("nothing-to-pay-with"))?;
    let pay = FromViewer::Pay { id: ticks, index, count: 1, ticks, proof: bytes_to_hex(proof) };
    let text = serde_json::to_string(&pay).map_err(|_| silence("unspeakable"))?;
    let talk = async {
        socket.send(Message::text(text)).await.map_err(|error| refused(&error))?;
        for _ in 0..MAX_OTHER_MESSAGES {
            let message = socket.next().await.ok_or_else(|| silence("broken-connection"))?;
            let message = message.map_err(|error| refused(&error))?;
            if let Some(answer) = answer_in(&message, ticks) {
                return answer;
            }
        }
        Err(silence("too-many-messages"))
    };
    tokio::time::timeout(SOCKET_TIMEOUT, talk).await.map_err(|_| silence("timeout"))?
}

/// The answer to the request `wanted`, if this is it.
fn answer_in(message: &Message, wanted: u32) -> Option<Result<Sold, Refused>> {
    let text = match message {
        Message::Text(text) => text.as_str(),
        Message::Close(_) => return Some(Err(silence("broken-connection"))),
        _ => return None,
    };
    match serde_json::from_str(text) {
        Ok(FromGateway::Paid { id, paid }) if id == wanted => Some(match paid.keys.as_slice() {
            [_] => Ok(Sold { used: Some(paid.session.used_ticks), token: paid.token, bytes: text.len() }),
            _ => Err(silence("no-key")),
        }),
        Ok(FromGateway::Refused { id, problem }) if id == wanted || id == 0 => Some(Err(problem.into())),
        Ok(_) => None,
        Err(_) => Some(Err(silence("broken-answer"))),
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
    fn answer_in_works() {
        let refusal = text(&FromGateway::Refused { id: 4, problem: problem("too-fast") });
        assert_eq!(answer_in(&refusal, 5), None, "another request's answer");
        let refused = answer_in(&refusal, 4).unwrap().unwrap_err();
        assert_eq!(refused.refusal, Refusal { status: 402, code: "too-fast".into() });
        assert_eq!(answer_in(&Message::Ping(Default::default()), 4), None);
        assert!(answer_in(&Message::Close(None), 4).unwrap().is_err());
        assert!(answer_in(&Message::text("{}"), 4).unwrap().is_err());
    }

    #[test]
    fn told_works() {
        let mut headers = HeaderMap::new();
        headers.insert(USED_HEADER, "12".parse().unwrap());
        headers.insert(TOKEN_HEADER, "abc".parse().unwrap());
        assert_eq!(told(&headers), (Some(12), Some("abc".into())));
        assert_eq!(told(&HeaderMap::new()), (None, None));
    }
}
