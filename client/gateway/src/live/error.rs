//! Why a broadcast could not begin or go on.

use tick_stream_primitives::StreamId;

/// Why media could not be accepted or published.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The media is of no kind that can be packaged.
    #[error(transparent)]
    Media(#[from] vilokanam_media::MediaError),
    /// The ladder cannot be packaged.
    #[error(transparent)]
    Config(#[from] vilokanam_media::ConfigError),
    /// Key indices could not be reserved in the database.
    #[error("key indices cannot be reserved ({0}); nothing is published until the database works again")]
    Keys(#[from] vilokanam_indexer::GatewayStateError),
    /// Another broadcast of the same stream has reserved key indices.
    #[error("another broadcast of stream {stream} has reserved the keys from {expected} on (the next free one is {got}); publish a stream only once at a time")]
    KeysElsewhere {
        /// The stream.
        stream: StreamId,
        /// Index that should have been the next.
        expected: u64,
        /// Index that was free.
        got: u64,
    },
    /// The stream's secret cannot be read or written.
    #[error(transparent)]
    Secret(#[from] crate::secrets::SecretError),
    /// Too many streams are on air.
    #[error("{max} streams are on air here, which is the limit; raise ingest.max_broadcasts or use another gateway")]
    Full {
        /// The limit.
        max: usize,
    },
}
