//! Following the chain: reports to the paywall what happened to its sessions, and writes finalized blocks to the index.
//!
//! [`vilokanam_chain::follow`] reads the blocks, from nodes that may fail and return. Two tasks consume them: one for best
//! blocks, one for finalized blocks. Each repeats a block that it could not process, so the paywall and the index must accept
//! every report twice.
//!
//! A third task reads the parameters of the protocol again and again, which an upgrade of the runtime may change.

mod best;
mod finalized;
mod load;
mod params;
mod report;

pub use best::follow_best;
pub use finalized::follow_finalized;
pub use load::{load_sessions, load_streams, load_unknown_sessions, LoadError};
pub use params::follow_params;
