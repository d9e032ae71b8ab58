//! Words that are nearly those of a query.

use crate::{error::SearchError, schema::Fields};
use std::collections::HashMap;
use tantivy::{query::FuzzyTermQuery, schema::IndexRecordOption, DocAddress, DocSet, Searcher, Term};

/// Maximum number of spellings that are tried for a word.
pub(crate) const MAX_SPELLINGS: usize = 12;
/// Maximum number of words that are looked at in one field of one segment.
const MAX_LOOKED_AT: usize = 2_000;
/// Least number of characters of a word with one mistake.
const ONE_MISTAKE: usize = 4;
/// Least number of characters of a word with two mistakes.
const TWO_MISTAKES: usize = 8;

/// A word of the index that is nearly one of the query.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Spelling {
    pub word: String,
    /// Number of mistakes.
    pub distance: usize,
    documents: u64,
}

/// Returns how many mistakes a word may have.
fn allowed(word: &str) -> u8 {
    match word.chars().count() {
        0..ONE_MISTAKE => 0,
        ONE_MISTAKE..TWO_MISTAKES => 1,
        _ => 2,
    }
}

/// Returns words of the index that are nearly `word`, the likeliest first: with few mistakes, then in many documents. A swap of
/// two neighbouring letters is one mistake.
pub(crate) fn spellings(searcher: &Searcher, fields: &Fields, word: &str) -> Result<Vec<Spelling>, SearchError> {
    let mut documents: HashMap<String, u64> = HashMap::new();
    for (field, _) in fields.weighted() {
        let query = FuzzyTermQuery::new(Term::from_field_text(field, word), allowed(word), true);
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut terms = index.terms().search(query.automaton()?).into_stream()?;
            for _ in 0..MAX_LOOKED_AT {
                if !terms.advance() {
                    break;
                }
                if let Ok(term) = std::str::from_utf8(terms.key()) {
                    *documents.entry(term.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                }
            }
        }
    }
    let found = documents.into_iter().map(|(found, documents)| {
        let distance = distance(word, &found);
        Spelling { word: found, distance, documents }
    });
    let mut found: Vec<Spelling> = found.collect();
    found.sort_by(|a, b| {
        let by_count = b.documents.cmp(&a.documents);
        a.distance.cmp(&b.distance).then(by_count).then_with(|| a.word.cmp(&b.word))
    });
    found.truncate(MAX_SPELLINGS);
    Ok(found)
}

/// Returns the first of the spellings that occurs in a document.
pub(crate) fn in_document<'a>(
    searcher: &Searcher,
    fields: &Fields,
    spellings: &'a [Spelling],
    place: DocAddress,
) -> Result<Option<&'a Spelling>, SearchError> {
    let segment = searcher.segment_reader(place.segment_ord);
    for spelling in spellings {
        for (field, _) in fields.weighted() {
            let term = Term::from_field_text(field, &spelling.word);
            let postings = segment.inverted_index(field)?.read_postings(&term, IndexRecordOption::Basic)?;
            let Some(mut postings) = postings else { continue };
            if postings.doc() <= place.doc_id && postings.seek(place.doc_id) == place.doc_id {
                return Ok(Some(spelling));
            }
        }
    }
    Ok(None)
}

/// Returns the number of letters to be left out, added, exchanged or swapped with their neighbours to make one word of the
/// other, where no letter is touched twice.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let exchanged = last[j] + usize::from(a != b);
            let mut least = exchanged.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_letters_are_one_mistake() {
        for (one, other, expected) in [
            ("chess", "chess", 0),
            ("chess", "chses", 1),
            ("chess", "ches", 1),
            ("chess", "cheess", 1),
            ("chess", "cress", 1),
            ("chess", "guess", 2),
            ("", "abc", 3),
            ("विज्ञान", "विज्ञन", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn short_words_have_no_mistakes() {
        assert_eq!(["abc", "abcd", "abcdefg", "abcdefgh"].map(allowed), [0, 1, 1, 2]);
    }
}
