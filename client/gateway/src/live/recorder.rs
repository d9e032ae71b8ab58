//! Records a broadcast: every segment as it was published, and from time to time the description that playlists are written
//! from.
//!
//! Recording runs in a task of its own, so that a slow or missing object store does not hold up the broadcast.

use bytes::Bytes;
use object_store::{path::Path, ObjectStore, ObjectStoreExt, PutPayload};
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use tokio::{sync::mpsc, task::JoinHandle};
use vilokanam_indexer::Store;
use vilokanam_media::{Event, LiveConfig, Recording, RenditionId, Uris};

/// File name of a recording's description.
pub const RECORDING_FILE: &str = "recording.json";
/// Segments after which the description is written: half a minute, with five renditions and segments of two seconds.
const WRITE_EVERY_SEGMENTS: usize = 75;
/// The description is written as a whole, so less often the longer it is: each time it has grown by this fraction.
const WRITE_EVERY_PART: usize = 200;
/// Events that may wait for the store: a minute and a half, with five renditions. While the stream is on air, what waits is
/// in memory anyway.
const MAX_WAITING_EVENTS: usize = 256;

/// A broadcast that is being recorded.
pub struct Recorder {
    /// `None` after the store was too slow: a recording with gaps would be sold as if it had none.
    waiting: Option<mpsc::Sender<Event>>,
    task: JoinHandle<Option<String>>,
}

impl Recorder {
    /// Starts recording a broadcast, given by its stream and number.
    pub fn new(
        store: Arc<dyn ObjectStore>,
        index: Store,
        place: (StreamId, u64),
        config: &LiveConfig,
        uris: Uris,
        ids: Vec<RenditionId>,
    ) -> Self {
        let mut writer = Writer::new(store, index, place, config, uris, ids);
        let (waiting, mut events) = mpsc::channel(MAX_WAITING_EVENTS);
        let task = tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                writer.keep(&event).await;
            }
            writer.finish().await
        });
        Self { waiting: Some(waiting), task }
    }

    /// Queues what has become ready.
    pub fn keep(&mut self, events: &[Event]) {
        // Recordings are made of whole segments.
        for event in events.iter().filter(|event| !matches!(event, Event::PartReady(_))) {
            let Some(waiting) = &self.waiting else { return };
            if waiting.try_send(event.clone()).is_err() {
                tracing::error!("the object store is too slow; the recording ends here and the broadcast goes on");
                self.waiting = None;
            }
        }
    }

    /// Finishes the recording. Returns its folder, if anything was recorded.
    pub async fn finish(self) -> Option<String> {
        drop(self.waiting);
        self.task.await.inspect_err(|error| tracing::error!(%error, "the recording was not finished")).ok().flatten()
    }
}

/// Writes a recording to the object store.
struct Writer {
    store: Arc<dyn ObjectStore>,
    index: Store,
    stream: StreamId,
    number: u64,
    folder: Path,
    uris: Uris,
    names: Vec<String>,
    recordings: Vec<(RenditionId, Recording)>,
    /// Segments since the description was written.
    unwritten: usize,
    /// Whether the index lists the recording.
    is_listed: bool,
}

impl Writer {
    fn new(
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

    /// Writes what has become ready of the recorded renditions, if it is encrypted: the clear preview and the slate are not
    /// recorded. A segment that cannot be written is missing in the recording, not in the broadcast.
    async fn keep(&mut self, event: &Event) {
        if !self.is_recorded(event) {
            return;
        }
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
                return tracing::error!(%error, path, "a segment was not recorded; check that the object store can be written");
            }
        }
        self.unwritten += usize::from(matches!(event, Event::SegmentReady(_)));
        for (id, recording) in &mut self.recordings {
            if let Err(error) = recording.push(*id, event) {
                tracing::warn!(%error, "the recording goes on without this segment");
            }
        }
        let kept: usize = self.recordings.iter().map(|(_, recording)| recording.segments().len()).sum();
        if self.unwritten >= WRITE_EVERY_SEGMENTS.max(kept / WRITE_EVERY_PART) {
            self.write().await;
        }
    }

    fn is_recorded(&self, event: &Event) -> bool {
        let has = |rendition| self.recordings.iter().any(|(id, _)| *id == rendition);
        match event {
            Event::InitReady(init) => has(init.rendition),
            Event::SegmentReady(ready) => has(ready.rendition) && ready.segment.head.encrypted,
            _ => false,
        }
    }

    /// Writes the description, so that a crash loses the last minute of a recording and not all of it.
    async fn write(&mut self) {
        self.unwritten = 0;
        let recordings: Vec<_> = self.recordings.iter().map(|(_, recording)| recording).collect();
        let json = match serde_json::to_vec(&recordings) {
            Ok(json) => json,
            Err(error) => return tracing::error!(%error, "the recording's description cannot be written"),
        };
        if let Err(error) = self.put(RECORDING_FILE, json.into()).await {
            return tracing::error!(%error, "the recording's description was not written; check that the object store can be written");
        }
        if self.is_listed {
            return;
        }
        let listed = self.index.keep_recording(self.stream, self.number, self.folder.as_ref()).await;
        self.is_listed = listed.inspect_err(|error| tracing::error!(%error, "the recording is not listed")).is_ok();
    }

    async fn finish(mut self) -> Option<String> {
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

/// Returns the folder of a broadcast in the object store.
pub fn folder_of(stream: StreamId, number: u64) -> Path {
    Path::from(format!("recordings/{stream}/{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::{memory::InMemory, throttle::ThrottleConfig, throttle::ThrottledStore};
    use std::time::Duration;
    use vilokanam_media::{Access, LiveStream, RenditionConfig, StreamSecret};

    async fn recorder(store: Arc<dyn ObjectStore>) -> Recorder {
        let index = Store::connect("sqlite::memory:").await.unwrap();
        let uris = Uris::new(&crate::live::live_uri_templates()).unwrap();
        Recorder::new(store, index, (7, 1), &LiveConfig::default(), uris, Vec::new())
    }

    fn expired() -> Event {
        let renditions = vec![RenditionConfig { name: "240p".into(), access: Access::Paid, nominal_bandwidth_bps: 1 }];
        let config = LiveConfig { renditions, ..LiveConfig::default() };
        let live = LiveStream::new(config, StreamSecret::from_bytes([1; 32]), 0).unwrap();
        let rendition = live.rendition("240p").unwrap();
        Event::SegmentExpired { rendition, index: 0, parts: 0 }
    }

    #[tokio::test]
    async fn a_slow_store_ends_the_recording_and_not_the_broadcast() {
        let slow = ThrottleConfig { wait_put_per_call: Duration::from_secs(3_600), ..ThrottleConfig::default() };
        let mut recorder = recorder(Arc::new(ThrottledStore::new(InMemory::new(), slow))).await;
        // The task has not run yet: all of these wait.
        recorder.keep(&vec![expired(); MAX_WAITING_EVENTS]);
        assert!(recorder.waiting.is_some());
        recorder.keep(&[expired()]);
        assert!(recorder.waiting.is_none(), "an event above the limit ends the recording");
        assert_eq!(recorder.finish().await, None, "nothing was recorded");
    }
}
