//! Errors of searches.

use crate::query::{MAX_CHARS, MAX_FOUND, MAX_LIMIT, MAX_WORDS};
use std::path::PathBuf;

/// A search is not possible. All but [`SearchError::Index`] and [`SearchError::Folder`] are faults of the request.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The text is too long.
    #[error("a search may have at most {MAX_CHARS} characters and {MAX_WORDS} words; leave some out")]
    TooLong,
    /// The limit is out of range.
    #[error("a page may have 1 to {MAX_LIMIT} results")]
    Limit,
    /// The page is behind the last one.
    #[error("only the first {MAX_FOUND} results can be read; narrow the search")]
    TooFar,
    /// The index cannot be read or written.
    #[error("the search index cannot be used: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// The folder cannot be made or removed.
    #[error("the folder {} of the search index cannot be used: {error}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl SearchError {
    /// Whether the request is at fault, and not the index.
    pub fn is_of_request(&self) -> bool {
        matches!(self, Self::TooLong | Self::Limit | Self::TooFar)
    }
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        Self::Index(error.into())
    }
}
