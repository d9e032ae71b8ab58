//! Blocks as they are returned.

use crate::{Block, Head, TickEvent};
use sp_core::H256;
use tick_stream_primitives::BlockNumber;

/// A place in the finalized chain: the last block that was processed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// Number of the block.
    pub number: BlockNumber,
    /// Hash of the block, by which another history is noticed.
    pub hash: H256,
}

/// An event of the tick stream pallet, with the extrinsic that emitted it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlacedEvent {
    /// Index of the extrinsic in the block; `None` for events of the block's initialization and finalization.
    pub extrinsic: Option<u32>,
    /// The event.
    pub event: TickEvent,
}

/// A block with its events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FollowedBlock {
    /// Number, hash, parent and time of the block.
    pub head: Head,
    /// Events in order. Those that this crate does not know are left out.
    pub events: Vec<PlacedEvent>,
}

impl FollowedBlock {
    /// Number and hash of the block.
    pub fn block(&self) -> Block {
        Block { number: self.head.number, hash: self.head.hash }
    }

    /// Cursor to continue from when this block has been processed.
    pub fn cursor(&self) -> Cursor {
        Cursor { number: self.head.number, hash: self.head.hash }
    }
}

/// A change of the best chain: first all of `undone` goes, then all of `new` comes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BestChange {
    /// Blocks returned before that are not on the best chain any more, the newest first.
    pub undone: Vec<Block>,
    /// Blocks of the best chain that were not returned before, the oldest first.
    pub new: Vec<FollowedBlock>,
    /// Whether blocks before `new` are missing: at the beginning, and after an absence or a reorganisation of more than
    /// [`MAX_REMEMBERED_BLOCKS`](super::MAX_REMEMBERED_BLOCKS). Their effects are in the state only.
    pub is_gap: bool,
}
