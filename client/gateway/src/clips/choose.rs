//! Which segments a clip is cut from.

use super::error::{ClipError, Reach};
use std::ops::Range;
use vilokanam_media::Segment;

/// Time that may be missing at either end: the length of a segment that is not complete yet.
const TOLERANCE_MS: u64 = 50;

/// A segment with its place in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Placed {
    pub start_ms: u64,
    pub length_ms: u64,
    /// Number of its initialisation, without which it cannot be decoded.
    pub init: u64,
    /// Number of changes of source before it.
    pub discontinuities: u64,
    pub is_gap: bool,
}

impl Placed {
    pub fn new(segment: &Segment, start_ms: u64) -> Self {
        Self {
            start_ms,
            length_ms: segment.duration.micros() / 1_000,
            init: segment.head.init,
            discontinuities: segment.head.discontinuities,
            is_gap: segment.gap,
        }
    }

    pub fn end_ms(&self) -> u64 {
        self.start_ms.saturating_add(self.length_ms)
    }
}

/// The segments that cover a time within `reach`. They are of one source, so that they are one film.
pub(super) fn chosen(
    segments: &[Placed],
    reach: Reach,
    start_ms: u64,
    length_ms: u64,
) -> Result<Range<usize>, ClipError> {
    let (first_ms, last_ms) = reach.times_ms();
    let out_of_range = || ClipError::OutOfRange(reach);
    let end_ms = start_ms.checked_add(length_ms).ok_or_else(out_of_range)?;
    if start_ms < first_ms || end_ms > last_ms.saturating_add(TOLERANCE_MS) {
        return Err(out_of_range());
    }
    let first = segments.partition_point(|segment| segment.end_ms() <= start_ms);
    let after = segments.partition_point(|segment| segment.start_ms < end_ms);
    let found = segments.get(first..after).filter(|found| !found.is_empty()).ok_or_else(out_of_range)?;
    let source = |segment: &Placed| (segment.init, segment.discontinuities);
    let is_one = found.iter().all(|segment| !segment.is_gap && source(segment) == source(&found[0]));
    // The dates of a broadcast leave out the time in which its source was away.
    let begins_within = found[0].start_ms <= start_ms;
    if is_one && begins_within {
        Ok(first..after)
    } else {
        Err(ClipError::Interrupted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the first to the last of them.
    fn chosen(segments: &[Placed], start_ms: u64, length_ms: u64) -> Result<Range<usize>, ClipError> {
        let ends = (segments.first().map(|first| first.start_ms), segments.last().map(|last| last.end_ms()));
        let reach = Reach::Broadcast { first_ms: ends.0.unwrap_or(0), end_ms: ends.1.unwrap_or(0) };
        super::chosen(segments, reach, start_ms, length_ms)
    }

    fn segments(count: u64) -> Vec<Placed> {
        let placed = |place| Placed {
            start_ms: 10_000 + place * 2_000,
            length_ms: 2_000,
            init: 1,
            discontinuities: 0,
            is_gap: false,
        };
        (0..count).map(placed).collect()
    }

    #[test]
    fn clip_takes_the_segments_that_it_touches() {
        let all = segments(10);
        assert_eq!(chosen(&all, 10_000, 20_000).unwrap(), 0..10);
        assert_eq!(chosen(&all, 11_999, 5_000).unwrap(), 0..4);
        assert_eq!(chosen(&all, 12_000, 6_000).unwrap(), 1..4);
        assert_eq!(chosen(&all, 25_000, 5_000).unwrap(), 7..10);
    }

    #[test]
    fn clip_beyond_what_there_is_is_out_of_range() {
        let all = segments(10);
        for (start_ms, length_ms) in [(9_999, 5_000), (25_100, 5_000), (40_000, 5_000), (0, 5_000), (u64::MAX, 5_000)] {
            let refused = chosen(&all, start_ms, length_ms);
            assert!(matches!(refused, Err(ClipError::OutOfRange(_))), "{start_ms}: {refused:?}");
        }
        assert!(matches!(chosen(&[], 0, 5_000), Err(ClipError::OutOfRange(_))));
        let words = chosen(&all, 25_100, 5_000).unwrap_err().to_string();
        assert_eq!(words, "The clip is not within what there is: of the broadcast, the last 20 s can be cut.");
        let recording = super::chosen(&all, Reach::Recording { length_ms: 20_900 }, 25_100, 5_000);
        assert!(recording.unwrap_err().to_string().ends_with("the recording has 20 s."));
    }

    #[test]
    fn clip_across_a_change_of_source_is_refused() {
        for change in [
            (|segment: &mut Placed| segment.init = 2) as fn(&mut Placed),
            |segment: &mut Placed| segment.discontinuities = 1,
            |segment: &mut Placed| segment.is_gap = true,
        ] {
            let mut all = segments(10);
            all.iter_mut().skip(5).for_each(change);
            assert!(matches!(chosen(&all, 18_000, 5_000), Err(ClipError::Interrupted)));
            assert!(chosen(&all, 12_000, 5_000).is_ok(), "before it");
        }
    }
}
