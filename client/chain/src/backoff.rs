//! Pauses between attempts: they grow up to a bound and are jittered.

use rand::Rng;
use std::time::Duration;

/// Longest pause after the first failure.
pub const RETRY_FIRST: Duration = Duration::from_millis(500);
/// Longest pause after many failures.
pub const RETRY_MOST: Duration = Duration::from_secs(10);

/// Pauses of repeated attempts.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new(RETRY_FIRST, RETRY_MOST)
    }
}

impl Backoff {
    /// Pauses that double from `first` up to `most`.
    pub fn new(first: Duration, most: Duration) -> Self {
        Self { first, most, next: first.min(most) }
    }

    /// Returns the pause after one more failure: a random part, at least a half, of a length that doubles each time, so that
    /// clients that lost the same node do not come back all at once.
    pub fn pause(&mut self) -> Duration {
        let whole = self.next;
        self.next = whole.saturating_mul(2).min(self.most);
        whole.mul_f64(rand::thread_rng().gen_range(0.5..=1.0))
    }

    /// Notes a success: the next failure counts as the first.
    pub fn reset(&mut self) {
        self.next = self.first.min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_their_bound() {
        let (first, most) = (Duration::from_millis(100), Duration::from_millis(350));
        let mut backoff = Backoff::new(first, most);
        for whole_ms in [100, 200, 350, 350, 350] {
            let (pause, whole) = (backoff.pause(), Duration::from_millis(whole_ms));
            assert!(pause >= whole / 2 && pause <= whole, "{pause:?} of {whole:?}");
        }
        backoff.reset();
        assert!(backoff.pause() <= first);
    }

    #[test]
    fn pauses_differ() {
        let pauses: std::collections::BTreeSet<_> = (0..20).map(|_| Backoff::default().pause()).collect();
        assert!(pauses.len() > 1);
    }
}
