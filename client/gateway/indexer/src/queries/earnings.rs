//! What accounts earned: over a range of time, ever, and with each stream.

use super::filter::Condition;
use crate::{
    error::QueryError,
    page::{page_of, List, PageRequest},
    rows::earning::{stream_number, EarningKey, EarningRow, Span, Sums},
    sql::{self, big, Fields, Table, Value},
    store::Store,
    values::Time,
    views::{EarningBucket, EarningParts, EarningSeries, Page, StreamEarnings},
};
use serde::Deserialize;
use std::{collections::HashMap, ops::Range};
use tick_stream_primitives::{AccountId, Moment, StreamId};

/// The most buckets of one answer: a day of minutes, two months of hours, four years of days.
pub const MAX_BUCKETS: u64 = 1_500;

/// How long a bucket is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day, in UTC.
    Day,
}

impl TimeUnit {
    fn span(self) -> Span {
        match self {
            Self::Minute => Span::Minute,
            Self::Hour => Span::Hour,
            Self::Day => Span::Day,
        }
    }

    /// Its length.
    pub fn length_ms(self) -> u64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }
}

/// Whose earnings, when, and how finely.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EarningsQuery {
    /// Whose.
    pub account: AccountId,
    /// With this stream only.
    pub stream: Option<StreamId>,
    /// How long a bucket is.
    pub unit: TimeUnit,
    /// Milliseconds since the Unix epoch. Every bucket that the range touches is in the answer, whole.
    pub range_ms: Range<Moment>,
}

impl EarningsQuery {
    /// The starts of the first bucket and of the one behind the last.
    fn bounds(&self) -> Result<(u64, u64), QueryError> {
        let bad = || QueryError::BadRange { max: MAX_BUCKETS };
        let length = self.unit.length_ms();
        if self.range_ms.is_empty() {
            return Err(bad());
        }
        let first = self.unit.span().start_of(self.range_ms.start);
        let end = self.range_ms.end.checked_next_multiple_of(length).ok_or_else(bad)?;
        // Times beyond the database's integers cannot be asked for either.
        let is_storable = i64::try_from(end).is_ok();
        ((end - first) / length <= MAX_BUCKETS && is_storable).then_some((first, end)).ok_or_else(bad)
    }
}

impl Store {
    /// What an account earned in each minute, hour or day of a range, at most [`MAX_BUCKETS`] of them.
    pub async fn earnings(&self, query: &EarningsQuery) -> Result<EarningSeries, QueryError> {
        let (first, end) = query.bounds()?;
        let mut condition = of_account(&query.account, query.unit.span());
        condition.add_checked("stream = $", stream_number(query.stream))?;
        condition.add_checked("starts_at >= $", big("the range's beginning", first))?;
        condition.add_checked("starts_at < $", big("the range's end", end))?;
        let rows = self.select_earnings(&condition, "ORDER BY starts_at").await?;
        let mut total = Sums::default();
        rows.iter().for_each(|row| total.add(&row.sums));
        let buckets =
            rows.into_iter().map(|row| EarningBucket { starts_at: Time(row.key.starts_at), parts: row.sums.into() });
        Ok(EarningSeries { buckets: buckets.collect(), total: total.into() })
    }

    /// What an account ever earned, with all streams or with one.
    pub async fn earnings_total(
        &self,
        account: &AccountId,
        stream: Option<StreamId>,
    ) -> Result<EarningParts, QueryError> {
        let key = EarningKey { account: account.clone(), span: Span::Ever, stream, starts_at: 0 };
        let Ok(values) = key.values() else { return Ok(EarningParts::default()) };
        let rows = sql::load::<EarningRow>(&mut *self.read().await?, &[values]).await?;
        Ok(rows.into_iter().next().map(|row| row.sums.into()).unwrap_or_default())
    }

    /// What an account ever earned with each stream, in order of the streams' numbers.
    pub async fn earnings_by_stream(
        &self,
        account: &AccountId,
        page: &PageRequest,
    ) -> Result<Page<StreamEarnings>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = of_account(account, Span::Ever);
        match page.mark::<StreamId>(List::StreamEarnings)? {
            Some(stream) => condition.add_checked("stream > $", big("the stream", stream))?,
            None => condition.add("stream >= $", [Value::Int(0)]),
        }
        let rows = self.select_earnings(&condition, &format!("ORDER BY stream LIMIT {}", limit + 1)).await?;
        let rows: Vec<(StreamId, Sums)> =
            rows.into_iter().filter_map(|row| Some((row.key.stream?, row.sums))).collect();
        let mut titles = self.titles(rows.iter().map(|(stream, _)| *stream)).await?;
        Ok(page_of(
            List::StreamEarnings,
            limit,
            rows,
            |(stream, _)| *stream,
            |(stream, sums)| StreamEarnings { stream, title: titles.remove(&stream), parts: sums.into() },
        ))
    }

    async fn select_earnings(&self, condition: &Condition, order: &str) -> Result<Vec<EarningRow>, QueryError> {
        let columns = EarningRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM earnings {} {order}", condition.sql());
        let rows = sql::fetch_all(&mut *self.read().await?, "list earnings", sql, condition.values.clone()).await?;
        Ok(rows.iter().map(|row| EarningRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    async fn titles(&self, streams: impl Iterator<Item = StreamId>) -> Result<HashMap<StreamId, String>, QueryError> {
        let ids = streams.map(|id| big("the stream", id)).collect::<Result<Vec<_>, _>>()?;
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let mut condition = Condition::default();
        condition.add_all(&format!("id IN ({})", vec!["$"; ids.len()].join(", ")), ids);
        let sql = format!("SELECT id, title FROM streams {}", condition.sql());
        let rows = sql::fetch_all(&mut *self.read().await?, "read titles", sql, condition.values).await?;
        let titles = rows.iter().map(|row| Ok((Fields(row).u64("id")?, Fields(row).text("title")?)));
        titles.collect()
    }
}

fn of_account(account: &AccountId, span: Span) -> Condition {
    let mut condition = Condition::default();
    condition.add("account = $", [sql::account(account)]);
    condition.add("span = $", [Value::Int(span.number())]);
    condition
}
