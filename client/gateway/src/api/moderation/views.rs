//! Conversion of rows of moderation into the types of the wire.

use super::super::error::ApiError;
use crate::{
    moderation::{About, Moderation},
    people::People,
};
use std::collections::{HashMap, HashSet};
use tick_stream_primitives::AccountId;
use vilokanam_indexer::people::{AppealRow, AuditRow, DecisionRow, ReportRow};
use vilokanam_wire::{
    moderation::{
        AnswerView, AppealView, AuditEntry, DecisionAction, DecisionView, NoteView, ReportReason, ReportSubject,
        ReportView,
    },
    people::PersonRef,
    scalars::rfc3339,
    Account,
};

/// Persons by their accounts.
pub struct Persons(HashMap<AccountId, PersonRef>);

impl Persons {
    /// Reads what these accounts are called.
    pub async fn of(people: &People, accounts: HashSet<AccountId>) -> Result<Self, ApiError> {
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        Ok(Self(people.person_refs(&accounts).await?))
    }

    /// Returns a person. Somebody without a profile has an account alone.
    pub fn get(&self, account: &AccountId) -> PersonRef {
        self.0.get(account).cloned().unwrap_or_else(|| PersonRef::unnamed(Account(account.clone())))
    }
}

/// Converts a decision.
pub async fn decision(people: &People, row: DecisionRow) -> Result<DecisionView, ApiError> {
    let persons = Persons::of(people, [row.author.clone()].into()).await?;
    decision_view(&persons, row).ok_or_else(unreadable)
}

/// Converts reports. One that another version has written, and this one cannot read, is left out.
pub async fn reports(
    moderation: &Moderation,
    people: &People,
    rows: Vec<ReportRow>,
) -> Result<Vec<ReportView>, ApiError> {
    let index = moderation.index();
    let subjects: HashSet<String> = rows.iter().map(|row| row.subject.clone()).collect();
    let subjects: Vec<String> = subjects.into_iter().collect();
    let counts = index.report_counts(&subjects).await?;
    let decisions = decisions_of(moderation, rows.iter().filter_map(|row| row.decision).collect()).await?;
    let (mut abouts, mut notes) = (HashMap::new(), HashMap::new());
    for text in &subjects {
        let subject = text.parse::<ReportSubject>().ok();
        let about = match &subject {
            Some(subject) => moderation.about(subject).await?.unwrap_or_default(),
            None => About::default(),
        };
        abouts.insert(text.clone(), about);
        notes.insert(text.clone(), index.notes_on(text).await?);
    }
    let reporters = rows.iter().map(|row| row.reporter.clone());
    let owners = abouts.values().filter_map(|about| about.person.clone());
    let authors = decisions.values().map(|row| row.author.clone());
    let noters = notes.values().flatten().map(|note| note.author.clone());
    let accounts = reporters.chain(owners).chain(authors).chain(noters).collect();
    let persons = Persons::of(people, accounts).await?;
    let view = |row: ReportRow| {
        let about = abouts.get(&row.subject).cloned().unwrap_or_default();
        let note = |note: &vilokanam_indexer::people::ReportNoteRow| NoteView {
            by: persons.get(&note.author),
            text: note.body.clone(),
            at: rfc3339(note.made_at),
        };
        let count = counts.get(&(row.subject.clone(), row.decision)).copied().unwrap_or(1);
        let decision = row.decision.and_then(|id| decisions.get(&id).cloned());
        Some(ReportView {
            id: row.id,
            subject: row.subject.parse().ok()?,
            title: about.title,
            of: about.person.map(|person| persons.get(&person)),
            reason: row.reason.parse::<ReportReason>().ok()?,
            by: persons.get(&row.reporter),
            at: rfc3339(row.made_at),
            count,
            notes: notes.get(&row.subject).into_iter().flatten().map(note).collect(),
            decision: decision.and_then(|row| decision_view(&persons, row)),
            text: row.body,
        })
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

/// Converts appeals. One of a decision that cannot be read is left out.
pub async fn appeals(
    moderation: &Moderation,
    people: &People,
    rows: Vec<AppealRow>,
) -> Result<Vec<AppealView>, ApiError> {
    let mut decisions = decisions_of(moderation, rows.iter().map(|row| row.decision).collect()).await?;
    let authors = rows.iter().flat_map(|row| std::iter::once(row.author.clone()).chain(row.answered_by.clone()));
    let accounts = authors.chain(decisions.values().map(|row| row.author.clone())).collect();
    let persons = Persons::of(people, accounts).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(decision) = decisions.remove(&row.decision) else { continue };
        let Ok(subject) = decision.subject.parse::<ReportSubject>() else { continue };
        let Some(decision) = decision_view(&persons, decision) else { continue };
        let title = moderation.about(&subject).await?.and_then(|about| about.title);
        views.push(AppealView {
            id: row.decision,
            subject,
            title,
            decision,
            by: persons.get(&row.author),
            at: rfc3339(row.made_at),
            answer: answer_view(&persons, &row),
            text: row.body,
        });
    }
    Ok(views)
}

/// Converts entries of the record.
pub async fn audit(people: &People, rows: Vec<AuditRow>) -> Result<Vec<AuditEntry>, ApiError> {
    let persons = Persons::of(people, rows.iter().map(|row| row.author.clone()).collect()).await?;
    let view = |row: AuditRow| AuditEntry {
        id: row.id,
        at: rfc3339(row.made_at),
        by: persons.get(&row.author),
        action: row.action,
        subject: row.subject,
        note: row.note,
    };
    Ok(rows.into_iter().map(view).collect())
}

async fn decisions_of(moderation: &Moderation, ids: HashSet<u64>) -> Result<HashMap<u64, DecisionRow>, ApiError> {
    let ids: Vec<u64> = ids.into_iter().collect();
    let found = moderation.index().decisions(&ids).await?;
    Ok(found.into_iter().map(|row| (row.id, row)).collect())
}

fn decision_view(persons: &Persons, row: DecisionRow) -> Option<DecisionView> {
    Some(DecisionView {
        id: row.id,
        action: row.action.parse::<DecisionAction>().ok()?,
        note: row.note,
        by: persons.get(&row.author),
        at: rfc3339(row.made_at),
        lifted_at: row.lifted_at.map(rfc3339),
        next_step: None,
    })
}

fn answer_view(persons: &Persons, row: &AppealRow) -> Option<AnswerView> {
    Some(AnswerView {
        uphold: row.is_upheld?,
        note: row.answer.clone(),
        by: persons.get(row.answered_by.as_ref()?),
        at: rfc3339(row.answered_at?),
    })
}

fn unreadable() -> ApiError {
    ApiError::internal(&"a decision cannot be read")
}
