//! A person's money: what was spent, tips, receipts, and statements of what a creator earned.

use crate::{
    people::PersonRef,
    scalars::{Planck, SessionRef, StreamRef},
};
use serde::{Deserialize, Serialize};

/// What the buckets of a person's spending are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SpendingBy {
    /// Days of the time zone.
    #[default]
    Day,
    /// Months of the time zone.
    Month,
    /// Creators who were paid.
    Creator,
}

/// What was spent in a day or a month, or for a creator.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpendingBucket {
    /// The day (`2026-11-01`) or month (`2026-11`) in the time zone, or the creator's name.
    pub label: String,
    /// Beginning of the bucket, RFC 3339.
    pub starts_at: String,
    /// End of the bucket, RFC 3339.
    pub ends_at: String,
    /// Creator who was paid; absent for days and months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<PersonRef>,
    /// Seconds that were settled.
    pub seconds: u64,
    /// Amount paid for them.
    pub paid: Planck,
    /// Amount given as tips.
    pub tips: Planck,
}

/// What a person spent in a range of time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spending {
    /// Days or months in order of time, or creators in order of what they received. Those without payments are left out.
    pub buckets: Vec<SpendingBucket>,
    /// Seconds that were settled in the whole range.
    pub total_seconds: u64,
    /// Amount paid for them.
    pub total_paid: Planck,
    /// Amount given as tips in the whole range.
    pub total_tips: Planck,
}

/// Whether tips were given or received.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TipDirection {
    /// Tips that the person gave.
    #[default]
    Given,
    /// Tips to streams of the person.
    Received,
}

/// A tip.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TipView {
    /// Stream that received it.
    pub stream: StreamRef,
    /// The stream's creator for a tip that was given, and the giver of one that was received.
    pub person: PersonRef,
    /// Amount, before any share is taken.
    pub amount: Planck,
    /// What the giver wrote; empty if nothing.
    pub memo: String,
    /// Time of its block, RFC 3339.
    pub at: String,
}

/// A settlement of one of a person's sessions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonReceipt {
    /// Session that was settled.
    pub session: SessionRef,
    /// Stream that was watched.
    pub stream: StreamRef,
    /// Number of the block.
    pub block: u32,
    /// Time of the block, RFC 3339.
    pub at: String,
    /// Ticks settled in this block.
    pub ticks: u32,
    /// Amount paid for them.
    pub paid: Planck,
}

/// What a creator earned on a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatementDay {
    /// The day in the time zone: `2026-11-01`.
    pub day: String,
    /// Seconds settled.
    pub seconds: u64,
    /// The account's share of the amount paid for them, and open fees.
    pub earned: Planck,
    /// The account's share of tips.
    pub tips: Planck,
    /// The sum in the statement's currency, with two decimals; absent if the operator has configured none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiat: Option<String>,
}

/// What a creator earned in a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statement {
    /// The month in the time zone: `2026-11`.
    pub month: String,
    /// IANA name of the time zone.
    pub tz: String,
    /// Days in order of time. Those without earnings are left out.
    pub days: Vec<StatementDay>,
    /// Seconds settled in the whole month.
    pub total_seconds: u64,
    /// What was earned for them, and open fees.
    pub total_earned: Planck,
    /// The account's share of tips in the whole month.
    pub total_tips: Planck,
    /// The sum of all in the statement's currency; absent if the operator has configured none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_fiat: Option<String>,
    /// ISO 4217 code of the currency; absent if the operator has configured none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiat_currency: Option<String>,
}
