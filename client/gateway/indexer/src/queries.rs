//! Queries of the API. Each is a method of [`crate::Store`] and is answered from database indexes; only the text search
//! reads a whole table.

mod by_viewers;
mod condition;
mod earnings;
mod filter;
mod recordings;
mod select;
mod sessions;
mod streams;

pub use by_viewers::ViewerCounts;
pub use earnings::{EarningsQuery, MAX_BUCKETS};
pub use filter::{IdFilter, StreamFilter, MAX_FILTER_IDS, MAX_SEARCH_CHARS};
pub use recordings::RecordingFilter;
pub use streams::StreamSort;
