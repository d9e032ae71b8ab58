//! Talks to the Vilokanam chain from outside: the one place that uses subxt.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`chain`] | the connection: heads, subscriptions, reading events |
//! | [`nodes`], [`backoff`] | several nodes, one of which is connected; pauses between attempts |
//! | [`follow`] | finalized blocks without gaps; best blocks, with what is undone |
//! | [`call`] | calls, encoded from the protocol's own types |
//! | [`submit`] | signing, sending, waiting; pipelines of consecutive nonces |
//! | [`reads`] | state at a block: the runtime API, and balances |
//! | [`header`] | what a block says of itself |
//! | [`events`] | what the tick stream pallet reports |
//! | [`rpc`] | a node's `tickStream_*` methods |
//! | [`signer`], [`viewer`] | keys, and the one who watches |
//! | [`error`] | what can go wrong |
//!
//! # Types
//!
//! Calls, events and answers are typed by [`tick_stream_primitives`], the crate that the pallet itself is made of, and
//! not by types that subxt generates from metadata. There is one `Ticket`, one `Batch`, one `Stream` in all of the
//! project: what signs a ticket, what the gateway checks and what goes into an extrinsic is the same type, with the same
//! golden vectors. Generated twins would have to be converted field by field wherever they meet the protocol's own, and
//! each conversion would be a place to go wrong in; they would also not carry the protocol's functions. What generation
//! would give, that a change of the runtime is noticed, the tests give: they compare every call, event, error, runtime API
//! function and storage item used here with `metadata/vilokanam.scale`, by names and by types.
//!
//! # The metadata file
//!
//! `metadata/vilokanam.scale` is what the runtime says of itself, in version 16, the newest that subxt reads. A test of
//! the runtime fails when the two differ, and says this: build the node, then, from the root of the repository,
//!
//! ```text
//! vilokanam-node export-metadata --chain dev --version 16 --output client/chain/metadata/vilokanam.scale
//! ```
//!
//! and see with `cargo test -p vilokanam-chain` what of this crate has to change. At run time the file is not used: call
//! and pallet indices are taken from the metadata of the node that is connected.

#[cfg(test)]
mod against_metadata;
pub mod backoff;
pub mod call;
pub mod chain;
pub mod error;
pub mod events;
pub mod follow;
pub mod header;
pub mod nodes;
pub mod reads;
pub mod rpc;
pub mod signer;
pub mod submit;
pub mod viewer;

pub use backoff::Backoff;
pub use call::{Call, GatewayUpdate, NewStream, StreamUpdate};
pub use chain::{Block, Chain};
pub use error::ChainError;
pub use events::TickEvent;
pub use follow::{BestBlocks, BestChange, Cursor, FinalizedBlocks, FollowError, FollowedBlock, PlacedEvent};
pub use header::Head;
pub use nodes::{Connection, Nodes, NodesError};
pub use reads::{AccountState, State};
pub use rpc::{ClaimRow, TickRpc};
pub use signer::Signer;
pub use submit::{Anchor, Receipt, Signed, Watched};
pub use viewer::{KeptWatch, KeptWatchError, Order, Viewer, Watch};
