//! Comments: who may delete one, and how one is shown.

use tick_stream_primitives::AccountId;
use vilokanam_indexer::people::CommentRow;
use vilokanam_wire::{
    people::{CommentView, PersonRef},
    scalars::rfc3339,
    Account,
};

/// Account that deleted comments have in place of their authors'.
const NOBODY: [u8; 32] = [0; 32];

/// What somebody is to a comment and its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Has written it.
    pub is_author: bool,
    /// Has created the stream, and has signed in with the wallet.
    pub is_creator: bool,
    /// Moderates or administers this gateway.
    pub is_moderator: bool,
}

impl Standing {
    /// Returns whether the person may delete the comment.
    pub const fn may_delete(self) -> bool {
        self.is_author || self.is_creator || self.is_moderator
    }
}

/// Returns a comment as `viewer` sees it. A deleted one has neither text nor author, whatever the row has.
pub fn comment_view(
    row: CommentRow,
    person: impl FnOnce(&AccountId) -> PersonRef,
    viewer: Option<&AccountId>,
    is_liked: bool,
) -> CommentView {
    let is_shown = !row.is_deleted;
    CommentView {
        id: row.id,
        author: match is_shown {
            true => person(&row.author),
            false => PersonRef::unnamed(Account(AccountId::new(NOBODY))),
        },
        is_mine: is_shown && viewer == Some(&row.author),
        text: if is_shown { row.text } else { String::new() },
        at: rfc3339(row.made_at),
        likes: if is_shown { row.likes } else { 0 },
        is_liked_by_me: is_shown && is_liked,
        replies: row.replies,
        reply_to: row.reply_to,
        at_s: row.at_s.filter(|_| is_shown),
        is_deleted: row.is_deleted,
    }
}

/// Returns whether a recording has a second. One whose length is not known has every second.
pub fn has_second(duration_ms: u64, at_s: u32) -> bool {
    duration_ms == 0 || u64::from(at_s) * 1_000 <= duration_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(is_deleted: bool) -> CommentRow {
        CommentRow {
            id: 5,
            subject: "recording:7:3".into(),
            thread: 0,
            reply_to: None,
            author: AccountId::new([1; 32]),
            text: "Well explained.".into(),
            made_at: 1_000,
            at_s: Some(12),
            likes: 4,
            replies: 2,
            is_deleted,
        }
    }

    fn named(account: &AccountId) -> PersonRef {
        PersonRef { handle: Some("alice".into()), ..PersonRef::unnamed(Account(account.clone())) }
    }

    #[test]
    fn comment_is_its_authors() {
        let alice = AccountId::new([1; 32]);
        let view = comment_view(row(false), named, Some(&alice), true);
        assert_eq!((view.author.handle.as_deref(), view.text.as_str()), (Some("alice"), "Well explained."));
        assert!(view.is_mine && view.is_liked_by_me && !view.is_deleted);
        assert_eq!((view.likes, view.replies, view.at.as_str()), (4, 2, "1970-01-01T00:00:01Z"));
        assert!(!comment_view(row(false), named, Some(&AccountId::new([2; 32])), false).is_mine);
        assert!(!comment_view(row(false), named, None, false).is_mine);
    }

    #[test]
    fn deleted_comment_says_nothing_of_who_wrote_what() {
        let alice = AccountId::new([1; 32]);
        let view = comment_view(row(true), named, Some(&alice), true);
        assert_eq!(view.author, PersonRef::unnamed(Account(AccountId::new([0; 32]))));
        assert_eq!((view.text.as_str(), view.at_s, view.likes, view.replies), ("", None, 0, 2));
        assert!(view.is_deleted && !view.is_mine && !view.is_liked_by_me);
    }

    #[test]
    fn author_creator_and_moderators_delete_a_comment() {
        let none = Standing::default();
        assert!(!none.may_delete());
        assert!(Standing { is_author: true, ..none }.may_delete());
        assert!(Standing { is_creator: true, ..none }.may_delete());
        assert!(Standing { is_moderator: true, ..none }.may_delete());
    }

    #[test]
    fn seconds_behind_the_end_are_refused_if_the_length_is_known() {
        assert!(has_second(90_500, 90) && !has_second(90_500, 91));
        assert!(has_second(0, u32::MAX));
    }
}
