//! What people watched and liked lately, by hour, and streams of many creators: what recommendations are made from.

use crate::{
    error::{QueryError, StoreError},
    rows::stream::{status_number, StreamRow},
    sql::{self, account, big, portions, Fields, Table, Value},
    store::Store,
};
use tick_stream_primitives::{AccountId, Moment, StreamId, StreamStatus};

/// Maximum number of hours of streams, and of subjects, that trends are made from: those with most.
pub const MAX_TREND_HOURS: u32 = 20_000;
/// Length of an hour in milliseconds.
const HOUR_MS: u64 = 3_600_000;

/// How long people watched a stream within an hour, or how many liked a subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrendHour<T> {
    /// What was watched or liked.
    pub what: T,
    /// Beginning of the hour.
    pub starts_at: Moment,
    /// Minutes of all viewers together, or the number of likes.
    pub count: u64,
}

impl Store {
    /// Returns how long streams were watched since a time, by hour, the most watched first; at most [`MAX_TREND_HOURS`].
    ///
    /// # Errors
    ///
    /// Fails if the database fails.
    pub async fn watched_by_hour(&self, since: Moment) -> Result<Vec<TrendHour<StreamId>>, QueryError> {
        let sql = format!(
            "SELECT stream, starts_at / {HOUR_MS} AS hour, CAST(SUM(viewers) AS BIGINT) AS trend FROM audience \
             WHERE starts_at >= $1 GROUP BY stream, starts_at / {HOUR_MS} ORDER BY trend DESC, stream DESC \
             LIMIT {MAX_TREND_HOURS}"
        );
        let since = vec![big("the time", since)?];
        let rows = sql::fetch_all(&mut *self.read().await?, "sum up audiences", sql, since).await?;
        Ok(rows.iter().map(|row| hour(&Fields(row), |row| row.u64("stream"))).collect::<Result<_, _>>()?)
    }

    /// Returns how many people liked subjects since a time, by hour, the most liked first; at most [`MAX_TREND_HOURS`].
    ///
    /// # Errors
    ///
    /// Fails if the database fails.
    pub async fn liked_by_hour(&self, since: Moment) -> Result<Vec<TrendHour<String>>, QueryError> {
        let sql = format!(
            "SELECT subject, liked_at / {HOUR_MS} AS hour, COUNT(*) AS trend FROM likes WHERE liked_at >= $1 \
             GROUP BY subject, liked_at / {HOUR_MS} ORDER BY trend DESC, subject LIMIT {MAX_TREND_HOURS}"
        );
        let since = vec![big("the time", since)?];
        let rows = sql::fetch_all(&mut *self.read().await?, "sum up likes", sql, since).await?;
        Ok(rows.iter().map(|row| hour(&Fields(row), |row| row.text("subject"))).collect::<Result<_, _>>()?)
    }

    /// Returns streams of creators that are neither ended nor suspended, the newest first; at most `limit` for each 256 creators.
    ///
    /// # Errors
    ///
    /// Fails if the database fails.
    pub async fn streams_of_creators(&self, creators: &[AccountId], limit: u32) -> Result<Vec<StreamRow>, QueryError> {
        let columns = StreamRow::COLUMNS.join(", ");
        let mut connection = self.read().await?;
        let mut found = Vec::new();
        for part in portions(creators) {
            let places: Vec<String> = (3..part.len() + 3).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT {columns} FROM streams WHERE status IN ($1, $2) AND creator IN ({}) ORDER BY id DESC \
                 LIMIT {limit}",
                places.join(", ")
            );
            let mut values: Vec<Value> = [StreamStatus::Live, StreamStatus::Offline].map(status_number).into();
            values.extend(part.iter().map(account));
            for row in &sql::fetch_all(&mut connection, "list streams", sql, values).await? {
                found.push(StreamRow::read(&Fields(row))?);
            }
        }
        Ok(found)
    }
}

fn hour<T>(
    row: &Fields<'_>,
    what: impl FnOnce(&Fields<'_>) -> Result<T, StoreError>,
) -> Result<TrendHour<T>, StoreError> {
    let starts_at = row.u64("hour")?.saturating_mul(HOUR_MS);
    Ok(TrendHour { what: what(row)?, starts_at, count: row.u64("trend")? })
}
