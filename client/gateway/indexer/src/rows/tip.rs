//! Tips.

use crate::{
    error::StoreError,
    sql::{account, amount, big, int, text, Fields, Table, Value},
};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Moment, StreamId};

/// A tip.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TipRow {
    /// Position among all events of the chain.
    pub(crate) seq: i64,
    /// Stream that received it.
    pub stream: StreamId,
    /// Account that had created the stream.
    pub creator: AccountId,
    /// Account that gave it.
    pub giver: AccountId,
    /// Amount before any share is taken, in planck.
    pub amount: Balance,
    /// What the giver wrote, without what is no valid UTF-8 and without control characters.
    pub memo: String,
    /// Block of the tip.
    pub block: BlockNumber,
    /// Time of the block.
    pub at: Moment,
}

/// Returns the message of a tip as stored. PostgreSQL cannot store NUL.
pub(crate) fn memo_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|&c| c == '\n' || !c.is_control()).collect()
}

impl Table for TipRow {
    const NAME: &'static str = "tips";
    const KEY: &'static [&'static str] = &["seq"];
    const COLUMNS: &'static [&'static str] = &["seq", "stream", "creator", "giver", "amount", "memo", "block", "at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            Value::Int(self.seq),
            big("the stream", self.stream)?,
            account(&self.creator),
            account(&self.giver),
            amount(self.amount),
            text(self.memo.clone()),
            int(self.block),
            big("the block's time", self.at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.i64("seq")?,
            stream: row.u64("stream")?,
            creator: row.account("creator")?,
            giver: row.account("giver")?,
            amount: row.amount("amount")?,
            memo: row.text("memo")?,
            block: row.u32("block")?,
            at: row.u64("at")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memo_is_stored_without_control_characters_and_broken_bytes() {
        assert_eq!(memo_text("Danke schön \u{1f44d}\nnext".as_bytes()), "Danke schön \u{1f44d}\nnext");
        assert_eq!(memo_text(b"a\0b\x1b[31m\xffc"), "ab[31m\u{fffd}c");
        assert_eq!(memo_text(b""), "");
    }
}
