//! `/v1/people/{who}`: profiles.

use super::{error::ApiError, signed_in::SignedIn, state::ApiState};
use axum::{
    extract::{Path, State},
    Json,
};
use tick_stream_primitives::AccountId;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::Store;
use vilokanam_wire::{people::PersonView, Account, Problem};

/// Maximum number of bytes of an account or a handle in an address.
const MAX_WHO_BYTES: usize = 80;

/// The routes of profiles.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(get_person))
}

/// Returns the profile of an account or of a handle, which may have `@` before it. An account without a profile has an empty one.
#[utoipa::path(get, path = "/v1/people/{who}", tag = "people", params(("who" = String, Path)), responses(
    (status = 200, body = PersonView), (status = 404, body = Problem),
))]
pub async fn get_person(
    State(state): State<ApiState>,
    viewer: Option<SignedIn>,
    Path(who): Path<String>,
) -> Result<Json<PersonView>, ApiError> {
    let who = account_of(&state.catalogue.index, &who).await?;
    let viewer = viewer.map(|viewer| viewer.account);
    Ok(Json(state.people.view(&who, viewer.as_ref()).await?))
}

/// Returns the account that a text names: the account itself, or the handle with or without `@`.
///
/// # Errors
///
/// Nobody has the handle.
pub async fn account_of(index: &Store, who: &str) -> Result<AccountId, ApiError> {
    let name = who.strip_prefix('@').unwrap_or(who);
    // Accounts are longer than handles.
    if name == who {
        if let Ok(account) = who.parse::<Account>() {
            return Ok(account.0);
        }
    }
    let person = match name.len() {
        0 => None,
        bytes if bytes > MAX_WHO_BYTES => None,
        _ => index.person_by_handle(&name.to_ascii_lowercase()).await?,
    };
    let nobody = || ApiError::not_found("Nobody has this handle at this gateway, and it is no account.");
    Ok(person.ok_or_else(nobody)?.account)
}
