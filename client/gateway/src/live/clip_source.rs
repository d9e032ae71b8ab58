//! What clips are cut from: some segments of the best rendition. Of a long recording, only the pieces that have them are read.

use super::{
    clip_sound::ClipSound,
    growing::{Growing, Snapshot},
    pieces::folder_of,
    RecordingError, Recordings,
};
use std::{
    ops::{Range, RangeInclusive},
    sync::Arc,
};
use tick_stream_primitives::StreamId;
use vilokanam_media::{Piece, Segment};

/// Segments around a clip.
pub struct ClipMaterial {
    /// Name of the rendition.
    pub rendition: String,
    /// Consecutive segments, gaps included.
    pub segments: Vec<Segment>,
    /// Their sound, if they have the picture alone.
    pub sound: Option<ClipSound>,
    /// Where the first of them begins: in the recording, or in time of day for a broadcast that goes on. In milliseconds.
    pub start_ms: u64,
    /// Where everything begins that there is of this rendition, and where it ends.
    pub reach_ms: (u64, u64),
}

impl Recordings {
    /// Returns the segments of a recording around a part of it. `None` if there is no such recording.
    pub async fn material(
        &self,
        stream: StreamId,
        number: u64,
        (start_ms, end_ms): (u64, u64),
    ) -> Result<Option<ClipMaterial>, RecordingError> {
        let Some(recorded) = self.recorded(stream, number).await? else { return Ok(None) };
        let Some(summary) = recorded.video() else { return Ok(None) };
        let Some(last) = summary.pieces().last() else { return Ok(None) };
        let (rendition, count) = (summary.name().to_owned(), summary.pieces().len());
        let last_piece = recorded.some_pieces(&rendition, count - 1..count).await?;
        let numbers = summary.pieces_between(start_ms, end_ms);
        let first_ms = summary.pieces().get(numbers.start).map_or(0, |piece| piece.start_ms);
        let segments = segments_of(&recorded.some_pieces(&rendition, numbers).await?);
        let sound = match (recorded.sound_of(&rendition), indices_of(&segments)) {
            (Some(rendition), Some(indices)) => {
                let segments = recorded.segments(&rendition, indices).await?;
                Some(ClipSound { rendition, segments })
            }
            _ => None,
        };
        let reach_ms = (0, last.start_ms + length_ms(&segments_of(&last_piece)));
        Ok(Some(ClipMaterial { rendition, segments, sound, start_ms: first_ms, reach_ms }))
    }

    /// Returns the same of what has been recorded of a broadcast that goes on, by the time of day. `None` if nothing has.
    pub async fn growing_material(
        &self,
        stream: StreamId,
        number: u64,
        (start_ms, end_ms): (u64, u64),
    ) -> Result<Option<ClipMaterial>, RecordingError> {
        let Some(growing) = self.growing(stream, number) else { return Ok(None) };
        let names = growing.read(|recording| {
            (recording.count() > 0 && !recording.is_audio_track()).then(|| recording.name().to_owned())
        });
        let Some(rendition) = names.into_iter().flatten().next() else { return Ok(None) };
        let Some(snapshot) = growing.snapshot(&rendition) else { return Ok(None) };
        let Some(begin_ms) = snapshot.summary.pieces().first().map(|first| first.date_ms) else { return Ok(None) };
        let numbers = snapshot.summary.pieces_between_dates(start_ms, end_ms);
        let newest = snapshot.open.last().cloned();
        let mut segments = self.growing_segments((stream, number), snapshot, numbers).await?;
        let sound = self.growing_sound((stream, number), &growing, &rendition, &segments).await?;
        sound.iter().for_each(|sound| sound.limit(&mut segments));
        let newest = newest.filter(|_| sound.is_none()).or_else(|| segments.last().cloned());
        let end_ms = newest.map_or(begin_ms, |last| last.head.date_ms + last.duration.micros() / 1_000);
        let first_ms = segments.first().map_or(begin_ms, |first| first.head.date_ms);
        Ok(Some(ClipMaterial { rendition, segments, sound, start_ms: first_ms, reach_ms: (begin_ms, end_ms) }))
    }

    /// Returns the segments of some pieces, the open one included.
    async fn growing_segments(
        &self,
        (stream, number): (StreamId, u64),
        Snapshot { summary, closed_pieces: closed, open }: Snapshot,
        numbers: Range<usize>,
    ) -> Result<Vec<Segment>, RecordingError> {
        let stored = numbers.start.min(closed)..numbers.end.min(closed);
        let mut segments = segments_of(&self.pieces().range(&folder_of(stream, number), &summary, stored).await?);
        if numbers.end > closed {
            segments.extend(open);
        }
        Ok(segments)
    }

    /// Returns the sound of segments of a broadcast that goes on, if they have the picture alone.
    async fn growing_sound(
        &self,
        place: (StreamId, u64),
        growing: &Growing,
        rendition: &str,
        segments: &[Segment],
    ) -> Result<Option<ClipSound>, RecordingError> {
        let (Some(rendition), Some(indices)) = (growing.sound_of(rendition), indices_of(segments)) else {
            return Ok(None);
        };
        let Some(snapshot) = growing.snapshot(&rendition) else { return Ok(None) };
        let numbers = snapshot.summary.pieces_of(&indices);
        let mut segments = self.growing_segments(place, snapshot, numbers).await?;
        segments.retain(|segment| !segment.gap && indices.contains(&segment.head.index));
        Ok(Some(ClipSound { rendition, segments }))
    }
}

fn segments_of(pieces: &[Arc<Piece>]) -> Vec<Segment> {
    pieces.iter().flat_map(|piece| piece.segments()).cloned().collect()
}

/// The indices from the first to the last of the segments.
fn indices_of(segments: &[Segment]) -> Option<RangeInclusive<u64>> {
    Some(segments.first()?.head.index..=segments.last()?.head.index)
}

fn length_ms(segments: &[Segment]) -> u64 {
    segments.iter().map(|segment| segment.duration.micros()).sum::<u64>() / 1_000
}
