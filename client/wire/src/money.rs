//! Earnings and receipts.

use crate::scalars::{Account, Planck, SessionRef, StreamRef};
use serde::{Deserialize, Serialize};

/// A session in a list: as finalized blocks have it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRecord {
    /// Which.
    pub session: SessionRef,
    /// Who watched.
    pub viewer: Account,
    /// What.
    pub stream: StreamRef,
    /// Through whom.
    pub gateway: Account,
    /// Price of a tick.
    pub price_per_tick: Planck,
    /// The most ticks it could take.
    pub max_ticks: u32,
    /// Ticks settled.
    pub settled_ticks: u32,
    /// Planck settled.
    pub paid: Planck,
    /// Given back at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<Planck>,
    /// RFC 3339.
    pub opened_at: String,
    /// RFC 3339; nothing while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
}

/// One settlement of a session, as a block has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The block's number.
    pub block: u32,
    /// RFC 3339.
    pub at: String,
    /// Ticks settled here.
    pub ticks: u32,
    /// What they paid.
    pub paid: Planck,
}

/// What an account earned in a while.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EarningsBucket {
    /// Its beginning, RFC 3339.
    pub from: String,
    /// Ticks settled.
    pub ticks: u64,
    /// What the account got of them.
    pub earned: Planck,
    /// Tips that the account got.
    pub tipped: Planck,
}

/// An account's earnings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Earnings {
    /// Whose.
    pub account: Account,
    /// On chain, to be paid out at any time.
    pub withdrawable: Planck,
    /// Ever settled in its favour.
    pub settled: Planck,
    /// Let go of by viewers of its streams at this gateway and not settled yet, before anybody's share.
    pub pending_gross: Planck,
    /// By time.
    pub buckets: Vec<EarningsBucket>,
}

/// Who watched in a while, at this gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AudienceBucket {
    /// Its beginning, RFC 3339.
    pub from: String,
    /// The most viewers at a time.
    pub viewers: u32,
    /// Viewers who began a preview.
    pub previewed: u64,
    /// Sessions that paid for the first time.
    pub paid: u64,
}

/// Who watched an account's streams, at this gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AudienceHistory {
    /// Whose streams.
    pub account: Account,
    /// Viewers who began a preview, in all of the range.
    pub previewed: u64,
    /// Sessions that paid for the first time, in all of the range.
    pub paid: u64,
    /// By time; what is missing had nobody.
    pub buckets: Vec<AudienceBucket>,
}
