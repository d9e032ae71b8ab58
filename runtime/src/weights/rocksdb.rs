//! Weights of the database. Written by `scripts/bench storage`: measure again instead of editing.
//!
//! Above what was measured on 2 cores of an AMD EPYC, because the state grows and other validators' disks may be slower.
//! With 9,000 keys, on average: 12,000 ns a read, 22,000 a write. With 125,000 keys, the deposits of a million viewers,
//! beside other work: 14,000 and 43,000 in the median.

#![cfg_attr(rustfmt, rustfmt_skip)]

use frame_support::{
    parameter_types,
    weights::{constants::WEIGHT_REF_TIME_PER_NANOS, RuntimeDbWeight},
};

/// Time to read an entry of the state, in nanoseconds.
pub const READ_NANOS: u64 = 25_000;
/// Time to write an entry of the state, in nanoseconds, including its part of the state root.
pub const WRITE_NANOS: u64 = 45_000;

parameter_types! {
    /// Weights of database accesses.
    pub const DbWeight: RuntimeDbWeight = RuntimeDbWeight {
        read: READ_NANOS * WEIGHT_REF_TIME_PER_NANOS,
        write: WRITE_NANOS * WEIGHT_REF_TIME_PER_NANOS,
    };
}
