//! Tests of the cuts.

use super::*;

const SECOND: i64 = 1_000_000_000;
const NOW_MS: u64 = 1_000_000;

fn timeline() -> Timeline {
    Timeline::new(2_000, 10)
}

fn cut(timeline: &mut Timeline, at_nanos: i64) -> Option<u64> {
    timeline.cut_at(at_nanos, NOW_MS, true).map(|cut| cut.index)
}

#[test]
fn renditions_share_cuts() {
    let mut timeline = timeline();
    assert_eq!(cut(&mut timeline, 0), Some(10));
    assert_eq!(cut(&mut timeline, SECOND), None, "a keyframe in the middle");
    assert_eq!(cut(&mut timeline, 2 * SECOND), Some(11));
    assert_eq!(cut(&mut timeline, 4 * SECOND), Some(12));
    // Another rendition is behind, and its frames are a little later.
    assert_eq!(cut(&mut timeline, SECOND / 30), Some(10));
    assert_eq!(cut(&mut timeline, 2 * SECOND + SECOND / 15), Some(11));
    assert_eq!(cut(&mut timeline, 3 * SECOND), None);
    assert_eq!(timeline.next_index(), 13);
}

#[test]
fn indices_are_consecutive_after_a_long_pause() {
    let mut timeline = timeline();
    assert_eq!(cut(&mut timeline, 0), Some(10));
    assert_eq!(cut(&mut timeline, 100 * SECOND), Some(11));
    assert_eq!(timeline.get(11).unwrap().date_ms, NOW_MS + 100_000);
}

#[test]
fn a_new_source_begins_with_a_discontinuity_and_later_dates() {
    let mut timeline = timeline();
    cut(&mut timeline, 0);
    cut(&mut timeline, 2 * SECOND);
    timeline.complete(11, Span::from_millis(1_500));
    timeline.new_source(true);
    // The clock has been set back.
    let first = timeline.cut_at(2 * SECOND, NOW_MS - 500, true).unwrap();
    assert_eq!((first.index, first.discontinuity, first.discontinuities, first.free), (12, true, 1, true));
    assert_eq!(first.date_ms, NOW_MS + 3_500);
    let second = timeline.cut_at(4 * SECOND, NOW_MS, true).unwrap();
    assert_eq!((second.discontinuity, second.discontinuities, second.date_ms), (false, 1, NOW_MS + 5_500));
}

#[test]
fn the_first_cut_has_the_date_at_which_its_media_arrived() {
    let mut timeline = timeline();
    timeline.date_source(NOW_MS - 2_000);
    assert_eq!(timeline.cut_at(0, NOW_MS, true).unwrap().date_ms, NOW_MS - 2_000);
    assert_eq!(timeline.cut_at(2 * SECOND, NOW_MS + 2_000, true).unwrap().date_ms, NOW_MS);
    timeline.new_source(true);
    let slate = timeline.cut_at(0, NOW_MS + 10_000, true).unwrap();
    assert_eq!(slate.date_ms, NOW_MS + 10_000, "the date belongs to one source");
    timeline.new_source(false);
    timeline.date_source(NOW_MS + 90_000);
    let early = timeline.cut_at(0, NOW_MS + 20_000, true).unwrap();
    assert_eq!(early.date_ms, NOW_MS + 20_000, "no media arrives after it is packaged");
    timeline.new_source(false);
    timeline.date_source(NOW_MS);
    assert_eq!(timeline.cut_at(0, NOW_MS + 30_000, true).unwrap().date_ms, NOW_MS + 20_000, "dates do not go back");
}

#[test]
fn sources_without_media_add_no_discontinuity() {
    let mut timeline = timeline();
    timeline.new_source(false);
    assert!(!timeline.cut_at(0, NOW_MS, true).unwrap().discontinuity);
    timeline.new_source(false);
    timeline.new_source(false);
    assert_eq!(timeline.cut_at(0, NOW_MS, true).unwrap().discontinuities, 1);
}

#[test]
fn the_first_reported_duration_is_kept() {
    let mut timeline = timeline();
    cut(&mut timeline, 0);
    assert_eq!(timeline.complete(10, Span::from_millis(2_000)), Span::from_millis(2_000));
    assert_eq!(timeline.complete(10, Span::from_millis(1_000)), Span::from_millis(2_000));
    assert_eq!(timeline.complete(9, Span::from_millis(1_000)), Span::from_millis(1_000), "forgotten");
}

#[test]
fn cuts_beyond_the_limit_are_forgotten() {
    let mut timeline = timeline();
    for place in 0..1000 {
        cut(&mut timeline, place * 2 * SECOND);
    }
    assert_eq!(timeline.cuts.len(), MAX_LAG_SEGMENTS);
    assert_eq!(cut(&mut timeline, 0), None);
    assert!(timeline.get(1009).is_some() && timeline.get(1010).is_none() && timeline.get(10).is_none());
}
