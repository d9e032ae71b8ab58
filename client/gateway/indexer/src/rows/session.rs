//! Sessions.

use crate::{
    error::StoreError,
    sql::{self, account, amount, big, int, maybe_amount, maybe_big, maybe_int, text, Fields, Table, Value},
};
use sp_runtime::Permill;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Moment, SessionId, StreamId};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SessionRow {
    pub id: SessionId,
    pub seq: i64,
    pub viewer: AccountId,
    pub stream: StreamId,
    pub gateway: AccountId,
    pub nonce: u64,
    pub price_per_tick: Balance,
    pub max_ticks: u32,
    /// The stream's when the session was opened; what the session's income is shared by.
    pub gateway_share: Permill,
    pub fee: Balance,
    pub settled_ticks: u32,
    pub paid: Balance,
    pub refunded: Option<Balance>,
    pub opened_block: BlockNumber,
    pub opened_at: Moment,
    pub closing_until: Option<BlockNumber>,
    pub closed_block: Option<BlockNumber>,
    pub closed_at: Option<Moment>,
}

impl SessionRow {
    /// What was set aside when it was opened.
    pub fn reserve(&self) -> Balance {
        self.price_per_tick.saturating_mul(Balance::from(self.max_ticks))
    }
}

impl Table for SessionRow {
    const NAME: &'static str = "sessions";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "seq",
        "viewer",
        "stream",
        "gateway",
        "nonce",
        "price",
        "max_ticks",
        "gateway_share_ppm",
        "fee",
        "settled_ticks",
        "paid",
        "refunded",
        "opened_block",
        "opened_at",
        "closing_until",
        "closed_block",
        "closed_at",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            sql::session(&self.id),
            Value::Int(self.seq),
            account(&self.viewer),
            big("the stream", self.stream)?,
            account(&self.gateway),
            text(self.nonce.to_string()),
            amount(self.price_per_tick),
            int(self.max_ticks),
            int(self.gateway_share.deconstruct()),
            amount(self.fee),
            int(self.settled_ticks),
            amount(self.paid),
            maybe_amount(self.refunded),
            int(self.opened_block),
            big("the session's beginning", self.opened_at)?,
            maybe_int(self.closing_until),
            maybe_int(self.closed_block),
            maybe_big("the block's time", self.closed_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.session("id")?,
            seq: row.i64("seq")?,
            viewer: row.account("viewer")?,
            stream: row.u64("stream")?,
            gateway: row.account("gateway")?,
            nonce: row.parsed("nonce")?,
            price_per_tick: row.amount("price")?,
            max_ticks: row.u32("max_ticks")?,
            gateway_share: Permill::from_parts(row.u32("gateway_share_ppm")?),
            fee: row.amount("fee")?,
            settled_ticks: row.u32("settled_ticks")?,
            paid: row.amount("paid")?,
            refunded: row.maybe_amount("refunded")?,
            opened_block: row.u32("opened_block")?,
            opened_at: row.u64("opened_at")?,
            closing_until: row.maybe_u32("closing_until")?,
            closed_block: row.maybe_u32("closed_block")?,
            closed_at: row.maybe_u64("closed_at")?,
        })
    }
}
