//! Talks to the Vilokanam chain from outside: the one place that uses subxt.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`chain`] | the connection: heads, subscriptions, reading events |
//! | [`call`] | calls, encoded from the protocol's own types |
//! | [`submit`] | signing, sending, waiting; pipelines of consecutive nonces |
//! | [`reads`] | state at a block: the runtime API, and balances |
//! | [`header`] | what a block says of itself |
//! | [`events`] | what the tick stream pallet reports |
//! | [`rpc`] | a node's `tickStream_*` methods |
//! | [`signer`], [`viewer`] | keys, and the one who watches |
//! | [`error`] | what can go wrong |
//!
//! hands out, and arguments are SCALE of the types in [`tick_stream_primitives`]. A change of an argument's type is
//! therefore not noticed here; the end-to-end tests are what notices.

pub mod call;
pub mod chain;
pub mod error;
pub mod events;
pub mod header;
pub mod reads;
pub mod rpc;
pub mod signer;
pub mod submit;
pub mod viewer;

pub use call::{Call, GatewayUpdate, NewStream, StreamUpdate};
pub use chain::{Block, Chain};
pub use error::ChainError;
pub use events::TickEvent;
pub use header::Head;
pub use reads::{AccountState, State};
pub use rpc::{ClaimRow, TickRpc};
pub use signer::Signer;
pub use submit::{Anchor, Receipt, Signed, Watched};
pub use viewer::{Order, Viewer, Watch};
