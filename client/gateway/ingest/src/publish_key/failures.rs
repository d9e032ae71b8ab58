//! Wrong keys by address, to slow down encoders that try again and again. The table is bounded. A key has 160 random
//! bits, so it needs no protection against guessing.

use super::error::KeyRefusal;
use crate::{
    address::network,
    config::{millis, KeyLimits},
};
use std::{collections::HashMap, net::IpAddr};
use tokio::time::Instant;

/// Counts of wrong keys.
#[derive(Debug)]
pub(super) struct Failures {
    limits: KeyLimits,
    counts: HashMap<IpAddr, Count>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    since: Instant,
    failures: u32,
}

impl Failures {
    pub fn new(limits: KeyLimits) -> Self {
        Self { limits, counts: HashMap::new() }
    }

    /// Counts a wrong key from this address, and returns the refusal of it.
    pub fn add(&mut self, peer: IpAddr, now: Instant) -> KeyRefusal {
        let window = millis(self.limits.failure_window_ms);
        let address = network(peer);
        if self.counts.len() >= self.limits.max_addresses && !self.counts.contains_key(&address) {
            self.make_room(now);
        }
        let count = self.counts.entry(address).or_insert(Count { since: now, failures: 0 });
        if now.saturating_duration_since(count.since) >= window {
            *count = Count { since: now, failures: 0 };
        }
        count.failures = count.failures.saturating_add(1);
        if count.failures <= self.limits.max_failures {
            return KeyRefusal::Wrong;
        }
        let age = now.saturating_duration_since(count.since);
        KeyRefusal::TooManyFailures { retry_after_s: window.saturating_sub(age).as_secs() + 1 }
    }

    /// Forgets the addresses whose window has passed, or else the oldest one.
    fn make_room(&mut self, now: Instant) {
        let window = millis(self.limits.failure_window_ms);
        self.counts.retain(|_, count| now.saturating_duration_since(count.since) < window);
        if self.counts.len() < self.limits.max_addresses {
            return;
        }
        let oldest = self.counts.iter().min_by_key(|(_, count)| count.since).map(|(address, _)| *address);
        oldest.map(|address| self.counts.remove(&address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_oldest_addresses_are_forgotten() {
        let limits = KeyLimits { max_addresses: 2, max_failures: 1, ..KeyLimits::default() };
        let mut failures = Failures::new(limits);
        let start = Instant::now();
        let refusal = |failures: &mut Failures, last, ms| failures.add(peer(last), start + millis(ms));
        for last in 0..10 {
            assert_eq!(refusal(&mut failures, last, u64::from(last)), KeyRefusal::Wrong);
        }
        assert!(matches!(refusal(&mut failures, 9, 20), KeyRefusal::TooManyFailures { retry_after_s: 60 }));
        assert_eq!(refusal(&mut failures, 0, 20), KeyRefusal::Wrong, "the oldest address was forgotten");
        assert_eq!(refusal(&mut failures, 0, limits.failure_window_ms + 20), KeyRefusal::Wrong);
    }
}
