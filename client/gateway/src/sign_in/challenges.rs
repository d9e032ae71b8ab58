//! Challenges that wait for their signature. They are in memory only, so that none outlives the process.

use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use tick_stream_primitives::AccountId;
use vilokanam_paywall::IpPrefix;

/// Time for which a challenge can be signed: a hardware wallet takes its time.
pub const VALID_MS: u64 = 5 * 60_000;
/// Challenges that wait, in all and of one network.
const MAX_WAITING: usize = 20_000;
const MAX_OF_PREFIX: usize = 200;

/// Whom a challenge is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    /// Account that signs, or in whose place the session key signs; for a guest, the giver.
    pub account: AccountId,
    /// Session key that signs.
    pub session_key: Option<AccountId>,
    /// Whether the person is the recipient of a gift.
    pub is_guest: bool,
}

/// Challenges by their messages.
#[derive(Default)]
pub struct Challenges(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    by_message: HashMap<String, (Pending, IpPrefix, u64)>,
    by_age: VecDeque<(u64, String)>,
    of_prefix: HashMap<IpPrefix, usize>,
}

impl Waiting {
    fn remove(&mut self, message: &str) -> bool {
        let Some((_, prefix, _)) = self.by_message.remove(message) else { return false };
        match self.of_prefix.get_mut(&prefix) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(self.of_prefix.remove(&prefix)),
        }
        true
    }

    fn forget_expired(&mut self, now_ms: u64) {
        while self.by_age.front().is_some_and(|(until_ms, _)| *until_ms < now_ms) {
            if let Some((_, message)) = self.by_age.pop_front() {
                self.remove(&message);
            }
        }
    }
}

impl Challenges {
    /// Adds a challenge. Returns false if too many wait.
    pub fn add(&self, message: &str, pending: Pending, prefix: IpPrefix, now_ms: u64) -> bool {
        let mut waiting = self.0.lock();
        waiting.forget_expired(now_ms);
        let of_prefix = waiting.of_prefix.get(&prefix).copied().unwrap_or(0);
        // Of those that were answered, the age is remembered until it ends.
        if waiting.by_age.len() >= MAX_WAITING || of_prefix >= MAX_OF_PREFIX {
            return false;
        }
        let until_ms = now_ms + VALID_MS;
        waiting.of_prefix.insert(prefix, of_prefix + 1);
        waiting.by_message.insert(message.to_owned(), (pending, prefix, until_ms));
        waiting.by_age.push_back((until_ms, message.to_owned()));
        true
    }

    /// Returns whom a challenge is for, if it waits.
    pub fn find(&self, message: &str, now_ms: u64) -> Option<Pending> {
        let waiting = self.0.lock();
        let found = waiting.by_message.get(message).filter(|(_, _, until_ms)| *until_ms >= now_ms);
        found.map(|(pending, ..)| pending.clone())
    }

    /// Uses a challenge up. Returns false if it was used already.
    pub fn take(&self, message: &str) -> bool {
        self.0.lock().remove(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(network: u8) -> IpPrefix {
        IpPrefix::of([10, 0, network, 1].into())
    }

    fn pending() -> Pending {
        Pending { account: AccountId::new([1; 32]), session_key: None, is_guest: false }
    }

    #[test]
    fn challenge_is_used_once_and_within_its_time() {
        let challenges = Challenges::default();
        assert!(challenges.add("a", pending(), prefix(1), 1_000));
        assert_eq!(challenges.find("a", 1_000 + VALID_MS), Some(pending()));
        assert_eq!(challenges.find("a", 1_001 + VALID_MS), None, "it took too long");
        assert!(challenges.take("a"));
        assert!(!challenges.take("a"));
        assert_eq!(challenges.find("a", 1_000), None);
        assert_eq!(challenges.find("b", 1_000), None, "it was never made here");
    }

    #[test]
    fn one_network_keeps_no_other_out() {
        let challenges = Challenges::default();
        let add = |number: usize, network, now_ms| {
            challenges.add(&format!("{network} {number} {now_ms}"), pending(), prefix(network), now_ms)
        };
        assert!((0..MAX_OF_PREFIX).all(|number| add(number, 1, 0)));
        assert!(!add(MAX_OF_PREFIX, 1, 0));
        assert!(add(0, 2, 0));
        assert!(add(0, 1, VALID_MS + 1), "the others have expired");
        assert_eq!(challenges.0.lock().by_message.len(), 1);
    }
}
