//! Which secret a stream's keys come from, and which key index is next.

use super::OwnError;
use crate::{
    error::StoreError,
    sql::{self, big, text, Fields, Table, Value},
    store::{commit, Store},
    values::Time,
    views::StreamRuntime,
};
use sqlx::AnyConnection;
use tick_stream_primitives::{Moment, StreamId};

impl Store {
    /// What is remembered of a stream.
    pub async fn stream_runtime(&self, stream: StreamId) -> Result<Option<StreamRuntime>, OwnError> {
        Ok(find(&mut *self.read().await?, stream).await?)
    }

    /// Says under which name the key store holds the stream's secret. Never the secret itself.
    pub async fn set_secret_ref(&self, stream: StreamId, secret_ref: &str, now_ms: Moment) -> Result<(), OwnError> {
        let mut tx = self.begin().await?;
        let next_key = find(&mut tx, stream).await?.map_or(0, |found| found.next_key);
        let runtime = StreamRuntime { stream, secret_ref: secret_ref.to_owned(), next_key, updated_at: Time(now_ms) };
        sql::upsert(&mut tx, &[runtime]).await?;
        Ok(commit(tx).await?)
    }

    /// Takes `count` key indices, none below `at_least`, and returns the first. They are durable as taken before any of
    /// them is used, so that none is used twice, whatever happens.
    pub async fn take_keys(
        &self,
        stream: StreamId,
        count: u64,
        at_least: u64,
        now_ms: Moment,
    ) -> Result<u64, OwnError> {
        let mut tx = self.begin().await?;
        // Writing the row as it is makes another replica wait here, in PostgreSQL as well.
        let lock = "UPDATE stream_runtime SET stream = stream WHERE stream = $1".to_owned();
        sql::execute(&mut tx, "lock a stream's keys", lock, vec![big("the stream", stream)?]).await?;
        let found = find(&mut tx, stream).await?.ok_or(OwnError::SecretUnknown { stream })?;
        let first = found.next_key.max(at_least);
        let taken = StreamRuntime { next_key: first.saturating_add(count), updated_at: Time(now_ms), ..found };
        sql::upsert(&mut tx, &[taken]).await?;
        commit(tx).await?;
        Ok(first)
    }
}

async fn find(connection: &mut AnyConnection, stream: StreamId) -> Result<Option<StreamRuntime>, StoreError> {
    let key = vec![big("the stream", stream)?];
    Ok(sql::load::<StreamRuntime>(connection, &[key]).await?.into_iter().next())
}

impl Table for StreamRuntime {
    const NAME: &'static str = "stream_runtime";
    const KEY: &'static [&'static str] = &["stream"];
    const COLUMNS: &'static [&'static str] = &["stream", "secret_ref", "next_key", "updated_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the stream", self.stream)?,
            text(&self.secret_ref),
            big("the key index", self.next_key)?,
            big("the time", self.updated_at.0)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: row.u64("stream")?,
            secret_ref: row.text("secret_ref")?,
            next_key: row.u64("next_key")?,
            updated_at: Time(row.u64("updated_at")?),
        })
    }
}
