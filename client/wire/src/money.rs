//! Session records, receipts, earnings and audience.

use crate::scalars::{Account, Planck, SessionRef, StreamRef};
use serde::{Deserialize, Serialize};

/// A session as finalized blocks have it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRecord {
    /// Id of the session.
    pub session: SessionRef,
    /// Account that pays.
    pub viewer: Account,
    /// Session key that opened the session; absent if the wallet did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<Account>,
    /// Stream that is watched.
    pub stream: StreamRef,
    /// Account of the gateway.
    pub gateway: Account,
    /// Price of a tick.
    pub price_per_tick: Planck,
    /// Most ticks that can be settled.
    pub max_ticks: u32,
    /// Ticks settled.
    pub settled_ticks: u32,
    /// Amount paid for them.
    pub paid: Planck,
    /// Amount refunded at the close; absent while the session is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<Planck>,
    /// Time of opening, RFC 3339.
    pub opened_at: String,
    /// Time of closing, RFC 3339; absent while the session is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
}

/// One settlement of a session, in one finalized block.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Number of the block.
    pub block: u32,
    /// Time of the block, RFC 3339.
    pub at: String,
    /// Ticks settled in this block.
    pub ticks: u32,
    /// Amount paid for them.
    pub paid: Planck,
}

/// Earnings of an account in one bucket of time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EarningsBucket {
    /// Start of the bucket, RFC 3339.
    pub from: String,
    /// Ticks settled.
    pub ticks: u64,
    /// The account's share of the amount paid for them.
    pub earned: Planck,
    /// The account's share of tips.
    pub tipped: Planck,
    /// Open fees that the account earned as gateway, or for removing abandoned sessions.
    pub open_fees: Planck,
}

/// Earnings of an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Earnings {
    /// Account.
    pub account: Account,
    /// Amount on chain that can be paid out at any time.
    pub withdrawable: Planck,
    /// All that was ever settled in its favour.
    pub settled: Planck,
    /// Amount revealed by viewers of its streams at this gateway and not settled yet, before any share is taken.
    pub pending_gross: Planck,
    /// Buckets in order of time.
    pub buckets: Vec<EarningsBucket>,
}

/// Audience at this gateway in one bucket of time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AudienceBucket {
    /// Start of the bucket, RFC 3339.
    pub from: String,
    /// Highest number of viewers at one time.
    pub viewers: u32,
    /// Number of previews that began.
    pub previewed: u64,
    /// Number of sessions that paid for the first time.
    pub paid: u64,
}

/// Audience of an account's streams at this gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AudienceHistory {
    /// Account.
    pub account: Account,
    /// Number of previews that began in the whole range.
    pub previewed: u64,
    /// Number of sessions that paid for the first time in the whole range.
    pub paid: u64,
    /// Buckets in order of time. Those without an audience are left out.
    pub buckets: Vec<AudienceBucket>,
}
