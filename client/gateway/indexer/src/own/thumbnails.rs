//! Pictures of a broadcast: where they are, not what is on them.

use super::OwnError;
use crate::{
    error::StoreError,
    sql::{self, big, int, text, Fields, Table, Value},
    store::{commit, Store},
    values::Time,
    views::Thumbnail,
};
use tick_stream_primitives::StreamId;

/// Thumbnails remembered of a stream: an hour of one every ten seconds.
pub const MAX_THUMBNAILS_PER_STREAM: u32 = 360;

impl Store {
    /// Remembers a thumbnail, and forgets the oldest ones above [`MAX_THUMBNAILS_PER_STREAM`]. Returns the paths of those
    /// forgotten, so that the caller can remove the files.
    pub async fn add_thumbnail(&self, thumbnail: &Thumbnail) -> Result<Vec<String>, OwnError> {
        let mut tx = self.begin().await?;
        sql::upsert(&mut tx, std::slice::from_ref(thumbnail)).await?;
        let columns = Thumbnail::COLUMNS.join(", ");
        let stream = big("the stream", thumbnail.stream)?;
        // There is a limit only because SQLite has no offset without one.
        let sql = format!(
            "SELECT {columns} FROM thumbnails WHERE stream = $1 ORDER BY taken_at DESC \
             LIMIT {MAX_THUMBNAILS_PER_STREAM} OFFSET {MAX_THUMBNAILS_PER_STREAM}"
        );
        let rows = sql::fetch_all(&mut tx, "find old thumbnails", sql, vec![stream.clone()]).await?;
        let old = rows.iter().map(|row| Thumbnail::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        if let Some(newest) = old.first() {
            let sql = "DELETE FROM thumbnails WHERE stream = $1 AND taken_at <= $2".to_owned();
            let values = vec![stream, big("the time", newest.taken_at.0)?];
            sql::execute(&mut tx, "forget old thumbnails", sql, values).await?;
        }
        commit(tx).await?;
        Ok(old.into_iter().map(|thumbnail| thumbnail.path).collect())
    }

    /// The last thumbnails of a stream, the newest first, at most [`crate::MAX_PAGE`].
    pub async fn thumbnails(&self, stream: StreamId, limit: u32) -> Result<Vec<Thumbnail>, OwnError> {
        let columns = Thumbnail::COLUMNS.join(", ");
        let limit = limit.min(crate::MAX_PAGE);
        let sql = format!("SELECT {columns} FROM thumbnails WHERE stream = $1 ORDER BY taken_at DESC LIMIT {limit}");
        let values = vec![big("the stream", stream)?];
        let rows = sql::fetch_all(&mut *self.read().await?, "list thumbnails", sql, values).await?;
        Ok(rows.iter().map(|row| Thumbnail::read(&Fields(row))).collect::<Result<_, _>>()?)
    }
}

impl Table for Thumbnail {
    const NAME: &'static str = "thumbnails";
    const KEY: &'static [&'static str] = &["stream", "taken_at"];
    const COLUMNS: &'static [&'static str] = &["stream", "taken_at", "path", "width", "height", "bytes"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the stream", self.stream)?,
            big("the time", self.taken_at.0)?,
            text(&self.path),
            int(self.width),
            int(self.height),
            big("the size", self.bytes)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: row.u64("stream")?,
            taken_at: Time(row.u64("taken_at")?),
            path: row.text("path")?,
            width: row.u32("width")?,
            height: row.u32("height")?,
            bytes: row.u64("bytes")?,
        })
    }
}
