//! Running sums of what accounts earned, by minute, hour and day (UTC), and over all time.
//!
//! The sums are kept up to date when a block is applied instead of being computed by queries: neither database adds 128-bit
//! numbers exactly, and a year of minutes is too much to add up for a chart of days.

use crate::{
    error::StoreError,
    sql::{self, amount, big, Fields, Table, Value},
};
use tick_stream_primitives::{AccountId, Balance, Moment};

/// Stands for all time in the column `span`.
const ALL_TIME: i64 = 3;

/// Length of a bucket.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TimeUnit {
    /// One minute.
    Minute,
    /// One hour.
    Hour,
    /// One day in UTC.
    Day,
}

impl TimeUnit {
    /// All units.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// Returns the length in milliseconds.
    pub fn length_ms(self) -> u64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }

    /// Returns the beginning of the bucket that `at` is in. Days are UTC days, because the epoch began with one.
    pub fn start_of(self, at: Moment) -> Moment {
        at - at % self.length_ms()
    }

    /// Returns the unit as stored.
    fn number(self) -> i64 {
        match self {
            Self::Minute => 0,
            Self::Hour => 1,
            Self::Day => 2,
        }
    }
}

/// Key of a sum.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct EarningKey {
    pub account: AccountId,
    /// `None` for all time.
    pub unit: Option<TimeUnit>,
    /// Beginning of the bucket; 0 for all time.
    pub starts_at: Moment,
}

impl EarningKey {
    /// Returns the key of the bucket that `at` is in.
    pub fn at(account: AccountId, unit: Option<TimeUnit>, at: Moment) -> Self {
        Self { account, unit, starts_at: unit.map_or(0, |unit| unit.start_of(at)) }
    }

    pub fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![sql::account(&self.account), span(self.unit), big("the bucket's beginning", self.starts_at)?])
    }
}

/// Returns a unit, or all time, as stored.
pub(crate) fn span(unit: Option<TimeUnit>) -> Value {
    Value::Int(unit.map_or(ALL_TIME, TimeUnit::number))
}

fn read_span(number: i64) -> Result<Option<TimeUnit>, StoreError> {
    match TimeUnit::ALL.into_iter().find(|unit| unit.number() == number) {
        None if number != ALL_TIME => Err(StoreError::Corrupt { column: "earnings.span" }),
        unit => Ok(unit),
    }
}

/// What an account earned, in planck, by the reason for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EarningSums {
    /// Number of settled ticks that the account had a share of.
    pub ticks: u64,
    /// From ticks, as creator of a stream.
    pub as_creator: Balance,
    /// From ticks, as one of a stream's splits.
    pub as_split: Balance,
    /// From ticks, as gateway. The submitter's share is not included: events do not name its receiver.
    pub as_gateway: Balance,
    /// From tips, as creator or as one of a stream's splits.
    pub from_tips: Balance,
    /// Open fees of sessions that were removed, as their gateway or for removing abandoned ones.
    pub from_fees: Balance,
}

impl EarningSums {
    /// Returns what was earned from ticks.
    pub fn without_tips(&self) -> Balance {
        self.as_creator.saturating_add(self.as_split).saturating_add(self.as_gateway)
    }

    /// Returns what was earned from ticks, tips and open fees.
    pub fn total(&self) -> Balance {
        self.without_tips().saturating_add(self.from_tips).saturating_add(self.from_fees)
    }

    pub(crate) fn add(&mut self, more: &Self) {
        self.ticks = self.ticks.saturating_add(more.ticks);
        self.as_creator = self.as_creator.saturating_add(more.as_creator);
        self.as_split = self.as_split.saturating_add(more.as_split);
        self.as_gateway = self.as_gateway.saturating_add(more.as_gateway);
        self.from_tips = self.from_tips.saturating_add(more.from_tips);
        self.from_fees = self.from_fees.saturating_add(more.from_fees);
    }
}

/// What an account earned in one minute, hour or day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EarningBucket {
    /// Beginning of the bucket.
    pub starts_at: Moment,
    /// Sums of the bucket.
    pub sums: EarningSums,
}

/// A sum as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct EarningRow {
    pub key: EarningKey,
    pub sums: EarningSums,
}

impl Table for EarningRow {
    const NAME: &'static str = "earnings";
    const KEY: &'static [&'static str] = &["account", "span", "starts_at"];
    const COLUMNS: &'static [&'static str] =
        &["account", "span", "starts_at", "ticks", "creator", "split", "gateway", "tips", "fees"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let mut values = self.key.values()?;
        values.extend([
            big("the sum of ticks", self.sums.ticks)?,
            amount(self.sums.as_creator),
            amount(self.sums.as_split),
            amount(self.sums.as_gateway),
            amount(self.sums.from_tips),
            amount(self.sums.from_fees),
        ]);
        Ok(values)
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            key: EarningKey {
                account: row.account("account")?,
                unit: read_span(row.i64("span")?)?,
                starts_at: row.u64("starts_at")?,
            },
            sums: EarningSums {
                ticks: row.u64("ticks")?,
                as_creator: row.amount("creator")?,
                as_split: row.amount("split")?,
                as_gateway: row.amount("gateway")?,
                from_tips: row.amount("tips")?,
                from_fees: row.amount("fees")?,
            },
        })
    }
}
