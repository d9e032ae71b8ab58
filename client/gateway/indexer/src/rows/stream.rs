//! Streams.

use crate::{
    error::StoreError,
    metadata::{fold_case, Metadata},
    sql::{amount, big, int, maybe_int, text, Fields, Table, Value},
};
use codec::{DecodeAll, Encode};
use tick_stream_primitives::{Balance, BlockNumber, Moment, Stream, StreamId, StreamStatus};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct StreamRow {
    pub id: StreamId,
    /// What the chain last said, announcements applied; its totals and open sessions are not kept up.
    pub value: Stream,
    pub is_removed: bool,
    pub created_block: BlockNumber,
    pub created_at: Moment,
    pub updated_at: Moment,
    pub sessions: u64,
    pub open_sessions: u64,
    pub ticks: u64,
    pub paid: Balance,
    pub tipped: Balance,
}

impl StreamRow {
    /// The block of the next announcement that will take effect.
    pub fn next_change(&self) -> Option<BlockNumber> {
        let price = self.value.next_price.as_ref().map(|next| next.at);
        let splits = self.value.next_splits.as_ref().map(|next| next.at);
        price.into_iter().chain(splits).min()
    }
}

/// A status as stored.
pub(crate) fn status_number(status: StreamStatus) -> i64 {
    match status {
        StreamStatus::Live => 0,
        StreamStatus::Offline => 1,
        StreamStatus::Ended => 2,
        StreamStatus::Suspended => 3,
    }
}

impl Table for StreamRow {
    const NAME: &'static str = "streams";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "creator",
        "title",
        "category_key",
        "search_text",
        "price",
        "value",
        "next_change",
        "status",
        "is_removed",
        "created_block",
        "created_at",
        "updated_at",
        "sessions",
        "open_sessions",
        "ticks",
        "paid",
        "tipped",
        "earned",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let metadata = Metadata::decode(&self.value.metadata);
        Ok(vec![
            big("the stream", self.id)?,
            crate::sql::account(&self.value.creator),
            text(&metadata.title),
            text(fold_case(&metadata.category)),
            text(metadata.search_text()),
            amount(self.value.price_per_tick),
            text(hex::encode(self.value.encode())),
            maybe_int(self.next_change()),
            Value::Int(status_number(self.value.status)),
            int(self.is_removed),
            int(self.created_block),
            big("the block's time", self.created_at)?,
            big("the block's time", self.updated_at)?,
            big("the number of sessions", self.sessions)?,
            big("the number of open sessions", self.open_sessions)?,
            big("the sum of ticks", self.ticks)?,
            amount(self.paid),
            amount(self.tipped),
            amount(self.paid.saturating_add(self.tipped)),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt { column: "streams.value" };
        let bytes = hex::decode(row.text("value")?).map_err(|_| corrupt())?;
        Ok(Self {
            id: row.u64("id")?,
            value: Stream::decode_all(&mut &bytes[..]).map_err(|_| corrupt())?,
            is_removed: row.i64("is_removed")? != 0,
            created_block: row.u32("created_block")?,
            created_at: row.u64("created_at")?,
            updated_at: row.u64("updated_at")?,
            sessions: row.u64("sessions")?,
            open_sessions: row.u64("open_sessions")?,
            ticks: row.u64("ticks")?,
            paid: row.amount("paid")?,
            tipped: row.amount("tipped")?,
        })
    }
}
