//! Each pallet's parameters.

mod tick_stream;

pub use tick_stream::*;

use crate::{
    AccountId, Aura, Balance, Balances, Block, BlockNumber, Hash, Nonce, OriginCaller, PalletInfo, Runtime,
    RuntimeCall, RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason, RuntimeOrigin, RuntimeTask, System,
    BLOCK_HASH_COUNT, EXISTENTIAL_DEPOSIT, MILLI_UNIT, SLOT_DURATION, UNIT, VERSION,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstBool, ConstU128, ConstU32, ConstU64, ConstU8, InstanceFilter, VariantCountOf},
    weights::{
        constants::{WEIGHT_REF_TIME_PER_MILLIS, WEIGHT_REF_TIME_PER_NANOS},
        ConstantMultiplier, IdentityFee, RuntimeDbWeight, Weight,
    },
};
use frame_system::limits::{BlockLength, BlockWeights};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_runtime::{
    traits::{BlakeTwo256, Bounded},
    FixedPointNumber, Perbill, Perquintill,
};
use sp_version::RuntimeVersion;

/// The part of a block that ordinary extrinsics may fill.
pub const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// Compute of a block: half of the second it has.
pub const MAX_BLOCK_MILLIS: u64 = 500;
/// Bytes of a block.
pub const MAX_BLOCK_BYTES: u32 = 5 * 1024 * 1024;

/// What a read of RocksDB weighs. Measured: 12 us (`benchmark storage`, 9,000 keys, 2 cores of an AMD EPYC); twice that,
/// because the state grows and not every validator's disk is as quick.
pub const DB_READ_NANOS: u64 = 25_000;
/// What a write weighs, its part of the state root included. Measured: 22 us.
pub const DB_WRITE_NANOS: u64 = 45_000;

parameter_types! {
    pub const DbWeight: RuntimeDbWeight = RuntimeDbWeight {
        read: DB_READ_NANOS * WEIGHT_REF_TIME_PER_NANOS,
        write: DB_WRITE_NANOS * WEIGHT_REF_TIME_PER_NANOS,
    };
    pub const BlockHashCount: BlockNumber = BLOCK_HASH_COUNT;
    pub const Version: RuntimeVersion = VERSION;
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::with_sensible_defaults(
        Weight::from_parts(MAX_BLOCK_MILLIS * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX),
        NORMAL_DISPATCH_RATIO,
    );
    pub RuntimeBlockLength: BlockLength =
        BlockLength::builder().max_length(MAX_BLOCK_BYTES).modify_max_length_for_class(
            frame_support::dispatch::DispatchClass::Normal,
            |length| *length = NORMAL_DISPATCH_RATIO * MAX_BLOCK_BYTES,
        ).build();
    pub const SS58Prefix: u8 = 42;
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type BlockWeights = RuntimeBlockWeights;
    type BlockLength = RuntimeBlockLength;
    type AccountId = AccountId;
    type Nonce = Nonce;
    type Hash = Hash;
    type BlockHashCount = BlockHashCount;
    type DbWeight = DbWeight;
    type Version = Version;
    type AccountData = pallet_balances::AccountData<Balance>;
    type SS58Prefix = SS58Prefix;
    type MaxConsumers = ConstU32<16>;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = Aura;
    type MinimumPeriod = ConstU64<{ SLOT_DURATION / 2 }>;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_aura::Config for Runtime {
    type AuthorityId = AuraId;
    type DisabledValidators = ();
    type MaxAuthorities = ConstU32<100>;
    type AllowMultipleBlocksPerSlot = ConstBool<false>;
    type SlotDuration = pallet_aura::MinimumPeriodTimesTwo<Runtime>;
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type MaxAuthorities = ConstU32<100>;
    type MaxNominators = ConstU32<0>;
    type MaxSetIdSessionEntries = ConstU64<0>;
    type KeyOwnerProof = sp_core::Void;
    type EquivocationReportSystem = ();
}

impl pallet_balances::Config for Runtime {
    type MaxLocks = ConstU32<50>;
    type MaxReserves = ConstU32<50>;
    type ReserveIdentifier = [u8; 8];
    type Balance = Balance;
    type RuntimeEvent = RuntimeEvent;
    type DustRemoval = ();
    type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
    type AccountStore = System;
    type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
    type RuntimeHoldReason = RuntimeHoldReason;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type DoneSlashHandler = ();
}

parameter_types! {
    /// Planck a byte of an extrinsic.
    pub const TransactionByteFee: Balance = 1_000;
    /// How full blocks are when fees neither rise nor fall.
    pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(50);
    /// How fast fees follow: doubling takes some hours of full blocks.
    pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(1, 100_000);
    /// Fees never fall below what the weights say.
    pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_integer(1);
    pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type OnChargeTransaction = FungibleAdapter<Balances, ()>;
    type OperationalFeeMultiplier = ConstU8<5>;
    type WeightToFee = IdentityFee<Balance>;
    type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
    type FeeMultiplierUpdate =
        TargetedFeeAdjustment<Runtime, TargetBlockFullness, AdjustmentVariable, MinimumMultiplier, MaximumMultiplier>;
    type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

impl pallet_sudo::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PalletsOrigin = OriginCaller;
    type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
    /// For an item of storage that a multisig or proxy needs.
    pub const ItemDeposit: Balance = UNIT / 10;
    /// For each account or announcement in it.
    pub const MemberDeposit: Balance = 10 * MILLI_UNIT;
}

impl pallet_multisig::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type DepositBase = ItemDeposit;
    type DepositFactor = MemberDeposit;
    type MaxSignatories = ConstU32<20>;
    type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
    type BlockNumberProvider = System;
}

/// What a proxy may do for an account.
#[derive(
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    codec::Encode,
    codec::Decode,
    codec::DecodeWithMemTracking,
    codec::MaxEncodedLen,
    scale_info::TypeInfo,
)]
pub enum ProxyType {
    /// Everything.
    #[default]
    Any,
    /// Everything but moving money out of the account.
    NonTransfer,
    /// Run the account's streams and gateways.
    TickStream,
    /// Cancel the account's announced proxy calls.
    CancelProxy,
}

// What a proxy may do is listed call by call: what is added to a pallet later is nobody's until it is added here.

/// Several calls as one. Each of them is filtered again.
fn is_batch(call: &RuntimeCall) -> bool {
    use pallet_utility::Call;
    matches!(call, RuntimeCall::Utility(Call::batch { .. } | Call::batch_all { .. } | Call::force_batch { .. }))
}

fn is_rejection(call: &RuntimeCall) -> bool {
    matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
}

/// Calls that run what the account has to offer. Its money stays its own: a payout goes to whose it is.
fn runs_streams_or_gateways(call: &pallet_tick_stream::Call<Runtime>) -> bool {
    use pallet_tick_stream::Call;
    matches!(
        call,
        Call::create_stream { .. }
            | Call::update_stream { .. }
            | Call::set_stream_status { .. }
            | Call::end_stream { .. }
            | Call::update_gateway { .. }
            | Call::deregister_gateway { .. }
            | Call::payout { .. }
    )
}

/// Calls that give nobody else the account's money or income. Not among them is what has splits, what names a session key
/// or an operator, and what begins to pay.
fn moves_no_money(call: &pallet_tick_stream::Call<Runtime>) -> bool {
    use pallet_tick_stream::Call;
    matches!(
        call,
        Call::withdraw { .. }
            | Call::revoke_delegation { .. }
            | Call::set_stream_status { .. }
            | Call::end_stream { .. }
            | Call::leave_stream { .. }
            | Call::record_tick { .. }
            | Call::process_batch { .. }
            | Call::payout { .. }
            | Call::deregister_gateway { .. }
            | Call::reap_deposit { .. }
    )
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        match self {
            Self::Any => true,
            Self::NonTransfer => {
                is_batch(call)
                    || is_rejection(call)
                    || matches!(call, RuntimeCall::System(_))
                    || matches!(call, RuntimeCall::TickStream(call) if moves_no_money(call))
            }
            Self::TickStream => {
                is_batch(call) || matches!(call, RuntimeCall::TickStream(call) if runs_streams_or_gateways(call))
            }
            Self::CancelProxy => is_rejection(call),
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (_, Self::Any) => false,
            (left, right) => left == right,
        }
    }
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = ProxyType;
    type ProxyDepositBase = ItemDeposit;
    type ProxyDepositFactor = MemberDeposit;
    type MaxProxies = ConstU32<32>;
    type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
    type MaxPending = ConstU32<32>;
    type CallHasher = BlakeTwo256;
    type AnnouncementDepositBase = ItemDeposit;
    type AnnouncementDepositFactor = MemberDeposit;
    type BlockNumberProvider = System;
}
