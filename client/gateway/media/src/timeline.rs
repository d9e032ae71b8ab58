//! Where segments begin: one list of cuts for all renditions, so that segment `i` covers the same time in each of them.
//!
//! The rendition that first reaches a place where a segment may begin makes the cut. The other renditions find the cut
//! by its presentation time. An index is used once in the life of a stream.

use crate::time::Span;
use std::collections::VecDeque;

/// Number of cuts that are remembered. A rendition that is further behind the fastest one loses media.
pub const MAX_LAG_SEGMENTS: usize = 64;

/// The beginning of a segment, in every rendition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    /// Index of the segment: its media sequence number and the index of its key.
    pub index: u64,
    /// Presentation time within the source, in nanoseconds.
    pub at_nanos: i64,
    /// Time of day, in milliseconds since 1970.
    pub date_ms: u64,
    /// Whether this is the first segment after a change of source.
    pub discontinuity: bool,
    /// Number of changes of source up to and including this segment.
    pub discontinuities: u64,
    /// Whether the segment is free: it is not encrypted and costs nothing.
    pub free: bool,
    /// Number of the source to which the segment belongs.
    pub source: u64,
    /// Duration of the segment, once a rendition has completed it. It fixes the price in all renditions.
    pub duration: Option<Span>,
}

/// Maximum time by which a fragment of an audio track may begin before a cut whose segment it begins: half of a fragment.
const EARLY_AUDIO_NANOS: i64 = 32_000_000;

impl Cut {
    /// Presentation time within the source, in milliseconds.
    pub fn media_ms(&self) -> u64 {
        u64::try_from(self.at_nanos / 1_000_000).unwrap_or(0)
    }
}

/// All cuts for which a rendition may still ask.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    target_nanos: i64,
    cuts: VecDeque<Cut>,
    next_index: u64,
    /// Presentation time (ns) and time of day (ms) of the first cut of the source.
    origin: Option<(i64, u64)>,
    source: u64,
    /// When the media of the source began to arrive, if that is known.
    since_ms: Option<u64>,
    /// Presentation time up to which the fastest rendition with video has come in this source.
    reached_nanos: i64,
    is_free: bool,
    /// Whether the next cut follows a cut of another source.
    is_discontinuous: bool,
    discontinuities: u64,
    /// Earliest time of day of the next cut: a clock may be set back, the dates of a playlist must not go back.
    earliest_date_ms: u64,
}

impl Timeline {
    pub fn new(segment_target_ms: u32, start_index: u64) -> Self {
        Self {
            target_nanos: i64::from(segment_target_ms) * 1_000_000,
            cuts: VecDeque::new(),
            next_index: start_index,
            origin: None,
            source: 0,
            since_ms: None,
            reached_nanos: i64::MIN,
            is_free: false,
            is_discontinuous: false,
            discontinuities: 0,
            earliest_date_ms: 0,
        }
    }

    pub fn next_index(&self) -> u64 {
        self.next_index
    }

    /// Begins a new source: presentation times start again with the next cut.
    pub fn new_source(&mut self, is_free: bool) {
        self.is_discontinuous |= !self.cuts.is_empty();
        self.is_free = is_free;
        self.source += 1;
        self.reached_nanos = i64::MIN;
        (self.origin, self.since_ms) = (None, None);
    }

    /// Dates the first cut of the source, which is made later than its media has arrived.
    pub fn date_source(&mut self, since_ms: u64) {
        self.since_ms = Some(since_ms);
    }

    /// Reports that media up to this presentation time has come.
    pub fn reach(&mut self, nanos: i64) {
        self.reached_nanos = self.reached_nanos.max(nanos);
    }

    /// Whether all cuts up to this presentation time are known.
    pub fn has_reached(&self, nanos: i64) -> bool {
        self.reached_nanos >= nanos
    }

    /// Presentation time up to which the fastest rendition with video has come.
    pub fn reached(&self) -> i64 {
        self.reached_nanos
    }

    /// Presentation time of the first cut of this source that is remembered.
    pub fn earliest(&self) -> Option<i64> {
        let in_source = self.cuts.iter().rev().take_while(|cut| cut.source == self.source);
        in_source.last().map(|cut| cut.at_nanos)
    }

    /// The last cut of this source that is not after a fragment of an audio track.
    pub fn cut_before(&self, at_nanos: i64) -> Option<Cut> {
        let mut in_source = self.cuts.iter().rev().take_while(|cut| cut.source == self.source);
        in_source.find(|cut| cut.at_nanos <= at_nanos.saturating_add(EARLY_AUDIO_NANOS)).copied()
    }

    pub fn get(&self, index: u64) -> Option<&Cut> {
        let first = self.cuts.front()?.index;
        self.cuts.get(usize::try_from(index.checked_sub(first)?).ok()?)
    }

    /// The cut at that presentation time; `now_ms` dates the first cut of a source that has no date of its own. `None` if no
    /// segment begins there, or if all indices are used up.
    pub fn cut_at(&mut self, at_nanos: i64, now_ms: u64, has_video: bool) -> Option<Cut> {
        let Some((origin_nanos, origin_ms)) = self.origin else { return self.first_cut(at_nanos, now_ms) };
        // A keyframe this close to a cut belongs to it: keyframes of different renditions are a frame apart at most.
        let near = self.target_nanos / 8;
        let mut in_source = self.cuts.iter().rev().take_while(|cut| cut.source == self.source);
        let known = in_source.find(|cut| cut.at_nanos.abs_diff(at_nanos) <= near.unsigned_abs());
        if let Some(known) = known {
            return Some(*known);
        }
        let last_nanos = self.cuts.back()?.at_nanos;
        // A keyframe that comes a little early still ends a segment, because the next one would make it far too long.
        // Sound can be cut anywhere.
        let early = if has_video { self.target_nanos / 4 } else { near };
        if at_nanos < last_nanos.saturating_add(self.target_nanos - early) {
            return None;
        }
        let since_ms = at_nanos.abs_diff(origin_nanos) / 1_000_000;
        self.add(at_nanos, origin_ms.saturating_add(since_ms), false)
    }

    fn first_cut(&mut self, at_nanos: i64, now_ms: u64) -> Option<Cut> {
        let date_ms = self.since_ms.map_or(now_ms, |since_ms| since_ms.min(now_ms)).max(self.earliest_date_ms);
        let is_discontinuous = std::mem::take(&mut self.is_discontinuous);
        self.discontinuities += u64::from(is_discontinuous);
        self.origin = Some((at_nanos, date_ms));
        self.add(at_nanos, date_ms, is_discontinuous)
    }

    fn add(&mut self, at_nanos: i64, date_ms: u64, discontinuity: bool) -> Option<Cut> {
        let index = self.next_index;
        self.next_index = index.checked_add(1)?;
        let cut = Cut {
            index,
            at_nanos,
            date_ms,
            discontinuity,
            discontinuities: self.discontinuities,
            free: self.is_free,
            source: self.source,
            duration: None,
        };
        if self.cuts.len() == MAX_LAG_SEGMENTS {
            self.cuts.pop_front();
        }
        self.cuts.push_back(cut);
        self.earliest_date_ms = date_ms;
        Some(cut)
    }

    /// Reports the duration of a completed segment. Returns the duration that all renditions use: the first one
    /// reported.
    pub fn complete(&mut self, index: u64, duration: Span) -> Span {
        let Some(first) = self.cuts.front().map(|cut| cut.index) else { return duration };
        let place = index.checked_sub(first).and_then(|place| usize::try_from(place).ok());
        let Some(cut) = place.and_then(|place| self.cuts.get_mut(place)) else { return duration };
        let agreed = *cut.duration.get_or_insert(duration);
        let end_ms = cut.date_ms.saturating_add(agreed.micros().div_ceil(1000));
        self.earliest_date_ms = self.earliest_date_ms.max(end_ms);
        agreed
    }
}

#[cfg(test)]
mod tests;
