//! Refusals of moderation, turned into what the API answers.

use super::super::error::ApiError;
use crate::moderation::{DecideError, ListError, ModerationError, PublishError};
use axum::http::StatusCode;
use vilokanam_wire::{codes, moderation::ReportSubject};

impl From<ModerationError> for ApiError {
    fn from(error: ModerationError) -> Self {
        let title = match error {
            ModerationError::Blocked => "The account is blocked",
            ModerationError::Word => "The text is not accepted",
            ModerationError::Network => "The network is blocked",
            ModerationError::NotInvited | ModerationError::NotListed => "Not a creator at this gateway",
        };
        let status = match error {
            ModerationError::Word => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::FORBIDDEN,
        };
        Self::new(status, error.code(), title, error.to_string())
    }
}

impl From<PublishError> for ApiError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Refused(error) => error.into(),
            PublishError::Records(error) => error.into(),
        }
    }
}

impl From<DecideError> for ApiError {
    fn from(error: DecideError) -> Self {
        let detail = error.to_string();
        match error {
            DecideError::NotFor { .. } | DecideError::OwnAccount => unprocessable(detail),
            DecideError::NoteMissing | DecideError::Text => Self::bad_request(detail),
            DecideError::NoDecision(_) | DecideError::NoAppeal(_) => Self::not_found(detail),
            DecideError::AppealKnown(_) | DecideError::Lifted(_) => Self::conflict(detail),
            DecideError::Records(error) => error.into(),
            DecideError::Index(error) => error.into(),
        }
    }
}

impl From<ListError> for ApiError {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Refused(error) => unprocessable(error.to_string()),
            ListError::Records(error) => error.into(),
        }
    }
}

/// A request that can be read, and asks for what is not allowed. `detail` is a whole sentence.
pub fn unprocessable(detail: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, codes::BAD_REQUEST, "The request is not allowed", detail)
}

/// There is no such report.
pub fn no_report(id: u64) -> ApiError {
    ApiError::not_found(format!("There is no report {id}."))
}

/// What is to be reported does not exist.
pub fn no_subject(subject: &ReportSubject) -> ApiError {
    ApiError::not_found(format!("This gateway knows nothing called {subject}."))
        .hint("If it is new, try again in a minute.")
}

/// The person has as many open reports as allowed, `max`.
pub fn too_many_reports(max: u64) -> ApiError {
    ApiError::new(
        StatusCode::TOO_MANY_REQUESTS,
        codes::TOO_MANY_REQUESTS,
        "Too many reports",
        format!("You have {max} reports that wait for a moderator, which is the limit."),
    )
    .hint("Wait until moderators have looked at some of them.")
}
