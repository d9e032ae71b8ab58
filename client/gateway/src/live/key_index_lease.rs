//! Key indices, reserved durably before they are used: an index used twice would sell an old key for new video.
//!
//! They are reserved in the database, which gateways may share, and marked beside the stream's secret, which another
//! database would not know of.

use super::error::LiveError;
use crate::secrets::{Mark, Secrets};
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::{Broadcast, RecordingKind, RecordingRow, Store};

/// Length of a segment in milliseconds.
const SEGMENT_MS: u64 = 2_000;
/// Indices that a broadcast reserves at once: two weeks of segments. The indices of a broadcast have to be consecutive, and uploads
/// and clips of the same stream take theirs while it goes on. What is left of a range is never used.
pub const BROADCAST_KEYS: u64 = 14 * 86_400_000 / SEGMENT_MS;
/// Indices that are reserved for a finished file beyond its stated length, which need not be exact.
const SPARE_KEYS: u64 = 64;

/// Returns how many indices a finished file of this length needs, and a tenth more.
pub fn keys_of_file(length_ms: u64) -> u64 {
    let segments = length_ms.div_ceil(SEGMENT_MS).min(BROADCAST_KEYS);
    segments + segments / 10 + SPARE_KEYS
}

/// The key indices that a broadcast may use.
pub struct KeyIndexLease {
    store: Store,
    secrets: Arc<Secrets>,
    stream: StreamId,
    /// Number of indices that are reserved at once.
    count: u64,
    first: u64,
    /// One past the last index that is reserved.
    end: u64,
}

impl KeyIndexLease {
    /// Reserves the first indices of a new broadcast, and its number.
    pub async fn begin(store: Store, secrets: Arc<Secrets>, stream: StreamId) -> Result<(Self, Broadcast), LiveError> {
        let mut taken = Self { store, secrets, stream, count: BROADCAST_KEYS, first: 0, end: 0 };
        taken.first = taken.take().await?;
        let mark = taken.secrets.mark(stream)?;
        let begun = taken.store.begin_broadcast(stream, mark.next_broadcast, taken.first, now_ms()).await?;
        taken.secrets.set_mark(stream, Mark { next_broadcast: begun.number + 1, ..mark })?;
        Ok((taken, begun))
    }

    /// Reserves the indices of a recording that was never on air, `count` of them, and its number. A broadcast of the stream that
    /// goes on is left alone.
    pub async fn begin_recording(
        store: Store,
        secrets: Arc<Secrets>,
        stream: StreamId,
        kind: RecordingKind,
        count: u64,
    ) -> Result<(Self, RecordingRow), LiveError> {
        let mut taken = Self { store, secrets, stream, count, first: 0, end: 0 };
        taken.first = taken.take().await?;
        let mark = taken.secrets.mark(stream)?;
        let begun = taken.store.begin_recording(kind, stream, mark.next_broadcast, taken.first, now_ms()).await?;
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
        let first = self.store.take_key_indices(self.stream, self.count, mark.next_key).await?;
        self.end = first + self.count;
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
        keys.cover(BROADCAST_KEYS).await.unwrap();

        let store = database(folder.path(), "two.sqlite").await;
        let (keys, begun) = KeyIndexLease::begin(store, secrets, 7).await.unwrap();
        assert_eq!((keys.first(), begun.number), (2 * BROADCAST_KEYS, 2));
    }

    #[tokio::test]
    async fn upload_takes_keys_of_its_own_while_a_broadcast_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Arc::new(Secrets::open(&folder.path().join("secrets")).unwrap());
        let store = database(folder.path(), "one.sqlite").await;
        let (mut live, begun) = KeyIndexLease::begin(store.clone(), secrets.clone(), 7).await.unwrap();
        let upload = KeyIndexLease::begin_recording(store.clone(), secrets.clone(), 7, RecordingKind::Upload, 9);
        let (mut upload, row) = upload.await.unwrap();
        assert_eq!((begun.number, row.number), (1, 2));
        assert_eq!((live.first(), upload.first()), (0, BROADCAST_KEYS));
        upload.cover(BROADCAST_KEYS + 9).await.unwrap();
        let (clip, _) =
            KeyIndexLease::begin_recording(store.clone(), secrets, 7, RecordingKind::Clip, 70).await.unwrap();
        assert_eq!(clip.first(), BROADCAST_KEYS + 18, "the upload was longer than it said");
        live.cover(BROADCAST_KEYS - 1).await.unwrap();
        assert_eq!(store.broadcast_of_key(7, BROADCAST_KEYS - 1).await.unwrap().unwrap().number, 1);
    }

    #[test]
    fn file_gets_as_many_keys_as_it_may_need_and_no_more() {
        assert_eq!(keys_of_file(0), 64);
        assert_eq!(keys_of_file(7_000), 4 + 64);
        assert_eq!(keys_of_file(12 * 3_600_000), 21_600 + 2_160 + 64);
        assert!(keys_of_file(u64::MAX) < 2 * BROADCAST_KEYS);
    }

    #[tokio::test]
    async fn a_second_broadcast_of_the_stream_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Arc::new(Secrets::open(&folder.path().join("secrets")).unwrap());
        let store = database(folder.path(), "one.sqlite").await;
        let (mut first, _) = KeyIndexLease::begin(store.clone(), secrets.clone(), 7).await.unwrap();
        let (second, _) = KeyIndexLease::begin(store, secrets, 7).await.unwrap();
        assert_eq!(second.first(), BROADCAST_KEYS);
        first.cover(BROADCAST_KEYS - 1).await.unwrap();
        let refused = first.cover(BROADCAST_KEYS).await;
        assert!(matches!(refused, Err(LiveError::KeysElsewhere { stream: 7, .. })), "{refused:?}");
    }
}
