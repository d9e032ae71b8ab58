//! How often something may happen.

use std::{collections::HashMap, hash::Hash};
use tick_stream_primitives::Moment;

/// A rate: once every so many milliseconds, and up to so many times at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// Milliseconds between two times, on average.
    pub every_ms: u64,
    /// Times at once.
    pub burst: u32,
}

/// How far something has used up its rate. The default is unused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pace {
    /// Time at which everything that was taken is earned again.
    settled_at: Moment,
}

impl Pace {
    /// Takes one time, or returns the milliseconds until there is one.
    pub fn take(&mut self, rate: Rate, now: Moment) -> Result<(), u64> {
        let settled_at = self.settled_at.max(now);
        let most = rate.every_ms * u64::from(rate.burst.saturating_sub(1));
        let used = settled_at - now;
        if used > most {
            return Err(used - most);
        }
        self.settled_at = settled_at + rate.every_ms;
        Ok(())
    }

    fn is_unused(self, now: Moment) -> bool {
        self.settled_at <= now
    }
}

/// The paces of many, of which a limited number is remembered.
#[derive(Debug)]
pub struct Paces<K> {
    rate: Rate,
    most: usize,
    paces: HashMap<K, Pace>,
}

impl<K: Eq + Hash> Paces<K> {
    /// Remembers at most `most`.
    pub fn new(rate: Rate, most: usize) -> Self {
        Self { rate, most, paces: HashMap::new() }
    }

    /// Takes one time for `key`, or returns the milliseconds until there is one. When too many are remembered, those that have
    /// not used their rate are forgotten; if that does not help, a new one is refused.
    pub fn take(&mut self, key: K, now: Moment) -> Result<(), u64> {
        if self.paces.len() >= self.most && !self.paces.contains_key(&key) {
            self.paces.retain(|_, pace| !pace.is_unused(now));
            if self.paces.len() >= self.most {
                return Err(self.rate.every_ms);
            }
        }
        self.paces.entry(key).or_default().take(self.rate, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { every_ms: 1_000, burst: 5 };

    #[test]
    fn burst_is_followed_by_one_a_second() {
        let mut pace = Pace::default();
        assert!((0..5).all(|_| pace.take(RATE, 10_000).is_ok()));
        assert_eq!(pace.take(RATE, 10_000), Err(1_000));
        assert_eq!(pace.take(RATE, 10_400), Err(600));
        assert_eq!(pace.take(RATE, 11_000), Ok(()));
        assert_eq!(pace.take(RATE, 11_000), Err(1_000), "the burst is used up");
        assert!((0..5).all(|_| pace.take(RATE, 60_000).is_ok()));
    }

    #[test]
    fn idle_ones_are_forgotten_and_busy_ones_are_not() {
        let mut paces = Paces::new(RATE, 2);
        assert!(paces.take(1, 10_000).is_ok() && paces.take(2, 10_000).is_ok());
        assert!(paces.take(3, 10_000).is_err(), "both are in use");
        assert!(paces.take(1, 10_500).is_ok(), "one that is remembered goes on");
        assert!(paces.take(3, 11_000).is_ok(), "the second is idle");
        assert_eq!(paces.paces.len(), 2);
    }
}
