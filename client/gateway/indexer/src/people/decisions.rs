//! Decisions of moderators, and appeals against them.

use super::reports::{next_id, record, AuditRow};
use crate::{
    error::{GatewayStateError, QueryError, StoreError},
    page::{page_of, List, Page, PageRequest, MAX_PAGE},
    sql::{self, account, big, maybe_account, maybe_big, maybe_int, text, Fields, Table, Value},
    store::{commit, Store},
};
use sqlx::AnyConnection;
use tick_stream_primitives::{AccountId, Moment};

/// Maximum number of decisions that withhold something at a time. Newer ones take effect when older ones are lifted.
pub const MAX_WITHHELD: u32 = 10_000;

/// A decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DecisionRow {
    /// Number of the decision; given when it is added.
    pub id: u64,
    /// What it is about, as `vilokanam_wire::moderation::ReportSubject` writes it.
    pub subject: String,
    /// Account that it concerns, if that is known.
    pub person: Option<AccountId>,
    /// What was decided, as `vilokanam_wire::moderation::DecisionAction` writes it.
    pub action: String,
    /// Why.
    pub note: String,
    /// Account that decided.
    pub author: AccountId,
    /// Time of the decision.
    pub made_at: Moment,
    /// Time at which it was lifted; `None` while it holds.
    pub lifted_at: Option<Moment>,
}

/// An appeal, of which a decision has at most one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppealRow {
    /// The decision.
    pub decision: u64,
    /// Account that appeals.
    pub author: AccountId,
    /// What it wrote.
    pub body: String,
    /// Time of the appeal.
    pub made_at: Moment,
    /// Whether the decision stays; `None` until the appeal is answered.
    pub is_upheld: Option<bool>,
    /// Why; empty until the appeal is answered.
    pub answer: String,
    /// Account that answered.
    pub answered_by: Option<AccountId>,
    /// Time of the answer.
    pub answered_at: Option<Moment>,
}

/// The answer to an appeal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppealAnswerRow {
    /// The decision.
    pub decision: u64,
    /// Whether the decision stays.
    pub is_upheld: bool,
    /// Why.
    pub answer: String,
    /// Account that answers.
    pub author: AccountId,
    /// Time of the answer.
    pub made_at: Moment,
}

impl Store {
    /// Adds a decision, closes the open reports of its subject, and adds an entry to the record. Returns the decision's number.
    pub async fn decide(&self, decision: &DecisionRow, entry: &AuditRow) -> Result<u64, GatewayStateError> {
        let mut tx = self.begin().await?;
        let id = next_id(&mut tx, DecisionRow::NAME).await?;
        sql::insert(&mut tx, &[DecisionRow { id, lifted_at: None, ..decision.clone() }]).await?;
        let sql = "UPDATE reports SET decision = $1 WHERE subject = $2 AND decision IS NULL".to_owned();
        let values = vec![big("the decision", id)?, text(&decision.subject)];
        sql::execute(&mut tx, "close reports", sql, values).await?;
        record(&mut tx, entry).await?;
        commit(tx).await?;
        Ok(id)
    }

    /// Returns a decision, or `None` if there is none of this number.
    pub async fn decision(&self, id: u64) -> Result<Option<DecisionRow>, GatewayStateError> {
        Ok(self.decisions(&[id]).await?.into_iter().next())
    }

    /// Returns the decisions of these numbers.
    pub async fn decisions(&self, ids: &[u64]) -> Result<Vec<DecisionRow>, GatewayStateError> {
        let keys: Vec<_> = ids.iter().filter_map(|id| Some(vec![big("the decision", *id).ok()?])).collect();
        Ok(sql::load(&mut *self.read().await?, &keys).await?)
    }

    /// Returns the last [`MAX_PAGE`] decisions that concern a person, the newest first. Reports that were dismissed are left out.
    pub async fn decisions_about(&self, person: &AccountId) -> Result<Vec<DecisionRow>, GatewayStateError> {
        let condition = format!("person = $1 AND action <> 'dismiss' ORDER BY id DESC LIMIT {MAX_PAGE}");
        self.select_decisions(&condition, vec![account(person)]).await
    }

    /// Returns the decisions that hold and withhold something, the oldest first; at most [`MAX_WITHHELD`].
    pub async fn withholding_decisions(&self) -> Result<Vec<DecisionRow>, GatewayStateError> {
        let condition = format!("action IN ('hide', 'cut_off') AND lifted_at IS NULL ORDER BY id LIMIT {MAX_WITHHELD}");
        self.select_decisions(&condition, Vec::new()).await
    }

    /// Lifts every decision of an action on a subject that holds, and adds an entry to the record. Returns whether there was one.
    pub async fn lift(
        &self,
        subject: &str,
        action: &str,
        at: Moment,
        entry: &AuditRow,
    ) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let condition = "subject = $1 AND action = $2 AND lifted_at IS NULL";
        let sql = format!("SELECT id FROM decisions WHERE {condition} LIMIT 1");
        let values = vec![text(subject), text(action)];
        if sql::fetch_all(&mut tx, "find a decision", sql, values.clone()).await?.is_empty() {
            return Ok(false);
        }
        let sql = format!("UPDATE decisions SET lifted_at = $3 WHERE {condition}");
        let values = [values, vec![big("the time", at)?]].concat();
        sql::execute(&mut tx, "lift decisions", sql, values).await?;
        record(&mut tx, entry).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Adds an appeal. Returns false if the decision has one.
    pub async fn add_appeal(&self, appeal: &AppealRow) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let key = vec![big("the decision", appeal.decision)?];
        if !sql::load::<AppealRow>(&mut tx, &[key]).await?.is_empty() {
            return Ok(false);
        }
        sql::insert(&mut tx, std::slice::from_ref(appeal)).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Returns the appeals against these decisions.
    pub async fn appeals_against(&self, decisions: &[u64]) -> Result<Vec<AppealRow>, GatewayStateError> {
        let keys: Vec<_> = decisions.iter().filter_map(|id| Some(vec![big("the decision", *id).ok()?])).collect();
        Ok(sql::load(&mut *self.read().await?, &keys).await?)
    }

    /// Answers an appeal that has no answer, lifts the decision unless it is upheld, and adds an entry to the record. Returns
    /// false if there is no such appeal, or it has an answer.
    pub async fn answer_appeal(&self, answer: &AppealAnswerRow, entry: &AuditRow) -> Result<bool, GatewayStateError> {
        let Ok(key) = big("the decision", answer.decision) else { return Ok(false) };
        let mut tx = self.begin().await?;
        let found = sql::load::<AppealRow>(&mut tx, &[vec![key]]).await?.into_iter().next();
        let Some(appeal) = found.filter(|appeal| appeal.is_upheld.is_none()) else { return Ok(false) };
        let answered = AppealRow {
            is_upheld: Some(answer.is_upheld),
            answer: answer.answer.clone(),
            answered_by: Some(answer.author.clone()),
            answered_at: Some(answer.made_at),
            ..appeal
        };
        sql::upsert(&mut tx, &[answered]).await?;
        if !answer.is_upheld {
            lift_one(&mut tx, answer.decision, answer.made_at).await?;
        }
        record(&mut tx, entry).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Returns a page of the appeals: those without an answer, the oldest first, or the others, the newest first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn appeals(&self, is_open: bool, page: &PageRequest) -> Result<Page<AppealRow>, QueryError> {
        let limit = page.checked_limit()?;
        let (list, state, order, sign) = match is_open {
            true => (List::OpenAppeals, "is_upheld IS NULL", "ASC", '>'),
            false => (List::ClosedAppeals, "is_upheld IS NOT NULL", "DESC", '<'),
        };
        let (behind, values) = match page.mark::<u64>(list)? {
            Some(mark) => (format!(" AND decision {sign} $1"), vec![big("the decision", mark)?]),
            None => (String::new(), Vec::new()),
        };
        let columns = AppealRow::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM appeals WHERE {state}{behind} ORDER BY decision {order} LIMIT {}",
            limit + 1
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "list appeals", sql, values).await?;
        let rows = rows.iter().map(|row| AppealRow::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(list, limit, rows, |row| row.decision))
    }

    async fn select_decisions(
        &self,
        condition: &str,
        values: Vec<Value>,
    ) -> Result<Vec<DecisionRow>, GatewayStateError> {
        let sql = format!("SELECT {} FROM decisions WHERE {condition}", DecisionRow::COLUMNS.join(", "));
        let rows = sql::fetch_all(&mut *self.read().await?, "list decisions", sql, values).await?;
        Ok(rows.iter().map(|row| DecisionRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }
}

async fn lift_one(connection: &mut AnyConnection, decision: u64, at: Moment) -> Result<(), StoreError> {
    let sql = "UPDATE decisions SET lifted_at = $1 WHERE id = $2 AND lifted_at IS NULL".to_owned();
    let values = vec![big("the time", at)?, big("the decision", decision)?];
    sql::execute(connection, "lift a decision", sql, values).await
}

impl Table for DecisionRow {
    const NAME: &'static str = "decisions";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] =
        &["id", "subject", "person", "action", "note", "author", "made_at", "lifted_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the decision", self.id)?,
            text(&self.subject),
            maybe_account(self.person.as_ref()),
            text(&self.action),
            text(&self.note),
            account(&self.author),
            big("the time", self.made_at)?,
            maybe_big("the time", self.lifted_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.u64("id")?,
            subject: row.text("subject")?,
            person: row.maybe_account("person")?,
            action: row.text("action")?,
            note: row.text("note")?,
            author: row.account("author")?,
            made_at: row.u64("made_at")?,
            lifted_at: row.maybe_u64("lifted_at")?,
        })
    }
}

impl Table for AppealRow {
    const NAME: &'static str = "appeals";
    const KEY: &'static [&'static str] = &["decision"];
    const COLUMNS: &'static [&'static str] =
        &["decision", "author", "body", "made_at", "is_upheld", "answer", "answered_by", "answered_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the decision", self.decision)?,
            account(&self.author),
            text(&self.body),
            big("the time", self.made_at)?,
            maybe_int(self.is_upheld.map(u32::from)),
            text(&self.answer),
            maybe_account(self.answered_by.as_ref()),
            maybe_big("the time", self.answered_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            decision: row.u64("decision")?,
            author: row.account("author")?,
            body: row.text("body")?,
            made_at: row.u64("made_at")?,
            is_upheld: row.maybe_u32("is_upheld")?.map(|value| value != 0),
            answer: row.text("answer")?,
            answered_by: row.maybe_account("answered_by")?,
            answered_at: row.maybe_u64("answered_at")?,
        })
    }
}
