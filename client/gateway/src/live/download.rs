//! A recording as one MP4 file: decrypted, from time 0 on, written while it is read.
//!
//! The file is fragmented MP4, whose beginning states its length, so that it can be sent before all of it is known. Where the
//! source of the broadcast changed its format, another initialisation follows in the middle, as in a broadcast itself.

use super::{
    pieces::{DescriptionError, Pieces},
    recorded::Recorded,
};
use bytes::Bytes;
use futures::Stream;
use object_store::path::Path;
use std::{collections::VecDeque, io, ops::RangeInclusive, sync::Arc, time::Duration};
use vilokanam_media::{Piece, Segment, StreamSecret, Uris};
use vilokanam_mp4::{with_length_place, Timeline};

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
    /// A file cannot be read.
    #[error(transparent)]
    Description(#[from] DescriptionError),
}

/// What is to be downloaded.
pub struct Download {
    folder: Path,
    rendition: String,
    pieces: Vec<Arc<Piece>>,
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
        Ok(Self { folder: recorded.folder().clone(), rendition: name, pieces })
    }

    /// Name of the rendition.
    pub fn rendition(&self) -> &str {
        &self.rendition
    }

    /// Returns the keys that it takes, as ranges in ascending order.
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
        self.pieces.iter().flat_map(|piece| piece.segments()).filter(|segment| !segment.gap)
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
            length_nanos,
            timeline: Timeline::default(),
            init: None,
            ready: VecDeque::new(),
        };
        futures::stream::unfold(running, |mut running| async move {
            let part = running.next().await?;
            Some((part, running))
        })
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
    length_nanos: u128,
    timeline: Timeline,
    /// Number of the initialisation that was sent last.
    init: Option<u64>,
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
        if self.init != Some(segment.head.init) {
            let bytes = self.file(&self.uris.init(&self.rendition, segment.head.init)).await?;
            self.timeline.start_init(&bytes);
            self.ready.push_back(if self.init.is_none() { with_length(&bytes, self.length_nanos) } else { bytes });
            self.init = Some(segment.head.init);
        }
        let mut clear = self.clear(segment).await?;
        self.timeline.rebase(&mut clear, Duration::from_micros(segment.duration.micros()));
        self.ready.push_back(clear.into());
        Ok(())
    }

    /// Returns a segment without its encryption, which is removed away from the threads that serve requests.
    async fn clear(&self, segment: &Segment) -> Result<Vec<u8>, DownloadError> {
        let name = self.uris.segment(&self.rendition, segment.head.index);
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
    use vilokanam_media::{Event, Recording, UriTemplates};
    use vilokanam_mp4::{
        decode_times,
        testing::{fragment, init, traf},
    };

    const SECRET: [u8; 32] = [5; 32];

    /// A recording of three segments whose times begin at 100 s, with a hole before the last one.
    async fn recorded() -> (Recorded, Arc<Pieces>) {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let (folder, uris) = (Path::from("r"), Uris::new(&UriTemplates::default()).unwrap());
        let put = |name: String, bytes: Vec<u8>| {
            let (store, path) = (store.clone(), path_in(&folder, &name));
            async move { store.put(&path, PutPayload::from(bytes)).await.unwrap() }
        };
        let id = test_events::rendition();
        let mut recording = Recording::new("240p", 2);
        for index in [0, 1, 3] {
            let event = test_events::segment(id, index);
            recording.push(id, &event).unwrap();
            let Event::SegmentReady(ready) = event else { panic!("{event:?}") };
            put(uris.init("240p", ready.segment.head.init), init(&[1_000])).await;
            let media = fragment(&[traf(1, 100_000 + index * 2_000)]);
            let bytes = StreamSecret::from_bytes(SECRET).key(index).encrypt(&media);
            put(uris.segment("240p", index), bytes.to_vec()).await;
        }
        let (number, piece) = recording.open_piece().unwrap();
        put(piece_file("240p", number), encode(&piece).unwrap().to_vec()).await;
        put(INDEX_FILE.into(), encode(&vec![recording.summary()]).unwrap().to_vec()).await;
        let pieces = Arc::new(Pieces::new(store));
        let row = RecordingRow { folder: "r".into(), ..RecordingRow::new(RecordingKind::Broadcast, (7, 1), 0, 0) };
        (Recorded::open(pieces.clone(), &row).await.unwrap().unwrap(), pieces)
    }

    async fn written(secret: [u8; 32]) -> Vec<io::Result<Bytes>> {
        let (recorded, pieces) = recorded().await;
        let download = Download::of(&recorded, Some("240p")).await.unwrap();
        let uris = Uris::new(&UriTemplates::default()).unwrap();
        download.parts(pieces, StreamSecret::from_bytes(secret), uris).collect().await
    }

    #[tokio::test]
    async fn file_begins_at_zero_and_states_its_length() {
        let parts = written(SECRET).await;
        assert_eq!(parts.len(), 4, "an initialisation and three segments");
        let file = parts.into_iter().map(|part| part.unwrap().to_vec()).collect::<Vec<_>>().concat();
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
        let parts = written([6; 32]).await;
        assert!(parts.last().is_some_and(Result::is_err), "{parts:?}");
    }
}
