//! Gathers the fragments of one rendition into parts and segments, and encrypts them.

use crate::{
    cmaf::{Fragment, Timing},
    event::{DropReason, Event, Part, PartReady, RenditionId, Segment, SegmentHead, SegmentReady},
    keys::{SegmentKey, StreamSecret},
    time::Span,
    timeline::{Cut, Timeline},
};
use bytes::{Bytes, BytesMut};

/// Maximum size of a segment: two seconds at 250 Mbit/s.
pub const MAX_SEGMENT_BYTES: usize = 64 << 20;

/// Minimum duration of a part that is not the last of its segment, in percent of the part target.
const MIN_PART_PERCENT: u128 = 85;

/// Durations as stated in playlists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    /// `EXT-X-TARGETDURATION`: the duration of every segment, rounded to seconds, is at most this.
    pub target_seconds: u64,
    pub segment_target: Span,
    /// `PART-TARGET`: the duration of every part is at most this, unless a single fragment is longer.
    pub part_target: Span,
}

/// State that all renditions of a stream share.
pub(crate) struct Shared<'a> {
    pub timeline: &'a mut Timeline,
    pub secret: &'a StreamSecret,
    pub events: &'a mut Vec<Event>,
    pub now_ms: u64,
}

/// Cuts one rendition into parts and segments.
#[derive(Debug)]
pub(crate) struct Segmenter {
    rendition: RenditionId,
    lengths: Lengths,
    /// Whether viewers buy keys for this rendition.
    is_paid: bool,
    /// Whether segments begin only where another rendition has begun one.
    is_follower: bool,
    init: u64,
    has_video: bool,
    open: Option<Open>,
    last_index: Option<u64>,
}

impl Segmenter {
    pub fn new(rendition: RenditionId, lengths: Lengths, is_paid: bool, is_follower: bool) -> Self {
        Self { rendition, lengths, is_paid, is_follower, init: 0, has_video: true, open: None, last_index: None }
    }

    /// Sets the initialisation that the following fragments need.
    pub fn set_init(&mut self, number: u64, has_video: bool) {
        self.init = number;
        self.has_video = has_video;
    }

    pub fn push(&mut self, fragment: &Fragment, shared: &mut Shared<'_>) {
        let Some(timing) = fragment.timing else {
            // Sound after the last video frame goes into the part that is being filled, if it still fits.
            if let Some(open) = self.open.as_mut().filter(|open| open.has_room(&fragment.bytes)) {
                open.plaintext.extend_from_slice(&fragment.bytes);
            }
            return;
        };
        if timing.duration.rounded_seconds() > self.lengths.target_seconds {
            self.finish(shared);
            return self.report_drop(timing.duration, DropReason::TooLong, shared);
        }
        if let Some(cut) = self.cut(&timing, shared) {
            self.finish(shared);
            self.begin(cut, timing.duration, shared);
        }
        self.append(fragment, &timing, shared);
        if !self.is_follower {
            shared.timeline.reach(timing.end_nanos());
        }
    }

    /// Completes the open part and the open segment.
    pub fn finish(&mut self, shared: &mut Shared<'_>) {
        let Some(mut open) = self.open.take() else { return };
        shared.events.extend(open.close_part(self.rendition));
        shared.events.extend(open.close(self.rendition, shared.timeline));
    }

    /// The cut at which a new segment begins with this fragment, if one does.
    fn cut(&self, timing: &Timing, shared: &mut Shared<'_>) -> Option<Cut> {
        if !timing.independent {
            return None;
        }
        if self.is_follower {
            let cut = shared.timeline.cut_before(timing.presentation_nanos)?;
            return self.last_index.is_none_or(|last| cut.index > last).then_some(cut);
        }
        // The fragment has just ended, so it began its own duration ago.
        let began_ms = shared.now_ms.saturating_sub(timing.duration.micros() / 1000);
        let cut = shared.timeline.cut_at(timing.presentation_nanos, began_ms, self.has_video)?;
        self.last_index.is_none_or(|last| cut.index > last).then_some(cut)
    }

    /// Opens the segment at `cut`. Only the timescale of `like` is used.
    fn begin(&mut self, cut: Cut, like: Span, shared: &Shared<'_>) {
        let encrypted = self.is_paid && !cut.free;
        let head = SegmentHead {
            index: cut.index,
            init: self.init,
            date_ms: cut.date_ms,
            media_ms: cut.media_ms(),
            discontinuity: cut.discontinuity,
            discontinuities: cut.discontinuities,
            encrypted,
        };
        let key = encrypted.then(|| shared.secret.key(cut.index));
        self.last_index = Some(cut.index);
        self.open = Some(Open::new(head, key, Span { units: 0, ..like }));
    }

    fn append(&mut self, fragment: &Fragment, timing: &Timing, shared: &mut Shared<'_>) {
        let Some(open) = &mut self.open else {
            return self.report_drop(timing.duration, DropReason::NoSegment, shared);
        };
        let units = timing.duration.units;
        let too_long = open.duration.plus(units).rounded_seconds() > self.lengths.target_seconds;
        if too_long || !open.has_room(&fragment.bytes) {
            self.finish(shared);
            let reason = if too_long { DropReason::TooLong } else { DropReason::TooLarge };
            return self.report_drop(timing.duration, reason, shared);
        }
        if open.part_duration.plus(units).nanos() > self.lengths.part_target.nanos() {
            shared.events.extend(open.close_part(self.rendition));
        }
        let target = self.lengths.segment_target.nanos();
        let was_full = open.duration.nanos() >= target;
        open.append(fragment, timing);
        // A short last part must not wait for the next segment: it would be late by a part. Sound that follows a cut of the video
        // may go on for a moment, and its next fragment comes soon.
        let becomes_full = !self.is_follower && !was_full && open.duration.nanos() >= target;
        if becomes_full || open.part_duration.nanos() * 100 >= self.lengths.part_target.nanos() * MIN_PART_PERCENT {
            shared.events.extend(open.close_part(self.rendition));
        }
    }

    fn report_drop(&self, duration: Span, reason: DropReason, shared: &mut Shared<'_>) {
        shared.events.push(Event::Dropped { rendition: self.rendition, duration, reason });
    }
}

/// A segment that is still growing.
#[derive(Debug)]
struct Open {
    head: SegmentHead,
    key: Option<SegmentKey>,
    plaintext: BytesMut,
    duration: Span,
    samples: u32,
    parts: Vec<Part>,
    /// Offset in `plaintext` at which the growing part begins.
    part_start: usize,
    part_duration: Span,
    is_part_independent: bool,
}

impl Open {
    fn new(head: SegmentHead, key: Option<SegmentKey>, empty: Span) -> Self {
        Self {
            head,
            key,
            plaintext: BytesMut::new(),
            duration: empty,
            samples: 0,
            parts: Vec::new(),
            part_start: 0,
            part_duration: empty,
            is_part_independent: false,
        }
    }

    fn has_room(&self, more: &[u8]) -> bool {
        self.plaintext.len() + more.len() <= MAX_SEGMENT_BYTES
    }

    fn append(&mut self, fragment: &Fragment, timing: &Timing) {
        if self.part_duration.is_zero() {
            self.is_part_independent = timing.independent;
        }
        self.plaintext.extend_from_slice(&fragment.bytes);
        self.duration = self.duration.plus(timing.duration.units);
        self.part_duration = self.part_duration.plus(timing.duration.units);
        self.samples = self.samples.saturating_add(timing.samples);
    }

    fn seal(&self, plaintext: &Bytes) -> Bytes {
        self.key.as_ref().map_or_else(|| plaintext.clone(), |key| key.encrypt(plaintext))
    }

    fn close_part(&mut self, rendition: RenditionId) -> Option<Event> {
        if self.part_duration.is_zero() {
            return None;
        }
        let about = Part { duration: self.part_duration, independent: self.is_part_independent };
        let part = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        let plaintext = Bytes::copy_from_slice(&self.plaintext[self.part_start..]);
        self.parts.push(about);
        self.part_start = self.plaintext.len();
        self.part_duration.units = 0;
        let published = self.seal(&plaintext);
        Some(Event::PartReady(PartReady { rendition, segment: self.head, part, about, plaintext, published }))
    }

    fn close(mut self, rendition: RenditionId, timeline: &mut Timeline) -> Option<Event> {
        if self.parts.is_empty() {
            return None;
        }
        // Bytes after the last part are sound after the last video frame. A segment is exactly its parts, so they are
        // left out.
        self.plaintext.truncate(self.part_start);
        let agreed = timeline.complete(self.head.index, self.duration);
        let plaintext = std::mem::take(&mut self.plaintext).freeze();
        let published = self.seal(&plaintext);
        let segment = Segment {
            head: self.head,
            duration: self.duration,
            ticks: if self.head.encrypted { agreed.ticks() } else { 0 },
            bytes: published.len() as u64,
            samples: self.samples,
            parts: self.parts,
            gap: false,
        };
        Some(Event::SegmentReady(SegmentReady { rendition, segment, plaintext, published }))
    }
}

#[cfg(test)]
mod tests;
