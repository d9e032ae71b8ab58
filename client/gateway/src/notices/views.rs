//! Notices as their people see them.

use std::collections::HashMap;
use tick_stream_primitives::AccountId;
use vilokanam_indexer::people::NoticeRow;
use vilokanam_wire::{notices::Notice, people::PersonRef, scalars::rfc3339};

/// Returns a notice as its person sees it; `None` if another version has written it.
pub fn notice_view(row: NoticeRow, authors: &HashMap<AccountId, PersonRef>) -> Option<Notice> {
    Some(Notice {
        id: row.id,
        kind: row.kind.parse().ok()?,
        at: rfc3339(row.made_at),
        title: row.title,
        text: row.body,
        url: row.url,
        is_read: row.is_read,
        person: row.author.and_then(|author| authors.get(&author).cloned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notice_of_an_unknown_kind_is_left_out() {
        let row = NoticeRow {
            id: 7,
            person: AccountId::new([1; 32]),
            kind: "reply".into(),
            title: "Ann answered".into(),
            body: "Yes".into(),
            url: "/watch/7".into(),
            author: None,
            made_at: 0,
            is_read: true,
        };
        let shown = notice_view(row.clone(), &HashMap::new()).unwrap();
        assert_eq!((shown.id, shown.text.as_str(), shown.is_read), (7, "Yes", true));
        assert_eq!(notice_view(NoticeRow { kind: "later".into(), ..row }, &HashMap::new()), None);
    }
}
