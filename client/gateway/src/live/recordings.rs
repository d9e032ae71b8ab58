//! Recordings: broadcasts that have ended and can be watched again, uploads, clips, and what has been recorded of broadcasts
//! that go on. Their keys are those of the broadcast.

use super::{
    caption_cache::CaptionCache,
    growing::{Growing, GrowingRecordings},
    pieces::{folder_of, DescriptionError, Pieces},
    recorded::Recorded,
    storyboard,
};
use crate::secrets::Secrets;
use bytes::Bytes;
use lru::LruCache;
use object_store::ObjectStore;
use parking_lot::{Mutex, RwLock};
use std::{
    collections::HashSet,
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::Store;
use vilokanam_media::{SegmentKey, StreamSecret, UriTemplates};
use vilokanam_wire::RecordingRef;

/// Maximum number of recordings whose summaries are in memory: a few hundred bytes for each ten minutes and rendition.
const MAX_OPENED: NonZeroUsize = NonZeroUsize::new(256).expect("it is not zero");
/// Time for which an opened recording is served before it is looked up again: another replica may have deleted it.
const TRUSTED_FOR: Duration = Duration::from_secs(10);

/// A recording cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error(transparent)]
    Description(#[from] DescriptionError),
    #[error(transparent)]
    Index(#[from] vilokanam_indexer::GatewayStateError),
    #[error(transparent)]
    Secret(#[from] crate::secrets::SecretError),
}

/// A key of something that was recorded.
pub struct RecordedKey {
    pub key: SegmentKey,
    /// Cost in ticks.
    pub ticks: u32,
    /// Whether it is given to everybody.
    pub is_free: bool,
}

/// The recordings of this gateway.
pub struct Recordings {
    pub(super) index: Store,
    pub(super) secrets: Arc<Secrets>,
    growing: Arc<GrowingRecordings>,
    pieces: Arc<Pieces>,
    opened: Mutex<LruCache<(StreamId, u64), Opened>>,
    pub(super) captions: CaptionCache,
    /// Those that moderators withhold. The lists of moderation bound them.
    withheld: RwLock<HashSet<(StreamId, u64)>>,
}

#[derive(Clone)]
struct Opened {
    recorded: Arc<Recorded>,
    checked: Instant,
}

/// URIs in the playlists of recordings, which are at `/v1/streams/{id}/recordings/{number}/{name}.m3u8`.
pub fn uri_templates() -> UriTemplates {
    UriTemplates { key: "../../keys/{index}".into(), ..UriTemplates::default() }
}

impl Recordings {
    pub fn new(
        store: Arc<dyn ObjectStore>,
        index: Store,
        secrets: Arc<Secrets>,
        growing: Arc<GrowingRecordings>,
    ) -> Self {
        let (pieces, opened) = (Arc::new(Pieces::new(store)), Mutex::new(LruCache::new(MAX_OPENED)));
        let (captions, withheld) = (CaptionCache::default(), RwLock::default());
        Self { index, secrets, growing, pieces, opened, captions, withheld }
    }

    /// Takes over which recordings moderators withhold.
    pub fn withhold(&self, withheld: HashSet<(StreamId, u64)>) {
        *self.withheld.write() = withheld;
    }

    /// Returns the recordings that moderators withhold.
    pub fn withheld(&self) -> HashSet<(StreamId, u64)> {
        self.withheld.read().clone()
    }

    /// Returns whether moderators withhold a recording.
    pub fn is_withheld(&self, stream: StreamId, number: u64) -> bool {
        self.withheld.read().contains(&(stream, number))
    }

    /// Returns a recording, or `None` if the broadcast has not ended, was not recorded, was deleted, or is withheld. The caller
    /// checks [`Recorded::is_private`].
    pub async fn recorded(&self, stream: StreamId, number: u64) -> Result<Option<Arc<Recorded>>, RecordingError> {
        let place = (stream, number);
        if self.is_withheld(stream, number) {
            return Ok(None);
        }
        let known = self.opened.lock().get(&place).cloned();
        if let Some(known) = known.as_ref().filter(|known| known.checked.elapsed() < TRUSTED_FOR) {
            return Ok(Some(known.recorded.clone()));
        }
        let Some(row) = self.index.recording(stream, number).await? else {
            self.forget(stream, number);
            return Ok(None);
        };
        let recorded = match known {
            Some(known) => Some(Recorded::clone(&known.recorded).with_rules(&row)),
            None => Recorded::open(self.pieces.clone(), &row).await?,
        };
        let Some(recorded) = recorded.map(Arc::new) else { return Ok(None) };
        self.opened.lock().put(place, Opened { recorded: recorded.clone(), checked: Instant::now() });
        Ok(Some(recorded))
    }

    /// Returns a recording that viewers may watch who name it like this: an unlisted one by its token as well.
    pub async fn shown(&self, stream: StreamId, named: &RecordingRef) -> Result<Option<Arc<Recorded>>, RecordingError> {
        let recorded = self.recorded(stream, named.number).await?;
        Ok(recorded.filter(|recorded| recorded.is_shown_with(named.token.as_deref())))
    }

    /// Returns a recording that is not private. The caller asks for no token: its keys alone are of no use, since nothing that
    /// they decrypt is given out without one.
    async fn watchable(&self, stream: StreamId, number: u64) -> Result<Option<Arc<Recorded>>, RecordingError> {
        Ok(self.recorded(stream, number).await?.filter(|recorded| !recorded.is_private))
    }

    /// Forgets an opened recording, after its row was changed.
    pub fn forget(&self, stream: StreamId, number: u64) {
        self.opened.lock().pop(&(stream, number));
    }

    /// Returns the number of recordings in memory, and the maximum.
    pub fn opened(&self) -> (usize, usize) {
        (self.opened.lock().len(), MAX_OPENED.get())
    }

    /// Returns what has been recorded of a broadcast that goes on.
    pub fn growing(&self, stream: StreamId, number: u64) -> Option<Arc<Growing>> {
        self.growing.of(stream, number)
    }

    /// Returns the reader of descriptions.
    pub fn pieces(&self) -> &Pieces {
        &self.pieces
    }

    /// Returns the reader of descriptions, for work that goes on after a request.
    pub fn shared_pieces(&self) -> Arc<Pieces> {
        self.pieces.clone()
    }

    /// Returns the number of the broadcast that took the key's index.
    pub async fn number_of_key(&self, stream: StreamId, index: u64) -> Result<Option<u64>, RecordingError> {
        Ok(self.index.broadcast_of_key(stream, index).await?.map(|broadcast| broadcast.number))
    }

    /// Returns a key of one recording, or `None` if viewers may not watch it or it does not have the key.
    pub async fn key_of(
        &self,
        stream: StreamId,
        number: u64,
        index: u64,
    ) -> Result<Option<RecordedKey>, RecordingError> {
        let found = match self.growing(stream, number) {
            Some(growing) => self.growing_ticks(stream, number, &growing, index).await?.map(|ticks| (ticks, false)),
            None => match self.watchable(stream, number).await? {
                Some(recorded) => recorded.ticks(index).await?.map(|ticks| (ticks, recorded.is_free)),
                None => None,
            },
        };
        let Some((ticks, is_free)) = found else { return Ok(None) };
        Ok(Some(RecordedKey { key: self.secrets.of(stream)?.key(index), ticks, is_free }))
    }

    async fn growing_ticks(
        &self,
        stream: StreamId,
        number: u64,
        growing: &Growing,
        index: u64,
    ) -> Result<Option<u32>, RecordingError> {
        if !growing.covers(index, now_ms()) {
            return Ok(None);
        }
        if let Some(ticks) = growing.open_ticks(index) {
            return Ok(Some(ticks));
        }
        let folder = folder_of(stream, number);
        for (summary, closed_pieces) in growing.read(|recording| (recording.summary(), recording.closed_pieces())) {
            let Some(piece) = summary.piece_of(index).filter(|piece| *piece < closed_pieces) else { continue };
            if let Some(ticks) = self.pieces.piece(&folder, &summary, piece).await?.ticks(index) {
                return Ok(Some(ticks));
            }
        }
        Ok(None)
    }

    /// Returns the secret of a stream, for what the caller has checked the right to.
    pub fn secret(&self, stream: StreamId) -> Result<StreamSecret, RecordingError> {
        Ok(self.secrets.of(stream)?)
    }

    /// Returns a file of a recording. The caller has checked that `name` is the name of one.
    pub async fn file(&self, stream: StreamId, number: u64, name: &str) -> Result<Option<Bytes>, RecordingError> {
        Ok(self.pieces.file(&folder_of(stream, number), name).await?)
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
    use super::{
        super::{
            growing::{DvrWindow, RecordingPlan},
            live_uri_templates,
            pieces::{path_in, piece_file},
            recorder::{
                tests::{archive, keep_when_there_is_room},
                Archive, Recorder,
            },
            room::Room,
            test_events,
        },
        *,
    };
    use object_store::{memory::InMemory, ObjectStoreExt};
    use vilokanam_indexer::Visibility;
    use vilokanam_media::Uris;

    const STREAM: StreamId = 7;

    struct Recording {
        recordings: Recordings,
        index: Store,
        number: u64,
        store: Arc<dyn ObjectStore>,
        _folder: tempfile::TempDir,
    }

    impl Recording {
        async fn key(&self, index: u64) -> Option<RecordedKey> {
            let number = self.recordings.number_of_key(STREAM, index).await.unwrap()?;
            self.recordings.key_of(STREAM, number, index).await.unwrap()
        }
    }

    /// A broadcast of that many segments, recorded to its end.
    async fn recording(segments: u64) -> Recording {
        recording_as(segments, RecordingPlan { window: DvrWindow::Whole, is_kept: true }, 0).await
    }

    /// The same, with a plan, on a disk that must have that many free bytes.
    async fn recording_as(segments: u64, plan: RecordingPlan, min_free_bytes: u64) -> Recording {
        let folder = tempfile::tempdir().unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        let secrets = Arc::new(Secrets::open(&folder.path().join("secrets")).unwrap());
        let room = Room::new(index.clone(), vec![folder.path().into()], min_free_bytes, 0);
        let archive = Archive { room, ..archive(Arc::new(InMemory::new()), index.clone()).await };
        let number = index.begin_broadcast(STREAM, 0, 0, 1_000).await.unwrap().number;
        let recordings = Recordings::new(archive.store.clone(), index.clone(), secrets, archive.growing.clone());
        let (id, uris) = (test_events::rendition(), Uris::new(&live_uri_templates()).unwrap());
        let place = (STREAM, number);
        let mut recorder = Recorder::new(archive.clone(), place, &test_events::config(), uris, vec![id], plan);
        for index in 0..segments {
            keep_when_there_is_room(&mut recorder, test_events::segment(id, index)).await;
        }
        let path = recorder.finish().await;
        index.end_broadcast(STREAM, number, 9_000, path.as_deref()).await.unwrap();
        archive.growing.remove(place);
        Recording { recordings, index, number, store: archive.store, _folder: folder }
    }

    #[tokio::test]
    async fn long_recording_is_opened_by_its_summary_and_sells_every_key() {
        let recording = recording(700).await;
        let Recording { recordings, index, number, .. } = &recording;
        let number = *number;
        let row = index.recording(STREAM, number).await.unwrap().unwrap();
        assert_eq!((row.duration_ms, row.bytes), (1_400_000, 70_000));
        for key in [0, 299, 300, 699] {
            let found = recording.key(key).await.unwrap();
            assert_eq!((found.ticks, found.is_free), (2, false), "key {key}");
        }
        assert!(recording.key(700).await.is_none());
        let recorded = recordings.recorded(STREAM, number).await.unwrap().unwrap();
        let pieces = recorded.pieces("240p").await.unwrap().unwrap();
        assert_eq!(pieces.iter().map(|piece| piece.segments().len()).collect::<Vec<_>>(), [300, 300, 100]);
        let playlist = recorded.playlist("240p", &Uris::new(&uri_templates()).unwrap()).await.unwrap().unwrap();
        assert_eq!(playlist.matches("#EXTINF").count(), 700);
        let per_segment = playlist.len() / 700;
        assert!(per_segment < 180, "{per_segment} bytes for a segment");
    }

    #[tokio::test]
    async fn key_takes_the_summary_and_one_piece() {
        let recording = recording(700).await;
        let folder = folder_of(STREAM, recording.number);
        recording.store.delete(&path_in(&folder, &piece_file("240p", 1))).await.unwrap();
        assert!(recording.key(0).await.is_some() && recording.key(699).await.is_some(), "of pieces 0 and 2");
        let missing = recording.recordings.key_of(STREAM, recording.number, 300).await;
        assert!(matches!(missing, Err(RecordingError::Description(_))), "of piece 1");
    }

    #[tokio::test]
    async fn recording_that_does_not_stay_is_hidden_in_case_of_a_crash() {
        let plan = RecordingPlan { window: DvrWindow::Whole, is_kept: false };
        let recording = recording_as(3, plan, 0).await;
        let row = recording.index.recording(STREAM, recording.number).await.unwrap().unwrap();
        assert_eq!(row.visibility, Visibility::Private);
        assert!(recording.key(1).await.is_none());
    }

    #[tokio::test]
    async fn recording_ends_when_the_disk_is_nearly_full_and_says_so() {
        let plan = RecordingPlan { window: DvrWindow::Whole, is_kept: true };
        let recording = recording_as(200, plan, u64::MAX).await;
        let row = recording.index.recording(STREAM, recording.number).await.unwrap().unwrap();
        assert!(row.error.contains("nearly full"), "{row:?}");
        assert!((1_000..400_000).contains(&row.duration_ms), "{row:?}");
        assert!(recording.key(0).await.is_some() && recording.key(199).await.is_none());
    }

    #[tokio::test]
    async fn deleted_recording_sells_no_key() {
        let recording = recording(3).await;
        let Recording { recordings, index, number, .. } = &recording;
        let number = *number;
        assert!(recording.key(1).await.is_some());
        index.delete_recording(STREAM, number, 10_000).await.unwrap();
        recordings.forget(STREAM, number);
        assert!(recording.key(1).await.is_none());
        assert!(recordings.recorded(STREAM, number).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn withheld_recording_sells_no_key_until_it_is_given_out_again() {
        let recording = recording(3).await;
        let Recording { recordings, number, .. } = &recording;
        let number = *number;
        assert!(recording.key(1).await.is_some());
        recordings.withhold([(STREAM, number)].into());
        assert!(recordings.recorded(STREAM, number).await.unwrap().is_none());
        assert!(recording.key(1).await.is_none());
        recordings.withhold(HashSet::new());
        assert!(recording.key(1).await.is_some());
    }

    #[tokio::test]
    async fn private_recording_is_opened_for_its_creator_alone() {
        let recording = recording(3).await;
        let Recording { recordings, index, number, .. } = &recording;
        let number = *number;
        let change = |visibility| index.change_recording(STREAM, number, move |row| row.visibility = visibility);
        change(Visibility::Private).await.unwrap();
        assert!(recordings.watchable(STREAM, number).await.unwrap().is_none());
        assert!(recordings.recorded(STREAM, number).await.unwrap().is_some());
        assert!(recording.key(1).await.is_none());
        change(Visibility::Unlisted).await.unwrap();
        recordings.forget(STREAM, number);
        assert!(recording.key(1).await.is_some());
    }

    #[tokio::test]
    async fn unlisted_recording_is_shown_with_its_token_alone() {
        let recording = recording(3).await;
        let Recording { recordings, index, number, .. } = &recording;
        let shown = |token: Option<String>| async move {
            let named = RecordingRef { number: *number, token };
            recordings.shown(STREAM, &named).await.unwrap().is_some()
        };
        assert!(shown(None).await, "public");
        let unlisted = index.change_recording(STREAM, *number, |row| row.visibility = Visibility::Unlisted);
        let token = unlisted.await.unwrap().unwrap().token;
        recordings.forget(STREAM, *number);
        for wrong in [None, Some(String::new()), Some("0".into()), Some("0".repeat(32))] {
            assert!(!shown(wrong.clone()).await, "{wrong:?}");
        }
        assert!(shown(Some(token)).await);
        assert!(recording.key(1).await.is_some(), "a key decrypts nothing that is given out without the token");
    }
}
