//! Off-chain worker: settles the rows that the node's tick pool offers.
//!
//! A wave is the set of extrinsics made from one offer. They are signed by one key with consecutive nonces and are
//! mortal for [`WAVE_ERA_BLOCKS`]. The next wave starts when the account's nonce has passed the last one's or its era
//! is over, so no row is ever in flight twice. Each batch is first tried on the worker's own copy of the state. Rows
//! that the chain would refuse are reported to the pool, and no fee is paid for them.
//!
//! | module | purpose |
//! | --- | --- |
//! | `rows` | chooses the rows of an offer that are settled now |
//! | `worth` | compares what rows earn with what they cost |
//! | `pack` | packs them into batches within the worker's share of a block |
//! | `trial` | tries a batch, and leaves out what is refused or no longer worth its fee |
//! | `wave` | signs the batches, hands them to the transaction pool, and reports |
//! | `settlement` | what the worker needs of the runtime |
//! | `tick_key` | the key that signs |
//!
//! [`WAVE_ERA_BLOCKS`]: tick_stream_primitives::worker::WAVE_ERA_BLOCKS

mod pack;
pub(crate) mod rows;
mod settlement;
pub mod tick_key;
mod trial;
mod wave;
mod worth;

pub use settlement::SettlementExtrinsics;

use tick_stream_primitives::{worker::WorkerConfig, AccountId};

/// Returns whether the worker settles the rows of `gateway` as its own: the gateway is one of the node's own accounts, or
/// the node's operator has named it. `config` holds both.
///
/// The operator that a gateway names on chain does not count: anyone could register a gateway and name a stranger's
/// account, which would then pay for the settlement.
pub(crate) fn serves(config: &WorkerConfig, gateway: &AccountId) -> bool {
    config.gateways.contains(gateway)
}
