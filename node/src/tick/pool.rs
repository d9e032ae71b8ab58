//! The tick pool in a running node: its sources and its consumers.
//!
//! ```text
//! imports, finality ──> follower ──outcomes──> TickPool <──rows── JSON-RPC
//!                          │                      │
//!                          └────> watchers <──────┤    (subscriptions)
//!                                                 │
//!                                         offchain_mailbox
//!                                           │          ^
//!                offer, before each wave    v          │    report, before the next wave
//!                                          off-chain worker
//! ```
//!
//! | module | purpose |
//! | --- | --- |
//! | [`chain`] | reads the chain for the pool, the follower and JSON-RPC |
//! | [`follower`] | passes the outcomes of all blocks to the pool, without gaps |
//! | [`offchain_mailbox`] | exchanges offers and reports with the off-chain worker |
//! | [`report`] | turns the worker's reports into metrics and log lines |
//! | [`runtime`] | keeps the node from calling a runtime that is too old |
//! | [`watchers`] | wakes subscriptions when a session changes |

use futures::StreamExt;
use log::{info, warn};
use sc_client_api::{BlockchainEvents, HeaderBackend};
use sc_service::{Error as ServiceError, TaskManager};
use sp_api::{CallApiAt, ProvideRuntimeApi};
use sp_blockchain::HeaderMetadata;
use sp_core::{crypto::Ss58Codec, offchain::OffchainStorage};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use substrate_prometheus_endpoint::Registry;
use tick_stream_primitives::{api::TickStreamApi, AccountId};
use vilokanam_runtime::opaque::Block;
use vilokanam_tick_pool::{PoolConfig, TickPool};

use super::{config::TickConfig, logging::LOG_TARGET, served::NodeGateways, waves::BeforeWave};
use chain::{ClientChain, StateReader};
use follower::Follower;
use offchain_mailbox::OffchainMailbox;
use report::{Reporter, WorkerMetrics};
use watchers::Watchers;

pub mod chain;
mod follower;
mod offchain_mailbox;
mod report;
mod runtime;
#[cfg(test)]
pub mod testing;
pub mod watchers;

/// Folder of the pool's database, inside the chain's folder.
const FOLDER: &str = "tick-pool";
/// Interval between two comparisons of the pool with the finalized chain when there was no gap. Such a comparison finds
/// rows whose session will never be opened or settled, so it is not urgent.
const RECONCILE_INTERVAL: Duration = Duration::from_secs(3_600);
/// Interval after which a comparison is tried again when the chain could not be read.
const RECONCILE_RETRY_INTERVAL: Duration = Duration::from_secs(60);
/// Number of sessions between two log lines about the progress of a comparison.
const PROGRESS_SESSIONS: usize = 16_384;

/// The pool and the parts that connect it to the node.
pub struct TickService<C> {
    client: Arc<C>,
    chain: Arc<ClientChain<C>>,
    pool: Arc<TickPool>,
    follower: Arc<Follower>,
    watchers: Arc<Watchers>,
    gateways: Arc<NodeGateways>,
}

impl<C> TickService<C>
where
    C: ProvideRuntimeApi<Block>
        + CallApiAt<Block>
        + HeaderBackend<Block>
        + HeaderMetadata<Block, Error = sp_blockchain::Error>
        + BlockchainEvents<Block>
        + Send
        + Sync
        + 'static,
    C::Api: TickStreamApi<Block>,
{
    /// Opens the pool of a node that serves `gateways` in the chain's folder, `data_path`.
    ///
    /// # Errors
    ///
    /// When the database cannot be opened, or the metrics cannot be registered.
    pub fn open(
        client: Arc<C>,
        data_path: &Path,
        config: &TickConfig,
        gateways: Arc<NodeGateways>,
        registry: Option<&Registry>,
    ) -> Result<Self, ServiceError> {
        let chain = Arc::new(ClientChain::new(client.clone()));
        let watchers = Arc::new(Watchers::default());
        let config = PoolConfig {
            max_entries: config.pool_entries,
            max_bytes: config.pool_bytes,
            served: gateways.clone(),
            listener: Some(watchers.clone()),
            ..PoolConfig::default()
        };
        let pool = TickPool::open(&data_path.join(FOLDER), chain.clone(), config, registry)
            .map_err(|error| ServiceError::Application(Box::new(error)))?;
        let pool = Arc::new(pool);
        let follower = Arc::new(Follower::new(chain.clone(), pool.clone(), watchers.clone()));
        chain.announce_runtime();
        Ok(Self { client, chain, pool, follower, watchers, gateways })
    }

    /// Parts that the JSON-RPC methods use.
    pub fn rpc_deps(&self) -> crate::rpc::tick_stream::Deps {
        crate::rpc::tick_stream::Deps {
            pool: self.pool.clone(),
            chain: self.chain.clone(),
            watchers: self.watchers.clone(),
        }
    }

    /// Returns the hook that runs before each wave. Without `storage` the worker cannot be reached, and the hook does
    /// nothing.
    ///
    /// # Errors
    ///
    /// When the metrics cannot be registered.
    pub fn before_wave<S: OffchainStorage + 'static>(
        &self,
        storage: Option<S>,
        config: &TickConfig,
        registry: Option<&Registry>,
    ) -> Result<BeforeWave, ServiceError> {
        let Some(storage) = storage else {
            warn!(
                target: LOG_TARGET,
                "This node settles no ticks, because its database has no storage for off-chain workers",
            );
            return Ok(Arc::new(|| ()));
        };
        let metrics = WorkerMetrics::new(registry).map_err(|error| ServiceError::Application(Box::new(error)))?;
        let mailbox = OffchainMailbox::new(self.pool.clone(), storage, config.worker.clone(), Reporter::new(metrics));
        let follower = self.follower.clone();
        Ok(Arc::new(move || {
            // The pool must see the block first, so that rows included in it are not offered again.
            follower.follow_best();
            mailbox.exchange();
        }))
    }

    /// Starts the task that keeps the pool in step with the chain.
    pub fn start(&self, task_manager: &TaskManager) {
        let maintenance = Maintenance {
            chain: self.chain.clone(),
            pool: self.pool.clone(),
            follower: self.follower.clone(),
            gateways: self.gateways.clone(),
            next_reconcile: None,
        };
        // A blocking thread, because the task calls the runtime and writes to a database. An essential task, because
        // without it rows would be offered again and again and never leave the pool.
        task_manager.spawn_essential_handle().spawn_blocking(
            "tick-pool",
            Some("tick-pool"),
            maintenance.run(self.client.clone()),
        );
    }
}

/// Task that keeps the pool in step with the chain.
struct Maintenance<C> {
    chain: Arc<ClientChain<C>>,
    pool: Arc<TickPool>,
    follower: Arc<Follower>,
    gateways: Arc<NodeGateways>,
    /// `None` before the first live block: while the node catches up, a session it does not know may exist.
    next_reconcile: Option<Instant>,
}

impl<C> Maintenance<C>
where
    C: ProvideRuntimeApi<Block>
        + CallApiAt<Block>
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
                    // While the node catches up with the chain, only reorganisations are announced.
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
            self.chain.announce_runtime();
            self.gateways.refresh();
            self.follower.follow_best();
        }
        if is_live && self.next_reconcile.is_none() {
            self.next_reconcile = Some(Instant::now());
            warn_of_unregistered(self.gateways.named(), &*self.chain);
        }
    }

    fn reconcile_if_due(&mut self) {
        let Some(due) = self.next_reconcile else { return };
        let now = Instant::now();
        let gap = self.follower.take_gap();
        if gap || now >= due {
            let pause = if self.reconcile() { RECONCILE_INTERVAL } else { RECONCILE_RETRY_INTERVAL };
            self.next_reconcile = now.checked_add(pause);
        }
    }

    /// Compares the pool with the finalized chain. Returns whether the chain could be read to the end.
    fn reconcile(&self) -> bool {
        let progress = |compared: usize, total: usize| {
            if compared.is_multiple_of(PROGRESS_SESSIONS) {
                info!(target: LOG_TARGET, "Comparing the tick pool with the chain: sessions={compared} of={total}");
            }
        };
        match self.pool.reconcile(&self.chain.finalized(), progress) {
            Ok(found) if found.removed > 0 => {
                info!(
                    target: LOG_TARGET,
                    "Settled rows, and rows of sessions that are gone, were removed from the tick pool: rows={} \
                     sessions={}",
                    found.removed, found.sessions,
                );
                true
            }
            Ok(_) => true,
            Err(error) => {
                warn!(target: LOG_TARGET, "The tick pool could not be compared with the chain; trying again later: {error}");
                false
            }
        }
    }
}

/// Warns of gateways that the operator has named but that are not registered.
fn warn_of_unregistered(named: &[AccountId], chain: &dyn StateReader) {
    for gateway in unregistered(named, chain) {
        warn!(
            target: LOG_TARGET,
            "No gateway is registered with an account that --tick-gateway names; check the account, or register the \
             gateway: account={}",
            gateway.to_ss58check(),
        );
    }
}

/// Accounts with which no gateway is registered. An account that cannot be looked up counts as registered.
fn unregistered<'a>(accounts: &'a [AccountId], chain: &dyn StateReader) -> Vec<&'a AccountId> {
    accounts.iter().filter(|account| chain.is_gateway(account).is_ok_and(|is_gateway| !is_gateway)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use testing::FakeChain;

    #[test]
    fn named_gateway_that_is_not_registered_is_found() {
        let chain = FakeChain::new();
        let [registered, wrong] = [1, 2].map(|byte| AccountId::new([byte; 32]));
        chain.register(&registered);
        let named = [registered, wrong.clone()];
        assert_eq!(unregistered(&named, &*chain), [&wrong]);
        chain.set_down(true);
        assert!(unregistered(&named, &*chain).is_empty(), "nothing is known while the chain cannot be read");
    }
}
