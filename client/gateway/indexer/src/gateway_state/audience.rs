//! Audience of streams at this gateway, by minute.

use crate::{
    error::{GatewayStateError, StoreError},
    page::MAX_PAGE,
    sql::{self, big, int, Fields, Table, Value},
    store::{commit, Store},
};
use std::ops::Range;
use tick_stream_primitives::{Moment, StreamId};

/// Maximum number of minutes in an answer: about two months of one stream.
pub const MAX_AUDIENCE_MINUTES: u32 = 100_000;
/// Length of a minute in milliseconds.
pub const AUDIENCE_MINUTE_MS: u64 = 60_000;

/// Audience of a stream in one minute, at this gateway.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AudienceMinute {
    /// Stream that was watched.
    pub stream: StreamId,
    /// Beginning of the minute.
    pub starts_at: Moment,
    /// Highest number of viewers at one time.
    pub viewers: u32,
    /// Number of viewers who began a preview.
    pub previewed: u64,
    /// Number of sessions that paid for the first time.
    pub paid: u64,
}

impl Store {
    /// Merges these minutes with the stored ones: the highest number of viewers, and the sums of the rest.
    pub async fn add_audience(&self, minutes: &[AudienceMinute]) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        let keys = minutes.iter().map(AudienceMinute::key).collect::<Result<Vec<_>, _>>()?;
        let stored: Vec<AudienceMinute> = sql::load(&mut tx, &keys).await?;
        let mut rows = minutes.to_vec();
        for row in &mut rows {
            let is_same = |other: &&AudienceMinute| (other.stream, other.starts_at) == (row.stream, row.starts_at);
            if let Some(stored) = stored.iter().find(is_same) {
                row.viewers = row.viewers.max(stored.viewers);
                row.previewed = row.previewed.saturating_add(stored.previewed);
                row.paid = row.paid.saturating_add(stored.paid);
            }
        }
        sql::upsert(&mut tx, &rows).await?;
        Ok(commit(tx).await?)
    }

    /// Returns the minutes with an audience of any of these streams, in order of time. Only the first [`MAX_PAGE`] streams
    /// and the first [`MAX_AUDIENCE_MINUTES`] minutes are considered.
    pub async fn audience(
        &self,
        streams: &[StreamId],
        range: Range<Moment>,
    ) -> Result<Vec<AudienceMinute>, GatewayStateError> {
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
        let mut values = vec![storable(range.start)?, storable(range.end)?];
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
        Ok(vec![big("the stream", self.stream)?, big("the time", self.starts_at)?])
    }
}

impl Table for AudienceMinute {
    const NAME: &'static str = "audience";
    const KEY: &'static [&'static str] = &["stream", "starts_at"];
    const COLUMNS: &'static [&'static str] = &["stream", "starts_at", "viewers", "previewed", "paid"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let mut values = self.key()?;
        values.extend([
            int(self.viewers),
            big("the number of previews", self.previewed)?,
            big("the number of sessions", self.paid)?,
        ]);
        Ok(values)
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: row.u64("stream")?,
            starts_at: row.u64("starts_at")?,
            viewers: row.u32("viewers")?,
            previewed: row.u64("previewed")?,
            paid: row.u64("paid")?,
        })
    }
}
