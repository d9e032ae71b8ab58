//! Wrong keys by address, to slow down guessing. The table is bounded.

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

    /// Whether a key from this address may be checked.
    pub fn admit(&self, peer: IpAddr, now: Instant) -> Result<(), KeyRefusal> {
        let Some(count) = self.counts.get(&network(peer)) else { return Ok(()) };
        let age = now.saturating_duration_since(count.since);
        let window = millis(self.limits.failure_window_ms);
        if count.failures < self.limits.max_failures || age >= window {
            return Ok(());
        }
        Err(KeyRefusal::TooManyFailures { retry_after_s: (window - age).as_secs() + 1 })
    }

    /// Counts a wrong key from this address.
    pub fn add(&mut self, peer: IpAddr, now: Instant) {
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
        for last in 0..10 {
            failures.add(peer(last), start + millis(u64::from(last)));
        }
        assert!(failures.admit(peer(0), start + millis(20)).is_ok());
        assert!(failures.admit(peer(9), start + millis(20)).is_err());
        assert!(failures.admit(peer(9), start + millis(limits.failure_window_ms + 20)).is_ok());
    }
}
