//! What the handlers share, in parts: a handler names the parts it uses.

use super::{claims::PublishedClaims, limits::RequestLimits, probe::Probes};
use crate::{
    audience::Audience,
    chat::ChatRooms,
    clips::Clips,
    config::Config,
    creator_settings::CreatorSettings,
    images::Images,
    jobs::Jobs,
    live::{ChannelRegistry, Recordings, Room},
    moderation::Moderation,
    notices::{NoticeService, Notices},
    people::{People, Watching},
    proxies::Proxies,
    publishing::Publishing,
    quality::QualityReports,
    search::Search,
    sign_in::SignIns,
    stream_rules::StreamRules,
    uploads::Uploads,
    use_cases::{Bought, KeySales, Sessions, ViewerProofs},
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
    pub video_work: Arc<VideoWork>,
    pub images: Arc<Images>,
    pub settings: Arc<CreatorSettings>,
    pub proofs: Arc<ViewerProofs>,
    pub bought: Arc<Bought>,
    pub claims: Arc<PublishedClaims>,
    pub health: Arc<Health>,
    pub limits: Arc<RequestLimits>,
    pub sign_ins: Arc<SignIns>,
    pub people: Arc<People>,
    pub watching: Arc<Watching>,
    pub moderation: Arc<Moderation>,
    pub chat: Arc<ChatRooms>,
    pub notices: Notices,
    pub notice_service: Arc<NoticeService>,
    pub probes: Arc<Probes>,
    pub search: Arc<Search>,
    pub quality: Arc<QualityReports>,
    /// Cancelled when nothing new may begin.
    pub drain: CancellationToken,
}

/// What recordings are made from, besides broadcasts.
pub struct VideoWork {
    pub uploads: Arc<Uploads>,
    pub jobs: Arc<Jobs>,
    pub clips: Clips,
    /// Room on the disks, and within creators' quotas.
    pub room: Room,
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
    pub nodes: Arc<Nodes>,
    /// Who may publish here.
    pub moderation: Arc<Moderation>,
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
