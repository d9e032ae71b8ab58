//! The gateway itself, and its chain.

use crate::app::App;
use axum::{extract::State, Json};
use std::sync::Arc;
use vilokanam_wire::{
    gateway::{ChainStatus, GatewayInfo},
    scalars::bytes_to_hex,
    Account, Planck,
};

/// Who this gateway is, and on which terms it sells.
#[utoipa::path(get, path = "/v1/gateway", tag = "gateway", responses((status = 200, body = GatewayInfo)))]
pub async fn info(State(app): State<Arc<App>>) -> Json<GatewayInfo> {
    let params = &app.params;
    Json(GatewayInfo {
        account: Account(app.gateway.clone()),
        endpoint: app.config.http.public_url.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
        genesis_hash: bytes_to_hex(app.node.genesis()),
        nodes: app.config.public_nodes().to_vec(),
        credit_ticks: app.config.paywall.credit_ticks,
        credit_ticks_until_final: app.config.paywall.credit_ticks_until_final,
        max_prepaid_ticks: params.max_prepaid_ticks,
        ticket_lifetime_blocks: params.ticket_lifetime,
        open_fee: Planck(params.open_fee),
        min_deposit: Planck(params.min_deposit),
        min_price: Planck(params.min_price),
        rtmp_url: app.config.rtmp_url(),
    })
}

/// How far the chain is, and how far this gateway has read it.
#[utoipa::path(get, path = "/v1/chain", tag = "gateway", responses((status = 200, body = ChainStatus)))]
pub async fn chain(State(app): State<Arc<App>>) -> Json<ChainStatus> {
    let (best_block, finalized_block, _) = app.paywall.heights();
    let trouble = app.node.trouble();
    Json(ChainStatus {
        is_connected: trouble.is_none(),
        best_block,
        finalized_block,
        indexed_block: *app.indexed_block.borrow(),
        trouble,
    })
}
