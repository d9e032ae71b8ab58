//! Well-known development accounts, which have money on development chains.

use tick_stream_primitives::AccountId;
use vilokanam_chain::{ChainError, Signer};

/// Creator who publishes.
pub const CREATOR: &str = "//Bob";
/// Gateway, registered in the genesis of development chains.
pub const GATEWAY: &str = "//Ferdie";
/// Operator, whose account the development node settles with.
pub const OPERATOR: &str = "//Alice//tick";

/// Viewers, in the order in which they are used.
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

/// Returns the account of a secret.
pub fn account(uri: &str) -> Result<AccountId, ChainError> {
    Ok(Signer::from_uri(uri)?.account())
}

/// Returns the name of a secret: without slashes, in lower case.
pub fn name(uri: &str) -> String {
    uri.trim_start_matches('/').replace("//", "-").to_lowercase()
}
