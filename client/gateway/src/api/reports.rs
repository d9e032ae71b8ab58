//! `/v1/reports`, `/v1/me/decisions` and `/v1/decisions`: what people report, what was decided about theirs, and their appeals.

use super::{
    error::ApiError,
    moderation::refusals::{no_subject, too_many_reports},
    signed_in::SignedIn,
};
use crate::moderation::{checked_text, Moderation};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    Json,
};
use std::{collections::HashMap, sync::Arc};
use tick_stream_primitives::clock::now_ms;
use vilokanam_indexer::people::{AppealRow, DecisionRow, ReportRow, Reported};
use vilokanam_wire::{
    moderation::{
        DecisionAction, MyAppeal, MyDecision, NewAppeal, NewReport, ReportReason, ReportReceipt, ReportSubject,
    },
    scalars::rfc3339,
    Problem,
};

/// Maximum number of open reports of a person.
const MAX_OPEN_REPORTS: u64 = 10;

/// Reports something to the moderators of this gateway. A person can have one open report of a subject, and ten in all.
#[utoipa::path(post, path = "/v1/reports", tag = "moderation", request_body = NewReport, responses(
    (status = 201, body = ReportReceipt), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn report(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Json(body): Json<NewReport>,
) -> Result<(StatusCode, Json<ReportReceipt>), ApiError> {
    signed.require_member()?;
    let NewReport { subject, reason, text } = body;
    let text = text.filter(|text| !text.trim().is_empty());
    let text = text.as_deref().map(checked_text).transpose()?.unwrap_or_default();
    if text.is_empty() && reason == ReportReason::Other {
        return Err(ApiError::bad_request("Say in the text what is wrong: the reason 'other' needs it."));
    }
    moderation.about(&subject).await?.ok_or_else(|| no_subject(&subject))?;
    let row = ReportRow {
        id: 0,
        subject: subject.to_string(),
        reporter: signed.account,
        reason: reason.as_str().into(),
        body: text.into(),
        made_at: now_ms(),
        decision: None,
    };
    match moderation.index().add_report(&row, MAX_OPEN_REPORTS).await? {
        Reported::Added(id) => Ok((StatusCode::CREATED, Json(ReportReceipt { id }))),
        Reported::Known(id) => {
            Err(ApiError::conflict(format!("You have reported this already: your report {id} waits for a moderator.")))
        }
        Reported::TooMany => Err(too_many_reports(MAX_OPEN_REPORTS)),
    }
}

/// Lists the last hundred decisions that concern the person who asks, the newest first.
#[utoipa::path(get, path = "/v1/me/decisions", tag = "moderation", responses(
    (status = 200, body = Vec<MyDecision>), (status = 401, body = Problem),
))]
pub async fn list_my_decisions(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
) -> Result<Json<Vec<MyDecision>>, ApiError> {
    let index = moderation.index();
    let decisions = index.decisions_about(&signed.account).await?;
    let ids: Vec<u64> = decisions.iter().map(|row| row.id).collect();
    let appeals = index.appeals_against(&ids).await?;
    let mut appeals: HashMap<u64, AppealRow> = appeals.into_iter().map(|row| (row.decision, row)).collect();
    let mut views = Vec::with_capacity(decisions.len());
    for row in decisions {
        let appeal = appeals.remove(&row.id);
        views.extend(my_decision(&moderation, row, appeal).await?);
    }
    Ok(Json(views))
}

/// Returns a decision as the person sees it whom it concerns. `None` if another version has written it.
async fn my_decision(
    moderation: &Moderation,
    row: DecisionRow,
    appeal: Option<AppealRow>,
) -> Result<Option<MyDecision>, ApiError> {
    let (subject, action) = (row.subject.parse::<ReportSubject>(), row.action.parse::<DecisionAction>());
    let (Ok(subject), Ok(action)) = (subject, action) else { return Ok(None) };
    let title = moderation.about(&subject).await?.and_then(|about| about.title);
    let appeal = appeal.map(|appeal| MyAppeal {
        text: appeal.body,
        at: rfc3339(appeal.made_at),
        answer: appeal.is_upheld.map(|_| appeal.answer),
        is_upheld: appeal.is_upheld,
    });
    let (at, lifted_at) = (rfc3339(row.made_at), row.lifted_at.map(rfc3339));
    Ok(Some(MyDecision { id: row.id, subject, title, action, note: row.note, at, lifted_at, appeal }))
}

/// Appeals against a decision, once. A moderator answers.
#[utoipa::path(post, path = "/v1/decisions/{id}/appeal", tag = "moderation", params(("id" = u64, Path)),
    request_body = NewAppeal, responses(
    (status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn appeal(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Path(decision): Path<u64>,
    Json(body): Json<NewAppeal>,
) -> Result<StatusCode, ApiError> {
    signed.require_member()?;
    moderation.appeal(&signed.account, decision, &body.text).await?;
    Ok(StatusCode::NO_CONTENT)
}
