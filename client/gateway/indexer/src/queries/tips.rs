//! Lists of tips.

use super::condition::Condition;
use crate::{
    error::QueryError,
    page::{page_of, List, Page, PageRequest},
    rows::tip::TipRow,
    sql::{self, big, Fields, Table, Value},
    store::Store,
};
use tick_stream_primitives::AccountId;

impl Store {
    /// Returns a page of the tips that an account gave, the newest first.
    pub async fn tips_given(&self, giver: &AccountId, page: &PageRequest) -> Result<Page<TipRow>, QueryError> {
        self.tips_of(List::TipsGiven, "giver = $", giver, page).await
    }

    /// Returns a page of the tips to streams that an account had created, the newest first.
    pub async fn tips_received(&self, creator: &AccountId, page: &PageRequest) -> Result<Page<TipRow>, QueryError> {
        self.tips_of(List::TipsReceived, "creator = $", creator, page).await
    }

    async fn tips_of(
        &self,
        list: List,
        term: &str,
        account: &AccountId,
        page: &PageRequest,
    ) -> Result<Page<TipRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = Condition::default();
        condition.add(term, [sql::account(account)]);
        if let Some((at, seq)) = page.mark::<(u64, i64)>(list)? {
            condition.add("(at, seq) < ($, $)", [big("the time", at)?, Value::Int(seq)]);
        }
        let columns = TipRow::COLUMNS.join(", ");
        let sql =
            format!("SELECT {columns} FROM tips {} ORDER BY at DESC, seq DESC LIMIT {}", condition.sql(), limit + 1);
        let rows = sql::fetch_all(&mut *self.read().await?, "list tips", sql, condition.values).await?;
        let rows = rows.iter().map(|row| TipRow::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(list, limit, rows, |row| (row.at, row.seq)))
    }
}
