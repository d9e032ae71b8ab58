//! The off-chain worker: takes what the node's tick pool offers and has it settled.
//!
//! One wave at a time: a wave is the extrinsics made from one offer, signed by one key with consecutive nonces and mortal
//! for [`WAVE_ERA_BLOCKS`]. The next wave starts when the account's nonce has passed the last one's or its era is over, so
//! no row is ever in flight twice. Each batch is run on the worker's own copy of the state first; what the chain would
//! refuse is reported back to the pool instead of being paid for.

mod pack;
pub(crate) mod rows;
mod wave;

use crate::{Call, Config, LOG_TARGET};
use frame_support::weights::Weight;
use tick_stream_primitives::{AccountId, Balance};

/// The key that signs batches.
pub mod tick_key {
    mod app {
        use sp_application_crypto::{app_crypto, sr25519};
        app_crypto!(sr25519, tick_stream_primitives::worker::TICK_KEY);
    }

    /// The key as the keystore knows it.
    pub type TickKey = app::Public;
    /// The key's signature.
    pub type TickSignature = app::Signature;

    /// The account that the key signs for.
    pub fn account_of(key: &TickKey) -> tick_stream_primitives::AccountId {
        tick_stream_primitives::AccountId::new(sp_core::sr25519::Public::from(key.clone()).0)
    }
}

/// Makes the worker's extrinsics and knows what they cost: only the runtime knows its transaction extensions.
pub trait SettlementExtrinsics<T: Config> {
    /// The encoded extrinsic: `call` signed by `key`, with this nonce and tip, mortal for
    /// [`WAVE_ERA_BLOCKS`](tick_stream_primitives::worker::WAVE_ERA_BLOCKS). Nothing when the keystore will not sign.
    fn sign(call: Call<T>, key: &tick_key::TickKey, nonce: u32, tip: Balance) -> Option<alloc::vec::Vec<u8>>;

    /// The fee, without a tip, of an extrinsic with a call of this weight and so many bytes in all.
    fn fee(call_weight: Weight, length_bytes: u32) -> Balance;
}

/// Runs without a worker: for runtimes whose nodes have no tick pool.
impl<T: Config> SettlementExtrinsics<T> for () {
    fn sign(_: Call<T>, _: &tick_key::TickKey, _: u32, _: Balance) -> Option<alloc::vec::Vec<u8>> {
        None
    }

    fn fee(_: Weight, _: u32) -> Balance {
        0
    }
}

/// Whether `account` speaks for `gateway`: is it, or is its operator.
pub(crate) fn speaks_for<T: Config>(account: &AccountId, gateway: &AccountId) -> bool {
    account == gateway || crate::Gateways::<T>::get(gateway).is_some_and(|entry| entry.operator == *account)
}

/// Logs what a run came to, for those who follow the runtime's log.
pub(crate) fn log_state(state: &tick_stream_primitives::worker::WorkerState) {
    log::debug!(target: LOG_TARGET, "off-chain worker: {state:?}");
}
