//! `/v1/me`: changing a profile, and what the gateway keeps of a person.

use super::{auth::MeParts, error::ApiError, signed_in::SignedIn, state::ApiState};
use crate::{
    moderation::Moderation,
    people::{cleaned, ChangeError},
};
use axum::{
    extract::{FromRef, State},
    http::{header, StatusCode},
    response::{AppendHeaders, IntoResponse, Response},
    Json,
};
use serde::Serialize;
use std::collections::BTreeMap;
use tick_stream_primitives::{clock::now_ms, AccountId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{people::ExportedTable, GatewayStateError};
use vilokanam_wire::{
    auth::Me,
    codes,
    people::{ChangeProfile, DeleteMe},
    scalars::rfc3339,
    Account, Problem,
};

/// The routes that share their address with no other of `/v1/me`.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(export_me))
}

/// Everything that the gateway keeps of a person.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PersonalExport {
    /// Account.
    account: Account,
    /// Time of the export, RFC 3339.
    exported_at: String,
    /// Tables that have something.
    tables: Vec<PersonalTable>,
}

/// What a table of the gateway has of a person. Accounts are in hex, times are milliseconds since 1970.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PersonalTable {
    /// Name of the table.
    table: String,
    /// Column that the person is in.
    person: String,
    /// Rows by the names of their columns, with every value as text; at most 10,000, the last ones.
    rows: Vec<BTreeMap<String, Option<String>>>,
    /// Whether there are more rows.
    is_cut: bool,
}

impl From<ExportedTable> for PersonalTable {
    fn from(ExportedTable { table, person, rows, is_cut }: ExportedTable) -> Self {
        let row = |fields: Vec<(&'static str, Option<String>)>| {
            fields.into_iter().map(|(column, value)| (column.to_owned(), value)).collect()
        };
        Self { table: table.into(), person: person.into(), rows: rows.into_iter().map(row).collect(), is_cut }
    }
}

/// Changes the profile of the person who asks. What is absent stays as it is; an empty text removes. Recipients of a gift can set a
/// name only.
#[utoipa::path(put, path = "/v1/me", tag = "people", request_body = ChangeProfile, responses(
    (status = 200, body = Me), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn change_me(
    State(state): State<ApiState>,
    signed: SignedIn,
    Json(change): Json<ChangeProfile>,
) -> Result<Json<Me>, ApiError> {
    let change = cleaned(change)?;
    check_may_say(&state.moderation, &signed.account, &change)?;
    state.people.change(&signed.account, signed.is_guest(), change).await?;
    state.search.person_changed(&signed.account);
    Ok(Json(MeParts::from_ref(&state).me(&signed).await?))
}

/// Checks what a change shows to others. Removing something, and settings, are everybody's right.
fn check_may_say(moderation: &Moderation, who: &AccountId, change: &ChangeProfile) -> Result<(), ApiError> {
    let ChangeProfile { handle, name, bio, picture, banner, links, .. } = change;
    let fields = [handle, name, bio, picture, banner].into_iter().flatten();
    let shown: Vec<&String> = fields.chain(links.iter().flatten()).filter(|text| !text.is_empty()).collect();
    if shown.is_empty() {
        return Ok(());
    }
    moderation.check_may_speak(who)?;
    for text in shown {
        moderation.check_text(text)?;
    }
    Ok(())
}

/// Deletes what the gateway keeps of the person who asks, and ends all sign-ins. Streams, payments and tips are on the chain and
/// stay, as do reports and decisions of moderators.
#[utoipa::path(delete, path = "/v1/me", tag = "people", request_body = DeleteMe, responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem),
))]
pub async fn delete_me(
    State(state): State<ApiState>,
    signed: SignedIn,
    Json(body): Json<DeleteMe>,
) -> Result<StatusCode, ApiError> {
    signed.require_wallet()?;
    let account = signed.account.clone();
    let person = state.catalogue.index.person(&account).await?;
    if !is_confirmed(&body.confirm, &account, person.and_then(|row| row.handle).as_deref()) {
        let detail = "'confirm' is neither your handle nor your account, so nothing was deleted.";
        let error = ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            codes::BAD_REQUEST,
            "The deletion is not confirmed",
            detail,
        );
        return Err(error.hint("Write your handle or your account into 'confirm'."));
    }
    // It goes on if the client goes away or the time of the request is over.
    let deletion = tokio::spawn(async move { forget(&state, &signed).await });
    deletion.await.map_err(|error| ApiError::internal(&error))??;
    Ok(StatusCode::NO_CONTENT)
}

async fn forget(state: &ApiState, signed: &SignedIn) -> Result<(), ApiError> {
    let who = &signed.account;
    state.sign_ins.end_others(who, &signed.sign_in).await?;
    // Also what waits to be written.
    state.watching.progress.forget(who, None).await?;
    state.catalogue.index.delete_person(who).await?;
    state.chat.forget_person(who);
    state.search.person_changed(who);
    // The last one, so that the person can try again if the database fails.
    state.sign_ins.end(who, &signed.sign_in).await?;
    Ok(())
}

fn is_confirmed(confirm: &str, account: &AccountId, handle: Option<&str>) -> bool {
    let confirm = confirm.trim();
    let name = confirm.strip_prefix('@').unwrap_or(confirm).to_ascii_lowercase();
    handle == Some(name.as_str()) || confirm.parse::<Account>().is_ok_and(|confirmed| confirmed.0 == *account)
}

/// Returns everything that the gateway keeps of the person who asks, as a file.
#[utoipa::path(get, path = "/v1/me/export", tag = "people", responses(
    (status = 200, body = PersonalExport), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn export_me(State(state): State<ApiState>, signed: SignedIn) -> Result<Response, ApiError> {
    signed.require_wallet()?;
    let tables = exported(&state, &signed.account).await?;
    let export = PersonalExport { account: Account(signed.account), exported_at: rfc3339(now_ms()), tables };
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"vilokanam-person.json\""),
    ];
    Ok((AppendHeaders(headers), Json(export)).into_response())
}

async fn exported(state: &ApiState, who: &AccountId) -> Result<Vec<PersonalTable>, GatewayStateError> {
    let tables = state.catalogue.index.export_person(who).await?;
    Ok(tables.into_iter().map(PersonalTable::from).collect())
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        let detail = error.to_string();
        match error {
            ChangeError::NotForGuests => {
                Self::new(StatusCode::FORBIDDEN, codes::NOT_FOR_GUESTS, "Not for guests", detail)
                    .hint("Sign in with an account of your own.")
            }
            ChangeError::HandleTaken => {
                Self::new(StatusCode::CONFLICT, codes::HANDLE_TAKEN, "The handle is taken", detail)
            }
            ChangeError::Records(error) => error.into(),
            ChangeError::Handle(_) => {
                let title = "The handle is not accepted";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, codes::HANDLE_INVALID, title, detail)
            }
            ChangeError::TooLong { .. }
            | ChangeError::Link(_)
            | ChangeError::NoPicture(_)
            | ChangeError::Signature(_) => {
                let title = "The profile is not accepted";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, codes::BAD_REQUEST, title, detail)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deletion_is_confirmed_by_the_handle_or_the_account() {
        let (account, other) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
        let is_confirmed = |confirm: &str, handle| super::is_confirmed(confirm, &account, handle);
        let ss58 = Account(account.clone()).to_string();
        assert!(is_confirmed(&ss58, None) && is_confirmed(&ss58, Some("alice")));
        assert!(is_confirmed(" @Alice ", Some("alice")) && is_confirmed("alice", Some("alice")));
        for odd in ["", "@", "yes", "bob", &Account(other).to_string()] {
            assert!(!is_confirmed(odd, Some("alice")) && !is_confirmed(odd, None), "{odd}");
        }
    }
}
