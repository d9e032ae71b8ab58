//! Which streams, as a condition.

use crate::{
    error::{QueryError, StoreError},
    metadata::fold_case,
    rows::stream::status_number,
    sql::{self, amount, text, Value},
};
use tick_stream_primitives::{AccountId, Balance, StreamStatus};

/// Characters of a search.
pub const MAX_SEARCH_CHARS: usize = 200;
/// Stands before a character that `LIKE` would take for a wildcard. Not the backslash: some databases read that one
/// twice.
const ESCAPE: char = '!';

/// Which streams are wanted. The default is every stream that can be watched.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StreamFilter {
    /// Words to find, all of them, anywhere in title, description, category and tags; case does not matter.
    pub search: Option<String>,
    /// Only those on air, or only those that are not.
    pub live: Option<bool>,
    /// Only of this category; case does not matter.
    pub category: Option<String>,
    /// Only of this creator.
    pub creator: Option<AccountId>,
    /// At least this many planck a tick.
    pub min_price: Option<Balance>,
    /// At most this many planck a tick.
    pub max_price: Option<Balance>,
    /// Those that ended or were suspended as well.
    pub include_unavailable: bool,
}

impl StreamFilter {
    pub(super) fn condition(&self) -> Result<Condition, QueryError> {
        if self.min_price.zip(self.max_price).is_some_and(|(lowest, highest)| lowest > highest) {
            return Err(QueryError::BadPriceRange);
        }
        let mut condition = Condition::default();
        self.add_status(&mut condition);
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
        self.add_search(&mut condition)?;
        Ok(condition)
    }

    fn add_status(&self, condition: &mut Condition) {
        let live = status_number(StreamStatus::Live);
        let offline = status_number(StreamStatus::Offline);
        match (self.live, self.include_unavailable) {
            (Some(true), _) => condition.add("status = $", [Value::Int(live)]),
            (Some(false), true) => condition.add("status <> $", [Value::Int(live)]),
            (Some(false), false) => condition.add("status = $", [Value::Int(offline)]),
            (None, false) => condition.add("status IN ($, $)", [Value::Int(live), Value::Int(offline)]),
            (None, true) => {}
        }
    }

    fn add_search(&self, condition: &mut Condition) -> Result<(), QueryError> {
        let Some(search) = &self.search else { return Ok(()) };
        let got = search.chars().count();
        if got > MAX_SEARCH_CHARS {
            return Err(QueryError::SearchTooLong { got, max: MAX_SEARCH_CHARS });
        }
        for word in without_nul(&fold_case(search)).split_whitespace() {
            condition.add(&format!("search_text LIKE $ ESCAPE '{ESCAPE}'"), [text(pattern(word))]);
        }
        Ok(())
    }
}

/// PostgreSQL refuses text with a NUL, and no stored text has one: without it nothing else is found.
fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

/// A word as a pattern that matches it anywhere, and nothing but it.
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

/// Conditions that all must hold, and their values.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Condition {
    terms: Vec<String>,
    pub values: Vec<Value>,
}

impl Condition {
    /// Adds a term; each `$` in it gets the number of its value.
    pub fn add<const N: usize>(&mut self, term: &str, values: [Value; N]) {
        self.add_all(term, values.into());
    }

    /// [`Condition::add`] for any number of values.
    pub fn add_all(&mut self, term: &str, values: Vec<Value>) {
        let mut next = self.values.len();
        let mut numbered = String::with_capacity(term.len() + 2 * values.len());
        for c in term.chars() {
            numbered.push(c);
            if c == '$' {
                next += 1;
                numbered.push_str(&next.to_string());
            }
        }
        self.terms.push(numbered);
        self.values.extend(values);
    }

    /// [`Condition::add`] of a value that may be out of the database's range.
    pub fn add_checked(&mut self, term: &str, value: Result<Value, StoreError>) -> Result<(), StoreError> {
        self.add(term, [value?]);
        Ok(())
    }

    /// `WHERE …`, or nothing.
    pub fn sql(&self) -> String {
        if self.terms.is_empty() {
            return String::new();
        }
        format!("WHERE {}", self.terms.join(" AND "))
    }
}
