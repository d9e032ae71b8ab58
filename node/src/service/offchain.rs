//! The off-chain worker, which settles ticks.

use futures::FutureExt;
use log::info;
use sc_network::service::traits::NetworkService;
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{Configuration, Error as ServiceError, TaskManager};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use vilokanam_runtime::opaque::Block;

use super::FullClient;
use crate::tick::{pool::TickService, waves::WaveEvents, TickParts, LOG_TARGET};

/// Starts the off-chain worker, unless the operator has it switched off.
///
/// It runs in waves ([`crate::tick::waves`]) and not straight after each import.
pub fn start(
    config: &Configuration,
    tick: &TickParts,
    pool: &TickService<FullClient>,
    keystore: KeystorePtr,
    transaction_pool: OffchainTransactionPoolFactory<Block>,
    network: Arc<dyn NetworkService>,
    task_manager: &TaskManager,
) -> Result<(), ServiceError> {
    if !config.offchain_worker.enabled {
        info!(target: LOG_TARGET, "no ticks are settled by this node: start it with --offchain-worker always");
        return Ok(());
    }

    let workers = OffchainWorkers::new(OffchainWorkerOptions {
        runtime_api_provider: tick.client.clone(),
        is_validator: config.role.is_authority(),
        keystore: Some(keystore),
        offchain_db: tick.offchain_storage.clone(),
        transaction_pool: Some(transaction_pool),
        network_provider: Arc::new(network),
        // Nothing the worker needs is outside the chain and the node.
        enable_http_requests: false,
        custom_extensions: |_| Vec::new(),
    })
    // It makes a client for HTTP all the same, and that wants the system's certificate authorities.
    .map_err(|error| {
        ServiceError::Other(format!(
            "the off-chain worker cannot start: {error}; install the package ca-certificates, or name a file of \
             certificates in SSL_CERT_FILE"
        ))
    })?;
    let spawner = task_manager.spawn_handle();
    let waves = WaveEvents::new(tick.client.clone(), tick.config.wave_delay, tick.before_wave(pool)?, spawner.clone());

    task_manager.spawn_handle().spawn(
        "offchain-workers-runner",
        "offchain-worker",
        workers.run(Arc::new(waves), spawner).boxed(),
    );
    Ok(())
}
