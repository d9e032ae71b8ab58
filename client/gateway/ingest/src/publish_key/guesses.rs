//! Who has guessed wrong, and how often: a bounded table of addresses.

use super::{KeyLimits, KeyRefusal};
use crate::config::millis;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    time::Instant,
};

/// Wrong keys by address.
#[derive(Debug)]
pub(super) struct Guesses {
    limits: KeyLimits,
    failures: HashMap<IpAddr, Failures>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    since: Instant,
    count: u32,
}

impl Guesses {
    pub fn new(limits: KeyLimits) -> Self {
        Self { limits, failures: HashMap::new() }
    }

    /// Whether one more guess is listened to.
    pub fn admit(&self, peer: IpAddr, now: Instant) -> Result<(), KeyRefusal> {
        let Some(failures) = self.failures.get(&prefix(peer)) else { return Ok(()) };
        let age = now.saturating_duration_since(failures.since);
        let window = millis(self.limits.failure_window_ms);
        if failures.count < self.limits.max_failures || age >= window {
            return Ok(());
        }
        Err(KeyRefusal::TooManyFailures { retry_after_s: (window - age).as_secs() + 1 })
    }

    pub fn failed(&mut self, peer: IpAddr, now: Instant) {
        let window = millis(self.limits.failure_window_ms);
        let key = prefix(peer);
        if self.failures.len() >= self.limits.max_addresses && !self.failures.contains_key(&key) {
            self.make_room(now);
        }
        let entry = self.failures.entry(key).or_insert(Failures { since: now, count: 0 });
        if now.saturating_duration_since(entry.since) >= window {
            *entry = Failures { since: now, count: 0 };
        }
        entry.count = entry.count.saturating_add(1);
    }

    fn make_room(&mut self, now: Instant) {
        let window = millis(self.limits.failure_window_ms);
        self.failures.retain(|_, failures| now.saturating_duration_since(failures.since) < window);
        if self.failures.len() < self.limits.max_addresses {
            return;
        }
        let oldest = self.failures.iter().min_by_key(|(_, failures)| failures.since).map(|(peer, _)| *peer);
        oldest.map(|peer| self.failures.remove(&peer));
    }
}

/// Who counts as one: an IPv4 address, or an IPv6 /64, which is what one customer gets.
pub(crate) fn prefix(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}
