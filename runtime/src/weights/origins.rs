//! Weights of `origins`, measured by `scripts/bench weights`. Do not edit: measure again.
//!
//! Benchmark CLI 64.0.0, 2026-11-30, CPU `AMD EPYC`
//! Steps `50`, repeat `20`, execution `Compiled`, chain `Some("dev")`, DB cache 1024, worst-case map
//! size `1000000`

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(missing_docs, unused_parens, clippy::too_many_lines, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// Weights of the calls of `origins`.
pub trait WeightInfo {
    fn set_period_divisor() -> Weight;
}

/// Measured weights, with the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Origins::PeriodDivisor` (r:0 w:1)
    /// Proof: `Origins::PeriodDivisor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn set_period_divisor() -> Weight {
            // Proof size, measured:  `0`
            // Proof size, estimated: `0`
            // Minimum execution time: 1_953_000 picoseconds.
            Weight::from_parts(2_193_000, 0)
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
}

/// Measured weights, with the weights of RocksDB, for tests.
impl WeightInfo for () {
    fn set_period_divisor() -> Weight {
            // Proof size, measured:  `0`
            // Proof size, estimated: `0`
            // Minimum execution time: 1_953_000 picoseconds.
            Weight::from_parts(2_193_000, 0)
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
}
