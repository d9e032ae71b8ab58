//! `/v1/moderation`: the queue of reports, decisions, appeals, and the record, for moderators.

pub mod refusals;
pub(super) mod views;

use super::{error::ApiError, page::PageQuery, signed_in::SignedIn, state::ApiState};
use crate::{
    chat::ChatRooms,
    moderation::{checked_text, Moderation},
    people::People,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    Json,
};
use refusals::no_report;
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::clock::now_ms;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{
    people::{AuditRow, ReportNoteRow, ReportRow},
    PageRequest,
};
use vilokanam_wire::{
    moderation::{
        AppealAnswer, AppealView, AuditEntry, DecisionView, NewDecision, NewNote, NoReportSubject, ReportSubject,
        ReportView,
    },
    streams::Page,
    Problem,
};

/// Number of items on a page if the request names none. Each item of the queue takes a few queries.
const DEFAULT_LIMIT: u32 = 20;
/// Maximum number of items on a page of the queue.
const MAX_QUEUE_LIMIT: u32 = 50;

/// The routes, for moderators and for everybody who reports.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(super::reports::report))
        .routes(routes!(super::reports::list_my_decisions))
        .routes(routes!(super::reports::appeal))
        .routes(routes!(list_reports))
        .routes(routes!(note_report))
        .routes(routes!(decide_report))
        .routes(routes!(list_appeals))
        .routes(routes!(answer_appeal))
        .routes(routes!(list_audit))
}

/// Which reports or appeals.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QueueState {
    /// Those that wait.
    #[default]
    Open,
    /// Those that were decided.
    Closed,
}

/// Which page of the queue is asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    #[serde(default)]
    #[param(inline)]
    state: QueueState,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Maximum number of items on the page, at most 50.
    limit: Option<u32>,
}

impl QueueQuery {
    fn is_open(&self) -> bool {
        self.state == QueueState::Open
    }

    fn request(&self) -> PageRequest {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_QUEUE_LIMIT);
        PageRequest { limit, cursor: self.cursor.clone() }
    }
}

/// Lists reports: the open ones, the oldest first, or the closed ones, the newest first.
#[utoipa::path(get, path = "/v1/moderation/reports", tag = "moderation", params(QueueQuery), responses(
    (status = 200, body = Page<ReportView>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_reports(
    State(moderation): State<Arc<Moderation>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Query(query): Query<QueueQuery>,
) -> Result<Json<Page<ReportView>>, ApiError> {
    signed.require_moderator()?;
    let found = moderation.index().reports(query.is_open(), &query.request()).await?;
    let items = views::reports(&moderation, &people, found.items).await?;
    Ok(Json(Page { items, next_cursor: found.next }))
}

/// Adds a note on the subject of a report, for the moderators.
#[utoipa::path(post, path = "/v1/moderation/reports/{id}/notes", tag = "moderation", params(("id" = u64, Path)),
    request_body = NewNote, responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn note_report(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Path(id): Path<u64>,
    Json(body): Json<NewNote>,
) -> Result<StatusCode, ApiError> {
    signed.require_moderator()?;
    let text = checked_text(&body.text)?;
    let report = report_of(&moderation, id).await?;
    let (author, made_at) = (signed.account, now_ms());
    let entry = AuditRow::new(&author, "note", report.subject.clone(), made_at).with_note(text);
    let note = ReportNoteRow { id: 0, subject: report.subject, author, body: text.into(), made_at };
    moderation.index().add_note(&note, &entry).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decides about the subject of a report, and closes all open reports of it. Whom it concerns reads the note, and can appeal.
#[utoipa::path(post, path = "/v1/moderation/reports/{id}/decision", tag = "moderation", params(("id" = u64, Path)),
    request_body = NewDecision, responses(
    (status = 200, body = DecisionView), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn decide_report(
    State(moderation): State<Arc<Moderation>>,
    State(people): State<Arc<People>>,
    State(chat): State<Arc<ChatRooms>>,
    signed: SignedIn,
    Path(id): Path<u64>,
    Json(body): Json<NewDecision>,
) -> Result<Json<DecisionView>, ApiError> {
    signed.require_moderator()?;
    let report = report_of(&moderation, id).await?;
    if let Some(decision) = report.decision {
        return Err(ApiError::conflict(format!("Report {id} was closed by decision {decision} already.")));
    }
    let subject: ReportSubject = report.subject.parse().map_err(|error: NoReportSubject| ApiError::internal(&error))?;
    let decided = moderation.decide(&signed.account, &subject, body.action, &body.note).await?;
    if body.action.hides() {
        delete_text(&moderation, &chat, &subject).await?;
    }
    let view = views::decision(&people, decided.row).await?;
    Ok(Json(DecisionView { next_step: decided.next_step, ..view }))
}

/// Deletes a comment or a chat message that was hidden. Streams and recordings are withheld, and stay.
async fn delete_text(moderation: &Moderation, chat: &ChatRooms, subject: &ReportSubject) -> Result<(), ApiError> {
    match subject {
        ReportSubject::Comment(id) => {
            moderation.index().delete_comment(*id).await?;
        }
        ReportSubject::Message(id) => {
            if let Some(message) = moderation.index().chat_message(*id).await? {
                chat.delete(message.stream, *id).await?;
            }
        }
        ReportSubject::Stream(_) | ReportSubject::Recording(..) | ReportSubject::Person(_) => {}
    }
    Ok(())
}

/// Lists appeals: those that wait, the oldest first, or the answered ones, the newest first.
#[utoipa::path(get, path = "/v1/moderation/appeals", tag = "moderation", params(QueueQuery), responses(
    (status = 200, body = Page<AppealView>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_appeals(
    State(moderation): State<Arc<Moderation>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Query(query): Query<QueueQuery>,
) -> Result<Json<Page<AppealView>>, ApiError> {
    signed.require_moderator()?;
    let found = moderation.index().appeals(query.is_open(), &query.request()).await?;
    let items = views::appeals(&moderation, &people, found.items).await?;
    Ok(Json(Page { items, next_cursor: found.next }))
}

/// Answers an appeal. A decision that is not upheld is lifted: what it hid or cut off is given out again.
#[utoipa::path(post, path = "/v1/moderation/appeals/{id}", tag = "moderation", params(("id" = u64, Path)),
    request_body = AppealAnswer, responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn answer_appeal(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Path(decision): Path<u64>,
    Json(body): Json<AppealAnswer>,
) -> Result<StatusCode, ApiError> {
    signed.require_moderator()?;
    moderation.answer(&signed.account, decision, body.uphold, &body.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists what moderators and administrators have done, the last first.
#[utoipa::path(get, path = "/v1/moderation/audit", tag = "moderation", params(PageQuery), responses(
    (status = 200, body = Page<AuditEntry>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_audit(
    State(moderation): State<Arc<Moderation>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>, ApiError> {
    signed.require_moderator()?;
    let found = moderation.index().audit(&query.request()).await?;
    let items = views::audit(&people, found.items).await?;
    Ok(Json(Page { items, next_cursor: found.next }))
}

async fn report_of(moderation: &Moderation, id: u64) -> Result<ReportRow, ApiError> {
    moderation.index().report(id).await?.ok_or_else(|| no_report(id))
}
