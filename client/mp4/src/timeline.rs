//! Times of a recording: it begins at 0, whenever in the broadcast the viewer came.
//!
//! A gateway's segments carry the broadcast's own times. Appended to a file as they are, they make a recording that claims to
//! begin minutes or hours into itself. [`Timeline`] subtracts the same time span from all tracks, so that picture and sound
//! stay together. Edit lists, which could delay a track as well, are left alone: gateways write none.

use crate::boxes::{decode_times, tracks, DecodeTime, Track};
use std::time::Duration;

/// Distance in nanoseconds by which a segment may begin before the end of the one before it. Segments end at key frames and
/// sound does not, so that neighbours overlap a little.
const OVERLAP_NANOS: i128 = 500_000_000;
const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// Times of a recording.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    tracks: Vec<Track>,
    /// Time of the broadcast at which the recording's time is 0; `None` until a segment has come.
    zero_nanos: Option<i128>,
    /// End of what has been recorded.
    end_nanos: i128,
}

impl Timeline {
    /// Takes the tracks of an initialisation segment. The next segment follows what has been recorded without a gap: it may
    /// be of another encoder, whose clock says something else.
    pub fn start_init(&mut self, init: &[u8]) {
        self.tracks = tracks(init);
        self.zero_nanos = None;
    }

    /// Rewrites the times of a media segment of this length. A segment that is not fragmented MP4 stays as it is.
    pub fn rebase(&mut self, segment: &mut [u8], length: Duration) {
        let times = decode_times(segment);
        let starts = times.iter().filter_map(|time| self.nanos(time.track, time.units));
        let Some(start) = starts.min() else {
            self.end_nanos = self.end_nanos.saturating_add(nanos(length));
            return;
        };
        // A clock that goes backwards is another one, as after a restart of the gateway.
        let known = self.zero_nanos.filter(|zero| start - zero >= self.end_nanos - OVERLAP_NANOS);
        let zero = known.unwrap_or(start - self.end_nanos);
        self.zero_nanos = Some(zero);
        for time in &times {
            self.shift(segment, time, zero);
        }
        self.end_nanos = (start - zero).saturating_add(nanos(length));
    }

    /// Returns the length of what has been recorded, in nanoseconds.
    pub fn length_nanos(&self) -> u128 {
        self.end_nanos.unsigned_abs()
    }

    fn shift(&self, segment: &mut [u8], time: &DecodeTime, zero: i128) {
        let Some(track) = self.tracks.iter().find(|track| track.id == time.track) else { return };
        // Rounded once per track and not per segment, so that a track's own distances stay exact.
        let zero_units = zero * i128::from(track.timescale) / NANOS_PER_SECOND;
        let units = (i128::from(time.units) - zero_units).max(0);
        time.write(segment, u64::try_from(units).unwrap_or(u64::MAX));
    }

    fn nanos(&self, track: u32, units: u64) -> Option<i128> {
        let track = self.tracks.iter().find(|known| known.id == track)?;
        Some(i128::from(units) * NANOS_PER_SECOND / i128::from(track.timescale))
    }
}

fn nanos(length: Duration) -> i128 {
    i128::try_from(length.as_nanos()).unwrap_or(i128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fragment, init, traf};

    const SEGMENT: Duration = Duration::from_secs(2);
    const VIDEO: u64 = 15_360;
    const AUDIO: u64 = 48_000;

    fn timeline() -> Timeline {
        let mut timeline = Timeline::default();
        timeline.start_init(&init(&[VIDEO as u32, AUDIO as u32]));
        timeline
    }

    /// Segment whose tracks begin at these times, in units, and the times after the rebase.
    fn rebased(timeline: &mut Timeline, video: u64, audio: u64) -> (u64, u64) {
        let mut segment = fragment(&[traf(1, video), traf(2, audio)]);
        timeline.rebase(&mut segment, SEGMENT);
        let times = decode_times(&segment);
        (times[0].units, times[1].units)
    }

    #[test]
    fn recording_begins_at_zero_with_picture_and_sound_together() {
        let mut timeline = timeline();
        // 246 s into the broadcast; sound begins 565 units later.
        assert_eq!(rebased(&mut timeline, 246 * VIDEO, 246 * AUDIO + 565), (0, 565));
        assert_eq!(rebased(&mut timeline, 248 * VIDEO, 248 * AUDIO + 309), (2 * VIDEO, 2 * AUDIO + 309));
        assert_eq!(timeline.length_nanos(), 4_000_000_000);
    }

    #[test]
    fn track_that_begins_first_is_at_zero() {
        let mut timeline = timeline();
        let (video, audio) = rebased(&mut timeline, 100 * VIDEO, 100 * AUDIO - 480);
        assert_eq!((video.abs_diff(VIDEO / 100) <= 1, audio), (true, 0), "{video}");
    }

    #[test]
    fn missed_segments_leave_a_gap() {
        let mut timeline = timeline();
        rebased(&mut timeline, 10 * VIDEO, 10 * AUDIO);
        assert_eq!(rebased(&mut timeline, 16 * VIDEO, 16 * AUDIO), (6 * VIDEO, 6 * AUDIO));
    }

    #[test]
    fn another_initialisation_continues_where_the_recording_ended() {
        let mut timeline = timeline();
        rebased(&mut timeline, 246 * VIDEO, 246 * AUDIO);
        timeline.start_init(&init(&[VIDEO as u32, AUDIO as u32]));
        assert_eq!(rebased(&mut timeline, 0, 0), (2 * VIDEO, 2 * AUDIO));
        assert_eq!(timeline.length_nanos(), 4_000_000_000);
    }

    #[test]
    fn clock_that_goes_backwards_continues_where_the_recording_ended() {
        let mut timeline = timeline();
        rebased(&mut timeline, 246 * VIDEO, 246 * AUDIO);
        assert_eq!(rebased(&mut timeline, 3 * VIDEO, 3 * AUDIO), (2 * VIDEO, 2 * AUDIO));
    }

    #[test]
    fn bytes_that_are_no_fragments_stay_as_they_are() {
        let mut timeline = timeline();
        let mut segment = b"not a fragment at all".to_vec();
        timeline.rebase(&mut segment, SEGMENT);
        assert_eq!(segment, b"not a fragment at all");
        let unknown = fragment(&[traf(9, 500)]);
        let mut segment = unknown.clone();
        timeline.rebase(&mut segment, SEGMENT);
        assert_eq!(segment, unknown, "the track is not in the initialisation");
        assert_eq!(timeline.length_nanos(), 4_000_000_000);
    }
}
