//! Finding documents.

use crate::{
    analysis,
    clauses::{self, Word},
    document::Key,
    error::SearchError,
    index::SearchIndex,
    order::Order,
    query::{Found, Query, Sort, MAX_CHARS, MAX_FOUND, MAX_LIMIT, MAX_WORDS},
    schema::columns,
    spelling::{in_document, spellings, Spelling},
    tally::{Counts, Tally},
};
use std::sync::Arc;
use tantivy::{
    collector::{Collector, TopDocs},
    query::BooleanQuery,
    DocAddress, Score, Searcher,
};

/// How much a word with a mistake counts, against the right one; with two mistakes it counts half of that.
const MISTAKE_WEIGHT: Score = 0.5;

/// Documents that were found, and the counts of all results.
struct Pass {
    places: Vec<DocAddress>,
    counts: Counts,
}

impl SearchIndex {
    /// Finds the documents that have all words of a query, match its filter, and are not withheld.
    ///
    /// If there is none, words that differ by one letter (two in words of at least 8) are tried as well.
    ///
    /// # Errors
    ///
    /// The query is too long or asks for too much, or the index cannot be read.
    pub fn find(&self, query: &Query) -> Result<Found, SearchError> {
        let words = checked_words(&query.text)?;
        if !(1..=MAX_LIMIT).contains(&query.limit) {
            return Err(SearchError::Limit);
        }
        if query.offset.saturating_add(query.limit) > MAX_FOUND {
            return Err(SearchError::TooFar);
        }
        let searcher = self.searcher();
        // A word with a space behind it is complete.
        let is_open = !query.text.ends_with(char::is_whitespace);
        let typed: Vec<Word> =
            (1..).zip(&words).map(|(n, word)| Word::typed(word, is_open && n == words.len())).collect();
        let pass = self.pass(&searcher, &typed, query)?;
        if pass.counts.total == 0 && !words.is_empty() {
            if let Some(found) = self.find_respelt(&searcher, (&words, &typed), query)? {
                return Ok(found);
            }
        }
        self.found(&searcher, pass, None)
    }

    /// Finds with other spellings of the words; `None` if there are no others, or nothing is found.
    fn find_respelt(
        &self,
        searcher: &Searcher,
        (words, typed): (&[String], &[Word]),
        query: &Query,
    ) -> Result<Option<Found>, SearchError> {
        let spelt = words.iter().map(|word| spellings(searcher, &self.fields, word));
        let spelt = spelt.collect::<Result<Vec<_>, _>>()?;
        let has_others = spelt.iter().flatten().any(|spelling| spelling.distance > 0);
        let respelt: Vec<Word> =
            spelt.iter().zip(typed).map(|(spellings, typed)| respelt_word(spellings, typed)).collect();
        if !has_others || respelt.iter().any(|word| word.spellings.is_empty() && word.prefix.is_none()) {
            return Ok(None);
        }
        let pass = self.pass(searcher, &respelt, query)?;
        let Some(best) = pass.places.first().copied() else {
            return Ok(None);
        };
        let mut corrected = Vec::with_capacity(words.len());
        for (word, spellings) in words.iter().zip(&spelt) {
            let spelling = in_document(searcher, &self.fields, spellings, best)?;
            corrected.push(spelling.map_or(word.as_str(), |spelling| spelling.word.as_str()));
        }
        self.found(searcher, pass, Some(analysis::shown(&corrected.join(" ")))).map(Some)
    }

    fn pass(&self, searcher: &Searcher, words: &[Word], query: &Query) -> Result<Pass, SearchError> {
        let clauses = clauses::query(&self.fields, words, &query.filter, &query.withheld);
        let top = TopDocs::with_limit(query.limit).and_offset(query.offset);
        let order = match query.sort {
            Sort::Relevance if !words.is_empty() => return collect(searcher, &clauses, top.order_by_score()),
            Sort::Relevance | Sort::Newest => Order::Descending(columns::AT),
            Sort::Viewers => Order::Viewers(Arc::new(query.viewers.clone())),
            Sort::Price => Order::Ascending(columns::PRICE),
            Sort::Length => Order::Ascending(columns::LENGTH),
        };
        collect(searcher, &clauses, top.order_by(order))
    }

    fn found(&self, searcher: &Searcher, pass: Pass, corrected: Option<String>) -> Result<Found, SearchError> {
        let Pass { places, counts } = pass;
        let mut items: Vec<Key> = Vec::with_capacity(places.len());
        for place in places {
            items.extend(self.key_of(&searcher.doc(place)?));
        }
        Ok(Found { items, total: counts.total, facets: counts.facets(), corrected })
    }
}

fn collect<K: Send + 'static>(
    searcher: &Searcher,
    query: &BooleanQuery,
    top: impl Collector<Fruit = Vec<(K, DocAddress)>>,
) -> Result<Pass, SearchError> {
    let (found, counts) = searcher.search(query, &(top, Tally))?;
    Ok(Pass { places: found.into_iter().map(|(_, place)| place).collect(), counts })
}

fn respelt_word(spellings: &[Spelling], typed: &Word) -> Word {
    let weight = |distance: usize| match distance {
        0 => 1.0,
        1 => MISTAKE_WEIGHT,
        _ => MISTAKE_WEIGHT / 2.0,
    };
    let spellings = spellings.iter().map(|spelling| (spelling.word.clone(), weight(spelling.distance)));
    Word { spellings: spellings.collect(), prefix: typed.prefix.clone() }
}

/// Returns the words of a query.
fn checked_words(text: &str) -> Result<Vec<String>, SearchError> {
    if text.chars().count() > MAX_CHARS {
        return Err(SearchError::TooLong);
    }
    let words = analysis::words(text);
    if words.len() > MAX_WORDS {
        return Err(SearchError::TooLong);
    }
    Ok(words)
}
