//! What can be asked of the index, and what it answers.

use crate::document::{Key, Kind};
use std::collections::{HashMap, HashSet};

/// Maximum number of characters of a query.
pub const MAX_CHARS: usize = 200;
/// Maximum number of words of a query.
pub const MAX_WORDS: usize = 10;
/// Maximum number of results of one page.
pub const MAX_LIMIT: usize = 100;
/// Maximum number of results that can be read page by page.
pub const MAX_FOUND: usize = 1_000;
/// Maximum number of values of a facet.
pub const MAX_FACET_VALUES: usize = 20;
/// Maximum number of suggestions.
pub const MAX_SUGGESTIONS: usize = 20;

/// Order of results. Equal ones are the newest first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sort {
    /// The best match first; without words, the newest first.
    #[default]
    Relevance,
    /// The newest first.
    Newest,
    /// The most viewers first.
    Viewers,
    /// The lowest price first; what has none comes last.
    Price,
    /// The shortest first; what has no length comes last.
    Length,
}

/// Which streams are on air.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Live {
    /// Only these streams.
    Only(Vec<u64>),
    /// All but these streams.
    Except(Vec<u64>),
}

/// Restrictions of the results. Absent ones restrict nothing; upper bounds are included.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Kind.
    pub kind: Option<Kind>,
    /// Streams on air, or all else.
    pub live: Option<Live>,
    /// Category. Case and accents make no difference.
    pub category: Option<String>,
    /// Language. `de` finds `de-AT` as well.
    pub language: Option<String>,
    /// Account of the creator.
    pub account: Option<[u8; 32]>,
    /// Lowest price of a second.
    pub min_price: Option<u64>,
    /// Highest price of a second.
    pub max_price: Option<u64>,
    /// Shortest length in seconds.
    pub min_s: Option<u64>,
    /// Greatest length in seconds.
    pub max_s: Option<u64>,
    /// Earliest time in milliseconds.
    pub since_ms: Option<u64>,
    /// Latest time in milliseconds.
    pub until_ms: Option<u64>,
}

/// What is not to be found, although it is in the index.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Withheld {
    /// Streams, with their recordings.
    pub streams: HashSet<u64>,
    /// Recordings.
    pub recordings: HashSet<(u64, u64)>,
}

/// A search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Query {
    /// Words: all of them must occur. Without words, everything is found. At most [`MAX_CHARS`] characters and
    /// [`MAX_WORDS`] words.
    pub text: String,
    /// Restrictions.
    pub filter: Filter,
    /// What is not to be found.
    pub withheld: Withheld,
    /// Order.
    pub sort: Sort,
    /// Viewers by stream, for [`Sort::Viewers`]. Other streams have none.
    pub viewers: HashMap<u64, u32>,
    /// Number of results to leave out. With `limit`, at most [`MAX_FOUND`].
    pub offset: usize,
    /// Number of results: 1 to [`MAX_LIMIT`].
    pub limit: usize,
}

impl Query {
    /// The first page of a search for a text.
    pub fn new(text: impl Into<String>, limit: usize) -> Self {
        Self {
            text: text.into(),
            filter: Filter::default(),
            withheld: Withheld::default(),
            sort: Sort::default(),
            viewers: HashMap::new(),
            offset: 0,
            limit,
        }
    }
}

/// A value of a field, and the number of results that have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facet {
    /// The value.
    pub value: String,
    /// Number of results.
    pub count: u64,
}

/// The most frequent values of all results, the most frequent first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facets {
    /// Kinds.
    pub kind: Vec<Facet>,
    /// Categories, as they are written most often.
    pub category: Vec<Facet>,
    /// Languages.
    pub language: Vec<Facet>,
}

/// Results of a search.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// The page asked for.
    pub items: Vec<Key>,
    /// Number of all results.
    pub total: u64,
    /// What the results have in common.
    pub facets: Facets,
    /// The words that were searched for in place of those of the query; `None` if those were found.
    pub corrected: Option<String>,
}
