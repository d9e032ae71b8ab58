//! Puts segments in the order of their numbers. They may come a little out of order, twice, or not at all.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};

/// Number of segments that are remembered, to distinguish a repeated segment from a new one with an old number.
const MAX_REMEMBERED: usize = 16;

/// What to do with a segment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// Pass on these segments, in this order.
    Ready(Vec<Bytes>),
    /// Nothing: it came before.
    Duplicate,
    /// Nothing yet: it is kept until the segments before it have come.
    Waiting,
    /// Begin a new sequence with it: it has an old number and new contents, so the encoder was restarted.
    Restarted(Bytes),
}

/// Segments of one run of an encoder.
#[derive(Debug)]
pub(super) struct Sequence {
    next: Option<u64>,
    early: BTreeMap<u64, Bytes>,
    max_early: usize,
    remembered: VecDeque<(u64, [u8; 32])>,
}

impl Sequence {
    pub fn new(max_early: usize) -> Self {
        Self { next: None, early: BTreeMap::new(), max_early, remembered: VecDeque::new() }
    }

    /// Takes a segment. A missing segment is waited for until more than `max_early` later ones have come.
    pub fn offer(&mut self, number: u64, bytes: Bytes) -> Offer {
        let next = *self.next.get_or_insert(number);
        if number < next {
            return self.old(number, bytes);
        }
        self.remember(number, &bytes);
        self.early.insert(number, bytes);
        if number > next && self.early.len() <= self.max_early {
            return Offer::Waiting;
        }
        // It is the next one, or the next one is given up.
        Offer::Ready(self.take_run())
    }

    fn old(&self, number: u64, bytes: Bytes) -> Offer {
        let known = self.remembered.iter().find(|(known, _)| *known == number);
        match known {
            Some((_, hash)) if *hash == digest(&bytes) => Offer::Duplicate,
            _ => Offer::Restarted(bytes),
        }
    }

    /// The kept segment with the lowest number, and all that follow it without a gap.
    fn take_run(&mut self) -> Vec<Bytes> {
        let mut run = Vec::new();
        while let Some((number, bytes)) = self.early.pop_first() {
            if !run.is_empty() && Some(number) != self.next {
                self.early.insert(number, bytes);
                break;
            }
            run.push(bytes);
            self.next = Some(number.saturating_add(1));
        }
        run
    }

    fn remember(&mut self, number: u64, bytes: &Bytes) {
        if self.remembered.len() == MAX_REMEMBERED {
            self.remembered.pop_front();
        }
        self.remembered.push_back((number, digest(bytes)));
    }
}

fn digest(bytes: &Bytes) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    #[test]
    fn order_is_restored() {
        let mut sequence = Sequence::new(4);
        assert_eq!(sequence.offer(5, bytes("5")), Offer::Ready(vec![bytes("5")]));
        assert_eq!(sequence.offer(7, bytes("7")), Offer::Waiting);
        assert_eq!(sequence.offer(6, bytes("6")), Offer::Ready(vec![bytes("6"), bytes("7")]));
    }

    #[test]
    fn duplicates_and_restarts_are_distinguished() {
        let mut sequence = Sequence::new(4);
        sequence.offer(0, bytes("a"));
        sequence.offer(1, bytes("b"));
        assert_eq!(sequence.offer(0, bytes("a")), Offer::Duplicate);
        assert_eq!(sequence.offer(0, bytes("new")), Offer::Restarted(bytes("new")));
    }

    #[test]
    fn a_gap_is_waited_for_and_then_skipped() {
        let mut sequence = Sequence::new(2);
        sequence.offer(0, bytes("0"));
        assert_eq!(sequence.offer(2, bytes("2")), Offer::Waiting);
        assert_eq!(sequence.offer(3, bytes("3")), Offer::Waiting);
        assert_eq!(sequence.offer(5, bytes("5")), Offer::Ready(vec![bytes("2"), bytes("3")]));
        assert_eq!(sequence.offer(4, bytes("4")), Offer::Ready(vec![bytes("4"), bytes("5")]));
    }

    #[test]
    fn the_largest_number_is_accepted() {
        let mut sequence = Sequence::new(2);
        assert_eq!(sequence.offer(u64::MAX, bytes("x")), Offer::Ready(vec![bytes("x")]));
    }
}
