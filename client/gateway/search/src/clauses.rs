//! Queries as the library takes them.

use crate::{
    analysis::fold,
    document::Key,
    query::{Filter, Live, Withheld},
    schema::Fields,
};
use std::ops::Bound;
use tantivy::{
    query::{
        AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, FuzzyTermQuery, Occur, Query, RangeQuery,
        TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption},
    Score, Term,
};

/// Least number of characters of a word that may be the beginning of another one.
const MIN_PREFIX_CHARS: usize = 2;
/// How much a word that only begins as asked for counts, against the whole word.
const PREFIX_WEIGHT: Score = 0.5;

type Clauses = Vec<(Occur, Box<dyn Query>)>;

/// A word of a query: it occurs if any of its spellings does.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Word {
    /// Spellings, and how much each counts, up to 1.
    pub spellings: Vec<(String, Score)>,
    /// Beginning of a word that counts as well.
    pub prefix: Option<String>,
}

impl Word {
    /// The word as it was typed. The last word of a query may be the beginning of one.
    pub fn typed(word: &str, is_last: bool) -> Self {
        let is_prefix = is_last && word.chars().count() >= MIN_PREFIX_CHARS;
        Self { spellings: vec![(word.to_owned(), 1.0)], prefix: is_prefix.then(|| word.to_owned()) }
    }

    fn query(&self, fields: &Fields) -> Box<dyn Query> {
        let mut clauses = Clauses::new();
        for (field, weight) in fields.weighted() {
            for (spelling, part) in &self.spellings {
                let term = TermQuery::new(Term::from_field_text(field, spelling), IndexRecordOption::WithFreqs);
                clauses.push(any(BoostQuery::new(Box::new(term), weight * part)));
            }
            if let Some(prefix) = &self.prefix {
                let term = Term::from_field_text(field, prefix);
                let query = FuzzyTermQuery::new_prefix(term, 0, true);
                clauses.push(any(BoostQuery::new(Box::new(query), weight * PREFIX_WEIGHT)));
            }
        }
        Box::new(BooleanQuery::new(clauses))
    }
}

fn any(query: impl Query) -> (Occur, Box<dyn Query>) {
    (Occur::Should, Box::new(query))
}

/// Returns the query for documents that have all words, match the filter, and are not withheld.
pub(crate) fn query(fields: &Fields, words: &[Word], filter: &Filter, withheld: &Withheld) -> BooleanQuery {
    let mut clauses: Clauses = words.iter().map(|word| (Occur::Must, word.query(fields))).collect();
    if clauses.is_empty() {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    add_filter(&mut clauses, fields, filter);
    if !withheld.streams.is_empty() {
        clauses.push((Occur::MustNot, Box::new(among(fields.stream, withheld.streams.iter().copied()))));
    }
    if !withheld.recordings.is_empty() {
        let keys = withheld.recordings.iter().map(|(stream, number)| Key::Recording(*stream, *number).to_string());
        let terms = keys.map(|key| Term::from_field_text(fields.key, &key));
        clauses.push((Occur::MustNot, Box::new(TermSetQuery::new(terms))));
    }
    BooleanQuery::new(clauses)
}

fn add_filter(clauses: &mut Clauses, fields: &Fields, filter: &Filter) {
    let mut require = |query: Box<dyn Query>| clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(query, 0.0))));
    let exact = |field: Field, value: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic))
    };
    if let Some(kind) = filter.kind {
        require(exact(fields.kind, kind.name()));
    }
    if let Some(category) = &filter.category {
        require(exact(fields.category_key, &fold(category)));
    }
    if let Some(language) = &filter.language {
        require(exact(fields.language_key, &language.to_ascii_lowercase()));
    }
    if let Some(account) = &filter.account {
        require(exact(fields.account, &hex::encode(account)));
    }
    let ranges = [
        (fields.price, filter.min_price, filter.max_price),
        (fields.length, filter.min_s, filter.max_s),
        (fields.at, filter.since_ms, filter.until_ms),
    ];
    for (field, least, most) in ranges {
        if least.is_some() || most.is_some() {
            require(Box::new(RangeQuery::new(bound(field, least), bound(field, most))));
        }
    }
    match &filter.live {
        None => {}
        Some(Live::Only(streams)) if streams.is_empty() => require(Box::new(EmptyQuery)),
        Some(Live::Only(streams)) => require(Box::new(among(fields.live, streams.iter().copied()))),
        Some(Live::Except(streams)) if streams.is_empty() => {}
        Some(Live::Except(streams)) => {
            clauses.push((Occur::MustNot, Box::new(among(fields.live, streams.iter().copied()))));
        }
    }
}

fn bound(field: Field, value: Option<u64>) -> Bound<Term> {
    value.map_or(Bound::Unbounded, |value| Bound::Included(Term::from_field_u64(field, value)))
}

fn among(field: Field, streams: impl Iterator<Item = u64>) -> TermSetQuery {
    TermSetQuery::new(streams.map(|stream| Term::from_field_u64(field, stream)))
}
