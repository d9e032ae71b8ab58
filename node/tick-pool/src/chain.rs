//! The pool's view of the chain.

use tick_stream_primitives::{Batch, GenesisHash, RowVerdict, Session, SessionId};

/// State of the chain at one block, as the node reads it through the runtime API.
pub trait ChainView: Send + Sync {
    /// Hash of block 0.
    fn genesis(&self) -> GenesisHash;

    /// Returns a session, or `None` when it is not open.
    ///
    /// # Errors
    ///
    /// When the state cannot be read.
    fn session(&self, id: &SessionId) -> Result<Option<Session>, ChainError>;

    /// Dry-runs `batch` and returns a verdict on each of its rows, in the order opens, claims, closes.
    ///
    /// # Errors
    ///
    /// When the runtime cannot be called.
    fn check_batch(&self, batch: Batch) -> Result<Vec<RowVerdict>, ChainError>;
}

/// The chain's state could not be read: the node is syncing, the state is pruned, the runtime is too old, or the call
/// failed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ChainError(pub String);
