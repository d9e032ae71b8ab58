//! A recording of one rendition: all segments of a broadcast. They stay encrypted, with the same keys as when they were
//! live.
//!
//! A recording is described in *pieces* of about ten minutes, so that a long one is opened, continued and looked up as
//! quickly as a short one. A [`Summary`] says which pieces there are. A [`Recording`] is one that grows: it holds its open
//! piece, and the caller stores a piece before it is closed.
//!
//! ```text
//!   Summary  name, codecs, bit rates; pieces:   0..300   300..600   600..640
//!                                                  |        |          |
//!   Piece    segments with lengths and costs    closed,  closed,    open: in memory,
//!                                               stored   stored     stored from time to time
//! ```

use crate::{
    event::{Event, RenditionId, Segment},
    playlist::{
        multivariant::{Description, Measured},
        Form, MediaPlaylist, Variant,
    },
    time::Span,
    uris::Uris,
};
use serde::{Deserialize, Serialize};
use std::ops::{Range, RangeInclusive};

/// Maximum number of segments of a recording: two days of two-second segments.
pub const MAX_RECORDED_SEGMENTS: usize = 86_400;
/// Number of segments at which a piece is complete: ten minutes of two-second segments.
pub const PIECE_SEGMENTS: usize = 300;

/// The recording has reached its maximum length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recording has {MAX_RECORDED_SEGMENTS} segments, which is the maximum; finish it and begin another one")]
pub struct RecordingFull;

/// Consecutive segments of a recorded rendition, gaps included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    segments: Vec<Segment>,
}

impl Piece {
    /// All segments, including gaps.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The first `count` segments.
    pub fn truncated(mut self, count: usize) -> Self {
        self.segments.truncate(count);
        self
    }

    /// The segment of an index, and the length of those before it in the piece, in microseconds.
    pub fn segment(&self, index: u64) -> Option<(&Segment, u64)> {
        let place = usize::try_from(index.checked_sub(self.segments.first()?.head.index)?).ok()?;
        let segment = self.segments.get(place).filter(|segment| segment.head.index == index)?;
        let before = self.segments[..place].iter().map(|before| before.duration.micros()).sum();
        Some((segment, before))
    }

    /// Price in ticks of the key of an index. `None` if the piece has no encrypted segment of that index.
    pub fn ticks(&self, index: u64) -> Option<u32> {
        let first = self.segments.first()?.head.index;
        let segment = self.segments.get(usize::try_from(index.checked_sub(first)?).ok()?)?;
        segment.head.encrypted.then_some(segment.ticks)
    }
}

/// Place of a piece in its recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceHead {
    /// Index of its first segment.
    pub first: u64,
    /// Number of its segments.
    pub segments: u32,
    /// Time of day at which it begins, in milliseconds since 1970.
    pub date_ms: u64,
    /// Time at which it begins when the recording is played, in milliseconds: the length of what comes before, gaps included.
    pub start_ms: u64,
}

/// What is known of a recorded rendition without its segments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    rendition: String,
    target_seconds: u64,
    about: Option<Description>,
    measured: Measured,
    pieces: Vec<PieceHead>,
}

impl Summary {
    /// Name of the rendition.
    pub fn name(&self) -> &str {
        &self.rendition
    }

    /// The pieces, in order.
    pub fn pieces(&self) -> &[PieceHead] {
        &self.pieces
    }

    /// Number of the piece that has the segment of an index. `None` if the recording does not have it.
    pub fn piece_of(&self, index: u64) -> Option<usize> {
        let after = self.pieces.partition_point(|piece| piece.first <= index);
        let place = after.checked_sub(1)?;
        let head = self.pieces.get(place)?;
        (index - head.first < u64::from(head.segments)).then_some(place)
    }

    /// Numbers of the pieces that have segments of these indices.
    pub fn pieces_of(&self, indices: &RangeInclusive<u64>) -> Range<usize> {
        let end = |piece: &PieceHead| piece.first.saturating_add(piece.segments.into());
        let first = self.pieces.partition_point(|piece| end(piece) <= *indices.start());
        first..self.pieces.partition_point(|piece| piece.first <= *indices.end()).max(first)
    }

    /// Numbers of the pieces that have something of a time while the recording is played, which begins at 0.
    pub fn pieces_between(&self, start_ms: u64, end_ms: u64) -> Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.start_ms <= start_ms).saturating_sub(1);
        first..self.pieces.partition_point(|piece| piece.start_ms < end_ms).max(first)
    }

    /// Numbers of the pieces that have something of a time of day, in milliseconds since 1970.
    pub fn pieces_between_dates(&self, start_ms: u64, end_ms: u64) -> Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.date_ms <= start_ms).saturating_sub(1);
        first..self.pieces.partition_point(|piece| piece.date_ms < end_ms).max(first)
    }

    /// Bytes of all segments, as stored.
    pub fn bytes(&self) -> u64 {
        self.measured.bytes()
    }

    /// Playing time of all segments, without gaps, in milliseconds.
    pub fn millis(&self) -> u64 {
        self.measured.millis()
    }

    /// Whether it is an audio track of its own, whose segments are as long as those of the video.
    pub fn is_audio_track(&self) -> bool {
        self.about.as_ref().is_some_and(|about| about.audio.is_some())
    }

    /// Description for a multivariant playlist. `None` before the first segment.
    pub fn variant(&self) -> Option<Variant> {
        let about = self.about.as_ref().filter(|_| !self.pieces.is_empty())?;
        Some(self.measured.variant(&self.rendition, about, 0))
    }

    /// The media playlist of these segments: all of the recording, or as `form` says.
    pub fn playlist<'a>(&self, segments: impl IntoIterator<Item = &'a Segment>, form: Form, uris: &Uris) -> String {
        MediaPlaylist {
            rendition: &self.rendition,
            uris,
            form,
            target_seconds: self.target_seconds,
            part_target: Span::from_millis(0),
            segments: segments.into_iter().collect(),
            open: None,
            next_part: None,
            reports: Vec::new(),
            is_ended: form == Form::Vod,
        }
        .write()
    }
}

/// A recorded rendition that grows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recording {
    /// Without the open piece.
    summary: Summary,
    open: Vec<Segment>,
    /// The segment recorded last, which may be in a piece that is closed.
    last: Option<Segment>,
    /// Number of segments in closed pieces.
    closed: usize,
    /// Length of the closed pieces in microseconds, gaps included.
    closed_micros: u64,
}

impl Recording {
    /// An empty recording of the rendition of that name; `target_seconds` is the target duration of the stream.
    pub fn new(rendition: &str, target_seconds: u64) -> Self {
        let (about, measured, pieces) = (None, Measured::default(), Vec::new());
        let summary = Summary { rendition: rendition.into(), target_seconds, about, measured, pieces };
        Self { summary, open: Vec::new(), last: None, closed: 0, closed_micros: 0 }
    }

    /// Records an event of the stream, if it is about this rendition, whose id is `id`.
    ///
    /// # Errors
    ///
    /// The recording has [`MAX_RECORDED_SEGMENTS`] segments.
    pub fn push(&mut self, id: RenditionId, event: &Event) -> Result<(), RecordingFull> {
        match event {
            Event::InitReady(init) if init.rendition == id => {
                self.summary.about = Some(Description::from(&*init.init).labelled(init.label.clone()));
            }
            Event::SegmentReady(ready) if ready.rendition == id => self.keep(&ready.segment)?,
            _ => {}
        }
        Ok(())
    }

    /// Records a segment of this rendition.
    ///
    /// # Errors
    ///
    /// The recording has [`MAX_RECORDED_SEGMENTS`] segments.
    pub fn keep(&mut self, segment: &Segment) -> Result<(), RecordingFull> {
        if self.count() == MAX_RECORDED_SEGMENTS {
            return Err(RecordingFull);
        }
        let missing = self.missing_before(segment);
        if self.count().saturating_add(missing.len()) >= MAX_RECORDED_SEGMENTS {
            return Err(RecordingFull);
        }
        let before = self.last.as_ref().map(|last| last.head.discontinuities);
        self.open.extend(missing);
        self.summary.measured.add(segment, self.summary.target_seconds);
        let mut segment = Segment { parts: Vec::new(), ..segment.clone() };
        // The segment at which the source changed may be among the missing ones.
        segment.head.discontinuity |= before.is_some_and(|before| before < segment.head.discontinuities);
        self.last = Some(segment.clone());
        self.open.push(segment);
        Ok(())
    }

    /// Gaps for the segments that this rendition missed: indices in a playlist are consecutive.
    fn missing_before(&self, segment: &Segment) -> Vec<Segment> {
        let Some(last) = &self.last else { return Vec::new() };
        let first_missing = last.head.index.saturating_add(1);
        let count = segment.head.index.saturating_sub(first_missing).min(MAX_RECORDED_SEGMENTS as u64);
        let end_ms = last.head.date_ms.saturating_add(last.duration.micros() / 1000);
        let each_ms = segment.head.date_ms.saturating_sub(end_ms).checked_div(count).unwrap_or(0);
        let each_ms = each_ms.min(self.summary.target_seconds * 1000);
        let gap = |place: u64| {
            let mut gap = Segment { gap: true, parts: Vec::new(), ticks: 0, bytes: 0, samples: 0, ..last.clone() };
            gap.duration = Span::from_millis(each_ms);
            gap.head.index = first_missing + place;
            gap.head.date_ms = end_ms + each_ms * place;
            gap.head.discontinuity = false;
            gap.head.encrypted = false;
            gap
        };
        (0..count).map(gap).collect()
    }

    /// Name of the rendition.
    pub fn name(&self) -> &str {
        self.summary.name()
    }

    /// Whether it is an audio track of its own.
    pub fn is_audio_track(&self) -> bool {
        self.summary.is_audio_track()
    }

    /// Number of segments, including gaps.
    pub fn count(&self) -> usize {
        self.closed + self.open.len()
    }

    /// Bytes of all segments, as stored.
    pub fn bytes(&self) -> u64 {
        self.summary.bytes()
    }

    /// Time of day at which the last segment ends, in milliseconds since 1970. `None` before the first segment.
    pub fn end_ms(&self) -> Option<u64> {
        self.last.as_ref().map(|last| last.head.date_ms.saturating_add(last.duration.micros() / 1_000))
    }

    /// Number of closed pieces.
    pub fn closed_pieces(&self) -> usize {
        self.summary.pieces.len()
    }

    /// Segments of the open piece.
    pub fn open(&self) -> &[Segment] {
        &self.open
    }

    /// Number and contents of the open piece. `None` if it has no segment.
    pub fn open_piece(&self) -> Option<(usize, Piece)> {
        let piece = Piece { segments: self.open.clone() };
        (!self.open.is_empty()).then_some((self.summary.pieces.len(), piece))
    }

    /// Whether the open piece is complete, and should be stored and closed.
    pub fn is_piece_full(&self) -> bool {
        self.open.len() >= PIECE_SEGMENTS
    }

    /// Closes the open piece, which the caller has stored: its segments are no longer in memory.
    pub fn close_piece(&mut self) {
        self.summary.pieces.extend(head(&self.open, self.closed_micros));
        self.closed += self.open.len();
        self.closed_micros += self.open.iter().map(|segment| segment.duration.micros()).sum::<u64>();
        self.open.clear();
    }

    /// The summary, with the open piece.
    pub fn summary(&self) -> Summary {
        let mut summary = self.summary.clone();
        summary.pieces.extend(head(&self.open, self.closed_micros));
        summary
    }
}

fn head(segments: &[Segment], before_micros: u64) -> Option<PieceHead> {
    let first = &segments.first()?.head;
    let count = u32::try_from(segments.len()).unwrap_or(u32::MAX);
    Some(PieceHead { first: first.index, segments: count, date_ms: first.date_ms, start_ms: before_micros / 1_000 })
}

/// A description in one piece, as gateways before version 2 stored it.
#[derive(Deserialize)]
pub struct WholeRecording {
    rendition: String,
    target_seconds: u64,
    segments: Vec<Segment>,
    about: Option<Description>,
    measured: Measured,
}

impl WholeRecording {
    /// The same in the present form: a summary with one piece. `None` if nothing was recorded.
    pub fn into_parts(self) -> Option<(Summary, Piece)> {
        let Self { rendition, target_seconds, segments, about, measured } = self;
        let pieces = vec![head(&segments, 0)?];
        Some((Summary { rendition, target_seconds, about, measured, pieces }, Piece { segments }))
    }
}

#[cfg(test)]
mod tests;
