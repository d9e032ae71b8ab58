//! What the server says of streams: whether they may be published, and which clear preview they get.

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

    /// The clear preview of a stream.
    fn clear_preview(&self, stream: u64) -> ClearPreview;
}

/// Rules under which every stream may be published and has a clear preview with sound.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyStream;

impl StreamRules for AnyStream {
    fn check(&self, _: u64) -> Result<(), StreamClosed> {
        Ok(())
    }

    fn clear_preview(&self, _: u64) -> ClearPreview {
        ClearPreview::WithSound
    }
}

/// Which preview of a stream is made without encryption.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ClearPreview {
    /// None.
    #[default]
    Off,
    /// The picture alone.
    Muted,
    /// Picture and sound.
    WithSound,
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
    /// Its creator has ended it.
    #[error("the stream has been ended for good; create another stream")]
    Ended,
}
