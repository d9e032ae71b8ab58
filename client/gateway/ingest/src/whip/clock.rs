//! One timeline for sound and picture, whose RTP timestamps begin at random numbers.
//!
//! At first the arrival of the first frame of each track counts. The reports of the sender then say to which time of day
//! the timestamps belong, and the sound is moved to where it belongs.

use crate::rtmp::Track;
use std::time::{Duration, Instant, SystemTime};

/// Time of the first frame, so that a track that is moved back does not fall below zero.
const BASE_MS: i64 = 10_000;
/// Differences between sound and picture below this are left alone, because each correction is a jump.
const TOLERANCE_MS: i64 = 20;
/// Differences above this are nonsense of the sender's clock.
const MAX_CORRECTION_MS: i64 = 5_000;

/// When a frame was taken, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    /// RTP timestamp, continued over its wrap, in microseconds.
    pub rtp_us: u64,
    /// Arrival of the frame.
    pub arrived: Instant,
    /// A timestamp and the time of day to which it belongs, as last reported by the sender.
    pub report: Option<(u64, SystemTime)>,
}

/// Timeline of a session.
#[derive(Debug, Default)]
pub(super) struct Clock {
    started: Option<Instant>,
    tracks: [Option<Line>; 2],
}

/// Timeline of a track.
#[derive(Debug)]
struct Line {
    first_us: u64,
    /// Time of the first frame on the common timeline.
    offset_ms: i64,
    /// Time of day of the first frame by the sender's clock.
    first_at: Option<SystemTime>,
}

impl Clock {
    /// Time of a frame on the common timeline in milliseconds, of which the lower 32 bits are returned.
    pub fn map(&mut self, track: Track, stamp: Stamp) -> u32 {
        let started = *self.started.get_or_insert(stamp.arrived);
        let line = self.tracks[track as usize].get_or_insert_with(|| Line {
            first_us: stamp.rtp_us,
            offset_ms: BASE_MS + millis(stamp.arrived.saturating_duration_since(started)),
            first_at: None,
        });
        if let Some((rtp_us, at)) = stamp.report {
            line.first_at = shifted(at, rtp_us, line.first_us);
        }
        self.align();
        let Some(line) = &self.tracks[track as usize] else { return 0 };
        let passed_ms = signed(stamp.rtp_us).saturating_sub(signed(line.first_us)) / 1_000;
        let time_ms = line.offset_ms.saturating_add(passed_ms).max(0);
        // The mask leaves 32 bits.
        (time_ms & i64::from(u32::MAX)) as u32
    }

    /// Moves the sound to the picture, if the sender has said for both which time of day they belong to.
    fn align(&mut self) {
        let [Some(video), Some(audio)] = &mut self.tracks else { return };
        let (Some(video_at), Some(audio_at)) = (video.first_at, audio.first_at) else { return };
        let later_ms = match audio_at.duration_since(video_at) {
            Ok(later) => millis(later),
            Err(earlier) => -millis(earlier.duration()),
        };
        let offset_ms = video.offset_ms.saturating_add(later_ms);
        let correction_ms = offset_ms.saturating_sub(audio.offset_ms).saturating_abs();
        if (TOLERANCE_MS..=MAX_CORRECTION_MS).contains(&correction_ms) {
            audio.offset_ms = offset_ms;
        }
    }
}

/// Time of day of the timestamp `to_us`, if `at` is that of `from_us`.
fn shifted(at: SystemTime, from_us: u64, to_us: u64) -> Option<SystemTime> {
    if to_us >= from_us {
        at.checked_add(Duration::from_micros(to_us - from_us))
    } else {
        at.checked_sub(Duration::from_micros(from_us - to_us))
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    struct Sender {
        clock: Clock,
        began: Instant,
    }

    impl Sender {
        fn new() -> Self {
            Self { clock: Clock::default(), began: Instant::now() }
        }

        fn map(&mut self, track: Track, rtp_ms: u64, arrived_ms: u64, report: Option<(u64, u64)>) -> u32 {
            let at = |ms| SystemTime::UNIX_EPOCH + DAY + Duration::from_millis(ms);
            let report = report.map(|(rtp_ms, at_ms)| (rtp_ms * 1_000, at(at_ms)));
            let arrived = self.began + Duration::from_millis(arrived_ms);
            self.clock.map(track, Stamp { rtp_us: rtp_ms * 1_000, arrived, report })
        }
    }

    #[test]
    fn first_frames_are_placed_by_their_arrival() {
        let mut sender = Sender::new();
        assert_eq!(sender.map(Track::Audio, 777_000, 0, None), 10_000);
        assert_eq!(sender.map(Track::Video, 5, 300, None), 10_300);
        assert_eq!(sender.map(Track::Video, 38, 900, None), 10_333, "later arrivals do not count");
        assert_eq!(sender.map(Track::Audio, 777_020, 900, None), 10_020);
    }

    #[test]
    fn reports_of_the_sender_bring_sound_and_picture_together() {
        let mut sender = Sender::new();
        sender.map(Track::Audio, 1_000, 0, None);
        // The picture was taken at the same time as the sound, and came 300 ms later.
        sender.map(Track::Video, 50_000, 300, None);
        assert_eq!(sender.map(Track::Video, 50_040, 340, Some((50_040, 40))), 10_340);
        assert_eq!(sender.map(Track::Audio, 1_040, 40, Some((1_020, 20))), 10_340);
    }

    #[test]
    fn small_and_senseless_differences_are_left_alone() {
        for audio_at_ms in [10, 3_600_000] {
            let mut sender = Sender::new();
            sender.map(Track::Audio, 1_000, 0, None);
            sender.map(Track::Video, 50_000, 0, Some((50_000, 0)));
            assert_eq!(sender.map(Track::Audio, 1_040, 40, Some((1_000, audio_at_ms))), 10_040);
        }
    }

    #[test]
    fn timestamps_before_the_first_one_do_not_fail() {
        let mut sender = Sender::new();
        sender.map(Track::Video, 50_000, 0, None);
        assert_eq!(sender.map(Track::Video, 49_990, 10, None), 9_990);
        assert_eq!(sender.map(Track::Video, 0, 20, None), 0);
    }
}
