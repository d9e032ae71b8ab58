//! Arguments of calls, and what a row needs to know about the extrinsic it is in.

use crate::{Config, Error, Pallet, ProtocolFee};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::Time, BoundedVec};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_runtime::{traits::Zero, Permill, SaturatedConversion};
use tick_stream_primitives::{
    limits::{MaxEndpoint, MaxMetadata},
    AccountId, Balance, BlockNumber, GenesisHash, Moment, RowError, Splits,
};

/// The protocol's fee can never be set above this.
pub const MAX_PROTOCOL_FEE: Permill = Permill::from_percent(5);

/// What a creator says of a new stream.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct StreamRequest {
    /// Planck a tick.
    pub price_per_tick: Balance,
    /// Ticks that a viewer may see for nothing.
    pub preview_ticks: u32,
    /// The gateway's part of what protocol and submitter leave.
    pub gateway_share: Permill,
    /// Parts of what the gateway leaves.
    pub splits: Splits,
    /// A JSON object in UTF-8: `title`, `description`, `category`, `tags`, `thumbnail`.
    pub metadata: BoundedVec<u8, MaxMetadata>,
}

/// What of a stream is to change; what is not named stays.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct StreamUpdate {
    /// Planck a tick.
    pub price_per_tick: Option<Balance>,
    /// Ticks that a viewer may see for nothing.
    pub preview_ticks: Option<u32>,
    /// The gateway's part, for sessions opened from now on.
    pub gateway_share: Option<Permill>,
    /// Parts of what the gateway leaves.
    pub splits: Option<Splits>,
    /// The metadata.
    pub metadata: Option<BoundedVec<u8, MaxMetadata>>,
}

/// What of a gateway is to change; what is not named stays.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct GatewayUpdate {
    /// Where viewers find it.
    pub endpoint: Option<BoundedVec<u8, MaxEndpoint>>,
    /// The account of its off-chain worker.
    pub operator: Option<AccountId>,
}

/// Read once an extrinsic, used by every row of it.
pub(crate) struct Context {
    /// This block.
    pub block: BlockNumber,
    /// This block's moment.
    pub now: Moment,
    /// Block 0's hash.
    pub genesis: GenesisHash,
    /// Who pays for the extrinsic.
    pub submitter: AccountId,
    /// The protocol's part of the gross.
    pub protocol_fee: Permill,
}

impl Context {
    pub fn read<T: Config>(submitter: AccountId) -> Self {
        Self {
            block: Pallet::<T>::block(),
            now: T::Clock::now(),
            genesis: Pallet::<T>::genesis_hash(),
            submitter,
            protocol_fee: ProtocolFee::<T>::get(),
        }
    }
}

impl<T: Config> Pallet<T> {
    /// This block.
    pub(crate) fn block() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// Block 0's hash, zero in block 0 itself.
    pub(crate) fn genesis_hash() -> GenesisHash {
        let hash = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        let mut genesis = GenesisHash::default();
        let length = genesis.len().min(hash.as_ref().len());
        genesis[..length].copy_from_slice(&hash.as_ref()[..length]);
        genesis
    }
}

/// A row that is a call of its own fails as the call's error.
impl<T: Config> From<RowError> for Error<T> {
    fn from(error: RowError) -> Self {
        match error {
            RowError::StreamUnknown => Self::StreamUnknown,
            RowError::StreamNotOpen => Self::StreamNotOpen,
            RowError::GatewayUnknown | RowError::GatewayInactive => Self::TicketGatewayInvalid,
            RowError::TicketExpired | RowError::TicketTooLong => Self::TicketExpiryInvalid,
            RowError::NonceUsed | RowError::NonceTooOld | RowError::NonceTooHigh => Self::NonceInvalid,
            RowError::DepositUnknown => Self::DepositUnknown,
            RowError::DelegationMissing => Self::DelegationMissing,
            RowError::DelegationExpired => Self::DelegationExpired,
            RowError::SignatureInvalid => Self::SignatureInvalid,
            RowError::PriceAboveTicket | RowError::PriceAboveDelegation => Self::PriceTooHigh,
            RowError::AllowanceTooLow => Self::AllowanceTooLow,
            RowError::FundsTooLow => Self::FundsTooLow,
            RowError::TooManySessions => Self::TooManySessions,
            RowError::NoTicks | RowError::ClaimEmpty => Self::NoTicks,
            RowError::Overflow => Self::Overflow,
            RowError::SessionExists => Self::SessionExists,
            RowError::SessionUnknown => Self::SessionUnknown,
            RowError::FromAhead => Self::FromAhead,
            RowError::AlreadySettled => Self::AlreadySettled,
            RowError::AboveMaximum => Self::AboveMaximum,
            RowError::TooFast => Self::TooFast,
            RowError::ProofInvalid => Self::ProofInvalid,
            RowError::GroupMismatch | RowError::CloseNotDue | RowError::AlreadyClosing => Self::RowMismatch,
        }
    }
}
