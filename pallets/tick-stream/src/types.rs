//! Arguments of calls, and their limits.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::BoundedVec;
use scale_info::TypeInfo;
use sp_runtime::Permill;
use tick_stream_primitives::{
    limits::{MaxEndpoint, MaxMetadata},
    AccountId, Balance, Splits,
};

/// Highest protocol fee that can be set, in parts per million of the gross.
pub const MAX_PROTOCOL_FEE: Permill = Permill::from_percent(5);

/// Settings of a new stream.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct StreamRequest {
    /// Price of a tick, in planck; at least `MinPrice`.
    pub price_per_tick: Balance,
    /// Number of ticks (seconds) that a viewer may watch for free; at most `MAX_PREVIEW_TICKS`.
    pub preview_ticks: u32,
    /// Gateway's part, in parts per million, of what the protocol and the submitter leave.
    pub gateway_share: Permill,
    /// Parts of what the gateway leaves, in parts per million; at most 100 % together.
    pub splits: Splits,
    /// JSON object in UTF-8 with the keys `title`, `description`, `category`, `tags` and `thumbnail`.
    pub metadata: BoundedVec<u8, MaxMetadata>,
}

/// Changes of a stream. Fields that are `None` stay as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct StreamUpdate {
    /// Price of a tick, in planck. A lower price takes effect at once, a higher one after `Notice` blocks.
    pub price_per_tick: Option<Balance>,
    /// Number of ticks (seconds) that a viewer may watch for free.
    pub preview_ticks: Option<u32>,
    /// Gateway's part, in parts per million, for sessions opened from now on.
    pub gateway_share: Option<Permill>,
    /// Parts of what the gateway leaves, in parts per million. They take effect after `Notice` blocks.
    pub splits: Option<Splits>,
    /// Metadata, as in [`StreamRequest`].
    pub metadata: Option<BoundedVec<u8, MaxMetadata>>,
}

/// Changes of a gateway. Fields that are `None` stay as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct GatewayUpdate {
    /// URL at which viewers reach the gateway.
    pub endpoint: Option<BoundedVec<u8, MaxEndpoint>>,
    /// Account of the gateway's off-chain worker.
    pub operator: Option<AccountId>,
}
