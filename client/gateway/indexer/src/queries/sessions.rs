//! Sessions and their receipts.

use super::condition::Condition;
use crate::{
    error::{QueryError, StoreError},
    page::{page_of, List, Page, PageRequest},
    rows::session::{ReceiptRow, SessionRow},
    sql::{self, big, Fields, Table, Value},
    store::Store,
};
use tick_stream_primitives::{AccountId, SessionId, StreamId};

/// Largest number of open sessions returned at once.
const MAX_OPEN: usize = 1_000;

impl Store {
    /// Returns a session, open or closed, or `None` if the index does not have it.
    pub async fn session(&self, id: &SessionId) -> Result<Option<SessionRow>, QueryError> {
        let rows = sql::load::<SessionRow>(&mut *self.read().await?, &[vec![sql::session(id)]]).await?;
        Ok(rows.into_iter().next())
    }

    /// Returns a page of a viewer's sessions, open and closed, the last opened first.
    pub async fn sessions_of_viewer(
        &self,
        viewer: &AccountId,
        page: &PageRequest,
    ) -> Result<Page<SessionRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = Condition::default();
        condition.add("viewer = $", [sql::account(viewer)]);
        if let Some(seq) = page.mark::<i64>(List::Sessions)? {
            condition.add("seq < $", [Value::Int(seq)]);
        }
        let rows = self.select_sessions(condition, "ORDER BY seq DESC", limit + 1).await?;
        Ok(page_of(List::Sessions, limit, rows, |row| row.seq))
    }

    /// Returns the ids of open sessions of a gateway in their order, from behind `after` on: at most 1,000.
    pub async fn open_sessions_of_gateway(
        &self,
        gateway: &AccountId,
        after: Option<&SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let mut condition = Condition::default();
        condition.add("gateway = $ AND closed_at IS NULL", [sql::account(gateway)]);
        if let Some(after) = after {
            condition.add("id > $", [sql::session(after)]);
        }
        let rows = self.select_sessions(condition, "ORDER BY id", MAX_OPEN).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Returns the sessions that paid most for a stream, at most `limit`, which is 1 to [`crate::MAX_PAGE`].
    pub async fn top_sessions(&self, stream: StreamId, limit: u32) -> Result<Vec<SessionRow>, QueryError> {
        let limit = PageRequest::first(limit).checked_limit()?;
        let Ok(stream) = big("the stream", stream) else { return Ok(Vec::new()) };
        let mut condition = Condition::default();
        condition.add("stream = $", [stream]);
        Ok(self.select_sessions(condition, "ORDER BY paid DESC, seq DESC", limit).await?)
    }

    /// Returns a page of the settlements of a session in order of time, or `None` if the index does not have the session.
    pub async fn receipts(
        &self,
        session: &SessionId,
        page: &PageRequest,
    ) -> Result<Option<Page<ReceiptRow>>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = Condition::default();
        condition.add("session = $", [sql::session(session)]);
        if let Some(seq) = page.mark::<i64>(List::Receipts)? {
            condition.add("seq > $", [Value::Int(seq)]);
        }
        let columns = ReceiptRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM receipts {} ORDER BY seq LIMIT {}", condition.sql(), limit + 1);
        let rows = sql::fetch_all(&mut *self.read().await?, "list receipts", sql, condition.values).await?;
        if rows.is_empty() && self.session(session).await?.is_none() {
            return Ok(None);
        }
        let rows = rows.iter().map(|row| ReceiptRow::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(page_of(List::Receipts, limit, rows, |row| row.seq)))
    }

    async fn select_sessions(
        &self,
        condition: Condition,
        order: &str,
        limit: usize,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let columns = SessionRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM sessions {} {order} LIMIT {limit}", condition.sql());
        let rows = sql::fetch_all(&mut *self.read().await?, "list sessions", sql, condition.values).await?;
        rows.iter().map(|row| SessionRow::read(&Fields(row))).collect()
    }
}
