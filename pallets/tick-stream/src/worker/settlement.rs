//! What the worker needs of the runtime.

use super::tick_key::TickKey;
use alloc::vec::Vec;
use frame_support::weights::Weight;
use tick_stream_primitives::Balance;

/// Construction and fees of the worker's extrinsics. Only the runtime knows its transaction extensions. `Call` is the
/// pallet's call type.
pub trait SettlementExtrinsics<Call> {
    /// Returns the encoded extrinsic with `call` signed by `key`, with this nonce and a tip in planck, mortal for
    /// [`WAVE_ERA_BLOCKS`](tick_stream_primitives::worker::WAVE_ERA_BLOCKS). Returns `None` if the keystore cannot
    /// sign.
    fn sign(call: Call, key: &TickKey, nonce: u32, tip: Balance) -> Option<Vec<u8>>;

    /// Returns the fee in planck, without a tip, of an extrinsic whose call has this weight and whose total length is
    /// `length_bytes`.
    fn fee(call_weight: Weight, length_bytes: u32) -> Balance;

    /// Returns the fee in planck of a weight when blocks are not full. The pallet's constants are checked against it.
    fn base_fee(weight: Weight) -> Balance;
}

/// Implementation that never signs, for runtimes whose nodes have no tick pool.
impl<Call> SettlementExtrinsics<Call> for () {
    fn sign(_: Call, _: &TickKey, _: u32, _: Balance) -> Option<Vec<u8>> {
        None
    }

    fn fee(_: Weight, _: u32) -> Balance {
        0
    }

    fn base_fee(_: Weight) -> Balance {
        0
    }
}
