//! Positions of events.

use tick_stream_primitives::{BlockNumber, Moment};

/// Position of an event in the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// Orders all events of the chain: the block's number times 2^20, plus the event's index in the block.
    pub seq: i64,
    pub block: BlockNumber,
    pub time: Moment,
}
