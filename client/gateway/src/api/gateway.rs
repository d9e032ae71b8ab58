//! `/v1/gateway` and `/v1/chain`: the gateway's terms, and how far it has read the chain.

use super::state::{Health, Profile};
use crate::moderation::Moderation;
use axum::{extract::State, Json};
use std::sync::Arc;
use vilokanam_wire::{
    gateway::{ChainStatus, GatewayInfo},
    scalars::bytes_to_hex,
    Account, Planck,
};

/// Returns the gateway's account, addresses and terms.
#[utoipa::path(get, path = "/v1/gateway", tag = "gateway", responses((status = 200, body = GatewayInfo)))]
pub async fn get_gateway(
    State(profile): State<Arc<Profile>>,
    State(moderation): State<Arc<Moderation>>,
) -> Json<GatewayInfo> {
    let terms = moderation.terms();
    let params = profile.params.borrow().clone();
    Json(GatewayInfo {
        account: Account(profile.account.clone()),
        endpoint: profile.config.http.public_url.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
        genesis_hash: bytes_to_hex(profile.genesis),
        nodes: profile.config.public_nodes().to_vec(),
        credit_ticks: profile.config.paywall.credit_ticks,
        credit_ticks_until_final: profile.config.paywall.credit_ticks_until_final,
        max_prepaid_ticks: params.max_prepaid_ticks,
        ticket_lifetime_blocks: params.ticket_lifetime,
        open_fee: Planck(params.open_fee),
        min_deposit: Planck(params.min_deposit),
        min_price: Planck(params.min_price.max(terms.min_price.0)),
        min_share_ppm: terms.min_share_ppm,
        rtmp_url: profile.config.rtmp_url(),
    })
}

/// Returns the heights of the chain and of the index.
#[utoipa::path(get, path = "/v1/chain", tag = "gateway", responses((status = 200, body = ChainStatus)))]
pub async fn get_chain(State(health): State<Arc<Health>>) -> Json<ChainStatus> {
    Json(chain_status(&health))
}

/// The heights of the chain and of the index.
pub(super) fn chain_status(health: &Health) -> ChainStatus {
    let (best_block, finalized_block, _) = health.paywall.heights();
    let trouble = health.nodes.trouble();
    ChainStatus {
        is_connected: trouble.is_none(),
        best_block,
        finalized_block,
        indexed_block: *health.indexed_block.borrow(),
        trouble,
    }
}
