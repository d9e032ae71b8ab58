//! Shares add up.

use super::*;
use proptest::prelude::*;

fn splits(parts: &[u32]) -> Splits {
    let entries = parts.iter().zip(1u8..).map(|(part, who)| (AccountId::new([who; 32]), Permill::from_parts(*part)));
    entries.collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn of_works() {
    let splits = splits(&[500_000, 250_000]);
    let rates = Rates {
        protocol: Permill::from_percent(1),
        submitter: Permill::from_parts(5_000),
        gateway: Permill::from_percent(10),
        splits: &splits,
    };
    let shares = Shares::of(1_000_000, &rates);
    assert_eq!((shares.protocol, shares.submitter, shares.gateway), (10_000, 5_000, 98_500));
    assert_eq!((shares.splits, shares.creator), (vec![443_250, 221_625], 221_625));
}

#[test]
fn divide_without_splits_works() {
    assert!(divide(100, &splits(&[])).is_empty());
}

proptest! {
    #[test]
    fn of_adds_up_works(gross: u128, parts in proptest::collection::vec(1u32..125_000, 0..8), gateway in 0u32..1_000_000) {
        let splits = splits(&parts);
        let gateway = Permill::from_parts(gateway);
        let rates = Rates { protocol: Permill::from_percent(5), submitter: Permill::from_percent(1), gateway, splits: &splits };
        let shares = Shares::of(gross, &rates);
        let sum = [shares.protocol, shares.submitter, shares.gateway, shares.creator, shares.splits_sum()];
        prop_assert_eq!(sum.iter().sum::<u128>(), gross);
    }

    #[test]
    fn divide_adds_up_works(total: u128, parts in proptest::collection::vec(1u32..125_000, 1..8)) {
        let divided = divide(total, &splits(&parts));
        prop_assert_eq!(divided.len(), parts.len());
        prop_assert_eq!(divided.iter().sum::<u128>(), total);
    }
}
