//! What the server says of streams: whether they may be published, which clear preview they get, and how they are encoded.

use crate::encoding::StreamEncoding;
use futures::future::{ready, BoxFuture, FutureExt};
use std::fmt;
use thiserror::Error;

/// What the server says of streams. It is asked each time that a publisher is admitted and that an ffmpeg is started, so
/// the answers may change at any time. A broadcast that is on air goes on until [`Ingest::stop`](crate::Ingest::stop).
pub trait StreamRules: fmt::Debug + Send + Sync {
    /// Checks that a stream may be published.
    ///
    /// # Errors
    ///
    /// [`StreamClosed`] if it may not.
    fn check(&self, stream: u64) -> Result<(), StreamClosed>;

    /// The tracks of a stream's clear preview.
    fn preview_tracks(&self, stream: u64) -> PreviewTracks;

    /// How the creator wants the stream to be encoded. It is asked each time that a source is identified.
    fn encoding(&self, _stream: u64) -> BoxFuture<'_, StreamEncoding> {
        ready(StreamEncoding::default()).boxed()
    }

    /// Intended duration of a fragment of a stream in milliseconds. `None`: the usual one,
    /// [`fragment_ms`](crate::TranscodeConfig::fragment_ms). It is asked for once, when a broadcast begins, because players
    /// rely on it until the broadcast ends.
    fn fragment_ms(&self, _stream: u64) -> BoxFuture<'_, Option<u32>> {
        ready(None).boxed()
    }
}

/// Rules under which every stream may be published and has a clear preview with sound.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyStream;

impl StreamRules for AnyStream {
    fn check(&self, _: u64) -> Result<(), StreamClosed> {
        Ok(())
    }

    fn preview_tracks(&self, _: u64) -> PreviewTracks {
        PreviewTracks::PictureAndSound
    }
}

/// Tracks of the clear preview, a small rendition that is not encrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PreviewTracks {
    /// There is no clear preview.
    #[default]
    None,
    /// The picture alone.
    Picture,
    /// Picture and sound.
    PictureAndSound,
}

/// Why a stream may not be published.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum StreamClosed {
    /// A moderator has suspended it.
    #[error(
        "a moderator of the chain has suspended the stream, so it is neither taken in nor shown; publish again when the \
         suspension has been lifted, or use another stream"
    )]
    Suspended,
    /// The consumer does not take it in.
    #[error(
        "this gateway does not take the stream in: a moderator has cut it off, or its creator is blocked; the creator can \
         appeal, or publish at another gateway"
    )]
    CutOff,
    /// Its creator has ended it.
    #[error("the stream has been ended for good; create another stream")]
    Ended,
}
