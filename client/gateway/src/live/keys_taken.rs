//! Key indices, taken durably before they are used: an index that came twice would sell an old key for new video.

use super::LiveError;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::Store;

use crate::settlement::now_ms;

/// Indices taken at once: a quarter of an hour of two-second segments. A restart leaves the rest unused.
pub const KEYS_AT_ONCE: u64 = 450;

/// Which indices of a stream may be used.
pub struct KeysTaken {
    store: Store,
    stream: StreamId,
    first: u64,
    /// One past the last that is taken.
    end: u64,
}

impl KeysTaken {
    /// Takes the first indices of a broadcast.
    pub async fn begin(store: Store, stream: StreamId) -> Result<Self, LiveError> {
        let now_ms = now_ms();
        store.set_secret_ref(stream, &format!("{stream}.secret"), now_ms).await?;
        let first = store.take_keys(stream, KEYS_AT_ONCE, now_ms).await?;
        Ok(Self { store, stream, first, end: first + KEYS_AT_ONCE })
    }

    /// The first index of the broadcast.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Makes sure that `index` is taken: to be called before anything of it is published.
    pub async fn cover(&mut self, index: u64) -> Result<(), LiveError> {
        while index >= self.end {
            // Nobody else takes indices of this stream while it is live here, so these follow on the last.
            let first = self.store.take_keys(self.stream, KEYS_AT_ONCE, now_ms()).await?;
            self.end = self.end.max(first + KEYS_AT_ONCE);
        }
        Ok(())
    }
}
