//! The set of validators: length of a session, removal of absent and of equivocating validators, bonds that stay at
//! stake for a while after their owner has left.
//!
//! `CollatorSelection` holds the two lists from which each set is chosen: *invulnerables*, whom governance appoints,
//! and *candidates*, who bond an amount. This pallet stands between that selection and `Session`, and adds what a chain
//! with GRANDPA needs:
//!
//! - A validator that was in the set and wrote no block for a whole session is removed, invulnerable or not. At most as
//!   many are removed at a time as finality can do without, and never the last one.
//! - Candidates are so few that the votes of the invulnerables are enough for finality.
//! - A validator that signed two blocks for one slot, or voted twice in one round, is disabled at once, leaves the set
//!   two blocks later, and loses a part of its bond.
//! - A set that would be empty is never enacted.
//!
//! | module | contents |
//! | --- | --- |
//! | [`storage`] | storage, calls, events |
//! | [`limits`] | limits of the set, and of what is kept about it |
//! | `sessions` | choice of the set of each session, and removal of absent validators |
//! | [`offence`] | two blocks of one validator for one slot, as an offence |
//! | `expulsion` | the register of offenders, their removal and punishment |
//! | [`equivocation`] | the proof that a validator wrote two blocks for one slot |
//! | `ownership` | the proof that a key was a voter's in a recent session |
//! | `bond` | the currency of bonds, which keeps them for a while after they are released |
//! | [`api`] | the runtime API through which a node reports an equivocation |

pub mod api;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod bond;
pub mod equivocation;
mod expulsion;
pub mod limits;
pub mod offence;
mod ownership;
mod sessions;
pub mod storage;

pub use bond::Bonds;
pub use expulsion::Registration;
pub use sessions::EndOfSession;
pub use storage::*;
