//! Streams that are live at this gateway: their media in memory, and whoever waits for more of it.

mod channel;
mod desk;
mod keys_taken;
mod recorder;
mod recordings;
mod sold;

pub use channel::{Channel, Waited};
pub use desk::LiveDesk;
pub use keys_taken::KeysTaken;
pub use recorder::{folder_of, Recorder};
pub use recordings::{uri_templates as recording_uri_templates, Recorded, RecordingError, Recordings};

use tick_stream_primitives::StreamId;

/// Why media could not be taken in or handed out.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// What came is no video we know.
    #[error(transparent)]
    Media(#[from] vilokanam_media::MediaError),
    /// The ladder makes no stream.
    #[error(transparent)]
    Config(#[from] vilokanam_media::ConfigError),
    /// Key indices could not be made durable.
    #[error("key indices cannot be kept ({0}); nothing is published without: mend the database")]
    Keys(#[from] vilokanam_indexer::own::OwnError),
    /// Two broadcasts of one stream.
    #[error("another broadcast of stream {stream} has taken the keys from {expected} on (the next are from {got}): publish it once")]
    KeysElsewhere {
        /// The stream.
        stream: StreamId,
        /// The index that follows.
        expected: u64,
        /// The index that could be had.
        got: u64,
    },
    /// The stream's secret.
    #[error(transparent)]
    Secret(#[from] crate::secrets::SecretError),
    /// Too many.
    #[error("{max} streams are live here, the most there may be; raise ingest.max_broadcasts or use another gateway")]
    Full {
        /// The limit.
        max: usize,
    },
}
