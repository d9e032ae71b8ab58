//! HTTP as no client would send it: bytes on a socket.

use anyhow::{Context, Result};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// The longest wait for an answer, or for the connection to be closed.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// What came back until the connection was closed.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

/// Connects.
pub async fn connect(port: u16) -> Result<TcpStream> {
    Ok(TcpStream::connect(("127.0.0.1", port)).await?)
}

/// Sends a GET for exactly this target, whatever it is, and reads the whole answer.
pub async fn get(port: u16, target: &str) -> Result<RawAnswer> {
    let mut socket = connect(port).await?;
    let request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    read_answer(&mut socket).await
}

/// Reads until the peer closes the connection.
pub async fn read_answer(socket: &mut TcpStream) -> Result<RawAnswer> {
    let mut bytes = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut bytes)).await.context("no answer, and the connection stays open")??;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<RawAnswer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").context("no complete head in the answer")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status in the answer")?;
    Ok(RawAnswer { status, head, body: bytes[end + 4..].to_vec() })
}
