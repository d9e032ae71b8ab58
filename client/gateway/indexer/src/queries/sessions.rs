//! Sessions and their receipts.

use super::filter::Condition;
use crate::{
    error::{QueryError, StoreError},
    page::{page_of, List, PageRequest},
    rows::{log::ReceiptRow, session::SessionRow},
    sql::{self, big, Fields, Table, Value},
    store::Store,
    values::{Account, BigNumber, Planck, SessionHex, Time},
    views::{Page, Receipt, SessionState, SessionView},
};
use tick_stream_primitives::{AccountId, SessionId, StreamId};

impl Store {
    /// One session; nothing when the index has none of this id.
    pub async fn session(&self, id: &SessionId) -> Result<Option<SessionView>, QueryError> {
        let rows = sql::load::<SessionRow>(&mut *self.read().await?, &[vec![sql::session(id)]]).await?;
        Ok(rows.into_iter().next().map(view))
    }

    /// A viewer's sessions, the last opened first; only those that are not closed if `open_only`.
    pub async fn sessions_of_viewer(
        &self,
        viewer: &AccountId,
        open_only: bool,
        page: &PageRequest,
    ) -> Result<Page<SessionView>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = Condition::default();
        condition.add("viewer = $", [sql::account(viewer)]);
        if open_only {
            condition.add("closed_block IS NULL", []);
        }
        if let Some(seq) = page.mark::<i64>(List::Sessions)? {
            condition.add("seq < $", [Value::Int(seq)]);
        }
        let rows = self.select_sessions(&condition, "ORDER BY seq DESC", limit + 1).await?;
        Ok(page_of(List::Sessions, limit, rows, |row| row.seq, view))
    }

    /// The sessions that paid most for a stream, at most [`crate::MAX_PAGE`].
    pub async fn top_sessions(&self, stream: StreamId, limit: u32) -> Result<Vec<SessionView>, QueryError> {
        let limit = PageRequest::first(limit).checked_limit()?;
        let Ok(stream) = big("the stream", stream) else { return Ok(Vec::new()) };
        let mut condition = Condition::default();
        condition.add("stream = $", [stream]);
        let rows = self.select_sessions(&condition, "ORDER BY paid DESC, seq DESC", limit).await?;
        Ok(rows.into_iter().map(view).collect())
    }

    /// The settlements of a session, in order of time.
    pub async fn receipts(&self, session: &SessionId, page: &PageRequest) -> Result<Page<Receipt>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = Condition::default();
        condition.add("session = $", [sql::session(session)]);
        if let Some(seq) = page.mark::<i64>(List::Receipts)? {
            condition.add("seq > $", [Value::Int(seq)]);
        }
        let columns = ReceiptRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM receipts {} ORDER BY seq LIMIT {}", condition.sql(), limit + 1);
        let rows = sql::fetch_all(&mut *self.read().await?, "list receipts", sql, condition.values).await?;
        let rows = rows.iter().map(|row| ReceiptRow::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(List::Receipts, limit, rows, |row| row.when.seq, receipt))
    }

    async fn select_sessions(
        &self,
        condition: &Condition,
        order: &str,
        limit: usize,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let columns = SessionRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM sessions {} {order} LIMIT {limit}", condition.sql());
        let rows = sql::fetch_all(&mut *self.read().await?, "list sessions", sql, condition.values.clone()).await?;
        rows.iter().map(|row| SessionRow::read(&Fields(row))).collect()
    }
}

fn receipt(row: ReceiptRow) -> Receipt {
    Receipt {
        block: row.when.block,
        at: Time(row.when.time_ms),
        ticks: row.ticks,
        settled_ticks: row.settled_ticks,
        paid: Planck(row.paid),
    }
}

fn view(row: SessionRow) -> SessionView {
    let status = match (row.closed_block, row.closing_until) {
        (Some(_), _) => SessionState::Closed,
        (None, Some(_)) => SessionState::Closing,
        (None, None) => SessionState::Open,
    };
    SessionView {
        id: SessionHex(row.id),
        viewer: Account(row.viewer),
        stream: row.stream,
        gateway: Account(row.gateway),
        nonce: BigNumber(row.nonce),
        price_per_tick: Planck(row.price_per_tick),
        max_ticks: row.max_ticks,
        fee: Planck(row.fee),
        status,
        settled_ticks: row.settled_ticks,
        paid: Planck(row.paid),
        refunded: row.refunded.map(Planck),
        opened_block: row.opened_block,
        opened_at: Time(row.opened_at),
        closing_until_block: row.closing_until,
        closed_block: row.closed_block,
        closed_at: row.closed_at.map(Time),
    }
}
