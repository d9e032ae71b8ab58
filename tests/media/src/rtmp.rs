//! An RTMP client that can misbehave.

use bytes::Bytes;
use scuffle_rtmp::chunk::{writer::ChunkWriter, Chunk};
pub use scuffle_rtmp::messages::MessageType;
use std::{net::SocketAddr, path::Path, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Maximum time until the server answers, and until it closes the connection.
const PATIENCE: Duration = Duration::from_secs(60);
const HANDSHAKE_BYTES: usize = 1536;

/// A connection.
pub struct Client {
    /// The connection itself.
    pub socket: TcpStream,
    writer: ChunkWriter,
}

/// A tag of an FLV file.
#[derive(Clone)]
pub struct Tag {
    /// Kind of the message.
    pub kind: MessageType,
    /// Timestamp.
    pub time_ms: u32,
    /// Body of the message.
    pub data: Bytes,
}

impl Client {
    /// Connects and completes the handshake.
    pub async fn connect(address: SocketAddr) -> Self {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let mut hello = vec![3];
        hello.resize(1 + HANDSHAKE_BYTES, 0);
        socket.write_all(&hello).await.unwrap();
        let mut answer = vec![0; 1 + 2 * HANDSHAKE_BYTES];
        timeout(PATIENCE, socket.read_exact(&mut answer)).await.unwrap().unwrap();
        socket.write_all(&answer[1..=HANDSHAKE_BYTES]).await.unwrap();
        Self { socket, writer: ChunkWriter::default() }
    }

    /// Publishes as OBS does.
    pub async fn publish(address: SocketAddr, stream_key: &str) -> Self {
        Self::publish_in(address, "live", stream_key).await
    }

    /// Publishes with this app name and stream name.
    pub async fn publish_in(address: SocketAddr, app: &str, stream_key: &str) -> Self {
        let mut client = Self::connect(address).await;
        let app = [&[3][..], &name("app"), &string(app), &[0, 0, 9]].concat();
        client.command(&[string("connect"), number(1.0), app].concat()).await;
        client.command(&[string("releaseStream"), number(2.0), vec![5], string(stream_key)].concat()).await;
        client.command(&[string("FCPublish"), number(3.0), vec![5], string(stream_key)].concat()).await;
        client.command(&[string("createStream"), number(4.0), vec![5]].concat()).await;
        let publish = [string("publish"), number(5.0), vec![5], string(stream_key), string("live")];
        client.command(&publish.concat()).await;
        client
    }

    /// Sets the size of the chunks that follow.
    pub async fn set_chunk_size(&mut self, bytes: u32) {
        self.send(MessageType::SetChunkSize, 0, Bytes::copy_from_slice(&bytes.to_be_bytes())).await.unwrap();
        self.writer.set_chunk_size(bytes as usize);
    }

    /// Reads answers until they contain a text.
    pub async fn expect(&mut self, text: &str) {
        let (mut answers, mut buffer) = (Vec::new(), [0; 4096]);
        while !String::from_utf8_lossy(&answers).contains(text) {
            let read = timeout(PATIENCE, self.socket.read(&mut buffer)).await.expect("an answer comes").unwrap_or(0);
            assert!(read > 0, "the connection ended before {text:?}: {}", String::from_utf8_lossy(&answers));
            answers.extend_from_slice(&buffer[..read]);
        }
    }

    /// Sends a command, whose values are encoded already.
    pub async fn command(&mut self, body: &[u8]) {
        self.send(MessageType::CommandAMF0, 0, Bytes::copy_from_slice(body)).await.unwrap();
    }

    /// Sends a message.
    pub async fn send(&mut self, kind: MessageType, time_ms: u32, data: Bytes) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        self.writer.write_chunk(&mut bytes, Chunk::new(6, time_ms, kind, 1, data))?;
        self.socket.write_all(&bytes).await
    }

    /// Sends messages one after the other.
    pub async fn send_tags(&mut self, tags: impl IntoIterator<Item = Tag>) -> std::io::Result<()> {
        for tag in tags {
            self.send(tag.kind, tag.time_ms, tag.data).await?;
        }
        Ok(())
    }

    /// Discards the answers that have arrived, so that they do not fill the connection's buffers.
    pub fn discard_answers(&self) {
        let mut buffer = [0; 4096];
        while self.socket.try_read(&mut buffer).is_ok_and(|length| length > 0) {}
    }

    /// Disconnects as encoders do. Dropping the client would reset the connection, because answers of the server are
    /// unread, and discard bytes that are still on their way.
    pub async fn disconnect(mut self) {
        self.socket.shutdown().await.unwrap();
        self.read_to_end().await;
    }

    /// Reads the answers of the server until it closes the connection.
    pub async fn read_to_end(mut self) -> String {
        let mut answers = Vec::new();
        // The server may close the connection with unread bytes, which is an error here.
        let read = timeout(PATIENCE, self.socket.read_to_end(&mut answers)).await;
        let _ = read.expect("the server closes the connection");
        String::from_utf8_lossy(&answers).into_owned()
    }
}

fn name(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes(), text.as_bytes()].concat()
}

/// Encodes a text.
pub fn string(text: &str) -> Vec<u8> {
    [vec![2], name(text)].concat()
}

/// Encodes a number.
pub fn number(value: f64) -> Vec<u8> {
    [&[0][..], &value.to_be_bytes()].concat()
}

/// Returns all tags of an FLV file.
pub fn tags(path: &Path) -> Vec<Tag> {
    let file = Bytes::from(std::fs::read(path).unwrap());
    let mut at = 13;
    let mut tags = Vec::new();
    while at + 11 <= file.len() {
        let word = |from: usize, bytes: usize| {
            file[from..from + bytes].iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
        };
        let size = word(at + 1, 3) as usize;
        let time_ms = word(at + 4, 3) | word(at + 7, 1) << 24;
        let data = file.slice(at + 11..at + 11 + size);
        tags.push(Tag { kind: MessageType::from(file[at]), time_ms, data });
        at += 11 + size + 4;
    }
    tags
}
