//! The gateway's terms, its chain, its readiness.

use crate::scalars::{Account, Planck};
use serde::{Deserialize, Serialize};

/// Answer to `GET /v1/gateway`: the gateway's account, addresses and terms.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GatewayInfo {
    /// Account that tickets must name.
    pub account: Account,
    /// Public URL of the gateway.
    pub endpoint: String,
    /// Version of the software.
    pub version: String,
    /// Hash of block 0, in hex.
    pub genesis_hash: String,
    /// WebSocket URLs under which wallets reach a node.
    pub nodes: Vec<String>,
    /// Ticks on credit until the open of a session is in a block.
    pub credit_ticks: u32,
    /// Ticks on credit until the open is in a finalized block.
    pub credit_ticks_until_final: u32,
    /// Ticks that may be revealed ahead of time.
    pub max_prepaid_ticks: u32,
    /// Longest validity of a ticket, in blocks.
    pub ticket_lifetime_blocks: u32,
    /// Fee for opening a session.
    pub open_fee: Planck,
    /// Smallest first deposit.
    pub min_deposit: Planck,
    /// Lowest price of a tick at which this gateway serves a stream; at least the chain's.
    pub min_price: Planck,
    /// Smallest share of the gateway at which it serves a stream, in parts per million of what protocol and submitter leave.
    pub min_share_ppm: u32,
    /// RTMP URL for encoders, without the stream key.
    pub rtmp_url: String,
}

/// Answer to `GET /v1/chain`: heights of the chain and of the index.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChainStatus {
    /// Whether a node answers.
    pub is_connected: bool,
    /// Number of the best block.
    pub best_block: u32,
    /// Number of the finalized block.
    pub finalized_block: u32,
    /// Number of the finalized block that lists and earnings reflect.
    pub indexed_block: u32,
    /// Sentence that says what is wrong; absent when all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// Answer to `GET /ready`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Readiness {
    /// `ready`, `degraded` (it works with limits) or `draining`.
    pub state: String,
    /// What the gateway depends on.
    pub parts: Vec<PartState>,
}

/// A part that the gateway depends on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartState {
    /// `node`, `database` or `journal`.
    pub name: String,
    /// Whether it works.
    pub is_ok: bool,
    /// Sentence that says what is wrong and what to do, or `works`.
    pub detail: String,
}
