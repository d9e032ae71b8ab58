//! `/v1/admin`: administration. Everything that the page and `vilokanam-gateway admin` do is a request to here.

mod blocks;
mod people;
mod status;

use super::state::ApiState;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of administrators, and the one at which an invitation is used.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(status::get_admin_status))
        .routes(routes!(status::list_publishers))
        .routes(routes!(status::cut_off_stream, status::restore_stream))
        .routes(routes!(blocks::list_blocks))
        .routes(routes!(blocks::add_block, blocks::remove_block))
        .routes(routes!(blocks::get_terms, blocks::set_terms))
        .routes(routes!(people::list_roles))
        .routes(routes!(people::grant_role, people::revoke_role))
        .routes(routes!(people::invite_creator))
        .routes(routes!(people::redeem_invitation))
}
