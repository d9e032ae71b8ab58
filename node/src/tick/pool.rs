//! The tick pool in a running node: what it is fed with and who takes from it.
//!
//! ```text
//! imports, finality ─> follower ─outcomes─> TickPool <─rows── JSON-RPC
//!                         │                    │
//!                         └──> watchers <──────┤  (subscriptions)
//!                                              v
//!            worker <─off-chain storage─ offer, before each wave
//!            worker ──off-chain storage─> report, read before the next
//! ```
//!
//! | module | what it does |
//! | --- | --- |
//! | [`chain`] | reads the chain for the pool, the follower and JSON-RPC |
//! | [`follower`] | walks from block to block, so that none is left out |
//! | [`desk`] | what the node and the off-chain worker lay down for each other |
//! | [`report`] | what an operator hears of the worker, in logs and metrics |
//! | [`watchers`] | who wants to know when a session changes |

use futures::StreamExt;
use log::{info, warn};
use sc_client_api::{BlockchainEvents, HeaderBackend};
use sc_service::{Error as ServiceError, TaskManager};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderMetadata;
use sp_core::offchain::OffchainStorage;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use substrate_prometheus_endpoint::Registry;
use tick_stream_primitives::api::TickStreamApi;
use vilokanam_runtime::opaque::Block;
use vilokanam_tick_pool::{PoolConfig, TickPool};

use super::{waves::BeforeWave, TickConfig, LOG_TARGET};
use chain::ClientChain;
use desk::Desk;
use follower::Follower;
use report::{Reporter, WorkerMetrics};
use watchers::Watchers;

pub mod chain;
mod desk;
mod follower;
mod report;
#[cfg(test)]
pub mod testing;
pub mod watchers;

/// The folder of the pool's database, in the chain's own.
const FOLDER: &str = "tick-pool";
/// How often the pool is held against the finalized chain although no gap was noticed. What it finds then is rows whose
/// session nobody will ever open or settle, so there is no hurry.
const RECONCILE_EVERY: Duration = Duration::from_secs(3_600);
/// How long to wait when the chain could not be read.
const RECONCILE_RETRY: Duration = Duration::from_secs(60);
/// Sessions between two lines of progress.
const PROGRESS_SESSIONS: usize = 16_384;

/// The pool and all that goes with it.
pub struct TickService<C> {
    client: Arc<C>,
    chain: Arc<ClientChain<C>>,
    pool: Arc<TickPool>,
    follower: Arc<Follower>,
    watchers: Arc<Watchers>,
}

impl<C> TickService<C>
where
    C: ProvideRuntimeApi<Block>
        + HeaderBackend<Block>
        + HeaderMetadata<Block, Error = sp_blockchain::Error>
        + BlockchainEvents<Block>
        + Send
        + Sync
        + 'static,
    C::Api: TickStreamApi<Block>,
{
    /// Opens the pool in the chain's directory.
    pub fn open(
        client: Arc<C>,
        data_path: &Path,
        config: &TickConfig,
        registry: Option<&Registry>,
    ) -> Result<Self, ServiceError> {
        let chain = Arc::new(ClientChain::new(client.clone()));
        let watchers = Arc::new(Watchers::default());
        let config = PoolConfig {
            max_entries: config.pool_entries,
            max_bytes: config.pool_bytes,
            listener: Some(watchers.clone()),
            ..PoolConfig::default()
        };
        let pool = TickPool::open(&data_path.join(FOLDER), chain.clone(), config, registry)
            .map_err(|error| ServiceError::Application(Box::new(error)))?;
        let pool = Arc::new(pool);
        let follower = Arc::new(Follower::new(chain.clone(), pool.clone(), watchers.clone()));
        Ok(Self { client, chain, pool, follower, watchers })
    }

    /// What the JSON-RPC methods need: the pool, the chain and the watchers.
    pub fn rpc_deps(&self) -> crate::rpc::tick_stream::Deps {
        crate::rpc::tick_stream::Deps {
            pool: self.pool.clone(),
            chain: self.chain.clone(),
            watchers: self.watchers.clone(),
        }
    }

    /// What happens before the off-chain worker runs on a block. Without a storage there is no way to the worker.
    pub fn before_wave<S: OffchainStorage + 'static>(
        &self,
        storage: Option<S>,
        config: &TickConfig,
        registry: Option<&Registry>,
    ) -> Result<BeforeWave, ServiceError> {
        let Some(storage) = storage else {
            warn!(target: LOG_TARGET, "no ticks are settled: the database keeps no data of off-chain workers");
            return Ok(Arc::new(|_best| ()));
        };
        let metrics = WorkerMetrics::new(registry).map_err(|error| ServiceError::Application(Box::new(error)))?;
        let desk = Desk::new(self.pool.clone(), storage, config.worker.clone(), Reporter::new(metrics));
        let follower = self.follower.clone();
        Ok(Arc::new(move |_best| {
            // First the pool learns what the block has done, so that nothing of it is offered again.
            follower.follow_best();
            desk.turn();
        }))
    }

    /// Starts following the chain.
    pub fn start(&self, task_manager: &TaskManager) {
        let upkeep = Upkeep {
            chain: self.chain.clone(),
            pool: self.pool.clone(),
            follower: self.follower.clone(),
            next_reconcile: None,
        };
        // On a thread of its own: it calls the runtime and writes to a database. Essential: without it rows would be
        // settled again and again, and never leave.
        task_manager.spawn_essential_handle().spawn_blocking(
            "tick-pool",
            Some("tick-pool"),
            upkeep.run(self.client.clone()),
        );
    }
}

/// Keeps the pool in step with the chain.
struct Upkeep<C> {
    chain: Arc<ClientChain<C>>,
    pool: Arc<TickPool>,
    follower: Arc<Follower>,
    /// Nothing before the first live block: what a node that catches up does not know of may well exist.
    next_reconcile: Option<Instant>,
}

impl<C> Upkeep<C>
where
    C: ProvideRuntimeApi<Block>
        + HeaderBackend<Block>
        + HeaderMetadata<Block, Error = sp_blockchain::Error>
        + Send
        + Sync
        + 'static,
    C::Api: TickStreamApi<Block>,
{
    async fn run<E: BlockchainEvents<Block>>(mut self, events: Arc<E>) {
        let mut imports = events.import_notification_stream();
        let mut finality = events.finality_notification_stream();
        drop(events);
        loop {
            tokio::select! {
                import = imports.next() => match import {
                    // While a node catches up with the chain it is only told of reorganisations.
                    Some(import) => self.on_import(import.is_new_best, import.tree_route.is_none()),
                    None => break,
                },
                finalized = finality.next() => match finalized {
                    Some(finalized) => {
                        drop(finalized);
                        self.follower.follow_finalized();
                    }
                    None => break,
                },
            }
            self.reconcile_if_due();
        }
    }

    fn on_import(&mut self, is_new_best: bool, is_live: bool) {
        if is_new_best {
            self.follower.follow_best();
        }
        if is_live && self.next_reconcile.is_none() {
            self.next_reconcile = Some(Instant::now());
        }
    }

    fn reconcile_if_due(&mut self) {
        let Some(due) = self.next_reconcile else { return };
        let now = Instant::now();
        let gap = self.follower.take_gap();
        if gap || now >= due {
            let pause = if self.reconcile() { RECONCILE_EVERY } else { RECONCILE_RETRY };
            self.next_reconcile = now.checked_add(pause);
        }
    }

    /// Whether the chain could be read to the end.
    fn reconcile(&self) -> bool {
        let progress = |seen: usize, of: usize| {
            if seen.is_multiple_of(PROGRESS_SESSIONS) {
                info!(target: LOG_TARGET, "holding the tick pool against the chain: sessions={seen} of={of}");
            }
        };
        match self.pool.reconcile(&self.chain.finalized(), progress) {
            Ok(found) if found.dropped > 0 => {
                info!(
                    target: LOG_TARGET,
                    "the chain had settled meanwhile: rows={} sessions={}", found.dropped, found.sessions,
                );
                true
            }
            Ok(_) => true,
            Err(error) => {
                warn!(target: LOG_TARGET, "the tick pool could not be held against the chain, later again: {error}");
                false
            }
        }
    }
}
