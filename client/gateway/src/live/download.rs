//! A recording as one MP4 file: decrypted, from time 0 on, written while it is read.
//!
//! The file is fragmented MP4, whose beginning states its length, so that it can be sent before all of it is known. Where the
//! source of the broadcast changed its format, another initialisation follows in the middle, as in a broadcast itself. A
//! rendition that has the picture alone is joined with the first audio track.

use super::{
    pieces::{DescriptionError, Pieces},
    recorded::Recorded,
};
use bytes::Bytes;
use futures::Stream;
use object_store::path::Path;
use std::{
    collections::{BTreeMap, VecDeque},
    io,
    ops::RangeInclusive,
    sync::Arc,
    time::Duration,
};
use vilokanam_media::{Piece, Segment, StreamSecret, Uris};
use vilokanam_mp4::{join, with_length_place, SoundTrack, Timeline};

/// A download cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The recording has no such rendition.
    #[error("The recording has no such rendition.")]
    NoRendition,
    /// A file of the recording is missing.
    #[error("{0} is missing")]
    Missing(String),
    /// The file cannot be decrypted.
    #[error("{0} cannot be decrypted; the stream's secret is another one")]
    NotDecrypted(String),
    /// Picture and sound cannot be one file.
    #[error("the initialisations of picture and sound cannot be joined")]
    NotJoined,
    /// A file cannot be read.
    #[error(transparent)]
    Description(#[from] DescriptionError),
}

/// What is to be downloaded.
pub struct Download {
    folder: Path,
    rendition: String,
    pieces: Vec<Arc<Piece>>,
    /// Name and pieces of the sound, if the rendition has the picture alone.
    sound: Option<(String, Vec<Arc<Piece>>)>,
}

impl Download {
    /// Prepares the download of a rendition; without a name, of the best one that is there from the beginning to the end.
    pub async fn of(recorded: &Recorded, rendition: Option<&str>) -> Result<Self, DownloadError> {
        let variants = recorded.whole_variants();
        let best = || {
            variants.iter().filter(|variant| variant.resolution.is_some()).max_by_key(|variant| variant.bandwidth_bps)
        };
        let any = || variants.iter().max_by_key(|variant| variant.bandwidth_bps);
        let name = match rendition {
            Some(name) => name.to_owned(),
            None => best().or_else(any).ok_or(DownloadError::NoRendition)?.rendition.clone(),
        };
        let pieces = recorded.pieces(&name).await?.ok_or(DownloadError::NoRendition)?;
        let sound = match recorded.sound_of(&name) {
            Some(sound) => recorded.pieces(&sound).await?.map(|pieces| (sound, pieces)),
            None => None,
        };
        Ok(Self { folder: recorded.folder().clone(), rendition: name, pieces, sound })
    }

    /// Name of the rendition.
    pub fn rendition(&self) -> &str {
        &self.rendition
    }

    /// Returns the keys that it takes, as ranges in ascending order. The sound has those of the picture.
    pub fn keys(&self) -> Vec<RangeInclusive<u64>> {
        let mut ranges: Vec<RangeInclusive<u64>> = Vec::new();
        for segment in self.segments().filter(|segment| segment.head.encrypted) {
            let index = segment.head.index;
            match ranges.last_mut().filter(|last| last.end() + 1 == index) {
                Some(last) => *last = *last.start()..=index,
                None => ranges.push(index..=index),
            }
        }
        ranges
    }

    fn segments(&self) -> impl Iterator<Item = &Segment> {
        segments_of(&self.pieces)
    }

    /// Returns the file, part by part. The last part is an error if the recording cannot be read to its end.
    pub fn parts(
        self,
        pieces: Arc<Pieces>,
        secret: StreamSecret,
        uris: Uris,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let segments: Vec<Segment> = self.segments().cloned().collect();
        let length_nanos = segments.iter().map(|segment| segment.duration.nanos()).sum();
        let running = Running {
            pieces,
            secret,
            uris,
            folder: self.folder,
            rendition: self.rendition,
            segments: segments.into_iter(),
            sound: self.sound.and_then(|(rendition, pieces)| Sound::new(rendition, &pieces)),
            length_nanos,
            timeline: Timeline::default(),
            inits: None,
            ready: VecDeque::new(),
        };
        futures::stream::unfold(running, |mut running| async move {
            let part = running.next().await?;
            Some((part, running))
        })
    }
}

fn segments_of(pieces: &[Arc<Piece>]) -> impl Iterator<Item = &Segment> {
    pieces.iter().flat_map(|piece| piece.segments()).filter(|segment| !segment.gap)
}

/// The sound of a rendition that has the picture alone.
struct Sound {
    rendition: String,
    /// Segments by their indices. Those of pictures that were written are left out.
    segments: BTreeMap<u64, Segment>,
    /// Number of the initialisation for the next segment.
    init: u64,
    /// Its track in the file.
    track: Option<SoundTrack>,
}

impl Sound {
    /// The sound in these pieces. `None` if there is none.
    fn new(rendition: String, pieces: &[Arc<Piece>]) -> Option<Self> {
        let init = segments_of(pieces).next()?.head.init;
        let segments = segments_of(pieces).map(|segment| (segment.head.index, segment.clone())).collect();
        Some(Self { rendition, segments, init, track: None })
    }
}

/// A download that goes on.
struct Running {
    pieces: Arc<Pieces>,
    secret: StreamSecret,
    uris: Uris,
    folder: Path,
    rendition: String,
    /// Segments that are to come.
    segments: std::vec::IntoIter<Segment>,
    sound: Option<Sound>,
    length_nanos: u128,
    timeline: Timeline,
    /// Numbers of the initialisations that were sent last: of the rendition, and of its sound.
    inits: Option<(u64, Option<u64>)>,
    /// Parts that were read: an initialisation and a segment at most.
    ready: VecDeque<Bytes>,
}

impl Running {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        if let Some(part) = self.ready.pop_front() {
            return Some(Ok(part));
        }
        let segment = self.segments.next()?;
        if let Err(error) = self.read(&segment).await {
            tracing::error!(folder = %self.folder, %error, "a download broke off");
            self.segments = Vec::new().into_iter();
            self.ready.clear();
            // The reader learns that the file is not complete.
            return Some(Err(io::Error::other("the recording cannot be read to its end")));
        }
        self.ready.pop_front().map(Ok)
    }

    async fn read(&mut self, segment: &Segment) -> Result<(), DownloadError> {
        let of_sound = self.sound.as_mut().and_then(|sound| {
            let found = sound.segments.remove(&segment.head.index)?;
            sound.init = found.head.init;
            Some(found)
        });
        let inits = (segment.head.init, self.sound.as_ref().map(|sound| sound.init));
        if self.inits != Some(inits) {
            let bytes = self.init(inits.0).await?;
            self.timeline.start_init(&bytes);
            self.ready.push_back(if self.inits.is_none() { with_length(&bytes, self.length_nanos) } else { bytes });
            self.inits = Some(inits);
        }
        let mut clear = self.clear(&self.rendition, segment).await?;
        if let (Some(Sound { rendition, track: Some(track), .. }), Some(of_sound)) = (&self.sound, of_sound) {
            let mut more = self.clear(rendition, &of_sound).await?;
            track.renumber(&mut more);
            clear.extend_from_slice(&more);
        }
        self.timeline.rebase(&mut clear, Duration::from_micros(segment.duration.micros()));
        self.ready.push_back(clear.into());
        Ok(())
    }

    /// Returns an initialisation of the rendition, joined with that of its sound.
    async fn init(&mut self, number: u64) -> Result<Bytes, DownloadError> {
        let picture = self.file(&self.uris.init(&self.rendition, number)).await?;
        let Some(sound) = &self.sound else { return Ok(picture) };
        let bytes = self.file(&self.uris.init(&sound.rendition, sound.init)).await?;
        let joined = join(&picture, &bytes).ok_or(DownloadError::NotJoined)?;
        if let Some(sound) = &mut self.sound {
            sound.track = Some(joined.sound);
        }
        Ok(joined.init.into())
    }

    /// Returns a segment without its encryption, which is removed away from the threads that serve requests.
    async fn clear(&self, rendition: &str, segment: &Segment) -> Result<Vec<u8>, DownloadError> {
        let name = self.uris.segment(rendition, segment.head.index);
        let bytes = self.file(&name).await?;
        if !segment.head.encrypted {
            return Ok(bytes.to_vec());
        }
        let key = self.secret.key(segment.head.index);
        let decrypted = tokio::task::spawn_blocking(move || key.decrypt(&bytes)).await.ok().and_then(Result::ok);
        decrypted.map(|bytes| bytes.to_vec()).ok_or(DownloadError::NotDecrypted(name))
    }

    async fn file(&self, name: &str) -> Result<Bytes, DownloadError> {
        self.pieces.file(&self.folder, name).await?.ok_or_else(|| DownloadError::Missing(name.to_owned()))
    }
}

/// Returns an initialisation that states the length of the file.
fn with_length(init: &Bytes, nanos: u128) -> Bytes {
    let Some((mut changed, place)) = with_length_place(init) else { return init.clone() };
    let filled = place.filled(nanos);
    if let Some(room) = changed.get_mut(place.offset..).and_then(|rest| rest.get_mut(..filled.len())) {
        room.copy_from_slice(&filled);
    }
    changed.into()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            pieces::{encode, path_in, piece_file, INDEX_FILE},
            test_events,
        },
        *,
    };
    use futures::StreamExt;
    use object_store::{memory::InMemory, ObjectStore, ObjectStoreExt, PutPayload};
    use vilokanam_indexer::{RecordingKind, RecordingRow};
    use vilokanam_media::{Event, Recording, Summary, UriTemplates};
    use vilokanam_mp4::{
        decode_times,
        testing::{fragment, init, traf},
    };

    const SECRET: [u8; 32] = [5; 32];

    fn uris() -> Uris {
        Uris::new(&UriTemplates::default()).unwrap()
    }

    async fn put(store: &Arc<dyn ObjectStore>, name: &str, bytes: Vec<u8>) {
        store.put(&path_in(&Path::from("r"), name), PutPayload::from(bytes)).await.unwrap();
    }

    /// Stores a rendition with segments of these indices, whose times begin at 100 s and `later_ms`. Returns its summary.
    async fn stored(store: &Arc<dyn ObjectStore>, name: &str, indices: &[u64], later_ms: u64) -> Summary {
        let id = test_events::rendition();
        let mut recording = Recording::new(name, 2);
        for index in indices {
            let event = test_events::segment(id, *index);
            recording.push(id, &event).unwrap();
            let Event::SegmentReady(ready) = event else { panic!("{event:?}") };
            put(store, &uris().init(name, ready.segment.head.init), init(&[1_000])).await;
            let media = fragment(&[traf(1, 100_000 + later_ms + index * 2_000)]);
            let bytes = StreamSecret::from_bytes(SECRET).key(*index).encrypt(&media);
            put(store, &uris().segment(name, *index), bytes.to_vec()).await;
        }
        let (number, piece) = recording.open_piece().unwrap();
        put(store, &piece_file(name, number), encode(&piece).unwrap().to_vec()).await;
        recording.summary()
    }

    /// The summary of a rendition with these codecs, which is an audio track if it has a name.
    fn described(summary: &Summary, codecs: &str, name: Option<&str>) -> Summary {
        let mut json = serde_json::to_value(summary).unwrap();
        let audio = name.map(|name| serde_json::json!({"language": null, "name": name}));
        json["about"] = serde_json::json!({"codecs": codecs, "resolution": [426, 240], "audio": audio});
        serde_json::from_value(json).unwrap()
    }

    async fn opened(store: Arc<dyn ObjectStore>, summaries: Vec<Summary>) -> (Recorded, Arc<Pieces>) {
        put(&store, INDEX_FILE, encode(&summaries).unwrap().to_vec()).await;
        let pieces = Arc::new(Pieces::new(store));
        let row = RecordingRow { folder: "r".into(), ..RecordingRow::new(RecordingKind::Broadcast, (7, 1), 0, 0) };
        (Recorded::open(pieces.clone(), &row).await.unwrap().unwrap(), pieces)
    }

    /// A recording of three segments, with a hole before the last one.
    async fn recorded() -> (Recorded, Arc<Pieces>) {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let summary = stored(&store, "240p", &[0, 1, 3], 0).await;
        opened(store, vec![summary]).await
    }

    async fn written((recorded, pieces): (Recorded, Arc<Pieces>), secret: [u8; 32]) -> Vec<io::Result<Bytes>> {
        let download = Download::of(&recorded, Some("240p")).await.unwrap();
        download.parts(pieces, StreamSecret::from_bytes(secret), uris()).collect().await
    }

    fn joined(parts: Vec<io::Result<Bytes>>) -> Vec<u8> {
        parts.into_iter().map(|part| part.unwrap().to_vec()).collect::<Vec<_>>().concat()
    }

    #[tokio::test]
    async fn picture_that_is_recorded_alone_has_its_sound_in_the_file() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let picture = stored(&store, "240p", &[0, 1, 3], 0).await;
        // Nothing of it was recorded in the second segment.
        let (first, second) = (stored(&store, "audio-1", &[0, 3], 10).await, stored(&store, "audio-2", &[0], 20).await);
        let summaries = vec![
            described(&picture, "avc1.64001f", None),
            described(&first, "mp4a.40.2", Some("English")),
            described(&second, "mp4a.40.2", Some("Deutsch")),
        ];
        let recording = opened(store, summaries).await;
        let download = Download::of(&recording.0, Some("240p")).await.unwrap();
        assert_eq!(download.keys(), [0..=1, 3..=3], "those of the picture");
        let parts = written(recording.clone(), SECRET).await;
        assert_eq!(parts.len(), 4, "an initialisation and three segments");
        let file = joined(parts);
        assert_eq!(vilokanam_mp4::boxes::tracks(&file).len(), 2);
        let times: Vec<_> = decode_times(&file).iter().map(|time| (time.track, time.units)).collect();
        assert_eq!(times, [(1, 0), (2, 10), (1, 2_000), (1, 6_000), (2, 6_010)]);
        let alone = Download::of(&recording.0, Some("audio-2")).await.unwrap();
        assert!(alone.sound.is_none() && alone.keys() == [0..=0], "a track by its name");
    }

    #[tokio::test]
    async fn renditions_with_their_own_sound_are_joined_with_none() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let picture = stored(&store, "240p", &[0], 0).await;
        let recording = opened(store, vec![described(&picture, "avc1.64001f,mp4a.40.2", None)]).await;
        let download = Download::of(&recording.0, None).await.unwrap();
        assert_eq!((download.rendition(), download.sound.is_none()), ("240p", true));
    }

    #[tokio::test]
    async fn file_begins_at_zero_and_states_its_length() {
        let parts = written(recorded().await, SECRET).await;
        assert_eq!(parts.len(), 4, "an initialisation and three segments");
        let file = joined(parts);
        let times: Vec<u64> = decode_times(&file).iter().map(|time| time.units).collect();
        assert_eq!(times, [0, 2_000, 6_000], "the hole stays");
        let mehd = file.windows(4).position(|name| name == b"mehd").unwrap();
        assert_eq!(file[mehd + 8..mehd + 16], 6_000u64.to_be_bytes());
    }

    #[tokio::test]
    async fn keys_of_what_was_recorded_are_needed() {
        let (recorded, _) = recorded().await;
        assert_eq!(Download::of(&recorded, Some("240p")).await.unwrap().keys(), [0..=1, 3..=3]);
        let refused = Download::of(&recorded, Some("720p")).await;
        assert!(matches!(refused, Err(DownloadError::NoRendition)));
    }

    #[tokio::test]
    async fn download_that_cannot_be_finished_ends_with_an_error() {
        let parts = written(recorded().await, [6; 32]).await;
        assert!(parts.last().is_some_and(Result::is_err), "{parts:?}");
    }
}
