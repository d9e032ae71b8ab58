//! Portions, placeholders and stored numbers.

use super::*;
use proptest::prelude::*;

#[test]
fn portions_have_sizes_of_powers_of_two() {
    let sizes = |count| portions(&vec![0; count]).map(<[i32]>::len).collect::<Vec<_>>();
    assert_eq!(sizes(0), [0usize; 0]);
    assert_eq!(sizes(1), [1]);
    assert_eq!(sizes(7), [4, 2, 1]);
    assert_eq!(sizes(600), [256, 256, 64, 16, 8]);
}

#[test]
fn placeholders_are_numbered_over_all_rows() {
    assert_eq!(places(2, 3), "($1, $2, $3), ($4, $5, $6)");
}

#[test]
fn number_above_the_databases_integers_is_refused() {
    assert_eq!(big("a number", i64::MAX as u64).unwrap(), Value::Int(i64::MAX));
    assert!(matches!(big("a number", 1 << 63), Err(StoreError::TooLarge { what: "a number", .. })));
}

proptest! {
    #[test]
    fn amounts_sort_like_numbers(a: u128, b: u128) {
        let (Value::Text(first), Value::Text(second)) = (amount(a), amount(b)) else { unreachable!() };
        prop_assert_eq!(a.cmp(&b), first.cmp(&second));
        prop_assert_eq!(first.parse::<u128>().unwrap(), a);
        prop_assert_eq!(first.len(), 39);
    }
}
