//! Broadcasts of a stream: from the publisher's arrival to its end.

use crate::{
    error::{QueryError, StoreError},
    page::{page_of, List, PageRequest, MAX_PAGE},
    sql::{self, big, maybe_big, maybe_text, Fields, Table, Value},
    store::{commit, Store},
    values::Time,
    views::{Broadcast, Page},
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use tick_stream_primitives::{Moment, StreamId};

/// The gateway's own memory refuses something.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// No such broadcast.
    #[error("stream {stream} has no broadcast {number}; begin one first")]
    BroadcastUnknown {
        /// The stream.
        stream: StreamId,
        /// The broadcast.
        number: u64,
    },
    /// A key index would be used again, or the order of keys be turned round.
    #[error(
        "stream {stream}: key index {got} is below {least}, which is taken; a key index never repeats, go on above it"
    )]
    KeyTaken {
        /// The stream.
        stream: StreamId,
        /// The index given.
        got: u64,
        /// The least that may be given.
        least: u64,
    },
    /// The stream's secret was never named.
    #[error("stream {stream} has no secret yet; name one first")]
    SecretUnknown {
        /// The stream.
        stream: StreamId,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Begins a broadcast, with a number of `at_least` or more. One that was never ended (after a crash) is ended now, at
    /// the moment the new one begins.
    pub async fn begin_broadcast(
        &self,
        stream: StreamId,
        at_least: u64,
        first_key: u64,
        started_at_ms: Moment,
    ) -> Result<Broadcast, OwnError> {
        let mut tx = self.begin().await?;
        let previous = last(&mut tx, stream).await?;
        if let Some(previous) = previous.as_ref().filter(|previous| previous.ended_at.is_none()) {
            let ended = Broadcast { ended_at: Some(Time(started_at_ms)), ..previous.clone() };
            sql::upsert(&mut tx, &[ended]).await?;
        }
        let broadcast = Broadcast {
            stream,
            number: previous.map_or(1, |previous| previous.number + 1).max(at_least),
            started_at: Time(started_at_ms),
            ended_at: None,
            first_key,
            last_key: None,
            recording_path: None,
        };
        sql::insert(&mut tx, std::slice::from_ref(&broadcast)).await?;
        commit(tx).await?;
        Ok(broadcast)
    }

    /// Notes the last key of a broadcast so far.
    pub async fn extend_broadcast(&self, stream: StreamId, number: u64, last_key: u64) -> Result<(), OwnError> {
        self.change_broadcast(stream, number, |broadcast| {
            let least = broadcast.last_key.unwrap_or(broadcast.first_key);
            if last_key < least {
                return Err(OwnError::KeyTaken { stream, got: last_key, least });
            }
            broadcast.last_key = Some(last_key);
            Ok(())
        })
        .await
    }

    /// Ends a broadcast; where its recording is may be known by now. Ending it again changes only the recording.
    pub async fn end_broadcast(
        &self,
        stream: StreamId,
        number: u64,
        ended_at_ms: Moment,
        recording_path: Option<&str>,
    ) -> Result<(), OwnError> {
        self.change_broadcast(stream, number, |broadcast| {
            broadcast.ended_at.get_or_insert(Time(ended_at_ms));
            broadcast.recording_path = recording_path.map(str::to_owned).or(broadcast.recording_path.take());
            Ok(())
        })
        .await
    }

    /// Where a broadcast's recording is, though it may go on.
    pub async fn keep_recording(&self, stream: StreamId, number: u64, path: &str) -> Result<(), OwnError> {
        self.change_broadcast(stream, number, |broadcast| {
            broadcast.recording_path = Some(path.to_owned());
            Ok(())
        })
        .await
    }

    /// Ends every broadcast that was never ended: to be called at the start, since a crash ends nothing.
    pub async fn end_broadcasts(&self, ended_at_ms: Moment) -> Result<(), OwnError> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE broadcasts SET ended_at = $1 WHERE ended_at IS NULL".to_owned();
        sql::execute(&mut tx, "end broadcasts", sql, vec![big("the end", ended_at_ms)?]).await?;
        Ok(commit(tx).await?)
    }

    /// The broadcast that has a key index, if any has.
    pub async fn broadcast_of_key(&self, stream: StreamId, key: u64) -> Result<Option<Broadcast>, OwnError> {
        let columns = Broadcast::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM broadcasts WHERE stream = $1 AND first_key <= $2 ORDER BY number DESC LIMIT 1"
        );
        let values: Vec<Value> = vec![big("the stream", stream)?, big("the key index", key)?];
        let mut connection = self.read().await?;
        let rows = sql::fetch_all(&mut connection, "find the broadcast of a key", sql, values).await?;
        Ok(rows.first().map(|row| Broadcast::read(&Fields(row))).transpose()?)
    }

    /// When each of these streams was last live: the end of its last broadcast, or its beginning if that goes on. At most
    /// [`MAX_PAGE`] of them are looked at.
    pub async fn last_live(&self, streams: &[StreamId]) -> Result<BTreeMap<StreamId, Time>, OwnError> {
        let streams = &streams[..streams.len().min(MAX_PAGE as usize)];
        if streams.is_empty() {
            return Ok(BTreeMap::new());
        }
        let places: Vec<String> = (1..=streams.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT stream, MAX(COALESCE(ended_at, started_at)) AS last_live FROM broadcasts WHERE stream IN ({}) GROUP BY \
             stream",
            places.join(", ")
        );
        let values = streams.iter().map(|stream| big("the stream", *stream)).collect::<Result<_, _>>()?;
        let mut connection = self.read().await?;
        let rows = sql::fetch_all(&mut connection, "find when streams were live", sql, values).await?;
        let read = |row| {
            let fields = Fields(row);
            Ok((fields.u64("stream")?, Time(fields.u64("last_live")?)))
        };
        Ok(rows.iter().map(read).collect::<Result<_, StoreError>>()?)
    }

    /// One broadcast.
    pub async fn broadcast(&self, stream: StreamId, number: u64) -> Result<Option<Broadcast>, OwnError> {
        Ok(find(&mut *self.read().await?, stream, number).await?)
    }

    /// A stream's broadcasts, the last first.
    pub async fn broadcasts(&self, stream: StreamId, page: &PageRequest) -> Result<Page<Broadcast>, QueryError> {
        let limit = page.checked_limit()?;
        let before = page.mark::<u64>(List::Broadcasts)?.unwrap_or(i64::MAX as u64);
        let rows = select(&mut *self.read().await?, stream, before, limit + 1).await?;
        Ok(page_of(List::Broadcasts, limit, rows, |row| row.number, |row| row))
    }

    async fn change_broadcast(
        &self,
        stream: StreamId,
        number: u64,
        change: impl FnOnce(&mut Broadcast) -> Result<(), OwnError>,
    ) -> Result<(), OwnError> {
        let mut tx = self.begin().await?;
        let found = find(&mut tx, stream, number).await?;
        let mut broadcast = found.ok_or(OwnError::BroadcastUnknown { stream, number })?;
        change(&mut broadcast)?;
        sql::upsert(&mut tx, &[broadcast]).await?;
        Ok(commit(tx).await?)
    }
}

async fn find(connection: &mut AnyConnection, stream: StreamId, number: u64) -> Result<Option<Broadcast>, StoreError> {
    let key = vec![big("the stream", stream)?, big("the broadcast", number)?];
    Ok(sql::load::<Broadcast>(connection, &[key]).await?.into_iter().next())
}

async fn last(connection: &mut AnyConnection, stream: StreamId) -> Result<Option<Broadcast>, StoreError> {
    Ok(select(connection, stream, i64::MAX as u64, 1).await?.into_iter().next())
}

async fn select(
    connection: &mut AnyConnection,
    stream: StreamId,
    before: u64,
    limit: usize,
) -> Result<Vec<Broadcast>, StoreError> {
    let columns = Broadcast::COLUMNS.join(", ");
    let sql = format!(
        "SELECT {columns} FROM broadcasts WHERE stream = $1 AND number < $2 ORDER BY number DESC LIMIT {limit}"
    );
    let values: Vec<Value> = vec![big("the stream", stream)?, big("the broadcast", before)?];
    let rows = sql::fetch_all(connection, "list broadcasts", sql, values).await?;
    rows.iter().map(|row| Broadcast::read(&Fields(row))).collect()
}

impl Table for Broadcast {
    const NAME: &'static str = "broadcasts";
    const KEY: &'static [&'static str] = &["stream", "number"];
    const COLUMNS: &'static [&'static str] =
        &["stream", "number", "started_at", "ended_at", "first_key", "last_key", "recording_path"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the stream", self.stream)?,
            big("the broadcast", self.number)?,
            big("the beginning", self.started_at.0)?,
            maybe_big("the end", self.ended_at.map(|at| at.0))?,
            big("the key index", self.first_key)?,
            maybe_big("the key index", self.last_key)?,
            maybe_text(self.recording_path.clone()),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: row.u64("stream")?,
            number: row.u64("number")?,
            started_at: Time(row.u64("started_at")?),
            ended_at: row.maybe_u64("ended_at")?.map(Time),
            first_key: row.u64("first_key")?,
            last_key: row.maybe_u64("last_key")?,
            recording_path: row.maybe_text("recording_path")?,
        })
    }
}
