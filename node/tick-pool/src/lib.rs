//! The node's pool of rows that wait to be settled: tickets that open sessions, claims that pay for ticks, closes that
//! end sessions.
//!
//! # Goals
//!
//! - An acknowledged claim is on disk, and stays in the pool until the chain has *finalized* it or a higher one.
//! - Every offered row was verified. Work on behalf of a connection is charged to its budget before it is done, so no
//!   connection costs the node more than its budget allows.
//! - Everything the pool holds is bounded; the bounds are the constants of [`config`].
//!
//! # Terminology
//!
//! | term | meaning |
//! | --- | --- |
//! | row | an open (a ticket), a claim or a close; a session has at most one of each kind |
//! | head | the highest verified element of a session's tick chain; a claim's proof is hashed down to it |
//! | mark | the record that a block of the best chain has carried a row out: the row is kept, but not offered |
//! | offer | the rows that the off-chain worker receives before it runs, most urgent first |
//! | refusal | a row that the worker found the chain would refuse |
//! | foreign row | a row of a gateway that the worker does not serve; it is offered after all others |
//! | served gateway | a gateway whose rows this node settles; a part of the budgets is reserved for it |
//! | peer | a connection to the node, which has a budget of hash steps |
//!
//! # Life of a row
//!
//! ```text
//!            submit
//!              │
//!              v
//!   verify, charge, check room ────────────────────────> rejected: nothing is kept
//!              │
//!        write to disk ── acknowledged
//!              │
//!              v          offer                      on_best                on_finalized
//!   ┌──────> READY ─────────────────> worker, block ─────────> INCLUDED ─────────────────> removed
//!   │          ^                        │                        │
//!   │          │ RETRY_BLOCKS later     │ on_refused             │ on_retracted, or not final
//!   │       WAITING <───────────────────┤                        │ for INCLUDED_TIMEOUT_BLOCKS
//!   │                                   │                        │
//!   │                                   └──────────> dropped     │
//!   └────────────────────────────────────────────────────────────┘
//! ```
//!
//! | | open | claim | close |
//! | --- | --- | --- | --- |
//! | enters | when a dry run on the best block would open it, together with the viewer's other unopened tickets, and its session key has no other unopened ticket | when its proof hashes down to the head and its ticks do not exceed the session's maximum | when a dry run on the best block would carry it out |
//! | is offered | at once | together with the ticket of its session; at once when the session is open; at most [`config::MAX_OFFER_SPAN`] ticks at a time | a gateway's: once the session's claim is final, or together with it if it was raised since; an unsigned one that ends a closing session: together with its claim; a close that only starts the closing: at once |
//! | is included | when the best chain has opened the session | when the best chain has settled as many ticks | when the best chain has started the closing or ended the session |
//! | is finalized, and removed | when that block is final | when that block is final, or the session has ended finally | when that block is final, or the session has ended finally |
//! | is replaced | by a ticket with the same nonce: before there is a claim any ticket, after that only one with the same anchor | by a higher claim | by a close that can do more: a gateway's replaces a viewer's, a viewer's replaces an unsigned one |
//! | is dropped | when it has been expired for [`config::INCLUDED_TIMEOUT_BLOCKS`], or the chain refuses it for good | when the chain refuses it for good | when the chain refuses it for good |
//!
//! The worker may leave a claim waiting that is not worth its fee yet. If there are more claims than one offer takes, they
//! take turns, so that waiting ones leave room for others; one in [`config::ORDINARY_PART`] is not urgent. Beside a claim
//! whose session ends with a gateway's close in the pool, the offer carries that close: the worker settles such a last
//! claim once whatever it earns, and sends the close if it has done so before.
//!
//! A claim that pays for ticks sooner than they can have been watched is not dropped: the worker lowers it to those that
//! can, and the rest is settled as time passes. A row that the chain refuses for now is offered again after
//! [`config::RETRY_BLOCKS`], at most [`config::MAX_REFUSALS`] times in a row.
//!
//! # Limits
//!
//! | what | limit |
//! | --- | --- |
//! | rows, and the bytes counted for them | [`config::MAX_ENTRIES`], [`config::MAX_BYTES`] (both configurable) |
//! | remembered heads of sessions without a claim | [`config::MAX_HEADS`] |
//! | rows that wait to be written to disk | [`config::MAX_DIRTY_FACTOR`] times the rows |
//! | hash steps for one claim | [`config::MAX_WALK_STEPS`] |
//! | hash steps and chain reads of one connection, of all | [`config::PEER_ALLOWANCE`], [`config::GLOBAL_ALLOWANCE`] |
//! | those for gateways that the node does not serve, of new connections, of all | [`config::NEWCOMERS_ALLOWANCE`], [`config::FOREIGN_ALLOWANCE`] |
//! | those for gateways that the node serves, of new connections | [`config::SERVED_NEWCOMERS_ALLOWANCE`] |
//! | those spent on wrong rows of one connection | [`config::WASTE_ALLOWANCE`] |
//! | unopened tickets of one session key, of one viewer | 1, [`config::MAX_VIEWER_TICKETS`] |
//! | connections whose budget is remembered | [`config::MAX_PEERS`] |
//! | rows of one offer | [`config::MAX_OFFER_OPENS`], [`config::MAX_OFFER_CLAIMS`], [`config::MAX_OFFER_CLOSES`] |
//! | claims of one offer that are not urgent, if there are as many | at least one in [`config::ORDINARY_PART`] |
//! | hash steps for one offer | [`config::MAX_OFFER_WALK_STEPS`] |
//!
//! # Modules
//!
//! | module | contents |
//! | --- | --- |
//! | [`clock`], `listener`, [`served`], `logging` | the time; notifications from the pool; the gateways that the node serves; the target of log lines, and their throttle |
//! | [`config`] | every limit |
//! | [`chain`], [`budget`] | the pool's view of the chain; budgets of connections |
//! | [`error`], `submission` | reasons for which a row is rejected; rows as gateways send them, and verdicts on them |
//! | `entry`, `queue`, `heads` | one session's rows, the order of all rows, remembered heads |
//! | `stats`, `metrics` | contents of the pool as numbers; counters and gauges for Prometheus |
//! | `store` | the database |
//! | `state` | the data under the lock |
//! | `intake`, `lifecycle`, `refusal`, `offer` | operations on the data under the lock |
//! | `pool` | the pool: locking, writing to disk, its interface for the node |
//! | `admit`, `reconcile` | admission of rows, and comparison with the chain |
//!
//! A module uses only modules of the lines above its own, and those beside it.
//!
//! # Locks
//!
//! `state` is held for map operations only, never while hashing, reading the chain or waiting for a disk. `persisted`
//! is held while a batch is written, and may take `state` for a moment; `state` never waits for `persisted`.

#![deny(missing_docs)]

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
mod listener;
mod logging;
mod metrics;
mod offer;
mod pool;
mod queue;
mod reconcile;
mod refusal;
pub mod served;
mod state;
mod stats;
mod store;
mod submission;
#[cfg(test)]
mod tests;

pub use budget::{Budget, Exhausted, PeerId, Work};
pub use chain::{ChainError, ChainView};
pub use clock::{Clock, SystemClock};
pub use config::{Allowance, BudgetConfig, OfferLimits, PoolConfig};
pub use error::{OpenError, Rejected, StorageError};
pub use listener::PoolListener;
pub use logging::LOG_TARGET;
pub use pool::TickPool;
pub use reconcile::Reconciled;
pub use served::ServedGateways;
pub use stats::Stats;
pub use submission::{Accepted, Answer, Answers, Submission, SubmittedClaim};
