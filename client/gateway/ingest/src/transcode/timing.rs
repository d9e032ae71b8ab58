//! Times of GOPs and fragments.

use std::ops::RangeInclusive;

/// Timestamp of the first frame of a broadcast in seconds. It is not zero, because the first audio samples lie before
/// the first frame.
pub const FIRST_TIME_S: u32 = 10;

/// Seconds from one IDR frame to the next. Segments are cut there.
pub const GOP_S: u32 = 2;

/// Intended durations of a fragment in milliseconds that can be set.
pub const FRAGMENT_RANGE_MS: RangeInclusive<u32> = 200..=500;

/// Usual limit of the excess of a fragment over its intended duration, in percent, where that is not a whole number of frames: half a
/// second is 12.5 frames at 25 frames per second, and becomes 13.
const MAX_EXCESS_PERCENT: u32 = 8;

/// Duration of a fragment of a further audio track in milliseconds: three frames of AAC.
const AUDIO_FRAGMENT_MS: u32 = 64;

/// Minimum duration of a part in percent of the `PART-TARGET` of its playlist, except for the last one of a segment.
const MIN_PART_PERCENT: u32 = 85;

/// Maximum duration of a fragment in milliseconds, if `fragment_ms` is intended; it is the `PART-TARGET` of all playlists of a
/// broadcast.
///
/// It exceeds the usual duration by so little that a part of one fragment is long enough for players, which rely on 85 % of
/// `PART-TARGET`. A part of a further audio track is long enough as well: some whole number of its fragments fits.
pub const fn max_fragment_ms(fragment_ms: u32) -> u32 {
    let usual = fragment_ms * (100 + MAX_EXCESS_PERCENT) / 100;
    let sound = usual / AUDIO_FRAGMENT_MS * AUDIO_FRAGMENT_MS;
    if sound * 100 >= usual * MIN_PART_PERCENT {
        return usual;
    }
    // The longer of the two nearest values at which the sound fits, unless a fragment of the video would be too short for it.
    let longer = sound + AUDIO_FRAGMENT_MS;
    if fragment_ms * 100 >= longer * MIN_PART_PERCENT {
        longer
    } else {
        sound * 100 / MIN_PART_PERCENT
    }
}

/// Duration of the fragments of a rendition in microseconds: a whole number of frames, so that every fragment of a GOP but
/// the last one is as long as the others. One frame at least.
pub(super) fn fragment_micros(fragment_ms: u32, frames_per_second: u32) -> u32 {
    let rate = u64::from(frames_per_second.max(1));
    let limit = u64::from(max_fragment_ms(fragment_ms));
    let more = (u64::from(fragment_ms) * rate).div_ceil(1000).max(1);
    let frames = if more * 1000 <= limit * rate { more } else { (more - 1).max(1) };
    u32::try_from(frames * 1_000_000 / rate).unwrap_or(u32::MAX)
}

/// Timestamp in seconds at which ffmpeg continues after a restart: the next multiple of [`GOP_S`] after everything that
/// was sent.
pub(crate) fn next_start_s(position_ms: u64) -> u32 {
    let gop_ms = u64::from(GOP_S) * 1000;
    let gops = position_ms.div_ceil(gop_ms);
    u32::try_from(gops * u64::from(GOP_S)).unwrap_or(u32::MAX).max(FIRST_TIME_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_whole_frames_of_about_the_intended_duration() {
        for (ms, rate, micros) in [
            (500, 30, 500_000),
            (500, 25, 520_000),
            (500, 15, 533_333),
            (500, 10, 500_000),
            (200, 60, 200_000),
            (200, 30, 200_000),
            (200, 25, 200_000),
            (200, 24, 208_333),
            (200, 12, 166_666),
            (333, 30, 333_333),
        ] {
            assert_eq!(fragment_micros(ms, rate), micros, "{ms} ms at {rate} frames per second");
        }
    }

    #[test]
    fn no_fragment_exceeds_the_maximum() {
        for ms in FRAGMENT_RANGE_MS {
            for rate in 10..=60 {
                let micros = fragment_micros(ms, rate);
                assert!(micros <= max_fragment_ms(ms) * 1000, "{ms} ms at {rate} frames per second: {micros} us");
                assert!(micros >= 1_000_000 / rate, "{ms} ms at {rate} frames per second: {micros} us");
            }
        }
    }

    #[test]
    fn parts_of_one_fragment_are_long_enough_at_usual_frame_rates() {
        for ms in FRAGMENT_RANGE_MS {
            let least_micros = max_fragment_ms(ms) * 10 * MIN_PART_PERCENT;
            for rate in [24, 25, 30, 48, 50, 60] {
                let micros = fragment_micros(ms, rate);
                assert!(micros >= least_micros, "{ms} ms at {rate} frames per second: {micros} us");
            }
        }
    }

    #[test]
    fn parts_of_an_audio_track_are_long_enough() {
        for ms in FRAGMENT_RANGE_MS {
            let most = max_fragment_ms(ms);
            let longest = most / AUDIO_FRAGMENT_MS * AUDIO_FRAGMENT_MS;
            assert!(longest * 100 >= most * MIN_PART_PERCENT, "{ms} ms: {longest} of {most}");
            assert!(most >= ms && most <= ms * 100 / MIN_PART_PERCENT, "{ms} ms: {most}");
        }
        assert_eq!([200, 210, 230, 333, 500].map(max_fragment_ms), [216, 225, 256, 359, 540]);
    }

    #[test]
    fn starts_are_even_and_after_what_was_sent() {
        for (position_ms, expected) in [(0, FIRST_TIME_S), (10_001, 12), (12_000, 12), (12_001, 14), (3_600_000, 3600)]
        {
            assert_eq!(next_start_s(position_ms), expected);
        }
    }
}
