//! The time for which a client does not return to a node that failed.

use super::limits::{REST_FIRST, REST_MOST, STEADY_FOR};
use crate::Backoff;
use std::time::Duration;
use tokio::time::Instant;

/// Rest of a node after its failures. It doubles each time that the node fails soon after it was connected, so that a client does
/// not change between two nodes all the time.
pub(super) struct Rest {
    lengths: Backoff,
    until: Option<Instant>,
}

impl Default for Rest {
    fn default() -> Self {
        Self { lengths: Backoff::new(REST_FIRST, REST_MOST), until: None }
    }
}

impl Rest {
    /// Begins at `now`, when the node failed after it had been the connected one for `served`.
    pub fn begin(&mut self, now: Instant, served: Duration) {
        if served >= STEADY_FOR {
            self.lengths.reset();
        }
        self.until = Some(now + self.lengths.pause());
    }

    /// Whether the node may be returned to.
    pub fn is_over(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(30);

    #[test]
    fn node_that_did_not_fail_does_not_rest() {
        assert!(Rest::default().is_over(Instant::now()));
    }

    #[test]
    fn node_that_fails_soon_again_rests_longer() {
        let (mut rest, now) = (Rest::default(), Instant::now());
        rest.begin(now, SOON);
        assert!(!rest.is_over(now + REST_FIRST / 2 - Duration::from_millis(1)));
        assert!(rest.is_over(now + REST_FIRST));
        rest.begin(now, SOON);
        rest.begin(now, SOON);
        assert!(!rest.is_over(now + REST_FIRST), "four times as long, and at least a half of that");
        for _ in 0..10 {
            rest.begin(now, SOON);
        }
        assert!(!rest.is_over(now + REST_MOST / 3) && rest.is_over(now + REST_MOST));
    }

    #[test]
    fn failure_after_a_long_time_counts_as_the_first() {
        let (mut rest, now) = (Rest::default(), Instant::now());
        for _ in 0..10 {
            rest.begin(now, SOON);
        }
        rest.begin(now, STEADY_FOR);
        assert!(rest.is_over(now + REST_FIRST));
    }
}
