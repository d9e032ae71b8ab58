//! One RTMP connection, from the handshake to the last message.

use super::{
    aggregate,
    budget::Share,
    chunks::{ChunkError, ChunkReader, Message},
    command::Command,
    connections::Connection,
    message_kind as kind,
    name::Name,
    writer::{MediaWriter, Step},
};
use crate::{
    broadcast::Protocol,
    config::{millis, RtmpConfig},
    error::PublishError,
    hub::Hub,
    publish_key::KeyId,
    source::{Container, Origin, Publisher},
};
use bytes::BytesMut;
use replies::Replies;
use scuffle_rtmp::{
    error::RtmpError,
    handshake::{HandshakeServer, RTMP_HANDSHAKE_SIZE},
};
use std::{
    io::{self, Cursor},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{timeout, timeout_at, Instant},
};

mod replies;

/// Maximum number of bytes that are read at once.
const READ_BYTES: usize = 64 * 1024;
/// Maximum size of a message before the publish key has been accepted. Commands have a few hundred bytes.
const MAX_COMMAND_BYTES: usize = 16 * 1024;
/// Maximum time for a peer to take an answer, which is short.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Number of bytes after which an acknowledgement is sent, independent of the window that the peer asks for.
const ACKNOWLEDGE_EVERY_BYTES: u64 = 1_250_000;
/// Maximum time for a refused publisher to read the reason.
const REFUSAL_LINGER: Duration = Duration::from_secs(2);

/// Why the server ended a connection.
#[derive(Debug, Error)]
pub(super) enum SessionError {
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    #[error("the peer does not speak RTMP: {0}")]
    Protocol(#[from] RtmpError),
    #[error("the peer did not publish a stream in time")]
    HandshakeTimeout,
    #[error("nothing came from the publisher for too long; check its connection")]
    Idle,
    #[error(transparent)]
    Chunks(#[from] ChunkError),
    #[error("this server only accepts publishers; play the stream in the pages of the gateway")]
    Play,
    #[error(transparent)]
    Refused(#[from] PublishError),
}

impl SessionError {
    /// Whether the peer can be told the reason, and can do something about it.
    fn is_refusal(&self) -> bool {
        matches!(self, Self::Chunks(_) | Self::Play | Self::Refused(_) | Self::Idle)
    }
}

/// Serves a connection until it ends. A refused publisher receives the reason. `unfinished` is the connection's share of
/// the memory for messages.
pub(super) async fn run(
    hub: &Arc<Hub>,
    config: &RtmpConfig,
    socket: impl AsyncRead + AsyncWrite + Unpin,
    connection: &mut Connection,
    unfinished: Share,
) -> Result<(), SessionError> {
    let mut session = Session {
        hub,
        config,
        socket,
        connection,
        chunks: ChunkReader::new(MAX_COMMAND_BYTES.min(config.max_message_bytes), unfinished),
        replies: Replies::default(),
        buffer: BytesMut::new(),
        received_bytes: 0,
        acknowledged_bytes: 0,
        publish_by: Instant::now() + millis(config.handshake_timeout_ms),
        app: String::new(),
        publishing: None,
    };
    let end = session.serve().await;
    if let Err(error) = &end {
        session.note(error);
        if error.is_refusal() {
            session.refuse(&error.to_string()).await;
        }
    }
    end
}

/// Whether the connection continues after a message.
enum Next {
    Continue,
    End,
}

/// A publisher whose key was accepted.
struct Publishing {
    stream: u64,
    key: KeyId,
    peer: IpAddr,
    publisher: Publisher,
    writer: MediaWriter,
}

struct Session<'a, S> {
    hub: &'a Arc<Hub>,
    config: &'a RtmpConfig,
    socket: S,
    connection: &'a mut Connection,
    chunks: ChunkReader,
    replies: Replies,
    buffer: BytesMut,
    received_bytes: u64,
    acknowledged_bytes: u64,
    /// Time by which the peer must publish a stream.
    publish_by: Instant,
    /// Name in the command `connect`.
    app: String,
    publishing: Option<Publishing>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    async fn serve(&mut self) -> Result<(), SessionError> {
        self.handshake().await?;
        loop {
            if let Next::End = self.take_messages().await? {
                break;
            }
            self.flush().await?;
            if !self.read().await? {
                break;
            }
            self.acknowledge()?;
        }
        if let Some(publishing) = &mut self.publishing {
            let steps = publishing.writer.finish()?;
            publishing.carry_out(self.hub, steps).await?;
        }
        Ok(())
    }

    async fn handshake(&mut self) -> Result<(), SessionError> {
        let mut handshake = HandshakeServer::default();
        // First the version and 1536 bytes of the client, then its echo of the server's bytes.
        let mut wanted = RTMP_HANDSHAKE_SIZE + 1;
        while !handshake.is_finished() {
            while self.buffer.len() < wanted {
                if !self.read().await? {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
                }
            }
            let mut input = Cursor::new(self.buffer.split_to(wanted).freeze());
            handshake.handshake(&mut input, &mut self.replies.bytes)?;
            self.flush().await?;
            wanted = RTMP_HANDSHAKE_SIZE;
        }
        self.replies.chunk_size()?;
        self.flush().await
    }

    /// Reads more bytes. Returns false when the peer has closed the connection.
    async fn read(&mut self) -> Result<bool, SessionError> {
        self.buffer.reserve(READ_BYTES);
        let idle_by = Instant::now() + millis(self.config.idle_timeout_ms);
        let mut window = (&mut self.socket).take(READ_BYTES as u64);
        let reading = window.read_buf(&mut self.buffer);
        let read = match &self.publishing {
            None => timeout_at(self.publish_by, reading).await.map_err(|_| SessionError::HandshakeTimeout)??,
            Some(publishing) => tokio::select! {
                read = timeout_at(idle_by, reading) => read.map_err(|_| SessionError::Idle)??,
                reason = publishing.publisher.dismissed() => return Err(reason.into()),
            },
        };
        self.received_bytes += read as u64;
        Ok(read > 0)
    }

    async fn take_messages(&mut self) -> Result<Next, SessionError> {
        while let Some(message) = self.chunks.read(&mut self.buffer)? {
            if message.kind != kind::AGGREGATE {
                if let Next::End = self.take(message).await? {
                    return Ok(Next::End);
                }
                continue;
            }
            for part in aggregate::parts(message) {
                self.media(&part).await?;
            }
        }
        Ok(Next::Continue)
    }

    async fn take(&mut self, message: Message) -> Result<Next, SessionError> {
        match message.kind {
            kind::SET_CHUNK_SIZE => self.chunks.set_chunk_size(&message.payload)?,
            kind::ABORT => self.chunks.abort(&message.payload),
            // In AMF3, publishers send AMF0 after a byte that says so.
            kind::COMMAND_AMF3 if !message.payload.is_empty() => {
                let payload = message.payload.slice(1..);
                return self.command(&Message { payload, ..message });
            }
            kind::COMMAND => return self.command(&message),
            kind::DATA_AMF3 if !message.payload.is_empty() => {
                let payload = message.payload.slice(1..);
                self.media(&Message { kind: kind::DATA, payload, ..message }).await?;
            }
            _ => self.media(&message).await?,
        }
        Ok(Next::Continue)
    }

    /// Takes a message with media. Before `publish` it belongs to no stream.
    async fn media(&mut self, message: &Message) -> Result<(), SessionError> {
        let Some(publishing) = &mut self.publishing else { return Ok(()) };
        let steps = match message.kind {
            kind::VIDEO => publishing.writer.video(message.time_ms, &message.payload)?,
            kind::AUDIO => publishing.writer.audio(message.time_ms, &message.payload)?,
            kind::DATA => publishing.writer.script(&message.payload),
            _ => return Ok(()),
        };
        Ok(publishing.carry_out(self.hub, steps).await?)
    }

    fn command(&mut self, message: &Message) -> Result<Next, SessionError> {
        let Some(command) = Command::read(message.payload.clone()) else { return Ok(Next::Continue) };
        let transaction = command.transaction;
        match command.name.as_str() {
            "connect" => {
                self.app = command.property("app").to_owned();
                self.replies.connected(transaction)?;
            }
            "createStream" => self.replies.created(transaction)?,
            "releaseStream" => self.replies.done(transaction)?,
            "FCPublish" => {
                self.replies.done(transaction)?;
                self.replies.announced()?;
            }
            "publish" => {
                self.publish(command.text())?;
                self.replies.publishing(message.stream)?;
            }
            "deleteStream" | "closeStream" | "close" if self.publishing.is_some() => return Ok(Next::End),
            "play" | "play2" => return Err(SessionError::Play),
            // `FCUnpublish`, `_checkbw` and similar commands need no answer.
            _ => {}
        }
        Ok(Next::Continue)
    }

    /// Admits the publisher. The key is checked before any media is read.
    fn publish(&mut self, name: &str) -> Result<(), PublishError> {
        if self.publishing.is_some() {
            return Err(PublishError::AlreadyPublishing(Protocol::Rtmp));
        }
        let name = Name::parse(&self.app, name)?;
        let peer = self.connection.peer();
        let key = self.hub.keys.check(name.stream, &name.key, peer)?;
        let publisher = self.hub.publish(name.stream, key, origin(peer))?;
        let writer = MediaWriter::default();
        self.publishing = Some(Publishing { stream: name.stream, key, peer, publisher, writer });
        self.connection.admit();
        self.chunks.set_max_message_bytes(self.config.max_message_bytes);
        Ok(())
    }

    /// Notes for the creator why a publisher cannot go on.
    fn note(&self, error: &SessionError) {
        let Some(publishing) = &self.publishing else { return };
        match error {
            SessionError::Refused(reason) => self.hub.note_refusal(publishing.stream, reason),
            SessionError::Chunks(reason) => self.hub.note_reason(publishing.stream, reason.to_string()),
            _ => {}
        }
    }

    fn acknowledge(&mut self) -> Result<(), SessionError> {
        if self.received_bytes - self.acknowledged_bytes >= ACKNOWLEDGE_EVERY_BYTES {
            self.acknowledged_bytes = self.received_bytes;
            // The number has 32 bits in the protocol, and wraps.
            self.replies.acknowledge((self.received_bytes & u64::from(u32::MAX)) as u32)?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), SessionError> {
        let replies = std::mem::take(&mut self.replies.bytes);
        if !replies.is_empty() {
            let writing = async {
                self.socket.write_all(&replies).await?;
                self.socket.flush().await
            };
            timeout(WRITE_TIMEOUT, writing).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        }
        Ok(())
    }

    /// Sends the reason, which encoders show to the creator. Then reads until the peer closes the connection or the
    /// time is over, because closing it with unread bytes would discard the reason.
    async fn refuse(&mut self, reason: &str) {
        self.publishing = None;
        if self.replies.refused(reason).is_err() || self.flush().await.is_err() {
            return;
        }
        let _ = timeout(WRITE_TIMEOUT, self.socket.shutdown()).await;
        let mut sink = vec![0; READ_BYTES];
        let linger = async { while self.socket.read(&mut sink).await.is_ok_and(|read| read > 0) {} };
        let _ = timeout(REFUSAL_LINGER, linger).await;
    }
}

impl Publishing {
    /// Passes media on, and begins another source where the writer begins another byte stream.
    async fn carry_out(&mut self, hub: &Arc<Hub>, steps: Vec<Step>) -> Result<(), PublishError> {
        for step in steps {
            match step {
                Step::Reopen => {
                    tracing::info!(
                        stream = self.stream,
                        "the tracks of a publisher have changed; its source begins again"
                    );
                    // The hub admits another publisher only when this one is gone.
                    self.publisher.end();
                    self.publisher = hub.publish(self.stream, self.key, origin(self.peer))?;
                }
                Step::Begin(container) => self.publisher.set_container(container),
                Step::Chunk(chunk) => self.publisher.send(chunk).await?,
            }
        }
        Ok(())
    }
}

/// Origin of a publisher. Its container is known when its first messages have come.
fn origin(peer: IpAddr) -> Origin {
    Origin { protocol: Protocol::Rtmp, container: Container::Flv, peer: Some(peer) }
}
