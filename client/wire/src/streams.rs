//! What there is to watch.

use crate::scalars::{Account, Planck, StreamRef};
use serde::{Deserialize, Serialize};

/// What a creator says of a stream: the JSON that is its metadata on chain.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Metadata {
    /// What it is called.
    pub title: String,
    /// What it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it belongs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Words to find it by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// A picture: a URL.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub thumbnail: String,
}

/// A share of a stream's income.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Split {
    /// Whose.
    pub account: Account,
    /// In millionths.
    pub share_ppm: u32,
}

/// A stream's status on chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StreamPhase {
    /// Announced as live by its creator.
    Live,
    /// Not now.
    Offline,
    /// For ever over.
    Ended,
    /// By a moderator.
    Suspended,
}

/// A stream.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StreamView {
    /// Its number.
    pub stream: StreamRef,
    /// Whose.
    pub creator: Account,
    /// What its creator says of it.
    pub metadata: Metadata,
    /// Its status on chain.
    pub phase: StreamPhase,
    /// Whether media comes in at this gateway.
    pub is_live_here: bool,
    /// Price of a tick.
    pub price_per_tick: Planck,
    /// An announced price, if any, and the block from which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_price: Option<NextPrice>,
    /// Seconds that a viewer sees for nothing.
    pub preview_ticks: u32,
    /// The gateway's share, in millionths.
    pub gateway_share_ppm: u32,
    /// Who shares the income with the creator.
    pub splits: Vec<Split>,
    /// Viewers with an open session that paid within the last minute, at this gateway.
    pub viewers: u32,
    /// Ticks paid, in all.
    pub total_ticks: u64,
    /// Planck paid, in all.
    pub total_paid: Planck,
    /// Planck tipped, in all.
    pub total_tipped: Planck,
    /// When it was last live at this gateway, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_live: Option<String>,
    /// The playlist, while it is live here: a path at this gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playlist: Option<String>,
}

/// An announced price.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextPrice {
    /// Of a tick.
    pub price_per_tick: Planck,
    /// From this block on.
    pub from_block: u32,
}

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Ask with `cursor=` this for the next page; nothing on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A broadcast that is over and can be watched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordingView {
    /// Of the stream's broadcasts.
    pub number: u64,
    /// RFC 3339.
    pub started_at: String,
    /// RFC 3339.
    pub ended_at: String,
    /// How long the broadcast took; what was not recorded of it is missing.
    pub duration_s: u64,
    /// Its playlist: a path at this gateway.
    pub playlist: String,
    /// Its thumbnails by time, WebVTT: a path at this gateway.
    pub storyboard: String,
}

/// What `WS /v1/live` tells, once a second when anything has changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveCounts {
    /// Of which stream.
    pub stream: StreamRef,
    /// Whether media comes in.
    pub is_live: bool,
    /// Viewers now.
    pub viewers: u32,
    /// Ticks let go of since the gateway started.
    pub ticks: u64,
    /// What those are worth.
    pub earned: Planck,
}
