//! Why a search, or filling its index, fails.

use tokio::task::JoinError;
use vilokanam_indexer::{GatewayStateError, QueryError};
use vilokanam_search::SearchError;

/// Why a search was not answered.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The request is not valid.
    #[error(transparent)]
    Refused(SearchError),
    /// Too many searches are running.
    #[error("This gateway is busy with other searches.")]
    Busy,
    /// The index is not open yet, or is opened again.
    #[error("The search index is being built.")]
    NotReady,
    /// The index or the database failed.
    #[error(transparent)]
    Failed(#[from] IndexingError),
}

/// Why the index cannot follow the database.
#[derive(Debug, thiserror::Error)]
pub enum IndexingError {
    /// The index cannot be read or written.
    #[error(transparent)]
    Index(#[from] SearchError),
    /// The index of the chain cannot be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The gateway's records cannot be read.
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    /// A thread has ended without a result.
    #[error(transparent)]
    Thread(#[from] JoinError),
}
