//! Properties of the token, as wallets show them.
//!
//! They are part of the chain spec and of the metadata hash that offline signers check. The build script includes this
//! file as well.

/// Symbol of the token.
pub const SYMBOL: &str = "VLK";
/// Number of decimals: one token is 10^12 planck.
pub const DECIMALS: u8 = 12;
