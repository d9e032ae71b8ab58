//! Estimated splits.

use super::*;
use proptest::prelude::*;
use sp_runtime::Permill;

fn splits(rates: &[u32]) -> Splits {
    let entries = rates.iter().zip(1u8..).map(|(rate, who)| (AccountId::new([who; 32]), Permill::from_parts(*rate)));
    entries.collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn divide_without_splits_returns_no_parts() {
    assert!(divide(100, &splits(&[])).is_empty());
}

proptest! {
    #[test]
    fn divided_parts_add_up_to_the_total(total: u128, rates in proptest::collection::vec(1u32..125_000, 1..8)) {
        let parts = divide(total, &splits(&rates));
        prop_assert_eq!(parts.len(), rates.len());
        prop_assert_eq!(parts.iter().sum::<u128>(), total);
    }
}
