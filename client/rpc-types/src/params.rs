//! Parameters.

use crate::encoding::{PrefixedHex, ScaleHex};
use serde::{Deserialize, Serialize};
use serde_with::{serde_as, DisplayFromStr, PickFirst};
use tick_stream_primitives::{CloseRow, SessionId, SignedTicket, StreamId, TickHash};

/// Session whose state is asked for: 16 bytes in hex.
#[serde_as]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionIdParam(#[serde_as(as = "PrefixedHex")] pub SessionId);

/// Stream whose state is asked for: a decimal string. A JSON number is read as well.
#[serde_as]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamIdParam(#[serde_as(as = "PickFirst<(DisplayFromStr, _)>")] pub StreamId);

/// Rows to put into the pool. They are taken in the order opens, claims, closes, so a ticket and the first claim on it
/// may travel together.
///
/// In JSON a list that is left out is empty, and an unknown field is an error.
#[serde_as]
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubmitRequest {
    /// Tickets to open, each as its SCALE encoding in hex.
    #[serde_as(as = "Vec<ScaleHex>")]
    pub opens: Vec<SignedTicket>,
    /// Claims to settle. Several claims on one session go from low to high.
    pub claims: Vec<ClaimRow>,
    /// Sessions to close, each row as its SCALE encoding in hex.
    #[serde_as(as = "Vec<ScaleHex>")]
    pub closes: Vec<CloseRow>,
}

/// Claim on one session. It carries no starting tick: the node knows what is settled.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimRow {
    /// Session that the ticks belong to.
    #[serde_as(as = "PrefixedHex")]
    pub session: SessionId,
    /// Highest tick the viewer has revealed, counted from the beginning of the session.
    pub ticks: u32,
    /// Element `ticks` of the session's tick chain: 32 bytes in hex.
    #[serde_as(as = "PrefixedHex")]
    pub proof: TickHash,
}
