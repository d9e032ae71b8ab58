//! The node's pool of rows that wait to be settled: tickets to open, claims to pay, sessions to close.
//!
//! # Goals
//!
//! - A claim that was acknowledged is on disk and stays until the chain has *finalized* that it, or a higher one, is paid.
//! - Nothing is offered that the pool has not verified, and nothing costs the node more than whoever asked for it may
//!   spend: hash steps and looks at the chain are charged before they are made.
//! - Whatever is held is bounded; the bounds are constants of [`config`].
//!
//! # Words
//!
//! | word | meaning |
//! | --- | --- |
//! | row | a pending open, claim or close; at most one of each kind a session |
//! | head | the highest verified element of a session's tick chain, from which the next claim is walked |
//! | mark | "the best chain has done this in block n": the row is kept but not offered |
//! | offer | what the off-chain worker gets to settle, most urgent first |
//! | refusal | a row the worker's dry run found that the chain would not take |
//! | foreign row | one of a gateway that the worker does not work for: offered after all others |
//! | peer | a connection; it has a budget of hash steps |
//!
//! # A row's life
//!
//! ```text
//! submit ─ verify ─ fsync ─> ready ──offer──> (worker, chain) ──on_best──> marked ──on_finalized──> gone
//!                              ^                   │ refused                  │
//!                              ├──── wait ─────────┘                          │
//!                              └──── retracted, or not final after 64 blocks ─┘
//! ```
//!
//! # Code map
//!
//! | module | what it does |
//! | --- | --- |
//! | [`config`] | every limit |
//! | [`chain`] | what the pool needs to know of the chain |
//! | [`budget`], [`clock`] | who may spend how much, and the time |
//! | [`error`] | why a row is not taken, whose fault it is and what to do |
//! | [`metrics`] | counters and gauges for Prometheus |
//! | `entry`, `queue`, `heads` | one row, the order of rows, heads without a row |
//! | `state`, `intake`, `lifecycle`, `refusal`, `offer` | what is under the lock, and its verbs |
//! | `store` | the database |
//! | `pool`, `admit`, `reconcile` | the pool itself: lock, verify, persist |
//!
//! # Locks
//!
//! `state` is held for map operations only: never while hashing, reading the chain or waiting for a disk. `persisted` is
//! held while a batch is written and may take `state` for a moment, never the other way round.

mod admit;
pub mod budget;
pub mod chain;
pub mod clock;
pub mod config;
mod entry;
pub mod error;
mod heads;
mod intake;
mod lifecycle;
pub mod metrics;
mod offer;
mod pool;
mod queue;
mod reconcile;
mod refusal;
mod state;
mod store;
#[cfg(test)]
mod tests;

pub use admit::{Accepted, Answer, Answers, Submission, SubmittedClaim};
pub use budget::{Budget, Exhausted, PeerId};
pub use chain::{ChainError, ChainView};
pub use clock::{Clock, SystemClock};
pub use config::{Allowance, BudgetConfig, OfferLimits, PoolConfig};
pub use error::{Fault, OpenError, Rejected, StorageError};
pub use pool::{PoolListener, TickPool};
pub use reconcile::Reconciled;
pub use state::Stats;

/// Log target of everything in this crate.
pub const LOG_TARGET: &str = "tick-pool";
