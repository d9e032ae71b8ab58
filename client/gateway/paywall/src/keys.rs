//! Ranges of keys, and the keys that a session has bought.

use crate::error::{Malformed, PaymentRequired};
use codec::{Decode, Encode};

/// Largest number of keys in one request.
pub const MAX_KEYS_PER_REQUEST: u32 = 64;
/// Largest cost of one key: the longest segment, in seconds.
pub const MAX_KEY_COST_TICKS: u32 = 60;
/// Largest number of separate ranges that a session's keys may form. A viewer that seeks in a recording leaves gaps,
/// and each range takes 16 bytes for as long as the session exists.
pub const MAX_GAPS: usize = 32;

/// Keys `first .. first + count` of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct KeyRange {
    /// Index of the first key.
    pub first: u64,
    /// Number of keys.
    pub count: u32,
}

impl KeyRange {
    /// Returns the index after the last key.
    pub fn end(&self) -> u64 {
        self.first.saturating_add(u64::from(self.count))
    }

    /// Returns the indices, in ascending order.
    pub fn indices(&self) -> impl Iterator<Item = u64> {
        self.first..self.end()
    }

    /// Checks that the range is within its limits, and that `costs` has one cost per key within its limits.
    pub(crate) fn check(&self, costs: &[u32]) -> Result<(), Malformed> {
        if self.count == 0 || self.count > MAX_KEYS_PER_REQUEST {
            return Err(Malformed::KeyCount { count: self.count, max_keys: MAX_KEYS_PER_REQUEST });
        }
        self.first.checked_add(u64::from(self.count)).ok_or(Malformed::KeyRange)?;
        let fits = costs.len() == self.count as usize;
        let costs_something = costs.iter().all(|cost| (1..=MAX_KEY_COST_TICKS).contains(cost));
        if !fits || !costs_something {
            return Err(Malformed::Costs { count: self.count, max_cost_ticks: MAX_KEY_COST_TICKS });
        }
        Ok(())
    }
}

/// The keys that a session has bought, as ranges `(first, end)`: disjoint, not touching, in ascending order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub(crate) struct BoughtKeys(Vec<(u64, u64)>);

impl BoughtKeys {
    /// Returns whether the key `index` is bought.
    pub fn contains(&self, index: u64) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= index);
        after > 0 && index < self.0[after - 1].1
    }

    /// Returns the ticks that `wanted` costs. Keys that are bought already cost nothing.
    pub fn cost_of(&self, wanted: KeyRange, costs: &[u32]) -> u32 {
        wanted.indices().zip(costs).filter(|(index, _)| !self.contains(*index)).map(|(_, cost)| cost).sum()
    }

    /// Checks that `wanted` can be added without exceeding [`MAX_GAPS`] ranges.
    pub fn check_gaps(&self, wanted: KeyRange) -> Result<(), PaymentRequired> {
        let (from, to) = self.adjoining(wanted);
        let after = self.0.len() - (to - from) + 1;
        if after > MAX_GAPS {
            return Err(PaymentRequired::TooManyGaps { max_gaps: MAX_GAPS });
        }
        Ok(())
    }

    /// Adds the keys `wanted`. Adding a key again changes nothing.
    pub fn add(&mut self, wanted: KeyRange) {
        if wanted.count == 0 {
            return;
        }
        let (from, to) = self.adjoining(wanted);
        if from == to {
            self.0.insert(from, (wanted.first, wanted.end()));
            return;
        }
        let merged = (self.0[from].0.min(wanted.first), self.0[to - 1].1.max(wanted.end()));
        self.0[from] = merged;
        self.0.drain(from + 1..to);
    }

    /// Returns the positions `from..to` of the ranges that `wanted` overlaps or touches.
    fn adjoining(&self, wanted: KeyRange) -> (usize, usize) {
        let from = self.0.partition_point(|(_, end)| *end < wanted.first);
        let to = self.0.partition_point(|(first, _)| *first <= wanted.end());
        (from, to)
    }

    /// Returns the bytes used on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * std::mem::size_of::<(u64, u64)>()
    }

    /// Returns the ranges, in ascending order.
    pub fn ranges(&self) -> Vec<KeyRange> {
        let range = |&(first, end): &(u64, u64)| {
            (first..end)
                .step_by(u32::MAX as usize)
                .map(move |start| KeyRange { first: start, count: u32::try_from(end - start).unwrap_or(u32::MAX) })
        };
        self.0.iter().flat_map(range).collect()
    }
}

#[cfg(test)]
#[path = "tests/keys.rs"]
mod tests;
