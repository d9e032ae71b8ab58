//! Why no block was returned.

use crate::{ChainError, NodesError};
use sp_core::H256;
use tick_stream_primitives::BlockNumber;

/// Why no block was returned. Calling again is always right: it continues after the last block returned.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// No node answers.
    #[error(transparent)]
    Node(#[from] NodesError),
    /// A node failed during a request.
    #[error("{url}: {source}")]
    Chain {
        /// URL of the node.
        url: String,
        /// The failure.
        source: ChainError,
    },
    /// A node announced no block for too long.
    #[error("{url} has announced no {what} block for {seconds} s; check that it is in sync with the chain")]
    Silence {
        /// URL of the node.
        url: String,
        /// Kind of block: `new` or `final`.
        what: &'static str,
        /// Seconds waited.
        seconds: u64,
    },
    /// A node does not return a block.
    #[error("{url} has not returned a block within {seconds} s; it may be overloaded")]
    Slow {
        /// URL of the node.
        url: String,
        /// Seconds waited.
        seconds: u64,
    },
    /// A node ended the subscription: it is shutting down, or its messages were not read in time.
    #[error("{url} has ended the subscription to its blocks")]
    Ended {
        /// URL of the node.
        url: String,
    },
    /// A node has another history than the cursor.
    #[error(
        "block {number} at {url} follows {found:?}, but {expected:?} was processed before: another history of the chain. If \
         the chain was started anew, start anew without a cursor; otherwise name a node of the right chain"
    )]
    Forked {
        /// URL of the node.
        url: String,
        /// Number of the block that does not fit.
        number: BlockNumber,
        /// Hash of the last block that was processed.
        expected: H256,
        /// Hash of the block in its place.
        found: H256,
    },
}
