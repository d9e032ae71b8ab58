//! Times at which the off-chain worker runs.
//!
//! By itself the worker would start as soon as a block is imported. Here it starts after a delay, in which the claims
//! of the second just watched arrive, and after the node has written the offer. To that end [`WaveEvents`] stands
//! between the client and the worker as a source of block events. One run of the worker is called a wave.
//!
//! At most one wave waits. While the node catches up with the chain, blocks arrive faster than the delay; then only the
//! last of them gets a wave, because it would invalidate the work of the others.

use futures::{future, Stream, StreamExt};
use log::{debug, trace};
use sc_client_api::{BlockchainEvents, FinalityNotifications, ImportNotifications, StorageEventStream, StorageKey};
use sc_service::SpawnTaskHandle;
use sc_utils::mpsc::{tracing_unbounded, TracingUnboundedSender};
use sp_runtime::traits::Block as BlockT;
use std::{sync::Arc, time::Duration};
use vilokanam_runtime::opaque::Block;

use super::logging::LOG_TARGET;

/// Hook that is called just before the off-chain worker runs on a best block.
///
/// It is called on a blocking thread, so it may read the database and call the runtime.
pub type BeforeWave = Arc<dyn Fn() + Send + Sync>;

/// Number of waves in the channel to the worker at which the SDK logs a warning. The worker takes them at once, so
/// there is never more than one.
const WAVES_WARNING: usize = 16;

/// Block events of the client, except that imports are announced as waves: best blocks only, after a delay and a hook.
pub struct WaveEvents<C> {
    client: Arc<C>,
    delay: Duration,
    before_wave: BeforeWave,
    spawner: SpawnTaskHandle,
}

impl<C> WaveEvents<C> {
    /// Announces best blocks of `client` after `delay`, once `before_wave` has returned.
    pub fn new(client: Arc<C>, delay: Duration, before_wave: BeforeWave, spawner: SpawnTaskHandle) -> Self {
        Self { client, delay, before_wave, spawner }
    }
}

impl<C: BlockchainEvents<Block>> BlockchainEvents<Block> for WaveEvents<C> {
    fn import_notification_stream(&self) -> ImportNotifications<Block> {
        let (sender, waves) = tracing_unbounded("mpsc_tick_waves", WAVES_WARNING);
        let best_blocks = self.client.import_notification_stream().filter(|import| future::ready(import.is_new_best));
        let before_wave = self.before_wave.clone();

        // A blocking thread, because `before_wave` reads the database.
        self.spawner.spawn_blocking(
            "tick-waves",
            Some("offchain-worker"),
            forward_waves(best_blocks, sender, self.delay, move |_| before_wave()),
        );
        waves
    }

    fn every_import_notification_stream(&self) -> ImportNotifications<Block> {
        self.client.every_import_notification_stream()
    }

    fn finality_notification_stream(&self) -> FinalityNotifications<Block> {
        self.client.finality_notification_stream()
    }

    fn storage_changes_notification_stream(
        &self,
        filter_keys: Option<&[StorageKey]>,
        child_filter_keys: Option<&[(StorageKey, Option<Vec<StorageKey>>)]>,
    ) -> sp_blockchain::Result<StorageEventStream<<Block as BlockT>::Hash>> {
        self.client.storage_changes_notification_stream(filter_keys, child_filter_keys)
    }
}

/// Turns best blocks into waves, until the client or the worker is gone.
async fn forward_waves<Import>(
    mut best_blocks: impl Stream<Item = Import> + Unpin,
    waves: TracingUnboundedSender<Import>,
    delay: Duration,
    before_wave: impl Fn(&Import),
) {
    while let Some(best) = newest_after(&mut best_blocks, delay).await {
        before_wave(&best);
        if waves.unbounded_send(best).is_err() {
            break;
        }
    }
    trace!(target: LOG_TARGET, "The node is shutting down: no more waves");
}

/// Waits for an item that is not followed by another one within `delay`. Returns `None` when the stream has ended.
async fn newest_after<Item>(items: &mut (impl Stream<Item = Item> + Unpin), delay: Duration) -> Option<Item> {
    let mut newest = items.next().await?;
    loop {
        match tokio::time::timeout(delay, items.next()).await {
            Ok(Some(newer)) => {
                debug!(target: LOG_TARGET, "A wave is skipped, because a newer best block has come");
                newest = newer;
            }
            Ok(None) => return None,
            Err(_elapsed) => return Some(newest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;

    /// Longer than a loaded machine pauses between two statements, and short enough to wait for.
    const DELAY: Duration = Duration::from_millis(200);

    struct TestEnvironment {
        blocks: TracingUnboundedSender<u32>,
        waves: sc_utils::mpsc::TracingUnboundedReceiver<u32>,
        hooked: Arc<Mutex<Vec<u32>>>,
    }

    fn test_environment(delay: Duration) -> TestEnvironment {
        let (blocks, best_blocks) = tracing_unbounded("test_blocks", 16);
        let (sender, waves) = tracing_unbounded("test_waves", 16);
        let hooked = Arc::new(Mutex::new(Vec::new()));
        let seen = hooked.clone();
        tokio::spawn(forward_waves(best_blocks, sender, delay, move |block: &u32| seen.lock().push(*block)));
        TestEnvironment { blocks, waves, hooked }
    }

    #[tokio::test]
    async fn wave_comes_after_the_delay_and_the_hook() {
        let mut env = test_environment(DELAY);
        let start = std::time::Instant::now();
        env.blocks.unbounded_send(1).expect("the forwarder receives");

        assert_eq!(env.waves.next().await, Some(1));
        assert!(start.elapsed() >= DELAY);
        assert_eq!(*env.hooked.lock(), [1]);
    }

    #[tokio::test]
    async fn wave_of_an_older_block_is_skipped() {
        let mut env = test_environment(DELAY);
        for block in [1, 2, 3] {
            env.blocks.unbounded_send(block).expect("the forwarder receives");
        }
        assert_eq!(env.waves.next().await, Some(3));

        env.blocks.unbounded_send(4).expect("the forwarder receives");
        assert_eq!(env.waves.next().await, Some(4));
        assert_eq!(*env.hooked.lock(), [3, 4]);
    }

    #[tokio::test]
    async fn wave_without_delay_is_forwarded() {
        let mut env = test_environment(Duration::ZERO);
        env.blocks.unbounded_send(1).expect("the forwarder receives");
        assert_eq!(env.waves.next().await, Some(1));
    }

    #[tokio::test]
    async fn forwarding_ends_with_either_side() {
        let TestEnvironment { blocks, mut waves, hooked } = test_environment(DELAY);
        blocks.unbounded_send(1).expect("the forwarder receives");
        drop(blocks);
        assert_eq!(waves.next().await, None, "no wave starts while the node shuts down");
        assert!(hooked.lock().is_empty());

        let TestEnvironment { blocks, waves, .. } = test_environment(Duration::ZERO);
        drop(waves);
        blocks.unbounded_send(1).expect("the forwarder receives");
        // The forwarder notices when it sends. Then it drops its receiver, which closes the channel.
        while !blocks.is_closed() {
            tokio::task::yield_now().await;
        }
    }
}
