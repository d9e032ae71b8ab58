//! Weights of `validators`, measured by `scripts/bench weights`. Do not edit: measure again.
//!
//! Benchmark CLI 64.0.0, 2026-11-30, CPU `AMD EPYC`
//! Steps `50`, repeat `20`, execution `Compiled`, chain `Some("dev")`, DB cache 1024, worst-case map
//! size `1000000`

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(missing_docs, unused_parens, clippy::too_many_lines, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// Weights of the calls of `validators`.
pub trait WeightInfo {
    fn report_aura_equivocation(o: u32, ) -> Weight;
    fn report_offence(o: u32, ) -> Weight;
    fn set_session_period() -> Weight;
    fn release_bond() -> Weight;
    fn unbond() -> Weight;
    fn end_of_session_check() -> Weight;
}

/// Measured weights, with the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Session::CurrentIndex` (r:1 w:0)
    /// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Validators::SessionAuthors` (r:25 w:0)
    /// Proof: `Validators::SessionAuthors` (`max_values`: None, `max_size`: Some(9622), added: 12097, mode: `MaxEncodedLen`)
    /// Storage: `Validators::Punished` (r:1 w:1)
    /// Proof: `Validators::Punished` (`max_values`: Some(1), `max_size`: Some(5602), added: 6097, mode: `MaxEncodedLen`)
    /// Storage: `Validators::Unbonding` (r:100 w:100)
    /// Proof: `Validators::Unbonding` (`max_values`: None, `max_size`: Some(201), added: 2676, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:101 w:101)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `CollatorSelection::Invulnerables` (r:1 w:0)
    /// Proof: `CollatorSelection::Invulnerables` (`max_values`: Some(1), `max_size`: Some(1601), added: 2096, mode: `MaxEncodedLen`)
    /// Storage: `CollatorSelection::CandidateList` (r:1 w:1)
    /// Proof: `CollatorSelection::CandidateList` (`max_values`: Some(1), `max_size`: Some(2401), added: 2896, mode: `MaxEncodedLen`)
    /// Storage: `Validators::LastSession` (r:1 w:0)
    /// Proof: `Validators::LastSession` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Session::Validators` (r:1 w:0)
    /// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Session::QueuedKeys` (r:1 w:0)
    /// Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Validators::Expelled` (r:1 w:1)
    /// Proof: `Validators::Expelled` (`max_values`: Some(1), `max_size`: Some(3602), added: 4097, mode: `MaxEncodedLen`)
    /// Storage: `Session::DisabledValidators` (r:1 w:1)
    /// Proof: `Session::DisabledValidators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `CollatorSelection::LastAuthoredBlock` (r:0 w:1)
    /// Proof: `CollatorSelection::LastAuthoredBlock` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Validators::EarlyEnds` (r:0 w:1)
    /// Proof: `Validators::EarlyEnds` (`max_values`: Some(1), `max_size`: Some(1), added: 496, mode: `MaxEncodedLen`)
    /// `o` is in `[0, 99]`.
    fn report_aura_equivocation(o: u32, ) -> Weight {
            // Proof size, measured:  `38418 + o * (217 ±0)`
            // Proof size, estimated: `303415 + o * (2676 ±0)`
            // Minimum execution time: 335_003_000 picoseconds.
            Weight::from_parts(345_656_849, 303415)
                // Standard error: 36_815
                .saturating_add(Weight::from_parts(29_804_993, 0).saturating_mul(o.into()))
                .saturating_add(T::DbWeight::get().reads(37_u64))
                .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(o.into())))
                .saturating_add(T::DbWeight::get().writes(9_u64))
                .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(o.into())))
                .saturating_add(Weight::from_parts(0, 2676).saturating_mul(o.into()))
        }
    /// Storage: `Validators::Punished` (r:1 w:1)
    /// Proof: `Validators::Punished` (`max_values`: Some(1), `max_size`: Some(5602), added: 6097, mode: `MaxEncodedLen`)
    /// Storage: `Validators::Unbonding` (r:100 w:100)
    /// Proof: `Validators::Unbonding` (`max_values`: None, `max_size`: Some(201), added: 2676, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:101 w:101)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `CollatorSelection::Invulnerables` (r:1 w:0)
    /// Proof: `CollatorSelection::Invulnerables` (`max_values`: Some(1), `max_size`: Some(1601), added: 2096, mode: `MaxEncodedLen`)
    /// Storage: `CollatorSelection::CandidateList` (r:1 w:1)
    /// Proof: `CollatorSelection::CandidateList` (`max_values`: Some(1), `max_size`: Some(2401), added: 2896, mode: `MaxEncodedLen`)
    /// Storage: `Validators::LastSession` (r:1 w:0)
    /// Proof: `Validators::LastSession` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Session::CurrentIndex` (r:1 w:0)
    /// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Session::Validators` (r:1 w:0)
    /// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Session::QueuedKeys` (r:1 w:0)
    /// Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Validators::Expelled` (r:1 w:1)
    /// Proof: `Validators::Expelled` (`max_values`: Some(1), `max_size`: Some(3602), added: 4097, mode: `MaxEncodedLen`)
    /// Storage: `Session::DisabledValidators` (r:1 w:1)
    /// Proof: `Session::DisabledValidators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `CollatorSelection::LastAuthoredBlock` (r:0 w:1)
    /// Proof: `CollatorSelection::LastAuthoredBlock` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Validators::EarlyEnds` (r:0 w:1)
    /// Proof: `Validators::EarlyEnds` (`max_values`: Some(1), `max_size`: Some(1), added: 496, mode: `MaxEncodedLen`)
    /// `o` is in `[0, 99]`.
    fn report_offence(o: u32, ) -> Weight {
            // Proof size, measured:  `18046 + o * (217 ±0)`
            // Proof size, estimated: `19530 + o * (2676 ±0)`
            // Minimum execution time: 95_533_000 picoseconds.
            Weight::from_parts(96_425_971, 19530)
                // Standard error: 32_302
                .saturating_add(Weight::from_parts(29_589_064, 0).saturating_mul(o.into()))
                .saturating_add(T::DbWeight::get().reads(12_u64))
                .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(o.into())))
                .saturating_add(T::DbWeight::get().writes(9_u64))
                .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(o.into())))
                .saturating_add(Weight::from_parts(0, 2676).saturating_mul(o.into()))
        }
    /// Storage: `Validators::SessionPeriod` (r:0 w:1)
    /// Proof: `Validators::SessionPeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn set_session_period() -> Weight {
            // Proof size, measured:  `0`
            // Proof size, estimated: `0`
            // Minimum execution time: 3_986_000 picoseconds.
            Weight::from_parts(4_327_000, 0)
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `Session::CurrentIndex` (r:1 w:0)
    /// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Validators::Unbonding` (r:1 w:1)
    /// Proof: `Validators::Unbonding` (`max_values`: None, `max_size`: Some(201), added: 2676, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn release_bond() -> Weight {
            // Proof size, measured:  `728`
            // Proof size, estimated: `3666`
            // Minimum execution time: 24_737_000 picoseconds.
            Weight::from_parts(26_319_000, 3666)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
    /// Storage: `Validators::LastSession` (r:1 w:0)
    /// Proof: `Validators::LastSession` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Session::QueuedKeys` (r:1 w:0)
    /// Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Session::CurrentIndex` (r:1 w:0)
    /// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Validators::Unbonding` (r:1 w:1)
    /// Proof: `Validators::Unbonding` (`max_values`: None, `max_size`: Some(201), added: 2676, mode: `MaxEncodedLen`)
    fn unbond() -> Weight {
            // Proof size, measured:  `10185`
            // Proof size, estimated: `11670`
            // Minimum execution time: 19_860_000 picoseconds.
            Weight::from_parts(20_982_000, 11670)
                .saturating_add(T::DbWeight::get().reads(4_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `Validators::EarlyEnds` (r:1 w:0)
    /// Proof: `Validators::EarlyEnds` (`max_values`: Some(1), `max_size`: Some(1), added: 496, mode: `MaxEncodedLen`)
    /// Storage: `Validators::SessionPeriod` (r:1 w:0)
    /// Proof: `Validators::SessionPeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn end_of_session_check() -> Weight {
            // Proof size, measured:  `188`
            // Proof size, estimated: `1489`
            // Minimum execution time: 3_956_000 picoseconds.
            Weight::from_parts(4_317_000, 1489)
                .saturating_add(T::DbWeight::get().reads(2_u64))
        }
}

/// Measured weights, with the weights of RocksDB, for tests.
impl WeightInfo for () {
    fn report_aura_equivocation(o: u32, ) -> Weight {
            // Proof size, measured:  `38418 + o * (217 ±0)`
            // Proof size, estimated: `303415 + o * (2676 ±0)`
            // Minimum execution time: 335_003_000 picoseconds.
            Weight::from_parts(345_656_849, 303415)
                // Standard error: 36_815
                .saturating_add(Weight::from_parts(29_804_993, 0).saturating_mul(o.into()))
                .saturating_add(RocksDbWeight::get().reads(37_u64))
                .saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(o.into())))
                .saturating_add(RocksDbWeight::get().writes(9_u64))
                .saturating_add(RocksDbWeight::get().writes((2_u64).saturating_mul(o.into())))
                .saturating_add(Weight::from_parts(0, 2676).saturating_mul(o.into()))
        }
    fn report_offence(o: u32, ) -> Weight {
            // Proof size, measured:  `18046 + o * (217 ±0)`
            // Proof size, estimated: `19530 + o * (2676 ±0)`
            // Minimum execution time: 95_533_000 picoseconds.
            Weight::from_parts(96_425_971, 19530)
                // Standard error: 32_302
                .saturating_add(Weight::from_parts(29_589_064, 0).saturating_mul(o.into()))
                .saturating_add(RocksDbWeight::get().reads(12_u64))
                .saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(o.into())))
                .saturating_add(RocksDbWeight::get().writes(9_u64))
                .saturating_add(RocksDbWeight::get().writes((2_u64).saturating_mul(o.into())))
                .saturating_add(Weight::from_parts(0, 2676).saturating_mul(o.into()))
        }
    fn set_session_period() -> Weight {
            // Proof size, measured:  `0`
            // Proof size, estimated: `0`
            // Minimum execution time: 3_986_000 picoseconds.
            Weight::from_parts(4_327_000, 0)
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn release_bond() -> Weight {
            // Proof size, measured:  `728`
            // Proof size, estimated: `3666`
            // Minimum execution time: 24_737_000 picoseconds.
            Weight::from_parts(26_319_000, 3666)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
    fn unbond() -> Weight {
            // Proof size, measured:  `10185`
            // Proof size, estimated: `11670`
            // Minimum execution time: 19_860_000 picoseconds.
            Weight::from_parts(20_982_000, 11670)
                .saturating_add(RocksDbWeight::get().reads(4_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn end_of_session_check() -> Weight {
            // Proof size, measured:  `188`
            // Proof size, estimated: `1489`
            // Minimum execution time: 3_956_000 picoseconds.
            Weight::from_parts(4_317_000, 1489)
                .saturating_add(RocksDbWeight::get().reads(2_u64))
        }
}
