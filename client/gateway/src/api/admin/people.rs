//! Roles, and invitations of creators.

use super::super::{
    error::ApiError,
    moderation::{refusals::unprocessable, views::Persons},
    signed_in::SignedIn,
};
use crate::{moderation::Moderation, people::People};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::clock::now_ms;
use vilokanam_indexer::people::RoleRow;
use vilokanam_wire::{
    admin::{GrantedRole, Invitation, Redemption, RoleView},
    scalars::rfc3339,
    Account, Problem,
};

/// Maximum number of characters of a code, as people send them.
const MAX_CODE_CHARS: usize = 128;

/// Which roles to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RoleQuery {
    /// Only this role.
    #[param(inline)]
    role: Option<GrantedRole>,
}

/// Lists the roles that administrators have granted. Administrators themselves are named in the settings file.
#[utoipa::path(get, path = "/v1/admin/people", tag = "administration", params(RoleQuery), responses(
    (status = 200, body = Vec<RoleView>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_roles(
    State(moderation): State<Arc<Moderation>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Query(query): Query<RoleQuery>,
) -> Result<Json<Vec<RoleView>>, ApiError> {
    signed.require_admin()?;
    let rows = moderation.index().roles(query.role.map(GrantedRole::as_str)).await?;
    let accounts = rows.iter().flat_map(|row| [row.account.clone(), row.author.clone()]).collect();
    let persons = Persons::of(&people, accounts).await?;
    let view = |row: RoleRow| {
        let (person, by) = (persons.get(&row.account), persons.get(&row.author));
        Some(RoleView { person, role: row.role.parse().ok()?, by, at: rfc3339(row.made_at) })
    };
    Ok(Json(rows.into_iter().filter_map(view).collect()))
}

/// Grants a role.
#[utoipa::path(put, path = "/v1/admin/people/{account}/roles/{role}", tag = "administration",
    params(("account" = String, Path), ("role" = GrantedRole, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn grant_role(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Path((account, role)): Path<(Account, GrantedRole)>,
) -> Result<StatusCode, ApiError> {
    signed.require_admin()?;
    moderation.grant_role(&signed.account, &account, role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revokes a role. A creator's streams stay.
#[utoipa::path(delete, path = "/v1/admin/people/{account}/roles/{role}", tag = "administration",
    params(("account" = String, Path), ("role" = GrantedRole, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke_role(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Path((account, role)): Path<(Account, GrantedRole)>,
) -> Result<StatusCode, ApiError> {
    signed.require_admin()?;
    match moderation.revoke_role(&signed.account, &account, role).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found(format!("{account} does not have the role {role}."))),
    }
}

/// Makes a code with which one person becomes a creator within 14 days.
#[utoipa::path(post, path = "/v1/admin/invitations", tag = "administration", responses(
    (status = 201, body = Invitation), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 409, body = Problem),
))]
pub async fn invite_creator(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
) -> Result<(StatusCode, Json<Invitation>), ApiError> {
    signed.require_admin()?;
    let made = moderation.invite(&signed.account, now_ms()).await?;
    let invitation = made.ok_or_else(|| {
        ApiError::conflict("There are as many unused invitations as there may be.")
            .hint("Wait until some have expired.")
    })?;
    Ok((StatusCode::CREATED, Json(invitation)))
}

/// Makes the person who asks a creator, by the code of an invitation. A code can be used once.
#[utoipa::path(post, path = "/v1/me/invitation", tag = "people", request_body = Redemption, responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem),
))]
pub async fn redeem_invitation(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Json(body): Json<Redemption>,
) -> Result<StatusCode, ApiError> {
    signed.require_member()?;
    moderation.check_may_speak(&signed.account)?;
    let is_code = body.code.len() <= MAX_CODE_CHARS;
    match is_code && moderation.redeem(&signed.account, &body.code, now_ms()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(unprocessable(
            "This is no invitation, or it was used or has expired. Ask the operator of the gateway for another one.",
        )),
    }
}
