//! Quality of playback as viewers reported it to this gateway, by minute.

use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, big, text, Fields, Table, Value},
    store::{commit, Store},
};
use std::{collections::BTreeMap, ops::Range};
use tick_stream_primitives::{Moment, StreamId};

/// Maximum number of minutes in an answer: one week of a stream that is always watched.
pub const MAX_QUALITY_MINUTES: u32 = 10_080;
/// Maximum number of renditions of a minute. Further ones are left out.
pub const MAX_QUALITY_RENDITIONS: usize = 32;

/// What the viewers of a stream reported in one minute.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QualityMinute {
    /// Stream that was watched.
    pub stream: StreamId,
    /// Beginning of the minute.
    pub starts_at: Moment,
    /// Number of reports.
    pub reports: u64,
    /// Number of stalls.
    pub stalls: u64,
    /// Length of the stalls in milliseconds.
    pub stall_ms: u64,
    /// Number of pictures that were dropped.
    pub dropped_frames: u64,
    /// Number of all pictures.
    pub frames: u64,
    /// Histogram of start times. The index does not know the bounds of its buckets.
    pub starts: Vec<u64>,
    /// Histogram of distances to live.
    pub latencies: Vec<u64>,
    /// Milliseconds that each rendition was played, by its name.
    pub renditions: BTreeMap<String, u64>,
}

impl QualityMinute {
    /// Adds what another minute, or another part of this one, has.
    pub fn add(&mut self, other: &Self) {
        let sum = |to: &mut u64, from: u64| *to = to.saturating_add(from);
        sum(&mut self.reports, other.reports);
        sum(&mut self.stalls, other.stalls);
        sum(&mut self.stall_ms, other.stall_ms);
        sum(&mut self.dropped_frames, other.dropped_frames);
        sum(&mut self.frames, other.frames);
        add_counts(&mut self.starts, &other.starts);
        add_counts(&mut self.latencies, &other.latencies);
        for (name, ms) in &other.renditions {
            if self.renditions.len() < MAX_QUALITY_RENDITIONS || self.renditions.contains_key(name) {
                sum(self.renditions.entry(name.clone()).or_default(), *ms);
            }
        }
    }

    fn key(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![big("the stream", self.stream)?, big("the time", self.starts_at)?])
    }
}

fn add_counts(to: &mut Vec<u64>, from: &[u64]) {
    to.resize(to.len().max(from.len()), 0);
    for (to, from) in to.iter_mut().zip(from) {
        *to = to.saturating_add(*from);
    }
}

impl Store {
    /// Adds these minutes to the stored ones.
    pub async fn add_quality(&self, minutes: &[QualityMinute]) -> Result<(), GatewayStateError> {
        if minutes.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let keys = minutes.iter().map(QualityMinute::key).collect::<Result<Vec<_>, _>>()?;
        let stored: Vec<QualityMinute> = sql::load(&mut tx, &keys).await?;
        let mut rows = minutes.to_vec();
        for row in &mut rows {
            let is_same = |other: &&QualityMinute| (other.stream, other.starts_at) == (row.stream, row.starts_at);
            if let Some(stored) = stored.iter().find(is_same) {
                row.add(stored);
            }
        }
        sql::upsert(&mut tx, &rows).await?;
        Ok(commit(tx).await?)
    }

    /// Returns the minutes of a stream with reports, oldest first; the first [`MAX_QUALITY_MINUTES`] of them.
    pub async fn quality(
        &self,
        stream: StreamId,
        range: Range<Moment>,
    ) -> Result<Vec<QualityMinute>, GatewayStateError> {
        let columns = QualityMinute::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM playback_quality WHERE stream = $1 AND starts_at >= $2 AND starts_at < $3 \
             ORDER BY starts_at LIMIT {MAX_QUALITY_MINUTES}"
        );
        let storable = |at: Moment| big("the time", at.min(i64::MAX as u64));
        let values = vec![big("the stream", stream)?, storable(range.start)?, storable(range.end)?];
        let mut connection = self.read().await?;
        let rows = sql::fetch_all(&mut connection, "read the quality of playback", sql, values).await?;
        Ok(rows.iter().map(|row| QualityMinute::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Deletes the minutes before `before`.
    pub async fn forget_quality(&self, before: Moment) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM playback_quality WHERE starts_at < $1".to_owned();
        let values = vec![big("the time", before.min(i64::MAX as u64))?];
        sql::execute(&mut tx, "forget the quality of playback", sql, values).await?;
        Ok(commit(tx).await?)
    }
}

impl Table for QualityMinute {
    const NAME: &'static str = "playback_quality";
    const KEY: &'static [&'static str] = &["stream", "starts_at"];
    const COLUMNS: &'static [&'static str] = &[
        "stream",
        "starts_at",
        "reports",
        "stalls",
        "stall_ms",
        "dropped_frames",
        "frames",
        "starts",
        "latencies",
        "renditions",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let mut values = self.key()?;
        for (what, count) in [
            ("the number of reports", self.reports),
            ("the number of stalls", self.stalls),
            ("the length of stalls", self.stall_ms),
            ("the number of dropped pictures", self.dropped_frames),
            ("the number of pictures", self.frames),
        ] {
            values.push(big(what, count)?);
        }
        let renditions = self.renditions.iter().map(|(name, ms)| (name.clone(), (*ms).into()));
        values.extend([
            text(counts_as_text(&self.starts)),
            text(counts_as_text(&self.latencies)),
            text(serde_json::Value::Object(renditions.collect()).to_string()),
        ]);
        Ok(values)
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        let counts = |column| counts_of(&row.text(column)?).ok_or(StoreError::Corrupt { column });
        let column = "renditions";
        let renditions: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&row.text(column)?).map_err(|_| StoreError::Corrupt { column })?;
        Ok(Self {
            stream: row.u64("stream")?,
            starts_at: row.u64("starts_at")?,
            reports: row.u64("reports")?,
            stalls: row.u64("stalls")?,
            stall_ms: row.u64("stall_ms")?,
            dropped_frames: row.u64("dropped_frames")?,
            frames: row.u64("frames")?,
            starts: counts("starts")?,
            latencies: counts("latencies")?,
            renditions: renditions.into_iter().filter_map(|(name, ms)| Some((name, ms.as_u64()?))).collect(),
        })
    }
}

fn counts_as_text(counts: &[u64]) -> String {
    counts.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

/// The counts in a text, none in an empty one.
fn counts_of(text: &str) -> Option<Vec<u64>> {
    text.split(',').filter(|count| !count.is_empty()).map(|count| count.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_written_as_they_are_read() {
        for counts in [vec![], vec![0], vec![3, 0, u64::MAX]] {
            assert_eq!(counts_of(&counts_as_text(&counts)), Some(counts));
        }
        assert_eq!(counts_of("1,x"), None);
    }

    #[test]
    fn renditions_of_a_minute_are_limited() {
        let of = |names: Range<usize>| QualityMinute {
            renditions: names.map(|name| (name.to_string(), 1)).collect(),
            ..QualityMinute::default()
        };
        let mut minute = of(0..MAX_QUALITY_RENDITIONS);
        minute.add(&of(0..MAX_QUALITY_RENDITIONS + 5));
        assert_eq!(minute.renditions.len(), MAX_QUALITY_RENDITIONS);
        assert!(minute.renditions.values().all(|ms| *ms == 2), "those that are known are still added to");
    }
}
