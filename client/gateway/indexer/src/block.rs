//! Input of the index: finalized blocks, with the events that the tick stream pallet deposited in them.

use sp_core::H256;
use sp_runtime::Permill;
use tick_stream_primitives::{BlockNumber, Moment, TickEvent};

/// Hash of a block.
pub type BlockHash = H256;

/// Maximum number of events in one block. The position of an event takes 20 bits of the number that orders it.
pub const MAX_EVENTS_PER_BLOCK: usize = 1 << 20;
/// Maximum number of blocks applied in one transaction. It bounds the memory used while the index catches up.
pub const MAX_BLOCKS_PER_APPLY: usize = 256;

/// The chain that an index is of, and the rates that hold when indexing begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChainIdentity {
    /// Hash of block 0.
    pub genesis: BlockHash,
    /// Protocol's part of the gross. [`TickEvent::ProtocolFeeSet`] changes it later.
    pub protocol_fee: Permill,
    /// Submitter's part of the gross, a constant of the runtime.
    pub submitter_share: Permill,
}

/// One finalized block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockFacts {
    /// Number of the block.
    pub number: BlockNumber,
    /// Hash of the block.
    pub hash: BlockHash,
    /// Hash of the block before it.
    pub parent_hash: BlockHash,
    /// Timestamp of the block.
    pub time_ms: Moment,
    /// Events in the order in which they were deposited.
    ///
    /// [`TickEvent::StreamCreated`] carries neither metadata nor splits. The caller adds a [`TickEvent::StreamUpdated`]
    /// behind it, with the stream as the chain has it after this block.
    pub events: Vec<TickEvent>,
}

/// The last block in the index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// Number of the block.
    pub number: BlockNumber,
    /// Hash of the block.
    pub hash: BlockHash,
}
