//! What broadcasts share.

use crate::{
    creator_settings::CreatorSettings,
    lifetime::Lifetime,
    live::{Archive, ChannelRegistry},
    notices::Notices,
    secrets::Secrets,
};
use std::sync::Arc;
use vilokanam_indexer::Store;
use vilokanam_media::Uris;

/// What every broadcast uses.
pub struct BroadcastContext {
    /// The streams on air.
    pub live: Arc<ChannelRegistry>,
    pub index: Store,
    /// Where recordings and storyboards are kept.
    pub archive: Archive,
    /// What creators have set.
    pub settings: Arc<CreatorSettings>,
    pub secrets: Arc<Secrets>,
    /// Where playlists say that media and keys are.
    pub uris: Uris,
    /// Takes what followers may want to know.
    pub notices: Notices,
    pub lifetime: Lifetime,
}
