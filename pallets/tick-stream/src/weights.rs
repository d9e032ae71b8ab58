//! Weights of `pallet_tick_stream`, measured by `scripts/bench weights`. Do not edit: measure again.
//!
//! Benchmark CLI 64.0.0, 2026-11-21, CPU `AMD EPYC`
//! Steps `50`, repeat `20`, execution `Compiled`, chain `Some("dev")`, DB cache 1024, worst-case map
//! size `1000000`

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(missing_docs, unused_parens, clippy::too_many_lines, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What the calls of `pallet_tick_stream` weigh.
pub trait WeightInfo {
    fn deposit() -> Weight;
    fn withdraw() -> Weight;
    fn add_key() -> Weight;
    fn remove_key() -> Weight;
    fn create_stream() -> Weight;
    fn update_stream() -> Weight;
    fn set_stream_status() -> Weight;
    fn end_stream() -> Weight;
    fn join_stream() -> Weight;
    fn leave_stream(s: u32, ) -> Weight;
    fn record_tick(h: u32, ) -> Weight;
    fn process_batch_opens(o: u32, ) -> Weight;
    fn process_batch_streams(s: u32, ) -> Weight;
    fn process_batch_splits(p: u32, ) -> Weight;
    fn process_batch_claims(c: u32, ) -> Weight;
    fn process_batch_steps(h: u32, ) -> Weight;
    fn process_batch_closes(k: u32, ) -> Weight;
    fn process_batch_looked_up(r: u32, ) -> Weight;
    fn process_batch_checked(r: u32, ) -> Weight;
    fn payout() -> Weight;
    fn tip() -> Weight;
    fn register_gateway() -> Weight;
    fn update_gateway() -> Weight;
    fn deregister_gateway() -> Weight;
    fn suspend_stream() -> Weight;
    fn resume_stream() -> Weight;
    fn set_protocol_fee() -> Weight;
    fn reap_deposit() -> Weight;
    fn update_key() -> Weight;
    fn remove_all_keys() -> Weight;
    fn sweep_earnings() -> Weight;
}

/// As measured, with the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn deposit() -> Weight {
            Weight::from_parts(60000000, 0)
                .saturating_add(T::DbWeight::get().reads(4_u64))
                .saturating_add(T::DbWeight::get().writes(4_u64))
        }
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn withdraw() -> Weight {
            // Proof size, measured:  `496`
            // Proof size, estimated: `6196`
            // Minimum execution time: 42_984_000 picoseconds.
            Weight::from_parts(48_252_000, 6196)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(3_u64))
        }
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    fn add_key() -> Weight {
            Weight::from_parts(20000000, 0)
                .saturating_add(T::DbWeight::get().reads(2_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    fn remove_key() -> Weight {
            Weight::from_parts(20000000, 0)
                .saturating_add(T::DbWeight::get().reads(2_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::NextStream` (r:1 w:1)
    /// Proof: `TickStream::NextStream` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:0 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    fn create_stream() -> Weight {
            // Proof size, measured:  `250`
            // Proof size, estimated: `3593`
            // Minimum execution time: 45_898_000 picoseconds.
            Weight::from_parts(49_364_000, 3593)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(4_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    fn update_stream() -> Weight {
            // Proof size, measured:  `2569`
            // Proof size, estimated: `6252`
            // Minimum execution time: 14_041_000 picoseconds.
            Weight::from_parts(15_403_000, 6252)
                .saturating_add(T::DbWeight::get().reads(1_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    fn set_stream_status() -> Weight {
            // Proof size, measured:  `2569`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_467_000 picoseconds.
            Weight::from_parts(12_789_000, 6252)
                .saturating_add(T::DbWeight::get().reads(1_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    fn end_stream() -> Weight {
            // Proof size, measured:  `2764`
            // Proof size, estimated: `6252`
            // Minimum execution time: 44_817_000 picoseconds.
            Weight::from_parts(47_161_000, 6252)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(3_u64))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Gateways` (r:1 w:1)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:1 w:1)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn join_stream() -> Weight {
            Weight::from_parts(45000000, 0)
                .saturating_add(T::DbWeight::get().reads(8_u64))
                .saturating_add(T::DbWeight::get().writes(5_u64))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:16 w:16)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// `s` is in `[1, 16]`.
    fn leave_stream(s: u32, ) -> Weight {
            // Proof size, measured:  `127 + s * (169 ±0)`
            // Proof size, estimated: `3509 + s * (2653 ±0)`
            // Minimum execution time: 14_913_000 picoseconds.
            Weight::from_parts(10_159_449, 3509)
                // Standard error: 1_347
                .saturating_add(Weight::from_parts(5_829_078, 0).saturating_mul(s.into()))
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(s.into())))
                .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(s.into())))
                .saturating_add(Weight::from_parts(0, 2653).saturating_mul(s.into()))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:1 w:1)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:12 w:12)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `h` is in `[1, 131072]`.
    fn record_tick(h: u32, ) -> Weight {
            // Proof size, measured:  `2831`
            // Proof size, estimated: `31458`
            // Minimum execution time: 56_084_000 picoseconds.
            Weight::from_parts(57_115_000, 31458)
                // Standard error: 201
                .saturating_add(Weight::from_parts(319_405, 0).saturating_mul(h.into()))
                .saturating_add(T::DbWeight::get().reads(17_u64))
                .saturating_add(T::DbWeight::get().writes(14_u64))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:64 w:64)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Gateways` (r:64 w:64)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Deposits` (r:64 w:64)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:64 w:64)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:1 w:1)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `o` is in `[1, 64]`.
    fn process_batch_opens(o: u32, ) -> Weight {
            Weight::from_parts(43637454, 0)
                .saturating_add(Weight::from_parts(110000000, 0).saturating_mul(o.into()))
                .saturating_add(T::DbWeight::get().reads(4_u64))
                .saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
                .saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:64 w:64)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:64 w:64)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:642 w:642)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `s` is in `[1, 64]`.
    fn process_batch_streams(s: u32, ) -> Weight {
            Weight::from_parts(61421000, 0)
                .saturating_add(Weight::from_parts(25000000, 10000).saturating_mul(s.into()))
                .saturating_add(T::DbWeight::get().reads(5_u64))
                .saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(s.into())))
                .saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(s.into())))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:2047 w:2047)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:12 w:12)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `c` is in `[1, 2048]`.
    fn process_batch_claims(c: u32, ) -> Weight {
            // Proof size, measured:  `2655 + c * (181 ±0)`
            // Proof size, estimated: `31458 + c * (2653 ±0)`
            // Minimum execution time: 61_252_000 picoseconds.
            Weight::from_parts(62_022_000, 31458)
                // Standard error: 22_195
                .saturating_add(Weight::from_parts(8_474_408, 0).saturating_mul(c.into()))
                .saturating_add(T::DbWeight::get().reads(16_u64))
                .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
                .saturating_add(T::DbWeight::get().writes(13_u64))
                .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
                .saturating_add(Weight::from_parts(0, 2653).saturating_mul(c.into()))
        }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::ProtocolFee` (r:1 w:0)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Sessions` (r:1 w:1)
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:12 w:12)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `h` is in `[1, 131072]`.
    fn process_batch_steps(h: u32, ) -> Weight {
            // Proof size, measured:  `2831`
            // Proof size, estimated: `31458`
            // Minimum execution time: 60_140_000 picoseconds.
            Weight::from_parts(143_163_429, 31458)
                // Standard error: 273
                .saturating_add(Weight::from_parts(313_662, 0).saturating_mul(h.into()))
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
    /// Proof: `TickStream::Sessions` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Gateways` (r:256 w:256)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Deposits` (r:256 w:256)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Streams` (r:256 w:256)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:256 w:256)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// `k` is in `[1, 256]`.
    fn process_batch_closes(k: u32, ) -> Weight {
            Weight::from_parts(112157000, 0)
                .saturating_add(Weight::from_parts(115000000, 0).saturating_mul(k.into()))
                .saturating_add(T::DbWeight::get().reads(4_u64))
                .saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(k.into())))
                .saturating_add(T::DbWeight::get().writes(1_u64))
                .saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(k.into())))
        }
    /// Storage: `TickStream::Earnings` (r:1 w:1)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn payout() -> Weight {
            // Proof size, measured:  `335`
            // Proof size, estimated: `6196`
            // Minimum execution time: 44_316_000 picoseconds.
            Weight::from_parts(47_742_000, 6196)
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
            // Proof size, measured:  `2850`
            // Proof size, estimated: `26380`
            // Minimum execution time: 71_186_000 picoseconds.
            Weight::from_parts(77_265_000, 26380)
                .saturating_add(T::DbWeight::get().reads(14_u64))
                .saturating_add(T::DbWeight::get().writes(13_u64))
        }
    /// Storage: `TickStream::Gateways` (r:1 w:1)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn register_gateway() -> Weight {
            // Proof size, measured:  `316`
            // Proof size, estimated: `6196`
            // Minimum execution time: 41_823_000 picoseconds.
            Weight::from_parts(49_043_000, 6196)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(3_u64))
        }
    /// Storage: `TickStream::Gateways` (r:1 w:1)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    fn update_gateway() -> Weight {
            // Proof size, measured:  `430`
            // Proof size, estimated: `3824`
            // Minimum execution time: 11_287_000 picoseconds.
            Weight::from_parts(12_168_000, 3824)
                .saturating_add(T::DbWeight::get().reads(1_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Gateways` (r:1 w:1)
    /// Proof: `TickStream::Gateways` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
    /// Storage: `TickStream::Earnings` (r:1 w:1)
    /// Proof: `TickStream::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    fn deregister_gateway() -> Weight {
            // Proof size, measured:  `430`
            // Proof size, estimated: `3824`
            // Minimum execution time: 14_642_000 picoseconds.
            Weight::from_parts(15_874_000, 3824)
                .saturating_add(T::DbWeight::get().reads(2_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    fn suspend_stream() -> Weight {
            // Proof size, measured:  `2569`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_828_000 picoseconds.
            Weight::from_parts(13_110_000, 6252)
                .saturating_add(T::DbWeight::get().reads(1_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Streams` (r:1 w:1)
    /// Proof: `TickStream::Streams` (`max_values`: None, `max_size`: Some(2787), added: 5262, mode: `MaxEncodedLen`)
    fn resume_stream() -> Weight {
            // Proof size, measured:  `2569`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_857_000 picoseconds.
            Weight::from_parts(13_080_000, 6252)
                .saturating_add(T::DbWeight::get().reads(1_u64))
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::ProtocolFee` (r:0 w:1)
    /// Proof: `TickStream::ProtocolFee` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn set_protocol_fee() -> Weight {
            // Proof size, measured:  `0`
            // Proof size, estimated: `0`
            // Minimum execution time: 3_996_000 picoseconds.
            Weight::from_parts(4_427_000, 0)
                .saturating_add(T::DbWeight::get().writes(1_u64))
        }
    /// Storage: `TickStream::Deposits` (r:1 w:1)
    /// Proof: `TickStream::Deposits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    fn reap_deposit() -> Weight {
            Weight::from_parts(120000000, 0)
                .saturating_add(T::DbWeight::get().reads(18_u64))
                .saturating_add(T::DbWeight::get().writes(19_u64))
        }
    fn update_key() -> Weight {
            Weight::from_parts(20000000, 0)
                .saturating_add(T::DbWeight::get().reads(2_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
    fn remove_all_keys() -> Weight {
            Weight::from_parts(120000000, 0)
                .saturating_add(T::DbWeight::get().reads(18_u64))
                .saturating_add(T::DbWeight::get().writes(18_u64))
        }
    fn process_batch_splits(p: u32, ) -> Weight {
            Weight::from_parts(160000000, 0)
                .saturating_add(Weight::from_parts(4000000, 0).saturating_mul(p.into()))
                .saturating_add(T::DbWeight::get().reads(9_u64))
                .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
                .saturating_add(T::DbWeight::get().writes(6_u64))
                .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
        }
    fn process_batch_looked_up(r: u32, ) -> Weight {
            Weight::from_parts(60000000, 0)
                .saturating_add(Weight::from_parts(6000000, 0).saturating_mul(r.into()))
                .saturating_add(T::DbWeight::get().reads(4_u64))
                .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(r.into())))
        }
    fn process_batch_checked(r: u32, ) -> Weight {
            Weight::from_parts(60000000, 0)
                .saturating_add(Weight::from_parts(18000000, 0).saturating_mul(r.into()))
                .saturating_add(T::DbWeight::get().reads(4_u64))
                .saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(r.into())))
        }
    fn sweep_earnings() -> Weight {
            Weight::from_parts(25000000, 0)
                .saturating_add(T::DbWeight::get().reads(3_u64))
                .saturating_add(T::DbWeight::get().writes(2_u64))
        }
}

/// As measured, with RocksDB's weights: for tests.
impl WeightInfo for () {
    fn deposit() -> Weight {
            Weight::from_parts(60000000, 0)
                .saturating_add(RocksDbWeight::get().reads(4_u64))
                .saturating_add(RocksDbWeight::get().writes(4_u64))
        }
    fn withdraw() -> Weight {
            // Proof size, measured:  `496`
            // Proof size, estimated: `6196`
            // Minimum execution time: 42_984_000 picoseconds.
            Weight::from_parts(48_252_000, 6196)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(3_u64))
        }
    fn add_key() -> Weight {
            Weight::from_parts(20000000, 0)
                .saturating_add(RocksDbWeight::get().reads(2_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
    fn remove_key() -> Weight {
            Weight::from_parts(20000000, 0)
                .saturating_add(RocksDbWeight::get().reads(2_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
    fn create_stream() -> Weight {
            // Proof size, measured:  `250`
            // Proof size, estimated: `3593`
            // Minimum execution time: 45_898_000 picoseconds.
            Weight::from_parts(49_364_000, 3593)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(4_u64))
        }
    fn update_stream() -> Weight {
            // Proof size, measured:  `2569`
            // Proof size, estimated: `6252`
            // Minimum execution time: 14_041_000 picoseconds.
            Weight::from_parts(15_403_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(1_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn set_stream_status() -> Weight {
            // Proof size, measured:  `2569`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_467_000 picoseconds.
            Weight::from_parts(12_789_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(1_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn end_stream() -> Weight {
            // Proof size, measured:  `2764`
            // Proof size, estimated: `6252`
            // Minimum execution time: 44_817_000 picoseconds.
            Weight::from_parts(47_161_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(3_u64))
        }
    fn join_stream() -> Weight {
            Weight::from_parts(45000000, 0)
                .saturating_add(RocksDbWeight::get().reads(8_u64))
                .saturating_add(RocksDbWeight::get().writes(5_u64))
        }
    fn leave_stream(s: u32, ) -> Weight {
            // Proof size, measured:  `127 + s * (169 ±0)`
            // Proof size, estimated: `3509 + s * (2653 ±0)`
            // Minimum execution time: 14_913_000 picoseconds.
            Weight::from_parts(10_159_449, 3509)
                // Standard error: 1_347
                .saturating_add(Weight::from_parts(5_829_078, 0).saturating_mul(s.into()))
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(s.into())))
                .saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(s.into())))
                .saturating_add(Weight::from_parts(0, 2653).saturating_mul(s.into()))
        }
    fn record_tick(h: u32, ) -> Weight {
            // Proof size, measured:  `2831`
            // Proof size, estimated: `31458`
            // Minimum execution time: 56_084_000 picoseconds.
            Weight::from_parts(57_115_000, 31458)
                // Standard error: 201
                .saturating_add(Weight::from_parts(319_405, 0).saturating_mul(h.into()))
                .saturating_add(RocksDbWeight::get().reads(17_u64))
                .saturating_add(RocksDbWeight::get().writes(14_u64))
        }
    fn process_batch_opens(o: u32, ) -> Weight {
            Weight::from_parts(43637454, 0)
                .saturating_add(Weight::from_parts(110000000, 0).saturating_mul(o.into()))
                .saturating_add(RocksDbWeight::get().reads(4_u64))
                .saturating_add(RocksDbWeight::get().reads((5_u64).saturating_mul(o.into())))
                .saturating_add(RocksDbWeight::get().writes((5_u64).saturating_mul(o.into())))
        }
    fn process_batch_streams(s: u32, ) -> Weight {
            Weight::from_parts(61421000, 0)
                .saturating_add(Weight::from_parts(25000000, 10000).saturating_mul(s.into()))
                .saturating_add(RocksDbWeight::get().reads(5_u64))
                .saturating_add(RocksDbWeight::get().reads((5_u64).saturating_mul(s.into())))
                .saturating_add(RocksDbWeight::get().writes((5_u64).saturating_mul(s.into())))
        }
    fn process_batch_claims(c: u32, ) -> Weight {
            // Proof size, measured:  `2655 + c * (181 ±0)`
            // Proof size, estimated: `31458 + c * (2653 ±0)`
            // Minimum execution time: 61_252_000 picoseconds.
            Weight::from_parts(62_022_000, 31458)
                // Standard error: 22_195
                .saturating_add(Weight::from_parts(8_474_408, 0).saturating_mul(c.into()))
                .saturating_add(RocksDbWeight::get().reads(16_u64))
                .saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(c.into())))
                .saturating_add(RocksDbWeight::get().writes(13_u64))
                .saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(c.into())))
                .saturating_add(Weight::from_parts(0, 2653).saturating_mul(c.into()))
        }
    fn process_batch_steps(h: u32, ) -> Weight {
            // Proof size, measured:  `2831`
            // Proof size, estimated: `31458`
            // Minimum execution time: 60_140_000 picoseconds.
            Weight::from_parts(143_163_429, 31458)
                // Standard error: 273
                .saturating_add(Weight::from_parts(313_662, 0).saturating_mul(h.into()))
                .saturating_add(RocksDbWeight::get().reads(17_u64))
                .saturating_add(RocksDbWeight::get().writes(14_u64))
        }
    fn process_batch_closes(k: u32, ) -> Weight {
            Weight::from_parts(112157000, 0)
                .saturating_add(Weight::from_parts(115000000, 0).saturating_mul(k.into()))
                .saturating_add(RocksDbWeight::get().reads(4_u64))
                .saturating_add(RocksDbWeight::get().reads((6_u64).saturating_mul(k.into())))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
                .saturating_add(RocksDbWeight::get().writes((6_u64).saturating_mul(k.into())))
        }
    fn payout() -> Weight {
            // Proof size, measured:  `335`
            // Proof size, estimated: `6196`
            // Minimum execution time: 44_316_000 picoseconds.
            Weight::from_parts(47_742_000, 6196)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(3_u64))
        }
    fn tip() -> Weight {
            // Proof size, measured:  `2850`
            // Proof size, estimated: `26380`
            // Minimum execution time: 71_186_000 picoseconds.
            Weight::from_parts(77_265_000, 26380)
                .saturating_add(RocksDbWeight::get().reads(14_u64))
                .saturating_add(RocksDbWeight::get().writes(13_u64))
        }
    fn register_gateway() -> Weight {
            // Proof size, measured:  `316`
            // Proof size, estimated: `6196`
            // Minimum execution time: 41_823_000 picoseconds.
            Weight::from_parts(49_043_000, 6196)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(3_u64))
        }
    fn update_gateway() -> Weight {
            // Proof size, measured:  `430`
            // Proof size, estimated: `3824`
            // Minimum execution time: 11_287_000 picoseconds.
            Weight::from_parts(12_168_000, 3824)
                .saturating_add(RocksDbWeight::get().reads(1_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn deregister_gateway() -> Weight {
            // Proof size, measured:  `430`
            // Proof size, estimated: `3824`
            // Minimum execution time: 14_642_000 picoseconds.
            Weight::from_parts(15_874_000, 3824)
                .saturating_add(RocksDbWeight::get().reads(2_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
    fn suspend_stream() -> Weight {
            // Proof size, measured:  `2569`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_828_000 picoseconds.
            Weight::from_parts(13_110_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(1_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn resume_stream() -> Weight {
            // Proof size, measured:  `2569`
            // Proof size, estimated: `6252`
            // Minimum execution time: 11_857_000 picoseconds.
            Weight::from_parts(13_080_000, 6252)
                .saturating_add(RocksDbWeight::get().reads(1_u64))
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn set_protocol_fee() -> Weight {
            // Proof size, measured:  `0`
            // Proof size, estimated: `0`
            // Minimum execution time: 3_996_000 picoseconds.
            Weight::from_parts(4_427_000, 0)
                .saturating_add(RocksDbWeight::get().writes(1_u64))
        }
    fn reap_deposit() -> Weight {
            Weight::from_parts(120000000, 0)
                .saturating_add(RocksDbWeight::get().reads(18_u64))
                .saturating_add(RocksDbWeight::get().writes(19_u64))
        }
    fn update_key() -> Weight {
            Weight::from_parts(20000000, 0)
                .saturating_add(RocksDbWeight::get().reads(2_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
    fn remove_all_keys() -> Weight {
            Weight::from_parts(120000000, 0)
                .saturating_add(RocksDbWeight::get().reads(18_u64))
                .saturating_add(RocksDbWeight::get().writes(18_u64))
        }
    fn process_batch_splits(p: u32, ) -> Weight {
            Weight::from_parts(160000000, 0)
                .saturating_add(Weight::from_parts(4000000, 0).saturating_mul(p.into()))
                .saturating_add(RocksDbWeight::get().reads(9_u64))
                .saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(p.into())))
                .saturating_add(RocksDbWeight::get().writes(6_u64))
                .saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(p.into())))
        }
    fn process_batch_looked_up(r: u32, ) -> Weight {
            Weight::from_parts(60000000, 0)
                .saturating_add(Weight::from_parts(6000000, 0).saturating_mul(r.into()))
                .saturating_add(RocksDbWeight::get().reads(4_u64))
                .saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(r.into())))
        }
    fn process_batch_checked(r: u32, ) -> Weight {
            Weight::from_parts(60000000, 0)
                .saturating_add(Weight::from_parts(18000000, 0).saturating_mul(r.into()))
                .saturating_add(RocksDbWeight::get().reads(4_u64))
                .saturating_add(RocksDbWeight::get().reads((5_u64).saturating_mul(r.into())))
        }
    fn sweep_earnings() -> Weight {
            Weight::from_parts(25000000, 0)
                .saturating_add(RocksDbWeight::get().reads(3_u64))
                .saturating_add(RocksDbWeight::get().writes(2_u64))
        }
}
