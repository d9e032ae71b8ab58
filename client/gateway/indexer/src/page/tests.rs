//! Pages and cursors.

use super::*;
use proptest::prelude::*;

#[test]
fn page_has_a_cursor_only_if_there_is_a_next_one() {
    let page = page_of(List::Receipts, 2, vec![5i64, 4, 3], |row| *row);
    assert_eq!(page.items, [5, 4]);
    let request = PageRequest::after(2, page.next.unwrap());
    assert_eq!(request.mark::<i64>(List::Receipts).unwrap(), Some(4));
    let last = page_of(List::Receipts, 2, vec![2i64, 1], |row| *row);
    assert_eq!(last.next, None);
}

#[test]
fn cursor_of_another_list_is_refused() {
    let request = PageRequest::after(2, encode(List::Receipts, &4i64));
    assert!(matches!(request.mark::<i64>(List::Sessions), Err(QueryError::BadCursor)));
}

#[test]
fn limit_out_of_range_is_refused() {
    assert_eq!(PageRequest::first(MAX_PAGE).checked_limit().unwrap(), 100);
    for limit in [0, MAX_PAGE + 1] {
        assert!(PageRequest::first(limit).checked_limit().is_err());
    }
}

proptest! {
    #[test]
    fn any_text_is_refused_or_is_a_cursor_of_the_list(cursor in ".*") {
        if let Ok(Some(mark)) = PageRequest::after(1, cursor.clone()).mark::<(u128, u64)>(List::StreamsEarned) {
            prop_assert_eq!(encode(List::StreamsEarned, &mark), cursor.to_lowercase());
        }
    }

    #[test]
    fn cursor_decodes_to_its_mark(key: u128, id: u64) {
        let cursor = encode(List::StreamsPriceLowest, &(key, id));
        let mark = PageRequest::after(1, cursor).mark(List::StreamsPriceLowest).unwrap();
        prop_assert_eq!(mark, Some((key, id)));
    }
}
