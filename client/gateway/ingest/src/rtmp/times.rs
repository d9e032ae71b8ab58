//! Odd timestamps made even: they begin at nought, never go back within a track, and do not leap. RTMP's 32 bits of
//! milliseconds wrap after 49 days, encoders restart their clocks, and some send nonsense; ffmpeg would end, or repeat
//! frames for as long as the leap is.

/// A step back by more is a new clock; by less, it is a late tag.
const MAX_BACK_MS: i64 = 1_000;
/// A step ahead by more is a new clock; by less, it is a pause.
const MAX_AHEAD_MS: i64 = 3_000;
/// From the last tag before a leap to the first after it.
const STEP_MS: i64 = 20;

/// Which track a tag belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Track {
    Video = 0,
    Audio = 1,
}

/// Maps a publisher's times to ours.
///
/// A leap is a leap of one track against itself: pictures and sound of a busy encoder may be seconds apart, and whoever took
/// that for leaps would add those seconds again with every tag.
#[derive(Debug, Default)]
pub(super) struct Times {
    tracks: [Clock; 2],
    /// The latest of any track.
    latest_ms: i64,
}

/// The times of one track.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    /// Ours minus theirs.
    offset_ms: Option<i64>,
    /// The last of ours.
    last_ms: i64,
}

impl Clock {
    fn is_plausible(&self, ours_ms: i64) -> bool {
        (self.last_ms - MAX_BACK_MS..=self.last_ms + MAX_AHEAD_MS).contains(&ours_ms)
    }
}

impl Times {
    pub fn map(&mut self, track: Track, theirs: u32) -> u32 {
        let theirs_ms = i64::from(theirs);
        let (own, other) = (self.tracks[track as usize], self.tracks[1 - track as usize]);
        let kept = own.offset_ms.filter(|offset| own.is_plausible(theirs_ms + offset));
        // Both tracks of an encoder have one clock: the other's, if that fits, keeps them together.
        let beginning = Clock { last_ms: self.latest_ms, ..own };
        let reference = if own.offset_ms.is_some() { own } else { beginning };
        let shared = other.offset_ms.filter(|offset| reference.is_plausible(theirs_ms + offset));
        let anew = if other.offset_ms.or(own.offset_ms).is_some() { self.latest_ms + STEP_MS } else { 0 };
        let offset_ms = kept.or(shared).unwrap_or(anew - theirs_ms);
        let ours_ms = (theirs_ms + offset_ms).max(own.last_ms);
        self.tracks[track as usize] = Clock { offset_ms: Some(offset_ms), last_ms: ours_ms };
        self.latest_ms = self.latest_ms.max(ours_ms);
        // FLV has 32 bits as well: after 49 days of one connection ffmpeg sees a step back and is started again.
        (ours_ms & i64::from(u32::MAX)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn map(times: &[u32]) -> Vec<u32> {
        let mut mapper = Times::default();
        times.iter().map(|time| mapper.map(Track::Video, *time)).collect()
    }

    #[test]
    fn usual_times_begin_at_nought() {
        assert_eq!(map(&[5000, 5033, 5066]), [0, 33, 66]);
    }

    #[test]
    fn steps_back_are_mended() {
        assert_eq!(map(&[0, 40, 30, 60]), [0, 40, 40, 60]);
        assert_eq!(map(&[90_000, 90_040, 0, 40]), [0, 40, 60, 100]);
    }

    #[test]
    fn wrapping_and_leaps_are_mended() {
        assert_eq!(map(&[u32::MAX - 9, u32::MAX, 23]), [0, 9, 29]);
        assert_eq!(map(&[0, 3_600_000, 3_600_040]), [0, 20, 60]);
        assert_eq!(map(&[0, 2_000]), [0, 2_000], "a pause is a pause");
    }

    #[test]
    fn tracks_stay_together() {
        let mut times = Times::default();
        times.map(Track::Video, 10_000);
        times.map(Track::Audio, 10_010);
        assert_eq!(times.map(Track::Video, 500), 30);
        assert_eq!(times.map(Track::Audio, 510), 40);
    }

    #[test]
    fn tracks_far_apart_do_not_run_away() {
        let mut times = Times::default();
        // The sound is two seconds behind the picture, throughout.
        for tag in 0..1_000u32 {
            let picture = times.map(Track::Video, 5_000 + tag * 40);
            let sound = times.map(Track::Audio, 3_000 + tag * 40);
            assert_eq!(picture, tag * 40, "time passes as the encoder's");
            assert_eq!(sound, picture + 20, "a clock of its own, and the same one throughout");
        }
    }

    #[test]
    fn one_track_that_leaps_leaves_the_other_alone() {
        let mut times = Times::default();
        times.map(Track::Video, 0);
        times.map(Track::Audio, 0);
        assert_eq!(times.map(Track::Audio, 900_000), 20);
        assert_eq!(times.map(Track::Video, 40), 40);
        assert_eq!(times.map(Track::Audio, 900_023), 43);
    }

    proptest! {
        #[test]
        fn tracks_never_go_back_nor_leap(tags in proptest::collection::vec((any::<bool>(), any::<u32>()), 1..200)) {
            let mut times = Times::default();
            let (mut last, mut latest) = ([0; 2], 0);
            for (is_video, time) in tags {
                let track = if is_video { Track::Video } else { Track::Audio };
                let mapped = times.map(track, time);
                prop_assert!(mapped >= last[track as usize]);
                prop_assert!(i64::from(mapped) <= latest + MAX_AHEAD_MS);
                last[track as usize] = mapped;
                latest = latest.max(i64::from(mapped));
            }
        }
    }
}
