//! One RTMP connection, from the handshake to the last message.

use super::{flv::FlvWriter, name::Name};
use crate::{
    broadcast::Protocol,
    config::{millis, RtmpConfig},
    error::PublishError,
    hub::Hub,
    source::{Container, Origin, Publisher, SourceChunk},
};
use bytes::BytesMut;
use replies::Replies;
use scuffle_rtmp::{
    chunk::reader::ChunkReader,
    command_messages::{netconnection::NetConnectionCommand, netstream::NetStreamCommand, Command, CommandType},
    error::RtmpError,
    handshake::{HandshakeServer, RTMP_HANDSHAKE_SIZE},
    messages::MessageData,
};
use std::{
    io::{self, Cursor},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{timeout, timeout_at, Instant},
};

mod replies;

/// Maximum number of bytes that are read at once.
const READ_BYTES: usize = 64 * 1024;
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
    #[error("nothing came from the publisher for too long")]
    Idle,
    #[error("a message of {0} bytes is too large")]
    TooLarge(usize),
    #[error("the chunk size {0} is not allowed")]
    ChunkSize(u32),
    #[error("the peer asked to play a stream, but this server only accepts publishers")]
    Play,
    #[error(transparent)]
    Refused(#[from] PublishError),
}

/// Serves a connection until it ends. A refused publisher receives the reason.
pub(super) async fn run(
    hub: &Arc<Hub>,
    config: &RtmpConfig,
    socket: TcpStream,
    peer: IpAddr,
) -> Result<(), SessionError> {
    let mut session = Session::new(hub, config, socket, peer);
    let end = session.serve().await;
    if let Err(SessionError::Refused(reason)) = &end {
        session.refuse(reason).await;
    }
    end
}

/// Whether the connection continues after a message.
enum Next {
    Continue,
    End,
}

struct Session<'a> {
    hub: &'a Arc<Hub>,
    config: &'a RtmpConfig,
    socket: TcpStream,
    peer: IpAddr,
    chunks: ChunkReader,
    replies: Replies,
    buffer: BytesMut,
    received_bytes: u64,
    acknowledged_bytes: u64,
    /// Time by which the peer must publish a stream.
    publish_by: Instant,
    publishing: Option<(Publisher, FlvWriter)>,
}

impl<'a> Session<'a> {
    fn new(hub: &'a Arc<Hub>, config: &'a RtmpConfig, socket: TcpStream, peer: IpAddr) -> Self {
        Self {
            hub,
            config,
            socket,
            peer,
            chunks: ChunkReader::default(),
            replies: Replies::default(),
            buffer: BytesMut::new(),
            received_bytes: 0,
            acknowledged_bytes: 0,
            publish_by: Instant::now() + millis(config.handshake_timeout_ms),
            publishing: None,
        }
    }

    async fn serve(&mut self) -> Result<(), SessionError> {
        self.handshake().await?;
        loop {
            if let Next::End = self.take_messages().await? {
                return Ok(());
            }
            self.flush().await?;
            if !self.read().await? {
                return Ok(());
            }
            self.acknowledge()?;
        }
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
        let reading = self.socket.read_buf(&mut self.buffer);
        let read = match &self.publishing {
            None => timeout_at(self.publish_by, reading).await.map_err(|_| SessionError::HandshakeTimeout)??,
            Some((publisher, _)) => tokio::select! {
                read = timeout_at(idle_by, reading) => read.map_err(|_| SessionError::Idle)??,
                reason = publisher.dismissed() => return Err(reason.into()),
            },
        };
        self.received_bytes += read as u64;
        Ok(read > 0)
    }

    async fn take_messages(&mut self) -> Result<Next, SessionError> {
        while let Some(chunk) = self.chunks.read_chunk(&mut self.buffer)? {
            if chunk.payload.len() > self.config.max_message_bytes {
                return Err(SessionError::TooLarge(chunk.payload.len()));
            }
            let (time, on) = (chunk.message_header.timestamp, chunk.message_header.msg_stream_id);
            if let Next::End = self.take(MessageData::read(&chunk)?, time, on).await? {
                return Ok(Next::End);
            }
        }
        Ok(Next::Continue)
    }

    async fn take(&mut self, message: MessageData<'_>, time: u32, on: u32) -> Result<Next, SessionError> {
        match message {
            MessageData::SetChunkSize(set) => {
                if !self.chunks.update_max_chunk_size(set.chunk_size as usize) {
                    return Err(SessionError::ChunkSize(set.chunk_size));
                }
            }
            MessageData::Amf0Command(command) => return self.command(command, on).await,
            MessageData::VideoData { data } => self.media(|flv| flv.video(time, &data)).await?,
            MessageData::AudioData { data } => self.media(|flv| flv.audio(time, &data)).await?,
            MessageData::DataAmf0 { data } => self.media(|flv| Ok(flv.script(&data))).await?,
            _ => {}
        }
        Ok(Next::Continue)
    }

    async fn media(
        &mut self,
        write: impl FnOnce(&mut FlvWriter) -> Result<Option<SourceChunk>, PublishError>,
    ) -> Result<(), SessionError> {
        // Media before `publish` belongs to no stream.
        let Some((publisher, flv)) = &mut self.publishing else { return Ok(()) };
        if let Some(chunk) = write(flv)? {
            publisher.send(chunk).await?;
        }
        Ok(())
    }

    async fn command(&mut self, command: Command<'_>, on: u32) -> Result<Next, SessionError> {
        let transaction = command.transaction_id;
        match command.command_type {
            CommandType::NetConnection(NetConnectionCommand::Connect(_)) => self.replies.connected(transaction)?,
            CommandType::NetConnection(NetConnectionCommand::CreateStream) => self.replies.created(transaction)?,
            CommandType::NetStream(NetStreamCommand::Publish { publishing_name, .. }) => {
                self.publish(publishing_name.as_str())?;
                self.replies.publishing(on)?;
            }
            CommandType::NetStream(NetStreamCommand::DeleteStream { .. } | NetStreamCommand::CloseStream)
            | CommandType::NetConnection(NetConnectionCommand::Close) => return Ok(Next::End),
            CommandType::NetStream(NetStreamCommand::Play { .. } | NetStreamCommand::Play2 { .. }) => {
                return Err(SessionError::Play);
            }
            // `releaseStream`, `FCPublish` and similar commands need no answer.
            _ => {}
        }
        Ok(Next::Continue)
    }

    /// Admits the publisher. The key is checked before any media is read.
    fn publish(&mut self, name: &str) -> Result<(), PublishError> {
        if self.publishing.is_some() {
            return Err(PublishError::AlreadyPublishing(Protocol::Rtmp));
        }
        let name = Name::parse(name)?;
        let key = self.hub.keys.check(name.stream, name.key, self.peer)?;
        let origin = Origin { protocol: Protocol::Rtmp, container: Container::Flv, peer: Some(self.peer) };
        let publisher = self.hub.publish(name.stream, key, origin)?;
        self.publishing = Some((publisher, FlvWriter::new(self.hub.ffmpeg.reads_enhanced_flv)));
        Ok(())
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
            let written = timeout(WRITE_TIMEOUT, self.socket.write_all(&replies)).await;
            written.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        }
        Ok(())
    }

    /// Sends the reason, which encoders show to the creator. Then reads until the peer closes the connection or the
    /// time is over, because closing it with unread bytes would discard the reason.
    async fn refuse(&mut self, reason: &PublishError) {
        self.publishing = None;
        if self.replies.refused(&reason.to_string()).is_err() || self.flush().await.is_err() {
            return;
        }
        let _ = self.socket.shutdown().await;
        let mut sink = vec![0; READ_BYTES];
        let linger = async { while self.socket.read(&mut sink).await.is_ok_and(|read| read > 0) {} };
        let _ = timeout(REFUSAL_LINGER, linger).await;
    }
}
