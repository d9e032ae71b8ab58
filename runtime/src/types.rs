//! Types and quantities of the chain that do not depend on its pallets.

use sp_runtime::{
    generic,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiSignature,
};

/// Block time in milliseconds.
pub const MILLISECS_PER_BLOCK: u64 = 1_000;
/// Length of an Aura slot in milliseconds. Each slot has one block.
pub const SLOT_DURATION: u64 = MILLISECS_PER_BLOCK;
/// Number of blocks per minute.
pub const MINUTES: BlockNumber = 60_000 / (MILLISECS_PER_BLOCK as BlockNumber);
/// Number of blocks per hour.
pub const HOURS: BlockNumber = MINUTES * 60;
/// Number of blocks per day.
pub const DAYS: BlockNumber = HOURS * 24;
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
/// Header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
