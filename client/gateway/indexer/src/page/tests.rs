//! Cursors.

use super::*;
use proptest::prelude::*;

#[test]
fn page_of_works() {
    let page = page_of(List::Tips, 2, vec![5i64, 4, 3], |row| *row, |row| row * 10);
    assert_eq!(page.items, [50, 40]);
    let request = PageRequest::after(2, page.next.unwrap());
    assert_eq!(request.mark::<i64>(List::Tips).unwrap(), Some(4));
    assert!(matches!(request.mark::<i64>(List::Payouts), Err(QueryError::BadCursor)));
    let last = page_of(List::Tips, 2, vec![2i64, 1], |row| *row, |row| row);
    assert_eq!(last.next, None);
}

#[test]
fn checked_limit_out_of_range_fails() {
    assert_eq!(PageRequest::first(MAX_PAGE).checked_limit().unwrap(), 100);
    for limit in [0, MAX_PAGE + 1] {
        assert!(PageRequest::first(limit).checked_limit().is_err());
    }
}

proptest! {
    #[test]
    fn mark_of_any_text_works(cursor in ".*") {
        // Whatever is given, it is either refused or a mark of this very list.
        if let Ok(Some(mark)) = PageRequest::after(1, cursor.clone()).mark::<(u128, u64)>(List::StreamsEarned) {
            prop_assert_eq!(encode(List::StreamsEarned, &mark), cursor.to_lowercase());
        }
    }

    #[test]
    fn mark_comes_back_works(key: u128, id: u64) {
        let cursor = encode(List::StreamsPriceLowest, &(key, id));
        let mark = PageRequest::after(1, cursor).mark(List::StreamsPriceLowest).unwrap();
        prop_assert_eq!(mark, Some((key, id)));
    }
}
