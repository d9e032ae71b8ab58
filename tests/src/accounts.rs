//! Keys and accounts of the development chain, and the terms of the tests' streams.

use anyhow::Result;
use sp_core::{sr25519, Pair};
use tick_stream_primitives::{AccountId, Balance};

/// One VLK in planck.
pub const UNIT: Balance = 1_000_000_000_000;

/// URI of the key that creates streams.
pub const CREATOR: &str = "//Bob";
/// URI of the gateway's key.
pub const GATEWAY: &str = "//Ferdie";
/// URI of the key with which development nodes settle.
pub const OPERATOR: &str = "//Alice//tick";
/// URIs of the keys whose accounts the creator shares its income with.
pub const SPLITS: [&str; 2] = ["//split//0", "//split//1"];

/// Price of a tick in planck. An odd number, so that every rounding shows.
pub const PRICE: Balance = 2_000_000_003;
/// The gateway's share in millionths. An odd number as well.
pub const GATEWAY_SHARE_PPM: u32 = 150_001;
/// Shares of the [`SPLITS`] in millionths of what remains after fees and the gateway's share. Odd numbers as well.
pub const SPLITS_PPM: [u32; SPLITS.len()] = [333_333, 70_007];

/// Returns the key of a URI such as `//Alice`.
pub fn key(uri: &str) -> Result<sr25519::Pair> {
    Ok(sr25519::Pair::from_string(uri, None)?)
}

/// Returns the account of a key.
pub fn account_of(key: &sr25519::Pair) -> AccountId {
    key.public().into()
}

/// Returns the account of a URI such as `//Alice`.
pub fn account(uri: &str) -> Result<AccountId> {
    Ok(account_of(&key(uri)?))
}

/// Returns the accounts that the creator shares its income with.
pub fn split_accounts() -> Result<[AccountId; SPLITS.len()]> {
    let [first, second] = SPLITS;
    Ok([account(first)?, account(second)?])
}

/// Returns the account that holds all deposits.
pub fn pot() -> AccountId {
    pallet_account(b"vlk/tick")
}

/// Returns the account that earns the protocol's fee.
pub fn treasury() -> AccountId {
    pallet_account(b"vlk/trsy")
}

/// Returns the account of a pallet id, by the rule of the Polkadot SDK.
fn pallet_account(id: &[u8; 8]) -> AccountId {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(b"modl");
    bytes[4..12].copy_from_slice(id);
    bytes.into()
}
