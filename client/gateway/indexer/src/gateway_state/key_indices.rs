//! Key indices of streams. An index that was used twice would let an old key decrypt new video.

use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, big, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::StreamId;

/// The next unused key index of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct NextIndex {
    stream: StreamId,
    next_index: u64,
}

impl Store {
    /// Takes `count` key indices of a stream, none of them below `at_least`, and returns the first.
    ///
    /// They are durably taken when this returns, so none is handed out again, not even after a crash or to another replica.
    pub async fn take_key_indices(
        &self,
        stream: StreamId,
        count: u64,
        at_least: u64,
    ) -> Result<u64, GatewayStateError> {
        let key = big("the stream", stream)?;
        let mut tx = self.begin().await?;
        // Writing the row first locks it: another replica waits here, in PostgreSQL as well.
        let lock = "INSERT INTO key_indices (stream, next_index) VALUES ($1, 0) \
                    ON CONFLICT (stream) DO UPDATE SET stream = excluded.stream";
        sql::execute(&mut tx, "lock a stream's key indices", lock.to_owned(), vec![key.clone()]).await?;
        let stored = sql::load::<NextIndex>(&mut tx, &[vec![key]]).await?;
        let first = stored.first().map_or(0, |row| row.next_index).max(at_least);
        sql::upsert(&mut tx, &[NextIndex { stream, next_index: first.saturating_add(count) }]).await?;
        commit(tx).await?;
        Ok(first)
    }
}

impl Table for NextIndex {
    const NAME: &'static str = "key_indices";
    const KEY: &'static [&'static str] = &["stream"];
    const COLUMNS: &'static [&'static str] = &["stream", "next_index"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![big("the stream", self.stream)?, big("the key index", self.next_index)?])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self { stream: row.u64("stream")?, next_index: row.u64("next_index")? })
    }
}
