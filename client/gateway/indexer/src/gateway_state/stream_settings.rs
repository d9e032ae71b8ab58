//! Settings of streams, as JSON whose meaning is known above.

use crate::{
    error::{GatewayStateError, StoreError},
    page::MAX_PAGE,
    sql::{self, big, text, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::{Moment, StreamId};

/// Settings of one stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamSettingsRow {
    /// The stream.
    pub stream: StreamId,
    /// JSON object.
    pub value: String,
    /// Time of the last change.
    pub updated_at: Moment,
}

impl Store {
    /// Returns the settings of a stream, or `None` if none were ever stored.
    pub async fn stream_settings(&self, stream: StreamId) -> Result<Option<String>, GatewayStateError> {
        let Ok(key) = big("the stream", stream) else { return Ok(None) };
        let found = sql::load::<StreamSettingsRow>(&mut *self.read().await?, &[vec![key]]).await?;
        Ok(found.into_iter().next().map(|row| row.value))
    }

    /// Returns the settings of streams above `after`, in order of their numbers; at most [`MAX_PAGE`].
    pub async fn all_stream_settings(
        &self,
        after: Option<StreamId>,
    ) -> Result<Vec<StreamSettingsRow>, GatewayStateError> {
        let columns = StreamSettingsRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM stream_settings WHERE stream > $1 ORDER BY stream LIMIT {MAX_PAGE}");
        let after = after.map_or(Ok(Value::Int(-1)), |after| big("the stream", after))?;
        let rows = sql::fetch_all(&mut *self.read().await?, "list settings", sql, vec![after]).await?;
        Ok(rows.iter().map(|row| StreamSettingsRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Stores the settings of a stream.
    pub async fn set_stream_settings(&self, row: &StreamSettingsRow) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        sql::upsert(&mut tx, std::slice::from_ref(row)).await?;
        Ok(commit(tx).await?)
    }
}

impl Table for StreamSettingsRow {
    const NAME: &'static str = "stream_settings";
    const KEY: &'static [&'static str] = &["stream"];
    const COLUMNS: &'static [&'static str] = &["stream", "value", "updated_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![big("the stream", self.stream)?, text(self.value.clone()), big("the time", self.updated_at)?])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self { stream: row.u64("stream")?, value: row.text("value")?, updated_at: row.u64("updated_at")? })
    }
}
