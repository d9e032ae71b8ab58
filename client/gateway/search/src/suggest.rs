//! What begins with a text: titles, tags and names.

use crate::{
    analysis::fold,
    document::Key,
    error::SearchError,
    index::SearchIndex,
    query::{Withheld, MAX_CHARS, MAX_SUGGESTIONS},
    schema::{columns, SUGGESTION_SEPARATOR},
};
use std::collections::HashMap;
use tantivy::{
    columnar::{Column, StrColumn},
    postings::SegmentPostings,
    schema::IndexRecordOption,
    DocId, DocSet, SegmentReader, TERMINATED,
};

/// Maximum number of texts that are looked at in one segment.
const MAX_LOOKED_AT: usize = 1_000;
/// Maximum number of documents that are counted for one text in one segment.
const MAX_COUNTED: u64 = 100;

/// A text that begins as asked for.
#[derive(Default)]
struct Suggestion {
    /// The text as it is written.
    text: String,
    documents: u64,
}

impl SearchIndex {
    /// Returns titles, tags and names that begin with a text, the most frequent first, at most [`MAX_SUGGESTIONS`]. Those of
    /// streams and recordings that are withheld are left out.
    ///
    /// # Errors
    ///
    /// The text is too long, or the index cannot be read.
    pub fn suggest(&self, text: &str, limit: usize, withheld: &Withheld) -> Result<Vec<String>, SearchError> {
        if text.chars().count() > MAX_CHARS {
            return Err(SearchError::TooLong);
        }
        let beginning = fold(text);
        if beginning.is_empty() {
            return Ok(Vec::new());
        }
        let mut found: HashMap<String, Suggestion> = HashMap::new();
        for segment in self.searcher().segment_readers() {
            self.add_suggestions(segment, &beginning, withheld, &mut found)?;
        }
        let mut found: Vec<Suggestion> = found.into_values().collect();
        found.sort_by(|a, b| b.documents.cmp(&a.documents).then_with(|| a.text.cmp(&b.text)));
        Ok(found.into_iter().take(limit.min(MAX_SUGGESTIONS)).map(|suggestion| suggestion.text).collect())
    }

    fn add_suggestions(
        &self,
        segment: &SegmentReader,
        beginning: &str,
        withheld: &Withheld,
        found: &mut HashMap<String, Suggestion>,
    ) -> Result<(), SearchError> {
        let shown = Shown::new(segment, withheld)?;
        let index = segment.inverted_index(self.fields.suggestion)?;
        let mut terms = index.terms().range().ge(beginning).into_stream()?;
        for _ in 0..MAX_LOOKED_AT {
            if !terms.advance() {
                break;
            }
            let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
            if !term.starts_with(beginning) {
                break;
            }
            let Some((folded, text)) = term.split_once(SUGGESTION_SEPARATOR) else { continue };
            let postings = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
            let documents = shown.count(postings)?;
            if documents == 0 {
                continue;
            }
            // Of several ways to write it, that of the most documents is shown.
            let known = found.entry(folded.to_owned()).or_default();
            if documents > known.documents {
                known.text = text.to_owned();
            }
            known.documents += documents;
        }
        Ok(())
    }
}

/// Which documents of a segment may be shown: those that are neither removed nor withheld.
struct Shown<'a> {
    segment: &'a SegmentReader,
    withheld: &'a Withheld,
    streams: Option<Column<u64>>,
    keys: Option<StrColumn>,
}

impl<'a> Shown<'a> {
    fn new(segment: &'a SegmentReader, withheld: &'a Withheld) -> Result<Self, SearchError> {
        let fast = segment.fast_fields();
        let (streams, keys) = (fast.column_opt::<u64>(columns::STREAM)?, fast.str(columns::KEY)?);
        Ok(Self { segment, withheld, streams, keys })
    }

    fn count(&self, mut postings: SegmentPostings) -> Result<u64, SearchError> {
        let mut count = 0;
        while postings.doc() != TERMINATED && count < MAX_COUNTED {
            let doc = postings.doc();
            count += u64::from(!self.segment.is_deleted(doc) && !self.is_withheld(doc)?);
            postings.advance();
        }
        Ok(count)
    }

    fn is_withheld(&self, doc: DocId) -> Result<bool, SearchError> {
        let stream = self.streams.as_ref().and_then(|streams| streams.first(doc));
        if stream.is_some_and(|stream| self.withheld.streams.contains(&stream)) {
            return Ok(true);
        }
        let Some(keys) = self.keys.as_ref().filter(|_| !self.withheld.recordings.is_empty()) else { return Ok(false) };
        let mut key = String::new();
        if let Some(ord) = keys.ords().first(doc) {
            keys.ord_to_str(ord, &mut key)?;
        }
        let recording = match key.parse() {
            Ok(Key::Recording(stream, number)) => (stream, number),
            _ => return Ok(false),
        };
        Ok(self.withheld.recordings.contains(&recording))
    }
}
