//! Decisions and appeals, and what follows from them.

use super::{text::checked_text, About, DecideError, Decided, Moderation};
use crate::notices::Happening;
use tick_stream_primitives::{clock::now_ms, AccountId, StreamId};
use vilokanam_indexer::{
    people::{AppealAnswerRow, AppealRow, AuditRow, DecisionRow},
    GatewayStateError,
};
use vilokanam_wire::moderation::{DecisionAction, ReportSubject, MAX_MODERATION_CHARS};

impl Moderation {
    /// Decides about a subject: closes its reports, withholds it if that was decided, and tells the person whom it concerns. The
    /// caller deletes comments and messages.
    ///
    /// # Errors
    ///
    /// [`DecideError`].
    pub async fn decide(
        &self,
        by: &AccountId,
        subject: &ReportSubject,
        action: DecisionAction,
        note: &str,
    ) -> Result<Decided, DecideError> {
        check_action(action, subject)?;
        let note = note.trim();
        if note.is_empty() && action != DecisionAction::Dismiss {
            return Err(DecideError::NoteMissing);
        }
        if note.chars().count() > MAX_MODERATION_CHARS {
            return Err(DecideError::Text);
        }
        let About { person, .. } = self.about(subject).await?.unwrap_or_default();
        let is_own = matches!(subject, ReportSubject::Person(who) if who.0 == self.gateway);
        if is_own && action == DecisionAction::CutOff {
            return Err(DecideError::OwnAccount);
        }
        let now = now_ms();
        let mut row = DecisionRow {
            id: 0,
            subject: subject.to_string(),
            person: person.clone(),
            action: action.as_str().into(),
            note: note.into(),
            author: by.clone(),
            made_at: now,
            lifted_at: None,
        };
        let entry = AuditRow::new(by, format!("decide.{action}"), subject.to_string(), now).with_note(note);
        row.id = self.index.decide(&row, &entry).await?;
        if action.hides() {
            self.refresh().await?;
            tracing::warn!(%subject, %action, decision = row.id, "a moderator withholds something");
        }
        if let Some(account) = person.filter(|_| action != DecisionAction::Dismiss) {
            self.notices.happened(Happening::Moderated { account, decision: row.id });
        }
        let next_step = (action == DecisionAction::AskChain).then(|| chain_step(subject)).flatten();
        Ok(Decided { row, next_step })
    }

    /// Lifts every decision that cuts off a stream, and gives it out again. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// The records cannot be changed.
    pub async fn restore(&self, by: &AccountId, stream: StreamId) -> Result<bool, GatewayStateError> {
        let (subject, now) = (ReportSubject::Stream(stream).to_string(), now_ms());
        let entry = AuditRow::new(by, "lift.cut_off", subject.clone(), now);
        let was_cut_off = self.index.lift(&subject, DecisionAction::CutOff.as_str(), now, &entry).await?;
        if was_cut_off {
            self.refresh().await?;
        }
        Ok(was_cut_off)
    }

    /// Adds an appeal of the person whom a decision concerns.
    ///
    /// # Errors
    ///
    /// [`DecideError`].
    pub async fn appeal(&self, by: &AccountId, decision: u64, text: &str) -> Result<(), DecideError> {
        let text = checked_text(text)?;
        let found = self.index.decision(decision).await?;
        let is_theirs =
            |row: &DecisionRow| row.person.as_ref() == Some(by) && row.action != DecisionAction::Dismiss.as_str();
        let row = found.filter(is_theirs).ok_or(DecideError::NoDecision(decision))?;
        if row.lifted_at.is_some() {
            return Err(DecideError::Lifted(decision));
        }
        let appeal = AppealRow {
            decision,
            author: by.clone(),
            body: text.into(),
            made_at: now_ms(),
            is_upheld: None,
            answer: String::new(),
            answered_by: None,
            answered_at: None,
        };
        match self.index.add_appeal(&appeal).await? {
            true => Ok(()),
            false => Err(DecideError::AppealKnown(decision)),
        }
    }

    /// Answers an appeal. If the decision is not upheld, it is lifted, and what it withheld is given out again.
    ///
    /// # Errors
    ///
    /// [`DecideError`].
    pub async fn answer(&self, by: &AccountId, decision: u64, is_upheld: bool, note: &str) -> Result<(), DecideError> {
        let note = checked_text(note)?;
        let row = self.index.decision(decision).await?.ok_or(DecideError::NoAppeal(decision))?;
        let now = now_ms();
        let answer = AppealAnswerRow { decision, is_upheld, answer: note.into(), author: by.clone(), made_at: now };
        let action = if is_upheld { "appeal.uphold" } else { "appeal.lift" };
        let entry = AuditRow::new(by, action, row.subject.clone(), now).with_note(note);
        if !self.index.answer_appeal(&answer, &entry).await? {
            return Err(DecideError::NoAppeal(decision));
        }
        if !is_upheld {
            self.refresh().await?;
        }
        if let Some(account) = row.person {
            self.notices.happened(Happening::Moderated { account, decision });
        }
        Ok(())
    }
}

fn check_action(action: DecisionAction, subject: &ReportSubject) -> Result<(), DecideError> {
    use ReportSubject::{Comment, Message, Person, Recording, Stream};
    let hint = match (action, subject) {
        (DecisionAction::Dismiss | DecisionAction::Warn, _)
        | (DecisionAction::Hide, Stream(_) | Recording(..) | Comment(_) | Message(_))
        | (DecisionAction::CutOff, Stream(_) | Person(_))
        | (DecisionAction::AskChain, Stream(_) | Recording(..)) => return Ok(()),
        (DecisionAction::Hide, Person(_)) => {
            "a person is warned or cut off; what a person has made is hidden for itself."
        }
        (DecisionAction::CutOff, _) => "only streams and persons are cut off; hide it.",
        (DecisionAction::AskChain, _) => "the moderators of the chain suspend streams.",
    };
    Err(DecideError::NotFor { action, subject: subject.clone(), hint })
}

/// Returns what a moderator does next who wants the chain's moderators to suspend a stream: this gateway has no right to it.
fn chain_step(subject: &ReportSubject) -> Option<String> {
    let (ReportSubject::Stream(stream) | ReportSubject::Recording(stream, _)) = subject else { return None };
    Some(format!(
        "Send the number of the stream and your note to a moderator of the chain, who runs 'vilokanam gov suspend {stream}'; this \
         submits the call tickStream.suspendStream({stream}). If no moderator answers, one is appointed on the moderation track \
         of the referenda: 'vilokanam gov submit add-moderator ACCOUNT'. The suspension takes effect at every gateway."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_action_is_for_some_subjects_only() {
        let person = format!("person:{}", vilokanam_wire::Account(AccountId::new([1; 32])));
        let subjects = ["stream:1", "recording:1:1", "comment:1", "message:1", &person];
        let cases = [
            (DecisionAction::Dismiss, [true, true, true, true, true]),
            (DecisionAction::Warn, [true, true, true, true, true]),
            (DecisionAction::Hide, [true, true, true, true, false]),
            (DecisionAction::CutOff, [true, false, false, false, true]),
            (DecisionAction::AskChain, [true, true, false, false, false]),
        ];
        for (action, expected) in cases {
            let allowed = subjects.map(|subject| check_action(action, &subject.parse().unwrap()).is_ok());
            assert_eq!(allowed, expected, "{action}");
        }
    }

    #[test]
    fn step_of_the_chain_names_the_call_and_the_command() {
        let step = chain_step(&ReportSubject::Recording(7, 3)).unwrap();
        assert!(step.contains("gov suspend 7") && step.contains("tickStream.suspendStream(7)"), "{step}");
        assert_eq!(chain_step(&ReportSubject::Comment(1)), None);
    }
}
