//! A session, as the chain and the pool know it.

use crate::encoding::PrefixedHex;
use serde::{Deserialize, Serialize};
use serde_with::{serde_as, DisplayFromStr};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Moment, SessionId, StreamId, TickHash};

/// Session on the best chain and in the pool.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionInfo {
    /// Id of the session.
    #[serde_as(as = "PrefixedHex")]
    pub session: SessionId,
    /// State on the best chain; `null` while the session is not open there.
    pub state: Option<SessionState>,
    /// Highest tick claimed in the pool; `null` when the pool holds no claim. The proof of a pooled claim is never
    /// shown.
    pub revealed_ticks: Option<u32>,
}

/// State of an open session on the best chain.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionState {
    /// Account that pays.
    pub viewer: AccountId,
    /// Session key that opened the session; `null` when the wallet did.
    pub session_key: Option<AccountId>,
    /// Stream that is watched.
    #[serde_as(as = "DisplayFromStr")]
    pub stream: StreamId,
    /// Gateway that serves the video.
    pub gateway: AccountId,
    /// Price of a tick in planck.
    #[serde_as(as = "DisplayFromStr")]
    pub price_per_tick: Balance,
    /// Gateway's share of what remains after the protocol's and the submitter's shares, in parts per million.
    pub gateway_share_ppm: u32,
    /// Head of the session's tick chain: the element for `settled_ticks`.
    #[serde_as(as = "PrefixedHex")]
    pub head: TickHash,
    /// Number of ticks settled on chain.
    pub settled_ticks: u32,
    /// Number of ticks that can be settled in all.
    pub max_ticks: u32,
    /// Moment from which ticks are counted.
    #[serde_as(as = "DisplayFromStr")]
    pub opened_at: Moment,
    /// Block of the last claim, or of the opening when there is no claim yet.
    pub last_claim: BlockNumber,
    /// Generation of the session key's allowance from which the reserve was taken; `null` when the wallet opened the
    /// session.
    pub generation: Option<u32>,
    /// Block and moment at which closing began; `null` while the session is not closing.
    pub closing: Option<ClosingInfo>,
}

/// Beginning of a session's closing.
#[serde_as]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClosingInfo {
    /// Block in which closing began.
    pub block: BlockNumber,
    /// Moment up to which ticks can be earned.
    #[serde_as(as = "DisplayFromStr")]
    pub moment: Moment,
}
