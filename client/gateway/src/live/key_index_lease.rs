//! Key indices, reserved durably before they are used: an index used twice would sell an old key for new video.
//!
//! They are reserved in the database, which gateways may share, and marked beside the stream's secret, which another
//! database would not know of.

use super::error::LiveError;
use crate::secrets::{Mark, Secrets};
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::{Broadcast, Store};

/// Indices reserved at once: a quarter of an hour of two-second segments. A restart leaves the rest unused.
pub const KEYS_AT_ONCE: u64 = 450;

/// The key indices that a broadcast may use.
pub struct KeyIndexLease {
    store: Store,
    secrets: Arc<Secrets>,
    stream: StreamId,
    first: u64,
    /// One past the last index that is reserved.
    end: u64,
}

impl KeyIndexLease {
    /// Reserves the first indices of a new broadcast, and its number.
    pub async fn begin(store: Store, secrets: Arc<Secrets>, stream: StreamId) -> Result<(Self, Broadcast), LiveError> {
        let mut taken = Self { store, secrets, stream, first: 0, end: 0 };
        taken.first = taken.take().await?;
        let mark = taken.secrets.mark(stream)?;
        let begun = taken.store.begin_broadcast(stream, mark.next_broadcast, taken.first, now_ms()).await?;
        taken.secrets.set_mark(stream, Mark { next_broadcast: begun.number + 1, ..mark })?;
        Ok((taken, begun))
    }

    /// The first index of the broadcast.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Reserves indices up to `index`. To be called before anything of that index is published.
    ///
    /// # Errors
    ///
    /// [`LiveError::KeysElsewhere`] when another broadcast of the stream has reserved the next indices.
    pub async fn cover(&mut self, index: u64) -> Result<(), LiveError> {
        while index >= self.end {
            let end = self.end;
            let first = self.take().await?;
            if first != end {
                return Err(LiveError::KeysElsewhere { stream: self.stream, expected: end, got: first });
            }
        }
        Ok(())
    }

    async fn take(&mut self) -> Result<u64, LiveError> {
        let mark = self.secrets.mark(self.stream)?;
        let first = self.store.take_key_indices(self.stream, KEYS_AT_ONCE, mark.next_key).await?;
        self.end = first + KEYS_AT_ONCE;
        self.secrets.set_mark(self.stream, Mark { next_key: self.end, ..mark })?;
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn database(folder: &std::path::Path, name: &str) -> Store {
        Store::connect(&format!("sqlite://{}?mode=rwc", folder.join(name).display())).await.unwrap()
    }

    #[tokio::test]
    async fn another_database_reuses_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Arc::new(Secrets::open(&folder.path().join("secrets")).unwrap());
        let store = database(folder.path(), "one.sqlite").await;
        let (mut keys, begun) = KeyIndexLease::begin(store, secrets.clone(), 7).await.unwrap();
        assert_eq!((keys.first(), begun.number), (0, 1));
        keys.cover(KEYS_AT_ONCE).await.unwrap();

        let store = database(folder.path(), "two.sqlite").await;
        let (keys, begun) = KeyIndexLease::begin(store, secrets, 7).await.unwrap();
        assert_eq!((keys.first(), begun.number), (2 * KEYS_AT_ONCE, 2));
    }

    #[tokio::test]
    async fn a_second_broadcast_of_the_stream_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Arc::new(Secrets::open(&folder.path().join("secrets")).unwrap());
        let store = database(folder.path(), "one.sqlite").await;
        let (mut first, _) = KeyIndexLease::begin(store.clone(), secrets.clone(), 7).await.unwrap();
        let (second, _) = KeyIndexLease::begin(store, secrets, 7).await.unwrap();
        assert_eq!(second.first(), KEYS_AT_ONCE);
        first.cover(KEYS_AT_ONCE - 1).await.unwrap();
        let refused = first.cover(KEYS_AT_ONCE).await;
        assert!(matches!(refused, Err(LiveError::KeysElsewhere { stream: 7, .. })), "{refused:?}");
    }
}
