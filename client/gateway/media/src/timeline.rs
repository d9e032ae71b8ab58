//! Where segments begin: one list of cuts for all renditions, so that segment `i` is the same time in each.
//!
//! Whichever rendition first comes to a place where a segment may begin makes the cut; the others find it by its
//! presentation time. An index is given once in a stream's life.

use crate::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many cuts are remembered: a rendition that is further behind the first one loses its media.
pub const MAX_LAG_SEGMENTS: usize = 64;

/// The beginning of a segment, in every rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cut {
    /// The segment's index: its media sequence number and its key's index.
    pub index: u64,
    /// Presentation time within the source.
    pub at_nanos: i64,
    /// The time of day, in milliseconds since 1970.
    pub date_ms: u64,
    /// Whether this is the first segment after a change of source.
    pub discontinuity: bool,
    /// Changes of source up to here, this one counted.
    pub discontinuities: u64,
    /// Whether its video is free: nothing is encrypted, nothing is charged.
    pub free: bool,
    /// Which source it is of.
    pub source: u64,
    /// How long the segment is, once a rendition has completed it: that also fixes its price for all.
    pub duration: Option<Span>,
}

/// All cuts that a rendition may still ask for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Timeline {
    target_nanos: i64,
    cuts: VecDeque<Cut>,
    next_index: u64,
    /// The first cut of the source: presentation time, time of day.
    origin: Option<(i64, u64)>,
    source: u64,
    is_free: bool,
    /// Whether a cut of another source came before.
    is_discontinuous: bool,
    discontinuities: u64,
    /// No cut is dated before this: the clock may go back, the dates must not.
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
            is_free: false,
            is_discontinuous: false,
            discontinuities: 0,
            earliest_date_ms: 0,
        }
    }

    /// The same stream, going on later.
    pub fn resumed(mut self, segment_target_ms: u32, start_index: u64) -> Self {
        self.new_source(false);
        if start_index != self.next_index {
            self.cuts.clear();
            self.next_index = start_index;
        }
        self.target_nanos = i64::from(segment_target_ms) * 1_000_000;
        self
    }

    pub fn next_index(&self) -> u64 {
        self.next_index
    }

    /// Presentation times begin anew with the next cut.
    pub fn new_source(&mut self, is_free: bool) {
        self.is_discontinuous |= !self.cuts.is_empty();
        self.is_free = is_free;
        self.source += 1;
        self.origin = None;
    }

    pub fn get(&self, index: u64) -> Option<&Cut> {
        let first = self.cuts.front()?.index;
        self.cuts.get(usize::try_from(index.checked_sub(first)?).ok()?)
    }

    /// The cut at that presentation time, if a segment begins there; `now_ms` dates the source's first one. Nothing when
    /// the indices are used up, too.
    pub fn cut_at(&mut self, at_nanos: i64, now_ms: u64, has_video: bool) -> Option<Cut> {
        let Some((origin_nanos, origin_ms)) = self.origin else { return self.first_cut(at_nanos, now_ms) };
        // A keyframe that is this near to a cut is the cut's: renditions differ by a frame at most.
        let near = self.target_nanos / 8;
        let mut in_source = self.cuts.iter().rev().take_while(|cut| cut.source == self.source);
        let known = in_source.find(|cut| cut.at_nanos.abs_diff(at_nanos) <= near.unsigned_abs());
        if let Some(known) = known {
            return Some(*known);
        }
        let last_nanos = self.cuts.back()?.at_nanos;
        // A keyframe that comes a little early still ends a segment, since the next one would make it far too long. Sound
        // can be cut anywhere.
        let early = if has_video { self.target_nanos / 4 } else { near };
        if at_nanos < last_nanos.saturating_add(self.target_nanos - early) {
            return None;
        }
        let since_ms = at_nanos.abs_diff(origin_nanos) / 1_000_000;
        self.add(at_nanos, origin_ms.saturating_add(since_ms), false)
    }

    fn first_cut(&mut self, at_nanos: i64, now_ms: u64) -> Option<Cut> {
        let date_ms = now_ms.max(self.earliest_date_ms);
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

    /// Reports a completed segment and learns how long it is for everybody.
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
