//! Signed messages that are accepted once.

use parking_lot::Mutex;
use std::collections::{HashSet, VecDeque};

/// Messages in memory. Above the limit, the next one has to wait.
const MAX_REMEMBERED: usize = 10_000;

/// Remembers messages for as long as they could be used again.
#[derive(Default)]
pub struct Once(Mutex<Seen>);

/// Messages, with the time until which they could be used again.
#[derive(Default)]
struct Seen {
    by_age: VecDeque<(u64, Vec<u8>)>,
    known: HashSet<Vec<u8>>,
}

/// Why a message is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It was accepted already.
    Again,
    /// Too many were accepted a moment ago.
    TooMany,
}

impl Once {
    /// Accepts a message once, for the time for which its signature is valid. To be called for signers who have the right to it,
    /// so that strangers cannot fill the memory. The message is remembered rather than the signature, since sr25519 signs the
    /// same message in many ways.
    pub fn take(&self, message: Vec<u8>, now_ms: u64, valid_for_ms: u64) -> Result<(), Refused> {
        let mut seen = self.0.lock();
        while seen.by_age.front().is_some_and(|(until_ms, _)| *until_ms < now_ms) {
            if let Some((_, old)) = seen.by_age.pop_front() {
                seen.known.remove(&old);
            }
        }
        if seen.known.contains(&message) {
            return Err(Refused::Again);
        }
        if seen.by_age.len() >= MAX_REMEMBERED {
            return Err(Refused::TooMany);
        }
        seen.known.insert(message.clone());
        seen.by_age.push_back((now_ms.saturating_add(valid_for_ms), message));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_accepted_once_while_it_is_valid() {
        let once = Once::default();
        assert_eq!(once.take(b"a".to_vec(), 1_000, 60), Ok(()));
        assert_eq!(once.take(b"a".to_vec(), 1_060, 60), Err(Refused::Again));
        assert_eq!(once.take(b"b".to_vec(), 1_060, 60), Ok(()));
        assert_eq!(once.take(b"a".to_vec(), 1_061, 60), Ok(()), "its signature is too old by then");
    }

    #[test]
    fn memory_is_bounded() {
        let once = Once::default();
        let take = |number: usize, now_ms| once.take(number.to_le_bytes().to_vec(), now_ms, 60);
        assert!((0..MAX_REMEMBERED).all(|number| take(number, 0).is_ok()));
        assert_eq!(take(MAX_REMEMBERED, 0), Err(Refused::TooMany));
        assert_eq!(take(MAX_REMEMBERED, 61), Ok(()));
    }
}
