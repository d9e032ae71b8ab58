//! What broadcasts share.

use crate::{lifetime::Lifetime, live::ChannelRegistry, secrets::Secrets};
use object_store::ObjectStore;
use std::sync::Arc;
use vilokanam_indexer::Store;
use vilokanam_media::Uris;

/// What every broadcast uses.
pub struct BroadcastContext {
    /// The streams on air.
    pub live: Arc<ChannelRegistry>,
    pub index: Store,
    pub storage: Arc<dyn ObjectStore>,
    pub secrets: Arc<Secrets>,
    /// Where playlists say that media and keys are.
    pub uris: Uris,
    /// Whether broadcasts are recorded.
    pub records: bool,
    pub lifetime: Lifetime,
}
