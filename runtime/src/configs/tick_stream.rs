//! The tick stream's parameters: the ones that viewers, creators and gateways feel.

use crate::{
    settlement::Settlement, AccountId, Balance, Balances, BlockNumber, Runtime, RuntimeHoldReason, Timestamp, HOURS,
    MICRO_UNIT, MILLI_UNIT, MINUTES, UNIT,
};
use frame_support::{parameter_types, PalletId};
use frame_system::EnsureRoot;
use sp_runtime::{traits::AccountIdConversion, Permill};

/// Names the treasury's account.
pub const TREASURY_ID: PalletId = PalletId(*b"vlk/trsy");

parameter_types! {
    pub const PotId: PalletId = PalletId(*b"vlk/tick");
    pub Treasury: AccountId = TREASURY_ID.into_account_truncating();
    /// A millionth of a VLK a second.
    pub const MinPrice: Balance = MICRO_UNIT;
    pub const MinDeposit: Balance = 100 * MILLI_UNIT;
    pub const StreamDeposit: Balance = UNIT;
    pub const GatewayBond: Balance = 100 * UNIT;
    /// About the weight fee of one open, one claim and one close row; a test compares them.
    pub const OpenFee: Balance = 2 * MILLI_UNIT;
    pub const DefaultProtocolFee: Permill = Permill::from_percent(1);
    pub const SubmitterShare: Permill = Permill::from_parts(5_000);
    pub const MaxPrepaidTicks: u32 = 60;
    pub const ClosePeriod: BlockNumber = 10 * MINUTES;
    pub const GatewaySilence: BlockNumber = 5 * MINUTES;
    pub const Notice: BlockNumber = MINUTES;
    pub const TicketLifetime: BlockNumber = HOURS;
}

impl pallet_tick_stream::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Clock = Timestamp;
    type ModeratorOrigin = EnsureRoot<AccountId>;
    type AdminOrigin = EnsureRoot<AccountId>;
    type Settlement = Settlement;
    type WeightInfo = pallet_tick_stream::weights::SubstrateWeight<Runtime>;
    type PotId = PotId;
    type Treasury = Treasury;
    type MinPrice = MinPrice;
    type MinDeposit = MinDeposit;
    type StreamDeposit = StreamDeposit;
    type GatewayBond = GatewayBond;
    type OpenFee = OpenFee;
    type DefaultProtocolFee = DefaultProtocolFee;
    type SubmitterShare = SubmitterShare;
    type MaxPrepaidTicks = MaxPrepaidTicks;
    type ClosePeriod = ClosePeriod;
    type GatewaySilence = GatewaySilence;
    type Notice = Notice;
    type TicketLifetime = TicketLifetime;
}
