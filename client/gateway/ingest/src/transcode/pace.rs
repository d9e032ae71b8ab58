//! Whether ffmpeg keeps up. It is slow only if it has input it does not take: a publisher that sends less than a second of
//! video in a second is not ffmpeg's fault.

/// Watches how far ffmpeg comes while input is waiting.
#[derive(Debug)]
pub(crate) struct Pace {
    slow_below: f64,
    slow_for_ms: u64,
    since: Option<Mark>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    at_ms: u64,
    out_ms: u64,
}

impl Pace {
    pub fn new(slow_below: f64, slow_for_ms: u64) -> Self {
        Self { slow_below, slow_for_ms, since: None }
    }

    /// Takes a measurement; says whether ffmpeg has been too slow for too long.
    pub fn is_too_slow(&mut self, at_ms: u64, out_ms: u64, is_input_waiting: bool) -> bool {
        if !is_input_waiting {
            self.since = None;
            return false;
        }
        let since = *self.since.get_or_insert(Mark { at_ms, out_ms });
        let waited_ms = at_ms.saturating_sub(since.at_ms);
        if waited_ms < self.slow_for_ms {
            return false;
        }
        self.since = Some(Mark { at_ms, out_ms });
        // Both are far below 2^52.
        let speed = out_ms.saturating_sub(since.out_ms) as f64 / waited_ms.max(1) as f64;
        speed < self.slow_below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(speed_percent: u64, is_waiting: impl Fn(u64) -> bool) -> bool {
        let mut pace = Pace::new(0.95, 10_000);
        (0..60).any(|second| pace.is_too_slow(second * 1000, second * 10 * speed_percent, is_waiting(second)))
    }

    #[test]
    fn slow_with_input_waiting_is_noticed() {
        assert!(run(80, |_| true));
    }

    #[test]
    fn fast_is_not_slow() {
        assert!(!run(96, |_| true));
    }

    #[test]
    fn slow_without_input_is_the_publishers() {
        assert!(!run(50, |_| false));
        assert!(!run(50, |second| second % 8 != 0), "input was taken within ten seconds");
    }
}
