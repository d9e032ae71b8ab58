//! How fast a player may have keys bought: players fill their buffers as fast as they can, and every key in a buffer is paid.

use std::time::{Duration, Instant};

/// Length of video that a player can buy ahead.
const AHEAD: Duration = Duration::from_secs(30);
/// Seconds of video that can be bought a second after that, so that a player may play faster than real time.
const SPEED: u32 = 2;

/// A bucket of video that can be bought.
#[derive(Debug)]
pub(super) struct Pace {
    left: Duration,
    at: Instant,
}

impl Pace {
    pub fn new(now: Instant) -> Self {
        Self { left: AHEAD, at: now }
    }

    /// Takes a segment of this length out of the bucket. Returns the time to wait if it does not have as much; nothing is
    /// taken then.
    pub fn take(&mut self, length: Duration, now: Instant) -> Option<Duration> {
        let refill = now.saturating_duration_since(self.at).saturating_mul(SPEED);
        (self.left, self.at) = (self.left.saturating_add(refill).min(AHEAD), now);
        let length = length.min(AHEAD);
        match self.left.checked_sub(length) {
            Some(left) => {
                self.left = left;
                None
            }
            None => Some((length - self.left) / SPEED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEGMENT: Duration = Duration::from_secs(2);

    #[test]
    fn player_buys_ahead_and_then_waits() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert!((0..15).all(|_| pace.take(SEGMENT, start).is_none()), "30 s at once");
        assert_eq!(pace.take(SEGMENT, start), Some(Duration::from_secs(1)));
        assert_eq!(pace.take(SEGMENT, start + Duration::from_millis(500)), Some(Duration::from_millis(500)));
        assert_eq!(pace.take(SEGMENT, start + Duration::from_secs(1)), None);
    }

    #[test]
    fn pause_allows_no_more_than_at_the_beginning() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let later = start + Duration::from_secs(3_600);
        assert_eq!((0..100).filter(|_| pace.take(SEGMENT, later).is_none()).count(), 15);
    }

    #[test]
    fn segment_longer_than_the_bucket_is_not_held_for_ever() {
        let start = Instant::now();
        assert_eq!(Pace::new(start).take(Duration::from_secs(60), start), None);
    }
}
