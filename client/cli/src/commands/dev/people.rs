//! Who plays: well-known development accounts, which the development chain has given money.

use tick_stream_primitives::AccountId;
use vilokanam_chain::{ChainError, Signer};

/// Who publishes.
pub const CREATOR: &str = "//Bob";
/// Who serves: registered as a gateway in the development chain's genesis.
pub const GATEWAY: &str = "//Ferdie";
/// Whose account the development node settles with.
pub const OPERATOR: &str = "//Alice//tick";

/// Who watches, the first first.
pub const VIEWERS: [&str; 8] = [
    "//Charlie",
    "//Dave",
    "//Eve",
    "//Alice//stash",
    "//Bob//stash",
    "//Charlie//stash",
    "//Dave//stash",
    "//Eve//stash",
];

/// The account of a secret.
pub fn account(uri: &str) -> Result<AccountId, ChainError> {
    Ok(Signer::from_uri(uri)?.account())
}

/// The name without its slashes.
pub fn name(uri: &str) -> String {
    uri.trim_start_matches('/').replace("//", "-").to_lowercase()
}

/// The treasury's account: that of the pallet id `vlk/trsy`.
pub fn treasury() -> AccountId {
    let mut bytes = [0; 32];
    bytes[..12].copy_from_slice(b"modlvlk/trsy");
    bytes.into()
}
