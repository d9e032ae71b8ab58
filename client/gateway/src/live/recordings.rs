//! Recordings: broadcasts that are over and can still be watched, under the keys they were sold with.

use super::recorder::{folder_of, RECORDING_FILE};
use crate::{publishing, secrets::Secrets};
use bytes::Bytes;
use object_store::{path::Path, ObjectStore, ObjectStoreExt};
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};
use tick_stream_primitives::StreamId;
use vilokanam_indexer::Store;
use vilokanam_media::{
    playlist::{multivariant, Variant},
    Recording, SegmentKey, UriTemplates, Uris,
};

/// Descriptions of recordings that are kept in memory; an hour of five renditions is about two megabytes.
const MAX_LOADED: usize = 32;

/// Why there is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error("the recording's description is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    #[error(transparent)]
    Storage(object_store::Error),
    #[error(transparent)]
    Index(#[from] vilokanam_indexer::own::OwnError),
    #[error(transparent)]
    Secret(#[from] crate::secrets::SecretError),
}

/// A recorded broadcast, all renditions of it.
pub struct Recorded {
    renditions: Vec<Recording>,
}

impl Recorded {
    fn read(json: &[u8]) -> Result<Self, RecordingError> {
        let mut renditions: Vec<Recording> = serde_json::from_slice(json)?;
        // One that a crash has cut off is over as well.
        renditions.iter_mut().for_each(Recording::finish);
        renditions.retain(|recording| !recording.segments().is_empty());
        Ok(Self { renditions })
    }

    /// The multivariant playlist.
    pub fn multivariant(&self, uris: &Uris) -> String {
        multivariant(&self.variants(), uris)
    }

    /// A rendition's playlist.
    pub fn playlist(&self, rendition: &str, uris: &Uris) -> Option<String> {
        self.renditions.iter().find(|recording| recording.name() == rendition).map(|recording| recording.playlist(uris))
    }

    /// What a key costs; nothing if no rendition has it.
    pub fn ticks(&self, index: u64) -> Option<u32> {
        self.renditions.iter().find_map(|recording| recording.ticks(index))
    }

    fn variants(&self) -> Vec<Variant> {
        self.renditions.iter().filter_map(Recording::variant).collect()
    }
}

/// All recordings of this gateway.
pub struct Recordings {
    store: Arc<dyn ObjectStore>,
    index: Store,
    secrets: Arc<Secrets>,
    /// The one used last at the end.
    loaded: Mutex<VecDeque<Loaded>>,
}

type Loaded = ((StreamId, u64), Arc<Recorded>);

/// Where a recording's playlists say that things are; they are at `/v1/streams/{id}/recordings/{number}/{name}.m3u8`.
pub fn uri_templates() -> UriTemplates {
    UriTemplates { key: "../../keys/{index}".into(), ..UriTemplates::default() }
}

impl Recordings {
    pub fn new(store: Arc<dyn ObjectStore>, index: Store, secrets: Arc<Secrets>) -> Self {
        Self { store, index, secrets, loaded: Mutex::default() }
    }

    /// A recording, if there is one of that broadcast.
    pub async fn recorded(&self, stream: StreamId, number: u64) -> Result<Option<Arc<Recorded>>, RecordingError> {
        let name = (stream, number);
        if let Some(found) = self.take_loaded(name) {
            return Ok(Some(found));
        }
        let broadcast = self.index.broadcast(stream, number).await?;
        if broadcast.is_none_or(|broadcast| broadcast.ended_at.is_none() || broadcast.recording_path.is_none()) {
            return Ok(None);
        }
        let Some(json) = self.file(stream, number, RECORDING_FILE).await? else { return Ok(None) };
        let recorded = Arc::new(Recorded::read(&json)?);
        let mut loaded = self.loaded.lock();
        if loaded.len() >= MAX_LOADED {
            loaded.pop_front();
        }
        loaded.push_back((name, recorded.clone()));
        Ok(Some(recorded))
    }

    fn take_loaded(&self, name: (StreamId, u64)) -> Option<Arc<Recorded>> {
        let mut loaded = self.loaded.lock();
        let place = loaded.iter().position(|(known, _)| *known == name)?;
        let found = loaded.remove(place)?;
        let recorded = found.1.clone();
        loaded.push_back(found);
        Some(recorded)
    }

    /// A recorded segment's key, and what it costs.
    pub async fn key(&self, stream: StreamId, index: u64) -> Result<Option<(SegmentKey, u32)>, RecordingError> {
        let Some(broadcast) = self.index.broadcast_of_key(stream, index).await? else { return Ok(None) };
        let Some(recorded) = self.recorded(stream, broadcast.number).await? else { return Ok(None) };
        let Some(ticks) = recorded.ticks(index) else { return Ok(None) };
        Ok(Some((self.secrets.of(stream)?.key(index), ticks)))
    }

    /// A file of a recording; `name` has been checked to be one.
    pub async fn file(&self, stream: StreamId, number: u64, name: &str) -> Result<Option<Bytes>, RecordingError> {
        let path = Path::from(format!("{}/{name}", folder_of(stream, number)));
        let read = async { self.store.get(&path).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(RecordingError::Storage(error)),
        }
    }

    /// The storyboard's text.
    pub async fn storyboard(&self, stream: StreamId, number: u64) -> Result<Option<Bytes>, RecordingError> {
        self.file(stream, number, publishing::STORYBOARD_FILE).await
    }

    /// A sheet of the storyboard.
    pub async fn sheet(&self, stream: StreamId, number: u64, sheet: usize) -> Result<Option<Bytes>, RecordingError> {
        self.file(stream, number, &publishing::sheet_file(sheet)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_damaged_fails() {
        for json in ["", "{}", "[1]"] {
            assert!(matches!(Recorded::read(json.as_bytes()), Err(RecordingError::Damaged(_))), "{json}");
        }
        assert!(Recorded::read(b"[]").is_ok_and(|recorded| recorded.ticks(0).is_none()));
    }
}
