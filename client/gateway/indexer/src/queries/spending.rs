//! What viewers have paid: sums by time and stream, and receipts.
//!
//! Neither database adds 128-bit numbers exactly. Amounts are therefore added in three parts of 13 digits, for each quarter of an
//! hour, and the parts and quarters are put together in memory: a year of watching is at most 35,000 rows for a stream.

use super::{borders::Borders, condition::Condition};
use crate::{
    error::{QueryError, StoreError},
    page::{page_of, List, Page, PageRequest},
    rows::session::ReceiptRow,
    sql::{self, big, Fields, Table, Value},
    store::Store,
};
use sqlx::AnyConnection;
use std::collections::{BTreeMap, HashMap};
use tick_stream_primitives::{AccountId, Balance, Moment, StreamId};

/// Days of all time zones begin at multiples of this: a quarter of an hour.
pub const SPENDING_STEP_MS: u64 = 900_000;
/// Number of ids in one statement.
const IDS_PER_STATEMENT: usize = 256;
/// 10^13: amounts are added in parts of 13 digits. A sum of 900,000 parts is within 63 bits.
const PART: Balance = 10_000_000_000_000;

/// What a viewer has paid for a stream within one bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SpendingSum {
    /// Number of the bucket, from 0.
    pub bucket: usize,
    /// The stream.
    pub stream: StreamId,
    /// Ticks settled.
    pub ticks: u64,
    /// Amount paid for them.
    pub paid: Balance,
    /// Amount given as tips.
    pub tips: Balance,
}

/// A table of payments.
struct Payments {
    table: &'static str,
    payer: &'static str,
    time: &'static str,
    amount: &'static str,
    ticks: &'static str,
}

const RECEIPTS: Payments =
    Payments { table: "receipts", payer: "viewer", time: "time_ms", amount: "paid", ticks: "SUM(ticks)" };
const TIPS: Payments = Payments { table: "tips", payer: "giver", time: "at", amount: "amount", ticks: "0" };

/// Payments for a stream within a quarter of an hour.
struct Quarter {
    starts_at: Moment,
    stream: StreamId,
    ticks: u64,
    amount: Balance,
}

impl Store {
    /// Returns what a viewer has paid between each two of `borders`, by stream, in order of time and stream. The borders ascend
    /// and are multiples of [`SPENDING_STEP_MS`].
    ///
    /// # Errors
    ///
    /// Fails if the borders are not valid or more than [`super::MAX_BUCKETS`] and one, and if the database fails.
    pub async fn spending(&self, viewer: &AccountId, borders: &[Moment]) -> Result<Vec<SpendingSum>, QueryError> {
        let borders = Borders::new(borders, SPENDING_STEP_MS)?;
        let mut sums: BTreeMap<(usize, StreamId), SpendingSum> = BTreeMap::new();
        let mut connection = self.read().await?;
        for (payments, are_tips) in [(RECEIPTS, false), (TIPS, true)] {
            for quarter in quarters(&mut connection, &payments, viewer, &borders).await? {
                let Quarter { starts_at, stream, ticks, amount } = quarter;
                let Some(bucket) = borders.bucket_of(starts_at) else { continue };
                let empty = SpendingSum { bucket, stream, ticks: 0, paid: 0, tips: 0 };
                let sum = sums.entry((bucket, stream)).or_insert(empty);
                sum.ticks = sum.ticks.saturating_add(ticks);
                let part = if are_tips { &mut sum.tips } else { &mut sum.paid };
                *part = part.saturating_add(amount);
            }
        }
        Ok(sums.into_values().collect())
    }

    /// Returns a page of the settlements of all sessions of a viewer, the newest first.
    pub async fn receipts_of_viewer(
        &self,
        viewer: &AccountId,
        page: &PageRequest,
    ) -> Result<Page<ReceiptRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = Condition::default();
        condition.add("viewer = $", [sql::account(viewer)]);
        if let Some((at, seq)) = page.mark::<(u64, i64)>(List::ReceiptsOfViewer)? {
            condition.add("(time_ms, seq) < ($, $)", [big("the time", at)?, Value::Int(seq)]);
        }
        let columns = ReceiptRow::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM receipts {} ORDER BY time_ms DESC, seq DESC LIMIT {}",
            condition.sql(),
            limit + 1
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "list receipts", sql, condition.values).await?;
        let rows = rows.iter().map(|row| ReceiptRow::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(List::ReceiptsOfViewer, limit, rows, |row| (row.settled_at, row.seq)))
    }

    /// Returns the creators of streams. Streams that the index does not have are left out.
    pub async fn creators_of(&self, streams: &[StreamId]) -> Result<HashMap<StreamId, AccountId>, QueryError> {
        let mut connection = self.read().await?;
        let mut found = HashMap::with_capacity(streams.len());
        for ids in streams.chunks(IDS_PER_STATEMENT) {
            let mut condition = Condition::default();
            condition.add_id_in(ids);
            let sql = format!("SELECT id, creator FROM streams {}", condition.sql());
            let rows = sql::fetch_all(&mut connection, "find creators", sql, condition.values).await?;
            for row in &rows {
                let row = Fields(row);
                found.insert(row.u64("id")?, row.account("creator")?);
            }
        }
        Ok(found)
    }
}

async fn quarters(
    connection: &mut AnyConnection,
    payments: &Payments,
    payer: &AccountId,
    borders: &Borders<'_>,
) -> Result<Vec<Quarter>, StoreError> {
    let Payments { table, payer: payer_column, time, amount, ticks } = payments;
    let range = borders.range();
    let mut condition = Condition::default();
    condition.add(&format!("{payer_column} = $"), [sql::account(payer)]);
    condition.add_checked(&format!("{time} >= $"), big("the range's beginning", range.start))?;
    condition.add_checked(&format!("{time} < $"), big("the range's end", range.end))?;
    let part = |from: u32| format!("CAST(SUM(CAST(SUBSTR({amount}, {from}, 13) AS BIGINT)) AS BIGINT)");
    let sql = format!(
        "SELECT {time} / {SPENDING_STEP_MS} AS quarter, stream, CAST({ticks} AS BIGINT) AS tick_sum, {} AS high, \
         {} AS middle, {} AS low FROM {table} {} GROUP BY {time} / {SPENDING_STEP_MS}, stream",
        part(1),
        part(14),
        part(27),
        condition.sql()
    );
    let rows = sql::fetch_all(connection, "sum payments", sql, condition.values).await?;
    rows.iter().map(|row| read_quarter(&Fields(row))).collect()
}

fn read_quarter(row: &Fields<'_>) -> Result<Quarter, StoreError> {
    let part = |column| row.u64(column).map(Balance::from);
    let (high, middle, low) = (part("high")?, part("middle")?, part("low")?);
    let amount = high.saturating_mul(PART).saturating_add(middle).saturating_mul(PART).saturating_add(low);
    Ok(Quarter {
        starts_at: row.u64("quarter")?.saturating_mul(SPENDING_STEP_MS),
        stream: row.u64("stream")?,
        ticks: row.u64("tick_sum")?,
        amount,
    })
}
