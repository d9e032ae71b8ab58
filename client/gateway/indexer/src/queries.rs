//! Queries of the API. Each is a method of [`crate::Store`] and is answered from database indexes; only the text search
//! reads a whole table.

mod borders;
mod by_viewers;
mod condition;
mod earnings;
mod filter;
mod recordings;
mod searched;
mod select;
mod sessions;
mod spending;
mod streams;
mod tips;

pub use borders::MAX_BUCKETS;
pub use by_viewers::ViewerCounts;
pub use earnings::EarningsQuery;
pub use filter::{IdFilter, StreamFilter, MAX_FILTER_IDS, MAX_SEARCH_CHARS};
pub use recordings::RecordingFilter;
pub use spending::{SpendingSum, SPENDING_STEP_MS};
pub use streams::StreamSort;
