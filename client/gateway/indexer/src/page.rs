//! Pages of lists, and the cursors between them.
//!
//! A cursor says behind which entry the next page begins, not how many entries to skip: a list that grows at its head
//! shows nothing twice. It is opaque and carries the list's kind, so that one of another list is refused.

use crate::{error::QueryError, views::Page};
use codec::{DecodeAll, Encode};

/// The most entries on a page.
pub const MAX_PAGE: u32 = 100;

/// Which page of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageRequest {
    /// How many entries: 1 to [`MAX_PAGE`].
    pub limit: u32,
    /// [`Page::next`] of the page before; nothing for the first.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// The first page.
    pub fn first(limit: u32) -> Self {
        Self { limit, cursor: None }
    }

    /// The page behind the one that ended with `cursor`.
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

/// The lists that have cursors. The numbers are part of every cursor handed out: they are never given to another list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum List {
    StreamsNewest = 1,
    StreamsPriceLowest = 2,
    StreamsPriceHighest = 3,
    StreamsViewers = 4,
    StreamsEarned = 5,
    Sessions = 6,
    Receipts = 7,
    Tips = 8,
    Payouts = 9,
    Gateways = 10,
    StreamEarnings = 11,
    Broadcasts = 12,
}

/// What a cursor remembers of the last entry.
pub(crate) trait Mark: DecodeAll + Encode {}
impl<T: DecodeAll + Encode> Mark for T {}

fn encode<M: Mark>(list: List, mark: &M) -> String {
    hex::encode((list as u8, mark).encode())
}

fn decode<M: Mark>(list: List, cursor: &str) -> Option<M> {
    // No mark is longer; anything longer is not worth decoding.
    const MAX_CURSOR_CHARS: usize = 128;
    let bytes = (cursor.len() <= MAX_CURSOR_CHARS).then(|| hex::decode(cursor).ok())??;
    let (first, rest) = bytes.split_first()?;
    (*first == list as u8).then(|| M::decode_all(&mut &rest[..]).ok())?
}

/// Makes a page of up to `limit + 1` entries: the one too many only tells that there is a next page.
pub(crate) fn page_of<R, T, M: Mark>(
    list: List,
    limit: usize,
    mut rows: Vec<R>,
    mark: impl Fn(&R) -> M,
    view: impl FnMut(R) -> T,
) -> Page<T> {
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_more).map(|last| encode(list, &mark(last)));
    Page { items: rows.into_iter().map(view).collect(), next }
}

#[cfg(test)]
mod tests;
