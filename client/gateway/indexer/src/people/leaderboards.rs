//! Who has tipped and watched most, by what finalized blocks reported.
//!
//! Neither database adds 128-bit numbers exactly. Amounts are therefore added in three parts of 13 digits, and compared part by
//! part, with what each carries over to the next.

use crate::{
    error::{QueryError, StoreError},
    sql::{self, big, Fields, Value},
    store::Store,
};
use tick_stream_primitives::{AccountId, Balance, Moment, StreamId};

/// Maximum number of people in a leaderboard.
pub const MAX_LEADERS: u32 = 50;
/// 10^13: amounts are added in parts of 13 digits.
const PART: u64 = 10_000_000_000_000;

/// A person in a leaderboard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeaderRow {
    /// The person.
    pub account: AccountId,
    /// Amount tipped, or ticks watched and paid for.
    pub sum: Balance,
}

impl Store {
    /// Returns those who have tipped most since a time, the most first; equal sums in the order of accounts. Those who hide from
    /// leaderboards are left out. `stream` restricts the tips to those of one stream.
    ///
    /// # Errors
    ///
    /// Fails if the database fails.
    pub async fn top_tippers(&self, since: Moment, stream: Option<StreamId>) -> Result<Vec<LeaderRow>, QueryError> {
        let Some((condition, values)) = condition("at", since, stream) else { return Ok(Vec::new()) };
        let part = |from: u32| format!("CAST(SUM(CAST(SUBSTR(t.amount, {from}, 13) AS BIGINT)) AS BIGINT)");
        let sql = format!(
            "SELECT person, high, middle, low FROM (SELECT t.giver AS person, {} AS high, {} AS middle, {} AS low \
             FROM tips t LEFT JOIN profiles p ON p.account = t.giver WHERE {condition} GROUP BY t.giver) AS sums \
             ORDER BY high + (middle + low / {PART}) / {PART} DESC, (middle + low / {PART}) % {PART} DESC, \
             low % {PART} DESC, person LIMIT {MAX_LEADERS}",
            part(1),
            part(14),
            part(27),
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "find tippers", sql, values).await?;
        let read = |row: &sqlx::any::AnyRow| -> Result<LeaderRow, StoreError> {
            let row = Fields(row);
            let part = |column| row.u64(column).map(Balance::from);
            let (high, middle, low) = (part("high")?, part("middle")?, part("low")?);
            let size = Balance::from(PART);
            let sum = high.saturating_mul(size).saturating_add(middle).saturating_mul(size).saturating_add(low);
            Ok(LeaderRow { account: row.account("person")?, sum })
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// Returns those who have watched and paid for most since a time, in ticks, the most first; as [`Self::top_tippers`] otherwise.
    ///
    /// # Errors
    ///
    /// Fails if the database fails.
    pub async fn top_watchers(&self, since: Moment, stream: Option<StreamId>) -> Result<Vec<LeaderRow>, QueryError> {
        let Some((condition, values)) = condition("time_ms", since, stream) else { return Ok(Vec::new()) };
        let sql = format!(
            "SELECT t.viewer AS person, CAST(SUM(t.ticks) AS BIGINT) AS tick_sum FROM receipts t \
             LEFT JOIN profiles p ON p.account = t.viewer WHERE {condition} GROUP BY t.viewer \
             ORDER BY tick_sum DESC, person LIMIT {MAX_LEADERS}"
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "find watchers", sql, values).await?;
        let read = |row: &sqlx::any::AnyRow| -> Result<LeaderRow, StoreError> {
            let row = Fields(row);
            Ok(LeaderRow { account: row.account("person")?, sum: row.u64("tick_sum")?.into() })
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }
}

/// Returns the condition on payments `t` of people `p`; `None` if no payment can meet it.
fn condition(time: &str, since: Moment, stream: Option<StreamId>) -> Option<(String, Vec<Value>)> {
    let mut condition = format!("t.{time} >= $1 AND COALESCE(p.hides_from_leaderboards, 0) = 0");
    let mut values = vec![big("the time", since).ok()?];
    if let Some(stream) = stream {
        condition.push_str(" AND t.stream = $2");
        values.push(big("the stream", stream).ok()?);
    }
    Some((condition, values))
}
