//! The context that all rows of an extrinsic share.

use crate::{Config, Pallet, ProtocolFee};
use frame_support::traits::{Get, Time};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, Permill, SaturatedConversion};
use tick_stream_primitives::{rules::Periods, AccountId, BlockNumber, GenesisHash, Moment};

/// Values that are read once per extrinsic and used by each of its rows.
pub(crate) struct Context {
    /// Number of this block.
    pub block: BlockNumber,
    /// Time of this block, in milliseconds since the Unix epoch.
    pub now: Moment,
    /// Hash of block 0.
    pub genesis: GenesisHash,
    /// Account that signed the extrinsic.
    pub submitter: AccountId,
    /// Protocol's part of the gross, in parts per million.
    pub protocol_fee: Permill,
    /// Length of the closing period, and of the silence after which a gateway counts as absent.
    pub periods: Periods,
}

impl Context {
    /// Reads the context of an extrinsic that `submitter` signed.
    pub fn read<T: Config>(submitter: AccountId) -> Self {
        Self {
            block: Pallet::<T>::block(),
            now: T::Clock::now(),
            genesis: Pallet::<T>::genesis_hash(),
            submitter,
            protocol_fee: ProtocolFee::<T>::get(),
            periods: Periods { close_period: T::ClosePeriod::get(), gateway_silence: T::GatewaySilence::get() },
        }
    }
}

impl<T: Config> Pallet<T> {
    /// Returns the number of this block.
    pub(crate) fn block() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// Returns the hash of block 0, or zeros in block 0 itself.
    pub(crate) fn genesis_hash() -> GenesisHash {
        let hash = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        let mut genesis = GenesisHash::default();
        let length = genesis.len().min(hash.as_ref().len());
        genesis[..length].copy_from_slice(&hash.as_ref()[..length]);
        genesis
    }
}
