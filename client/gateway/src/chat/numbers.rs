//! Numbers of messages, which grow with time and are not given twice.
//!
//! A number has 53 bits, so that programs with floating-point numbers can hold it: milliseconds since 2026 (41 bits), a tag of
//! the process (6 bits) and a counter within the millisecond (6 bits). No database is asked for it. Two gateways with one database
//! have different tags except by chance; then a collision also takes messages in the same millisecond. The last tag is for
//! tips: their numbers follow from their blocks, so that the same tip has the same number whenever and wherever it is seen.

use std::sync::atomic::{AtomicU64, Ordering};
use tick_stream_primitives::Moment;

/// 2026-01-01 in milliseconds since 1970.
const EPOCH_MS: Moment = 1_767_225_600_000;
const COUNTER_BITS: u32 = 6;
const TAG_BITS: u32 = 6;
const MAX_COUNT: u64 = (1 << COUNTER_BITS) - 1;
/// The tag of tips.
const TIP_TAG: u64 = (1 << TAG_BITS) - 1;

/// Gives numbers to messages.
#[derive(Debug)]
pub struct Numbers {
    tag: u64,
    /// Millisecond and counter of the last number.
    last: AtomicU64,
}

impl Default for Numbers {
    /// Takes a tag at random.
    fn default() -> Self {
        Self { tag: rand::random::<u64>() % TIP_TAG, last: AtomicU64::new(0) }
    }
}

impl Numbers {
    /// Returns the next number. If the clock goes back, or a millisecond has too many, the numbers go on behind the last one.
    pub fn next(&self, now: Moment) -> u64 {
        let first = now.saturating_sub(EPOCH_MS) << COUNTER_BITS;
        let following = |last: u64| Some(first.max(last + 1));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, following).unwrap_or_else(|last| last);
        let place = first.max(last + 1);
        number(place >> COUNTER_BITS, self.tag, place & MAX_COUNT)
    }
}

/// Returns the number of the message of a tip: the `ordinal`th of the block of that time.
pub fn number_of_tip(block_at: Moment, ordinal: u32) -> u64 {
    let ordinal = u64::from(ordinal);
    number(block_at.saturating_sub(EPOCH_MS) + (ordinal >> COUNTER_BITS), TIP_TAG, ordinal & MAX_COUNT)
}

/// Returns whether a message is that of a tip.
pub fn is_of_tip(id: u64) -> bool {
    (id >> COUNTER_BITS) & TIP_TAG == TIP_TAG
}

fn number(ms: u64, tag: u64, count: u64) -> u64 {
    (ms << (TAG_BITS + COUNTER_BITS)) | (tag << COUNTER_BITS) | count
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_grow_whatever_the_clock_does() {
        let numbers = Numbers::default();
        let mut last = 0;
        for now in [EPOCH_MS + 5, EPOCH_MS + 5, EPOCH_MS + 9, EPOCH_MS, 0, EPOCH_MS + 9] {
            for _ in 0..100 {
                let next = numbers.next(now);
                assert!(next > last && !is_of_tip(next));
                last = next;
            }
        }
        assert!(numbers.next(EPOCH_MS + (1 << 40)) < 1 << 53, "it fits into a floating-point number");
    }

    #[test]
    fn tips_of_a_block_have_numbers_that_others_do_not_have() {
        let numbers: BTreeSet<u64> = (0..200).map(|ordinal| number_of_tip(EPOCH_MS + 7, ordinal)).collect();
        assert_eq!(numbers.len(), 200);
        assert!(numbers.iter().all(|id| is_of_tip(*id)));
        assert_eq!(number_of_tip(EPOCH_MS + 7, 3), number_of_tip(EPOCH_MS + 7, 3));
    }
}
