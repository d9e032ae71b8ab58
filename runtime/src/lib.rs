//! Runtime of the Vilokanam chain: Aura and GRANDPA with one block per second, balances, and the tick stream pallet,
//! through which viewers pay creators by the second.
//!
//! | module | contents |
//! | --- | --- |
//! | [`configs`] | parameters of each pallet |
//! | [`validators`] | the pallet that keeps the set of validators sound: sessions, absence, equivocations, bonds |
//! | [`origins`] | the origins that referenda act with |
//! | [`extensions`] | the transaction extension that refuses calls which cannot succeed |
//! | [`migrations`] | changes of the state on an upgrade from an earlier version |
//! | [`weights`] | weights of the runtime's own pallets, and of the database |
//! | [`settlement`] | construction of the off-chain worker's extrinsics |
//! | [`apis`] | runtime APIs for nodes and wallets, and the version that lists them |
//! | [`genesis_config_presets`] | genesis of development and test chains, and the template of a live one |
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
pub mod extensions;
pub mod genesis_config_presets;
pub mod migrations;
pub mod origins;
pub mod settlement;
#[cfg(test)]
mod tests;
pub mod token;
mod types;
pub mod validators;
pub mod weights;

pub use pallet_balances::Call as BalancesCall;
pub use types::{
    AccountId, Balance, BlockNumber, Hash, Header, Nonce, Signature, BLOCK_HASH_COUNT, DAYS, EXISTENTIAL_DEPOSIT,
    HOURS, MICRO_UNIT, MILLISECS_PER_BLOCK, MILLI_UNIT, MINUTES, SLOT_DURATION, UNIT,
};

use alloc::vec::Vec;
use sp_runtime::{generic, impl_opaque_keys, MultiAddress};

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

/// Address of an account in an extrinsic.
pub type Address = MultiAddress<AccountId, ()>;
/// Block of this chain.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// Transaction extensions that check every extrinsic, in this order.
pub type TxExtension = (
    frame_system::AuthorizeCall<Runtime>,
    frame_system::CheckNonZeroSender<Runtime>,
    extensions::RefuseHopelessCalls<Runtime>,
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

/// Dispatches blocks to pallets.
pub type Executive =
    frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

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

    // The author of a block is found before `Session` may replace the set of validators.
    #[runtime::pallet_index(11)]
    pub type Authorship = pallet_authorship;

    #[runtime::pallet_index(12)]
    pub type Validators = crate::validators;

    #[runtime::pallet_index(13)]
    pub type CollatorSelection = pallet_collator_selection;

    #[runtime::pallet_index(14)]
    pub type Session = pallet_session;

    #[runtime::pallet_index(15)]
    pub type Historical = pallet_session::historical;

    // Index 16 is free: `Validators` is the register of offences.
    #[runtime::pallet_index(17)]
    pub type Treasury = pallet_treasury;

    #[runtime::pallet_index(18)]
    pub type Preimage = pallet_preimage;

    #[runtime::pallet_index(19)]
    pub type Scheduler = pallet_scheduler;

    #[runtime::pallet_index(20)]
    pub type ConvictionVoting = pallet_conviction_voting;

    #[runtime::pallet_index(21)]
    pub type Referenda = pallet_referenda;

    #[runtime::pallet_index(22)]
    pub type Origins = crate::origins;

    #[runtime::pallet_index(23)]
    pub type Whitelist = pallet_whitelist;

    #[runtime::pallet_index(24)]
    pub type TechnicalCommittee = pallet_collective<Instance1>;

    #[runtime::pallet_index(25)]
    pub type Moderators = pallet_membership<Instance1>;
}
