//! Sessions and their receipts.

use crate::{
    error::StoreError,
    sql::{self, account, amount, big, int, maybe_account, maybe_amount, maybe_big, maybe_int, Fields, Table, Value},
};
use sp_runtime::Permill;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Moment, SessionId, StreamId};

/// A session as finalized blocks reported it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionRow {
    /// Identifier of the session.
    pub id: SessionId,
    /// Position of its opening among all events of the chain.
    pub(crate) seq: i64,
    /// Account that pays.
    pub viewer: AccountId,
    /// Session key that opened the session; `None` if the viewer's wallet did, or if it was opened under version 1.
    pub session_key: Option<AccountId>,
    /// Stream that is watched.
    pub stream: StreamId,
    /// Gateway that serves the session.
    pub gateway: AccountId,
    /// Price of one tick, in planck.
    pub price_per_tick: Balance,
    /// Number of ticks that the session can pay for.
    pub max_ticks: u32,
    /// Gateway's part of the income, fixed when the session was opened.
    pub(crate) gateway_share: Permill,
    /// Number of ticks settled.
    pub settled_ticks: u32,
    /// Amount paid for the settled ticks, in planck.
    pub paid: Balance,
    /// Amount returned to the viewer's deposit, in planck; `None` until the session is closed.
    pub refunded: Option<Balance>,
    /// Time from which ticks are counted.
    pub opened_at: Moment,
    /// While the session is closing: the block from which on it may be removed.
    pub closing_until: Option<BlockNumber>,
    /// Time of the block in which the session was closed; `None` before that.
    pub closed_at: Option<Moment>,
}

impl Table for SessionRow {
    const NAME: &'static str = "sessions";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "seq",
        "viewer",
        "session_key",
        "stream",
        "gateway",
        "price",
        "max_ticks",
        "gateway_share_ppm",
        "settled_ticks",
        "paid",
        "refunded",
        "opened_at",
        "closing_until",
        "closed_at",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            sql::session(&self.id),
            Value::Int(self.seq),
            account(&self.viewer),
            maybe_account(self.session_key.as_ref()),
            big("the stream", self.stream)?,
            account(&self.gateway),
            amount(self.price_per_tick),
            int(self.max_ticks),
            int(self.gateway_share.deconstruct()),
            int(self.settled_ticks),
            amount(self.paid),
            maybe_amount(self.refunded),
            big("the session's beginning", self.opened_at)?,
            maybe_int(self.closing_until),
            maybe_big("the block's time", self.closed_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.session("id")?,
            seq: row.i64("seq")?,
            viewer: row.account("viewer")?,
            session_key: row.maybe_account("session_key")?,
            stream: row.u64("stream")?,
            gateway: row.account("gateway")?,
            price_per_tick: row.amount("price")?,
            max_ticks: row.u32("max_ticks")?,
            gateway_share: Permill::from_parts(row.u32("gateway_share_ppm")?),
            settled_ticks: row.u32("settled_ticks")?,
            paid: row.amount("paid")?,
            refunded: row.maybe_amount("refunded")?,
            opened_at: row.u64("opened_at")?,
            closing_until: row.maybe_u32("closing_until")?,
            closed_at: row.maybe_u64("closed_at")?,
        })
    }
}

/// One settlement of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceiptRow {
    /// Position among all events of the chain.
    pub(crate) seq: i64,
    /// Session that was settled.
    pub session: SessionId,
    /// Account that paid.
    pub viewer: AccountId,
    /// Stream that was watched.
    pub stream: StreamId,
    /// Block of the settlement.
    pub block: BlockNumber,
    /// Time of the block.
    pub settled_at: Moment,
    /// Number of ticks settled.
    pub ticks: u32,
    /// Amount paid for `ticks`, in planck.
    pub paid: Balance,
}

impl Table for ReceiptRow {
    const NAME: &'static str = "receipts";
    const KEY: &'static [&'static str] = &["seq"];
    const COLUMNS: &'static [&'static str] =
        &["seq", "session", "viewer", "stream", "block", "time_ms", "ticks", "paid"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            Value::Int(self.seq),
            sql::session(&self.session),
            account(&self.viewer),
            big("the stream", self.stream)?,
            int(self.block),
            big("the block's time", self.settled_at)?,
            int(self.ticks),
            amount(self.paid),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.i64("seq")?,
            session: row.session("session")?,
            viewer: row.account("viewer")?,
            stream: row.u64("stream")?,
            block: row.u32("block")?,
            settled_at: row.u64("time_ms")?,
            ticks: row.u32("ticks")?,
            paid: row.amount("paid")?,
        })
    }
}
