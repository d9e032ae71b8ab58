//! Types and rules of the tick protocol that every program shares.
//!
//! Chain, node, gateway, command line and browser must agree on every byte defined here: how a session is identified,
//! how a paid second is proved, what a ticket contains and which bytes are signed. The golden vectors in `vectors/` pin
//! those bytes; the Rust tests and the TypeScript pages read the same files.
//!
//! | module | contents |
//! | --- | --- |
//! | [`ids`] | identifiers of accounts, streams and sessions, and the units of money and time |
//! | [`limits`] | the bound of every list and batch |
//! | [`tick_chain`] | the hash chain whose preimages prove ticks |
//! | [`ticket`] | the signed ticket that opens a session and the signed message that closes one |
//! | [`batch`] | the rows that open, settle and close sessions on chain |
//! | [`batch_builder`] | packing of rows into batches |
//! | [`rules`] | what opening, claiming, closing and removal do to sessions, keys and deposits |
//! | [`shares`] | how a payment is divided among protocol, submitter, gateway, splits and creator |
//! | [`keys`] | session keys: what a viewer's wallet allows each device |
//! | [`state`] | the values that the chain stores |
//! | [`event`] | the pallet's events |
//! | `clock` | the present moment, for programs outside the chain (feature `std`) |
//! | [`error`] | why a row is refused, and what to do about it |
//! | [`api`] | the runtime API that nodes and wallets read |
//! | [`worker`] | messages between the node and the off-chain worker |

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

pub mod api;
pub mod batch;
pub mod batch_builder;
#[cfg(feature = "std")]
pub mod clock;
pub mod error;
pub mod event;
pub mod ids;
pub mod keys;
pub mod limits;
pub mod rules;
pub mod shares;
pub mod state;
pub mod tick_chain;
pub mod ticket;
pub mod worker;

pub use api::{Outcome, Params, RowVerdict, StreamsPage};
pub use batch::{Batch, BatchSize, Claim, ClaimGroup, CloseRow, CloseSignature, Closer, RowKind};
pub use error::RowError;
pub use event::TickEvent;
pub use ids::{session_id, AccountId, Balance, BlockNumber, GenesisHash, Moment, SessionId, StreamId};
pub use keys::{Allowance, KeyLimits, KeyUse, Label, NonceWindow, Renewal, Scope, SessionKey};
pub use shares::{Rates, Shares};
pub use state::{Announced, Closing, Deposit, Gateway, GatewayStatus, Session, Splits, Stream, StreamStatus, Totals};
pub use tick_chain::{tick_hash, TickChain, TickHash, TickHasher};
pub use ticket::{SignedTicket, Ticket};
