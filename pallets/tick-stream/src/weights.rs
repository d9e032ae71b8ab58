//! Weights of the calls.
//!
//! Estimates, on the safe side: storage accesses are counted, compute is rounded up. `scripts/bench weights` measures and rewrites
//! this file.
#![allow(missing_docs)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, Weight},
};

pub trait WeightInfo {
    fn deposit() -> Weight;
    fn withdraw() -> Weight;
    fn delegate() -> Weight;
    fn revoke_delegation() -> Weight;
    fn create_stream() -> Weight;
    fn update_stream() -> Weight;
    fn set_stream_status() -> Weight;
    fn end_stream() -> Weight;
    fn join_stream() -> Weight;
    fn payout() -> Weight;
    fn tip() -> Weight;
    fn register_gateway() -> Weight;
    fn update_gateway() -> Weight;
    fn deregister_gateway() -> Weight;
    fn suspend_stream() -> Weight;
    fn resume_stream() -> Weight;
    fn set_protocol_fee() -> Weight;
    fn reap_deposit() -> Weight;
    fn leave_stream(s: u32) -> Weight;
    fn record_tick(h: u32) -> Weight;
    fn process_batch_opens(o: u32) -> Weight;
    fn process_batch_streams(s: u32) -> Weight;
    fn process_batch_claims(c: u32) -> Weight;
    fn process_batch_steps(h: u32) -> Weight;
    fn process_batch_closes(k: u32) -> Weight;
}

pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn deposit() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn withdraw() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn delegate() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn revoke_delegation() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn create_stream() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn update_stream() -> Weight {
        Weight::from_parts(30_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn set_stream_status() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn end_stream() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn join_stream() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    fn payout() -> Weight {
        Weight::from_parts(50_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn tip() -> Weight {
        Weight::from_parts(90_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(14_u64))
            .saturating_add(T::DbWeight::get().writes(14_u64))
    }
    fn register_gateway() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn update_gateway() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn deregister_gateway() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    fn suspend_stream() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn resume_stream() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn set_protocol_fee() -> Weight {
        Weight::from_parts(10_000_000, 0).saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn reap_deposit() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn leave_stream(s: u32) -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(Weight::from_parts(20_000_000, 0).saturating_mul(s.into()))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(s.into())))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(s.into())))
    }
    fn record_tick(h: u32) -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(h.into()))
            .saturating_add(T::DbWeight::get().reads(14_u64))
            .saturating_add(T::DbWeight::get().writes(14_u64))
    }
    fn process_batch_opens(o: u32) -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(Weight::from_parts(260_000_000, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
            .saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(o.into())))
    }
    fn process_batch_streams(s: u32) -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(s.into()))
            .saturating_add(T::DbWeight::get().reads((14_u64).saturating_mul(s.into())))
            .saturating_add(T::DbWeight::get().writes((14_u64).saturating_mul(s.into())))
    }
    fn process_batch_claims(c: u32) -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(Weight::from_parts(8_000_000, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
    }
    fn process_batch_steps(h: u32) -> Weight {
        Weight::from_parts(60_000_000, 0).saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(h.into()))
    }
    fn process_batch_closes(k: u32) -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(Weight::from_parts(190_000_000, 0).saturating_mul(k.into()))
            .saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(k.into())))
            .saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(k.into())))
    }
}

impl WeightInfo for () {
    fn deposit() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(4_u64))
            .saturating_add(RocksDbWeight::get().writes(3_u64))
    }
    fn withdraw() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(4_u64))
            .saturating_add(RocksDbWeight::get().writes(3_u64))
    }
    fn delegate() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(1_u64))
            .saturating_add(RocksDbWeight::get().writes(1_u64))
    }
    fn revoke_delegation() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(1_u64))
            .saturating_add(RocksDbWeight::get().writes(1_u64))
    }
    fn create_stream() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(4_u64))
            .saturating_add(RocksDbWeight::get().writes(4_u64))
    }
    fn update_stream() -> Weight {
        Weight::from_parts(30_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(1_u64))
            .saturating_add(RocksDbWeight::get().writes(1_u64))
    }
    fn set_stream_status() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(1_u64))
            .saturating_add(RocksDbWeight::get().writes(1_u64))
    }
    fn end_stream() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(3_u64))
            .saturating_add(RocksDbWeight::get().writes(3_u64))
    }
    fn join_stream() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(6_u64))
            .saturating_add(RocksDbWeight::get().writes(5_u64))
    }
    fn payout() -> Weight {
        Weight::from_parts(50_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(3_u64))
            .saturating_add(RocksDbWeight::get().writes(3_u64))
    }
    fn tip() -> Weight {
        Weight::from_parts(90_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(14_u64))
            .saturating_add(RocksDbWeight::get().writes(14_u64))
    }
    fn register_gateway() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(3_u64))
            .saturating_add(RocksDbWeight::get().writes(3_u64))
    }
    fn update_gateway() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(1_u64))
            .saturating_add(RocksDbWeight::get().writes(1_u64))
    }
    fn deregister_gateway() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(2_u64))
            .saturating_add(RocksDbWeight::get().writes(2_u64))
    }
    fn suspend_stream() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(1_u64))
            .saturating_add(RocksDbWeight::get().writes(1_u64))
    }
    fn resume_stream() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(1_u64))
            .saturating_add(RocksDbWeight::get().writes(1_u64))
    }
    fn set_protocol_fee() -> Weight {
        Weight::from_parts(10_000_000, 0).saturating_add(RocksDbWeight::get().writes(1_u64))
    }
    fn reap_deposit() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(RocksDbWeight::get().reads(1_u64))
            .saturating_add(RocksDbWeight::get().writes(1_u64))
    }
    fn leave_stream(s: u32) -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(Weight::from_parts(20_000_000, 0).saturating_mul(s.into()))
            .saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(s.into())))
            .saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(s.into())))
    }
    fn record_tick(h: u32) -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(h.into()))
            .saturating_add(RocksDbWeight::get().reads(14_u64))
            .saturating_add(RocksDbWeight::get().writes(14_u64))
    }
    fn process_batch_opens(o: u32) -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(Weight::from_parts(260_000_000, 0).saturating_mul(o.into()))
            .saturating_add(RocksDbWeight::get().reads((5_u64).saturating_mul(o.into())))
            .saturating_add(RocksDbWeight::get().writes((6_u64).saturating_mul(o.into())))
    }
    fn process_batch_streams(s: u32) -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(s.into()))
            .saturating_add(RocksDbWeight::get().reads((14_u64).saturating_mul(s.into())))
            .saturating_add(RocksDbWeight::get().writes((14_u64).saturating_mul(s.into())))
    }
    fn process_batch_claims(c: u32) -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(Weight::from_parts(8_000_000, 0).saturating_mul(c.into()))
            .saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(c.into())))
    }
    fn process_batch_steps(h: u32) -> Weight {
        Weight::from_parts(60_000_000, 0).saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(h.into()))
    }
    fn process_batch_closes(k: u32) -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(Weight::from_parts(190_000_000, 0).saturating_mul(k.into()))
            .saturating_add(RocksDbWeight::get().reads((5_u64).saturating_mul(k.into())))
            .saturating_add(RocksDbWeight::get().writes((5_u64).saturating_mul(k.into())))
    }
}
