//! How many watched, by stream and minute.

use super::OwnError;
use crate::{
    error::StoreError,
    page::MAX_PAGE,
    sql::{self, big, int, Fields, Table, Value},
    store::{commit, Store},
    values::Time,
    views::AudienceMinute,
};
use std::ops::Range;
use tick_stream_primitives::{Moment, StreamId};

/// The most minutes of one answer: two months of one stream.
pub const MAX_AUDIENCE_MINUTES: u32 = 100_000;
/// How long a row's time is, in milliseconds.
pub const AUDIENCE_MINUTE_MS: u64 = 60_000;

impl Store {
    /// Adds to what is known of these minutes: the most viewers, and the sums of the rest.
    pub async fn add_audience(&self, minutes: &[AudienceMinute]) -> Result<(), OwnError> {
        let mut tx = self.begin().await?;
        let keys = minutes.iter().map(AudienceMinute::key).collect::<Result<Vec<_>, _>>()?;
        let known: Vec<AudienceMinute> = sql::load(&mut tx, &keys).await?;
        let mut rows = minutes.to_vec();
        for row in &mut rows {
            let is_same = |known: &&AudienceMinute| (known.stream, known.starts_at) == (row.stream, row.starts_at);
            if let Some(known) = known.iter().find(is_same) {
                row.viewers = row.viewers.max(known.viewers);
                row.previewed = row.previewed.saturating_add(known.previewed);
                row.paid = row.paid.saturating_add(known.paid);
            }
        }
        sql::upsert(&mut tx, &rows).await?;
        Ok(commit(tx).await?)
    }

    /// The minutes in which somebody watched one of these streams, in order of time. At most [`MAX_PAGE`] streams are
    /// looked at, and [`MAX_AUDIENCE_MINUTES`] told.
    pub async fn audience(
        &self,
        streams: &[StreamId],
        range_ms: Range<Moment>,
    ) -> Result<Vec<AudienceMinute>, OwnError> {
        let streams = &streams[..streams.len().min(MAX_PAGE as usize)];
        if streams.is_empty() {
            return Ok(Vec::new());
        }
        let columns = AudienceMinute::COLUMNS.join(", ");
        let places: Vec<String> = (3..streams.len() + 3).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT {columns} FROM audience WHERE starts_at >= $1 AND starts_at < $2 AND stream IN ({}) ORDER BY \
             starts_at, stream LIMIT {MAX_AUDIENCE_MINUTES}",
            places.join(", ")
        );
        let storable = |at: Moment| big("the time", at.min(i64::MAX as u64));
        let mut values = vec![storable(range_ms.start)?, storable(range_ms.end)?];
        for stream in streams {
            values.push(big("the stream", *stream)?);
        }
        let mut connection = self.read().await?;
        let rows = sql::fetch_all(&mut connection, "read the audience", sql, values).await?;
        Ok(rows.iter().map(|row| AudienceMinute::read(&Fields(row))).collect::<Result<_, _>>()?)
    }
}

impl AudienceMinute {
    fn key(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![big("the stream", self.stream)?, big("the time", self.starts_at.0)?])
    }
}

impl Table for AudienceMinute {
    const NAME: &'static str = "audience";
    const KEY: &'static [&'static str] = &["stream", "starts_at"];
    const COLUMNS: &'static [&'static str] = &["stream", "starts_at", "viewers", "previewed", "paid"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let mut values = self.key()?;
        values.extend([int(self.viewers), big("the previews", self.previewed)?, big("the sessions", self.paid)?]);
        Ok(values)
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: row.u64("stream")?,
            starts_at: Time(row.u64("starts_at")?),
            viewers: row.u32("viewers")?,
            previewed: row.u64("previewed")?,
            paid: row.u64("paid")?,
        })
    }
}
