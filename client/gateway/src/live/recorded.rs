//! A finished recording, opened: its summaries in memory, its pieces read when they are needed.

use super::pieces::{DescriptionError, Pieces, WHOLE_FILE};
use object_store::path::Path;
use std::{
    collections::BTreeMap,
    ops::{Range, RangeInclusive},
    sync::Arc,
};
use vilokanam_indexer::{RecordingRow, Visibility};
use vilokanam_media::{
    playlist::{main_sound, multivariant, Form},
    recording::WholeRecording,
    Piece, Segment, SegmentHead, Summary, Uris, Variant,
};

/// Length of a rendition in percent of that of the recording, from which it counts as whole.
const WHOLE_PERCENT: u64 = 95;

/// A recording, with all its renditions.
#[derive(Clone)]
pub struct Recorded {
    pieces: Arc<Pieces>,
    folder: Path,
    renditions: Arc<Vec<Rendition>>,
    /// Whether its keys cost nothing.
    pub is_free: bool,
    /// Whether its creator alone may watch it.
    pub is_private: bool,
    /// The row as it was read last, for who may watch it.
    row: Arc<RecordingRow>,
}

struct Rendition {
    summary: Summary,
    /// The only piece of a description in one file.
    whole: Option<Arc<Piece>>,
}

impl Recorded {
    /// Opens the recording of a row. `None` if it has no description.
    pub async fn open(pieces: Arc<Pieces>, row: &RecordingRow) -> Result<Option<Self>, DescriptionError> {
        let folder = Path::from(row.folder.as_str());
        let renditions = match pieces.summaries(&folder).await? {
            Some(summaries) => summaries.into_iter().map(|summary| Rendition { summary, whole: None }).collect(),
            None => match pieces.file(&folder, WHOLE_FILE).await? {
                Some(json) => whole(&folder, &json)?,
                None => return Ok(None),
            },
        };
        let (renditions, row) = (Arc::new(renditions), row.clone());
        let (is_free, is_private) = (row.is_free, row.visibility == Visibility::Private);
        Ok(Some(Self { pieces, folder, renditions, is_free, is_private, row: Arc::new(row) }))
    }

    /// The same recording under the rules of its row, which may have changed.
    pub fn with_rules(self, row: &RecordingRow) -> Self {
        let is_private = row.visibility == Visibility::Private;
        Self { is_free: row.is_free, is_private, row: Arc::new(row.clone()), ..self }
    }

    /// Whether viewers get it who name it with this token, as [`RecordingRow::is_shown_with`] says.
    pub fn is_shown_with(&self, token: Option<&str>) -> bool {
        self.row.is_shown_with(token)
    }

    /// Returns the folder in the object store.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the multivariant playlist.
    pub fn multivariant(&self, uris: &Uris) -> String {
        multivariant(&self.variants(), uris)
    }

    /// Returns whether the recording has this rendition.
    pub fn has_rendition(&self, name: &str) -> bool {
        self.rendition(name).is_some()
    }

    /// Returns the variants, in the order of the broadcast's ladder.
    pub fn variants(&self) -> Vec<Variant> {
        self.renditions.iter().filter_map(|rendition| rendition.summary.variant()).collect()
    }

    /// Returns the pieces of a rendition in their order, or `None` if the recording does not have it.
    pub async fn pieces(&self, rendition: &str) -> Result<Option<Vec<Arc<Piece>>>, DescriptionError> {
        let Some(rendition) = self.rendition(rendition) else { return Ok(None) };
        if let Some(whole) = &rendition.whole {
            return Ok(Some(vec![whole.clone()]));
        }
        let summary = &rendition.summary;
        self.pieces.range(&self.folder, summary, 0..summary.pieces().len()).await.map(Some)
    }

    /// Returns the variants that are about as long as the recording: the source had them almost all of the time.
    pub fn whole_variants(&self) -> Vec<Variant> {
        let longest = self.renditions.iter().map(|rendition| rendition.summary.millis()).max().unwrap_or(0);
        let is_whole = |rendition: &&Rendition| rendition.summary.millis() >= longest / 100 * WHOLE_PERCENT;
        self.renditions.iter().filter(is_whole).filter_map(|rendition| rendition.summary.variant()).collect()
    }

    /// Returns the playlist of a rendition, or `None` if the recording does not have it. Where the source had other renditions
    /// only, a rendition with video has gaps, so that players go on with another one, and all are equally long.
    pub async fn playlist(&self, rendition: &str, uris: &Uris) -> Result<Option<String>, DescriptionError> {
        let (Some(found), Some(pieces)) = (self.rendition(rendition), self.pieces(rendition).await?) else {
            return Ok(None);
        };
        let own: Vec<&Segment> = pieces.iter().flat_map(|piece| piece.segments()).collect();
        let (before, after) = match (own.first(), own.last()) {
            (Some(first), Some(last)) if !found.summary.is_audio_track() => {
                let before = self.gaps(0..first.head.index, first.head.init).await?;
                (adjacent_before(before, first.head.index), self.gaps_after(&last.head).await?)
            }
            _ => (Vec::new(), Vec::new()),
        };
        let segments = before.iter().chain(own).chain(&after);
        Ok(Some(found.summary.playlist(segments, Form::Vod, uris)))
    }

    /// Returns the playlist of a rendition with its own segments alone, as a player has it that has watched the broadcast.
    pub async fn last_playlist(&self, rendition: &str, uris: &Uris) -> Result<Option<String>, DescriptionError> {
        let (Some(found), Some(pieces)) = (self.rendition(rendition), self.pieces(rendition).await?) else {
            return Ok(None);
        };
        let segments = pieces.iter().flat_map(|piece| piece.segments());
        Ok(Some(found.summary.playlist(segments, Form::Vod, uris)))
    }

    async fn gaps_after(&self, last: &SegmentHead) -> Result<Vec<Segment>, DescriptionError> {
        let first = last.index.saturating_add(1);
        let found = self.gaps(first..u64::MAX, last.init).await?;
        Ok((first..).zip(found).take_while(|(index, gap)| gap.head.index == *index).map(|(_, gap)| gap).collect())
    }

    /// Returns gaps in place of the segments of these indices that any rendition with video has.
    async fn gaps(&self, wanted: Range<u64>, init: u64) -> Result<Vec<Segment>, DescriptionError> {
        let mut found: BTreeMap<u64, Segment> = BTreeMap::new();
        for rendition in self.renditions.iter().filter(|rendition| !rendition.summary.is_audio_track()) {
            for (number, head) in rendition.summary.pieces().iter().enumerate() {
                let end = head.first.saturating_add(head.segments.into()).min(wanted.end);
                if (head.first.max(wanted.start)..end).all(|index| found.contains_key(&index)) {
                    continue;
                }
                for piece in self.range(rendition, number..number + 1).await? {
                    let segments = piece.segments().iter().filter(|segment| wanted.contains(&segment.head.index));
                    segments.for_each(|segment| {
                        found.entry(segment.head.index).or_insert_with(|| as_gap(segment, init));
                    });
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// Returns a segment of a rendition, and where it begins when the recording is played, in milliseconds. `None` if the rendition
    /// does not have it.
    pub async fn segment(&self, rendition: &str, index: u64) -> Result<Option<(Segment, u64)>, DescriptionError> {
        let Some(found) = self.rendition(rendition) else { return Ok(None) };
        let Some(number) = found.summary.piece_of(index) else { return Ok(None) };
        let start_ms = found.summary.pieces().get(number).map_or(0, |piece| piece.start_ms);
        let pieces = self.range(found, number..number + 1).await?;
        let segment = pieces.first().and_then(|piece| piece.segment(index));
        Ok(segment.map(|(segment, before_micros)| (segment.clone(), start_ms + before_micros / 1_000)))
    }

    /// Returns the summary of the best rendition with video, which is the first.
    pub fn video(&self) -> Option<&Summary> {
        let mut summaries = self.renditions.iter().map(|rendition| &rendition.summary);
        summaries.find(|summary| !summary.pieces().is_empty() && !summary.is_audio_track())
    }

    /// Returns the name of the audio track with the sound of a rendition that has the picture alone.
    pub fn sound_of(&self, rendition: &str) -> Option<String> {
        let picture = self.rendition(rendition)?.summary.variant()?;
        main_sound(&picture, &self.variants()).map(|sound| sound.rendition.clone())
    }

    /// Returns the segments of a rendition with these indices, as far as it has them.
    pub async fn segments(
        &self,
        rendition: &str,
        indices: RangeInclusive<u64>,
    ) -> Result<Vec<Segment>, DescriptionError> {
        let Some(found) = self.rendition(rendition) else { return Ok(Vec::new()) };
        let pieces = self.range(found, found.summary.pieces_of(&indices)).await?;
        let segments = pieces.iter().flat_map(|piece| piece.segments());
        Ok(segments.filter(|segment| !segment.gap && indices.contains(&segment.head.index)).cloned().collect())
    }

    /// Returns some pieces of a rendition in their order, or none if the recording does not have it.
    pub async fn some_pieces(
        &self,
        rendition: &str,
        numbers: Range<usize>,
    ) -> Result<Vec<Arc<Piece>>, DescriptionError> {
        match self.rendition(rendition) {
            Some(found) => self.range(found, numbers).await,
            None => Ok(Vec::new()),
        }
    }

    async fn range(&self, found: &Rendition, numbers: Range<usize>) -> Result<Vec<Arc<Piece>>, DescriptionError> {
        match &found.whole {
            Some(whole) => Ok(vec![whole.clone()]),
            None => self.pieces.range(&self.folder, &found.summary, numbers).await,
        }
    }

    /// Returns the ticks that a key costs, or `None` if no rendition has it.
    pub async fn ticks(&self, index: u64) -> Result<Option<u32>, DescriptionError> {
        for Rendition { summary, whole } in self.renditions.iter() {
            let Some(number) = summary.piece_of(index) else { continue };
            let piece = match whole {
                Some(whole) => whole.clone(),
                None => self.pieces.piece(&self.folder, summary, number).await?,
            };
            if let Some(ticks) = piece.ticks(index) {
                return Ok(Some(ticks));
            }
        }
        Ok(None)
    }

    fn rendition(&self, name: &str) -> Option<&Rendition> {
        self.renditions.iter().find(|rendition| rendition.summary.name() == name)
    }
}

/// The same time without media.
fn as_gap(segment: &Segment, init: u64) -> Segment {
    let head = SegmentHead { init, encrypted: false, ..segment.head };
    let duration = segment.duration;
    Segment { head, duration, ticks: 0, bytes: 0, samples: 0, parts: Vec::new(), gap: true }
}

/// The last of these gaps that lead up to an index without leaving one out: indices in a playlist are consecutive.
fn adjacent_before(gaps: Vec<Segment>, end: u64) -> Vec<Segment> {
    let places = (0..end).rev().zip(gaps.iter().rev());
    let count = places.take_while(|(index, gap)| gap.head.index == *index).count();
    gaps.into_iter().rev().take(count).rev().collect()
}

/// Reads a description in one file.
fn whole(folder: &Path, json: &[u8]) -> Result<Vec<Rendition>, DescriptionError> {
    let path = super::pieces::path_in(folder, WHOLE_FILE);
    let damaged = |error: serde_json::Error| DescriptionError::Damaged { path, error: error.into() };
    let renditions: Vec<WholeRecording> = serde_json::from_slice(json).map_err(damaged)?;
    let parts = renditions.into_iter().filter_map(WholeRecording::into_parts);
    Ok(parts.map(|(summary, piece)| Rendition { summary, whole: Some(Arc::new(piece)) }).collect())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            pieces::{encode, piece_file, INDEX_FILE},
            test_events,
        },
        *,
    };
    use object_store::{memory::InMemory, ObjectStore, ObjectStoreExt, PutPayload};
    use vilokanam_indexer::RecordingKind;

    async fn open(json: &'static str) -> Result<Option<Recorded>, DescriptionError> {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let row = RecordingRow { folder: "r".into(), ..RecordingRow::new(RecordingKind::Broadcast, (7, 1), 0, 0) };
        store.put(&Path::from("r/recording.json"), PutPayload::from_static(json.as_bytes())).await.unwrap();
        Recorded::open(Arc::new(Pieces::new(store)), &row).await
    }

    #[tokio::test]
    async fn damaged_description_is_refused() {
        for json in ["", "{}", "[1]"] {
            assert!(matches!(open(json).await, Err(DescriptionError::Damaged { .. })), "{json}");
        }
        let empty = open("[]").await.unwrap().unwrap();
        assert_eq!(empty.ticks(0).await.unwrap(), None);
    }

    /// A recording in which each rendition has the segments of these indices.
    async fn recorded(renditions: &[(&str, Range<u64>)]) -> Recorded {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let pieces = Pieces::new(store);
        let folder = Path::from("r");
        let mut summaries = Vec::new();
        for (name, indices) in renditions {
            let mut recording = vilokanam_media::Recording::new(name, 2);
            for index in indices.clone() {
                let vilokanam_media::Event::SegmentReady(ready) = test_events::segment(test_events::rendition(), index)
                else {
                    panic!("no segment");
                };
                recording.keep(&ready.segment).unwrap();
            }
            let (number, piece) = recording.open_piece().unwrap();
            pieces.put(&folder, &piece_file(name, number), encode(&piece).unwrap()).await.unwrap();
            summaries.push(recording.summary());
        }
        pieces.put(&folder, INDEX_FILE, encode(&summaries).unwrap()).await.unwrap();
        let row = RecordingRow { folder: "r".into(), ..RecordingRow::new(RecordingKind::Broadcast, (7, 1), 0, 0) };
        Recorded::open(Arc::new(pieces), &row).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn renditions_that_the_source_had_at_times_have_gaps_at_others() {
        let uris = Uris::new(&vilokanam_media::UriTemplates::default()).unwrap();
        let recorded = recorded(&[("1080p", 10..13), ("720p", 13..19)]).await;
        for (name, gaps, own) in [("1080p", 6, 10..13), ("720p", 3, 13..19)] {
            let text = recorded.playlist(name, &uris).await.unwrap().unwrap();
            assert!(text.contains("#EXT-X-MEDIA-SEQUENCE:10\n"), "{text}");
            assert_eq!((text.matches("#EXTINF").count(), text.matches("#EXT-X-GAP").count()), (9, gaps), "{text}");
            assert!(own.clone().all(|index| text.contains(&format!("keys/{index}\""))), "{text}");
            assert_eq!(text.matches("METHOD=AES-128").count(), own.count(), "a gap has no key");
            let last = recorded.last_playlist(name, &uris).await.unwrap().unwrap();
            assert!(!last.contains("#EXT-X-GAP"));
        }
    }

    #[tokio::test]
    async fn gaps_leave_no_index_out() {
        let uris = Uris::new(&vilokanam_media::UriTemplates::default()).unwrap();
        let recorded = recorded(&[("1080p", 10..13), ("720p", 16..19), ("480p", 11..12)]).await;
        let count = |text: String| (text.matches("#EXTINF").count(), text.matches("#EXT-X-GAP").count());
        let text = recorded.playlist("720p", &uris).await.unwrap().unwrap();
        assert_eq!(count(text), (3, 0), "no rendition has the indices 13 to 15");
        let text = recorded.playlist("480p", &uris).await.unwrap().unwrap();
        assert_eq!(count(text), (3, 2), "up to 12");
    }

    #[tokio::test]
    async fn description_in_one_file_is_read() {
        let segment = |index: u64| {
            serde_json::json!({
                "head": {"index": index, "init": 9, "date_ms": 0, "discontinuity": false, "discontinuities": 0, "encrypted": true},
                "duration": {"units": 2_000, "timescale": 1_000}, "ticks": 2, "bytes": 10, "samples": 60, "parts": [],
                "gap": false
            })
        };
        let rendition = serde_json::json!([{
            "rendition": "720p", "target_seconds": 2, "segments": [segment(5), segment(6)],
            "about": {"codecs": "avc1.64001f", "resolution": [1280, 720]},
            "measured": {"peak_bps": 1, "bytes": 20, "nanos": 4_000_000_000u64, "samples": 120},
            "is_finished": false
        }]);
        let recorded = open(rendition.to_string().leak()).await.unwrap().unwrap();
        assert_eq!((recorded.ticks(4).await.unwrap(), recorded.ticks(6).await.unwrap()), (None, Some(2)));
        let uris = Uris::new(&vilokanam_media::UriTemplates::default()).unwrap();
        let playlist = recorded.playlist("720p", &uris).await.unwrap().unwrap();
        assert!(playlist.contains("v/720p/6.m4s") && playlist.ends_with("#EXT-X-ENDLIST\n"), "{playlist}");
        assert!(recorded.playlist("360p", &uris).await.unwrap().is_none());
    }
}
