//! Earnings of accounts: over a range of time, and over all time.

use super::{
    borders::{Borders, MAX_BUCKETS},
    condition::Condition,
};
use crate::{
    error::{QueryError, StoreError},
    rows::earning::{span, EarningBucket, EarningKey, EarningRow, EarningSums, TimeUnit},
    sql::{self, big, Fields, Table},
    store::Store,
};
use sqlx::AnyConnection;
use std::{collections::BTreeSet, ops::Range};
use tick_stream_primitives::{AccountId, Moment};

/// Number of ranges in one statement.
const RANGES_PER_STATEMENT: usize = 64;

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

    /// Returns what an account earned between each two of `borders`, in order of time; for days and hours of a time zone. The
    /// borders ascend and are whole minutes. Buckets without earnings are left out.
    ///
    /// # Errors
    ///
    /// Fails if the borders are not valid or more than [`MAX_BUCKETS`] and one, and if the database fails.
    pub async fn earnings_between(
        &self,
        account: &AccountId,
        borders: &[Moment],
    ) -> Result<Vec<EarningBucket>, QueryError> {
        let borders = Borders::new(borders, TimeUnit::Minute.length_ms())?;
        let range = borders.range();
        // Hours within one bucket are added whole. Of hours that a border divides, the minutes are added.
        let dividing = borders.moments().iter().filter(|at| **at != TimeUnit::Hour.start_of(**at));
        let divided: BTreeSet<Moment> = dividing.map(|at| TimeUnit::Hour.start_of(*at)).collect();
        let mut connection = self.read().await?;
        let hours = TimeUnit::Hour.start_of(range.start)..range.end;
        let mut rows = between(&mut connection, account, TimeUnit::Hour, std::slice::from_ref(&hours)).await?;
        rows.retain(|row| !divided.contains(&row.key.starts_at));
        for ranges in joined(&divided).chunks(RANGES_PER_STATEMENT) {
            rows.extend(between(&mut connection, account, TimeUnit::Minute, ranges).await?);
        }
        let mut sums = vec![EarningSums::default(); borders.buckets()];
        for row in rows {
            if let Some(sum) = borders.bucket_of(row.key.starts_at).and_then(|bucket| sums.get_mut(bucket)) {
                sum.add(&row.sums);
            }
        }
        let buckets = borders.moments().iter().zip(sums).filter(|(_, sums)| *sums != EarningSums::default());
        Ok(buckets.map(|(starts_at, sums)| EarningBucket { starts_at: *starts_at, sums }).collect())
    }

    /// Returns what an account earned over all time.
    pub async fn earnings_total(&self, account: &AccountId) -> Result<EarningSums, QueryError> {
        let key = EarningKey::at(account.clone(), None, 0).values()?;
        let rows = sql::load::<EarningRow>(&mut *self.read().await?, &[key]).await?;
        Ok(rows.into_iter().next().map(|row| row.sums).unwrap_or_default())
    }
}

/// Reads the sums of an account that begin within any of the ranges.
async fn between(
    connection: &mut AnyConnection,
    account: &AccountId,
    unit: TimeUnit,
    ranges: &[Range<Moment>],
) -> Result<Vec<EarningRow>, StoreError> {
    let mut condition = Condition::default();
    condition.add("account = $", [sql::account(account)]);
    condition.add("span = $", [span(Some(unit))]);
    let bounds = ranges.iter().flat_map(|range| [range.start, range.end]);
    let bounds = bounds.map(|at| big("the range", at)).collect::<Result<Vec<_>, _>>()?;
    let terms = vec!["(starts_at >= $ AND starts_at < $)"; ranges.len()].join(" OR ");
    condition.add_all(&format!("({terms})"), bounds);
    let columns = EarningRow::COLUMNS.join(", ");
    let sql = format!("SELECT {columns} FROM earnings {}", condition.sql());
    let rows = sql::fetch_all(connection, "list earnings", sql, condition.values).await?;
    rows.iter().map(|row| EarningRow::read(&Fields(row))).collect()
}

/// Joins hours that follow one another.
fn joined(hours: &BTreeSet<Moment>) -> Vec<Range<Moment>> {
    let mut ranges: Vec<Range<Moment>> = Vec::new();
    for &hour in hours {
        let end = hour + TimeUnit::Hour.length_ms();
        match ranges.last_mut() {
            Some(last) if last.end == hour => last.end = end,
            _ => ranges.push(hour..end),
        }
    }
    ranges
}
