//! HTTP as no client would send it: bytes on a socket.

use anyhow::{Context, Result};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Maximum time until the gateway has answered and closed the connection.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(90);

/// An answer, up to the end of the connection.
#[derive(Clone, Debug)]
pub struct RawResponse {
    /// HTTP status.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// Body.
    pub body: Vec<u8>,
}

/// Connects to a port of this machine.
pub async fn connect(port: u16) -> Result<TcpStream> {
    Ok(TcpStream::connect(("127.0.0.1", port)).await?)
}

/// Sends a GET request with exactly this target, which does not have to be valid, and reads the answer.
pub async fn get(port: u16, target: &str) -> Result<RawResponse> {
    let mut socket = connect(port).await?;
    let request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    read_response(&mut socket).await
}

/// Reads an answer until the gateway closes the connection.
pub async fn read_response(socket: &mut TcpStream) -> Result<RawResponse> {
    let mut bytes = Vec::new();
    timeout(CLOSE_TIMEOUT, socket.read_to_end(&mut bytes)).await.context("the gateway keeps the connection open")??;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<RawResponse> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").context("the answer has no complete head")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("the answer has no status")?;
    Ok(RawResponse { status, head, body: bytes[end + 4..].to_vec() })
}
