//! The last reason for which a publisher of each stream was refused or disconnected, for its creator.

use crate::{clock::unix_ms, error::PublishError};
use std::collections::HashMap;

/// Maximum number of streams whose last refusal is kept. The oldest is forgotten.
const MAX_STREAMS: usize = 1_024;

/// Why a publisher with a valid key was refused or disconnected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Time, in milliseconds since 1970.
    pub at_ms: u64,
    /// The reason, which says what to do. The publisher has received it as well, if its protocol can transfer it.
    pub reason: String,
}

/// Last refusals by stream.
#[derive(Debug, Default)]
pub(super) struct Refusals(HashMap<u64, Refusal>);

impl Refusals {
    /// Notes a refusal. A publisher that was disconnected on request is not noted.
    pub fn note(&mut self, stream: u64, reason: String) {
        if self.0.len() >= MAX_STREAMS && !self.0.contains_key(&stream) {
            let oldest = self.0.iter().min_by_key(|(_, refusal)| refusal.at_ms).map(|(stream, _)| *stream);
            oldest.map(|stream| self.0.remove(&stream));
        }
        self.0.insert(stream, Refusal { at_ms: unix_ms(), reason });
    }

    /// Forgets the refusal of a stream, because a later publisher is on air.
    pub fn forget(&mut self, stream: u64) {
        self.0.remove(&stream);
    }

    pub fn last(&self, stream: u64) -> Option<Refusal> {
        self.0.get(&stream).cloned()
    }
}

/// Whether the creator has to know. Other publishers of the same creator, and requests, are no faults of the encoder.
pub(super) fn is_noteworthy(reason: &PublishError) -> bool {
    !matches!(reason, PublishError::Disconnected | PublishError::Replaced | PublishError::AlreadyPublishing(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_refusals_are_kept_within_the_limit() {
        let mut refusals = Refusals::default();
        for stream in 0..=MAX_STREAMS as u64 {
            refusals.note(stream, "first".into());
        }
        refusals.note(MAX_STREAMS as u64, "second".into());
        assert_eq!(refusals.0.len(), MAX_STREAMS);
        assert_eq!(refusals.last(MAX_STREAMS as u64).unwrap().reason, "second");
        refusals.forget(MAX_STREAMS as u64);
        assert_eq!(refusals.last(MAX_STREAMS as u64), None);
    }
}
