//! Parameters of the tick stream pallet.

use crate::{
    settlement::Settlement, AccountId, Balance, Balances, BlockNumber, Runtime, RuntimeHoldReason, Timestamp, HOURS,
    MICRO_UNIT, MILLI_UNIT, MINUTES, UNIT,
};
use frame_support::{parameter_types, PalletId};
use sp_runtime::{traits::AccountIdConversion, Permill};

use super::authorities::{ModeratorOrigin, TreasurerOrigin};

/// Identifier from which the treasury's account is derived.
pub const TREASURY_ID: PalletId = PalletId(*b"vlk/trsy");

parameter_types! {
    /// Identifier from which the pot's account is derived.
    pub const PotId: PalletId = PalletId(*b"vlk/tick");
    /// Account that earns the protocol fee.
    pub Treasury: AccountId = TREASURY_ID.into_account_truncating();
    /// Lowest price of a tick: a minute pays for its own settlement.
    pub const MinPrice: Balance = 20 * MICRO_UNIT;
    /// Smallest first deposit.
    pub const MinDeposit: Balance = 100 * MILLI_UNIT;
    /// Deposit for each stream.
    pub const StreamDeposit: Balance = UNIT;
    /// Bond of each gateway.
    pub const GatewayBond: Balance = 100 * UNIT;
    /// Weight fee of one open, one claim with its group, and one close row; a test compares them.
    pub const OpenFee: Balance = 4_000 * MICRO_UNIT;
    /// Weight fee of two close rows, each in an extrinsic of its own; `integrity_test` compares them.
    pub const RemovalReward: Balance = 1_800 * MICRO_UNIT;
    /// Bond for the storage of a deposit or a session key: above the fee of removing them.
    pub const StorageBond: Balance = 2 * MILLI_UNIT;
    /// Protocol's part of the gross until it is changed.
    pub const DefaultProtocolFee: Permill = Permill::from_percent(1);
    /// Submitter's part of the gross: 0.5 %.
    pub const SubmitterShare: Permill = Permill::from_parts(5_000);
    /// Number of ticks that may be claimed ahead of time.
    pub const MaxPrepaidTicks: u32 = 60;
    /// Number of blocks in which a closing session still accepts claims.
    pub const ClosePeriod: BlockNumber = 10 * MINUTES;
    /// Number of blocks without a claim after which the actual submitter earns the submitter's part.
    pub const GatewaySilence: BlockNumber = 5 * MINUTES;
    /// Number of blocks between the announcement of a higher price or of other splits and its effect.
    pub const Notice: BlockNumber = MINUTES;
    /// Maximum number of blocks for which a ticket may be valid.
    pub const TicketLifetime: BlockNumber = HOURS;
}

impl pallet_tick_stream::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Clock = Timestamp;
    type ModeratorOrigin = ModeratorOrigin;
    type AdminOrigin = TreasurerOrigin;
    type Settlement = Settlement;
    type WeightInfo = pallet_tick_stream::weights::SubstrateWeight<Runtime>;
    type PotId = PotId;
    type Treasury = Treasury;
    type MinPrice = MinPrice;
    type MinDeposit = MinDeposit;
    type StreamDeposit = StreamDeposit;
    type GatewayBond = GatewayBond;
    type OpenFee = OpenFee;
    type RemovalReward = RemovalReward;
    type StorageBond = StorageBond;
    type DefaultProtocolFee = DefaultProtocolFee;
    type SubmitterShare = SubmitterShare;
    type MaxPrepaidTicks = MaxPrepaidTicks;
    type ClosePeriod = ClosePeriod;
    type GatewaySilence = GatewaySilence;
    type Notice = Notice;
    type TicketLifetime = TicketLifetime;
}
