//! Follows the chain over several nodes: what is final, in order and without gaps; and what is best, with what was undone.
//!
//! [`FinalizedBlocks`] starts after a [`Cursor`] that its user keeps: each block comes once, after its parent, with its
//! events. [`BestBlocks`] tells what is likely: each [`BestChange`] first undoes, then adds.
//!
//! Both are asked for what is next. A node that fails is given up and the next one is asked, after a pause that grows and
//! is never the same; what comes then goes on where the last answer ended. An error is told to the user, who may ask on or
//! stop. To stop waiting is harmless at any moment: nothing is counted as told before it is handed out.
//!
//! | limit | what it bounds |
//! | --- | --- |
//! | [`SILENCE_LIMIT`] | how long a node may tell of no block |
//! | [`READ_LIMIT`] | how long a node may take to hand out one block |
//! | [`READ_AHEAD_BLOCKS`] | blocks read at the same time while catching up |
//! | [`MAX_BATCH_BLOCKS`] | blocks handed out at once |
//! | [`MAX_REMEMBERED_BLOCKS`] | best blocks remembered, and so the longest change of forks that is told block by block |
//! | [`RETRY_FIRST`](crate::backoff::RETRY_FIRST), [`RETRY_MOST`](crate::backoff::RETRY_MOST) | pauses after failures |

mod best;
mod finalized;
#[cfg(test)]
mod tests;
mod told;

pub use best::BestBlocks;
pub use finalized::FinalizedBlocks;

use crate::{backoff::Backoff, Block, Chain, ChainError, Connection, Head, Nodes, NodesError, TickEvent};
use sp_core::H256;
use std::{future::Future, sync::Arc, time::Duration};
use tick_stream_primitives::BlockNumber;
use tokio::time::Instant;

/// How long a node may tell of no block: blocks come every second, finality may pause.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// How long a node may take to hand out one block.
pub const READ_LIMIT: Duration = Duration::from_secs(20);
/// Blocks read at the same time while catching up.
pub const READ_AHEAD_BLOCKS: usize = 8;
/// Blocks handed out at once.
pub const MAX_BATCH_BLOCKS: usize = 256;
/// Best blocks remembered, to tell what is undone. Finality is a few blocks behind; what is older stays.
pub const MAX_REMEMBERED_BLOCKS: usize = 64;

/// A place in the finalized chain: the last block that was dealt with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// Its number.
    pub number: BlockNumber,
    /// Its hash: blocks of another history are noticed by it.
    pub hash: H256,
}

/// What the tick stream pallet reported, and which extrinsic made it do so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlacedEvent {
    /// The extrinsic's place in the block; nothing for what the block did by itself.
    pub extrinsic: Option<u32>,
    /// What was reported.
    pub event: TickEvent,
}

/// A block with what happened in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FollowedBlock {
    /// Number, hash, parent and time.
    pub head: Head,
    /// In order. Events that this crate does not know are left out.
    pub events: Vec<PlacedEvent>,
}

impl FollowedBlock {
    /// Its number and hash.
    pub fn block(&self) -> Block {
        Block { number: self.head.number, hash: self.head.hash }
    }

    /// What to go on from when this block has been dealt with.
    pub fn cursor(&self) -> Cursor {
        Cursor { number: self.head.number, hash: self.head.hash }
    }
}

/// How the best chain has changed: first everything of `undone` goes, then everything of `new` comes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BestChange {
    /// Blocks told before that are not of the best chain any more, the newest first.
    pub undone: Vec<Block>,
    /// Blocks of the best chain that were not told before, the oldest first.
    pub new: Vec<FollowedBlock>,
    /// Whether blocks before `new` were not told: at the beginning, and after an absence or a change of forks of more than
    /// [`MAX_REMEMBERED_BLOCKS`]. What they did is in the state only.
    pub is_gap: bool,
}

/// Why there is nothing to tell. Asking again is always right: it goes on after the last block that was told.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// No node.
    #[error(transparent)]
    Node(#[from] NodesError),
    /// A node failed in the middle of something.
    #[error("{url}: {source}")]
    Chain {
        /// Which.
        url: String,
        /// How.
        source: ChainError,
    },
    /// A node says nothing.
    #[error("{url} has told of no {what} block for {seconds} s; see that it is in step with the chain")]
    Silence {
        /// Which.
        url: String,
        /// What it was to tell of.
        what: &'static str,
        /// How long it was waited.
        seconds: u64,
    },
    /// A node does not answer.
    #[error("{url} has not handed out a block in {seconds} s; it may be overloaded")]
    Slow {
        /// Which.
        url: String,
        /// How long it was waited.
        seconds: u64,
    },
    /// A node has ended the subscription: it is going down, or we were too slow.
    #[error("{url} has ended the subscription to its blocks")]
    Ended {
        /// Which.
        url: String,
    },
    /// A node has another history than what the cursor is from.
    #[error(
        "block {number} at {url} follows {found:?}, but {expected:?} was dealt with: another history of the chain. Where \
         the chain was begun anew, begin anew as well, without a cursor; else name a node of the right chain"
    )]
    Forked {
        /// Which.
        url: String,
        /// The block that does not fit.
        number: BlockNumber,
        /// The last block that was dealt with.
        expected: H256,
        /// What the node has in its place.
        found: H256,
    },
}

/// What blocks are read from: a node, or a tree of blocks in tests.
pub(crate) trait Source: Send + Sync {
    /// A block's head.
    fn head(&self, hash: H256) -> impl Future<Output = Result<Head, ChainError>> + Send;
    /// The best chain's block of this number.
    fn hash_of(&self, number: BlockNumber) -> impl Future<Output = Result<H256, ChainError>> + Send;
    /// What happened in a block.
    fn events(&self, hash: H256) -> impl Future<Output = Result<Vec<PlacedEvent>, ChainError>> + Send;
}

impl Source for Chain {
    async fn head(&self, hash: H256) -> Result<Head, ChainError> {
        Chain::head(self, hash).await
    }

    async fn hash_of(&self, number: BlockNumber) -> Result<H256, ChainError> {
        Chain::hash_of(self, number).await
    }

    async fn events(&self, hash: H256) -> Result<Vec<PlacedEvent>, ChainError> {
        self.placed_events(hash).await
    }
}

async fn followed(source: &impl Source, head: Head) -> Result<FollowedBlock, ChainError> {
    Ok(FollowedBlock { head, events: source.events(head.hash).await? })
}

/// The nodes, and the pauses between attempts at them.
struct Line {
    nodes: Arc<Nodes>,
    backoff: Backoff,
    /// Not before this moment.
    pause_until: Option<Instant>,
}

impl Line {
    fn new(nodes: Arc<Nodes>) -> Self {
        Self { nodes, backoff: Backoff::default(), pause_until: None }
    }

    /// Waits out the pause, if there is one.
    async fn pause(&mut self) {
        if let Some(until) = self.pause_until {
            tokio::time::sleep_until(until).await;
            self.pause_until = None;
        }
    }

    async fn failed(&mut self, connection: Option<&Connection>, error: &FollowError) {
        if let Some(connection) = connection {
            self.nodes.give_up(connection, &error.to_string()).await;
        }
        self.pause_until = Some(Instant::now() + self.backoff.pause());
    }

    fn worked(&mut self) {
        self.backoff.reset();
    }
}

/// The next block that a node tells of.
async fn next_head<S>(heads: &mut S, url: &str, what: &'static str) -> Result<Block, FollowError>
where
    S: futures::Stream<Item = Result<Block, ChainError>> + Unpin,
{
    let next = tokio::time::timeout(SILENCE_LIMIT, futures::StreamExt::next(heads)).await;
    let seconds = SILENCE_LIMIT.as_secs();
    let next = next.map_err(|_| FollowError::Silence { url: url.to_owned(), what, seconds })?;
    let block = next.ok_or_else(|| FollowError::Ended { url: url.to_owned() })?;
    block.map_err(|source| FollowError::Chain { url: url.to_owned(), source })
}
