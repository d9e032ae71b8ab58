//! What a node's `tickStream_*` methods answer. Numbers of 64 and 128 bits travel as decimal strings.

use serde::{de::Error as _, Deserialize, Deserializer};
use serde_json::Value;
use std::{fmt::Display, str::FromStr};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, SessionId, TickHash};

/// Error codes of rows and calls.
pub mod code {
    /// The row cannot be decoded.
    pub const INVALID_ROW: i32 = -32050;
    /// One call brought too many rows.
    pub const TOO_MANY_ROWS: i32 = -32051;
    /// A budget is spent: later again.
    pub const BUSY: i32 = -32052;
    /// No such session, and no ticket for it.
    pub const UNKNOWN_SESSION: i32 = -32053;
    /// Nothing new in the claim.
    pub const STALE: i32 = -32054;
    /// The claim is beyond the session's last tick.
    pub const ABOVE_MAXIMUM: i32 = -32055;
    /// A lower claim has to come first.
    pub const TOO_MANY_STEPS: i32 = -32056;
    /// The proof is not of this session and tick.
    pub const PROOF_INVALID: i32 = -32057;
    /// Another ticket of the viewer is pending.
    pub const VIEWER_BUSY: i32 = -32058;
    /// The ticket that would be replaced has been paid on.
    pub const TICKET_IN_USE: i32 = -32059;
    /// The chain would refuse the row.
    pub const REFUSED: i32 = -32060;
    /// The pool is full: later again, or another node.
    pub const POOL_FULL: i32 = -32061;
    /// The node cannot read the chain.
    pub const CHAIN: i32 = -32062;
    /// The node cannot write to its disk.
    pub const STORAGE: i32 = -32063;
    /// The node has as many subscriptions as it takes.
    pub const TOO_MANY_SUBSCRIPTIONS: i32 = -32064;
}

/// What became of a row.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct RowAnswer {
    /// It is in the pool, and on disk.
    pub accepted: bool,
    /// One of [`code`].
    #[serde(default)]
    pub code: Option<i32>,
    /// What is wrong, and what to do.
    #[serde(default)]
    pub error: Option<String>,
}

/// What became of all rows, in the order they were sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct SubmitResponse {
    /// Of the tickets.
    pub opens: Vec<RowAnswer>,
    /// Of the claims.
    pub claims: Vec<RowAnswer>,
    /// Of the closes.
    pub closes: Vec<RowAnswer>,
}

impl SubmitResponse {
    /// The rows that were refused.
    pub fn refused(&self) -> impl Iterator<Item = &RowAnswer> {
        self.opens.iter().chain(&self.claims).chain(&self.closes).filter(|answer| !answer.accepted)
    }
}

/// How much a node's pool holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct PoolInfo {
    /// Tickets not yet finally opened.
    pub opens: u64,
    /// Claims not yet finally settled.
    pub claims: u64,
    /// Closes not yet finally done.
    pub closes: u64,
    /// What they take.
    pub bytes: u64,
    /// How long the oldest has been waiting, in seconds.
    pub oldest_age_s: u64,
}

impl PoolInfo {
    /// Rows of all kinds.
    pub fn rows(&self) -> u64 {
        self.opens + self.claims + self.closes
    }
}

/// A session, as a node's chain and pool know it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct SessionInfo {
    /// Its id.
    #[serde(deserialize_with = "session_id")]
    pub session: SessionId,
    /// On the best chain; nothing while it is not open there.
    pub state: Option<SessionState>,
    /// The highest tick claimed in the pool.
    pub pooled_ticks: Option<u32>,
}

/// A session on chain.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct SessionState {
    /// Who pays.
    pub viewer: AccountId,
    /// For what.
    #[serde(deserialize_with = "decimal")]
    pub stream: u64,
    /// Through whom.
    pub gateway: AccountId,
    /// In planck.
    #[serde(deserialize_with = "decimal")]
    pub price_per_tick: Balance,
    /// In parts per million.
    pub gateway_share: u32,
    /// The settled head of its tick chain.
    #[serde(deserialize_with = "bytes")]
    pub head: TickHash,
    /// Ticks paid for.
    pub settled_ticks: u32,
    /// Ticks that can be paid for.
    pub max_ticks: u32,
    /// The moment from which ticks are counted.
    #[serde(deserialize_with = "decimal")]
    pub opened_at: u64,
    /// The block of the last claim, or of the opening.
    pub last_claim: BlockNumber,
    /// The delegation it was opened under; nothing when the wallet opened it.
    pub generation: Option<u32>,
    /// Since when it is closing.
    pub closing: Option<ClosingInfo>,
}

/// When a session began to close.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct ClosingInfo {
    /// The block.
    pub block: BlockNumber,
    /// The moment.
    #[serde(deserialize_with = "decimal")]
    pub moment: u64,
}

/// A stream on chain: the part of the answer that programs need.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct StreamInfo {
    /// Its id.
    #[serde(deserialize_with = "decimal")]
    pub stream: u64,
    /// Who earns what the others leave.
    pub creator: AccountId,
    /// In planck.
    #[serde(deserialize_with = "decimal")]
    pub price_per_tick: Balance,
    /// Ticks that are free.
    pub preview_ticks: u32,
    /// In parts per million.
    pub gateway_share: u32,
    /// A JSON object, as text.
    pub metadata: String,
    /// `live`, `offline`, `ended` or `suspended`.
    pub status: String,
    /// Sessions open at this moment.
    pub open_sessions: u32,
}

fn decimal<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<T, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => text.parse().map_err(D::Error::custom),
        Value::Number(number) => number.to_string().parse().map_err(D::Error::custom),
        _ => Err(D::Error::custom("neither a number nor a decimal string")),
    }
}

fn bytes<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
    let text = String::deserialize(deserializer)?;
    let digits = text.strip_prefix("0x").ok_or_else(|| D::Error::custom("hex without 0x"))?;
    let mut out = [0; N];
    hex::decode_to_slice(digits, &mut out).map_err(D::Error::custom)?;
    Ok(out)
}

fn session_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SessionId, D::Error> {
    bytes(deserializer).map(SessionId)
}
