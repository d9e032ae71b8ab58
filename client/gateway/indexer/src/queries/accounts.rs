//! Accounts, and what they gave and got: tips and payouts.

use super::filter::Condition;
use crate::{
    error::QueryError,
    page::{page_of, List, PageRequest},
    rows::{
        account::AccountRow,
        log::{PayoutRow, TipRow},
    },
    sql::{self, big, Fields, Table, Value},
    store::Store,
    values::{Account, Planck, Time},
    views::{AccountView, Page, Payout, Tip},
};
use tick_stream_primitives::{AccountId, StreamId};

impl Store {
    /// An account's money; nothing when no block told of it.
    pub async fn account(&self, account: &AccountId) -> Result<Option<AccountView>, QueryError> {
        let rows = sql::load::<AccountRow>(&mut *self.read().await?, &[vec![sql::account(account)]]).await?;
        Ok(rows.into_iter().next().map(view))
    }

    /// The tips of a stream, the last first.
    pub async fn tips(&self, stream: StreamId, page: &PageRequest) -> Result<Page<Tip>, QueryError> {
        let limit = page.checked_limit()?;
        let mark = page.mark::<i64>(List::Tips)?;
        let Ok(stream) = big("the stream", stream) else { return Ok(Page { items: Vec::new(), next: None }) };
        let rows = self.select_log::<TipRow>("stream = $", stream, mark, limit + 1).await?;
        Ok(page_of(List::Tips, limit, rows, |row| row.when.seq, tip))
    }

    /// The payouts of an account, the last first.
    pub async fn payouts(&self, account: &AccountId, page: &PageRequest) -> Result<Page<Payout>, QueryError> {
        let limit = page.checked_limit()?;
        let mark = page.mark::<i64>(List::Payouts)?;
        let rows = self.select_log::<PayoutRow>("account = $", sql::account(account), mark, limit + 1).await?;
        Ok(page_of(List::Payouts, limit, rows, |row| row.when.seq, payout))
    }

    /// Entries of a log under one condition, the last first.
    async fn select_log<T: Table>(
        &self,
        term: &str,
        value: Value,
        mark: Option<i64>,
        limit: usize,
    ) -> Result<Vec<T>, QueryError> {
        let mut condition = Condition::default();
        condition.add(term, [value]);
        if let Some(seq) = mark {
            condition.add("seq < $", [Value::Int(seq)]);
        }
        let (columns, table) = (T::COLUMNS.join(", "), T::NAME);
        let sql = format!("SELECT {columns} FROM {table} {} ORDER BY seq DESC LIMIT {limit}", condition.sql());
        let rows = sql::fetch_all(&mut *self.read().await?, "read a log", sql, condition.values).await?;
        Ok(rows.iter().map(|row| T::read(&Fields(row))).collect::<Result<_, _>>()?)
    }
}

fn tip(row: TipRow) -> Tip {
    Tip {
        stream: row.stream,
        from: Account(row.from),
        amount: Planck(row.amount),
        memo: row.memo,
        block: row.when.block,
        at: Time(row.when.time_ms),
    }
}

fn payout(row: PayoutRow) -> Payout {
    Payout {
        account: Account(row.account),
        amount: Planck(row.amount),
        block: row.when.block,
        at: Time(row.when.time_ms),
    }
}

fn view(row: AccountRow) -> AccountView {
    AccountView {
        account: Account(row.account),
        deposited: Planck(row.deposited),
        withdrawn: Planck(row.withdrawn),
        free: row.free.map(Planck),
        reserved: Planck(row.reserved),
        spent: Planck(row.spent),
        fees: Planck(row.fees),
        tipped: Planck(row.tipped),
        paid_out: Planck(row.paid_out),
        open_sessions: row.open_sessions,
        sessions: row.sessions,
    }
}
