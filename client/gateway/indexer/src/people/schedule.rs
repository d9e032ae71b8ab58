//! What creators announce, and who is to be reminded.

use super::reports::next_id;
use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, account, big, int, maybe_big, places, portions, text, Fields, Table, Value},
    store::{commit, Store},
};
use std::collections::HashSet;
use tick_stream_primitives::{AccountId, Moment, StreamId};

/// Maximum number of entries that become due at once. Others follow with the next call.
const MAX_DUE: u32 = 1_000;

/// An entry of a creator's schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScheduleRow {
    /// Number of the entry; given when it is added.
    pub id: u64,
    /// The creator.
    pub creator: AccountId,
    /// Beginning.
    pub starts_at: Moment,
    /// Length in minutes.
    pub minutes: u32,
    /// Title.
    pub title: String,
    /// Stream, if the creator has chosen one.
    pub stream: Option<StreamId>,
    /// Whether people were reminded.
    pub is_announced: bool,
}

impl Store {
    /// Adds an entry, unless its creator has `max` entries that have not begun. Returns its number.
    pub async fn add_schedule(
        &self,
        row: &ScheduleRow,
        now: Moment,
        max: u32,
    ) -> Result<Option<u64>, GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = format!("SELECT id FROM schedule WHERE creator = $1 AND starts_at >= $2 LIMIT {max}");
        let values = vec![account(&row.creator), big("the time", now)?];
        if sql::fetch_all(&mut tx, "count a schedule", sql, values).await?.len() >= max as usize {
            return Ok(None);
        }
        let id = next_id(&mut tx, ScheduleRow::NAME).await?;
        sql::insert(&mut tx, &[ScheduleRow { id, ..row.clone() }]).await?;
        commit(tx).await?;
        Ok(Some(id))
    }

    /// Returns an entry, or `None` if there is none of this number.
    pub async fn schedule_entry(&self, id: u64) -> Result<Option<ScheduleRow>, GatewayStateError> {
        let Ok(key) = big("the entry", id) else { return Ok(None) };
        Ok(sql::load::<ScheduleRow>(&mut *self.read().await?, &[vec![key]]).await?.into_iter().next())
    }

    /// Returns up to `limit` entries of a creator that begin at a time or later, in order of time.
    pub async fn schedule_of(
        &self,
        creator: &AccountId,
        since: Moment,
        limit: u32,
    ) -> Result<Vec<ScheduleRow>, GatewayStateError> {
        let columns = ScheduleRow::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM schedule WHERE creator = $1 AND starts_at >= $2 ORDER BY starts_at, id LIMIT {limit}"
        );
        let values = vec![account(creator), big("the time", since)?];
        let rows = sql::fetch_all(&mut *self.read().await?, "read a schedule", sql, values).await?;
        Ok(rows.iter().map(|row| ScheduleRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Removes an entry of a creator. Returns whether there was one.
    pub async fn remove_schedule(&self, id: u64, creator: &AccountId) -> Result<bool, GatewayStateError> {
        let Ok(key) = big("the entry", id) else { return Ok(false) };
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM schedule WHERE id = $1 AND creator = $2 RETURNING id".to_owned();
        let values = vec![key.clone(), account(creator)];
        if sql::fetch_all(&mut tx, "remove an entry", sql, values).await?.is_empty() {
            return Ok(false);
        }
        let sql = "DELETE FROM reminders WHERE entry = $1".to_owned();
        sql::execute(&mut tx, "remove reminders", sql, vec![key]).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Sets whether a person is reminded of an entry.
    pub async fn set_reminder(&self, id: u64, who: &AccountId, is_reminded: bool) -> Result<(), GatewayStateError> {
        let sql = match is_reminded {
            true => "INSERT INTO reminders (entry, person) VALUES ($1, $2) ON CONFLICT (entry, person) DO NOTHING",
            false => "DELETE FROM reminders WHERE entry = $1 AND person = $2",
        };
        let values = vec![big("the entry", id)?, account(who)];
        Ok(sql::execute(&mut *self.read().await?, "change a reminder", sql.to_owned(), values).await?)
    }

    /// Returns those of these entries that a person is reminded of.
    pub async fn reminded_entries(&self, who: &AccountId, ids: &[u64]) -> Result<HashSet<u64>, GatewayStateError> {
        let mut found = HashSet::new();
        let mut connection = self.read().await?;
        for part in portions(ids) {
            let sql =
                format!("SELECT entry FROM reminders WHERE (entry, person) IN (VALUES {})", places(part.len(), 2));
            let mut values = Vec::with_capacity(2 * part.len());
            for id in part {
                values.extend([big("the entry", *id)?, account(who)]);
            }
            for row in &sql::fetch_all(&mut connection, "find reminders", sql, values).await? {
                found.insert(Fields(row).u64("entry")?);
            }
        }
        Ok(found)
    }

    /// Returns up to `limit` people who are to be reminded of an entry in the order of their accounts, those behind `after`.
    pub async fn reminded_people(
        &self,
        id: u64,
        after: Option<&AccountId>,
        limit: u32,
    ) -> Result<Vec<AccountId>, GatewayStateError> {
        let sql =
            format!("SELECT person FROM reminders WHERE entry = $1 AND person > $2 ORDER BY person LIMIT {limit}");
        let values = vec![big("the entry", id)?, after.map_or_else(|| text(""), account)];
        let rows = sql::fetch_all(&mut *self.read().await?, "list reminders", sql, values).await?;
        Ok(rows.iter().map(|row| Fields(row).account("person")).collect::<Result<_, _>>()?)
    }

    /// Returns entries that begin before a time and of which nobody was reminded, each once over all calls.
    pub async fn take_due_entries(&self, before: Moment) -> Result<Vec<u64>, GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = format!(
            "UPDATE schedule SET is_announced = 1 WHERE id IN (SELECT id FROM schedule WHERE is_announced = 0 AND \
             starts_at < $1 ORDER BY starts_at LIMIT {MAX_DUE}) AND is_announced = 0 RETURNING id"
        );
        let rows = sql::fetch_all(&mut tx, "find due entries", sql, vec![big("the time", before)?]).await?;
        let ids = rows.iter().map(|row| Fields(row).u64("id")).collect::<Result<_, _>>()?;
        commit(tx).await?;
        Ok(ids)
    }
}

impl Table for ScheduleRow {
    const NAME: &'static str = "schedule";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] =
        &["id", "creator", "starts_at", "minutes", "title", "stream", "is_announced"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the entry", self.id)?,
            account(&self.creator),
            big("the time", self.starts_at)?,
            int(self.minutes),
            text(&self.title),
            maybe_big("the stream", self.stream)?,
            int(self.is_announced),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.u64("id")?,
            creator: row.account("creator")?,
            starts_at: row.u64("starts_at")?,
            minutes: row.u32("minutes")?,
            title: row.text("title")?,
            stream: row.maybe_u64("stream")?,
            is_announced: row.i64("is_announced")? != 0,
        })
    }
}
