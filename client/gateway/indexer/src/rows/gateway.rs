//! Gateways.

use crate::{
    error::StoreError,
    sql::{self, amount, big, int, maybe_text, text, Fields, Table, Value},
    views::GatewayState,
};
use tick_stream_primitives::{AccountId, Balance, BlockNumber};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct GatewayRow {
    pub account: AccountId,
    pub endpoint: String,
    pub operator: Option<AccountId>,
    pub bond: Balance,
    pub status: GatewayState,
    pub first_block: BlockNumber,
    pub sessions: u64,
    pub open_sessions: u64,
    pub ticks: u64,
    pub paid: Balance,
    pub earned: Balance,
}

impl GatewayRow {
    pub fn new(account: AccountId, first_block: BlockNumber) -> Self {
        Self {
            account,
            endpoint: String::new(),
            operator: None,
            bond: 0,
            status: GatewayState::Unknown,
            first_block,
            sessions: 0,
            open_sessions: 0,
            ticks: 0,
            paid: 0,
            earned: 0,
        }
    }
}

/// A status as stored.
pub(crate) fn status_number(status: GatewayState) -> i64 {
    match status {
        GatewayState::Active => 0,
        GatewayState::Leaving => 1,
        GatewayState::Left => 2,
        GatewayState::Unknown => 3,
    }
}

fn status_of(number: i64) -> Result<GatewayState, StoreError> {
    match number {
        0 => Ok(GatewayState::Active),
        1 => Ok(GatewayState::Leaving),
        2 => Ok(GatewayState::Left),
        3 => Ok(GatewayState::Unknown),
        _ => Err(StoreError::Corrupt { column: "gateways.status" }),
    }
}

impl Table for GatewayRow {
    const NAME: &'static str = "gateways";
    const KEY: &'static [&'static str] = &["account"];
    const COLUMNS: &'static [&'static str] = &[
        "account",
        "endpoint",
        "operator",
        "bond",
        "status",
        "first_block",
        "sessions",
        "open_sessions",
        "ticks",
        "paid",
        "earned",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let operator = self.operator.as_ref().map(|operator| hex::encode::<&[u8]>(operator.as_ref()));
        Ok(vec![
            sql::account(&self.account),
            text(&self.endpoint),
            maybe_text(operator),
            amount(self.bond),
            Value::Int(status_number(self.status)),
            int(self.first_block),
            big("the number of sessions", self.sessions)?,
            big("the number of open sessions", self.open_sessions)?,
            big("the sum of ticks", self.ticks)?,
            amount(self.paid),
            amount(self.earned),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            account: row.account("account")?,
            endpoint: row.text("endpoint")?,
            operator: row.maybe_account("operator")?,
            bond: row.amount("bond")?,
            status: status_of(row.i64("status")?)?,
            first_block: row.u32("first_block")?,
            sessions: row.u64("sessions")?,
            open_sessions: row.u64("open_sessions")?,
            ticks: row.u64("ticks")?,
            paid: row.amount("paid")?,
            earned: row.amount("earned")?,
        })
    }
}
