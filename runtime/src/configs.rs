//! Parameters of each pallet.
//!
//! | module | contents |
//! | --- | --- |
//! | this one | the system, balances, time, batches, multisigs, sudo |
//! | `limits` | limits of a block |
//! | `authorities` | the origins that may moderate, appoint and spend |
//! | `consensus` | authors, finality, sessions, selection of validators |
//! | `fees` | what weight and length cost, who earns fees |
//! | `governance` | referenda and their tracks, committee, moderators, treasury |
//! | `hopeless_calls` | the calls that are refused before they take space |
//! | `proxies` | the calls that each type of proxy may make |
//! | `tick_stream` | the tick stream pallet |

mod authorities;
mod consensus;
mod fees;
mod governance;
mod hopeless_calls;
mod limits;
mod proxies;
mod tick_stream;

pub use authorities::*;
pub use consensus::*;
pub use fees::*;
pub use governance::*;
pub use limits::*;
pub use proxies::*;
pub use tick_stream::*;

use crate::{
    apis::VERSION, migrations::Migrations, AccountId, Aura, Balance, Balances, Block, BlockNumber, Hash, Nonce,
    OriginCaller, PalletInfo, Runtime, RuntimeCall, RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason,
    RuntimeOrigin, RuntimeTask, System, BLOCK_HASH_COUNT, EXISTENTIAL_DEPOSIT, SLOT_DURATION,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU128, ConstU32, ConstU64, VariantCountOf},
};
use sp_version::RuntimeVersion;

parameter_types! {
    /// Number of recent block hashes that the chain stores.
    pub const BlockHashCount: BlockNumber = BLOCK_HASH_COUNT;
    /// Version of this runtime.
    pub const Version: RuntimeVersion = VERSION;
    /// Prefix of addresses.
    pub const SS58Prefix: u8 = 42;
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type BaseCallFilter = FairReplacement;
    type Block = Block;
    type BlockWeights = RuntimeBlockWeights;
    type BlockLength = RuntimeBlockLength;
    type AccountId = AccountId;
    type Nonce = Nonce;
    type Hash = Hash;
    type BlockHashCount = BlockHashCount;
    type DbWeight = crate::weights::rocksdb::DbWeight;
    type Version = Version;
    type AccountData = pallet_balances::AccountData<Balance>;
    type SS58Prefix = SS58Prefix;
    type MaxConsumers = ConstU32<16>;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
    type SingleBlockMigrations = Migrations;
}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = Aura;
    type MinimumPeriod = ConstU64<{ SLOT_DURATION / 2 }>;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
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
