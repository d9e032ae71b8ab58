//! Everything that can be found by search, part by part, for an index of texts beside the database.

use super::{condition::Condition, select::select};
use crate::{
    error::QueryError,
    page::MAX_PAGE,
    rows::{
        recording::{visibility_number, RecordingRow, Visibility},
        stream::{status_number, StreamRow},
    },
    sql::{self, big, int, Fields, Table},
    store::Store,
};
use std::collections::HashMap;
use tick_stream_primitives::{Moment, StreamId, StreamStatus};

impl Store {
    /// Returns the streams that are neither ended nor suspended, in the order of their numbers, those behind `after`; at most
    /// [`MAX_PAGE`].
    pub async fn streams_after(&self, after: Option<StreamId>) -> Result<Vec<StreamRow>, QueryError> {
        let mut condition = Condition::default();
        condition.add("status IN ($, $)", [StreamStatus::Live, StreamStatus::Offline].map(status_number));
        if let Some(after) = after {
            condition.add_checked("id > $", big("the stream", after))?;
        }
        Ok(select(&mut *self.read().await?, &condition, "ORDER BY id", MAX_PAGE as usize).await?)
    }

    /// Returns streams of any status. Those that the index does not have are left out.
    pub async fn streams_of_ids(&self, ids: &[StreamId]) -> Result<HashMap<StreamId, StreamRow>, QueryError> {
        let keys: Vec<_> = ids.iter().filter_map(|id| Some(vec![big("the stream", *id).ok()?])).collect();
        let rows = sql::load::<StreamRow>(&mut *self.read().await?, &keys).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }

    /// Returns the public recordings that can be watched, in the order of their streams and numbers, those behind `after`; at
    /// most [`MAX_PAGE`].
    pub async fn recordings_after(&self, after: Option<(StreamId, u64)>) -> Result<Vec<RecordingRow>, QueryError> {
        let mut condition = public();
        if let Some((stream, number)) = after {
            let values = [big("the stream", stream)?, big("the recording", number)?];
            condition.add("(r.stream, r.number) > ($, $)", values);
        }
        self.select_public(condition, "ORDER BY r.stream, r.number").await
    }

    /// Returns the public recordings that were published since a time, the last first; at most [`MAX_PAGE`].
    pub async fn recordings_published_since(&self, since: Moment) -> Result<Vec<RecordingRow>, QueryError> {
        let mut condition = public();
        condition.add_checked("r.published_at >= $", big("the time", since))?;
        self.select_public(condition, "ORDER BY r.published_at DESC, r.stream DESC, r.number DESC").await
    }

    /// Returns recordings in whatever state; those that do not exist are left out.
    pub async fn recordings_of_keys(
        &self,
        keys: &[(StreamId, u64)],
    ) -> Result<HashMap<(StreamId, u64), RecordingRow>, QueryError> {
        let key = |(stream, number): &(StreamId, u64)| {
            Some(vec![big("the stream", *stream).ok()?, big("the recording", *number).ok()?])
        };
        let keys: Vec<_> = keys.iter().filter_map(key).collect();
        let rows = sql::load::<RecordingRow>(&mut *self.read().await?, &keys).await?;
        Ok(rows.into_iter().map(|row| ((row.stream, row.number), row)).collect())
    }

    async fn select_public(&self, condition: Condition, order: &str) -> Result<Vec<RecordingRow>, QueryError> {
        let columns: Vec<String> = RecordingRow::COLUMNS.iter().map(|column| format!("r.{column}")).collect();
        let sql = format!(
            "SELECT {} FROM recordings r LEFT JOIN streams s ON s.id = r.stream {} {order} LIMIT {MAX_PAGE}",
            columns.join(", "),
            condition.sql()
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "list recordings", sql, condition.values).await?;
        Ok(rows.iter().map(|row| RecordingRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }
}

/// Recordings that everyone may find.
fn public() -> Condition {
    let mut condition = Condition::default();
    condition.add("r.deleted_at IS NULL AND r.state = 1", []);
    condition.add("r.visibility = $", [int(visibility_number(Visibility::Public))]);
    condition.add("COALESCE(s.status, 0) <> $", [status_number(StreamStatus::Suspended)]);
    condition
}
