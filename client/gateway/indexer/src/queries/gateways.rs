//! Gateways.

use super::filter::Condition;
use crate::{
    error::QueryError,
    page::{page_of, List, PageRequest},
    rows::gateway::{status_number, GatewayRow},
    sql::{self, text, Fields, Table, Value},
    store::Store,
    values::{Account, Planck},
    views::{GatewayState, GatewayView, Page},
};
use tick_stream_primitives::AccountId;

impl Store {
    /// One gateway; nothing when no block told of it.
    pub async fn gateway(&self, account: &AccountId) -> Result<Option<GatewayView>, QueryError> {
        let rows = sql::load::<GatewayRow>(&mut *self.read().await?, &[vec![sql::account(account)]]).await?;
        Ok(rows.into_iter().next().map(view))
    }

    /// Gateways in order of their accounts; only those that take sessions if `active_only`.
    pub async fn gateways(&self, active_only: bool, page: &PageRequest) -> Result<Page<GatewayView>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = Condition::default();
        if active_only {
            condition.add("status = $", [Value::Int(status_number(GatewayState::Active))]);
        }
        if let Some(account) = page.mark::<[u8; 32]>(List::Gateways)? {
            condition.add("account > $", [text(hex::encode(account))]);
        }
        let columns = GatewayRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM gateways {} ORDER BY account LIMIT {}", condition.sql(), limit + 1);
        let rows = sql::fetch_all(&mut *self.read().await?, "list gateways", sql, condition.values).await?;
        let rows = rows.iter().map(|row| GatewayRow::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(List::Gateways, limit, rows, |row| <[u8; 32]>::from(row.account.clone()), view))
    }
}

fn view(row: GatewayRow) -> GatewayView {
    GatewayView {
        account: Account(row.account),
        endpoint: row.endpoint,
        operator: row.operator.map(Account),
        bond: Planck(row.bond),
        status: row.status,
        first_block: row.first_block,
        open_sessions: row.open_sessions,
        sessions: row.sessions,
        ticks: row.ticks,
        paid: Planck(row.paid),
        earned: Planck(row.earned),
    }
}
