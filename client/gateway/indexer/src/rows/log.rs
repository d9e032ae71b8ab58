//! What is only ever added: settlements, tips, payouts, and the hashes of the last blocks.

use crate::{
    error::StoreError,
    facts::BlockHash,
    sql::{account, amount, big, int, session, text, Fields, Table, Value},
};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Moment, SessionId, StreamId};

/// When something happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct When {
    /// Orders everything that happened: the block times 2^20, plus the index of the fact in it.
    pub seq: i64,
    pub block: BlockNumber,
    pub time_ms: Moment,
}

impl When {
    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self { seq: row.i64("seq")?, block: row.u32("block")?, time_ms: row.u64("time_ms")? })
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ReceiptRow {
    pub when: When,
    pub session: SessionId,
    pub ticks: u32,
    pub settled_ticks: u32,
    pub paid: Balance,
}

impl Table for ReceiptRow {
    const NAME: &'static str = "receipts";
    const KEY: &'static [&'static str] = &["seq"];
    const COLUMNS: &'static [&'static str] = &["seq", "block", "time_ms", "session", "ticks", "settled_ticks", "paid"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            Value::Int(self.when.seq),
            int(self.when.block),
            big("the block's time", self.when.time_ms)?,
            session(&self.session),
            int(self.ticks),
            int(self.settled_ticks),
            amount(self.paid),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            when: When::read(row)?,
            session: row.session("session")?,
            ticks: row.u32("ticks")?,
            settled_ticks: row.u32("settled_ticks")?,
            paid: row.amount("paid")?,
        })
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TipRow {
    pub when: When,
    pub stream: StreamId,
    pub from: AccountId,
    pub amount: Balance,
    pub memo: String,
}

impl Table for TipRow {
    const NAME: &'static str = "tips";
    const KEY: &'static [&'static str] = &["seq"];
    const COLUMNS: &'static [&'static str] = &["seq", "block", "time_ms", "stream", "giver", "amount", "memo"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            Value::Int(self.when.seq),
            int(self.when.block),
            big("the block's time", self.when.time_ms)?,
            big("the stream", self.stream)?,
            account(&self.from),
            amount(self.amount),
            text(&self.memo),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            when: When::read(row)?,
            stream: row.u64("stream")?,
            from: row.account("giver")?,
            amount: row.amount("amount")?,
            memo: row.text("memo")?,
        })
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PayoutRow {
    pub when: When,
    pub account: AccountId,
    pub amount: Balance,
}

impl Table for PayoutRow {
    const NAME: &'static str = "payouts";
    const KEY: &'static [&'static str] = &["seq"];
    const COLUMNS: &'static [&'static str] = &["seq", "block", "time_ms", "account", "amount"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            Value::Int(self.when.seq),
            int(self.when.block),
            big("the block's time", self.when.time_ms)?,
            account(&self.account),
            amount(self.amount),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self { when: When::read(row)?, account: row.account("account")?, amount: row.amount("amount")? })
    }
}

/// A block's hash, kept for a while: a node on another chain shows itself by it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct BlockRow {
    pub block: BlockNumber,
    pub hash: BlockHash,
}

impl Table for BlockRow {
    const NAME: &'static str = "recent_blocks";
    const KEY: &'static [&'static str] = &["block"];
    const COLUMNS: &'static [&'static str] = &["block", "hash"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![int(self.block), text(hex::encode(self.hash))])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self { block: row.u32("block")?, hash: row.bytes("hash")? })
    }
}
