//! The connection between a publisher and its broadcast: a bounded byte stream that either side can end.

use crate::{broadcast::Protocol, clock::LastSeen, error::PublishError, publish_key::KeyId};
use bytes::Bytes;
use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
};
use tokio::{
    sync::{mpsc, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

/// Maximum number of bytes of a publisher that wait. When it is reached, the publisher is not read from, so that its
/// encoder notices.
const MAX_BUFFERED_BYTES: usize = 16 << 20;
/// Maximum number of chunks of a publisher that wait.
const MAX_BUFFERED_CHUNKS: usize = 1024;

/// Container format of a publisher's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Flv,
    MpegTs,
    /// Fragmented MP4.
    Mp4,
    Matroska,
}

impl Container {
    /// Name of the demuxer of ffmpeg that reads it.
    pub fn demuxer(self) -> &'static str {
        match self {
            Self::Flv => "flv",
            Self::MpegTs => "mpegts",
            Self::Mp4 => "mov",
            Self::Matroska => "matroska",
        }
    }
}

/// How and in which format a publisher sends, and from where if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub protocol: Protocol,
    pub container: Container,
    pub peer: Option<IpAddr>,
}

/// A piece of the byte stream: one tag, some packets, or a piece of a segment.
#[derive(Debug)]
pub(crate) struct SourceChunk {
    pub bytes: Bytes,
    /// Whether a decoder that has seen the preamble can begin here.
    pub is_entry: bool,
    /// Bytes that a decoder must see before it can begin, if this chunk has changed them.
    pub preamble: Option<Bytes>,
    pub permit: Option<OwnedSemaphorePermit>,
    /// When its first byte arrived.
    pub arrived: Instant,
}

impl SourceChunk {
    pub fn new(bytes: Bytes, is_entry: bool) -> Self {
        Self { bytes, is_entry, preamble: None, permit: None, arrived: Instant::now() }
    }

    pub fn with_preamble(self, preamble: Bytes) -> Self {
        Self { preamble: Some(preamble), ..self }
    }

    /// The chunk with the time at which it arrived, if that was earlier than its making.
    pub fn arrived_at(self, arrived: Instant) -> Self {
        Self { arrived, ..self }
    }

    /// The chunk without its share of the buffer.
    pub fn without_permit(self) -> Self {
        Self { permit: None, ..self }
    }
}

/// The end of a connection, with a reason that both sides see.
#[derive(Debug, Default)]
pub(crate) struct Dismissal {
    token: CancellationToken,
    reason: OnceLock<PublishError>,
}

impl Dismissal {
    /// Ends the connection. The first reason is kept, because both sides may end it.
    pub fn dismiss(&self, reason: PublishError) {
        let _ = self.reason.set(reason);
        self.token.cancel();
    }

    pub fn is_dismissed(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Waits for the end of the connection.
    pub async fn dismissed(&self) -> PublishError {
        self.token.cancelled().await;
        self.reason()
    }

    fn reason(&self) -> PublishError {
        self.reason.get().cloned().unwrap_or(PublishError::Disconnected)
    }
}

/// The publisher's side. Dropping it means that the publisher has disconnected.
#[derive(Debug)]
pub(crate) struct Publisher {
    chunks: mpsc::Sender<SourceChunk>,
    room: Arc<Semaphore>,
    dismissal: Arc<Dismissal>,
    seen: Arc<LastSeen>,
    container: Arc<OnceLock<Container>>,
}

impl Publisher {
    /// States the container format, if it was not known when the publisher connected. Must be called before the first
    /// chunk is sent.
    pub fn set_container(&self, container: Container) {
        let _ = self.container.set(container);
    }

    /// Disconnects. Chunks that were sent before are still received.
    pub fn end(&self) {
        self.dismissal.token.cancel();
    }

    /// Sends a chunk when there is room for it.
    ///
    /// # Errors
    ///
    /// The connection has ended.
    pub async fn send(&self, mut chunk: SourceChunk) -> Result<(), PublishError> {
        self.seen.touch();
        let bytes = chunk.bytes.len().min(MAX_BUFFERED_BYTES);
        // At most 16 Mi, so it fits.
        let room = self.room.clone().acquire_many_owned(bytes as u32);
        let sending = async {
            // The semaphore is never closed, so there is always a permit.
            chunk.permit = room.await.ok();
            self.chunks.send(chunk).await
        };
        tokio::select! {
            biased;
            reason = self.dismissal.dismissed() => Err(reason),
            sent = sending => sent.map_err(|_| self.dismissal.reason()),
        }
    }

    /// Whether a chunk of this size would be sent without waiting. Only the caller sends, so that it stays true.
    pub fn has_room(&self, bytes: usize) -> bool {
        self.chunks.capacity() > 0 && self.room.available_permits() >= bytes.min(MAX_BUFFERED_BYTES)
    }

    pub fn is_dismissed(&self) -> bool {
        self.dismissal.is_dismissed()
    }

    /// Waits for the end of the connection, from either side. The future does not keep the publisher connected.
    pub fn dismissed(&self) -> impl std::future::Future<Output = PublishError> + Send + 'static {
        let dismissal = self.dismissal.clone();
        async move { dismissal.dismissed().await }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.end();
    }
}

/// The broadcast's side.
#[derive(Debug)]
pub(crate) struct Source {
    pub protocol: Protocol,
    /// Format of the origin.
    container: Container,
    /// Format that the publisher stated later.
    stated: Arc<OnceLock<Container>>,
    pub peer: Option<IpAddr>,
    chunks: mpsc::Receiver<SourceChunk>,
    room: Arc<Semaphore>,
    dismissal: Arc<Dismissal>,
}

impl Source {
    /// Receives the next chunk. `None`: the publisher has disconnected, and all its chunks have been received.
    pub async fn recv(&mut self) -> Option<SourceChunk> {
        self.chunks.recv().await
    }

    /// Format of the bytes, which is known when the first chunk has come.
    pub fn container(&self) -> Container {
        self.stated.get().copied().unwrap_or(self.container)
    }

    pub fn demuxer(&self) -> &'static str {
        self.container().demuxer()
    }

    /// Number of bytes that wait.
    pub fn buffered_bytes(&self) -> usize {
        MAX_BUFFERED_BYTES.saturating_sub(self.room.available_permits())
    }

    /// Disconnects the publisher.
    pub fn dismiss(&self, reason: PublishError) {
        self.dismissal.dismiss(reason);
    }
}

/// What the hub knows about the publisher of a stream.
#[derive(Debug)]
pub(crate) struct Slot {
    pub key: KeyId,
    pub protocol: Protocol,
    pub seen: Arc<LastSeen>,
    pub dismissal: Arc<Dismissal>,
}

/// Makes a connection: its two sides, and what the hub knows about it.
pub(crate) fn connect(key: KeyId, origin: Origin) -> (Publisher, Source, Slot) {
    let Origin { protocol, container, peer } = origin;
    let (sender, chunks) = mpsc::channel(MAX_BUFFERED_CHUNKS);
    let room = Arc::new(Semaphore::new(MAX_BUFFERED_BYTES));
    let dismissal = Arc::new(Dismissal::default());
    let seen = Arc::new(LastSeen::now());
    let stated = Arc::new(OnceLock::new());
    let publisher = Publisher {
        chunks: sender,
        room: room.clone(),
        dismissal: dismissal.clone(),
        seen: seen.clone(),
        container: stated.clone(),
    };
    let source = Source { protocol, container, stated, peer, chunks, room, dismissal: dismissal.clone() };
    (publisher, source, Slot { key, protocol, seen, dismissal })
}
