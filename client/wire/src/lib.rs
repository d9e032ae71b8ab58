//! What gateway and clients say to each other over HTTP.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`scalars`] | amounts, accounts, ids: how they are written in JSON |
//! | [`payment`] | the `Payment` scheme of the `Authorization` and `WWW-Authenticate` headers |
//! | [`sessions`] | selling a session and its ticks, over HTTP and WebSocket |
//! | [`streams`] | what there is to watch |
//! | [`money`] | earnings, receipts |
//! | [`creator`] | what a creator signs, publish keys, the health of what comes in |
//! | [`gateway`] | the gateway itself and its chain |
//! | [`problem`] | errors, after RFC 9457 |
//!
//! Numbers that may pass 2^53 are decimal strings, times are RFC 3339 in UTC, bytes are hex with `0x`, accounts are SS58
//! with prefix 42. Unknown fields are ignored, so that either side may be newer.

pub mod creator;
pub mod gateway;
pub mod money;
pub mod payment;
pub mod problem;
pub mod scalars;
pub mod sessions;
pub mod streams;

pub use problem::Problem;
pub use scalars::{Account, Planck, SessionRef, StreamRef};
