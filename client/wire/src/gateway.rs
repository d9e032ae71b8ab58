//! The gateway itself, and its chain.

use crate::scalars::{Account, Planck};
use serde::{Deserialize, Serialize};

/// `GET /v1/gateway`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GatewayInfo {
    /// The account that tickets must name.
    pub account: Account,
    /// Its public address.
    pub endpoint: String,
    /// Of the software.
    pub version: String,
    /// Block 0's hash, in hex.
    pub genesis_hash: String,
    /// Where wallets reach a node: WebSocket URLs.
    pub nodes: Vec<String>,
    /// Ticks a new session gets before its open is in a block.
    pub credit_ticks: u32,
    /// Ticks it gets before its open is final.
    pub credit_ticks_until_final: u32,
    /// Ticks that may be paid ahead of time.
    pub max_prepaid_ticks: u32,
    /// Blocks that a ticket may be valid for.
    pub ticket_lifetime_blocks: u32,
    /// What opening costs.
    pub open_fee: Planck,
    /// The smallest first deposit.
    pub min_deposit: Planck,
    /// The cheapest tick.
    pub min_price: Planck,
    /// Where encoders publish: the start of an RTMP URL.
    pub rtmp_url: String,
}

/// `GET /v1/chain`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChainStatus {
    /// Whether a node answers.
    pub is_connected: bool,
    /// Number of the best block.
    pub best_block: u32,
    /// Number of the finalized block.
    pub finalized_block: u32,
    /// The finalized block that lists and earnings are of.
    pub indexed_block: u32,
    /// What is wrong, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// `GET /ready`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Readiness {
    /// `ready`, `degraded` (it serves, but something is wrong) or `draining`.
    pub state: String,
    /// What it depends on.
    pub parts: Vec<PartState>,
}

/// Something the gateway depends on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartState {
    /// `node`, `database`, `journal`.
    pub name: String,
    /// Whether it works.
    pub is_ok: bool,
    /// What is wrong and what to do, or how it is.
    pub detail: String,
}
