//! Client of the Vilokanam chain, and the only crate of the project that uses subxt.
//!
//! | module | contents |
//! | --- | --- |
//! | [`chain`] | connection to a node: blocks and subscriptions |
//! | [`nodes`], [`backoff`] | several nodes, one of which is connected; the way back to the first; pauses between attempts |
//! | [`follow`] | finalized blocks without gaps; best blocks, with those that are undone |
//! | [`call`] | calls, encoded from the protocol's types |
//! | [`submit`] | signing and sending of extrinsics, and waiting for their inclusion |
//! | [`reads`] | events of a block, and the state after it: the runtime API, and balances |
//! | [`governance`], [`validators`] | referenda, upgrades, moderators; the accounts that write blocks |
//! | [`runtime`] | other pallets of the runtime, by the names in its metadata |
//! | [`header`], [`fill`] | heads of blocks: number, parent and time; how full a block is |
//! | [`rpc`] | a node's `tickStream_*` methods |
//! | [`signer`], [`viewer`] | keys; tickets and claims of a viewer |
//! | [`error`] | errors |
//!
//! # Types
//!
//! The types of calls, events and answers come from [`tick_stream_primitives`], which the pallet uses as well, and not from
//! code that subxt generates from metadata. So the project has one `Ticket`, one `Batch` and one `Stream`: a viewer signs,
//! the gateway checks and an extrinsic carries the same type, with the same golden vectors. Generated types would lack the
//! protocol's functions, and would have to be converted field by field, with a possible mistake in every conversion.
//! Generated code would notice a change of the runtime; here the tests do. They compare every call, event, error, runtime
//! API function and storage item that this crate uses with `metadata/vilokanam.scale`, by names and by types.
//!
//! The pallets of the SDK, such as referenda, are another matter: their types belong to the runtime. Their calls and state
//! are written and read by names, with the metadata of the connected node ([`runtime`]).
//!
//! # The metadata file
//!
//! `metadata/vilokanam.scale` is the runtime's metadata in version 16, the newest that subxt reads. A test of the runtime
//! fails when the two differ. To update the file, build the node, and run in the root of the repository:
//!
//! ```text
//! vilokanam-node export-metadata --chain dev --version 16 --output client/chain/metadata/vilokanam.scale
//! ```
//!
//! `cargo test -p vilokanam-chain` then shows what has to change in this crate. Programs do not use the file: they take
//! the indices of calls and pallets from the metadata of the connected node.

#![deny(missing_docs)]

#[cfg(test)]
mod against_metadata;
pub mod backoff;
pub mod call;
pub mod chain;
pub mod error;
mod events;
pub mod fill;
pub mod follow;
pub mod governance;
pub mod header;
pub mod nodes;
pub mod reads;
pub mod rpc;
pub mod runtime;
pub mod signer;
pub mod submit;
#[cfg(test)]
mod testing;
pub mod validators;
pub mod viewer;

pub use backoff::Backoff;
pub use call::{Call, GatewayUpdate, NewStream, StreamUpdate};
pub use chain::{Block, Chain};
pub use error::ChainError;
pub use fill::BlockFill;
pub use follow::{BestBlocks, BestChange, Cursor, FinalizedBlocks, FollowError, FollowedBlock, PlacedEvent};
pub use header::Head;
pub use nodes::{Connection, Nodes, NodesError};
pub use reads::{AccountState, State};
pub use rpc::{ClaimRow, TickRpc};
pub use runtime::{GeneratedKeys, RuntimeVersion, TICK_STREAM_API};
pub use signer::Signer;
pub use submit::{Anchor, Receipt, Signed, Watched};
/// Event of the tick stream pallet.
pub use tick_stream_primitives::TickEvent;
pub use viewer::{KeptWatch, KeptWatchError, Order, Viewer, Watch};
