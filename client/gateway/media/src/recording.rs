//! A recording of one rendition: all segments of a broadcast. They stay encrypted, with the same keys as when they were
//! live.

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

/// Maximum number of segments of a recording: two days of two-second segments.
pub const MAX_RECORDED_SEGMENTS: usize = 86_400;

/// The recording has reached its maximum length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recording has {MAX_RECORDED_SEGMENTS} segments, which is the maximum; finish it and begin another one")]
pub struct RecordingFull;

/// The segments recorded of one rendition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recording {
    rendition: String,
    target_seconds: u64,
    segments: Vec<Segment>,
    about: Option<Description>,
    measured: Measured,
    is_finished: bool,
}

impl Recording {
    /// An empty recording of the rendition of that name; `target_seconds` is the target duration of the stream.
    pub fn new(rendition: &str, target_seconds: u64) -> Self {
        let (segments, measured) = (Vec::new(), Measured::default());
        Self { rendition: rendition.into(), target_seconds, segments, about: None, measured, is_finished: false }
    }

    /// Records an event of the stream, if it is about this rendition, whose id is `id`.
    ///
    /// # Errors
    ///
    /// The recording has [`MAX_RECORDED_SEGMENTS`] segments.
    pub fn push(&mut self, id: RenditionId, event: &Event) -> Result<(), RecordingFull> {
        match event {
            Event::InitReady(init) if init.rendition == id => self.about = Some(Description::from(&*init.init)),
            Event::SegmentReady(ready) if ready.rendition == id => self.add(&ready.segment)?,
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, segment: &Segment) -> Result<(), RecordingFull> {
        if self.segments.len() == MAX_RECORDED_SEGMENTS {
            return Err(RecordingFull);
        }
        let missing = self.missing_before(segment);
        if self.segments.len().saturating_add(missing.len()) >= MAX_RECORDED_SEGMENTS {
            return Err(RecordingFull);
        }
        let before = self.segments.last().map(|last| last.head.discontinuities);
        self.segments.extend(missing);
        self.measured.add(segment, self.target_seconds);
        let mut segment = Segment { parts: Vec::new(), ..segment.clone() };
        // The segment at which the source changed may be among the missing ones.
        segment.head.discontinuity |= before.is_some_and(|before| before < segment.head.discontinuities);
        self.segments.push(segment);
        Ok(())
    }

    /// Gaps for the segments that this rendition missed: indices in a playlist are consecutive.
    fn missing_before(&self, segment: &Segment) -> Vec<Segment> {
        let Some(last) = self.segments.last() else { return Vec::new() };
        let first_missing = last.head.index.saturating_add(1);
        let count = segment.head.index.saturating_sub(first_missing).min(MAX_RECORDED_SEGMENTS as u64);
        let end_ms = last.head.date_ms.saturating_add(last.duration.micros() / 1000);
        let each_ms = segment.head.date_ms.saturating_sub(end_ms).checked_div(count).unwrap_or(0);
        let each_ms = each_ms.min(self.target_seconds * 1000);
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

    /// Ends the recording: no more segments will come.
    pub fn finish(&mut self) {
        self.is_finished = true;
    }

    /// Name of the rendition.
    pub fn name(&self) -> &str {
        &self.rendition
    }

    /// All segments, including gaps.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Price in ticks of the key of an index. `None` if this recording has no encrypted segment of that index.
    pub fn ticks(&self, index: u64) -> Option<u32> {
        let first = self.segments.first()?.head.index;
        let segment = self.segments.get(usize::try_from(index.checked_sub(first)?).ok()?)?;
        segment.head.encrypted.then_some(segment.ticks)
    }

    /// Description for a multivariant playlist. `None` before the first segment.
    pub fn variant(&self) -> Option<Variant> {
        let about = self.about.as_ref().filter(|_| !self.segments.is_empty())?;
        Some(self.measured.variant(&self.rendition, about, 0))
    }

    /// The media playlist: of type `EVENT` while the recording grows, and of type `VOD` afterwards.
    pub fn playlist(&self, uris: &Uris) -> String {
        MediaPlaylist {
            rendition: &self.rendition,
            uris,
            form: if self.is_finished { Form::Vod } else { Form::Event },
            target_seconds: self.target_seconds,
            part_target: Span::from_millis(0),
            segments: self.segments.iter().collect(),
            open: None,
            next_part: None,
            reports: Vec::new(),
            is_ended: self.is_finished,
        }
        .write()
    }
}

#[cfg(test)]
mod tests;
