//! Which streams to list.

use super::condition::Condition;
use crate::{
    error::QueryError,
    metadata::fold_case,
    rows::stream::status_number,
    sql::{self, amount, text},
};
use tick_stream_primitives::{AccountId, Balance, StreamId, StreamStatus};

/// Maximum number of characters of a search.
pub const MAX_SEARCH_CHARS: usize = 200;
/// Maximum number of ids in an [`IdFilter`]. SQLite allows 32,766 parameters in a statement.
pub const MAX_FILTER_IDS: usize = 16_384;
/// Precedes a character that `LIKE` would take for a wildcard. Not a backslash, which some databases interpret twice.
pub(super) const ESCAPE: char = '!';

/// Restriction of a list to some streams. At most [`MAX_FILTER_IDS`] ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IdFilter {
    /// Only these.
    Only(Vec<StreamId>),
    /// All but these.
    Except(Vec<StreamId>),
}

/// Which streams to list. The default is every stream on which a session can be opened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StreamFilter {
    /// Words that must all occur in title, description, category or tags. Case does not matter.
    pub search: Option<String>,
    /// Restriction to some streams, such as those on air at this gateway.
    pub ids: Option<IdFilter>,
    /// Category. Case does not matter.
    pub category: Option<String>,
    /// Account of the creator.
    pub creator: Option<AccountId>,
    /// Lowest price of a tick, in planck.
    pub min_price: Option<Balance>,
    /// Highest price of a tick, in planck.
    pub max_price: Option<Balance>,
    /// Whether ended and suspended streams are listed too.
    pub include_unavailable: bool,
}

impl StreamFilter {
    pub(super) fn condition(&self) -> Result<Condition, QueryError> {
        if self.min_price.zip(self.max_price).is_some_and(|(lowest, highest)| lowest > highest) {
            return Err(QueryError::BadPriceRange);
        }
        let mut condition = Condition::default();
        if !self.include_unavailable {
            let available = [StreamStatus::Live, StreamStatus::Offline].map(status_number);
            condition.add("status IN ($, $)", available);
        }
        if let Some(category) = &self.category {
            condition.add("category_key = $", [text(without_nul(&fold_case(category)))]);
        }
        if let Some(creator) = &self.creator {
            condition.add("creator = $", [sql::account(creator)]);
        }
        if let Some(price) = self.min_price {
            condition.add("price >= $", [amount(price)]);
        }
        if let Some(price) = self.max_price {
            condition.add("price <= $", [amount(price)]);
        }
        self.add_ids(&mut condition)?;
        self.add_search(&mut condition)?;
        Ok(condition)
    }

    fn add_ids(&self, condition: &mut Condition) -> Result<(), QueryError> {
        let Some(IdFilter::Only(ids) | IdFilter::Except(ids)) = &self.ids else { return Ok(()) };
        if ids.len() > MAX_FILTER_IDS {
            return Err(QueryError::TooManyIds { got: ids.len(), max: MAX_FILTER_IDS });
        }
        match &self.ids {
            Some(IdFilter::Except(_)) => condition.add_id_not_in(ids),
            _ => condition.add_id_in(ids),
        }
        Ok(())
    }

    fn add_search(&self, condition: &mut Condition) -> Result<(), QueryError> {
        let Some(search) = &self.search else { return Ok(()) };
        for pattern in search_words(search)? {
            condition.add(&format!("search_text LIKE $ ESCAPE '{ESCAPE}'"), [text(pattern)]);
        }
        Ok(())
    }
}

/// Returns a pattern for each word of a search.
pub(super) fn search_words(search: &str) -> Result<Vec<String>, QueryError> {
    let got = search.chars().count();
    if got > MAX_SEARCH_CHARS {
        return Err(QueryError::SearchTooLong { got, max: MAX_SEARCH_CHARS });
    }
    Ok(without_nul(&fold_case(search)).split_whitespace().map(pattern).collect())
}

/// Removes NUL, which PostgreSQL refuses. No stored text has one, so this finds nothing that should not be found.
fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

/// Returns a pattern that matches a word anywhere, with its wildcards escaped.
fn pattern(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for c in word.chars() {
        if matches!(c, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
