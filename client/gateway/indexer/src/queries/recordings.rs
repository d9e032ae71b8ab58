//! Lists of recordings: of a stream, of a creator, or of a search.

use super::{
    condition::Condition,
    filter::{search_words, ESCAPE},
};
use crate::{
    error::QueryError,
    page::{page_of, List, Page, PageRequest},
    rows::{
        recording::{visibility_number, RecordingRow, Visibility},
        stream::status_number,
    },
    sql::{self, big, int, text, Fields, Table},
    store::Store,
};
use tick_stream_primitives::{AccountId, StreamId, StreamStatus};

/// Which recordings to list. The default is every public recording that can be watched.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecordingFilter {
    /// Words that must all occur in the title or the description of the recording or in the texts of its stream. Case does
    /// not matter.
    pub search: Option<String>,
    /// Stream.
    pub stream: Option<StreamId>,
    /// Account of the creator.
    pub creator: Option<AccountId>,
    /// Whether to list also what only its creator sees: other visibilities, and what is in work or has failed.
    pub is_creators: bool,
}

impl RecordingFilter {
    fn condition(&self) -> Result<Condition, QueryError> {
        let mut condition = Condition::default();
        condition.add("r.deleted_at IS NULL", []);
        if !self.is_creators {
            condition.add("r.state = 1", []);
            condition.add("r.visibility = $", [int(visibility_number(Visibility::Public))]);
            condition.add("COALESCE(s.status, 0) <> $", [status_number(StreamStatus::Suspended)]);
        }
        if let Some(stream) = self.stream {
            condition.add_checked("r.stream = $", big("the stream", stream.min(i64::MAX as u64)))?;
        }
        if let Some(creator) = &self.creator {
            condition.add("s.creator = $", [sql::account(creator)]);
        }
        for pattern in self.search.as_deref().map(search_words).transpose()?.unwrap_or_default() {
            let like = format!("LIKE $ ESCAPE '{ESCAPE}'");
            let term = format!("(r.search_text {like} OR COALESCE(s.search_text, '') {like})");
            condition.add(&term, [text(pattern.clone()), text(pattern)]);
        }
        Ok(condition)
    }
}

impl Store {
    /// Returns a page of the recordings that match `filter`, the last published first. Those in work come before all others.
    ///
    /// # Errors
    ///
    /// Fails if the search, the limit or the cursor is not valid, and if the database fails.
    pub async fn recordings(
        &self,
        filter: &RecordingFilter,
        page: &PageRequest,
    ) -> Result<Page<RecordingRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = filter.condition()?;
        if let Some((at, stream, number)) = page.mark::<(u64, u64, u64)>(List::Recordings)? {
            let values = [big("the time", at)?, big("the stream", stream)?, big("the recording", number)?];
            condition.add(&format!("({PUBLISHED}, r.stream, r.number) < ($, $, $)"), values);
        }
        let columns: Vec<String> = RecordingRow::COLUMNS.iter().map(|column| format!("r.{column}")).collect();
        let sql = format!(
            "SELECT {} FROM recordings r LEFT JOIN streams s ON s.id = r.stream {} \
             ORDER BY {PUBLISHED} DESC, r.stream DESC, r.number DESC LIMIT {}",
            columns.join(", "),
            condition.sql(),
            limit + 1
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "list recordings", sql, condition.values).await?;
        let rows = rows.iter().map(|row| RecordingRow::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        let mark = |row: &RecordingRow| (row.published_at.unwrap_or(i64::MAX as u64), row.stream, row.number);
        Ok(page_of(List::Recordings, limit, rows, mark))
    }
}

/// Time that lists are ordered by.
const PUBLISHED: &str = "COALESCE(r.published_at, 9223372036854775807)";
