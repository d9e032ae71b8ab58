//! Running sums of what accounts earned, by minute, hour, day and ever, for each stream and for all of them.
//!
//! The sums are kept when a block is applied, not made when somebody asks: neither database adds 128-bit numbers
//! exactly, and a year of minutes is too much to add up for a chart of days.

use crate::{
    error::StoreError,
    sql::{self, amount, big, Fields, Table, Value},
    values::Planck,
    views::EarningParts,
};
use tick_stream_primitives::{AccountId, Balance, Moment, StreamId};

/// Stands for all streams of an account.
const ALL_STREAMS: i64 = -1;

/// How much time one sum covers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Span {
    Minute,
    Hour,
    Day,
    Ever,
}

impl Span {
    pub const ALL: [Self; 4] = [Self::Minute, Self::Hour, Self::Day, Self::Ever];

    /// As stored.
    pub fn number(self) -> i64 {
        match self {
            Self::Minute => 0,
            Self::Hour => 1,
            Self::Day => 2,
            Self::Ever => 3,
        }
    }

    fn of(number: i64) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|span| span.number() == number)
            .ok_or(StoreError::Corrupt { column: "earnings.span" })
    }

    /// Its length; nothing for all time.
    pub fn length_ms(self) -> Option<u64> {
        match self {
            Self::Minute => Some(60_000),
            Self::Hour => Some(3_600_000),
            Self::Day => Some(86_400_000),
            Self::Ever => None,
        }
    }

    /// When the span that `time_ms` is in begins. Days are UTC days: the epoch began with one.
    pub fn start_of(self, time_ms: Moment) -> Moment {
        self.length_ms().map_or(0, |length| time_ms - time_ms % length)
    }
}

/// Which sum. Ordered, so that two replicas write their rows in the same order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct EarningKey {
    pub account: AccountId,
    pub span: Span,
    /// Nothing for all streams.
    pub stream: Option<StreamId>,
    pub starts_at: Moment,
}

impl EarningKey {
    pub fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            sql::account(&self.account),
            Value::Int(self.span.number()),
            stream_number(self.stream)?,
            big("the block's time", self.starts_at)?,
        ])
    }
}

/// A stream, or all of them, as stored.
pub(crate) fn stream_number(stream: Option<StreamId>) -> Result<Value, StoreError> {
    stream.map_or(Ok(Value::Int(ALL_STREAMS)), |stream| big("the stream", stream))
}

/// Amounts by the right to them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Sums {
    pub ticks: u64,
    pub creator: Balance,
    pub split: Balance,
    pub gateway: Balance,
    pub tips: Balance,
}

impl Sums {
    pub fn add(&mut self, more: &Self) {
        self.ticks = self.ticks.saturating_add(more.ticks);
        self.creator = self.creator.saturating_add(more.creator);
        self.split = self.split.saturating_add(more.split);
        self.gateway = self.gateway.saturating_add(more.gateway);
        self.tips = self.tips.saturating_add(more.tips);
    }
}

impl From<Sums> for EarningParts {
    fn from(sums: Sums) -> Self {
        let total = [sums.creator, sums.split, sums.gateway, sums.tips].into_iter().fold(0, Balance::saturating_add);
        Self {
            ticks: sums.ticks,
            as_creator: Planck(sums.creator),
            as_split: Planck(sums.split),
            as_gateway: Planck(sums.gateway),
            from_tips: Planck(sums.tips),
            total: Planck(total),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct EarningRow {
    pub key: EarningKey,
    pub sums: Sums,
}

impl Table for EarningRow {
    const NAME: &'static str = "earnings";
    const KEY: &'static [&'static str] = &["account", "span", "stream", "starts_at"];
    const COLUMNS: &'static [&'static str] =
        &["account", "span", "stream", "starts_at", "ticks", "creator", "split", "gateway", "tips"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let mut values = self.key.values()?;
        values.extend([
            big("the sum of ticks", self.sums.ticks)?,
            amount(self.sums.creator),
            amount(self.sums.split),
            amount(self.sums.gateway),
            amount(self.sums.tips),
        ]);
        Ok(values)
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            key: EarningKey {
                account: row.account("account")?,
                span: Span::of(row.i64("span")?)?,
                stream: Some(row.i64("stream")?)
                    .filter(|&stream| stream != ALL_STREAMS)
                    .map(|stream| u64::try_from(stream).map_err(|_| StoreError::Corrupt { column: "earnings.stream" }))
                    .transpose()?,
                starts_at: row.u64("starts_at")?,
            },
            sums: Sums {
                ticks: row.u64("ticks")?,
                creator: row.amount("creator")?,
                split: row.amount("split")?,
                gateway: row.amount("gateway")?,
                tips: row.amount("tips")?,
            },
        })
    }
}
