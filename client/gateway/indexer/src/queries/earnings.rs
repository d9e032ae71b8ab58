//! Earnings of accounts: over a range of time, and over all time.

use super::condition::Condition;
use crate::{
    error::QueryError,
    rows::earning::{span, EarningBucket, EarningKey, EarningRow, EarningSums, TimeUnit},
    sql::{self, big, Fields, Table},
    store::Store,
};
use std::ops::Range;
use tick_stream_primitives::{AccountId, Moment};

/// Maximum number of buckets in an answer: a day of minutes, two months of hours, or four years of days.
pub const MAX_BUCKETS: u64 = 1_500;

/// Query for the earnings of an account over a range of time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EarningsQuery {
    /// Account that earned.
    pub account: AccountId,
    /// Length of a bucket.
    pub unit: TimeUnit,
    /// Range of time. Each bucket that overlaps it is returned whole. At most [`MAX_BUCKETS`] buckets.
    pub range: Range<Moment>,
}

impl EarningsQuery {
    /// Returns the beginnings of the first bucket and of the one behind the last.
    fn bounds(&self) -> Result<(Moment, Moment), QueryError> {
        let bad = || QueryError::BadRange { max: MAX_BUCKETS };
        let length = self.unit.length_ms();
        if self.range.is_empty() {
            return Err(bad());
        }
        let first = self.unit.start_of(self.range.start);
        let end = self.range.end.checked_next_multiple_of(length).ok_or_else(bad)?;
        // The database has signed integers only.
        let is_storable = i64::try_from(end).is_ok();
        ((end - first) / length <= MAX_BUCKETS && is_storable).then_some((first, end)).ok_or_else(bad)
    }
}

impl Store {
    /// Returns what an account earned in each minute, hour or day of a range, in order of time. Buckets without earnings
    /// are left out.
    ///
    /// # Errors
    ///
    /// Fails if the range is empty or has more than [`MAX_BUCKETS`] buckets, and if the database fails.
    pub async fn earnings(&self, query: &EarningsQuery) -> Result<Vec<EarningBucket>, QueryError> {
        let (first, end) = query.bounds()?;
        let mut condition = Condition::default();
        condition.add("account = $", [sql::account(&query.account)]);
        condition.add("span = $", [span(Some(query.unit))]);
        condition.add_checked("starts_at >= $", big("the range's beginning", first))?;
        condition.add_checked("starts_at < $", big("the range's end", end))?;
        let columns = EarningRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM earnings {} ORDER BY starts_at", condition.sql());
        let rows = sql::fetch_all(&mut *self.read().await?, "list earnings", sql, condition.values).await?;
        let bucket = |row: EarningRow| EarningBucket { starts_at: row.key.starts_at, sums: row.sums };
        Ok(rows.iter().map(|row| EarningRow::read(&Fields(row)).map(bucket)).collect::<Result<_, _>>()?)
    }

    /// Returns what an account earned over all time.
    pub async fn earnings_total(&self, account: &AccountId) -> Result<EarningSums, QueryError> {
        let key = EarningKey::at(account.clone(), None, 0).values()?;
        let rows = sql::load::<EarningRow>(&mut *self.read().await?, &[key]).await?;
        Ok(rows.into_iter().next().map(|row| row.sums).unwrap_or_default())
    }
}
