//! Records a broadcast: every segment as it was published, and from time to time the description that playlists are written
//! from.
//!
//! Recording runs in a task of its own, so that a slow or missing object store does not hold up the broadcast.

use super::{
    growing::{Growing, GrowingRecordings, RecordingPlan},
    pieces::{encode, folder_of, path_in, piece_file, INDEX_FILE},
    room::Room,
    tail::{State, Tail, Tails},
};
use bytes::Bytes;
use object_store::{path::Path, ObjectStore, ObjectStoreExt, PutPayload};
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use tokio::{sync::mpsc, task::JoinHandle};
use vilokanam_indexer::{GatewayStateError, RecordingRow, RecordingSize, Store, Visibility};
use vilokanam_media::{Event, LiveConfig, Piece, Recording, RenditionId, Summary, Uris};

/// Segments after which the open pieces are written: half a minute, with five renditions and segments of two seconds.
const WRITE_EVERY_SEGMENTS: usize = 75;
/// Events that may wait for the store: a minute and a half, with five renditions. While the stream is on air, what waits is
/// in memory anyway.
const MAX_WAITING_EVENTS: usize = 256;

/// Where recordings are kept.
#[derive(Clone)]
pub struct Archive {
    pub store: Arc<dyn ObjectStore>,
    pub index: Store,
    /// Recordings that viewers may go back in.
    pub growing: Arc<GrowingRecordings>,
    pub room: Room,
    /// What a crash would otherwise lose.
    pub tails: Tails,
}

/// A broadcast that is being recorded.
pub struct Recorder {
    /// `None` after the store was too slow: a recording with gaps would be sold as if it had none.
    waiting: Option<mpsc::Sender<Event>>,
    task: JoinHandle<Option<String>>,
}

impl Recorder {
    /// Starts recording a broadcast, given by its stream and number. `plan` says how.
    pub fn new(
        archive: Archive,
        place: (StreamId, u64),
        config: &LiveConfig,
        uris: Uris,
        ids: Vec<RenditionId>,
        plan: RecordingPlan,
    ) -> Self {
        let mut writer = Writer::new(archive, place, config, uris, ids, plan);
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

    /// Finishes the recording. Returns its folder, if anything was recorded. It stays among those that grow, until the caller
    /// has stored its end and removes it.
    pub async fn finish(self) -> Option<String> {
        drop(self.waiting);
        self.task.await.inspect_err(|error| tracing::error!(%error, "the recording was not finished")).ok().flatten()
    }
}

/// Writes a recording to the object store.
struct Writer {
    archive: Archive,
    place: (StreamId, u64),
    folder: Path,
    uris: Uris,
    names: Vec<String>,
    growing: Arc<Growing>,
    tail: Tail,
    /// Segments since the open pieces were written.
    unwritten: usize,
    /// Whether the recording stays after the broadcast.
    is_kept: bool,
    /// Whether the index lists the recording.
    is_listed: bool,
    /// Whether there is no room for more of it.
    is_over: bool,
}

impl Writer {
    fn new(
        archive: Archive,
        place: (StreamId, u64),
        config: &LiveConfig,
        uris: Uris,
        ids: Vec<RenditionId>,
        plan: RecordingPlan,
    ) -> Self {
        let names: Vec<_> = config.renditions.iter().map(|rendition| rendition.name.clone()).collect();
        let recording = |id: RenditionId| (id, Recording::new(&names[id.place()], config.target_seconds()));
        let growing = Arc::new(Growing::new(ids.into_iter().map(recording).collect(), plan.window));
        archive.growing.add(place, growing.clone());
        let (folder, tail) = (folder_of(place.0, place.1), archive.tails.begin(place));
        Self {
            archive,
            place,
            folder,
            uris,
            names,
            growing,
            tail,
            unwritten: 0,
            is_kept: plan.is_kept,
            is_listed: false,
            is_over: false,
        }
    }

    /// Writes what has become ready of the recorded renditions, if it is encrypted: the clear preview and the slate are not
    /// recorded. A segment that cannot be written is missing in the recording, not in the broadcast.
    async fn keep(&mut self, event: &Event) {
        if self.is_over || !self.is_recorded(event) {
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
        if let Err(error) = self.growing.push(event) {
            tracing::warn!(%error, "the recording goes on without this segment");
        }
        self.note(event);
        let is_piece_full = self.growing.read(Recording::is_piece_full).contains(&true);
        if self.unwritten >= WRITE_EVERY_SEGMENTS || is_piece_full {
            self.write().await;
            self.check_room().await;
        }
    }

    /// Notes what was recorded, in case of a crash before it is described.
    fn note(&mut self, event: &Event) {
        let noted = match event {
            Event::SegmentReady(ready) if self.tail.has_begun() => match self.growing.place(ready.rendition) {
                Some(place) => self.tail.add(place, &ready.segment),
                None => Ok(()),
            },
            _ => self.restart_tail(),
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "a crash would lose up to half a minute of the recording; check the disk of data_dir");
        }
    }

    fn restart_tail(&mut self) -> std::io::Result<()> {
        let state = State { is_kept: self.is_kept, recordings: self.growing.read(Recording::clone) };
        self.tail.restart(&state)
    }

    fn is_recorded(&self, event: &Event) -> bool {
        match event {
            Event::InitReady(init) => self.growing.has(init.rendition),
            Event::SegmentReady(ready) => self.growing.has(ready.rendition) && ready.segment.head.encrypted,
            _ => false,
        }
    }

    /// Ends the recording when there is no room for more, long before the journal would have none.
    async fn check_room(&mut self) {
        let (stream, number) = self.place;
        let Err(reason) = self.archive.room.check(stream, 0).await else { return };
        tracing::error!(stream, number, %reason, "the recording ends here and the broadcast goes on");
        self.is_over = true;
        let words = format!("The recording ends before the broadcast: {reason}.");
        let noted = self.archive.index.change_recording(stream, number, |row| row.error = words).await;
        let _ = noted.inspect_err(|error| tracing::error!(%error, "the reason was not stored"));
    }

    /// Writes the open pieces and the summaries. Returns whether everything is written and listed.
    async fn write(&mut self) -> bool {
        self.unwritten = 0;
        let renditions = self.growing.read(described);
        if let Err(error) = write_files(&*self.archive.store, &self.folder, renditions).await {
            tracing::error!(%error, "the recording's description was not written; check that the object store can be written");
            return false;
        }
        self.growing.change(|recording| {
            if recording.is_piece_full() {
                recording.close_piece();
            }
        });
        let (stream, number) = self.place;
        if !self.is_listed {
            let listed = self.list().await;
            self.is_listed = listed.inspect_err(|error| tracing::error!(%error, "the recording is not listed")).is_ok();
        }
        let size = size_of(self.growing.read(Recording::summary).into_iter());
        let measured = self.archive.index.measure_recording(stream, number, size).await;
        let _ = measured.inspect_err(|error| tracing::warn!(%error, "the size of the recording was not stored"));
        let restarted = self.restart_tail();
        let _ =
            restarted.inspect_err(|error| tracing::warn!(%error, "the end of the recording is not safe from a crash"));
        self.is_listed
    }

    /// Lists the recording. One that is removed at the end is private, in case a crash comes before that.
    async fn list(&self) -> Result<(), GatewayStateError> {
        let (stream, number) = self.place;
        self.archive.index.keep_recording(stream, number, self.folder.as_ref()).await?;
        if !self.is_kept {
            let hide = |row: &mut RecordingRow| row.visibility = Visibility::Private;
            self.archive.index.change_recording(stream, number, hide).await?;
        }
        Ok(())
    }

    async fn finish(mut self) -> Option<String> {
        let has_any = self.growing.read(Recording::count).iter().any(|count| *count > 0);
        let is_described = !has_any || self.write().await;
        // Otherwise the next start describes the rest.
        if is_described {
            let removed = self.tail.remove();
            let _ = removed.inspect_err(|error| tracing::warn!(%error, "a file in recording-tails was not removed"));
        }
        self.is_listed.then(|| self.folder.to_string())
    }

    async fn put(&self, path: &str, bytes: Bytes) -> object_store::Result<()> {
        self.archive.store.put(&path_in(&self.folder, path), PutPayload::from_bytes(bytes)).await.map(drop)
    }
}

/// What is written of a rendition.
pub(super) struct Described {
    /// Number and contents of the open piece.
    open: Option<(usize, Piece)>,
    summary: Summary,
}

pub(super) fn described(recording: &Recording) -> Described {
    Described { open: recording.open_piece(), summary: recording.summary() }
}

/// Writes the description of a recording: the open pieces, then the summaries.
pub(super) async fn write_files(
    store: &dyn ObjectStore,
    folder: &Path,
    renditions: Vec<Described>,
) -> Result<(), WriteError> {
    let put = |name: String, bytes: Bytes| async move {
        store.put(&path_in(folder, &name), PutPayload::from_bytes(bytes)).await.map(drop)
    };
    for Described { open, summary } in &renditions {
        if let Some((number, piece)) = open {
            put(piece_file(summary.name(), *number), encode(piece)?).await?;
        }
    }
    // A rendition that has no segment yet has nothing to play.
    let summaries = renditions.into_iter().map(|rendition| rendition.summary);
    let summaries: Vec<_> = summaries.filter(|summary| !summary.pieces().is_empty()).collect();
    Ok(put(INDEX_FILE.to_owned(), encode(&summaries)?).await?)
}

/// Length of the longest rendition, and bytes of all.
pub(super) fn size_of(summaries: impl Iterator<Item = Summary>) -> RecordingSize {
    summaries.fold(RecordingSize::default(), |size, summary| RecordingSize {
        duration_ms: size.duration_ms.max(summary.millis()),
        bytes: size.bytes + summary.bytes(),
    })
}

/// A description could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Encoding(#[from] postcard::Error),
    #[error(transparent)]
    Store(#[from] object_store::Error),
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{growing::DvrWindow, test_events},
        *,
    };
    use object_store::{memory::InMemory, throttle::ThrottleConfig, throttle::ThrottledStore};
    use std::time::Duration;
    use vilokanam_media::{Access, LiveStream, RenditionConfig, StreamSecret};

    /// An archive with room for everything.
    pub async fn archive(store: Arc<dyn ObjectStore>, index: Store) -> Archive {
        let room = Room::new(index.clone(), Vec::new(), 0, 0);
        Archive { store, index, growing: Arc::default(), room, tails: Tails::default() }
    }

    /// Queues an event as soon as there is room for it.
    pub async fn keep_when_there_is_room(recorder: &mut Recorder, event: Event) {
        recorder.waiting.as_ref().unwrap().send(event).await.unwrap();
    }

    /// Ends a recorder as a crash does.
    pub async fn kill(recorder: Recorder) {
        recorder.task.abort();
        let _ = recorder.task.await;
    }

    async fn recorder(store: Arc<dyn ObjectStore>) -> Recorder {
        let index = Store::connect("sqlite::memory:").await.unwrap();
        let uris = Uris::new(&crate::live::live_uri_templates()).unwrap();
        let archive = archive(store, index).await;
        Recorder::new(archive, (7, 1), &LiveConfig::default(), uris, Vec::new(), RecordingPlan::default())
    }

    fn expired() -> Event {
        let renditions = vec![RenditionConfig { name: "240p".into(), access: Access::Paid, nominal_bandwidth_bps: 1 }];
        let config = LiveConfig { renditions, ..LiveConfig::default() };
        let live = LiveStream::new(config, StreamSecret::from_bytes([1; 32]), 0).unwrap();
        let rendition = live.rendition("240p").unwrap();
        Event::SegmentExpired { rendition, index: 0, parts: 0 }
    }

    #[tokio::test]
    async fn finished_recording_leaves_no_tail() {
        let folder = tempfile::tempdir().unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        let tails = Tails::open(folder.path().join("recording-tails")).unwrap();
        let archive = Archive { tails, ..archive(Arc::new(InMemory::new()), index.clone()).await };
        let number = index.begin_broadcast(7, 0, 0, 1_000).await.unwrap().number;
        let (id, uris) = (test_events::rendition(), Uris::new(&crate::live::live_uri_templates()).unwrap());
        let plan = RecordingPlan { is_kept: true, window: DvrWindow::Off };
        let mut recorder = Recorder::new(archive.clone(), (7, number), &test_events::config(), uris, vec![id], plan);
        keep_when_there_is_room(&mut recorder, test_events::segment(id, 0)).await;
        assert!(recorder.finish().await.is_some());
        assert!(archive.tails.left().unwrap().is_empty());
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
