//! Which streams this gateway hosts. Sessions are for these only: for any other it would have no key to sell, and pay for the
//! settlement of ticks that a viewer reveals all the same.

use crate::live::ChannelRegistry;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::{GatewayStateError, Store};
use vilokanam_ingest::PublishKeys;

/// The streams that this gateway hosts.
pub struct Hosting {
    keys: Arc<PublishKeys>,
    live: Arc<ChannelRegistry>,
    index: Store,
}

impl Hosting {
    pub fn new(keys: Arc<PublishKeys>, live: Arc<ChannelRegistry>, index: Store) -> Self {
        Self { keys, live, index }
    }

    /// Returns whether the stream is on air, has a publish key, or has a recording.
    pub async fn hosts(&self, stream: StreamId) -> Result<bool, GatewayStateError> {
        if self.live.channel(stream).is_some() || !self.keys.list(stream).is_empty() {
            return Ok(true);
        }
        self.index.has_broadcast(stream).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_ingest::KeyLimits;

    #[tokio::test]
    async fn stream_is_hosted_with_a_publish_key_or_a_recording() {
        let folder = tempfile::tempdir().unwrap();
        let keys = PublishKeys::open(folder.path().join("keys.json"), KeyLimits::default()).unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        let hosting = Hosting::new(Arc::new(keys), Arc::new(ChannelRegistry::new(1)), index.clone());
        assert!(!hosting.hosts(1).await.unwrap());

        let (id, _) = hosting.keys.create(1).unwrap();
        assert!(hosting.hosts(1).await.unwrap());
        hosting.keys.revoke(1, id).unwrap();
        assert!(!hosting.hosts(1).await.unwrap());

        index.begin_broadcast(1, 0, 0, 1_000).await.unwrap();
        index.end_broadcast(1, 1, 2_000, Some("recordings/1/1")).await.unwrap();
        assert!(hosting.hosts(1).await.unwrap(), "the recording can be watched");
        assert!(!hosting.hosts(2).await.unwrap());
    }
}
