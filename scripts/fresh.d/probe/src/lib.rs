//! A type that is encoded with a derived implementation: see Cargo.toml.
#![no_std]

/// A pair, for the derive macro.
#[derive(codec::Encode, codec::Decode)]
pub struct Pair {
    /// The first number.
    pub first: u32,
    /// The second number.
    pub second: u64,
}
