//! Repairs timestamps: the result begins at zero, never goes back within a track, and has no jumps. The 32 bits of
//! milliseconds of RTMP wrap after 49 days, encoders restart their clocks, and some send nonsense. With such timestamps
//! ffmpeg would end, or repeat frames for the length of the jump.

use super::media::Track;

/// Larger steps back are a new clock, smaller ones a late tag.
const MAX_BACK_MS: i64 = 1_000;
/// Larger steps ahead are a new clock, smaller ones a pause.
const MAX_AHEAD_MS: i64 = 3_000;
/// Time from the last tag before a jump to the first one after it.
const STEP_MS: i64 = 20;

/// Maps the timestamps of a publisher to repaired ones.
///
/// Only a jump relative to the same track counts: video and audio of a busy encoder may be seconds apart. If that
/// counted as a jump, those seconds would be added again with every tag.
#[derive(Debug, Default)]
pub(super) struct Times {
    tracks: [Clock; 2],
    /// Last timestamp of the publisher, continued over the wrap.
    theirs_ms: Option<i64>,
    /// Latest repaired timestamp of both tracks.
    latest_ms: i64,
}

/// Clock of one track.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    /// Repaired timestamp minus the publisher's.
    offset_ms: Option<i64>,
    /// Last repaired timestamp.
    last_ms: i64,
}

impl Clock {
    fn is_plausible(&self, ours_ms: i64) -> bool {
        (self.last_ms - MAX_BACK_MS..=self.last_ms + MAX_AHEAD_MS).contains(&ours_ms)
    }
}

impl Times {
    /// The timestamp with more than 32 bits: the one next to the last timestamp.
    fn continued(&mut self, theirs: u32) -> i64 {
        let theirs_ms = match self.theirs_ms {
            // The low 32 bits of the last timestamp are compared. The difference has a sign.
            Some(last) => last + i64::from(theirs.wrapping_sub(last as u32) as i32),
            None => i64::from(theirs),
        };
        self.theirs_ms = Some(theirs_ms);
        theirs_ms
    }

    /// The repaired timestamp of a tag.
    pub fn map(&mut self, track: Track, theirs: u32) -> u32 {
        let theirs_ms = self.continued(theirs);
        let (own, other) = (self.tracks[track as usize], self.tracks[1 - track as usize]);
        let kept = own.offset_ms.filter(|offset| own.is_plausible(theirs_ms + offset));
        // Both tracks of an encoder use one clock. The offset of the other track keeps them together, if it fits.
        let beginning = Clock { last_ms: self.latest_ms, ..own };
        let reference = if own.offset_ms.is_some() { own } else { beginning };
        let shared = other.offset_ms.filter(|offset| reference.is_plausible(theirs_ms + offset));
        let fresh = if other.offset_ms.or(own.offset_ms).is_some() { self.latest_ms + STEP_MS } else { 0 };
        let offset_ms = kept.or(shared).unwrap_or(fresh - theirs_ms);
        let ours_ms = (theirs_ms + offset_ms).max(own.last_ms);
        self.tracks[track as usize] = Clock { offset_ms: Some(offset_ms), last_ms: ours_ms };
        self.latest_ms = self.latest_ms.max(ours_ms);
        // FLV has 32 bits as well: after 49 days of one connection, ffmpeg sees a step back and is restarted.
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
    fn regular_timestamps_begin_at_zero() {
        assert_eq!(map(&[5000, 5033, 5066]), [0, 33, 66]);
    }

    #[test]
    fn steps_back_are_removed() {
        assert_eq!(map(&[0, 40, 30, 60]), [0, 40, 40, 60]);
        assert_eq!(map(&[90_000, 90_040, 0, 40]), [0, 40, 60, 100]);
    }

    #[test]
    fn wraps_and_jumps_are_removed() {
        assert_eq!(map(&[u32::MAX - 9, u32::MAX, 23]), [0, 9, 33]);
        assert_eq!(map(&[0, 3_600_000, 3_600_040]), [0, 20, 60]);
        assert_eq!(map(&[0, 2_000]), [0, 2_000], "a pause stays");
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
    fn tracks_far_apart_keep_their_pace() {
        let mut times = Times::default();
        // The audio is two seconds behind the video all the time.
        for tag in 0..1_000u32 {
            let video = times.map(Track::Video, 5_000 + tag * 40);
            let audio = times.map(Track::Audio, 3_000 + tag * 40);
            assert_eq!(video, tag * 40, "time passes as in the encoder");
            assert_eq!(audio, video + 20, "the audio has its own clock, which stays the same");
        }
    }

    #[test]
    fn tracks_stay_together_while_their_time_wraps() {
        let mut times = Times::default();
        for step in 0..1_000_u32 {
            let video_ms = (u32::MAX - 20_000).wrapping_add(step * 40);
            assert_eq!(times.map(Track::Video, video_ms), step * 40);
            assert_eq!(times.map(Track::Audio, video_ms.wrapping_sub(30)), (step * 40).saturating_sub(30));
        }
    }

    #[test]
    fn a_jump_of_one_track_does_not_affect_the_other() {
        let mut times = Times::default();
        times.map(Track::Video, 0);
        times.map(Track::Audio, 0);
        assert_eq!(times.map(Track::Audio, 900_000), 20);
        assert_eq!(times.map(Track::Video, 40), 40);
        assert_eq!(times.map(Track::Audio, 900_023), 43);
    }

    proptest! {
        #[test]
        fn tracks_never_go_back_nor_jump(tags in proptest::collection::vec((any::<bool>(), any::<u32>()), 1..200)) {
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
