//! Moderation at a gateway: reports of viewers, decisions of moderators, appeals of those whom they concern, and the record of
//! all of it.

use crate::{
    people::{PersonRef, Subject},
    scalars::Account,
};
use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};
use std::{fmt, str::FromStr};
use tick_stream_primitives::StreamId;

/// Maximum number of characters of a report, a note, the reason of a decision, or an appeal.
pub const MAX_MODERATION_CHARS: usize = 2_000;

/// What a report, a decision or an entry of the record is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug, SerializeDisplay, DeserializeFromStr)]
pub enum ReportSubject {
    /// A stream: `stream:7`.
    Stream(StreamId),
    /// A recording of a stream: `recording:7:3`.
    Recording(StreamId, u64),
    /// A comment: `comment:12`.
    Comment(u64),
    /// A chat message: `message:9`.
    Message(u64),
    /// A person: `person:` and the account.
    Person(Account),
}

/// The text names nothing that can be reported.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("'{0}' names nothing that can be reported: write stream:7, recording:7:3, comment:12, message:9, or person: and an account")]
pub struct NoReportSubject(pub String);

impl fmt::Display for ReportSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(stream) => write!(f, "stream:{stream}"),
            Self::Recording(stream, number) => write!(f, "recording:{stream}:{number}"),
            Self::Comment(id) => write!(f, "comment:{id}"),
            Self::Message(id) => write!(f, "message:{id}"),
            Self::Person(account) => write!(f, "person:{account}"),
        }
    }
}

impl FromStr for ReportSubject {
    type Err = NoReportSubject;

    fn from_str(text: &str) -> Result<Self, NoReportSubject> {
        let wrong = || NoReportSubject(text.chars().take(80).collect());
        let number = |digits: &str| {
            let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u64>().ok().filter(|_| is_plain).ok_or_else(wrong)
        };
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        match kind {
            "stream" => number(rest).map(Self::Stream),
            "recording" => {
                let (stream, recording) = rest.split_once(':').ok_or_else(wrong)?;
                Ok(Self::Recording(number(stream)?, number(recording)?))
            }
            "comment" => number(rest).map(Self::Comment),
            "message" => number(rest).map(Self::Message),
            "person" => rest.parse().map(Self::Person).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }
}

impl From<&Subject> for ReportSubject {
    fn from(subject: &Subject) -> Self {
        match subject {
            Subject::Stream(stream) => Self::Stream(*stream),
            Subject::Recording(stream, number) => Self::Recording(*stream, *number),
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ReportSubject {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let description = "`stream:7`, `recording:7:3`, `comment:12`, `message:9`, or `person:` and an account.";
        ObjectBuilder::new().schema_type(Type::String).description(Some(description)).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ReportSubject {}

/// Declares an enum whose values are texts, in JSON and in tables alike.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:tt,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the text of the value.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().copied().find(|value| value.as_str() == text);
                found.ok_or_else(|| format!("write one of: {}", [$($word,)*].join(", ")))
            }
        }
    };
}

words!(
    /// Why something is reported.
    ReportReason {
        /// It is against the law.
        Illegal = "illegal",
        /// It is sexual, and not marked as such.
        Sexual = "sexual",
        /// It shows or threatens violence.
        Violence = "violence",
        /// It harasses someone.
        Harassment = "harassment",
        /// It is advertising or nonsense.
        Spam = "spam",
        /// It belongs to someone else.
        Copyright = "copyright",
        /// Another reason, which the text gives.
        Other = "other",
    }
);

words!(
    /// What a moderator decides.
    DecisionAction {
        /// Nothing is wrong.
        Dismiss = "dismiss",
        /// Whom it concerns is warned; nothing else happens.
        Warn = "warn",
        /// It is no longer listed, found or given out at this gateway.
        Hide = "hide",
        /// As hidden; a broadcast of it ends, and it can no longer be published here.
        CutOff = "cut_off",
        /// The moderators of the chain are asked to suspend the stream at every gateway.
        AskChain = "ask_chain",
    }
);

impl DecisionAction {
    /// Returns whether what it is about is withheld at this gateway.
    pub const fn hides(self) -> bool {
        matches!(self, Self::Hide | Self::CutOff)
    }
}

/// Body of `POST /v1/reports`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewReport {
    /// What is reported.
    pub subject: ReportSubject,
    /// Why.
    pub reason: ReportReason,
    /// More about it, at most 2,000 characters. Needed with the reason `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Answer to `POST /v1/reports`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportReceipt {
    /// Number of the report.
    pub id: u64,
}

/// A report, for moderators.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportView {
    /// Number of the report.
    pub id: u64,
    /// What is reported.
    pub subject: ReportSubject,
    /// What it is called, or the beginning of its text; absent if it has none or is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Person whose it is; absent if it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<PersonRef>,
    /// Why.
    pub reason: ReportReason,
    /// What the reporter wrote; empty if nothing.
    pub text: String,
    /// The reporter.
    pub by: PersonRef,
    /// Time of the report, RFC 3339.
    pub at: String,
    /// Number of open reports of the same subject, or, of a closed one, of those that were closed with it.
    pub count: u32,
    /// Notes of moderators on the subject, the oldest first.
    pub notes: Vec<NoteView>,
    /// The decision that closed it; absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionView>,
}

/// A note of a moderator, for moderators.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoteView {
    /// The moderator.
    pub by: PersonRef,
    /// What was noted.
    pub text: String,
    /// Time of the note, RFC 3339.
    pub at: String,
}

/// Body of `POST /v1/moderation/reports/{id}/notes`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewNote {
    /// 1 to 2,000 characters.
    pub text: String,
}

/// Body of `POST /v1/moderation/reports/{id}/decision`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDecision {
    /// What is decided.
    pub action: DecisionAction,
    /// Why, at most 2,000 characters. Whom it concerns reads it. Needed unless the reports are dismissed.
    #[serde(default)]
    pub note: String,
}

/// A decision, for moderators.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecisionView {
    /// Number of the decision.
    pub id: u64,
    /// What was decided.
    pub action: DecisionAction,
    /// Why.
    pub note: String,
    /// The moderator.
    pub by: PersonRef,
    /// Time of the decision, RFC 3339.
    pub at: String,
    /// Time at which it was lifted, RFC 3339; absent while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<String>,
    /// What is left to do by hand, in answers to the request that decided; absent if nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
}

/// A decision, for the person whom it concerns.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyDecision {
    /// Number of the decision.
    pub id: u64,
    /// What it is about.
    pub subject: ReportSubject,
    /// What that is called, or the beginning of its text; absent if it has none or is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What was decided.
    pub action: DecisionAction,
    /// Why.
    pub note: String,
    /// Time of the decision, RFC 3339.
    pub at: String,
    /// Time at which it was lifted, RFC 3339; absent while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<String>,
    /// The person's appeal; absent if there is none. There can be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<MyAppeal>,
}

/// An appeal, for the person who made it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyAppeal {
    /// What the person wrote.
    pub text: String,
    /// Time of the appeal, RFC 3339.
    pub at: String,
    /// Whether the decision was upheld; absent until the appeal is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_upheld: Option<bool>,
    /// Why; absent until the appeal is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// Body of `POST /v1/decisions/{id}/appeal`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAppeal {
    /// 1 to 2,000 characters.
    pub text: String,
}

/// An appeal, for moderators.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppealView {
    /// Number of the appeal, which is that of its decision.
    pub id: u64,
    /// What the decision is about.
    pub subject: ReportSubject,
    /// What that is called, or the beginning of its text; absent if it has none or is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The decision.
    pub decision: DecisionView,
    /// The person whom it concerns.
    pub by: PersonRef,
    /// What the person wrote.
    pub text: String,
    /// Time of the appeal, RFC 3339.
    pub at: String,
    /// The answer; absent until there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerView>,
}

/// The answer to an appeal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerView {
    /// Whether the decision holds.
    pub uphold: bool,
    /// Why.
    pub note: String,
    /// The moderator.
    pub by: PersonRef,
    /// Time of the answer, RFC 3339.
    pub at: String,
}

/// Body of `POST /v1/moderation/appeals/{id}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppealAnswer {
    /// Whether the decision holds. Otherwise it is lifted, and what it hid or cut off is given out again.
    pub uphold: bool,
    /// Why, 1 to 2,000 characters. Whom it concerns reads it.
    pub note: String,
}

/// An entry of the record of what moderators and administrators have done. Entries are never changed or deleted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Number of the entry.
    pub id: u64,
    /// Time, RFC 3339.
    pub at: String,
    /// Who did it.
    pub by: PersonRef,
    /// What was done, for example `decide.cut_off`, `block.word.add`, `role.moderator.grant`.
    pub action: String,
    /// What it was done to: a subject of a report, a word, a network, an account; empty if nothing in particular.
    pub subject: String,
    /// What was said about it.
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_written_as_they_are_read() {
        let person = "person:5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        for text in ["stream:7", "recording:7:3", "comment:12", "message:9", person] {
            let subject: ReportSubject = text.parse().unwrap();
            assert_eq!(subject.to_string(), text);
            assert_eq!(serde_json::to_string(&subject).unwrap(), format!("\"{text}\""));
        }
        for odd in ["", "stream", "stream:", "stream:+7", "recording:7", "recording:7:", "message:x", "person:7", "7"] {
            assert_eq!(odd.parse::<ReportSubject>(), Err(NoReportSubject(odd.into())), "{odd:?}");
        }
    }

    #[test]
    fn words_are_those_of_json() {
        for action in DecisionAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
            assert_eq!(action.as_str().parse(), Ok(*action));
        }
        for reason in ReportReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
        assert!("praise".parse::<ReportReason>().unwrap_err().contains("spam"));
    }

    #[test]
    fn decision_without_a_note_is_read() {
        let decision: NewDecision = serde_json::from_str(r#"{"action":"dismiss"}"#).unwrap();
        assert_eq!(decision, NewDecision { action: DecisionAction::Dismiss, note: String::new() });
        assert!(DecisionAction::CutOff.hides() && !DecisionAction::Warn.hides());
    }
}
