//! Broadcasts of streams at this gateway, and their recordings.

use super::recordings::{self, IS_READY};
use crate::{
    error::{GatewayStateError, StoreError},
    page::MAX_PAGE,
    rows::recording::{RecordingKind, RecordingRow},
    sql::{self, big, maybe_big, maybe_text, Fields, Table, Value},
    store::{commit, Store},
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use tick_stream_primitives::{Moment, StreamId};

/// A broadcast of a stream, from the publisher's arrival to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broadcast {
    /// Stream that was broadcast.
    pub stream: StreamId,
    /// Number of the broadcast among those of the stream, from 1.
    pub number: u64,
    /// Beginning of the broadcast.
    pub started_at: Moment,
    /// End of the broadcast; `None` while it goes on.
    pub ended_at: Option<Moment>,
    /// Index of the first key.
    pub first_key: u64,
    /// Path of the recording in the object store; `None` if nothing is recorded.
    pub recording_path: Option<String>,
}

impl Store {
    /// Begins a broadcast, with a number of at least `min_number`, and ends the stream's last one if a crash left it open.
    pub async fn begin_broadcast(
        &self,
        stream: StreamId,
        min_number: u64,
        first_key: u64,
        started_at: Moment,
    ) -> Result<Broadcast, GatewayStateError> {
        let mut tx = self.begin().await?;
        let last = last(&mut tx, stream, "").await?;
        if let Some(open) = self::last(&mut tx, stream, "AND ended_at IS NULL").await? {
            sql::upsert(&mut tx, &[Broadcast { ended_at: Some(started_at), ..open.clone() }]).await?;
            recordings::end_broadcasts(&mut tx, Some((stream, open.number)), started_at).await?;
        }
        let broadcast = Broadcast {
            stream,
            number: last.map_or(1, |last| last.number + 1).max(min_number),
            started_at,
            ended_at: None,
            first_key,
            recording_path: None,
        };
        sql::insert(&mut tx, std::slice::from_ref(&broadcast)).await?;
        commit(tx).await?;
        Ok(broadcast)
    }

    /// Adds a recording that was never on air, in work and with a number of at least `min_number`. A broadcast of the stream
    /// that goes on is left alone.
    pub async fn begin_recording(
        &self,
        kind: RecordingKind,
        stream: StreamId,
        min_number: u64,
        first_key: u64,
        at: Moment,
    ) -> Result<RecordingRow, GatewayStateError> {
        let mut tx = self.begin().await?;
        let last = last(&mut tx, stream, "").await?;
        let number = last.map_or(1, |last| last.number + 1).max(min_number);
        let ended_at = Some(at);
        let broadcast = Broadcast { stream, number, started_at: at, ended_at, first_key, recording_path: None };
        sql::insert(&mut tx, &[broadcast]).await?;
        let row = RecordingRow::new(kind, (stream, number), first_key, at);
        sql::insert(&mut tx, std::slice::from_ref(&row)).await?;
        commit(tx).await?;
        Ok(row)
    }

    /// Ends a broadcast and records the path of its recording, if given. Ending it again changes only the path.
    pub async fn end_broadcast(
        &self,
        stream: StreamId,
        number: u64,
        ended_at: Moment,
        recording_path: Option<&str>,
    ) -> Result<(), GatewayStateError> {
        self.change_broadcast(stream, number, |broadcast| {
            broadcast.ended_at.get_or_insert(ended_at);
            broadcast.recording_path = recording_path.map(str::to_owned).or(broadcast.recording_path.take());
        })
        .await
    }

    /// Records the path of a broadcast's recording. The broadcast may still go on.
    pub async fn keep_recording(&self, stream: StreamId, number: u64, path: &str) -> Result<(), GatewayStateError> {
        self.change_broadcast(stream, number, |broadcast| broadcast.recording_path = Some(path.to_owned())).await
    }

    /// Ends every broadcast that is still open. To be called at the start, because a crash leaves broadcasts open.
    pub async fn end_broadcasts(&self, ended_at: Moment) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE broadcasts SET ended_at = $1 WHERE ended_at IS NULL".to_owned();
        sql::execute(&mut tx, "end broadcasts", sql, vec![big("the end", ended_at)?]).await?;
        recordings::end_broadcasts(&mut tx, None, ended_at).await?;
        Ok(commit(tx).await?)
    }

    /// Returns the broadcast that a key index belongs to, if any.
    pub async fn broadcast_of_key(&self, stream: StreamId, key: u64) -> Result<Option<Broadcast>, GatewayStateError> {
        let columns = Broadcast::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM broadcasts WHERE stream = $1 AND first_key <= $2 ORDER BY first_key DESC, number DESC LIMIT 1"
        );
        let (Ok(stream), Ok(key)) = (big("the stream", stream), big("the key index", key)) else { return Ok(None) };
        let rows =
            sql::fetch_all(&mut *self.read().await?, "find the broadcast of a key", sql, vec![stream, key]).await?;
        Ok(rows.first().map(|row| Broadcast::read(&Fields(row))).transpose()?)
    }

    /// Returns whether the stream is being broadcast or has a recording.
    pub async fn has_broadcast(&self, stream: StreamId) -> Result<bool, GatewayStateError> {
        let sql = format!(
            "SELECT stream FROM broadcasts WHERE stream = $1 AND ended_at IS NULL \
             UNION ALL SELECT stream FROM recordings WHERE stream = $1 AND {IS_READY} LIMIT 1"
        );
        let Ok(stream) = big("the stream", stream) else { return Ok(false) };
        let rows = sql::fetch_all(&mut *self.read().await?, "find a broadcast", sql, vec![stream]).await?;
        Ok(!rows.is_empty())
    }

    /// Returns when each of these streams was last live: the end of its last broadcast, or the beginning if that goes on.
    /// Only the first [`MAX_PAGE`] streams are considered.
    pub async fn last_live(&self, streams: &[StreamId]) -> Result<BTreeMap<StreamId, Moment>, GatewayStateError> {
        let streams = &streams[..streams.len().min(MAX_PAGE as usize)];
        if streams.is_empty() {
            return Ok(BTreeMap::new());
        }
        let places: Vec<String> = (1..=streams.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT stream, MAX(COALESCE(ended_at, started_at)) AS last_live FROM broadcasts b WHERE stream IN ({}) AND \
             NOT EXISTS (SELECT 1 FROM recordings r WHERE r.stream = b.stream AND r.number = b.number AND r.kind <> 0) \
             GROUP BY stream",
            places.join(", ")
        );
        let values = streams.iter().map(|stream| big("the stream", *stream)).collect::<Result<_, _>>()?;
        let mut connection = self.read().await?;
        let rows = sql::fetch_all(&mut connection, "find when streams were live", sql, values).await?;
        let read = |row| {
            let fields = Fields(row);
            Ok((fields.u64("stream")?, fields.u64("last_live")?))
        };
        Ok(rows.iter().map(read).collect::<Result<_, StoreError>>()?)
    }

    async fn change_broadcast(
        &self,
        stream: StreamId,
        number: u64,
        change: impl FnOnce(&mut Broadcast),
    ) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        let key = vec![big("the stream", stream)?, big("the broadcast", number)?];
        let found = sql::load::<Broadcast>(&mut tx, &[key]).await?.into_iter().next();
        let mut broadcast = found.ok_or(GatewayStateError::BroadcastUnknown { stream, number })?;
        change(&mut broadcast);
        if let Some(folder) = &broadcast.recording_path {
            let new = RecordingRow::new(
                RecordingKind::Broadcast,
                (stream, number),
                broadcast.first_key,
                broadcast.started_at,
            );
            let new = RecordingRow { folder: folder.clone(), ..new };
            recordings::store_broadcast(&mut tx, new, broadcast.ended_at).await?;
        }
        sql::upsert(&mut tx, &[broadcast]).await?;
        Ok(commit(tx).await?)
    }
}

/// Reads the last broadcast of a stream for which `condition` holds.
async fn last(
    connection: &mut AnyConnection,
    stream: StreamId,
    condition: &str,
) -> Result<Option<Broadcast>, StoreError> {
    let columns = Broadcast::COLUMNS.join(", ");
    let sql = format!("SELECT {columns} FROM broadcasts WHERE stream = $1 {condition} ORDER BY number DESC LIMIT 1");
    let rows = sql::fetch_all(connection, "find the last broadcast", sql, vec![big("the stream", stream)?]).await?;
    rows.first().map(|row| Broadcast::read(&Fields(row))).transpose()
}

impl Table for Broadcast {
    const NAME: &'static str = "broadcasts";
    const KEY: &'static [&'static str] = &["stream", "number"];
    const COLUMNS: &'static [&'static str] =
        &["stream", "number", "started_at", "ended_at", "first_key", "recording_path"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the stream", self.stream)?,
            big("the broadcast", self.number)?,
            big("the beginning", self.started_at)?,
            maybe_big("the end", self.ended_at)?,
            big("the key index", self.first_key)?,
            maybe_text(self.recording_path.clone()),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: row.u64("stream")?,
            number: row.u64("number")?,
            started_at: row.u64("started_at")?,
            ended_at: row.maybe_u64("ended_at")?,
            first_key: row.u64("first_key")?,
            recording_path: row.maybe_text("recording_path")?,
        })
    }
}
