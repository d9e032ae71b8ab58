//! Construction of a running node.
//!
//! [`new_partial`] creates the parts that commands on the database need too. [`new_full`] adds the network, JSON-RPC,
//! consensus and the off-chain worker, and returns while all of them run.
//!
//! | module | contents |
//! | --- | --- |
//! | [`consensus`] | Aura and GRANDPA: import queue, authoring, voting |
//! | [`equivocations`] | reports of authors that sign two blocks for one slot |
//! | [`network`] | parameters of the network layer |
//! | [`offchain`] | the off-chain worker |

use sc_client_api::HeaderBackend;
use sc_consensus::{DefaultImportQueue, LongestChain};
use sc_consensus_grandpa::GrandpaParams;
use sc_executor::{HeapAllocStrategy, DEFAULT_HEAP_ALLOC_STRATEGY};
use sc_network::NetworkBackend;
use sc_service::{Configuration, Error as ServiceError, PartialComponents, SpawnTasksParams, TaskManager};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_runtime::traits::Block as BlockT;
use std::sync::Arc;
use vilokanam_runtime::{apis::RuntimeApi, opaque::Block};

use crate::{
    rpc,
    tick::{config::TickConfig, TickParts},
    types::{Executor, FullBackend, FullClient, FullSelectChain, TransactionPool},
};
use consensus::{Authoring, ConsensusParts, ConsensusSettings};

pub mod consensus;
mod equivocations;
mod network;
mod offchain;

/// Parts created by [`new_partial`].
pub type Partial = PartialComponents<
    FullClient,
    FullBackend,
    FullSelectChain,
    DefaultImportQueue<Block>,
    TransactionPool,
    ConsensusParts,
>;

/// Opens the database and creates the parts that read and write it.
///
/// # Errors
///
/// When the database cannot be opened, or a part cannot be created.
pub fn new_partial(config: &Configuration) -> Result<Partial, ServiceError> {
    let telemetry = connect_telemetry(config)?;
    let telemetry_handle = telemetry.as_ref().map(|(_, telemetry)| telemetry.handle());

    let (client, backend, keystore_container, task_manager) = sc_service::new_full_parts::<Block, RuntimeApi, _>(
        config,
        telemetry_handle.clone(),
        executor(config)?,
        // Pruned nodes keep the justifications that other nodes need for warp sync.
        vec![Arc::new(sc_consensus_grandpa::GrandpaPruningFilter)],
    )?;
    let client = Arc::new(client);

    let telemetry = telemetry.map(|(worker, telemetry)| {
        task_manager.spawn_handle().spawn("telemetry", None, worker.run());
        telemetry
    });

    let select_chain = LongestChain::new(backend.clone());
    let is_validator = config.role.is_authority().into();
    let transaction_pool =
        sc_transaction_pool::Builder::new(task_manager.spawn_essential_handle(), client.clone(), is_validator)
            .with_options(config.transaction_pool.clone())
            .with_prometheus(config.prometheus_registry())
            .build();

    let (block_import, link) = consensus::block_import(&client, &select_chain, telemetry_handle.clone())?;
    let import_queue =
        consensus::import_queue(config, client.clone(), block_import.clone(), &task_manager, telemetry_handle)?;

    Ok(PartialComponents {
        client,
        backend,
        task_manager,
        keystore_container,
        select_chain,
        import_queue,
        transaction_pool: Arc::new(transaction_pool),
        other: ConsensusParts { block_import, link, telemetry },
    })
}

/// Starts a node with the network back end `N`. The node runs as long as the returned task manager.
///
/// # Errors
///
/// When a part of the node cannot be created or started.
pub fn new_full<N>(config: Configuration, tick: TickConfig) -> Result<TaskManager, ServiceError>
where
    N: NetworkBackend<Block, <Block as BlockT>::Hash>,
{
    let parts = new_partial(&config)?;
    let PartialComponents { client, backend, mut task_manager, select_chain, transaction_pool, .. } = parts;
    let ConsensusParts { block_import, link, mut telemetry } = parts.other;
    let keystore = parts.keystore_container.keystore();
    // Read now, because `config` is moved before consensus starts.
    let settings = ConsensusSettings::new(&config, client.info().genesis_hash);

    let (network_params, notification_service) = network::params::<N>(network::Parts {
        config: &config,
        client: client.clone(),
        backend: backend.clone(),
        transaction_pool: transaction_pool.clone(),
        import_queue: parts.import_queue,
        authority_set: link.shared_authority_set().clone(),
        grandpa_protocol: settings.grandpa_protocol.clone(),
        task_manager: &task_manager,
    });
    let (network, system_rpc_tx, tx_handler_controller, sync_service, _) = sc_service::build_network(network_params)?;

    let tick = TickParts::new(&config, client.clone(), &backend, keystore.clone(), tick);
    let tx_pools = OffchainTransactionPoolFactory::new(transaction_pool.clone());
    let pool = tick.start_pool(&task_manager)?;
    offchain::start(&config, &tick, &pool, keystore.clone(), tx_pools.clone(), network.clone(), &task_manager)?;

    let grandpa = consensus::rpc_deps(&link, backend.clone());
    let shared_voter_state = grandpa.voter_state.clone();
    sc_service::spawn_tasks(SpawnTasksParams {
        config,
        client: client.clone(),
        backend,
        task_manager: &mut task_manager,
        keystore: keystore.clone(),
        transaction_pool: transaction_pool.clone(),
        rpc_builder: rpc::builder(client.clone(), transaction_pool.clone(), grandpa, pool.rpc_deps()),
        network: network.clone(),
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync_service.clone(),
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;

    let telemetry = telemetry.map(|telemetry| telemetry.handle());
    let (grandpa_config, sync) = (settings.grandpa_config(&keystore, telemetry.clone()), sync_service.clone());
    let authoring = Authoring { client, select_chain, block_import, transaction_pool, keystore, sync, telemetry };
    if settings.role.is_authority() {
        let watch = equivocations::watch(authoring.client.clone(), tx_pools.clone());
        task_manager.spawn_handle().spawn("aura-equivocations", Some("block-authoring"), watch);
        authoring.start(&settings, &task_manager)?;
    }
    if settings.grandpa_enabled {
        let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
            telemetry: grandpa_config.telemetry.clone(),
            config: grandpa_config,
            link,
            network,
            sync: sync_service,
            notification_service,
            voting_rule: consensus::voting_rule(),
            prometheus_registry: settings.registry,
            shared_voter_state,
            offchain_tx_pool_factory: tx_pools,
        })?;
        // Essential: without a voter no block becomes final. A node that stops is noticed sooner.
        task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
    }
    Ok(task_manager)
}

/// Prepares the connection to the telemetry servers that the operator or the chain specification names, if any.
fn connect_telemetry(config: &Configuration) -> Result<Option<(TelemetryWorker, Telemetry)>, sc_telemetry::Error> {
    /// Number of messages that may wait to be sent. Further messages are dropped.
    const BUFFERED_MESSAGES: usize = 16;

    let endpoints = config.telemetry_endpoints.clone().filter(|endpoints| !endpoints.is_empty());
    let Some(endpoints) = endpoints else { return Ok(None) };
    let worker = TelemetryWorker::new(BUFFERED_MESSAGES)?;
    let telemetry = worker.handle().new_telemetry(endpoints);
    Ok(Some((worker, telemetry)))
}

/// Folder of compiled runtimes, inside the base path. It may be a link to a folder that several nodes share.
const COMPILED_RUNTIMES: &str = "compiled-runtimes";

/// Creates the executor of the runtime. Compiled runtimes are cached on disk, so that a node restarts faster. The cache
/// must be protected like the database beside it, and can be deleted at any time.
fn executor(config: &Configuration) -> Result<Executor, ServiceError> {
    let compiled = std::path::absolute(config.base_path.path().join(COMPILED_RUNTIMES))?;
    let config = &config.executor;
    let heap = config.default_heap_pages.map_or(DEFAULT_HEAP_ALLOC_STRATEGY, |pages| HeapAllocStrategy::Static {
        extra_pages: u32::try_from(pages).unwrap_or(u32::MAX),
    });
    Ok(Executor::builder()
        .with_execution_method(config.wasm_method)
        .with_cache_path(compiled)
        .with_onchain_heap_alloc_strategy(heap)
        .with_offchain_heap_alloc_strategy(heap)
        .with_max_runtime_instances(config.max_runtime_instances)
        .with_runtime_cache_size(config.runtime_cache_size)
        // A runtime with benchmarks imports host functions that only `benchmark pallet` provides.
        .with_allow_missing_host_functions(cfg!(feature = "runtime-benchmarks"))
        .build())
}
