//! Puts segments in the order of their numbers. They may come a little out of order, twice, or not at all.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};

/// Number of segments that are remembered, to distinguish a repeated segment from a new one with an old number.
const MAX_REMEMBERED: usize = 16;

/// Number of bytes of segments that wait for earlier ones. When there are more, the earlier ones are given up.
const MAX_EARLY_BYTES: usize = 32 << 20;

/// What to do with a segment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// Pass on these segments, in this order.
    Ready(Vec<Bytes>),
    /// Nothing: it came before.
    Duplicate,
    /// Nothing: it was given up, and later ones have been passed on.
    Late,
    /// Nothing yet: it is kept until the segments before it have come.
    Waiting,
    /// Begin a new sequence with it: it has an old number and new contents, so the encoder was restarted.
    Restarted(Bytes),
}

/// Segments of one run of an encoder.
#[derive(Debug)]
pub(super) struct Sequence {
    first: u64,
    next: Option<u64>,
    spacing: Spacing,
    early: BTreeMap<u64, Bytes>,
    max_early: usize,
    remembered: VecDeque<(u64, [u8; 32])>,
}

/// Whether numbers follow each other without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spacing {
    Unknown,
    Dense,
    /// They are times: a gap is no missing segment.
    Sparse,
}

impl Sequence {
    pub fn new(max_early: usize) -> Self {
        Self {
            first: 0,
            next: None,
            spacing: Spacing::Unknown,
            early: BTreeMap::new(),
            max_early,
            remembered: VecDeque::new(),
        }
    }

    /// Takes a segment. A missing segment is waited for until more than `max_early` later ones have come.
    pub fn offer(&mut self, number: u64, bytes: Bytes) -> Offer {
        if self.next.is_none() {
            (self.first, self.next) = (number, Some(number));
        }
        let next = self.next.unwrap_or(number);
        if number < next {
            return self.old(number, bytes);
        }
        self.remember(number, &bytes);
        self.early.insert(number, bytes);
        if number == next && next != self.first {
            self.spacing = Spacing::Dense;
        }
        if self.spacing == Spacing::Unknown && self.is_sparse(next) {
            self.spacing = Spacing::Sparse;
        }
        let early_bytes: usize = self.early.values().map(Bytes::len).sum();
        let may_wait = self.early.len() <= self.max_early && early_bytes <= MAX_EARLY_BYTES;
        if number > next && may_wait && self.spacing != Spacing::Sparse {
            return Offer::Waiting;
        }
        // It is the next one, or the next one is given up.
        Offer::Ready(self.take_run())
    }

    /// Corrects the number of the first segment, as long as it is the only one.
    pub fn renumber_first(&mut self, number: u64) {
        if let [(first, _)] = self.remembered.make_contiguous() {
            *first = number;
            self.first = number;
            self.next = Some(number.saturating_add(1));
        }
    }

    /// Whether two early segments and the one before them all have gaps between them.
    fn is_sparse(&self, next: u64) -> bool {
        let mut early = self.early.keys();
        match (early.next(), early.next()) {
            (Some(first), Some(second)) => *first > next && *second > first.saturating_add(1),
            _ => false,
        }
    }

    fn old(&self, number: u64, bytes: Bytes) -> Offer {
        let known = self.remembered.iter().find(|(known, _)| *known == number);
        match known {
            Some((_, hash)) if *hash == digest(&bytes) => Offer::Duplicate,
            // Between segments that were passed on, and not one of them.
            None if self.remembered.iter().any(|(known, _)| *known < number) => Offer::Late,
            _ => Offer::Restarted(bytes),
        }
    }

    /// The kept segment with the lowest number, and all that follow it without a gap.
    fn take_run(&mut self) -> Vec<Bytes> {
        let mut run = Vec::new();
        while let Some((number, bytes)) = self.early.pop_first() {
            if !run.is_empty() && Some(number) != self.next && self.spacing != Spacing::Sparse {
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
    fn large_segments_are_not_kept_for_a_gap() {
        let mut sequence = Sequence::new(4);
        let large = Bytes::from(vec![0; MAX_EARLY_BYTES / 2 + 1]);
        sequence.offer(0, bytes("0"));
        assert_eq!(sequence.offer(2, large.clone()), Offer::Waiting);
        assert_eq!(sequence.offer(3, large.clone()), Offer::Ready(vec![large.clone(), large]));
    }

    #[test]
    fn a_segment_that_was_given_up_does_not_begin_a_new_sequence() {
        let mut sequence = Sequence::new(1);
        sequence.offer(0, bytes("0"));
        sequence.offer(1, bytes("1"));
        assert_eq!(sequence.offer(3, bytes("3")), Offer::Waiting);
        assert_eq!(sequence.offer(4, bytes("4")), Offer::Ready(vec![bytes("3"), bytes("4")]));
        assert_eq!(sequence.offer(2, bytes("2")), Offer::Late);
    }

    #[test]
    fn times_have_gaps_and_nothing_waits_for_them() {
        let mut sequence = Sequence::new(4);
        assert_eq!(sequence.offer(100, bytes("a")), Offer::Ready(vec![bytes("a")]));
        assert_eq!(sequence.offer(102, bytes("b")), Offer::Waiting, "it may be out of order");
        assert_eq!(sequence.offer(104, bytes("c")), Offer::Ready(vec![bytes("b"), bytes("c")]));
        assert_eq!(sequence.offer(160, bytes("d")), Offer::Ready(vec![bytes("d")]));
        assert_eq!(sequence.offer(102, bytes("b")), Offer::Duplicate);
    }

    #[test]
    fn the_first_number_can_be_corrected() {
        let mut sequence = Sequence::new(4);
        sequence.offer(720, bytes("a"));
        sequence.renumber_first(1);
        assert_eq!(sequence.offer(2, bytes("b")), Offer::Ready(vec![bytes("b")]));
        assert_eq!(sequence.offer(1, bytes("a")), Offer::Duplicate);
    }

    #[test]
    fn the_largest_number_is_accepted() {
        let mut sequence = Sequence::new(2);
        assert_eq!(sequence.offer(u64::MAX, bytes("x")), Offer::Ready(vec![bytes("x")]));
    }
}
