//! The JSON-RPC types of a node's `tickStream_*` methods, shared by the node and its clients.
//!
//! | method | parameter | answer |
//! | --- | --- | --- |
//! | [`method::SUBMIT`] | [`SubmitRequest`] | [`SubmitResponse`] |
//! | [`method::POOL`] | none | [`PoolInfo`] |
//! | [`method::SESSION`] | [`SessionIdParam`] | [`SessionInfo`] or `null` |
//! | [`method::STREAM`] | [`StreamIdParam`] | [`StreamInfo`] or `null` |
//! | [`method::SUBSCRIBE_SESSION`] | [`SessionIdParam`] | a subscription to [`SessionInfo`] or `null` |
//!
//! # Encoding
//!
//! | value | JSON |
//! | --- | --- |
//! | integer of up to 32 bits | number |
//! | integer of 64 or 128 bits | string of decimal digits, because JavaScript numbers are exact up to 2^53 only |
//! | bytes | string of `0x` and hex digits; the prefix may be left out in parameters |
//! | ticket, close row | the bytes of its SCALE encoding |
//! | account | SS58 string |
//! | share | parts per million; the field's name ends with `_ppm` |
//! | amount | planck (10^-12 VLK), a 128-bit integer |
//! | moment | milliseconds since the Unix epoch, a 64-bit integer |

#![deny(missing_docs)]

mod answers;
pub mod code;
pub mod encoding;
pub mod method;
mod params;
mod session;
mod stream;
#[cfg(test)]
mod tests;

pub use answers::{BusyData, PoolInfo, RowAnswer, SubmitResponse};
pub use params::{ClaimRow, SessionIdParam, StreamIdParam, SubmitRequest};
pub use session::{ClosingInfo, SessionInfo, SessionState};
pub use stream::{NextPriceInfo, NextSplitsInfo, SplitInfo, StreamInfo, TotalsInfo};
