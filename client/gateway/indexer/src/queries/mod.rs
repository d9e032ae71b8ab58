//! The questions the API asks. Each is one method of [`crate::Store`], answered from indexes: none reads a table through,
//! but for the text search over streams.

mod accounts;
mod chain;
mod earnings;
mod filter;
mod gateways;
mod sessions;
mod streams;
mod viewers;

pub use earnings::{EarningsQuery, TimeUnit, MAX_BUCKETS};
pub use filter::{StreamFilter, MAX_SEARCH_CHARS};
pub use streams::{StreamSort, ViewerCounts};
