//! What wallets show of the token: in the chain spec's properties, and in the metadata hash that offline signers check. The
//! build script reads this file as well.

/// Its symbol.
pub const SYMBOL: &str = "VLK";
/// Decimals between a planck and one of it.
pub const DECIMALS: u8 = 12;
