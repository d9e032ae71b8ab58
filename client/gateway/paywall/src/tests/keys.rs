//! Tests of key ranges.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn range(first: u64, count: u32) -> KeyRange {
    KeyRange { first, count }
}

proptest! {
    #[test]
    fn bought_ranges_are_the_set_of_their_indices(ranges in proptest::collection::vec((0u64..200, 1u32..20), 0..40)) {
        let mut bought = BoughtKeys::default();
        let mut set = BTreeSet::new();
        for (first, count) in ranges {
            let wanted = range(first, count);
            let unseen = wanted.indices().filter(|index| !set.contains(index)).count() as u32;
            prop_assert_eq!(bought.cost_of(wanted, &vec![1; count as usize]), unseen);
            let predicted = bought.check_gaps(wanted);
            bought.add(wanted);
            prop_assert_eq!(predicted.is_ok(), bought.0.len() <= MAX_GAPS);
            set.extend(wanted.indices());
        }
        prop_assert!((0..230).all(|index| bought.contains(index) == set.contains(&index)));
        prop_assert!(bought.0.windows(2).all(|pair| pair[0].1 < pair[1].0), "disjoint, in order, not touching");
        let listed: BTreeSet<_> = bought.ranges().iter().flat_map(|range| range.indices()).collect();
        prop_assert_eq!(listed, set);
    }
}

#[test]
fn range_of_no_keys_is_refused() {
    assert!(matches!(range(1, 0).check(&[]), Err(Malformed::KeyCount { count: 0, .. })));
}

#[test]
fn range_of_too_many_keys_is_refused() {
    let count = MAX_KEYS_PER_REQUEST + 1;
    assert!(matches!(range(1, count).check(&vec![1; count as usize]), Err(Malformed::KeyCount { .. })));
}

#[test]
fn range_beyond_the_last_index_is_refused() {
    assert_eq!(range(u64::MAX, 1).check(&[1]), Err(Malformed::KeyRange));
    assert_eq!(range(u64::MAX - 1, 1).check(&[1]), Ok(()));
}

#[test]
fn costs_that_do_not_fit_the_range_are_refused() {
    for costs in [&[][..], &[1], &[1, 1, 1], &[0, 1], &[1, MAX_KEY_COST_TICKS + 1]] {
        assert!(matches!(range(1, 2).check(costs), Err(Malformed::Costs { .. })), "{costs:?}");
    }
}
