//! Off-chain worker: settles the rows that the node's tick pool offers.
//!
//! A wave is the set of extrinsics made from one offer. They are signed by one key with consecutive nonces and are
//! mortal for [`WAVE_ERA_BLOCKS`]. The next wave starts when the account's nonce has passed the last one's or its era
//! is over, so no row is ever in flight twice. Each batch is first tried on the worker's own copy of the state. Rows
//! that the chain would refuse are reported to the pool, and no fee is paid for them.
//!
//! [`WAVE_ERA_BLOCKS`]: tick_stream_primitives::worker::WAVE_ERA_BLOCKS

mod pack;
pub(crate) mod rows;
mod settlement;
pub mod tick_key;
mod wave;

pub use settlement::SettlementExtrinsics;

use tick_stream_primitives::{worker::WorkerConfig, AccountId};

/// Returns whether the worker that signs with `account` settles the rows of `gateway` as its own: the account is the
/// gateway, or the node's operator has named the gateway.
///
/// The operator that a gateway names on chain does not count: anyone could register a gateway and name a stranger's
/// account, which would then pay for the settlement.
pub(crate) fn serves(config: &WorkerConfig, account: &AccountId, gateway: &AccountId) -> bool {
    account == gateway || config.gateways.contains(gateway)
}
