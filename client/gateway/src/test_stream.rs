//! A stream as the chain has it, for tests.

use tick_stream_primitives::{AccountId, Splits, Stream, StreamStatus, Totals};

/// A stream of this creator with this status, and nothing special about it.
pub fn stream_of(creator: AccountId, status: StreamStatus) -> Stream {
    Stream {
        creator,
        price_per_tick: 1_000,
        next_price: None,
        preview_ticks: 30,
        gateway_share: sp_runtime::Permill::from_percent(10),
        splits: Splits::default(),
        next_splits: None,
        metadata: Default::default(),
        status,
        open_sessions: 0,
        deposit: 0,
        totals: Totals::default(),
    }
}
