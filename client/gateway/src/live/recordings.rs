//! Recordings: broadcasts that have ended and can be watched again. Their keys are those of the broadcast.

use super::{
    recorder::{folder_of, RECORDING_FILE},
    storyboard,
};
use crate::secrets::Secrets;
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

/// Maximum number of recordings whose descriptions are cached. An hour of five renditions takes about two megabytes.
const MAX_LOADED: usize = 32;

/// A recording cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error("the recording's description is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    #[error(transparent)]
    Storage(object_store::Error),
    #[error(transparent)]
    Index(#[from] vilokanam_indexer::GatewayStateError),
    #[error(transparent)]
    Secret(#[from] crate::secrets::SecretError),
}

/// A recording, with all its renditions.
pub struct Recorded {
    renditions: Vec<Recording>,
}

impl Recorded {
    fn read(json: &[u8]) -> Result<Self, RecordingError> {
        let mut renditions: Vec<Recording> = serde_json::from_slice(json)?;
        // A crash may have cut the description off in the middle of the broadcast.
        renditions.iter_mut().for_each(Recording::finish);
        renditions.retain(|recording| !recording.segments().is_empty());
        Ok(Self { renditions })
    }

    /// Returns the multivariant playlist.
    pub fn multivariant(&self, uris: &Uris) -> String {
        multivariant(&self.variants(), uris)
    }

    /// Returns whether the recording has this rendition.
    pub fn has_rendition(&self, name: &str) -> bool {
        self.renditions.iter().any(|recording| recording.name() == name)
    }

    /// Returns the playlist of a rendition, or `None` if the recording does not have it.
    pub fn playlist(&self, rendition: &str, uris: &Uris) -> Option<String> {
        self.renditions.iter().find(|recording| recording.name() == rendition).map(|recording| recording.playlist(uris))
    }

    /// Returns the ticks that a key costs, or `None` if no rendition has it.
    pub fn ticks(&self, index: u64) -> Option<u32> {
        self.renditions.iter().find_map(|recording| recording.ticks(index))
    }

    fn variants(&self) -> Vec<Variant> {
        self.renditions.iter().filter_map(Recording::variant).collect()
    }
}

/// The recordings of this gateway.
pub struct Recordings {
    store: Arc<dyn ObjectStore>,
    index: Store,
    secrets: Arc<Secrets>,
    /// Cached recordings, the one used last at the end.
    loaded: Mutex<VecDeque<Loaded>>,
}

type Loaded = ((StreamId, u64), Arc<Recorded>);

/// URIs in the playlists of recordings, which are at `/v1/streams/{id}/recordings/{number}/{name}.m3u8`.
pub fn uri_templates() -> UriTemplates {
    UriTemplates { key: "../../keys/{index}".into(), ..UriTemplates::default() }
}

impl Recordings {
    pub fn new(store: Arc<dyn ObjectStore>, index: Store, secrets: Arc<Secrets>) -> Self {
        Self { store, index, secrets, loaded: Mutex::default() }
    }

    /// Returns the recording of a broadcast, or `None` if the broadcast has not ended or was not recorded.
    pub async fn recorded(&self, stream: StreamId, number: u64) -> Result<Option<Arc<Recorded>>, RecordingError> {
        let name = (stream, number);
        if let Some(found) = self.take_loaded(name) {
            return Ok(Some(found));
        }
        if self.index.recording(stream, number).await?.is_none() {
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

    /// Returns the key of a recorded segment and the ticks that it costs, or `None` if no recording has it.
    pub async fn key(&self, stream: StreamId, index: u64) -> Result<Option<(SegmentKey, u32)>, RecordingError> {
        let Some(broadcast) = self.index.broadcast_of_key(stream, index).await? else { return Ok(None) };
        let Some(recorded) = self.recorded(stream, broadcast.number).await? else { return Ok(None) };
        let Some(ticks) = recorded.ticks(index) else { return Ok(None) };
        Ok(Some((self.secrets.of(stream)?.key(index), ticks)))
    }

    /// Returns a file of a recording. The caller has checked that `name` is the name of one.
    pub async fn file(&self, stream: StreamId, number: u64, name: &str) -> Result<Option<Bytes>, RecordingError> {
        let path = Path::from(format!("{}/{name}", folder_of(stream, number)));
        let read = async { self.store.get(&path).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(RecordingError::Storage(error)),
        }
    }

    /// Returns the text of the storyboard.
    pub async fn storyboard(&self, stream: StreamId, number: u64) -> Result<Option<Bytes>, RecordingError> {
        self.file(stream, number, storyboard::TEXT_FILE).await
    }

    /// Returns a sheet of the storyboard.
    pub async fn sheet(&self, stream: StreamId, number: u64, sheet: usize) -> Result<Option<Bytes>, RecordingError> {
        self.file(stream, number, &storyboard::sheet_file(sheet)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_description_is_refused() {
        for json in ["", "{}", "[1]"] {
            assert!(matches!(Recorded::read(json.as_bytes()), Err(RecordingError::Damaged(_))), "{json}");
        }
        assert!(Recorded::read(b"[]").is_ok_and(|recorded| recorded.ticks(0).is_none()));
    }
}
