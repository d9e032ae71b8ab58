//! The segments of one rendition that playlists list, and what a player may wait for.

use crate::{
    event::{Event, Part, PartReady, RenditionId, Segment, SegmentHead, SegmentReady},
    time::Span,
    timeline::Timeline,
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The fewest segments of a window: a player may be three target durations behind, and one segment is being loaded.
pub const MIN_WINDOW_SEGMENTS: usize = 5;
/// The most segments of a window.
pub const MAX_WINDOW_SEGMENTS: usize = 1_800;
/// How many segments after the last one a player may wait for (RFC 8216bis, 6.2.5.2).
pub const MAX_MSN_AHEAD: u64 = 2;

/// Whether something that was asked for is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Answer now.
    Ready,
    /// It will come: answer when it does.
    Wait,
    /// Nobody asks for this in earnest: answer 400.
    TooFarAhead,
    /// It will not come: answer 404.
    Gone,
}

/// A sliding window.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Window {
    segments: VecDeque<Segment>,
    /// The segment that is growing; it has a part at least.
    open: Option<Segment>,
    /// What left the window, but may still be asked for: index and number of parts.
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

    /// Nothing more will come.
    pub fn end(&mut self) {
        self.is_ended = true;
    }

    /// More will come after all. A segment that was growing when the process died is lost; its index is not used again.
    pub fn resume(&mut self) {
        self.is_ended = false;
        self.open = None;
    }

    /// Forgets what cannot be continued.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// The index after the last complete segment.
    fn next_index(&self) -> Option<u64> {
        self.segments.back().map(|segment| segment.head.index.saturating_add(1))
    }

    /// Lists a part, in a new segment if need be.
    pub fn add_part(&mut self, event: &PartReady, max_segments: usize, timeline: &Timeline) {
        if self.open.is_none() {
            self.fill(&event.segment, max_segments, timeline);
        }
        let open = self.open.get_or_insert_with(|| empty(event.segment, event.about.duration));
        open.parts.push(event.about);
        open.duration = open.duration.plus(event.about.duration.units);
    }

    /// Lists a complete segment; says what has left the window for good.
    pub fn add_segment(&mut self, event: &SegmentReady, max_segments: usize, timeline: &Timeline) -> Vec<Event> {
        self.open = None;
        self.fill(&event.segment.head, max_segments, timeline);
        self.segments.push_back(event.segment.clone());
        self.shrink(event.rendition, max_segments)
    }

    /// Lists a gap for each index that this rendition has missed. Where that is not possible the window begins anew.
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

    /// Whether the playlist has segment `msn`, or part `part` of it: what `_HLS_msn` and `_HLS_part` ask for.
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
        // A part after a segment's last one stands for the first part of the next segment.
        let is_listed = part < listed || msn.saturating_add(1) < next || self.open.is_some();
        ready_if(is_listed)
    }

    /// Whether a part's file is there.
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

    /// Before the first segment everything is awaited, after the end nothing is.
    fn idle_state(&self) -> Availability {
        ready_if(self.is_ended)
    }

    fn closed(&self, index: u64) -> Option<&Segment> {
        let first = self.segments.front()?.head.index;
        self.segments.get(usize::try_from(index.checked_sub(first)?).ok()?)
    }

    /// The newest segment and the newest part of it.
    pub fn last_part(&self) -> Option<(u64, u32)> {
        let last = self.open.as_ref().or_else(|| self.segments.back())?;
        Some((last.head.index, parts(last).saturating_sub(1)))
    }

    /// The part that will come next, as far as one can tell.
    pub fn next_part(&self, segment_target: Span, part_target: Span) -> Option<(u64, u32)> {
        let Some(open) = &self.open else { return Some((self.next_index()?, 0)) };
        let is_full = open.duration.nanos() + part_target.nanos() / 2 >= segment_target.nanos();
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

fn empty(head: SegmentHead, like: Span) -> Segment {
    let duration = Span { units: 0, ..like };
    Segment { head, duration, ticks: 0, bytes: 0, samples: 0, parts: Vec::<Part>::new(), gap: false }
}

/// A segment that this rendition does not have. `before` is the one that follows.
fn gap(index: u64, before: &SegmentHead, timeline: &Timeline) -> Option<Segment> {
    let cut = timeline.get(index)?;
    let distance = timeline.get(index.checked_add(1)?).map_or(0, |next| next.date_ms.saturating_sub(cut.date_ms));
    let duration = cut.duration.unwrap_or(Span::from_millis(distance));
    let head = SegmentHead {
        index,
        init: before.init,
        date_ms: cut.date_ms,
        discontinuity: cut.discontinuity,
        discontinuities: cut.discontinuities,
        encrypted: false,
    };
    Some(Segment { gap: true, duration, ..empty(head, duration) })
}
