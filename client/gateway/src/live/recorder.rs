//! Keeps a broadcast: every segment as it was sold, and every half minute what playlists are written from.

use bytes::Bytes;
use object_store::{path::Path, ObjectStore, ObjectStoreExt, PutPayload};
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::Store;
use vilokanam_media::{Event, LiveConfig, Recording, RenditionId, Uris};

/// The name under which a broadcast's recordings are kept.
pub const RECORDING_FILE: &str = "recording.json";
/// How often that is written: each half minute, with five renditions of segments of two seconds.
const WRITE_EVERY_SEGMENTS: usize = 75;

/// A broadcast that is being kept.
pub struct Recorder {
    store: Arc<dyn ObjectStore>,
    index: Store,
    stream: StreamId,
    number: u64,
    folder: Path,
    uris: Uris,
    names: Vec<String>,
    recordings: Vec<(RenditionId, Recording)>,
    /// Segments since the description was last written.
    unwritten: usize,
    /// Whether the index knows of the recording.
    is_listed: bool,
}

impl Recorder {
    /// Keeps broadcast `number` of a stream.
    pub fn new(
        store: Arc<dyn ObjectStore>,
        index: Store,
        (stream, number): (StreamId, u64),
        config: &LiveConfig,
        uris: Uris,
        ids: Vec<RenditionId>,
    ) -> Self {
        let names: Vec<_> = config.renditions.iter().map(|rendition| rendition.name.clone()).collect();
        let recording = |id: RenditionId| (id, Recording::new(&names[id.place()], config.target_seconds()));
        let recordings = ids.into_iter().map(recording).collect();
        let folder = folder_of(stream, number);
        Self { store, index, stream, number, folder, uris, names, recordings, unwritten: 0, is_listed: false }
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
            self.unwritten += usize::from(matches!(event, Event::SegmentReady(_)));
            for (id, recording) in &mut self.recordings {
                if let Err(error) = recording.push(*id, event) {
                    tracing::warn!(%error, "the recording goes on without");
                }
            }
        }
        if self.unwritten >= WRITE_EVERY_SEGMENTS {
            self.write().await;
        }
    }

    /// Writes down what playlists are written from, so that a crash loses the last minute of a recording and not the whole.
    async fn write(&mut self) {
        self.unwritten = 0;
        let recordings: Vec<_> = self.recordings.iter().map(|(_, recording)| recording).collect();
        let json = match serde_json::to_vec(&recordings) {
            Ok(json) => json,
            Err(error) => return tracing::error!(%error, "the recording's description cannot be written"),
        };
        if let Err(error) = self.put(RECORDING_FILE, json.into()).await {
            return tracing::error!(%error, "the recording's description was not kept; see that storage can be written");
        }
        if self.is_listed {
            return;
        }
        let listed = self.index.keep_recording(self.stream, self.number, self.folder.as_ref()).await;
        self.is_listed = listed.inspect_err(|error| tracing::error!(%error, "the recording is not listed")).is_ok();
    }

    /// Nothing more comes. Returns the recording's folder, if it is kept.
    pub async fn finish(mut self) -> Option<String> {
        self.recordings.iter_mut().for_each(|(_, recording)| recording.finish());
        let has_any = self.recordings.iter().any(|(_, recording)| !recording.segments().is_empty());
        if has_any {
            self.write().await;
        }
        self.is_listed.then(|| self.folder.to_string())
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
