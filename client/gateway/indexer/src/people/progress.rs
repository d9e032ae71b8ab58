//! How far people have watched what.

use crate::{
    error::{GatewayStateError, QueryError, StoreError},
    page::{page_of, List, Page, PageRequest},
    sql::{self, account, big, maybe_big, places, portions, text, Fields, Table, Value},
    store::{commit, Store},
};
use std::collections::{BTreeMap, HashSet};
use tick_stream_primitives::{AccountId, Moment};

/// Maximum number of streams and recordings in a person's history. Above it, those that were watched least recently go.
pub const MAX_HISTORY: u32 = 2_000;
/// Position from which on a recording counts as begun, in milliseconds.
const BEGUN_MS: u64 = 5_000;
/// Percent of a recording from which on it counts as watched.
const WATCHED_PERCENT: u64 = 95;

/// How far a person has watched a stream or a recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProgressRow {
    /// The person.
    pub person: AccountId,
    /// What is watched.
    pub subject: String,
    /// Position in milliseconds from the beginning.
    pub position_ms: u64,
    /// Length in milliseconds, if it is known.
    pub duration_ms: Option<u64>,
    /// When the person was there.
    pub noted_at: Moment,
}

impl Store {
    /// Writes positions, unless later ones are known.
    pub async fn save_progress(&self, rows: &[ProgressRow]) -> Result<(), GatewayStateError> {
        if rows.is_empty() {
            return Ok(());
        }
        let rows = last_of_each(rows);
        let mut tx = self.begin().await?;
        let keys: Vec<Vec<Value>> = rows.iter().map(ProgressRow::key).collect();
        let known = sql::load::<ProgressRow>(&mut tx, &keys).await?;
        let known: HashSet<_> = known.iter().map(|row| (&row.person, &row.subject)).collect();
        let is_new = |row: &&ProgressRow| !known.contains(&(&row.person, &row.subject));
        let grown: HashSet<&AccountId> = rows.iter().filter(is_new).map(|row| &row.person).collect();
        for part in portions(&rows) {
            let sql = format!(
                "INSERT INTO progress ({}) VALUES {} ON CONFLICT (person, subject) DO UPDATE SET \
                 position_ms = excluded.position_ms, duration_ms = COALESCE(excluded.duration_ms, progress.duration_ms), \
                 noted_at = excluded.noted_at WHERE progress.noted_at <= excluded.noted_at",
                ProgressRow::COLUMNS.join(", "),
                places(part.len(), ProgressRow::COLUMNS.len()),
            );
            let values = part.iter().map(ProgressRow::values).collect::<Result<Vec<_>, _>>()?.concat();
            sql::execute(&mut tx, "write positions", sql, values).await?;
        }
        for person in grown {
            // By time and subject, since a device may report everything with one time.
            let sql = format!(
                "DELETE FROM progress WHERE person = $1 AND (noted_at, subject) <= (SELECT noted_at, subject FROM progress \
                 WHERE person = $1 ORDER BY noted_at DESC, subject DESC LIMIT 1 OFFSET {MAX_HISTORY})"
            );
            sql::execute(&mut tx, "shorten a history", sql, vec![account(person)]).await?;
        }
        Ok(commit(tx).await?)
    }

    /// Returns how far a person has watched something.
    pub async fn progress(&self, who: &AccountId, subject: &str) -> Result<Option<ProgressRow>, GatewayStateError> {
        let key = vec![account(who), text(subject)];
        Ok(sql::load::<ProgressRow>(&mut *self.read().await?, &[key]).await?.into_iter().next())
    }

    /// Returns a page of what a person has watched, the last first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn history(&self, who: &AccountId, page: &PageRequest) -> Result<Page<ProgressRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut values = vec![account(who)];
        let behind = match page.mark::<(u64, String)>(List::History)? {
            Some((at, subject)) => {
                if subject.contains('\0') {
                    return Err(QueryError::BadCursor);
                }
                values.extend([big("the time", at).map_err(|_| QueryError::BadCursor)?, text(subject)]);
                " AND (noted_at, subject) < ($2, $3)"
            }
            None => "",
        };
        let columns = ProgressRow::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM progress WHERE person = $1{behind} ORDER BY noted_at DESC, subject DESC LIMIT {}",
            limit + 1
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "read a history", sql, values).await?;
        let rows = rows.iter().map(|row| ProgressRow::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(List::History, limit, rows, |row| (row.noted_at, row.subject.clone())))
    }

    /// Returns up to `limit` recordings that a person has begun and not watched to the end, the last first.
    pub async fn unfinished(&self, who: &AccountId, limit: u32) -> Result<Vec<ProgressRow>, GatewayStateError> {
        let columns = ProgressRow::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM progress WHERE person = $1 AND subject LIKE 'recording:%' AND \
             position_ms > {BEGUN_MS} AND duration_ms IS NOT NULL AND \
             position_ms < duration_ms / 100 * {WATCHED_PERCENT} ORDER BY noted_at DESC, subject DESC LIMIT {limit}"
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "find what is unfinished", sql, vec![account(who)]).await?;
        Ok(rows.iter().map(|row| ProgressRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Deletes what a person has watched: one subject, or everything.
    pub async fn forget_progress(&self, who: &AccountId, subject: Option<&str>) -> Result<(), GatewayStateError> {
        let mut sql = "DELETE FROM progress WHERE person = $1".to_owned();
        let mut values = vec![account(who)];
        if let Some(subject) = subject {
            sql.push_str(" AND subject = $2");
            values.push(text(subject));
        }
        Ok(sql::execute(&mut *self.read().await?, "forget a history", sql, values).await?)
    }
}

/// Returns the last position of each person and subject: PostgreSQL writes a row once in a statement.
fn last_of_each(rows: &[ProgressRow]) -> Vec<ProgressRow> {
    let mut last: BTreeMap<(&[u8], &str), &ProgressRow> = BTreeMap::new();
    for row in rows {
        let place = last.entry((row.person.as_ref(), &row.subject)).or_insert(row);
        if place.noted_at <= row.noted_at {
            *place = row;
        }
    }
    last.into_values().cloned().collect()
}

impl ProgressRow {
    fn key(&self) -> Vec<Value> {
        vec![account(&self.person), text(&self.subject)]
    }
}

impl Table for ProgressRow {
    const NAME: &'static str = "progress";
    const KEY: &'static [&'static str] = &["person", "subject"];
    const COLUMNS: &'static [&'static str] = &["person", "subject", "position_ms", "duration_ms", "noted_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let mut values = self.key();
        values.extend([
            big("the position", self.position_ms)?,
            maybe_big("the length", self.duration_ms)?,
            big("the time", self.noted_at)?,
        ]);
        Ok(values)
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            person: row.account("person")?,
            subject: row.text("subject")?,
            position_ms: row.u64("position_ms")?,
            duration_ms: row.maybe_u64("duration_ms")?,
            noted_at: row.u64("noted_at")?,
        })
    }
}
