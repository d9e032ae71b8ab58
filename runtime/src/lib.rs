//! Runtime of the Vilokanam chain: Aura and GRANDPA with one block per second, balances, and the tick stream pallet,
//! through which viewers pay creators by the second.
//!
//! | module | contents |
//! | --- | --- |
//! | [`configs`] | parameters of each pallet |
//! | [`settlement`] | construction of the off-chain worker's extrinsics |
//! | [`apis`] | runtime APIs for nodes and wallets, and the version that lists them |
//! | [`genesis_config_presets`] | genesis of development and test chains |
//! | [`token`] | symbol and decimals of the token |

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

pub use pallet_balances::Call as BalancesCall;

use alloc::vec::Vec;
use sp_runtime::{
    generic, impl_opaque_keys,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature,
};

/// Types that do not depend on calls and extensions, for the parts of a node that only pass blocks on.
pub mod opaque {
    use super::*;
    pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

    /// Block whose extrinsics are bytes.
    pub type Block = generic::Block<Header, UncheckedExtrinsic>;

    impl_opaque_keys! {
        /// Keys of a validator.
        pub struct SessionKeys {
            /// Key that signs blocks.
            pub aura: Aura,
            /// Key that signs finality votes.
            pub grandpa: Grandpa,
        }
    }
}

/// Block time in milliseconds.
pub const MILLISECS_PER_BLOCK: u64 = 1_000;
/// Length of an Aura slot in milliseconds. Each slot has one block.
pub const SLOT_DURATION: u64 = MILLISECS_PER_BLOCK;
/// Number of blocks per minute.
pub const MINUTES: BlockNumber = 60_000 / (MILLISECS_PER_BLOCK as BlockNumber);
/// Number of blocks per hour.
pub const HOURS: BlockNumber = MINUTES * 60;
/// Number of recent block hashes that the chain stores. It limits the era of mortal extrinsics.
pub const BLOCK_HASH_COUNT: BlockNumber = 2_400;

/// One VLK in planck.
pub const UNIT: Balance = 1_000_000_000_000;
/// A thousandth of a VLK.
pub const MILLI_UNIT: Balance = UNIT / 1_000;
/// A millionth of a VLK.
pub const MICRO_UNIT: Balance = UNIT / 1_000_000;
/// Smallest balance of an account, in planck.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_UNIT;

/// Signature by one of the supported kinds of key.
pub type Signature = MultiSignature;
/// Account identifier: the signer of such a signature.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Amount of money in planck.
pub type Balance = u128;
/// Number of extrinsics that an account has signed.
pub type Nonce = u32;
/// Hash of a block, an extrinsic or a state.
pub type Hash = sp_core::H256;
/// Number of a block.
pub type BlockNumber = u32;
/// Address of an account in an extrinsic.
pub type Address = MultiAddress<AccountId, ()>;
/// Header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// Block of this chain.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// Transaction extensions that check every extrinsic, in this order.
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

/// Extrinsic as it is stored in a block.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// Part of an extrinsic that is signed.
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
