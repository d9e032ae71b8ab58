//! Pauses between attempts: they grow, have an upper bound, and are never the same for any two who wait.

use rand::Rng;
use std::time::Duration;

/// The pause after the first failure, at most.
pub const RETRY_FIRST: Duration = Duration::from_millis(500);
/// The pause after many failures, at most.
pub const RETRY_MOST: Duration = Duration::from_secs(10);

/// The pauses of one who tries again and again.
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
    /// Pauses from `first` up to `most`.
    pub fn new(first: Duration, most: Duration) -> Self {
        Self { first, most, next: first.min(most) }
    }

    /// The pause after one more failure: between a half and the whole of what doubles each time. So those who lost the
    /// same node do not come back all at once.
    pub fn pause(&mut self) -> Duration {
        let whole = self.next;
        self.next = whole.saturating_mul(2).min(self.most);
        whole.mul_f64(rand::thread_rng().gen_range(0.5..=1.0))
    }

    /// It worked: the next failure is the first.
    pub fn reset(&mut self) {
        self.next = self.first.min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_grows_up_to_its_bound_works() {
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
    fn pause_differs_works() {
        let pauses: std::collections::BTreeSet<_> = (0..20).map(|_| Backoff::default().pause()).collect();
        assert!(pauses.len() > 1);
    }
}
