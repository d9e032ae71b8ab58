//! Weights of this runtime's own pallets, and of its database. `scripts/bench weights` and `scripts/bench storage` write
//! the files.
//!
//! | module | contents |
//! | --- | --- |
//! | [`origins`] | calls of the pallet [`crate::origins`] |
//! | [`rocksdb`] | a read and a write of the state |
//! | [`validators`] | calls of the pallet [`crate::validators`], and what it does for other pallets |

pub mod origins;
pub mod rocksdb;
pub mod validators;
