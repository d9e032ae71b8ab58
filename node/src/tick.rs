//! Settlement of ticks: options, the key that signs batches, the tick pool, and the times at which the off-chain worker
//! runs.
//!
//! | module | contents |
//! | --- | --- |
//! | [`config`] | options of the operator |
//! | [`logging`] | the target of log lines |
//! | [`pool`] | the tick pool in a running node |
//! | [`served`] | the gateways that the node serves |
//! | [`waves`] | the times at which the off-chain worker runs |

use log::info;
use sc_client_api::Backend;
use sc_service::{Configuration, Error as ServiceError, TaskManager};
use sp_keystore::KeystorePtr;
use std::{path::PathBuf, sync::Arc};
use substrate_prometheus_endpoint::Registry;
use tick_stream_primitives::worker::TICK_KEY;
use vilokanam_runtime::opaque::Block;

use crate::types::{FullBackend, FullClient};
use config::{dev_identity, TickConfig};
use logging::LOG_TARGET;
use served::NodeGateways;

pub mod config;
pub mod logging;
pub mod pool;
pub mod served;
pub mod waves;

/// Storage that the off-chain worker keeps between blocks, and through which it exchanges data with the node.
pub type OffchainStorage = <FullBackend as Backend<Block>>::OffchainStorage;

/// Parts of the node from which the pool and its worker are built.
pub struct TickParts {
    /// Client of the chain.
    pub client: Arc<FullClient>,
    /// Storage shared with the off-chain worker; `None` if the database has none.
    pub offchain_storage: Option<OffchainStorage>,
    /// Registry of metrics, if the operator has enabled them.
    pub registry: Option<Registry>,
    /// Folder of the chain's data.
    pub data_path: PathBuf,
    /// Options of the operator.
    pub config: TickConfig,
    /// Gateways that the node serves.
    pub gateways: Arc<NodeGateways>,
}

impl TickParts {
    /// Collects the parts from a node that is being built. A development node serves the gateway of its chain.
    pub fn new(
        config: &Configuration,
        client: Arc<FullClient>,
        backend: &FullBackend,
        keystore: KeystorePtr,
        tick: TickConfig,
    ) -> Self {
        let tick = tick.with_dev_gateway(config);
        Self {
            client,
            offchain_storage: backend.offchain_storage(),
            registry: config.prometheus_registry().cloned(),
            data_path: config.data_path.clone(),
            gateways: Arc::new(NodeGateways::new(tick.worker.gateways.clone(), keystore)),
            config: tick,
        }
    }

    /// Opens the pool and starts the task that keeps it in step with the chain.
    ///
    /// # Errors
    ///
    /// When the database cannot be opened, or the metrics cannot be registered.
    pub fn start_pool(&self, task_manager: &TaskManager) -> Result<pool::TickService<FullClient>, ServiceError> {
        let (client, gateways) = (self.client.clone(), self.gateways.clone());
        let pool = pool::TickService::open(client, &self.data_path, &self.config, gateways, self.registry.as_ref())?;
        pool.start(task_manager);
        Ok(pool)
    }

    /// Returns the hook that runs before each wave: it reads the worker's last report and writes the next offer.
    pub fn before_wave(&self, pool: &pool::TickService<FullClient>) -> Result<waves::BeforeWave, ServiceError> {
        pool.before_wave(self.offchain_storage.clone(), &self.config, self.registry.as_ref())
    }
}

/// Gives a development node a key that signs batches, unless the operator has inserted one.
///
/// The key is derived from the node's development identity (`//Alice//tick` with `--dev`), so that two development
/// nodes do not share a key, and transactions of Alice's account do not use the worker's nonces. The key is kept in
/// memory only.
pub fn insert_dev_tick_key(config: &Configuration, keystore: &KeystorePtr) -> Result<(), ServiceError> {
    let Some(identity) = dev_identity(config) else { return Ok(()) };
    if !keystore.sr25519_public_keys(TICK_KEY).is_empty() {
        return Ok(());
    }

    let seed = format!("{identity}//tick");
    let key = keystore
        .sr25519_generate_new(TICK_KEY, Some(&seed))
        .map_err(|error| ServiceError::Application(Box::new(error)))?;
    info!(target: LOG_TARGET, "Ticks are settled with the development key {seed}: account={key}");
    Ok(())
}
