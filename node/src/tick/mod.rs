//! Settling ticks: what an operator may set, the key that signs, and when the off-chain worker runs.

use log::info;
use sc_client_api::Backend;
use sc_service::{ChainType, Configuration, Error as ServiceError};
use sp_keystore::KeystorePtr;
use sp_runtime::Permill;
use std::{path::PathBuf, sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;
use tick_stream_primitives::worker::{WorkerConfig, TICK_KEY};
use vilokanam_runtime::opaque::Block;

use crate::{
    cli::TickArgs,
    service::{FullBackend, FullClient},
};

pub mod pool;
pub mod waves;

/// Target of the log lines about settling ticks.
pub const LOG_TARGET: &str = "tick";

/// What the off-chain worker keeps between blocks, and through which the node talks to it.
pub type OffchainStorage = <FullBackend as Backend<Block>>::OffchainStorage;

/// The options an operator gave, in the units the code works with.
#[derive(Clone, Debug)]
pub struct TickConfig {
    /// Sessions the pool may hold rows for.
    pub pool_entries: usize,
    /// Bytes the rows in the pool may take.
    pub pool_bytes: usize,
    /// How long after a new best block the worker starts.
    pub wave_delay: Duration,
    /// What the worker itself has to know.
    pub worker: WorkerConfig,
}

impl From<&TickArgs> for TickConfig {
    fn from(args: &TickArgs) -> Self {
        Self {
            // Where an address has fewer bits than the option, the machine's memory is the smaller limit anyway.
            pool_entries: usize::try_from(args.tick_pool_entries).unwrap_or(usize::MAX),
            pool_bytes: usize::try_from(args.tick_pool_bytes).unwrap_or(usize::MAX),
            wave_delay: Duration::from_millis(args.tick_wave_delay_ms),
            worker: WorkerConfig {
                block_share: Permill::from_percent(args.tick_block_share.into()),
                foreign_rows: args.tick_foreign_rows,
            },
        }
    }
}

/// What the service hands over for the pool and its worker to be built from.
pub struct TickParts {
    /// Reads the chain.
    pub client: Arc<FullClient>,
    /// Reaches the off-chain worker; `None` only if the database cannot keep such data.
    pub offchain_storage: Option<OffchainStorage>,
    /// Where metrics go, if the operator wants any.
    pub registry: Option<Registry>,
    /// The chain's directory, for what has to survive a restart.
    pub data_path: PathBuf,
    /// The options an operator gave.
    pub config: TickConfig,
}

impl TickParts {
    /// Takes what it needs of a node that is being put together.
    pub fn new(config: &Configuration, client: Arc<FullClient>, backend: &FullBackend, tick: TickConfig) -> Self {
        Self {
            client,
            offchain_storage: backend.offchain_storage(),
            registry: config.prometheus_registry().cloned(),
            data_path: config.data_path.clone(),
            config: tick,
        }
    }

    /// Opens the pool.
    pub fn open_pool(&self) -> Result<pool::TickService<FullClient>, ServiceError> {
        pool::TickService::open(self.client.clone(), &self.data_path, &self.config, self.registry.as_ref())
    }

    /// What happens before the off-chain worker runs on a block: the pool reads the last report and writes an offer.
    pub fn before_wave(&self, pool: &pool::TickService<FullClient>) -> Result<waves::BeforeWave, ServiceError> {
        pool.before_wave(self.offchain_storage.clone(), &self.config, self.registry.as_ref())
    }
}

/// Gives a development node a key to settle ticks with, unless the operator has inserted one.
///
/// It is derived from the node's own development identity (`//Alice//tick` with `--dev`), so that two development nodes
/// do not share a key, and nobody who plays with Alice's account spends the worker's nonces. Kept in memory only; a real
/// key is inserted by hand.
pub fn insert_dev_tick_key(config: &Configuration, keystore: &KeystorePtr) -> Result<(), ServiceError> {
    let Some(identity) = config.dev_key_seed.as_deref() else { return Ok(()) };
    if config.chain_spec.chain_type() != ChainType::Development {
        return Ok(());
    }
    if !keystore.sr25519_public_keys(TICK_KEY).is_empty() {
        return Ok(());
    }

    let seed = format!("{identity}//tick");
    let key = keystore
        .sr25519_generate_new(TICK_KEY, Some(&seed))
        .map_err(|error| ServiceError::Application(Box::new(error)))?;
    info!(target: LOG_TARGET, "settling ticks with the development key {seed}: account={key}");
    Ok(())
}
