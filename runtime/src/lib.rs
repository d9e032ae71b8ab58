//! The Vilokanam chain's state transition function: Aura and GRANDPA at one block a second, balances, and the tick
//! stream pallet by which viewers pay creators by the second.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`configs`] | each pallet's parameters |
//! | [`settlement`] | how the off-chain worker's extrinsics are made |
//! | [`apis`] | what nodes and wallets may ask |
//! | [`genesis_config_presets`] | the chains one can start from nothing |
//! | [`token`] | what wallets call the money |

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

extern crate alloc;

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod genesis_config_presets;
pub mod settlement;
#[cfg(test)]
mod tests;
pub mod token;

#[cfg(feature = "std")]
pub use apis::RuntimeApi;
pub use frame_system::Call as SystemCall;
pub use pallet_balances::Call as BalancesCall;

use alloc::{borrow::Cow, vec::Vec};
use sp_runtime::{
    generic, impl_opaque_keys,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature,
};
use sp_version::{runtime_version, RuntimeVersion};

/// Types without knowledge of calls and extensions, for the parts of a node that only pass blocks on.
pub mod opaque {
    use super::*;
    pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

    /// A block's hash.
    pub type Hash = <BlakeTwo256 as sp_runtime::traits::Hash>::Output;
    /// A block whose extrinsics are bytes.
    pub type Block = generic::Block<Header, UncheckedExtrinsic>;
    /// A block's id.
    pub type BlockId = generic::BlockId<Block>;

    impl_opaque_keys! {
        /// What a validator signs with.
        pub struct SessionKeys {
            /// Blocks.
            pub aura: Aura,
            /// Finality votes.
            pub grandpa: Grandpa,
        }
    }
}

/// Which runtime this is.
#[runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("vilokanam"),
    impl_name: Cow::Borrowed("vilokanam"),
    authoring_version: 1,
    spec_version: 100,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// Milliseconds between blocks.
pub const MILLISECS_PER_BLOCK: u64 = 1_000;
/// Milliseconds of an Aura slot: one block each.
pub const SLOT_DURATION: u64 = MILLISECS_PER_BLOCK;
/// A minute in blocks.
pub const MINUTES: BlockNumber = 60_000 / (MILLISECS_PER_BLOCK as BlockNumber);
/// An hour in blocks.
pub const HOURS: BlockNumber = MINUTES * 60;
/// Blocks whose hashes System keeps: bounds how long a mortal extrinsic can live.
pub const BLOCK_HASH_COUNT: BlockNumber = 2_400;

/// One VLK in planck.
pub const UNIT: Balance = 1_000_000_000_000;
/// A thousandth of a VLK.
pub const MILLI_UNIT: Balance = UNIT / 1_000;
/// A millionth of a VLK.
pub const MICRO_UNIT: Balance = UNIT / 1_000_000;
/// The least an account may hold.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_UNIT;

/// A signature by any of the usual kinds of key.
pub type Signature = MultiSignature;
/// An account: who such a signature is by.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// An amount in planck.
pub type Balance = u128;
/// How many extrinsics an account has signed.
pub type Nonce = u32;
/// A hash.
pub type Hash = sp_core::H256;
/// A block's number.
pub type BlockNumber = u32;
/// How accounts are addressed.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// A block with its justification.
pub type SignedBlock = generic::SignedBlock<Block>;
/// A block's id.
pub type BlockId = generic::BlockId<Block>;

/// What every extrinsic is checked by, in this order.
pub type TxExtension = (
    frame_system::AuthorizeCall<Runtime>,
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
    frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);

/// An extrinsic as it stands in a block.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What is signed of an extrinsic.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Migrations to run on an upgrade to this runtime.
pub type Migrations = ();

/// Dispatches blocks to pallets.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
    Migrations,
>;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;

    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp;

    #[runtime::pallet_index(2)]
    pub type Aura = pallet_aura;

    #[runtime::pallet_index(3)]
    pub type Grandpa = pallet_grandpa;

    #[runtime::pallet_index(4)]
    pub type Balances = pallet_balances;

    #[runtime::pallet_index(5)]
    pub type TransactionPayment = pallet_transaction_payment;

    #[runtime::pallet_index(6)]
    pub type Sudo = pallet_sudo;

    #[runtime::pallet_index(7)]
    pub type Utility = pallet_utility;

    #[runtime::pallet_index(8)]
    pub type Multisig = pallet_multisig;

    #[runtime::pallet_index(9)]
    pub type Proxy = pallet_proxy;

    #[runtime::pallet_index(10)]
    pub type TickStream = pallet_tick_stream;
}
