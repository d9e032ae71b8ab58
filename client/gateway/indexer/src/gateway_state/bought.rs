//! Keys that viewers have bought, at this gateway and in whichever session. They stay free for as long as there is something
//! to decrypt with them.

use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, account, big, session, Fields, Table, Value},
    store::{commit, Store},
};
use sqlx::AnyConnection;
use std::{collections::BTreeMap, ops::RangeInclusive};
use tick_stream_primitives::{AccountId, Moment, SessionId, StreamId};

/// Maximum number of separate ranges that are remembered of a viewer and a stream. A viewer that seeks leaves gaps; what is
/// above the limit has to be paid again.
pub const MAX_BOUGHT_RANGES: usize = 10_000;

/// A range of keys that a viewer has paid for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BoughtRange {
    /// Account that paid.
    pub viewer: AccountId,
    /// Stream of the keys.
    pub stream: StreamId,
    /// Index of the first key.
    pub first_key: u64,
    /// Index of the last key.
    pub last_key: u64,
    /// Session that paid last.
    pub session: SessionId,
    /// Time of the last payment.
    pub bought_at: Moment,
}

impl Store {
    /// Adds ranges to those that their viewers have bought already.
    pub async fn add_bought(&self, ranges: &[BoughtRange]) -> Result<(), GatewayStateError> {
        let mut by_owner = BTreeMap::<_, Vec<BoughtRange>>::new();
        for range in ranges {
            by_owner.entry((range.viewer.clone(), range.stream)).or_default().push(range.clone());
        }
        let mut tx = self.begin().await?;
        for ((viewer, stream), new) in by_owner {
            add(&mut tx, &viewer, stream, new).await?;
        }
        Ok(commit(tx).await?)
    }

    /// Returns the keys of a stream that a viewer has bought: ranges in ascending order, which neither overlap nor touch.
    pub async fn bought(
        &self,
        viewer: &AccountId,
        stream: StreamId,
    ) -> Result<Vec<RangeInclusive<u64>>, GatewayStateError> {
        let found = stored(&mut *self.read().await?, viewer, stream).await?;
        Ok(found.into_iter().map(|range| range.first_key..=range.last_key).collect())
    }
}

async fn add(
    connection: &mut AnyConnection,
    viewer: &AccountId,
    stream: StreamId,
    new: Vec<BoughtRange>,
) -> Result<(), StoreError> {
    let old = stored(connection, viewer, stream).await?;
    let all = merged(old.iter().cloned().chain(new).collect());
    let changed: Vec<_> = all.iter().filter(|range| !old.contains(range)).cloned().collect();
    for gone in old.iter().filter(|range| !all.iter().any(|kept| kept.first_key == range.first_key)) {
        let sql = "DELETE FROM bought WHERE viewer = $1 AND stream = $2 AND first_key = $3".to_owned();
        sql::execute(connection, "join ranges of keys", sql, gone.key()?).await?;
    }
    sql::upsert(connection, &changed).await
}

async fn stored(
    connection: &mut AnyConnection,
    viewer: &AccountId,
    stream: StreamId,
) -> Result<Vec<BoughtRange>, StoreError> {
    let Ok(stream) = big("the stream", stream) else { return Ok(Vec::new()) };
    let columns = BoughtRange::COLUMNS.join(", ");
    let sql = format!(
        "SELECT {columns} FROM bought WHERE viewer = $1 AND stream = $2 ORDER BY first_key LIMIT {MAX_BOUGHT_RANGES}"
    );
    let rows = sql::fetch_all(connection, "find bought keys", sql, vec![account(viewer), stream]).await?;
    rows.iter().map(|row| BoughtRange::read(&Fields(row))).collect()
}

/// Joins ranges that overlap or touch. Above the limit, the last ones are left out.
fn merged(mut ranges: Vec<BoughtRange>) -> Vec<BoughtRange> {
    ranges.sort_by_key(|range| (range.first_key, range.bought_at));
    let mut merged: Vec<BoughtRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut().filter(|last| range.first_key <= last.last_key.saturating_add(1)) {
            Some(last) => {
                last.last_key = last.last_key.max(range.last_key);
                if range.bought_at >= last.bought_at {
                    (last.session, last.bought_at) = (range.session, range.bought_at);
                }
            }
            None => merged.push(range),
        }
    }
    merged.truncate(MAX_BOUGHT_RANGES);
    merged
}

impl BoughtRange {
    fn key(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![account(&self.viewer), big("the stream", self.stream)?, big("the key index", self.first_key)?])
    }
}

impl Table for BoughtRange {
    const NAME: &'static str = "bought";
    const KEY: &'static [&'static str] = &["viewer", "stream", "first_key"];
    const COLUMNS: &'static [&'static str] = &["viewer", "stream", "first_key", "last_key", "session", "bought_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let mut values = self.key()?;
        values.extend([big("the key index", self.last_key)?, session(&self.session), big("the time", self.bought_at)?]);
        Ok(values)
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            viewer: row.account("viewer")?,
            stream: row.u64("stream")?,
            first_key: row.u64("first_key")?,
            last_key: row.u64("last_key")?,
            session: row.session("session")?,
            bought_at: row.u64("bought_at")?,
        })
    }
}
