//! Pages of lists, and the cursors between them.
//!
//! A cursor names the entry behind which the next page begins, not the number of entries to skip, so a list that grows at
//! its head shows no entry twice. It is opaque and carries the kind of its list; a cursor of another list is refused.

use crate::error::QueryError;
use codec::{DecodeAll, Encode};

/// Maximum number of entries on a page.
pub const MAX_PAGE: u32 = 100;

/// One page of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T> {
    /// Entries in the order that was asked for.
    pub items: Vec<T>,
    /// Cursor of the next page; `None` at the end of the list.
    pub next: Option<String>,
}

impl<T> Default for Page<T> {
    /// Returns the page of an empty list.
    fn default() -> Self {
        Self { items: Vec::new(), next: None }
    }
}

/// Request for one page of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageRequest {
    /// Maximum number of entries: 1 to [`MAX_PAGE`].
    pub limit: u32,
    /// [`Page::next`] of the page before; `None` for the first page.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// Returns a request for the first page.
    pub fn first(limit: u32) -> Self {
        Self { limit, cursor: None }
    }

    /// Returns a request for the page behind the one that ended with `cursor`.
    pub fn after(limit: u32, cursor: impl Into<String>) -> Self {
        Self { limit, cursor: Some(cursor.into()) }
    }

    pub(crate) fn checked_limit(&self) -> Result<usize, QueryError> {
        if (1..=MAX_PAGE).contains(&self.limit) {
            return Ok(self.limit as usize);
        }
        Err(QueryError::BadLimit { got: self.limit, max: MAX_PAGE })
    }

    pub(crate) fn mark<M: Mark>(&self, list: List) -> Result<Option<M>, QueryError> {
        self.cursor.as_deref().map(|cursor| decode(list, cursor).ok_or(QueryError::BadCursor)).transpose()
    }
}

/// Lists that have cursors. The numbers are part of every cursor handed out, so a number is never given to another list.
/// Numbers 8 to 13 belonged to lists that are gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum List {
    StreamsNewest = 1,
    StreamsPriceLowest = 2,
    StreamsPriceHighest = 3,
    StreamsViewers = 4,
    StreamsEarned = 5,
    Sessions = 6,
    Receipts = 7,
    Recordings = 14,
    Following = 20,
    Followers = 21,
    CommentsNewest = 22,
    CommentsTop = 23,
    Replies = 24,
    History = 25,
    ReceiptsOfViewer = 50,
    TipsGiven = 51,
    TipsReceived = 52,
    ChatBans = 30,
    OpenReports = 40,
    ClosedReports = 41,
    Audit = 42,
    OpenAppeals = 43,
    ClosedAppeals = 44,
    Notices = 60,
}

/// Sort key of an entry, as a cursor contains it.
pub(crate) trait Mark: DecodeAll + Encode {}
impl<T: DecodeAll + Encode> Mark for T {}

fn encode<M: Mark>(list: List, mark: &M) -> String {
    hex::encode((list as u8, mark).encode())
}

fn decode<M: Mark>(list: List, cursor: &str) -> Option<M> {
    // Longer than any mark; a longer cursor is not worth decoding.
    const MAX_CURSOR_CHARS: usize = 128;
    let bytes = (cursor.len() <= MAX_CURSOR_CHARS).then(|| hex::decode(cursor).ok())??;
    let (first, rest) = bytes.split_first()?;
    (*first == list as u8).then(|| M::decode_all(&mut &rest[..]).ok())?
}

/// Makes a page of up to `limit + 1` rows. A row too many shows that there is a next page.
pub(crate) fn page_of<R, M: Mark>(list: List, limit: usize, mut rows: Vec<R>, mark: impl Fn(&R) -> M) -> Page<R> {
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_more).map(|last| encode(list, &mark(last)));
    Page { items: rows, next }
}

#[cfg(test)]
mod tests;
