//! Removes recordings that are not to be kept: deleted recordings, those that are too old, and the oldest when there are too many.

use crate::{
    creator_settings::CreatorSettings,
    live::{folder_of, Recordings},
};
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStore;
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, StreamId};
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{GatewayStateError, RecordingRow, RecordingSize, Store};

/// Interval between two rounds.
const ROUND: Duration = Duration::from_secs(60);
const DAY_MS: u64 = 86_400_000;

/// A round could not be finished. The next one begins again.
#[derive(Debug, thiserror::Error)]
enum KeeperError {
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    #[error("{0}; check that the object store can be written")]
    Store(#[from] object_store::Error),
}

/// Keeps recordings within their limits.
pub struct RecordingsKeeper {
    pub store: Arc<dyn ObjectStore>,
    pub index: Store,
    pub recordings: Arc<Recordings>,
    pub settings: Arc<CreatorSettings>,
    /// Bytes of all recordings; 0 for no limit.
    pub max_bytes: u64,
}

impl RecordingsKeeper {
    /// Works until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let round = stop.run_until_cancelled(self.round(now_ms())).await;
            let Some(round) = round else { return };
            if let Err(error) = round {
                tracing::warn!(%error, "old recordings are removed later");
            }
            if stop.run_until_cancelled(tokio::time::sleep(ROUND)).await.is_none() {
                return;
            }
        }
    }

    async fn round(&self, now_ms: u64) -> Result<(), KeeperError> {
        self.settings.follow().await;
        self.remove_files().await?;
        self.measure().await?;
        self.end_old(now_ms).await?;
        self.end_oldest(now_ms).await
    }

    /// Removes the files of deleted recordings.
    async fn remove_files(&self) -> Result<(), KeeperError> {
        for row in self.index.deleted_recordings().await? {
            let folder = folder_of(row.stream, row.number);
            let files = self.store.list(Some(&folder)).map_ok(|file| file.location).boxed();
            let removed: Vec<_> = self.store.delete_stream(files).try_collect().await?;
            self.index.forget_recording(row.stream, row.number).await?;
            tracing::info!(stream = row.stream, number = row.number, files = removed.len(), "removed a recording");
        }
        Ok(())
    }

    /// Counts the bytes of recordings of gateways before version 2.
    async fn measure(&self) -> Result<(), KeeperError> {
        for row in self.index.unmeasured_recordings().await? {
            let folder = folder_of(row.stream, row.number);
            let bytes = self.store.list(Some(&folder)).map_ok(|file| file.size);
            let bytes: u64 = bytes.try_fold(0, |sum, size| async move { Ok(sum + size) }).await?;
            // One whose files are gone is not counted again and again.
            let size = RecordingSize { duration_ms: row.duration_ms, bytes: bytes.max(1) };
            self.index.measure_recording(row.stream, row.number, size).await?;
        }
        Ok(())
    }

    /// Deletes recordings that are older than their creator or the operator wants.
    async fn end_old(&self, now_ms: u64) -> Result<(), KeeperError> {
        let before = |days: u32| now_ms.saturating_sub(u64::from(days) * DAY_MS);
        for stream in self.streams_with_settings().await? {
            if let Some(days) = self.settings.keep_days(stream).await? {
                self.delete(self.index.recordings_before(Some(stream), before(days)).await?, now_ms, "age").await?;
            }
        }
        if let Some(days) = self.settings.operators_keep_days() {
            self.delete(self.index.recordings_before(None, before(days)).await?, now_ms, "age").await?;
        }
        Ok(())
    }

    async fn streams_with_settings(&self) -> Result<Vec<StreamId>, GatewayStateError> {
        let mut streams: Vec<StreamId> = Vec::new();
        loop {
            let page = self.index.all_stream_settings(streams.last().copied()).await?;
            if page.is_empty() {
                return Ok(streams);
            }
            streams.extend(page.into_iter().map(|row| row.stream));
        }
    }

    /// Deletes the oldest recordings while there are more bytes than allowed.
    async fn end_oldest(&self, now_ms: u64) -> Result<(), KeeperError> {
        let bytes = self.index.recorded_bytes().await?;
        let mut surplus = bytes.saturating_sub(self.max_bytes);
        if self.max_bytes == 0 || surplus == 0 {
            return Ok(());
        }
        let mut oldest = self.index.recordings_before(None, u64::MAX).await?;
        oldest.retain(|row| {
            let is_needed = surplus > 0;
            surplus = surplus.saturating_sub(row.bytes);
            is_needed
        });
        self.delete(oldest, now_ms, "bytes").await
    }

    async fn delete(&self, rows: Vec<RecordingRow>, now_ms: u64, limit: &str) -> Result<(), KeeperError> {
        for row in rows {
            self.index.delete_recording(row.stream, row.number, now_ms).await?;
            self.recordings.forget(row.stream, row.number);
            tracing::info!(stream = row.stream, number = row.number, limit, "deleted a recording above a limit");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{creator_settings::OperatorSettings, live::GrowingRecordings, secrets::Secrets};
    use object_store::{memory::InMemory, path::Path, ObjectStoreExt, PutPayload};

    /// A keeper of recordings 1 to 4 of stream 7, published one a day, with 100 bytes each.
    async fn keeper(keep_days: u32, max_bytes: u64) -> (RecordingsKeeper, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let secrets = Arc::new(Secrets::open(&folder.path().join("secrets")).unwrap());
        let growing = Arc::new(GrowingRecordings::default());
        let operator = OperatorSettings {
            records: true,
            dvr_hours: 0,
            keep_days,
            ladder: Vec::new(),
            encoders: Vec::new(),
            codecs: Vec::new(),
        };
        for number in 1..=4u64 {
            index.begin_broadcast(7, 0, number, number * DAY_MS - 1).await.unwrap();
            index.end_broadcast(7, number, number * DAY_MS, Some("recordings")).await.unwrap();
            for file in ["v/240p/0.m4s", "recording/index.bin"] {
                let path = Path::from(format!("recordings/7/{number}/{file}"));
                store.put(&path, PutPayload::from_static(&[0; 50])).await.unwrap();
            }
        }
        let keeper = RecordingsKeeper {
            recordings: Arc::new(Recordings::new(store.clone(), index.clone(), secrets, growing.clone())),
            settings: Arc::new(CreatorSettings::new(index.clone(), operator, growing)),
            store,
            index,
            max_bytes,
        };
        (keeper, folder)
    }

    async fn kept(keeper: &RecordingsKeeper) -> Vec<u64> {
        let rows = keeper.index.recordings_before(None, u64::MAX).await.unwrap();
        rows.iter().map(|row| row.number).collect()
    }

    async fn files(keeper: &RecordingsKeeper) -> usize {
        keeper.store.list(None).try_collect::<Vec<_>>().await.unwrap().len()
    }

    #[tokio::test]
    async fn files_of_a_deleted_recording_are_removed_and_others_stay() {
        let (keeper, _folder) = keeper(0, 0).await;
        keeper.index.delete_recording(7, 2, 1).await.unwrap();
        assert_eq!(files(&keeper).await, 8);
        keeper.round(5 * DAY_MS).await.unwrap();
        assert_eq!((files(&keeper).await, kept(&keeper).await), (6, vec![1, 3, 4]));
        assert!(keeper.index.any_recording(7, 2).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn old_recordings_are_deleted_as_the_operator_says() {
        let (keeper, _folder) = keeper(2, 0).await;
        keeper.round(4 * DAY_MS + 1).await.unwrap();
        assert_eq!(kept(&keeper).await, [3, 4]);
    }

    #[tokio::test]
    async fn old_recordings_are_deleted_as_their_creator_says() {
        let (keeper, _folder) = keeper(0, 0).await;
        keeper.settings.change(7, br#"{"keep_days":1}"#).await.unwrap();
        keeper.round(4 * DAY_MS + 1).await.unwrap();
        assert_eq!(kept(&keeper).await, [4]);
    }

    #[tokio::test]
    async fn oldest_recordings_make_room_for_the_rest() {
        let (keeper, _folder) = keeper(0, 250).await;
        keeper.round(5 * DAY_MS).await.unwrap();
        assert_eq!(kept(&keeper).await, [3, 4], "400 bytes, of which 250 may stay");
        keeper.round(5 * DAY_MS).await.unwrap();
        assert_eq!((kept(&keeper).await, files(&keeper).await), (vec![3, 4], 4));
    }
}
