//! What everything that serves requests shares.

use crate::{
    api::{claims::Published, creator_auth::CreatorAuth, limits::RequestLimits},
    audience::{Audience, Visits},
    config::Config,
    live::{LiveDesk, Recordings},
    shutdown::Shutdown,
};
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use tick_stream_primitives::{api::Params, AccountId, BlockNumber};
use tokio::sync::{watch, Notify};
use vilokanam_chain::Nodes;
use vilokanam_indexer::Store;
use vilokanam_media::{UriTemplates, Uris};
use vilokanam_paywall::Paywall;

/// Shared by all requests.
pub struct App {
    pub config: Config,
    /// The gateway's account.
    pub gateway: AccountId,
    /// The protocol's parameters, as the chain had them at the start.
    pub params: Params,
    pub node: Arc<Nodes>,
    pub paywall: Arc<Paywall>,
    pub index: Store,
    pub live: Arc<LiveDesk>,
    pub publishing: Arc<crate::publishing::Publishing>,
    pub uris: Uris,
    pub recordings: Recordings,
    pub recording_uris: Uris,
    pub audience: watch::Receiver<Arc<Audience>>,
    pub visits: Arc<Visits>,
    pub auth: CreatorAuth,
    pub limits: RequestLimits,
    pub metrics: PrometheusHandle,
    /// Wakes settlement, when something cannot wait for its turn.
    pub settle_now: Arc<Notify>,
    /// What watchtowers are told.
    pub published: Published,
    pub indexed_block: watch::Receiver<BlockNumber>,
    pub is_database_well: watch::Receiver<bool>,
    pub shutdown: Shutdown,
}

/// Where playlists say that things are. Playlists are at `/v1/streams/{id}/hls/{name}.m3u8`, keys beside that folder.
pub fn uri_templates() -> UriTemplates {
    UriTemplates { key: "../keys/{index}".into(), ..UriTemplates::default() }
}
