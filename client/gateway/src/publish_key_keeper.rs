//! Removes publish keys that nobody needs: those of streams that have ended, and those that are not used.

use crate::{
    publishing::{KeyError, Publishing},
    stream_rules::StreamRules,
};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, StreamId, StreamStatus};
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{QueryError, Store};
use vilokanam_ingest::StreamClosed;

/// Interval between two rounds.
const ROUND: Duration = Duration::from_secs(60);

/// A round could not be finished. The next one begins again.
#[derive(Debug, thiserror::Error)]
enum KeeperError {
    #[error(transparent)]
    Index(#[from] QueryError),
    #[error(transparent)]
    Keys(#[from] KeyError),
}

/// Keeps the publish keys that are needed.
pub struct KeyKeeper {
    pub publishing: Arc<Publishing>,
    pub rules: Arc<StreamRules>,
    pub index: Store,
}

impl KeyKeeper {
    /// Works until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        // Of streams that were removed while the gateway was down, the rules know nothing.
        let mut asks_of_all = true;
        loop {
            let Some(round) = stop.run_until_cancelled(self.round(asks_of_all)).await else { return };
            match round {
                Ok(()) => asks_of_all = false,
                Err(error) => tracing::warn!(%error, "publish keys that are not needed are removed later"),
            }
            if stop.run_until_cancelled(tokio::time::sleep(ROUND)).await.is_none() {
                return;
            }
        }
    }

    async fn round(&self, asks_of_all: bool) -> Result<(), KeeperError> {
        let mut ended = HashSet::new();
        for stream in self.publishing.publish_keys().streams() {
            let may_have_ended = asks_of_all || self.rules.check_published(stream) == Err(StreamClosed::Ended);
            if may_have_ended && self.has_ended(stream).await? {
                ended.insert(stream);
            }
        }
        let removed = self.publishing.remove_unneeded_keys(ended, now_ms()).await?;
        if removed > 0 {
            tracing::info!(removed, "removed publish keys of ended streams, or that were not used");
        }
        Ok(())
    }

    /// Whether a stream has ended in a finalized block: a reorganisation may bring back one that has ended in another.
    async fn has_ended(&self, stream: StreamId) -> Result<bool, QueryError> {
        Ok(self.index.stream(stream).await?.is_some_and(|row| row.value.status == StreamStatus::Ended))
    }
}
