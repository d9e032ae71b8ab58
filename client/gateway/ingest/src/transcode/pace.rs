//! Whether ffmpeg is fast enough. It is too slow only if input is waiting: a publisher that sends less than one second
//! of video per second is not the fault of ffmpeg.

use crate::{clock::whole_millis, config::millis};
use std::time::Duration;
use tokio::time::Instant;

/// Measures the speed of ffmpeg while input is waiting.
#[derive(Debug)]
pub(crate) struct Pace {
    slow_below: f64,
    slow_for: Duration,
    since: Option<Mark>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    at: Instant,
    out_ms: u64,
}

impl Pace {
    pub fn new(slow_below: f64, slow_for_ms: u64) -> Self {
        Self { slow_below, slow_for: millis(slow_for_ms), since: None }
    }

    /// Takes a measurement: at the time `at`, ffmpeg has encoded `out_ms` of media. Returns whether it has been too
    /// slow for too long.
    pub fn is_too_slow(&mut self, at: Instant, out_ms: u64, is_input_waiting: bool) -> bool {
        if !is_input_waiting {
            self.since = None;
            return false;
        }
        let since = *self.since.get_or_insert(Mark { at, out_ms });
        let waited = at.duration_since(since.at);
        if waited < self.slow_for {
            return false;
        }
        self.since = Some(Mark { at, out_ms });
        // Both are far below 2^52, so the conversions are exact.
        let speed = out_ms.saturating_sub(since.out_ms) as f64 / whole_millis(waited).max(1) as f64;
        speed < self.slow_below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(speed_percent: u64, is_waiting: impl Fn(u64) -> bool) -> bool {
        let (mut pace, start) = (Pace::new(0.95, 10_000), Instant::now());
        let at = |second| start + Duration::from_secs(second);
        (0..60).any(|second| pace.is_too_slow(at(second), second * 10 * speed_percent, is_waiting(second)))
    }

    #[test]
    fn too_slow_with_input_waiting_is_noticed() {
        assert!(run(80, |_| true));
    }

    #[test]
    fn fast_enough_with_input_waiting_is_accepted() {
        assert!(!run(96, |_| true));
    }

    #[test]
    fn a_slow_publisher_is_not_the_fault_of_ffmpeg() {
        assert!(!run(50, |_| false));
        assert!(!run(50, |second| second % 8 != 0), "ffmpeg has caught up within ten seconds");
    }
}
