//! Full-text search in streams, recordings and people: an index in a folder, and queries of it.
//!
//! The crate knows neither the database nor HTTP. The caller puts [`Document`]s in, and a query returns their [`Key`]s. What
//! changes every second, such as who is on air and how many watch, is not in the index: a query brings it along.
//!
//! Texts are folded before they are indexed or searched for: lower case, without accents, one word after the other
//! ([`analysis`]). There is no stemmer, since texts are in every language. A query matches what has all of its words; the
//! last one may be the beginning of a word. If nothing does, words that differ by one letter (two in long words) are tried, and
//! the answer says so in [`Found::corrected`].
//!
//! | module | contents |
//! | --- | --- |
//! | [`analysis`] | texts as words |
//! | [`document`] | what is put in |
//! | [`query`] | what can be asked, and the answer |
//! | [`index`] | opening, changing and reading an index |
//! | `clauses` | queries as the library takes them |
//! | `spelling` | words that are nearly right |
//! | `order` | orders of results |
//! | `tally` | totals and facets |
//! | `suggest` | what begins with a text |

#![deny(missing_docs)]

pub mod analysis;
mod clauses;
pub mod document;
pub mod error;
mod find;
pub mod index;
mod order;
pub mod query;
mod schema;
mod spelling;
mod suggest;
mod tally;

#[cfg(test)]
mod tests;

pub use document::{Document, Key, Kind};
pub use error::SearchError;
pub use index::SearchIndex;
pub use query::{Facet, Facets, Filter, Found, Live, Query, Sort, Withheld};
