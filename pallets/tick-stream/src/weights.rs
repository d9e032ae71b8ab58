//! Weights of `pallet_tick_stream`, measured by `scripts/bench weights`. Do not edit: measure again.
//!
//! Benchmark CLI 64.0.0, 2026-11-30, CPU `AMD EPYC`
//! Steps `50`, repeat `20`, execution `Compiled`, chain `Some("dev")`, DB cache 1024, worst-case map
//! size `1000000`

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(missing_docs, unused_parens, clippy::too_many_lines, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// Weights of the calls of `pallet_tick_stream`.
pub trait WeightInfo {
    fn deposit() -> Weight;
    fn withdraw() -> Weight;
    fn add_key() -> Weight;
    fn remove_key() -> Weight;
    fn update_key() -> Weight;
    fn remove_all_keys() -> Weight;
    fn create_stream() -> Weight;
    fn update_stream() -> Weight;
    fn set_stream_status() -> Weight;
    fn end_stream() -> Weight;
    fn join_stream() -> Weight;
    fn leave_stream(s: u32, ) -> Weight;
    fn record_tick(h: u32, ) -> Weight;
    fn process_batch_opens(o: u32, ) -> Weight;
    fn process_batch_looked_up(r: u32, ) -> Weight;
    fn process_batch_checked(r: u32, ) -> Weight;
    fn process_batch_streams(s: u32, ) -> Weight;
    fn process_batch_splits(p: u32, ) -> Weight;
    fn process_batch_claims(c: u32, ) -> Weight;
    fn process_batch_steps(h: u32, ) -> Weight;
    fn process_batch_closes(k: u32, ) -> Weight;
    fn payout() -> Weight;
    fn tip() -> Weight;
    fn register_gateway() -> Weight;
    fn update_gateway() -> Weight;
    fn deregister_gateway() -> Weight;
    fn suspend_stream() -> Weight;
    fn resume_stream() -> Weight;
    fn set_protocol_fee() -> Weight;
    fn reap_deposit() -> Weight;
    fn sweep_earnings() -> Weight;
}

/// Measured weights, with the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Keys` (r:1 w:1)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    fn deposit() -> Weight {
            // Proof size, measured:  `428`
            // Proof size, estimated: `6196`
            // Minimum execution time: 52_950_000 picoseconds.
            Weight::from_parts(54_792_000, 6196)
                .saturating_add(T::DbWeight::get().reads(4_u64))
                .saturating_add(T::DbWeight::get().writes(4_u64))
        }
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn withdraw() -> Weight {
            // Proof size, measured:  `530`
            // Proof size, estimated: `6196`
            // Minimum execution time: 46_790_000 picoseconds.
            Weight::from_parts(48_523_000, 6196)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(3_u64))
        }
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Keys` (r:1 w:1)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    fn add_key() -> Weight {
            // Proof size, measured:  `354`
            // Proof size, estimated: `3764`
            // Minimum execution time: 16_535_000 picoseconds.
            Weight::from_parts(18_037_000, 3764)
                .saturating_add(T::DbWeight::get().reads(2_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Keys` (r:1 w:1)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    fn remove_key() -> Weight {
            // Proof size, measured:  `921`
            // Proof size, estimated: `3764`
            // Minimum execution time: 17_086_000 picoseconds.
            Weight::from_parts(19_068_000, 3764)
                .saturating_add(T::DbWeight::get().reads(2_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
    /// Storage: `TickStream::Keys` (r:1 w:1)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    fn update_key() -> Weight {
            // Proof size, measured:  `582`
            // Proof size, estimated: `3764`
            // Minimum execution time: 16_775_000 picoseconds.
            Weight::from_parts(17_907_000, 3764)
                .saturating_add(T::DbWeight::get().reads(2_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Keys` (r:17 w:16)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    fn remove_all_keys() -> Weight {
            // Proof size, measured:  `4522`
            // Proof size, estimated: `48148`
            // Minimum execution time: 115_724_000 picoseconds.
            Weight::from_parts(119_460_000, 48148)
                .saturating_add(T::DbWeight::get().reads(18_u64))
                .saturating_add(T::DbWeight::get().writes(17_u64))
        }
    /// Storage: `System::Account` (r:9 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::NextStream` (r:1 w:1)
    /// Proof: `TickStream::NextStream` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:0 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    fn create_stream() -> Weight {
            // Proof size, measured:  `956`
            // Proof size, estimated: `24417`
            // Minimum execution time: 70_756_000 picoseconds.
            Weight::from_parts(73_460_000, 24417)
                .saturating_add(T::DbWeight::get().reads(11_u64))
                .saturating_add(T::DbWeight::get().writes(4_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:8 w:0)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn update_stream() -> Weight {
            // Proof size, measured:  `3482`
            // Proof size, estimated: `21814`
            // Minimum execution time: 37_446_000 picoseconds.
            Weight::from_parts(39_669_000, 21814)
                .saturating_add(T::DbWeight::get().reads(9_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    fn set_stream_status() -> Weight {
            // Proof size, measured:  `2644`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_918_000 picoseconds.
            Weight::from_parts(12_989_000, 6252)
                .saturating_add(T::DbWeight::get().reads(1_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    fn end_stream() -> Weight {
            // Proof size, measured:  `2839`
            // Proof size, estimated: `6252`
            // Minimum execution time: 44_497_000 picoseconds.
            Weight::from_parts(46_140_000, 6252)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(3_u64))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:1 w:1)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Gateways` (r:1 w:1)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    fn join_stream() -> Weight {
            // Proof size, measured:  `3294`
            // Proof size, estimated: `6252`
            // Minimum execution time: 36_545_000 picoseconds.
            Weight::from_parts(38_338_000, 6252)
                .saturating_add(T::DbWeight::get().reads(7_u64))
                .saturating_add(T::DbWeight::get().writes(4_u64))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:16 w:16)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// `s` is in `[1, 16]`.
    fn leave_stream(s: u32, ) -> Weight {
            // Proof size, measured:  `202 + s * (221 ±0)`
            // Proof size, estimated: `3509 + s * (2705 ±0)`
            // Minimum execution time: 15_383_000 picoseconds.
            Weight::from_parts(11_128_898, 3509)
                // Standard error: 1_908
                .saturating_add(Weight::from_parts(5_882_423, 0).saturating_mul(s.into()))
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(s.into())))
                .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(s.into())))
                .saturating_add(Weight::from_parts(0, 2705).saturating_mul(s.into()))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:1 w:1)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:12 w:12)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `h` is in `[1, 131072]`.
    fn record_tick(h: u32, ) -> Weight {
            // Proof size, measured:  `2958`
            // Proof size, estimated: `31458`
            // Minimum execution time: 57_446_000 picoseconds.
            Weight::from_parts(58_367_000, 31458)
                // Standard error: 490
                .saturating_add(Weight::from_parts(311_584, 0).saturating_mul(h.into()))
                .saturating_add(T::DbWeight::get().reads(17_u64))
                .saturating_add(T::DbWeight::get().writes(14_u64))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:64 w:64)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Keys` (r:64 w:64)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Deposits` (r:64 w:64)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:64 w:64)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Gateways` (r:64 w:64)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// `o` is in `[1, 64]`.
    fn process_batch_opens(o: u32, ) -> Weight {
            // Proof size, measured:  `347 + o * (3245 ±0)`
            // Proof size, estimated: `3509 + o * (5262 ±0)`
            // Minimum execution time: 117_837_000 picoseconds.
            Weight::from_parts(28_494_445, 3509)
                // Standard error: 657_841
                .saturating_add(Weight::from_parts(101_962_961, 0).saturating_mul(o.into()))
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
                .saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
                .saturating_add(Weight::from_parts(0, 5262).saturating_mul(o.into()))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:64 w:0)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Keys` (r:64 w:0)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    /// `r` is in `[1, 64]`.
    fn process_batch_looked_up(r: u32, ) -> Weight {
            // Proof size, measured:  `276`
            // Proof size, estimated: `3509 + r * (2774 ±0)`
            // Minimum execution time: 23_746_000 picoseconds.
            Weight::from_parts(20_960_422, 3509)
                // Standard error: 13_029
                .saturating_add(Weight::from_parts(7_983_064, 0).saturating_mul(r.into()))
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(r.into())))
                .saturating_add(Weight::from_parts(0, 2774).saturating_mul(r.into()))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:64 w:0)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Keys` (r:64 w:0)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Deposits` (r:64 w:0)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:64 w:0)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Gateways` (r:64 w:0)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// `r` is in `[1, 64]`.
    fn process_batch_checked(r: u32, ) -> Weight {
            // Proof size, measured:  `347 + r * (3245 ±0)`
            // Proof size, estimated: `3509 + r * (5262 ±0)`
            // Minimum execution time: 38_307_000 picoseconds.
            Weight::from_parts(7_577_759, 3509)
                // Standard error: 43_279
                .saturating_add(Weight::from_parts(22_997_430, 0).saturating_mul(r.into()))
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(r.into())))
                .saturating_add(Weight::from_parts(0, 5262).saturating_mul(r.into()))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:64 w:64)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:64 w:64)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:130 w:130)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `s` is in `[1, 64]`.
    fn process_batch_streams(s: u32, ) -> Weight {
            // Proof size, measured:  `248 + s * (2427 ±0)`
            // Proof size, estimated: `6068 + s * (5262 ±0)`
            // Minimum execution time: 40_161_000 picoseconds.
            Weight::from_parts(13_084_392, 6068)
                // Standard error: 12_659
                .saturating_add(Weight::from_parts(24_984_563, 0).saturating_mul(s.into()))
                .saturating_add(T::DbWeight::get().reads(5_u64))
                .saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(s.into())))
                .saturating_add(T::DbWeight::get().writes(2_u64))
                .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(s.into())))
                .saturating_add(Weight::from_parts(0, 5262).saturating_mul(s.into()))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:64 w:64)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:64 w:64)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:642 w:642)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `p` is in `[1, 512]`.
    fn process_batch_splits(p: u32, ) -> Weight {
            // Proof size, measured:  `155588 + p * (36 ±0)`
            // Proof size, estimated: `337758 + p * (2539 ±0)`
            // Minimum execution time: 1_596_937_000 picoseconds.
            Weight::from_parts(1_649_580_494, 337758)
                // Standard error: 8_840
                .saturating_add(Weight::from_parts(2_635_936, 0).saturating_mul(p.into()))
                .saturating_add(T::DbWeight::get().reads(261_u64))
                .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
                .saturating_add(T::DbWeight::get().writes(258_u64))
                .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
                .saturating_add(Weight::from_parts(0, 2539).saturating_mul(p.into()))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:2047 w:2047)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:12 w:12)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `c` is in `[1, 2048]`.
    fn process_batch_claims(c: u32, ) -> Weight {
            // Proof size, measured:  `2730 + c * (233 ±0)`
            // Proof size, estimated: `31458 + c * (2705 ±0)`
            // Minimum execution time: 59_640_000 picoseconds.
            Weight::from_parts(60_792_000, 31458)
                // Standard error: 6_632
                .saturating_add(Weight::from_parts(6_956_594, 0).saturating_mul(c.into()))
                .saturating_add(T::DbWeight::get().reads(16_u64))
                .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
                .saturating_add(T::DbWeight::get().writes(13_u64))
                .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
                .saturating_add(Weight::from_parts(0, 2705).saturating_mul(c.into()))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:1 w:1)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:12 w:12)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `h` is in `[1, 131072]`.
    fn process_batch_steps(h: u32, ) -> Weight {
            // Proof size, measured:  `2958`
            // Proof size, estimated: `31458`
            // Minimum execution time: 59_639_000 picoseconds.
            Weight::from_parts(61_182_000, 31458)
                // Standard error: 316
                .saturating_add(Weight::from_parts(319_493, 0).saturating_mul(h.into()))
                .saturating_add(T::DbWeight::get().reads(17_u64))
                .saturating_add(T::DbWeight::get().writes(14_u64))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:256 w:256)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(230), added: 2705, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Gateways` (r:256 w:256)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Deposits` (r:256 w:256)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Keys` (r:256 w:256)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:256 w:256)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:256 w:256)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `k` is in `[1, 256]`.
    fn process_batch_closes(k: u32, ) -> Weight {
            // Proof size, measured:  `838 + k * (3020 ±0)`
            // Proof size, estimated: `3509 + k * (5262 ±0)`
            // Minimum execution time: 120_070_000 picoseconds.
            Weight::from_parts(122_193_000, 3509)
                // Standard error: 71_718
                .saturating_add(Weight::from_parts(105_789_507, 0).saturating_mul(k.into()))
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(k.into())))
                .saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(k.into())))
                .saturating_add(Weight::from_parts(0, 5262).saturating_mul(k.into()))
        }
    /// Storage: `TickStream::Earnings` (r:1 w:1)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn payout() -> Weight {
            // Proof size, measured:  `410`
            // Proof size, estimated: `6196`
            // Minimum execution time: 44_357_000 picoseconds.
            Weight::from_parts(45_618_000, 6196)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(3_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:10 w:10)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    fn tip() -> Weight {
            // Proof size, measured:  `2925`
            // Proof size, estimated: `26380`
            // Minimum execution time: 74_331_000 picoseconds.
            Weight::from_parts(76_475_000, 26380)
                .saturating_add(T::DbWeight::get().reads(14_u64))
                .saturating_add(T::DbWeight::get().writes(13_u64))
        }
    /// Storage: `TickStream::Gateways` (r:1 w:1)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn register_gateway() -> Weight {
            // Proof size, measured:  `391`
            // Proof size, estimated: `6196`
            // Minimum execution time: 45_108_000 picoseconds.
            Weight::from_parts(46_750_000, 6196)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(3_u64))
        }
    /// Storage: `TickStream::Gateways` (r:1 w:1)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    fn update_gateway() -> Weight {
            // Proof size, measured:  `505`
            // Proof size, estimated: `3824`
            // Minimum execution time: 11_237_000 picoseconds.
            Weight::from_parts(11_928_000, 3824)
                .saturating_add(T::DbWeight::get().reads(1_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Gateways` (r:1 w:1)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:1 w:1)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    fn deregister_gateway() -> Weight {
            // Proof size, measured:  `505`
            // Proof size, estimated: `3824`
            // Minimum execution time: 14_602_000 picoseconds.
            Weight::from_parts(15_483_000, 3824)
                .saturating_add(T::DbWeight::get().reads(2_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    fn suspend_stream() -> Weight {
            // Proof size, measured:  `2644`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_908_000 picoseconds.
            Weight::from_parts(12_779_000, 6252)
                .saturating_add(T::DbWeight::get().reads(1_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    fn resume_stream() -> Weight {
            // Proof size, measured:  `2644`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_708_000 picoseconds.
            Weight::from_parts(12_609_000, 6252)
                .saturating_add(T::DbWeight::get().reads(1_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::ProtocolFee` (r:0 w:1)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn set_protocol_fee() -> Weight {
            // Proof size, measured:  `0`
            // Proof size, estimated: `0`
            // Minimum execution time: 3_855_000 picoseconds.
            Weight::from_parts(4_226_000, 0)
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Keys` (r:17 w:16)
    /// Proof: `TickStream::Keys` (`max_values`: None, `max_size`: Some(299), added: 2774, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:1 w:1)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    fn reap_deposit() -> Weight {
            // Proof size, measured:  `4522`
            // Proof size, estimated: `48148`
            // Minimum execution time: 84_597_000 picoseconds.
            Weight::from_parts(87_541_000, 48148)
                .saturating_add(T::DbWeight::get().reads(19_u64))
                .saturating_add(T::DbWeight::get().writes(18_u64))
        }
    /// Storage: `TickStream::Earnings` (r:2 w:2)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:0)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn sweep_earnings() -> Weight {
            // Proof size, measured:  `316`
            // Proof size, estimated: `6068`
            // Minimum execution time: 16_174_000 picoseconds.
            Weight::from_parts(17_036_000, 6068)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
}

/// Measured weights, with the weights of RocksDB, for tests.
impl WeightInfo for () {
    fn deposit() -> Weight {
            // Proof size, measured:  `428`
            // Proof size, estimated: `6196`
            // Minimum execution time: 52_950_000 picoseconds.
            Weight::from_parts(54_792_000, 6196)
                .saturating_add(RocksDbWeight::get().reads(4_u64))
                .saturating_add(RocksDbWeight::get().writes(4_u64))
        }
    fn withdraw() -> Weight {
            // Proof size, measured:  `530`
            // Proof size, estimated: `6196`
            // Minimum execution time: 46_790_000 picoseconds.
            Weight::from_parts(48_523_000, 6196)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(3_u64))
        }
    fn add_key() -> Weight {
            // Proof size, measured:  `354`
            // Proof size, estimated: `3764`
            // Minimum execution time: 16_535_000 picoseconds.
            Weight::from_parts(18_037_000, 3764)
                .saturating_add(RocksDbWeight::get().reads(2_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
    fn remove_key() -> Weight {
            // Proof size, measured:  `921`
            // Proof size, estimated: `3764`
            // Minimum execution time: 17_086_000 picoseconds.
            Weight::from_parts(19_068_000, 3764)
                .saturating_add(RocksDbWeight::get().reads(2_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
    fn update_key() -> Weight {
            // Proof size, measured:  `582`
            // Proof size, estimated: `3764`
            // Minimum execution time: 16_775_000 picoseconds.
            Weight::from_parts(17_907_000, 3764)
                .saturating_add(RocksDbWeight::get().reads(2_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
    fn remove_all_keys() -> Weight {
            // Proof size, measured:  `4522`
            // Proof size, estimated: `48148`
            // Minimum execution time: 115_724_000 picoseconds.
            Weight::from_parts(119_460_000, 48148)
                .saturating_add(RocksDbWeight::get().reads(18_u64))
                .saturating_add(RocksDbWeight::get().writes(17_u64))
        }
    fn create_stream() -> Weight {
            // Proof size, measured:  `956`
            // Proof size, estimated: `24417`
            // Minimum execution time: 70_756_000 picoseconds.
            Weight::from_parts(73_460_000, 24417)
                .saturating_add(RocksDbWeight::get().reads(11_u64))
                .saturating_add(RocksDbWeight::get().writes(4_u64))
        }
    fn update_stream() -> Weight {
            // Proof size, measured:  `3482`
            // Proof size, estimated: `21814`
            // Minimum execution time: 37_446_000 picoseconds.
            Weight::from_parts(39_669_000, 21814)
                .saturating_add(RocksDbWeight::get().reads(9_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn set_stream_status() -> Weight {
            // Proof size, measured:  `2644`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_918_000 picoseconds.
            Weight::from_parts(12_989_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(1_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn end_stream() -> Weight {
            // Proof size, measured:  `2839`
            // Proof size, estimated: `6252`
            // Minimum execution time: 44_497_000 picoseconds.
            Weight::from_parts(46_140_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(3_u64))
        }
    fn join_stream() -> Weight {
            // Proof size, measured:  `3294`
            // Proof size, estimated: `6252`
            // Minimum execution time: 36_545_000 picoseconds.
            Weight::from_parts(38_338_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(7_u64))
                .saturating_add(RocksDbWeight::get().writes(4_u64))
        }
    fn leave_stream(s: u32, ) -> Weight {
            // Proof size, measured:  `202 + s * (221 ±0)`
            // Proof size, estimated: `3509 + s * (2705 ±0)`
            // Minimum execution time: 15_383_000 picoseconds.
            Weight::from_parts(11_128_898, 3509)
                // Standard error: 1_908
                .saturating_add(Weight::from_parts(5_882_423, 0).saturating_mul(s.into()))
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(s.into())))
                .saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(s.into())))
                .saturating_add(Weight::from_parts(0, 2705).saturating_mul(s.into()))
        }
    fn record_tick(h: u32, ) -> Weight {
            // Proof size, measured:  `2958`
            // Proof size, estimated: `31458`
            // Minimum execution time: 57_446_000 picoseconds.
            Weight::from_parts(58_367_000, 31458)
                // Standard error: 490
                .saturating_add(Weight::from_parts(311_584, 0).saturating_mul(h.into()))
                .saturating_add(RocksDbWeight::get().reads(17_u64))
                .saturating_add(RocksDbWeight::get().writes(14_u64))
        }
    fn process_batch_opens(o: u32, ) -> Weight {
            // Proof size, measured:  `347 + o * (3245 ±0)`
            // Proof size, estimated: `3509 + o * (5262 ±0)`
            // Minimum execution time: 117_837_000 picoseconds.
            Weight::from_parts(28_494_445, 3509)
                // Standard error: 657_841
                .saturating_add(Weight::from_parts(101_962_961, 0).saturating_mul(o.into()))
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().reads((5_u64).saturating_mul(o.into())))
                .saturating_add(RocksDbWeight::get().writes((5_u64).saturating_mul(o.into())))
                .saturating_add(Weight::from_parts(0, 5262).saturating_mul(o.into()))
        }
    fn process_batch_looked_up(r: u32, ) -> Weight {
            // Proof size, measured:  `276`
            // Proof size, estimated: `3509 + r * (2774 ±0)`
            // Minimum execution time: 23_746_000 picoseconds.
            Weight::from_parts(20_960_422, 3509)
                // Standard error: 13_029
                .saturating_add(Weight::from_parts(7_983_064, 0).saturating_mul(r.into()))
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(r.into())))
                .saturating_add(Weight::from_parts(0, 2774).saturating_mul(r.into()))
        }
    fn process_batch_checked(r: u32, ) -> Weight {
            // Proof size, measured:  `347 + r * (3245 ±0)`
            // Proof size, estimated: `3509 + r * (5262 ±0)`
            // Minimum execution time: 38_307_000 picoseconds.
            Weight::from_parts(7_577_759, 3509)
                // Standard error: 43_279
                .saturating_add(Weight::from_parts(22_997_430, 0).saturating_mul(r.into()))
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().reads((5_u64).saturating_mul(r.into())))
                .saturating_add(Weight::from_parts(0, 5262).saturating_mul(r.into()))
        }
    fn process_batch_streams(s: u32, ) -> Weight {
            // Proof size, measured:  `248 + s * (2427 ±0)`
            // Proof size, estimated: `6068 + s * (5262 ±0)`
            // Minimum execution time: 40_161_000 picoseconds.
            Weight::from_parts(13_084_392, 6068)
                // Standard error: 12_659
                .saturating_add(Weight::from_parts(24_984_563, 0).saturating_mul(s.into()))
                .saturating_add(RocksDbWeight::get().reads(5_u64))
                .saturating_add(RocksDbWeight::get().reads((4_u64).saturating_mul(s.into())))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
                .saturating_add(RocksDbWeight::get().writes((4_u64).saturating_mul(s.into())))
                .saturating_add(Weight::from_parts(0, 5262).saturating_mul(s.into()))
        }
    fn process_batch_splits(p: u32, ) -> Weight {
            // Proof size, measured:  `155588 + p * (36 ±0)`
            // Proof size, estimated: `337758 + p * (2539 ±0)`
            // Minimum execution time: 1_596_937_000 picoseconds.
            Weight::from_parts(1_649_580_494, 337758)
                // Standard error: 8_840
                .saturating_add(Weight::from_parts(2_635_936, 0).saturating_mul(p.into()))
                .saturating_add(RocksDbWeight::get().reads(261_u64))
                .saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(p.into())))
                .saturating_add(RocksDbWeight::get().writes(258_u64))
                .saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(p.into())))
                .saturating_add(Weight::from_parts(0, 2539).saturating_mul(p.into()))
        }
    fn process_batch_claims(c: u32, ) -> Weight {
            // Proof size, measured:  `2730 + c * (233 ±0)`
            // Proof size, estimated: `31458 + c * (2705 ±0)`
            // Minimum execution time: 59_640_000 picoseconds.
            Weight::from_parts(60_792_000, 31458)
                // Standard error: 6_632
                .saturating_add(Weight::from_parts(6_956_594, 0).saturating_mul(c.into()))
                .saturating_add(RocksDbWeight::get().reads(16_u64))
                .saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(c.into())))
                .saturating_add(RocksDbWeight::get().writes(13_u64))
                .saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(c.into())))
                .saturating_add(Weight::from_parts(0, 2705).saturating_mul(c.into()))
        }
    fn process_batch_steps(h: u32, ) -> Weight {
            // Proof size, measured:  `2958`
            // Proof size, estimated: `31458`
            // Minimum execution time: 59_639_000 picoseconds.
            Weight::from_parts(61_182_000, 31458)
                // Standard error: 316
                .saturating_add(Weight::from_parts(319_493, 0).saturating_mul(h.into()))
                .saturating_add(RocksDbWeight::get().reads(17_u64))
                .saturating_add(RocksDbWeight::get().writes(14_u64))
        }
    fn process_batch_closes(k: u32, ) -> Weight {
            // Proof size, measured:  `838 + k * (3020 ±0)`
            // Proof size, estimated: `3509 + k * (5262 ±0)`
            // Minimum execution time: 120_070_000 picoseconds.
            Weight::from_parts(122_193_000, 3509)
                // Standard error: 71_718
                .saturating_add(Weight::from_parts(105_789_507, 0).saturating_mul(k.into()))
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().reads((6_u64).saturating_mul(k.into())))
                .saturating_add(RocksDbWeight::get().writes((6_u64).saturating_mul(k.into())))
                .saturating_add(Weight::from_parts(0, 5262).saturating_mul(k.into()))
        }
    fn payout() -> Weight {
            // Proof size, measured:  `410`
            // Proof size, estimated: `6196`
            // Minimum execution time: 44_357_000 picoseconds.
            Weight::from_parts(45_618_000, 6196)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(3_u64))
        }
    fn tip() -> Weight {
            // Proof size, measured:  `2925`
            // Proof size, estimated: `26380`
            // Minimum execution time: 74_331_000 picoseconds.
            Weight::from_parts(76_475_000, 26380)
                .saturating_add(RocksDbWeight::get().reads(14_u64))
                .saturating_add(RocksDbWeight::get().writes(13_u64))
        }
    fn register_gateway() -> Weight {
            // Proof size, measured:  `391`
            // Proof size, estimated: `6196`
            // Minimum execution time: 45_108_000 picoseconds.
            Weight::from_parts(46_750_000, 6196)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(3_u64))
        }
    fn update_gateway() -> Weight {
            // Proof size, measured:  `505`
            // Proof size, estimated: `3824`
            // Minimum execution time: 11_237_000 picoseconds.
            Weight::from_parts(11_928_000, 3824)
                .saturating_add(RocksDbWeight::get().reads(1_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn deregister_gateway() -> Weight {
            // Proof size, measured:  `505`
            // Proof size, estimated: `3824`
            // Minimum execution time: 14_602_000 picoseconds.
            Weight::from_parts(15_483_000, 3824)
                .saturating_add(RocksDbWeight::get().reads(2_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
    fn suspend_stream() -> Weight {
            // Proof size, measured:  `2644`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_908_000 picoseconds.
            Weight::from_parts(12_779_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(1_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn resume_stream() -> Weight {
            // Proof size, measured:  `2644`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_708_000 picoseconds.
            Weight::from_parts(12_609_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(1_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn set_protocol_fee() -> Weight {
            // Proof size, measured:  `0`
            // Proof size, estimated: `0`
            // Minimum execution time: 3_855_000 picoseconds.
            Weight::from_parts(4_226_000, 0)
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn reap_deposit() -> Weight {
            // Proof size, measured:  `4522`
            // Proof size, estimated: `48148`
            // Minimum execution time: 84_597_000 picoseconds.
            Weight::from_parts(87_541_000, 48148)
                .saturating_add(RocksDbWeight::get().reads(19_u64))
                .saturating_add(RocksDbWeight::get().writes(18_u64))
        }
    fn sweep_earnings() -> Weight {
            // Proof size, measured:  `316`
            // Proof size, estimated: `6068`
            // Minimum execution time: 16_174_000 picoseconds.
            Weight::from_parts(17_036_000, 6068)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
}
