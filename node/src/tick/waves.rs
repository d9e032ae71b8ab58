//! When the off-chain worker runs.
//!
//! Left to itself it would start the instant a block is imported. Two things are better: to wait a little, so that the
//! claims of the second just watched have arrived; and to let the node write down first what it has to settle. Both are
//! done by standing between the client and the worker as a source of events.
//!
//! At most one wave waits. Whoever catches up with the chain imports blocks faster than the delay: then only the last
//! of them gets a wave, as it makes the others' work void.

use futures::{future, Stream, StreamExt};
use log::{debug, trace};
use sc_client_api::{BlockchainEvents, FinalityNotifications, ImportNotifications, StorageEventStream, StorageKey};
use sc_service::SpawnTaskHandle;
use sc_utils::mpsc::{tracing_unbounded, TracingUnboundedSender};
use sp_runtime::traits::Block as BlockT;
use std::{sync::Arc, time::Duration};
use vilokanam_runtime::opaque::Block;

use super::LOG_TARGET;

/// Called with the hash of the best block, just before the off-chain worker runs on it.
///
/// It has a thread of its own and may read the database and call the runtime.
pub type BeforeWave = Arc<dyn Fn(<Block as BlockT>::Hash) + Send + Sync>;

/// Waves in the channel to the worker at which the SDK complains. The worker takes them at once, so there is never more
/// than one.
const WAVES_WARNING: usize = 16;

/// The client's events, except that block imports are announced as waves: best blocks only, late, and after a call.
pub struct WaveEvents<C> {
    client: Arc<C>,
    delay: Duration,
    before_wave: BeforeWave,
    spawner: SpawnTaskHandle,
}

impl<C> WaveEvents<C> {
    /// Announces each best block of `client` after `delay` and after `before_wave` has returned.
    pub fn new(client: Arc<C>, delay: Duration, before_wave: BeforeWave, spawner: SpawnTaskHandle) -> Self {
        Self { client, delay, before_wave, spawner }
    }
}

impl<C: BlockchainEvents<Block>> BlockchainEvents<Block> for WaveEvents<C> {
    fn import_notification_stream(&self) -> ImportNotifications<Block> {
        let (sender, waves) = tracing_unbounded("mpsc_tick_waves", WAVES_WARNING);
        let best_blocks = self.client.import_notification_stream().filter(|import| future::ready(import.is_new_best));
        let before_wave = self.before_wave.clone();

        // On a blocking thread, for the sake of what `before_wave` does.
        self.spawner.spawn_blocking(
            "tick-waves",
            Some("offchain-worker"),
            pump(best_blocks, sender, self.delay, move |import| before_wave(import.hash)),
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

/// Turns best blocks into waves, until one side is gone.
async fn pump<Import>(
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
    // The client or the worker is gone: the node is shutting down.
    trace!(target: LOG_TARGET, "no more waves");
}

/// Waits for an item that has not been followed by another for `delay`; `None` when there will be no more.
async fn newest_after<Item>(items: &mut (impl Stream<Item = Item> + Unpin), delay: Duration) -> Option<Item> {
    let mut newest = items.next().await?;
    loop {
        match tokio::time::timeout(delay, items.next()).await {
            Ok(Some(newer)) => {
                debug!(target: LOG_TARGET, "a newer best block came before the wave of the older: skipped");
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

    /// Longer than a loaded machine pauses between two lines, short enough to wait for.
    const DELAY: Duration = Duration::from_millis(200);

    struct Bench {
        blocks: TracingUnboundedSender<u32>,
        waves: sc_utils::mpsc::TracingUnboundedReceiver<u32>,
        hooked: Arc<Mutex<Vec<u32>>>,
    }

    fn bench(delay: Duration) -> Bench {
        let (blocks, best_blocks) = tracing_unbounded("test_blocks", 16);
        let (sender, waves) = tracing_unbounded("test_waves", 16);
        let hooked = Arc::new(Mutex::new(Vec::new()));
        let seen = hooked.clone();
        tokio::spawn(pump(best_blocks, sender, delay, move |block: &u32| seen.lock().push(*block)));
        Bench { blocks, waves, hooked }
    }

    #[tokio::test]
    async fn wave_comes_late_and_after_the_hook() {
        let mut bench = bench(DELAY);
        let start = std::time::Instant::now();
        bench.blocks.unbounded_send(1).expect("the pump listens");

        assert_eq!(bench.waves.next().await, Some(1));
        assert!(start.elapsed() >= DELAY);
        assert_eq!(*bench.hooked.lock(), [1]);
    }

    #[tokio::test]
    async fn older_block_is_skipped() {
        let mut bench = bench(DELAY);
        for block in [1, 2, 3] {
            bench.blocks.unbounded_send(block).expect("the pump listens");
        }
        assert_eq!(bench.waves.next().await, Some(3));

        bench.blocks.unbounded_send(4).expect("the pump listens");
        assert_eq!(bench.waves.next().await, Some(4));
        assert_eq!(*bench.hooked.lock(), [3, 4]);
    }

    #[tokio::test]
    async fn zero_delay_works() {
        let mut bench = bench(Duration::ZERO);
        bench.blocks.unbounded_send(1).expect("the pump listens");
        assert_eq!(bench.waves.next().await, Some(1));
    }

    #[tokio::test]
    async fn pump_ends_with_either_side() {
        let Bench { blocks, mut waves, hooked } = bench(DELAY);
        blocks.unbounded_send(1).expect("the pump listens");
        drop(blocks);
        assert_eq!(waves.next().await, None, "a node that shuts down starts no wave");
        assert!(hooked.lock().is_empty());

        let Bench { blocks, waves, .. } = bench(Duration::ZERO);
        drop(waves);
        blocks.unbounded_send(1).expect("the pump listens");
        // The pump notices when it sends; then its receiver goes, and with it the channel.
        while !blocks.is_closed() {
            tokio::task::yield_now().await;
        }
    }
}
