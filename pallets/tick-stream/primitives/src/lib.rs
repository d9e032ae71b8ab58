//! The tick protocol's shared language.
//!
//! Chain, node, gateway, command line and browser must agree on every byte in here: how a session is named, how a second
//! is proved, what a ticket says and what is signed. The golden vectors in `vectors/` are the referee; the TypeScript
//! pages test against the same files.
//!
//! | module | what it fixes |
//! | --- | --- |
//! | [`ids`] | names of streams and sessions |
//! | [`limits`] | every bound of every list and batch |
//! | [`tick_chain`] | the hash chain whose preimages are seconds |
//! | [`ticket`] | the signed wish to watch, and the signed wish to stop |
//! | [`batch`] | the rows that settle seconds on chain |
//! | [`state`] | what the chain remembers |
//! | [`error`] | why a row was refused, and what would mend it |
//! | [`api`] | the runtime API through which nodes and wallets read |
//! | [`worker`] | what node and off-chain worker say to each other |

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod api;
pub mod batch;
pub mod error;
pub mod ids;
pub mod limits;
pub mod state;
pub mod tick_chain;
pub mod ticket;
pub mod worker;

pub use api::{Outcome, Params, RowVerdict};
pub use batch::{Batch, BatchSize, Claim, ClaimGroup, CloseRow, CloseSignature, Closer, RowKind};
pub use error::RowError;
pub use ids::{session_id, AccountId, Balance, BlockNumber, GenesisHash, Moment, SessionId, StreamId};
pub use state::{
    Announced, Closing, Delegation, Deposit, Gateway, GatewayStatus, NonceWindow, Session, Splits, Stream,
    StreamStatus, Totals,
};
pub use tick_chain::{tick_hash, TickChain, TickHash, TickHasher};
pub use ticket::{SignedTicket, Ticket};
