//! Building of `WHERE` clauses.

use crate::{
    error::StoreError,
    sql::{big, Value},
};
use tick_stream_primitives::StreamId;

/// Terms that must all hold, and their values.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Condition {
    terms: Vec<String>,
    pub values: Vec<Value>,
}

impl Condition {
    /// Adds a term. Each `$` in it is replaced by the number of its value.
    pub fn add<const N: usize>(&mut self, term: &str, values: [Value; N]) {
        self.add_all(term, values.into());
    }

    /// Adds a term with a value that may be out of the database's range.
    pub fn add_checked(&mut self, term: &str, value: Result<Value, StoreError>) -> Result<(), StoreError> {
        self.add(term, [value?]);
        Ok(())
    }

    /// Requires that a stream's id is among `ids`.
    pub fn add_id_in(&mut self, ids: &[StreamId]) {
        match storable(ids) {
            ids if ids.is_empty() => self.add("1 = 0", []),
            ids => self.add_all(&format!("id IN ({})", vec!["$"; ids.len()].join(", ")), ids),
        }
    }

    /// Requires that a stream's id is not among `ids`.
    pub fn add_id_not_in(&mut self, ids: &[StreamId]) {
        let ids = storable(ids);
        if !ids.is_empty() {
            self.add_all(&format!("id NOT IN ({})", vec!["$"; ids.len()].join(", ")), ids);
        }
    }

    /// Returns `WHERE …`, or nothing if there are no terms.
    pub fn sql(&self) -> String {
        if self.terms.is_empty() {
            return String::new();
        }
        format!("WHERE {}", self.terms.join(" AND "))
    }

    /// Adds a term like [`Condition::add`], with as many values as it has `$`.
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
}

/// Ids that the database can hold. No stream in it has another one.
fn storable(ids: &[StreamId]) -> Vec<Value> {
    ids.iter().filter_map(|id| big("the stream", *id).ok()).collect()
}
