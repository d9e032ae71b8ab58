//! Whether keyframes come in a rhythm that divides the groups of pictures of the renditions, so that a copy of the video can
//! be cut where they are.

/// Length of a group of pictures of a rendition.
pub(crate) const GOP_MS: u64 = 2_000;
/// Maximum number of groups of pictures of a source in one of a rendition.
const MAX_GOPS: u64 = 8;
/// Maximum error of the first distance: timestamps are whole milliseconds.
const ROUNDING_MS: u64 = 1;
/// Maximum distance of a later keyframe from its place. More would be heard and seen as a drift against what is encoded.
const MAX_DRIFT_MS: u64 = 8;
/// Time after which a keyframe is overdue.
const OVERDUE_MS: u64 = GOP_MS + 100;

/// Number of groups of pictures of that length in [`GOP_MS`], if it is a whole one.
pub(crate) fn dividing(distance_ms: u64) -> Option<u64> {
    (1..=MAX_GOPS).find(|count| (GOP_MS / count).abs_diff(distance_ms) <= ROUNDING_MS)
}

/// Follows the frames of one track.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rhythm {
    /// Times of the first keyframe and of the last one.
    keyframes: Option<(u64, u64)>,
    /// Number of them in [`GOP_MS`], by the distance of the first two.
    per_gop: Option<u64>,
    is_broken: bool,
}

impl Rhythm {
    /// Takes the time of the next frame.
    pub fn frame(&mut self, time_ms: u64, is_keyframe: bool) {
        let Some((first_ms, last_ms)) = self.keyframes else {
            if is_keyframe {
                self.keyframes = Some((time_ms, time_ms));
            }
            return;
        };
        let since_ms = time_ms.saturating_sub(last_ms);
        self.is_broken |= time_ms.saturating_add(OVERDUE_MS) < last_ms || since_ms > OVERDUE_MS;
        // The configuration of a decoder comes before a keyframe, at the same time, and looks like one.
        if !is_keyframe || since_ms == 0 {
            return;
        }
        self.keyframes = Some((first_ms, time_ms));
        match self.per_gop {
            None => {
                self.per_gop = dividing(since_ms);
                self.is_broken |= self.per_gop.is_none();
            }
            Some(per_gop) => {
                // Multiplied, because a third of two seconds is no whole number of milliseconds.
                let past = time_ms.saturating_sub(first_ms).saturating_mul(per_gop) % GOP_MS;
                self.is_broken |= past.min(GOP_MS - past) > MAX_DRIFT_MS * per_gop;
            }
        }
    }

    /// Whether nothing has broken the rhythm so far.
    pub const fn is_steady(&self) -> bool {
        !self.is_broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames at 30 per second with keyframes where `is_key` says.
    fn play(frames: u64, is_key: impl Fn(u64) -> bool) -> bool {
        let mut rhythm = Rhythm::default();
        (0..frames).for_each(|frame| rhythm.frame((frame * 1_000 + 15) / 30, is_key(frame)));
        rhythm.is_steady()
    }

    #[test]
    fn keyframes_whose_distance_divides_two_seconds_are_steady() {
        for gop in [60, 30, 20, 15, 12, 10] {
            assert!(play(600, |frame| frame % gop == 0), "{gop} frames");
        }
    }

    #[test]
    fn other_distances_are_not() {
        for gop in [48, 61, 59, 45, 90, 250] {
            assert!(!play(600, |frame| frame % gop == 0), "{gop} frames");
        }
        assert!(!play(600, |frame| frame % 60 == 0 || frame == 100), "a keyframe at a change of scene");
        assert!(!play(200, |frame| frame == 0), "one keyframe only");
    }

    #[test]
    fn video_that_is_slightly_longer_than_its_groups_drifts_away() {
        // 29.97 frames per second: groups of 60 frames are 2 ms too long.
        let mut rhythm = Rhythm::default();
        (0..600u64).for_each(|frame| rhythm.frame(frame * 1_001 / 30, frame % 60 == 0));
        assert!(!rhythm.is_steady());
        // A little more than 30: the error is seen after a while.
        let mut rhythm = Rhythm::default();
        let drifting = |frame: u64| frame * 100_010 / 3_000;
        (0..600u64).for_each(|frame| rhythm.frame(drifting(frame), frame % 60 == 0));
        assert!(rhythm.is_steady());
        (600..30_000u64).for_each(|frame| rhythm.frame(drifting(frame), frame % 60 == 0));
        assert!(!rhythm.is_steady());
    }

    #[test]
    fn a_jump_of_the_clock_breaks_the_rhythm() {
        let mut rhythm = Rhythm::default();
        [0, 2_000, 4_000].into_iter().for_each(|time_ms| rhythm.frame(time_ms, true));
        assert!(rhythm.is_steady());
        rhythm.frame(90_000, true);
        assert!(!rhythm.is_steady());
        let mut rhythm = Rhythm::default();
        [90_000, 92_000, 40].into_iter().for_each(|time_ms| rhythm.frame(time_ms, true));
        assert!(!rhythm.is_steady());
    }

    #[test]
    fn the_configuration_before_a_keyframe_is_no_keyframe() {
        let mut rhythm = Rhythm::default();
        [0, 0, 2_000, 2_000, 4_000].into_iter().for_each(|time_ms| rhythm.frame(time_ms, true));
        assert!(rhythm.is_steady());
    }
}
