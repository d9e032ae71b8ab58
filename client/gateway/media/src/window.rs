//! The segments of one rendition that its playlist lists, and what a player may wait for.

use crate::{
    event::{Event, Part, PartReady, RenditionId, Segment, SegmentHead, SegmentReady},
    time::Span,
    timeline::Timeline,
};
use std::collections::VecDeque;

/// Minimum number of segments of a window: a player may be three target durations behind, and loads one segment.
pub const MIN_WINDOW_SEGMENTS: usize = 5;
/// Maximum number of segments of a window.
pub const MAX_WINDOW_SEGMENTS: usize = 1_800;
/// Maximum number of segments after the last one for which a player may wait (RFC 8216bis, 6.2.5.2).
pub const MAX_MSN_AHEAD: u64 = 2;

/// Whether a requested playlist or part is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It is available: answer now.
    Ready,
    /// It will be available soon: answer when it is.
    Wait,
    /// It is further ahead than the protocol allows a player to ask for: answer 400.
    TooFarAhead,
    /// It will not be available: answer 404.
    Gone,
}

/// A sliding window over the segments of one rendition.
#[derive(Debug)]
pub(crate) struct Window {
    segments: VecDeque<Segment>,
    /// The segment that is still growing; it has at least one part.
    open: Option<Segment>,
    /// Segments that have left the window, but that players may still request: index and number of parts.
    retired: VecDeque<(u64, u32)>,
    is_ended: bool,
}

impl Window {
    pub fn new() -> Self {
        Self { segments: VecDeque::new(), open: None, retired: VecDeque::new(), is_ended: false }
    }

    pub fn segments(&self) -> &VecDeque<Segment> {
        &self.segments
    }

    pub fn open(&self) -> Option<&Segment> {
        self.open.as_ref()
    }

    /// Ends the window: no more segments will come.
    pub fn end(&mut self) {
        self.is_ended = true;
    }

    /// The index after the last complete segment.
    fn next_index(&self) -> Option<u64> {
        self.segments.back().map(|segment| segment.head.index.saturating_add(1))
    }

    /// Lists a part, in the open segment or in a new one.
    pub fn add_part(&mut self, event: &PartReady, max_segments: usize, timeline: &Timeline) {
        if self.open.is_none() {
            self.fill(&event.segment, max_segments, timeline);
        }
        let open = self.open.get_or_insert_with(|| empty(event.segment, event.about.duration));
        open.parts.push(event.about);
        open.duration = open.duration.plus(event.about.duration.units);
    }

    /// Lists a complete segment. Returns an event for each segment that players can no longer request.
    pub fn add_segment(&mut self, event: &SegmentReady, max_segments: usize, timeline: &Timeline) -> Vec<Event> {
        self.open = None;
        self.fill(&event.segment.head, max_segments, timeline);
        self.segments.push_back(event.segment.clone());
        self.shrink(event.rendition, max_segments)
    }

    /// Lists a gap for each index that this rendition has missed. If there are too many, or if the timeline has
    /// forgotten them, the window starts again, empty.
    fn fill(&mut self, head: &SegmentHead, max_segments: usize, timeline: &Timeline) {
        let Some(next) = self.next_index() else { return };
        let missing = head.index.saturating_sub(next);
        let is_few = missing < max_segments as u64;
        let gaps = (next..head.index).map(|index| gap(index, head, timeline));
        match is_few.then(|| gaps.collect::<Option<Vec<_>>>()).flatten() {
            Some(gaps) => self.segments.extend(gaps),
            None => self.retired.extend(self.segments.drain(..).map(|old| (old.head.index, parts(&old)))),
        }
    }

    fn shrink(&mut self, rendition: RenditionId, max_segments: usize) -> Vec<Event> {
        while self.segments.len() > max_segments {
            self.retired.extend(self.segments.pop_front().map(|old| (old.head.index, parts(&old))));
        }
        let gone = self.retired.len().saturating_sub(max_segments + 1);
        self.retired.drain(..gone).map(|(index, parts)| Event::SegmentExpired { rendition, index, parts }).collect()
    }

    /// Whether the playlist lists segment `msn`, or part `part` of it, as requested with `_HLS_msn` and `_HLS_part`.
    pub fn playlist_state(&self, msn: u64, part: Option<u32>, max_parts_ahead: u32) -> Availability {
        let (Some(next), false) = (self.next_index(), self.is_ended) else { return self.idle_state() };
        let newest = self.open.as_ref().map_or(next.saturating_sub(1), |open| open.head.index);
        if msn > newest.saturating_add(MAX_MSN_AHEAD) {
            return Availability::TooFarAhead;
        }
        let Some(part) = part else { return ready_if(msn < next) };
        if msn >= next {
            return self.coming_part(msn, part, max_parts_ahead);
        }
        let listed = self.closed(msn).map_or(u32::MAX, parts);
        // A part number after the last part of a segment means the first part of the next segment.
        let is_listed = part < listed || msn.saturating_add(1) < next || self.open.is_some();
        ready_if(is_listed)
    }

    /// Whether the file of a part is available.
    pub fn part_state(&self, index: u64, part: u32, max_parts_ahead: u32) -> Availability {
        let Some(next) = self.next_index() else { return self.idle_state() };
        if index < next {
            let is_there = self.closed(index).is_some_and(|segment| part < parts(segment));
            return if is_there { Availability::Ready } else { Availability::Gone };
        }
        if self.is_ended {
            return Availability::Gone;
        }
        let newest = self.open.as_ref().map_or(next.saturating_sub(1), |open| open.head.index);
        if index > newest.saturating_add(1) {
            return Availability::TooFarAhead;
        }
        self.coming_part(index, part, max_parts_ahead)
    }

    fn coming_part(&self, index: u64, part: u32, max_parts_ahead: u32) -> Availability {
        let listed = self.open.as_ref().filter(|open| open.head.index == index).map_or(0, parts);
        match part {
            _ if part < listed => Availability::Ready,
            _ if self.open.as_ref().is_some_and(|open| open.head.index > index) => Availability::Ready,
            _ if part > listed.saturating_add(max_parts_ahead) => Availability::TooFarAhead,
            _ => Availability::Wait,
        }
    }

    /// State of a window that has no segments or has ended: players wait for the first segment; after the end there is
    /// nothing to wait for.
    fn idle_state(&self) -> Availability {
        ready_if(self.is_ended)
    }

    fn closed(&self, index: u64) -> Option<&Segment> {
        let first = self.segments.front()?.head.index;
        self.segments.get(usize::try_from(index.checked_sub(first)?).ok()?)
    }

    /// Index of the newest segment, and number of its newest part.
    pub fn last_part(&self) -> Option<(u64, u32)> {
        let last = self.open.as_ref().or_else(|| self.segments.back())?;
        Some((last.head.index, parts(last).saturating_sub(1)))
    }

    /// Index and number of the part that is expected next. A segment is taken for complete if it is less than a half of `step`
    /// shorter than the target.
    pub fn next_part(&self, segment_target: Span, step: Span) -> Option<(u64, u32)> {
        let Some(open) = &self.open else { return Some((self.next_index()?, 0)) };
        let is_full = open.duration.nanos() + step.nanos() / 2 >= segment_target.nanos();
        Some(if is_full { (open.head.index.saturating_add(1), 0) } else { (open.head.index, parts(open)) })
    }
}

fn ready_if(is_ready: bool) -> Availability {
    if is_ready {
        Availability::Ready
    } else {
        Availability::Wait
    }
}

fn parts(segment: &Segment) -> u32 {
    u32::try_from(segment.parts.len()).unwrap_or(u32::MAX)
}

/// A segment without parts. Only the timescale of `like` is used.
fn empty(head: SegmentHead, like: Span) -> Segment {
    let duration = Span { units: 0, ..like };
    Segment { head, duration, ticks: 0, bytes: 0, samples: 0, parts: Vec::<Part>::new(), gap: false }
}

/// A placeholder for a segment that this rendition does not have; `next` is the segment that follows. `None` if the
/// timeline has forgotten it.
fn gap(index: u64, next: &SegmentHead, timeline: &Timeline) -> Option<Segment> {
    let cut = timeline.get(index)?;
    let distance = timeline.get(index.checked_add(1)?).map_or(0, |after| after.date_ms.saturating_sub(cut.date_ms));
    let duration = cut.duration.unwrap_or(Span::from_millis(distance));
    let head = SegmentHead {
        index,
        init: next.init,
        date_ms: cut.date_ms,
        media_ms: cut.media_ms(),
        discontinuity: cut.discontinuity,
        discontinuities: cut.discontinuities,
        encrypted: false,
    };
    Some(Segment { gap: true, duration, ..empty(head, duration) })
}
