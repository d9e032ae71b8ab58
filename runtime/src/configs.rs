//! Parameters of each pallet.

mod tick_stream;

pub use tick_stream::*;

use crate::{
    apis::VERSION, AccountId, Aura, Balance, Balances, Block, BlockNumber, Hash, Nonce, OriginCaller, PalletInfo,
    Runtime, RuntimeCall, RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason, RuntimeOrigin, RuntimeTask, System,
    BLOCK_HASH_COUNT, EXISTENTIAL_DEPOSIT, MILLI_UNIT, SLOT_DURATION, UNIT,
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

/// Part of a block that ordinary extrinsics may fill.
pub const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// Execution time of a block in milliseconds: half of the block time.
pub const MAX_BLOCK_MILLIS: u64 = 500;
/// Maximum length of a block in bytes.
pub const MAX_BLOCK_BYTES: u32 = 5 * 1024 * 1024;

/// Weight of a database read in nanoseconds of execution time.
///
/// Measured are 12 us (`benchmark storage`, 9,000 keys, 2 cores of an AMD EPYC). The value is about twice that, because
/// the state grows and other validators' disks may be slower.
pub const DB_READ_NANOS: u64 = 25_000;
/// Weight of a database write in nanoseconds of execution time, including its part of the state root. Measured are 22
/// us, with the same margin.
pub const DB_WRITE_NANOS: u64 = 45_000;

parameter_types! {
    /// Weights of database accesses.
    pub const DbWeight: RuntimeDbWeight = RuntimeDbWeight {
        read: DB_READ_NANOS * WEIGHT_REF_TIME_PER_NANOS,
        write: DB_WRITE_NANOS * WEIGHT_REF_TIME_PER_NANOS,
    };
    /// Number of recent block hashes that the chain stores.
    pub const BlockHashCount: BlockNumber = BLOCK_HASH_COUNT;
    /// Version of this runtime.
    pub const Version: RuntimeVersion = VERSION;
    /// Weight limits of a block.
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::with_sensible_defaults(
        Weight::from_parts(MAX_BLOCK_MILLIS * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX),
        NORMAL_DISPATCH_RATIO,
    );
    /// Length limits of a block.
    pub RuntimeBlockLength: BlockLength =
        BlockLength::builder().max_length(MAX_BLOCK_BYTES).modify_max_length_for_class(
            frame_support::dispatch::DispatchClass::Normal,
            |length| *length = NORMAL_DISPATCH_RATIO * MAX_BLOCK_BYTES,
        ).build();
    /// Prefix of addresses.
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
    /// Fee per byte of an extrinsic, in planck.
    pub const TransactionByteFee: Balance = 1_000;
    /// Part of a block that is full when fees neither rise nor fall.
    pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(50);
    /// Speed of fee changes: fees double after some hours of full blocks.
    pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(1, 100_000);
    /// Lowest multiplier: fees never fall below those of the weights.
    pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_integer(1);
    /// Highest multiplier: fees have no upper limit.
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
    /// Deposit for each storage item of a multisig or proxy, in planck.
    pub const ItemDeposit: Balance = UNIT / 10;
    /// Deposit for each account or announcement in it, in planck.
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

/// Type of a proxy: the calls that it may make for an account.
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
    /// Any call.
    #[default]
    Any,
    /// Calls that give the account's money or income to no other account.
    NonTransfer,
    /// Calls that run the account's streams and gateways.
    TickStream,
    /// Rejection of announced proxy calls.
    CancelProxy,
}

// The permitted calls are listed one by one. A call that is added to a pallet later is not permitted until it is added
// here.

/// Returns whether the call is a batch of calls. Each call in it is filtered again.
fn is_batch(call: &RuntimeCall) -> bool {
    use pallet_utility::Call;
    matches!(call, RuntimeCall::Utility(Call::batch { .. } | Call::batch_all { .. } | Call::force_batch { .. }))
}

/// Returns whether the call rejects an announced proxy call.
fn is_rejection(call: &RuntimeCall) -> bool {
    matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
}

/// Returns whether the call runs the account's streams or gateways. None of these calls moves money to another account:
/// a payout goes to the account that earned it.
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

/// Returns whether the call gives the account's money or income to no other account. Calls that set splits, a session
/// key or an operator, or start to pay, are excluded.
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
