//! The off-chain worker, which settles ticks.

use futures::FutureExt;
use sc_network::service::traits::NetworkService;
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{Configuration, Error as ServiceError, TaskManager};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use vilokanam_runtime::opaque::Block;

use crate::{
    tick::{insert_dev_tick_key, pool::TickService, waves::WaveEvents, TickParts},
    types::FullClient,
};

/// Starts the off-chain worker, unless it is disabled. It runs in waves, see [`crate::tick::waves`].
///
/// # Errors
///
/// When the worker or the metrics cannot be set up.
pub fn start(
    config: &Configuration,
    tick: &TickParts,
    pool: &TickService<FullClient>,
    keystore: KeystorePtr,
    transaction_pool: OffchainTransactionPoolFactory<Block>,
    network: Arc<dyn NetworkService>,
    task_manager: &TaskManager,
) -> Result<(), ServiceError> {
    insert_dev_tick_key(config, &keystore)?;
    tick.gateways.announce(config.offchain_worker.enabled);
    if !config.offchain_worker.enabled {
        return Ok(());
    }

    let workers = OffchainWorkers::new(OffchainWorkerOptions {
        runtime_api_provider: tick.client.clone(),
        is_validator: config.role.is_authority(),
        keystore: Some(keystore),
        offchain_db: tick.offchain_storage.clone(),
        transaction_pool: Some(transaction_pool),
        network_provider: Arc::new(network),
        // The worker uses only the chain and the node.
        enable_http_requests: false,
        custom_extensions: |_| Vec::new(),
    })
    // The SDK creates an HTTP client all the same, which needs the system's certificate authorities.
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
