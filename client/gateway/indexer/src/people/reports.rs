//! Reports of viewers, notes of moderators on them, and the record of what moderators and administrators do.

use crate::{
    error::{GatewayStateError, QueryError, StoreError},
    page::{page_of, List, Page, PageRequest},
    sql::{self, account, big, maybe_big, places, text, Fields, Table, Value},
    store::{commit, Store},
};
use sqlx::AnyConnection;
use std::collections::HashMap;
use tick_stream_primitives::{AccountId, Moment};

/// Maximum number of notes that are returned of a subject. Older ones stay in the database.
pub const MAX_NOTES: u32 = 50;

/// A report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportRow {
    /// Number of the report; given when it is added.
    pub id: u64,
    /// What is reported, as `vilokanam_wire::moderation::ReportSubject` writes it.
    pub subject: String,
    /// Account that reports it.
    pub reporter: AccountId,
    /// Reason, as `vilokanam_wire::moderation::ReportReason` writes it.
    pub reason: String,
    /// What the reporter wrote.
    pub body: String,
    /// Time of the report.
    pub made_at: Moment,
    /// The decision that closed it.
    pub decision: Option<u64>,
}

/// What became of a report that was to be added.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reported {
    /// It was added under this number.
    Added(u64),
    /// The reporter has an open report of the same subject.
    Known(u64),
    /// The reporter has as many open reports as allowed.
    TooMany,
}

/// A note of a moderator on a subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportNoteRow {
    /// Number of the note; given when it is added.
    pub id: u64,
    /// The subject.
    pub subject: String,
    /// The moderator.
    pub author: AccountId,
    /// What was noted.
    pub body: String,
    /// Time of the note.
    pub made_at: Moment,
}

/// Something that a moderator or an administrator has done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditRow {
    /// Number of the entry; given when it is added.
    pub id: u64,
    /// Time.
    pub made_at: Moment,
    /// Who did it.
    pub author: AccountId,
    /// What was done.
    pub action: String,
    /// What it was done to; empty if nothing in particular.
    pub subject: String,
    /// What was said about it.
    pub note: String,
}

impl AuditRow {
    /// An entry that has no number yet.
    pub fn new(author: &AccountId, action: impl Into<String>, subject: impl Into<String>, made_at: Moment) -> Self {
        let (action, subject, note) = (action.into(), subject.into(), String::new());
        Self { id: 0, made_at, author: author.clone(), action, subject, note }
    }

    /// Adds what was said about it.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// Returns the next number of a table. The row of the counter is locked until the transaction ends.
pub(super) async fn next_id(connection: &mut AnyConnection, table: &'static str) -> Result<u64, StoreError> {
    let sql = "INSERT INTO moderation_ids (name, last) VALUES ($1, 1) \
               ON CONFLICT (name) DO UPDATE SET last = moderation_ids.last + 1 RETURNING last";
    let rows = sql::fetch_all(connection, "number a row", sql.to_owned(), vec![text(table)]).await?;
    rows.first().map_or(Err(StoreError::Corrupt { column: "last" }), |row| Fields(row).u64("last"))
}

/// Adds an entry to the record, in the transaction of what it is about.
pub(super) async fn record(connection: &mut AnyConnection, entry: &AuditRow) -> Result<(), StoreError> {
    let id = next_id(connection, AuditRow::NAME).await?;
    sql::insert(connection, &[AuditRow { id, ..entry.clone() }]).await
}

impl Store {
    /// Adds a report, unless its reporter has an open one of the same subject, or `max_open` open ones.
    pub async fn add_report(&self, report: &ReportRow, max_open: u64) -> Result<Reported, GatewayStateError> {
        let mut tx = self.begin().await?;
        let reporter = vec![account(&report.reporter)];
        let sql = "SELECT id, subject FROM reports WHERE reporter = $1 AND decision IS NULL ORDER BY id LIMIT 1000";
        let open = sql::fetch_all(&mut tx, "find open reports", sql.to_owned(), reporter).await?;
        for row in &open {
            if Fields(row).text("subject")? == report.subject {
                return Ok(Reported::Known(Fields(row).u64("id")?));
            }
        }
        if open.len() as u64 >= max_open {
            return Ok(Reported::TooMany);
        }
        let id = next_id(&mut tx, ReportRow::NAME).await?;
        sql::insert(&mut tx, &[ReportRow { id, decision: None, ..report.clone() }]).await?;
        commit(tx).await?;
        Ok(Reported::Added(id))
    }

    /// Returns a report, or `None` if there is none of this number.
    pub async fn report(&self, id: u64) -> Result<Option<ReportRow>, GatewayStateError> {
        let Ok(key) = big("the report", id) else { return Ok(None) };
        Ok(sql::load::<ReportRow>(&mut *self.read().await?, &[vec![key]]).await?.into_iter().next())
    }

    /// Returns a page of the reports: the open ones, the oldest first, or the closed ones, the newest first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn reports(&self, is_open: bool, page: &PageRequest) -> Result<Page<ReportRow>, QueryError> {
        let (list, state, order, sign) = match is_open {
            true => (List::OpenReports, "decision IS NULL", "ASC", '>'),
            false => (List::ClosedReports, "decision IS NOT NULL", "DESC", '<'),
        };
        select_page(self, list, (state, order, sign), page, |row: &ReportRow| row.id).await
    }

    /// Returns how many reports there are of these subjects, by subject and by the decision that closed them.
    pub async fn report_counts(
        &self,
        subjects: &[String],
    ) -> Result<HashMap<(String, Option<u64>), u32>, GatewayStateError> {
        let mut counts = HashMap::new();
        if subjects.is_empty() {
            return Ok(counts);
        }
        let sql = format!(
            "SELECT subject, decision, COUNT(*) AS count FROM reports WHERE subject IN {} GROUP BY subject, decision",
            places(1, subjects.len())
        );
        let values = subjects.iter().map(text).collect();
        for row in &sql::fetch_all(&mut *self.read().await?, "count reports", sql, values).await? {
            let row = Fields(row);
            counts.insert((row.text("subject")?, row.maybe_u64("decision")?), row.u32("count")?);
        }
        Ok(counts)
    }

    /// Returns the last [`MAX_NOTES`] notes on a subject, the oldest first.
    pub async fn notes_on(&self, subject: &str) -> Result<Vec<ReportNoteRow>, GatewayStateError> {
        let columns = ReportNoteRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM report_notes WHERE subject = $1 ORDER BY id DESC LIMIT {MAX_NOTES}");
        let rows = sql::fetch_all(&mut *self.read().await?, "list notes", sql, vec![text(subject)]).await?;
        Ok(rows.iter().rev().map(|row| ReportNoteRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Adds a note, and an entry to the record.
    pub async fn add_note(&self, note: &ReportNoteRow, entry: &AuditRow) -> Result<u64, GatewayStateError> {
        let mut tx = self.begin().await?;
        let id = next_id(&mut tx, ReportNoteRow::NAME).await?;
        sql::insert(&mut tx, &[ReportNoteRow { id, ..note.clone() }]).await?;
        record(&mut tx, entry).await?;
        commit(tx).await?;
        Ok(id)
    }

    /// Adds an entry to the record, about something that is not in this database.
    pub async fn add_audit(&self, entry: &AuditRow) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        record(&mut tx, entry).await?;
        Ok(commit(tx).await?)
    }

    /// Returns a page of the record, the newest entry first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn audit(&self, page: &PageRequest) -> Result<Page<AuditRow>, QueryError> {
        select_page(self, List::Audit, ("1 = 1", "DESC", '<'), page, |row: &AuditRow| row.id).await
    }
}

/// Returns a page of a table whose key is a number: the rows with a state, in an order, behind the page's mark by a sign.
async fn select_page<T: Table>(
    store: &Store,
    list: List,
    (state, order, sign): (&str, &str, char),
    page: &PageRequest,
    id: impl Fn(&T) -> u64,
) -> Result<Page<T>, QueryError> {
    let limit = page.checked_limit()?;
    let (behind, values) = match page.mark::<u64>(list)? {
        Some(mark) => (format!(" AND id {sign} $1"), vec![big("the number", mark)?]),
        None => (String::new(), Vec::new()),
    };
    let (columns, table) = (T::COLUMNS.join(", "), T::NAME);
    let sql = format!("SELECT {columns} FROM {table} WHERE {state}{behind} ORDER BY id {order} LIMIT {}", limit + 1);
    let rows = sql::fetch_all(&mut *store.read().await?, "list rows", sql, values).await?;
    let rows = rows.iter().map(|row| T::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
    Ok(page_of(list, limit, rows, id))
}

impl Table for ReportRow {
    const NAME: &'static str = "reports";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "subject", "reporter", "reason", "body", "made_at", "decision"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the report", self.id)?,
            text(&self.subject),
            account(&self.reporter),
            text(&self.reason),
            text(&self.body),
            big("the time", self.made_at)?,
            maybe_big("the decision", self.decision)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.u64("id")?,
            subject: row.text("subject")?,
            reporter: row.account("reporter")?,
            reason: row.text("reason")?,
            body: row.text("body")?,
            made_at: row.u64("made_at")?,
            decision: row.maybe_u64("decision")?,
        })
    }
}

impl Table for ReportNoteRow {
    const NAME: &'static str = "report_notes";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "subject", "author", "body", "made_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the note", self.id)?,
            text(&self.subject),
            account(&self.author),
            text(&self.body),
            big("the time", self.made_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.u64("id")?,
            subject: row.text("subject")?,
            author: row.account("author")?,
            body: row.text("body")?,
            made_at: row.u64("made_at")?,
        })
    }
}

impl Table for AuditRow {
    const NAME: &'static str = "audit_log";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "made_at", "author", "action", "subject", "note"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the entry", self.id)?,
            big("the time", self.made_at)?,
            account(&self.author),
            text(&self.action),
            text(&self.subject),
            text(&self.note),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.u64("id")?,
            made_at: row.u64("made_at")?,
            author: row.account("author")?,
            action: row.text("action")?,
            subject: row.text("subject")?,
            note: row.text("note")?,
        })
    }
}
