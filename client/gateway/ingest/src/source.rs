//! A publisher's bytes on their way to ffmpeg, and how the two ends let go of each other.

use crate::{broadcast::Protocol, clock::LastSeen, error::PublishError, publish_key::KeyId};
use bytes::Bytes;
use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
};
use tokio::sync::{mpsc, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// How many bytes of a publisher wait at most. After that it is not read from, which its encoder notices.
pub const MAX_BUFFERED_BYTES: usize = 16 << 20;
/// How many chunks wait at most.
const MAX_BUFFERED_CHUNKS: usize = 1024;

/// What a publisher's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Flv,
    MpegTs,
    /// Fragmented.
    Mp4,
}

impl Container {
    /// ffmpeg's name for what reads it.
    pub fn demuxer(self) -> &'static str {
        match self {
            Self::Flv => "flv",
            Self::MpegTs => "mpegts",
            Self::Mp4 => "mov",
        }
    }
}

/// How a publisher sends, what, and from where, if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub protocol: Protocol,
    pub container: Container,
    pub peer: Option<IpAddr>,
}

/// A piece of the byte stream: one tag, some packets, a part of a segment.
#[derive(Debug)]
pub(crate) struct SourceChunk {
    pub bytes: Bytes,
    /// A decoder that has seen the preamble can begin here.
    pub is_entry: bool,
    /// What a decoder must see before it can begin, if that has changed with this chunk.
    pub preamble: Option<Bytes>,
    permit: Option<OwnedSemaphorePermit>,
}

impl SourceChunk {
    pub fn new(bytes: Bytes, is_entry: bool) -> Self {
        Self { bytes, is_entry, preamble: None, permit: None }
    }

    pub fn with_preamble(self, preamble: Bytes) -> Self {
        Self { preamble: Some(preamble), ..self }
    }

    pub fn without_permit(self) -> Self {
        Self { permit: None, ..self }
    }
}

/// Says to both ends that it is over, and why.
#[derive(Debug, Default)]
pub(crate) struct Farewell {
    over: CancellationToken,
    reason: OnceLock<PublishError>,
}

impl Farewell {
    /// The first reason stays.
    pub fn say(&self, reason: PublishError) {
        // A second one is not an error: both ends may have noticed something.
        let _ = self.reason.set(reason);
        self.over.cancel();
    }

    pub fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    pub async fn heard(&self) -> PublishError {
        self.over.cancelled().await;
        self.reason.get().cloned().unwrap_or(PublishError::SentAway)
    }
}

/// The publisher's end. Dropping it means that the publisher has gone.
#[derive(Debug)]
pub(crate) struct Publisher {
    chunks: mpsc::Sender<SourceChunk>,
    room: Arc<Semaphore>,
    farewell: Arc<Farewell>,
    seen: Arc<LastSeen>,
}

impl Publisher {
    /// Waits until there is room.
    pub async fn send(&self, mut chunk: SourceChunk) -> Result<(), PublishError> {
        self.seen.touch();
        let bytes = chunk.bytes.len().min(MAX_BUFFERED_BYTES);
        // At most 16 Mi, so it fits.
        let room = self.room.clone().acquire_many_owned(bytes as u32);
        let sending = async {
            // The semaphore is never closed; without a permit the chunk would go unaccounted, which harms nobody.
            chunk.permit = room.await.ok();
            self.chunks.send(chunk).await.map_err(|_| ())
        };
        tokio::select! {
            biased;
            reason = self.farewell.heard() => Err(reason),
            sent = sending => match sent {
                Ok(()) => Ok(()),
                Err(()) => Err(self.farewell.reason.get().cloned().unwrap_or(PublishError::SentAway)),
            },
        }
    }

    pub fn is_dismissed(&self) -> bool {
        self.farewell.is_over()
    }

    /// Ends when either side has let go, without holding this one.
    pub fn farewell(&self) -> impl std::future::Future<Output = PublishError> + Send + 'static {
        let farewell = self.farewell.clone();
        async move { farewell.heard().await }
    }

    /// Ends when the other side has let go.
    pub async fn dismissed(&self) -> PublishError {
        self.farewell.heard().await
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.farewell.over.cancel();
    }
}

/// The broadcast's end.
#[derive(Debug)]
pub(crate) struct Source {
    pub protocol: Protocol,
    pub container: Container,
    pub peer: Option<IpAddr>,
    chunks: mpsc::Receiver<SourceChunk>,
    room: Arc<Semaphore>,
    farewell: Arc<Farewell>,
}

impl Source {
    /// Nothing: the publisher has gone, and all it sent has been taken.
    pub async fn recv(&mut self) -> Option<SourceChunk> {
        self.chunks.recv().await
    }

    pub fn demuxer(&self) -> &'static str {
        self.container.demuxer()
    }

    /// What has come and not been passed on.
    pub fn buffered_bytes(&self) -> usize {
        MAX_BUFFERED_BYTES.saturating_sub(self.room.available_permits())
    }

    /// Sends the publisher away.
    pub fn dismiss(&self, reason: PublishError) {
        self.farewell.say(reason);
    }
}

/// What a stream remembers of its publisher.
#[derive(Debug)]
pub(crate) struct Slot {
    pub key: KeyId,
    pub protocol: Protocol,
    pub seen: Arc<LastSeen>,
    pub farewell: Arc<Farewell>,
}

/// The two ends, and what is remembered.
pub(crate) fn connect(key: KeyId, origin: Origin) -> (Publisher, Source, Slot) {
    let Origin { protocol, container, peer } = origin;
    let (sender, chunks) = mpsc::channel(MAX_BUFFERED_CHUNKS);
    let room = Arc::new(Semaphore::new(MAX_BUFFERED_BYTES));
    let farewell = Arc::new(Farewell::default());
    let seen = Arc::new(LastSeen::now());
    let publisher = Publisher { chunks: sender, room: room.clone(), farewell: farewell.clone(), seen: seen.clone() };
    let source = Source { protocol, container, peer, chunks, room, farewell: farewell.clone() };
    (publisher, source, Slot { key, protocol, seen, farewell })
}
