//! Accounts, as payers and as those paid out.

use crate::{
    error::StoreError,
    sql::{self, amount, big, maybe_amount, Fields, Table, Value},
};
use tick_stream_primitives::{AccountId, Balance};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct AccountRow {
    pub account: AccountId,
    pub deposited: Balance,
    pub withdrawn: Balance,
    /// Nothing until an event has said it: a deposit may be older than the index.
    pub free: Option<Balance>,
    pub reserved: Balance,
    pub spent: Balance,
    pub fees: Balance,
    pub tipped: Balance,
    pub paid_out: Balance,
    pub sessions: u64,
    pub open_sessions: u64,
}

impl AccountRow {
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            deposited: 0,
            withdrawn: 0,
            free: None,
            reserved: 0,
            spent: 0,
            fees: 0,
            tipped: 0,
            paid_out: 0,
            sessions: 0,
            open_sessions: 0,
        }
    }
}

impl Table for AccountRow {
    const NAME: &'static str = "accounts";
    const KEY: &'static [&'static str] = &["account"];
    const COLUMNS: &'static [&'static str] = &[
        "account",
        "deposited",
        "withdrawn",
        "free",
        "reserved",
        "spent",
        "fees",
        "tipped",
        "paid_out",
        "sessions",
        "open_sessions",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            sql::account(&self.account),
            amount(self.deposited),
            amount(self.withdrawn),
            maybe_amount(self.free),
            amount(self.reserved),
            amount(self.spent),
            amount(self.fees),
            amount(self.tipped),
            amount(self.paid_out),
            big("the number of sessions", self.sessions)?,
            big("the number of open sessions", self.open_sessions)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            account: row.account("account")?,
            deposited: row.amount("deposited")?,
            withdrawn: row.amount("withdrawn")?,
            free: row.maybe_amount("free")?,
            reserved: row.amount("reserved")?,
            spent: row.amount("spent")?,
            fees: row.amount("fees")?,
            tipped: row.amount("tipped")?,
            paid_out: row.amount("paid_out")?,
            sessions: row.u64("sessions")?,
            open_sessions: row.u64("open_sessions")?,
        })
    }
}
