//! Notices of people, and what they have set about them.

use crate::{
    error::{GatewayStateError, QueryError, StoreError},
    page::{page_of, List, Page, PageRequest},
    sql::{self, account, big, int, maybe_account, places, portions, text, Fields, Table, Value},
    store::{commit, Store},
};
use std::collections::HashMap;
use tick_stream_primitives::{AccountId, Moment, StreamId};

/// Notices that are kept of each person.
pub const MAX_NOTICES: u32 = 200;
/// Time for which notices are kept: 90 days.
pub const KEEP_NOTICES_MS: u64 = 90 * 24 * 3_600_000;

/// A notice of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoticeRow {
    /// Number of the notice; given when it is added.
    pub id: u64,
    /// The person.
    pub person: AccountId,
    /// Kind, as `vilokanam_wire::notices::NoticeKind` writes it.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Path of the page that it is about.
    pub url: String,
    /// Who has caused it.
    pub author: Option<AccountId>,
    /// Time.
    pub made_at: Moment,
    /// Whether the person has read it.
    pub is_read: bool,
}

impl Store {
    /// Adds notices and gives them their numbers, in their order. Numbers become visible in order: who has seen one will see
    /// none below it that is new.
    pub async fn add_notices(&self, rows: &mut [NoticeRow]) -> Result<(), GatewayStateError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        // The row of the counter is locked until the transaction ends.
        let sql = "INSERT INTO notice_numbers (id, last) VALUES (1, $1) \
                   ON CONFLICT (id) DO UPDATE SET last = notice_numbers.last + excluded.last RETURNING last";
        let count = rows.len() as u64;
        let values = vec![big("the number of notices", count)?];
        let numbered = sql::fetch_all(&mut tx, "number notices", sql.to_owned(), values).await?;
        let last =
            numbered.first().map_or(Err(StoreError::Corrupt { column: "last" }), |row| Fields(row).u64("last"))?;
        for (row, id) in rows.iter_mut().zip(last.saturating_sub(count) + 1..) {
            row.id = id;
        }
        sql::insert(&mut tx, &*rows).await?;
        Ok(commit(tx).await?)
    }

    /// Returns a page of the notices of a person, the newest first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn notices_of(&self, who: &AccountId, page: &PageRequest) -> Result<Page<NoticeRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut values = vec![account(who)];
        let behind = match page.mark::<u64>(List::Notices)? {
            Some(mark) => {
                values.push(big("the notice", mark)?);
                " AND id < $2"
            }
            None => "",
        };
        let columns = NoticeRow::COLUMNS.join(", ");
        let sql =
            format!("SELECT {columns} FROM notices WHERE person = $1{behind} ORDER BY id DESC LIMIT {}", limit + 1);
        let rows = self.notice_rows(sql, values).await?;
        Ok(page_of(List::Notices, limit, rows, |row| row.id))
    }

    /// Returns up to `limit` notices of all people behind a number, in their order.
    pub async fn notices_after(&self, id: u64, limit: u32) -> Result<Vec<NoticeRow>, GatewayStateError> {
        let columns = NoticeRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM notices WHERE id > $1 ORDER BY id LIMIT {limit}");
        Ok(self.notice_rows(sql, vec![big("the notice", id)?]).await?)
    }

    /// Returns the number of the last notice; 0 if there has been none.
    pub async fn last_notice(&self) -> Result<u64, GatewayStateError> {
        let sql = "SELECT last FROM notice_numbers WHERE id = 1".to_owned();
        let rows = sql::fetch_all(&mut *self.read().await?, "find the last notice", sql, Vec::new()).await?;
        Ok(rows.first().map_or(Ok(0), |row| Fields(row).u64("last"))?)
    }

    async fn notice_rows(&self, sql: String, values: Vec<Value>) -> Result<Vec<NoticeRow>, StoreError> {
        let rows = sql::fetch_all(&mut *self.read().await?, "list notices", sql, values).await?;
        rows.iter().map(|row| NoticeRow::read(&Fields(row))).collect()
    }

    /// Returns how many notices a person has not read.
    pub async fn unread_notices(&self, who: &AccountId) -> Result<u32, GatewayStateError> {
        let sql = "SELECT COUNT(*) AS count FROM notices WHERE person = $1 AND is_read = 0".to_owned();
        let rows = sql::fetch_all(&mut *self.read().await?, "count notices", sql, vec![account(who)]).await?;
        Ok(rows.first().map_or(Ok(0), |row| Fields(row).u32("count"))?)
    }

    /// Marks the notices of a person up to a number as read.
    pub async fn read_notices(&self, who: &AccountId, up_to: u64) -> Result<(), GatewayStateError> {
        let sql = "UPDATE notices SET is_read = 1 WHERE person = $1 AND id <= $2 AND is_read = 0".to_owned();
        let values = vec![account(who), big("the notice", up_to)?];
        Ok(sql::execute(&mut *self.read().await?, "mark notices", sql, values).await?)
    }

    /// Removes what is older than `before`, and of each person what is above [`MAX_NOTICES`].
    pub async fn forget_notices(&self, before: Moment) -> Result<(), GatewayStateError> {
        let mut connection = self.read().await?;
        for table in ["notices", "notice_marks"] {
            let sql = format!("DELETE FROM {table} WHERE made_at < $1");
            sql::execute(&mut connection, "forget notices", sql, vec![big("the time", before)?]).await?;
        }
        let sql = format!(
            "DELETE FROM notices WHERE id IN (SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY person \
             ORDER BY id DESC) AS place FROM notices) AS placed WHERE place > {MAX_NOTICES})"
        );
        Ok(sql::execute(&mut connection, "forget notices", sql, Vec::new()).await?)
    }

    /// Notes that people are told of something now. Returns whether they were not told of it after `not_since`; of several
    /// gateways that ask at the same time, one gets true.
    pub async fn mark_notice(&self, name: &str, now: Moment, not_since: Moment) -> Result<bool, GatewayStateError> {
        let sql = "INSERT INTO notice_marks (name, made_at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE \
                   SET made_at = excluded.made_at WHERE notice_marks.made_at <= $3 RETURNING name";
        let values = vec![text(name), big("the time", now)?, big("the time", not_since)?];
        Ok(!sql::fetch_all(&mut *self.read().await?, "mark a notice", sql.to_owned(), values).await?.is_empty())
    }

    /// Returns the time at which the last broadcast of a stream ended; `None` if none has. Uploads and clips are none.
    pub async fn last_broadcast_end(&self, stream: StreamId) -> Result<Option<Moment>, GatewayStateError> {
        let sql =
            "SELECT MAX(ended_at) AS ended_at FROM broadcasts WHERE stream = $1 AND ended_at > started_at".to_owned();
        let values = vec![big("the stream", stream)?];
        let rows = sql::fetch_all(&mut *self.read().await?, "find the last broadcast", sql, values).await?;
        Ok(rows.first().map_or(Ok(None), |row| Fields(row).maybe_u64("ended_at"))?)
    }

    /// Returns what people have set about notices, as JSON. Those who have set nothing are left out.
    pub async fn notice_settings(&self, who: &[AccountId]) -> Result<HashMap<AccountId, String>, GatewayStateError> {
        let rows = self.rows_of_people("SELECT person, settings FROM notice_settings", who).await?;
        let mut settings = HashMap::with_capacity(rows.len());
        for row in rows.iter().map(Fields) {
            settings.insert(row.account("person")?, row.text("settings")?);
        }
        Ok(settings)
    }

    /// Replaces what a person has set about notices.
    pub async fn set_notice_settings(&self, who: &AccountId, settings: &str) -> Result<(), GatewayStateError> {
        let sql = "INSERT INTO notice_settings (person, settings) VALUES ($1, $2) \
                   ON CONFLICT (person) DO UPDATE SET settings = excluded.settings";
        let values = vec![account(who), text(settings)];
        Ok(sql::execute(&mut *self.read().await?, "set notices", sql.to_owned(), values).await?)
    }

    /// Returns the rows of people in tables that have them in the column `person`.
    pub(super) async fn rows_of_people(
        &self,
        select: &'static str,
        who: &[AccountId],
    ) -> Result<Vec<sqlx::any::AnyRow>, StoreError> {
        let mut found = Vec::new();
        let mut connection = self.read().await?;
        for part in portions(who) {
            let one_each = places(part.len(), 1);
            let sql = format!("{select} WHERE (person) IN (VALUES {one_each})");
            let values = part.iter().map(account).collect();
            found.extend(sql::fetch_all(&mut connection, "read rows of people", sql, values).await?);
        }
        Ok(found)
    }
}

impl Table for NoticeRow {
    const NAME: &'static str = "notices";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] =
        &["id", "person", "kind", "title", "body", "url", "author", "made_at", "is_read"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the notice", self.id)?,
            account(&self.person),
            text(&self.kind),
            text(&self.title),
            text(&self.body),
            text(&self.url),
            maybe_account(self.author.as_ref()),
            big("the time", self.made_at)?,
            int(self.is_read),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.u64("id")?,
            person: row.account("person")?,
            kind: row.text("kind")?,
            title: row.text("title")?,
            body: row.text("body")?,
            url: row.text("url")?,
            author: row.maybe_account("author")?,
            made_at: row.u64("made_at")?,
            is_read: row.i64("is_read")? != 0,
        })
    }
}
