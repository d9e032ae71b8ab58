//! Captions of recordings: which languages there are. The texts are in the object store.

use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, big, int, maybe_text, text, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::{Moment, StreamId};

/// Maximum number of languages of a recording.
pub const MAX_CAPTIONS: usize = 32;

/// Captions of a recording in one language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaptionsRow {
    /// Stream of the recording.
    pub stream: StreamId,
    /// Number of the recording.
    pub number: u64,
    /// Name in addresses: a language, or a channel of captions that were in the video.
    pub name: String,
    /// Language after BCP 47, if it is known.
    pub language: Option<String>,
    /// Name that viewers read.
    pub label: String,
    /// Whether their times are in time of day from the first segment on. Otherwise they count as the recording is played.
    pub counts_time_of_day: bool,
    /// Whether players show them unless the viewer chooses otherwise.
    pub is_default: bool,
    /// Time of the last change.
    pub updated_at: Moment,
}

impl Store {
    /// Returns the captions of a recording, in order of their names.
    pub async fn captions(&self, stream: StreamId, number: u64) -> Result<Vec<CaptionsRow>, GatewayStateError> {
        let (Ok(stream), Ok(number)) = (big("the stream", stream), big("the recording", number)) else {
            return Ok(Vec::new());
        };
        let columns = CaptionsRow::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM captions WHERE stream = $1 AND number = $2 ORDER BY name LIMIT {MAX_CAPTIONS}"
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "list captions", sql, vec![stream, number]).await?;
        Ok(rows.iter().map(|row| CaptionsRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Stores captions, in place of those of the same name. Returns false, and stores nothing, if the recording has
    /// [`MAX_CAPTIONS`] others. Of the captions of a recording at most the ones stored last are the default.
    pub async fn set_captions(&self, row: &CaptionsRow) -> Result<bool, GatewayStateError> {
        let known = self.captions(row.stream, row.number).await?;
        if known.len() >= MAX_CAPTIONS && known.iter().all(|other| other.name != row.name) {
            return Ok(false);
        }
        let mut rows = vec![row.clone()];
        if row.is_default {
            let others = known.into_iter().filter(|other| other.is_default && other.name != row.name);
            rows.extend(others.map(|other| CaptionsRow { is_default: false, ..other }));
        }
        let mut tx = self.begin().await?;
        sql::upsert(&mut tx, &rows).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Deletes captions of a recording. Returns whether there were any of this name.
    pub async fn delete_captions(&self, stream: StreamId, number: u64, name: &str) -> Result<bool, GatewayStateError> {
        let existed = self.captions(stream, number).await?.iter().any(|row| row.name == name);
        let values = vec![big("the stream", stream)?, big("the recording", number)?, text(name)];
        let sql = "DELETE FROM captions WHERE stream = $1 AND number = $2 AND name = $3".to_owned();
        let mut tx = self.begin().await?;
        sql::execute(&mut tx, "delete captions", sql, values).await?;
        commit(tx).await?;
        Ok(existed)
    }
}

impl Table for CaptionsRow {
    const NAME: &'static str = "captions";
    const KEY: &'static [&'static str] = &["stream", "number", "name"];
    const COLUMNS: &'static [&'static str] =
        &["stream", "number", "name", "language", "label", "clock", "is_default", "updated_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the stream", self.stream)?,
            big("the recording", self.number)?,
            text(self.name.clone()),
            maybe_text(self.language.clone()),
            text(self.label.clone()),
            int(i64::from(self.counts_time_of_day)),
            int(i64::from(self.is_default)),
            big("the time", self.updated_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: row.u64("stream")?,
            number: row.u64("number")?,
            name: row.text("name")?,
            language: row.maybe_text("language")?,
            label: row.text("label")?,
            counts_time_of_day: row.i64("clock")? != 0,
            is_default: row.i64("is_default")? != 0,
            updated_at: row.u64("updated_at")?,
        })
    }
}
