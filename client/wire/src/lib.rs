//! The HTTP and WebSocket interface of the gateway: JSON bodies, headers and errors, for the gateway and its clients.
//!
//! | module | contents |
//! | --- | --- |
//! | [`scalars`] | amounts, accounts, ids: how they are written in JSON |
//! | [`payment`] | the `Payment` scheme of the `Authorization` and `WWW-Authenticate` headers |
//! | [`headers`] | names of the gateway's own headers |
//! | [`sessions`] | sessions, ticks and keys, over HTTP and WebSocket |
//! | [`bought`] | keys that a viewer has bought in earlier sessions |
//! | [`settings`] | what the creator of a stream sets at a gateway |
//! | [`streams`] | streams, recordings, live counts |
//! | [`money`] | session records, receipts, earnings, audience |
//! | [`creator`] | what a creator signs, publish keys, the health of the incoming stream |
//! | [`quality`] | playback as viewers experience it |
//! | [`recording_ref`] | how recordings are named |
//! | [`source`] | sources that a gateway pulls |
//! | [`gateway`] | the gateway's terms, its chain, its readiness |
//! | [`uploads`] | uploads, jobs, clips, images |
//! | [`codes`] | codes of problems |
//! | [`problem`] | errors, after RFC 9457 |
//!
//! Numbers that can exceed 2^53 are decimal strings, times RFC 3339 in UTC, bytes hex with `0x`, accounts SS58 with prefix
//! 42, amounts planck (10^-12 VLK), ticks seconds. Unknown fields are ignored, so that either side may be newer.

#![deny(missing_docs)]

pub mod bought;
pub mod codes;
pub mod creator;
pub mod gateway;
pub mod headers;
pub mod money;
pub mod payment;
pub mod problem;
pub mod quality;
pub mod recording_ref;
pub mod scalars;
pub mod sessions;
pub mod settings;
pub mod source;
pub mod streams;
pub mod uploads;

pub use problem::Problem;
pub use recording_ref::RecordingRef;
pub use scalars::{Account, Planck, SessionRef, StreamRef};
