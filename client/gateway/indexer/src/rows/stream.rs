//! Streams.

use crate::{
    error::StoreError,
    metadata::{fold_case, Metadata},
    sql::{self, amount, big, maybe_int, text, Fields, Table, Value},
};
use codec::{DecodeAll, Encode};
use tick_stream_primitives::{BlockNumber, Stream, StreamId, StreamStatus, Totals};

/// A stream as finalized blocks reported it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamRow {
    /// Identifier of the stream.
    pub id: StreamId,
    /// The stream as the chain last reported it, with due announcements applied. Its `totals` and `open_sessions` are not
    /// kept up to date; see [`StreamRow::totals`].
    pub value: Stream,
    /// Sums over the settlements and tips in the index.
    pub totals: Totals,
}

impl StreamRow {
    /// Returns the block in which the next announced change takes effect.
    pub(crate) fn next_change(&self) -> Option<BlockNumber> {
        let price = self.value.next_price.as_ref().map(|next| next.at);
        let splits = self.value.next_splits.as_ref().map(|next| next.at);
        price.into_iter().chain(splits).min()
    }
}

/// Returns a status as stored.
pub(crate) fn status_number(status: StreamStatus) -> Value {
    Value::Int(match status {
        StreamStatus::Live => 0,
        StreamStatus::Offline => 1,
        StreamStatus::Ended => 2,
        StreamStatus::Suspended => 3,
    })
}

impl Table for StreamRow {
    const NAME: &'static str = "streams";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "creator",
        "category_key",
        "search_text",
        "price",
        "value",
        "next_change",
        "status",
        "ticks",
        "paid",
        "tipped",
        "earned",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let metadata = Metadata::decode(&self.value.metadata);
        Ok(vec![
            big("the stream", self.id)?,
            sql::account(&self.value.creator),
            text(fold_case(&metadata.category)),
            text(metadata.search_text()),
            amount(self.value.price_per_tick),
            text(hex::encode(self.value.encode())),
            maybe_int(self.next_change()),
            status_number(self.value.status),
            big("the sum of ticks", self.totals.ticks)?,
            amount(self.totals.paid),
            amount(self.totals.tipped),
            amount(self.totals.paid.saturating_add(self.totals.tipped)),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt { column: "streams.value" };
        let bytes = hex::decode(row.text("value")?).map_err(|_| corrupt())?;
        Ok(Self {
            id: row.u64("id")?,
            value: Stream::decode_all(&mut &bytes[..]).map_err(|_| corrupt())?,
            totals: Totals { ticks: row.u64("ticks")?, paid: row.amount("paid")?, tipped: row.amount("tipped")? },
        })
    }
}
