//! What the pool needs to know of the chain.

use tick_stream_primitives::{Batch, GenesisHash, RowVerdict, Session, SessionId};

/// The chain as the best block leaves it. The node implements it over the runtime API.
pub trait ChainView: Send + Sync {
    /// Block 0's hash.
    fn genesis(&self) -> GenesisHash;
    /// A session, if it is open.
    fn session(&self, id: &SessionId) -> Result<Option<Session>, ChainError>;
    /// What would become of each row of `batch`.
    fn check(&self, batch: Batch) -> Result<Vec<RowVerdict>, ChainError>;
}

/// The chain's state could not be read: the node is syncing, or its runtime does not answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ChainError(pub String);
