//! Keeps a broadcast: every segment as it was sold, and at the end what playlists are written from.

use super::LiveError;
use bytes::Bytes;
use object_store::{path::Path, ObjectStore, ObjectStoreExt, PutPayload};
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_media::{Event, LiveConfig, Recording, RenditionId, Uris};

/// The name under which a broadcast's recordings are kept.
pub const RECORDING_FILE: &str = "recording.json";

/// A broadcast that is being kept.
pub struct Recorder {
    store: Arc<dyn ObjectStore>,
    folder: Path,
    uris: Uris,
    names: Vec<String>,
    recordings: Vec<(RenditionId, Recording)>,
}

impl Recorder {
    /// Keeps broadcast `number` of a stream.
    pub fn new(
        store: Arc<dyn ObjectStore>,
        stream: StreamId,
        number: u64,
        config: &LiveConfig,
        uris: Uris,
        ids: Vec<RenditionId>,
    ) -> Self {
        let names: Vec<_> = config.renditions.iter().map(|rendition| rendition.name.clone()).collect();
        let recording = |id: RenditionId| (id, Recording::new(&names[id.place()], config.target_seconds()));
        let recordings = ids.into_iter().map(recording).collect();
        Self { store, folder: folder_of(stream, number), uris, names, recordings }
    }

    /// Keeps what has become ready. A segment that cannot be kept is missed in the recording, not in the broadcast.
    pub async fn keep(&mut self, events: &[Event]) {
        for event in events {
            let file = match event {
                Event::InitReady(init) => {
                    let name = &self.names[init.rendition.place()];
                    Some((self.uris.init(name, init.number), init.init.bytes.clone()))
                }
                Event::SegmentReady(ready) => {
                    let name = &self.names[ready.rendition.place()];
                    Some((self.uris.segment(name, ready.segment.head.index), ready.published.clone()))
                }
                _ => None,
            };
            if let Some((path, bytes)) = file {
                if let Err(error) = self.put(&path, bytes).await {
                    tracing::error!(%error, path, "a segment was not recorded; see that storage can be written");
                    continue;
                }
            }
            for (id, recording) in &mut self.recordings {
                if let Err(error) = recording.push(*id, event) {
                    tracing::warn!(%error, "the recording goes on without");
                }
            }
        }
    }

    /// Writes down what playlists are written from. Returns the recording's folder.
    pub async fn finish(mut self) -> Result<String, LiveError> {
        self.recordings.iter_mut().for_each(|(_, recording)| recording.finish());
        let recordings: Vec<_> = self.recordings.iter().map(|(_, recording)| recording).collect();
        let json = serde_json::to_vec(&recordings).unwrap_or_default();
        if let Err(error) = self.put(RECORDING_FILE, json.into()).await {
            tracing::error!(%error, "the recording cannot be watched: its description was not kept");
        }
        Ok(self.folder.to_string())
    }

    async fn put(&self, path: &str, bytes: Bytes) -> object_store::Result<()> {
        let path = Path::from(format!("{}/{path}", self.folder));
        self.store.put(&path, PutPayload::from_bytes(bytes)).await.map(drop)
    }
}

/// Where a broadcast is kept.
pub fn folder_of(stream: StreamId, number: u64) -> Path {
    Path::from(format!("recordings/{stream}/{number}"))
}
