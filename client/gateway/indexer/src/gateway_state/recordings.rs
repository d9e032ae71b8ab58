//! Recordings of this gateway: what their creators say of them, and when their files go.

use crate::{
    error::{GatewayStateError, StoreError},
    page::MAX_PAGE,
    people::forget_subject,
    rows::recording::{RecordingRow, RecordingState},
    sql::{self, big, int, Fields, Table, Value},
    store::{commit, Store},
};
use sqlx::AnyConnection;
use tick_stream_primitives::{AccountId, Moment, StreamId};

/// Holds for a recording that can be watched.
pub(super) const IS_READY: &str = "state = 1 AND deleted_at IS NULL";

/// What is measured of a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RecordingSize {
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Bytes in the object store.
    pub bytes: u64,
}

impl Store {
    /// Returns a recording that can be watched, or `None` if there is none of this number.
    pub async fn recording(&self, stream: StreamId, number: u64) -> Result<Option<RecordingRow>, GatewayStateError> {
        let found = self.any_recording(stream, number).await?;
        Ok(found.filter(|row| row.state == RecordingState::Ready && row.deleted_at.is_none()))
    }

    /// Returns a recording in whatever state, deleted ones included.
    pub async fn any_recording(
        &self,
        stream: StreamId,
        number: u64,
    ) -> Result<Option<RecordingRow>, GatewayStateError> {
        let Ok(key) = key_of(stream, number) else { return Ok(None) };
        Ok(load(&mut *self.read().await?, key).await?)
    }

    /// Adds a recording, which must be new.
    pub async fn add_recording(&self, row: &RecordingRow) -> Result<(), GatewayStateError> {
        let mut row = row.clone();
        row.settle_token();
        let mut tx = self.begin().await?;
        sql::insert(&mut tx, &[row]).await?;
        Ok(commit(tx).await?)
    }

    /// Changes a recording, unless it is deleted. Returns it as changed; `None` if there is none.
    pub async fn change_recording(
        &self,
        stream: StreamId,
        number: u64,
        change: impl FnOnce(&mut RecordingRow),
    ) -> Result<Option<RecordingRow>, GatewayStateError> {
        let Ok(key) = key_of(stream, number) else { return Ok(None) };
        let mut tx = self.begin().await?;
        let found = load(&mut tx, key).await?.filter(|row| row.deleted_at.is_none());
        let Some(mut row) = found else { return Ok(None) };
        change(&mut row);
        row.settle_token();
        sql::upsert(&mut tx, std::slice::from_ref(&row)).await?;
        commit(tx).await?;
        Ok(Some(row))
    }

    /// Gives tokens to recordings that were unlisted before there were tokens.
    pub async fn add_missing_tokens(&self) -> Result<(), GatewayStateError> {
        let condition = "visibility = 1 AND token = '' AND deleted_at IS NULL";
        loop {
            let found = self.select_recordings(condition, "created_at", Vec::new()).await?;
            if found.is_empty() {
                return Ok(());
            }
            for row in found {
                self.change_recording(row.stream, row.number, |_| {}).await?;
            }
        }
    }

    /// Writes down how large a recording is, if it exists.
    pub async fn measure_recording(
        &self,
        stream: StreamId,
        number: u64,
        size: RecordingSize,
    ) -> Result<(), GatewayStateError> {
        let RecordingSize { duration_ms, bytes } = size;
        self.change_recording(stream, number, |row| (row.duration_ms, row.bytes) = (duration_ms, bytes)).await.map(drop)
    }

    /// Deletes a recording: from now on it cannot be watched, and its files are among [`Self::deleted_recordings`].
    pub async fn delete_recording(
        &self,
        stream: StreamId,
        number: u64,
        at: Moment,
    ) -> Result<Option<RecordingRow>, GatewayStateError> {
        self.change_recording(stream, number, |row| row.deleted_at = Some(at)).await
    }

    /// Returns deleted recordings whose files have to be removed, the first deleted first; at most [`MAX_PAGE`].
    pub async fn deleted_recordings(&self) -> Result<Vec<RecordingRow>, GatewayStateError> {
        self.select_recordings("deleted_at IS NOT NULL", "deleted_at", Vec::new()).await
    }

    /// Removes what is left of a deleted recording, after its files.
    pub async fn forget_recording(&self, stream: StreamId, number: u64) -> Result<(), GatewayStateError> {
        let key = key_of(stream, number)?;
        let mut tx = self.begin().await?;
        if load(&mut tx, key.clone()).await?.is_none_or(|row| row.deleted_at.is_none()) {
            return Ok(());
        }
        let sql = "UPDATE broadcasts SET recording_path = NULL WHERE stream = $1 AND number = $2".to_owned();
        sql::execute(&mut tx, "forget a recording", sql, key.clone()).await?;
        for table in ["captions", "recordings"] {
            let sql = format!("DELETE FROM {table} WHERE stream = $1 AND number = $2");
            sql::execute(&mut tx, "forget a recording", sql, key.clone()).await?;
        }
        forget_subject(&mut tx, &format!("recording:{stream}:{number}")).await?;
        Ok(commit(tx).await?)
    }

    /// Returns recordings that were published before a time, the oldest first; at most [`MAX_PAGE`]. `stream` restricts them
    /// to one stream.
    pub async fn recordings_before(
        &self,
        stream: Option<StreamId>,
        published_before: Moment,
    ) -> Result<Vec<RecordingRow>, GatewayStateError> {
        let before = big("the time", published_before.min(i64::MAX as u64))?;
        match stream {
            None => {
                let condition = format!("{IS_READY} AND published_at < $1");
                self.select_recordings(&condition, "published_at", vec![before]).await
            }
            Some(stream) => {
                let condition = format!("{IS_READY} AND published_at < $1 AND stream = $2");
                self.select_recordings(&condition, "published_at", vec![before, big("the stream", stream)?]).await
            }
        }
    }

    /// Returns recordings whose bytes have not been counted; at most [`MAX_PAGE`].
    pub async fn unmeasured_recordings(&self) -> Result<Vec<RecordingRow>, GatewayStateError> {
        self.select_recordings(&format!("{IS_READY} AND bytes = 0"), "published_at", Vec::new()).await
    }

    /// Returns the bytes of all recordings, those in work included.
    pub async fn recorded_bytes(&self) -> Result<u64, GatewayStateError> {
        let sql = "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM recordings".to_owned();
        self.sum(sql, Vec::new()).await
    }

    /// Returns the bytes of a creator's recordings, those in work included and deleted ones not.
    pub async fn recorded_bytes_of(&self, creator: &AccountId) -> Result<u64, GatewayStateError> {
        let sql =
            "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM recordings WHERE deleted_at IS NULL AND \
                   stream IN (SELECT id FROM streams WHERE creator = $1)"
                .to_owned();
        self.sum(sql, vec![sql::account(creator)]).await
    }

    async fn sum(&self, sql: String, values: Vec<Value>) -> Result<u64, GatewayStateError> {
        let rows = sql::fetch_all(&mut *self.read().await?, "add up sizes", sql, values).await?;
        Ok(rows.first().map_or(Ok(0), |row| Fields(row).u64("bytes"))?)
    }

    async fn select_recordings(
        &self,
        condition: &str,
        order: &str,
        values: Vec<Value>,
    ) -> Result<Vec<RecordingRow>, GatewayStateError> {
        let columns = RecordingRow::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM recordings WHERE {condition} ORDER BY {order}, stream, number LIMIT {MAX_PAGE}"
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "list recordings", sql, values).await?;
        Ok(rows.iter().map(|row| RecordingRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }
}

fn key_of(stream: StreamId, number: u64) -> Result<Vec<Value>, StoreError> {
    Ok(vec![big("the stream", stream)?, big("the recording", number)?])
}

async fn load(connection: &mut AnyConnection, key: Vec<Value>) -> Result<Option<RecordingRow>, StoreError> {
    Ok(sql::load::<RecordingRow>(connection, &[key]).await?.into_iter().next())
}

/// Stores a broadcast's recording: as one in work while the broadcast goes on, as ready from its end on.
pub(super) async fn store_broadcast(
    connection: &mut AnyConnection,
    new: RecordingRow,
    ended_at: Option<Moment>,
) -> Result<(), StoreError> {
    let stored = load(connection, key_of(new.stream, new.number)?).await?;
    if stored.as_ref().is_some_and(|row| row.state != RecordingState::InWork) {
        return Ok(());
    }
    let mut row = stored.unwrap_or(new);
    if let Some(ended_at) = ended_at {
        row.state = RecordingState::Ready;
        row.published_at = Some(ended_at);
        if row.duration_ms == 0 {
            row.duration_ms = ended_at.saturating_sub(row.created_at);
        }
    }
    sql::upsert(connection, &[row]).await
}

/// Makes the recordings of broadcasts ready that a crash has left in work: all, or that of one broadcast.
pub(super) async fn end_broadcasts(
    connection: &mut AnyConnection,
    of: Option<(StreamId, u64)>,
    ended_at: Moment,
) -> Result<(), StoreError> {
    let mut sql = "UPDATE recordings SET state = $1, published_at = $2 WHERE kind = 0 AND state = 0".to_owned();
    let mut values = vec![int(1u32), big("the end", ended_at)?];
    if let Some((stream, number)) = of {
        sql.push_str(" AND stream = $3 AND number = $4");
        values.extend(key_of(stream, number)?);
    }
    sql::execute(connection, "end recordings", sql, values).await
}
