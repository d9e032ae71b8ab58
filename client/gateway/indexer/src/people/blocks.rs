//! What the operator blocks: accounts, networks, words. And the terms at which streams are served.

use super::reports::{record, AuditRow};
use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, account, amount, big, int, text, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::{AccountId, Balance, Moment, StreamId};

/// Maximum number of streams of blocked accounts that are looked up.
pub const MAX_BLOCKED_STREAMS: u32 = 10_000;

/// The only row of the terms.
const TERMS_ID: u32 = 1;

/// An entry of a list of what is blocked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockRow {
    /// `account`, `network` or `word`.
    pub kind: String,
    /// The account in hex, the network, or the word.
    pub value: String,
    /// Why it is blocked.
    pub note: String,
    /// Who has blocked it.
    pub author: AccountId,
    /// Since when.
    pub made_at: Moment,
}

/// Terms at which streams are served.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PublishingTermsRow {
    /// Lowest price of a tick, in planck.
    pub min_price: Balance,
    /// Smallest share of the gateway, in parts per million.
    pub min_share_ppm: u32,
    /// When they were set.
    pub made_at: Moment,
}

/// Returns an account as it is stored in [`BlockRow::value`].
pub fn blocked_account(who: &AccountId) -> String {
    let bytes: &[u8] = who.as_ref();
    hex::encode(bytes)
}

impl Store {
    /// Returns everything that is blocked, by kind and value; at most `limit` entries.
    pub async fn blocks(&self, limit: u32) -> Result<Vec<BlockRow>, GatewayStateError> {
        let columns = BlockRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM blocks ORDER BY kind, value LIMIT {limit}");
        let rows = sql::fetch_all(&mut *self.read().await?, "list blocks", sql, Vec::new()).await?;
        Ok(rows.iter().map(|row| BlockRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Adds an entry or changes its note, and adds an entry to the record. Returns false if there are `max` others of its kind.
    pub async fn block(&self, block: &BlockRow, max: u32, entry: &AuditRow) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = "SELECT COUNT(*) AS count FROM blocks WHERE kind = $1 AND value <> $2".to_owned();
        let values = vec![text(&block.kind), text(&block.value)];
        let rows = sql::fetch_all(&mut tx, "count blocks", sql, values).await?;
        let others = rows.first().map_or(Ok(0), |row| Fields(row).u32("count"))?;
        if others >= max {
            return Ok(false);
        }
        sql::upsert(&mut tx, std::slice::from_ref(block)).await?;
        record(&mut tx, entry).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Removes an entry, and adds an entry to the record. Returns whether there was one.
    pub async fn unblock(&self, kind: &str, value: &str, entry: &AuditRow) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let key = vec![text(kind), text(value)];
        if sql::load::<BlockRow>(&mut tx, std::slice::from_ref(&key)).await?.is_empty() {
            return Ok(false);
        }
        let sql = "DELETE FROM blocks WHERE kind = $1 AND value = $2".to_owned();
        sql::execute(&mut tx, "remove a block", sql, key).await?;
        record(&mut tx, entry).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Returns the streams of blocked accounts, and of persons who are cut off; at most [`MAX_BLOCKED_STREAMS`].
    pub async fn streams_of_blocked(&self) -> Result<Vec<StreamId>, GatewayStateError> {
        let sql = format!(
            "SELECT id FROM streams WHERE creator IN (SELECT value FROM blocks WHERE kind = 'account') \
             OR creator IN (SELECT person FROM decisions WHERE action = 'cut_off' AND lifted_at IS NULL \
             AND subject LIKE 'person:%' AND person IS NOT NULL) ORDER BY id LIMIT {MAX_BLOCKED_STREAMS}"
        );
        let rows =
            sql::fetch_all(&mut *self.read().await?, "find streams of blocked accounts", sql, Vec::new()).await?;
        Ok(rows.iter().map(|row| Fields(row).u64("id")).collect::<Result<_, _>>()?)
    }

    /// Returns the terms that were set at run time, or `None` if none were.
    pub async fn publishing_terms(&self) -> Result<Option<PublishingTermsRow>, GatewayStateError> {
        let key = vec![int(TERMS_ID)];
        Ok(sql::load::<PublishingTermsRow>(&mut *self.read().await?, &[key]).await?.into_iter().next())
    }

    /// Sets the terms, and adds an entry to the record.
    pub async fn set_publishing_terms(
        &self,
        terms: &PublishingTermsRow,
        entry: &AuditRow,
    ) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        sql::upsert(&mut tx, std::slice::from_ref(terms)).await?;
        record(&mut tx, entry).await?;
        Ok(commit(tx).await?)
    }
}

impl Table for BlockRow {
    const NAME: &'static str = "blocks";
    const KEY: &'static [&'static str] = &["kind", "value"];
    const COLUMNS: &'static [&'static str] = &["kind", "value", "note", "author", "made_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            text(&self.kind),
            text(&self.value),
            text(&self.note),
            account(&self.author),
            big("the time", self.made_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            kind: row.text("kind")?,
            value: row.text("value")?,
            note: row.text("note")?,
            author: row.account("author")?,
            made_at: row.u64("made_at")?,
        })
    }
}

impl Table for PublishingTermsRow {
    const NAME: &'static str = "publishing_terms";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "min_price", "min_share_ppm", "made_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let made_at = big("the time", self.made_at)?;
        Ok(vec![int(TERMS_ID), amount(self.min_price), int(self.min_share_ppm), made_at])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            min_price: row.amount("min_price")?,
            min_share_ppm: row.u32("min_share_ppm")?,
            made_at: row.u64("made_at")?,
        })
    }
}
