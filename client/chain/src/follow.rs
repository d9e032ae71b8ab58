//! Following the chain over several nodes: finalized blocks in order and without gaps, and best blocks with those that are
//! undone.
//!
//! [`FinalizedBlocks`] starts after a [`Cursor`] that its user keeps: each block comes once, after its parent, with its
//! events. [`BestBlocks`] returns changes of the best chain: each [`BestChange`] first undoes blocks, then adds blocks.
//!
//! Both are polled with `next`. A node that fails is given up, and the next node is asked after a pause that grows and is
//! jittered; what follows continues after the last answer. So it does when [`Nodes`](crate::Nodes) returns to a preferred node.
//! Errors are returned to the user, who may call again or stop.
//! Cancelling a call is harmless: a block counts as delivered only when it is returned.
//!
//! | limit | what it bounds |
//! | --- | --- |
//! | [`SILENCE_LIMIT`] | time without a block from a node |
//! | [`READ_LIMIT`] | time for a node to return one block |
//! | [`READ_AHEAD_BLOCKS`] | blocks read concurrently while catching up |
//! | [`MAX_BATCH_BLOCKS`] | blocks returned at once |
//! | [`MAX_REMEMBERED_BLOCKS`] | best blocks remembered, and so the deepest reorganisation that is reported block by block |
//! | [`RETRY_FIRST`](crate::backoff::RETRY_FIRST), [`RETRY_MOST`](crate::backoff::RETRY_MOST) | pauses after failures |

mod best;
mod best_chain;
mod error;
mod finalized;
mod limits;
mod source;
#[cfg(test)]
mod tests;
mod types;

#[cfg(test)]
pub(crate) use self::source::next_head;
pub use best::BestBlocks;
pub use error::FollowError;
pub use finalized::FinalizedBlocks;
pub use limits::{MAX_BATCH_BLOCKS, MAX_REMEMBERED_BLOCKS, READ_AHEAD_BLOCKS, READ_LIMIT, SILENCE_LIMIT};
pub use types::{BestChange, Cursor, FollowedBlock, PlacedEvent};
