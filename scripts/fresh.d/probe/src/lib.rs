//! Type with a derived SCALE encoding: see Cargo.toml.
#![no_std]

/// Pair of numbers, encoded by a derive macro.
#[derive(codec::Encode, codec::Decode)]
pub struct Pair {
    /// First number.
    pub first: u32,
    /// Second number.
    pub second: u64,
}
