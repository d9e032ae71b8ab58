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

use crate::{Config, Gateways};
use tick_stream_primitives::AccountId;

/// Returns whether `account` is the gateway itself or its operator.
pub(crate) fn represents<T: Config>(account: &AccountId, gateway: &AccountId) -> bool {
    account == gateway || Gateways::<T>::get(gateway).is_some_and(|entry| entry.operator == *account)
}
