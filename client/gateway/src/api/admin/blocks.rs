//! Lists of what is blocked, and the terms at which streams are served.

use super::super::{
    error::ApiError,
    moderation::{refusals::unprocessable, views::Persons},
    signed_in::SignedIn,
};
use crate::{
    moderation::{shown_value, Moderation},
    people::People,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    Json,
};
use std::sync::Arc;
use tick_stream_primitives::clock::now_ms;
use vilokanam_wire::{
    admin::{BlockKind, BlockView, NewBlock, PublishingTerms, MAX_NOTE_CHARS},
    scalars::rfc3339,
    Problem,
};

/// The whole, in parts per million.
const WHOLE_PPM: u32 = 1_000_000;

/// Lists everything that is blocked, by kind and value.
#[utoipa::path(get, path = "/v1/admin/blocks", tag = "administration", responses(
    (status = 200, body = Vec<BlockView>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_blocks(
    State(moderation): State<Arc<Moderation>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
) -> Result<Json<Vec<BlockView>>, ApiError> {
    signed.require_admin()?;
    let rows = moderation.blocks().await?;
    let persons = Persons::of(&people, rows.iter().map(|row| row.author.clone()).collect()).await?;
    let view = |row: vilokanam_indexer::people::BlockRow| {
        let kind = row.kind.parse().ok()?;
        let (value, by) = (shown_value(kind, &row.value), persons.get(&row.author));
        Some(BlockView { kind, value, note: row.note, by, at: rfc3339(row.made_at) })
    };
    Ok(Json(rows.into_iter().filter_map(view).collect()))
}

/// Blocks an account, a network or a word, or changes the note of one that is blocked.
#[utoipa::path(put, path = "/v1/admin/blocks/{kind}/{value}", tag = "administration",
    params(("kind" = BlockKind, Path), ("value" = String, Path, description = "The account, network or word, percent-encoded.")),
    request_body = NewBlock, responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn add_block(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Path((kind, value)): Path<(BlockKind, String)>,
    Json(body): Json<NewBlock>,
) -> Result<StatusCode, ApiError> {
    signed.require_admin()?;
    let note = body.note.trim();
    if note.chars().count() > MAX_NOTE_CHARS {
        return Err(ApiError::bad_request(format!("A note has at most {MAX_NOTE_CHARS} characters.")));
    }
    match moderation.block(&signed.account, kind, &value, note).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => {
            Err(ApiError::conflict("The list has as many entries as it may.").hint("Remove some that are not needed."))
        }
    }
}

/// Takes an account, a network or a word off its list.
#[utoipa::path(delete, path = "/v1/admin/blocks/{kind}/{value}", tag = "administration",
    params(("kind" = BlockKind, Path), ("value" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn remove_block(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Path((kind, value)): Path<(BlockKind, String)>,
) -> Result<StatusCode, ApiError> {
    signed.require_admin()?;
    match moderation.unblock(&signed.account, kind, &value).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found(format!("This {kind} is not blocked."))),
    }
}

/// Returns the terms at which streams are served, without the lowest price of the chain.
#[utoipa::path(get, path = "/v1/admin/terms", tag = "administration", responses(
    (status = 200, body = PublishingTerms), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn get_terms(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
) -> Result<Json<PublishingTerms>, ApiError> {
    signed.require_admin()?;
    Ok(Json(moderation.terms()))
}

/// Sets the terms at which streams are served. They take the place of those of the settings file, also after a restart.
#[utoipa::path(put, path = "/v1/admin/terms", tag = "administration", request_body = PublishingTerms, responses(
    (status = 200, body = PublishingTerms), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn set_terms(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Json(body): Json<PublishingTerms>,
) -> Result<Json<PublishingTerms>, ApiError> {
    signed.require_admin()?;
    if body.min_share_ppm > WHOLE_PPM {
        return Err(unprocessable("min_share_ppm is in parts per million: at most 1000000, which is the whole."));
    }
    moderation.set_terms(&signed.account, body, now_ms()).await?;
    Ok(Json(moderation.terms()))
}
