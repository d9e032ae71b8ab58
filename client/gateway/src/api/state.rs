//! What the handlers share, in parts: a handler names the parts it uses.

use super::{claims::PublishedClaims, creator_auth::CreatorAuth, limits::RequestLimits};
use crate::{
    audience::Audience,
    config::Config,
    live::{ChannelRegistry, Recordings},
    proxies::Proxies,
    publishing::Publishing,
    stream_rules::StreamRules,
    use_cases::{KeySales, Sessions},
};
use axum::extract::FromRef;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use tick_stream_primitives::{api::Params, AccountId, BlockNumber, GenesisHash};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vilokanam_chain::Nodes;
use vilokanam_indexer::Store;
use vilokanam_media::Uris;
use vilokanam_paywall::Paywall;

/// The state of the router.
#[derive(Clone, FromRef)]
pub struct ApiState {
    pub profile: Arc<Profile>,
    pub sessions: Arc<Sessions>,
    pub key_sales: Arc<KeySales>,
    pub catalogue: Arc<Catalogue>,
    pub publishing: Arc<Publishing>,
    pub creators: Arc<Creators>,
    pub claims: Arc<PublishedClaims>,
    pub health: Arc<Health>,
    pub limits: Arc<RequestLimits>,
    /// Cancelled when nothing new may begin.
    pub drain: CancellationToken,
}

/// What the gateway says of itself.
pub struct Profile {
    pub config: Config,
    /// The proxies in front of it.
    pub proxies: Proxies,
    /// The gateway's account.
    pub account: AccountId,
    pub genesis: GenesisHash,
    /// The protocol's present parameters.
    pub params: watch::Receiver<Params>,
}

/// What there is to watch.
pub struct Catalogue {
    pub index: Store,
    /// The streams on air here.
    pub live: Arc<ChannelRegistry>,
    pub recordings: Arc<Recordings>,
    /// Which streams may be served.
    pub rules: Arc<StreamRules>,
    /// Where playlists of streams on air say that media and keys are.
    pub live_uris: Uris,
    /// Where playlists of recordings say that media and keys are.
    pub recording_uris: Uris,
    /// Viewers by stream, counted once a second.
    pub audience: watch::Receiver<Arc<Audience>>,
}

/// What creators' requests are checked with.
pub struct Creators {
    pub auth: CreatorAuth,
    pub nodes: Arc<Nodes>,
}

/// What the gateway depends on, and how it does.
pub struct Health {
    pub nodes: Arc<Nodes>,
    pub paywall: Arc<Paywall>,
    /// Number of the finalized block that the index is at.
    pub indexed_block: watch::Receiver<BlockNumber>,
    pub is_database_well: watch::Receiver<bool>,
    pub metrics: PrometheusHandle,
}
