//! Ranges of keys, and which of them a session has bought.

use crate::error::{Malformed, PaymentRequired};
use codec::{Decode, Encode};

/// Keys one request may ask for.
pub const MAX_KEYS_PER_REQUEST: u32 = 64;
/// Ticks one key may cost: the longest segment, in seconds.
pub const MAX_KEY_COST_TICKS: u32 = 60;
/// Separate ranges one session may have bought from. A viewer that seeks about in a recording makes gaps; each costs
/// 16 bytes for as long as the session lives.
pub const MAX_GAPS: usize = 32;

/// Keys `first .. first + count` of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct KeyRange {
    /// The first index.
    pub first: u64,
    /// How many.
    pub count: u32,
}

impl KeyRange {
    /// One past the last index.
    pub fn end(&self) -> u64 {
        self.first.saturating_add(u64::from(self.count))
    }

    /// The indices, in order.
    pub fn indices(&self) -> impl Iterator<Item = u64> {
        self.first..self.end()
    }

    /// Whether the range and the costs given for it can be worked with.
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

/// The keys of one session: disjoint ranges that do not touch, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub(crate) struct Bought(Vec<(u64, u64)>);

impl Bought {
    /// Whether `index` is bought.
    pub fn contains(&self, index: u64) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= index);
        after > 0 && index < self.0[after - 1].1
    }

    /// What `wanted` costs: bought keys are free.
    pub fn cost_of(&self, wanted: KeyRange, costs: &[u32]) -> u32 {
        wanted.indices().zip(costs).filter(|(index, _)| !self.contains(*index)).map(|(_, cost)| cost).sum()
    }

    /// Whether `wanted` can be added within [`MAX_GAPS`].
    pub fn check_gaps(&self, wanted: KeyRange) -> Result<(), PaymentRequired> {
        let (from, to) = self.touched(wanted);
        let after = self.0.len() - (to - from) + 1;
        if after > MAX_GAPS {
            return Err(PaymentRequired::TooManyGaps { max_gaps: MAX_GAPS });
        }
        Ok(())
    }

    /// Adds `wanted`; adding it twice changes nothing.
    pub fn add(&mut self, wanted: KeyRange) {
        if wanted.count == 0 {
            return;
        }
        let (from, to) = self.touched(wanted);
        if from == to {
            self.0.insert(from, (wanted.first, wanted.end()));
            return;
        }
        let merged = (self.0[from].0.min(wanted.first), self.0[to - 1].1.max(wanted.end()));
        self.0[from] = merged;
        self.0.drain(from + 1..to);
    }

    /// The ranges that `wanted` overlaps or touches, as positions.
    fn touched(&self, wanted: KeyRange) -> (usize, usize) {
        let from = self.0.partition_point(|(_, end)| *end < wanted.first);
        let to = self.0.partition_point(|(first, _)| *first <= wanted.end());
        (from, to)
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * std::mem::size_of::<(u64, u64)>()
    }

    /// The ranges, for the caller.
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
