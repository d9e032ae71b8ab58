//! Tests of media time.

use super::*;

fn span(units: u64, timescale: u32) -> Span {
    Span::new(units, NonZeroU32::new(timescale).unwrap())
}

#[test]
fn conversions_round_to_the_nearest() {
    assert_eq!(span(60_060, 30_000).micros(), 2_002_000);
    assert_eq!(span(1, 3).micros(), 333_333);
    assert_eq!(span(2, 3).micros(), 666_667);
    assert_eq!(span(5, 2).rounded_seconds(), 3);
    assert_eq!(span(249, 100).rounded_seconds(), 2);
    assert_eq!(Span::from_millis(540).seconds(), 0.54);
    assert_eq!(span(u64::MAX, 1).micros(), u64::MAX);
}

#[test]
fn ticks_round_up_after_the_grace() {
    let cases = [(0, 0), (1, 1), (1_000, 1), (1_051, 2), (2_000, 2), (2_002, 2), (2_050, 2), (2_051, 3), (700, 1)];
    for (millis, ticks) in cases {
        assert_eq!(Span::from_millis(millis).ticks(), ticks, "{millis} ms");
    }
}

#[test]
fn ticks_of_a_fractional_frame_rate_add_up() {
    // 30000/1001 frames per second, and a keyframe at the first frame at or after every even second.
    let frame = |second: u64| (second * 30_000).div_ceil(1001);
    let segments = (0..1000).map(|i| span((frame(2 * i + 2) - frame(2 * i)) * 1001, 30_000));
    assert_eq!(segments.map(Span::ticks).sum::<u32>(), 2000);
}
