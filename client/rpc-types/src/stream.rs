//! A stream, as the chain knows it.

use serde::{Deserialize, Serialize};
use serde_with::{serde_as, DisplayFromStr};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, StreamId, StreamStatus};

/// State of a stream on the best chain. Announcements whose block has come are in effect and no longer listed.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StreamInfo {
    /// Id of the stream.
    #[serde_as(as = "DisplayFromStr")]
    pub stream: StreamId,
    /// Account that earns what all other shares leave.
    pub creator: AccountId,
    /// Price of a tick for new sessions, in planck.
    #[serde_as(as = "DisplayFromStr")]
    pub price_per_tick: Balance,
    /// Announced price rise; `null` when there is none.
    pub next_price: Option<NextPriceInfo>,
    /// Number of ticks that each viewer may watch for free.
    pub preview_ticks: u32,
    /// Gateway's share of what remains after the protocol's and the submitter's shares, in parts per million.
    pub gateway_share_ppm: u32,
    /// Shares of what remains after the gateway's share.
    pub splits: Vec<SplitInfo>,
    /// Announced change of the splits; `null` when there is none.
    pub next_splits: Option<NextSplitsInfo>,
    /// JSON object as text, written by the creator and checked by no one: validate it before showing it.
    pub metadata: String,
    /// Status, in JSON one of `live`, `offline`, `ended` and `suspended`.
    #[serde(with = "StreamStatusName")]
    pub status: StreamStatus,
    /// Number of sessions that are open.
    pub open_sessions: u32,
    /// Amount held from the creator, in planck.
    #[serde_as(as = "DisplayFromStr")]
    pub deposit: Balance,
    /// Lifetime income.
    pub totals: TotalsInfo,
}

/// JSON form of a [`StreamStatus`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "StreamStatus", rename_all = "lowercase")]
enum StreamStatusName {
    Live,
    Offline,
    Ended,
    Suspended,
}

/// Price that takes effect in a later block.
#[serde_as]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NextPriceInfo {
    /// Price of a tick in planck.
    #[serde_as(as = "DisplayFromStr")]
    pub value: Balance,
    /// First block in which it holds.
    pub at: BlockNumber,
}

/// Splits that take effect in a later block.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NextSplitsInfo {
    /// All splits from then on.
    pub value: Vec<SplitInfo>,
    /// First block in which they hold.
    pub at: BlockNumber,
}

/// One account's share of a stream's income.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SplitInfo {
    /// Account that earns the share.
    pub account: AccountId,
    /// Share in parts per million.
    pub share_ppm: u32,
}

/// Income of a stream since it was created, before any share is taken.
#[serde_as]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TotalsInfo {
    /// Number of ticks settled.
    #[serde_as(as = "DisplayFromStr")]
    pub ticks: u64,
    /// Amount paid for ticks, in planck.
    #[serde_as(as = "DisplayFromStr")]
    pub paid: Balance,
    /// Amount tipped, in planck.
    #[serde_as(as = "DisplayFromStr")]
    pub tipped: Balance,
}
