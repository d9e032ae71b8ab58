//! Puts a node together.
//!
//! [`new_partial`] makes what commands on the database need as well; [`new_full`] adds the network, JSON-RPC, consensus
//! and the off-chain worker, and returns while all of them run.
//!
//! | module | part |
//! | --- | --- |
//! | [`consensus`] | Aura and GRANDPA: import queue, authoring, voting |
//! | [`network`] | what the network layer is started with |
//! | [`offchain`] | the off-chain worker |

use sc_client_api::HeaderBackend;
use sc_consensus::{DefaultImportQueue, LongestChain};
use sc_consensus_grandpa::GrandpaParams;
use sc_executor::{HeapAllocStrategy, WasmExecutor, DEFAULT_HEAP_ALLOC_STRATEGY};
use sc_network::NetworkBackend;
use sc_service::{Configuration, Error as ServiceError, PartialComponents, SpawnTasksParams, TaskManager};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_runtime::traits::Block as BlockT;
use std::sync::Arc;
use vilokanam_runtime::{opaque::Block, RuntimeApi};

use crate::{
    rpc,
    tick::{self, TickConfig, TickParts},
};
use consensus::{Authoring, ConsensusParts, ConsensusSettings};

pub mod consensus;
mod network;
mod offchain;

/// Runs the runtime, which needs no host function of its own.
type Executor = WasmExecutor<sp_io::SubstrateHostFunctions>;

/// The chain, as the rest of the node sees it.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// The database.
pub type FullBackend = sc_service::TFullBackend<Block>;
/// The longest chain is built upon; what is final is GRANDPA's business.
pub type FullSelectChain = LongestChain<FullBackend, Block>;
/// Transactions waiting for a block.
///
/// Its limits, 20 MiB and 8192 transactions unless set otherwise, leave room for dozens of full batches of some 200 KB;
/// the network carries transactions of up to 16 MiB.
pub type TransactionPool = sc_transaction_pool::TransactionPoolHandle<Block, FullClient>;

/// What [`new_partial`] makes.
pub type Partial = PartialComponents<
    FullClient,
    FullBackend,
    FullSelectChain,
    DefaultImportQueue<Block>,
    TransactionPool,
    ConsensusParts,
>;

/// Opens the database and makes what reads and writes it.
pub fn new_partial(config: &Configuration) -> Result<Partial, ServiceError> {
    let telemetry = connect_telemetry(config)?;
    let telemetry_handle = telemetry.as_ref().map(|(_, telemetry)| telemetry.handle());

    let (client, backend, keystore_container, task_manager) = sc_service::new_full_parts::<Block, RuntimeApi, _>(
        config,
        telemetry_handle.clone(),
        executor(config)?,
        // Pruned nodes keep the justifications from which others warp-sync.
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

/// Starts a node with the network back end `N` and returns what keeps it running.
pub fn new_full<N>(config: Configuration, tick: TickConfig) -> Result<TaskManager, ServiceError>
where
    N: NetworkBackend<Block, <Block as BlockT>::Hash>,
{
    let parts = new_partial(&config)?;
    let PartialComponents { client, backend, mut task_manager, select_chain, transaction_pool, .. } = parts;
    let ConsensusParts { block_import, link, mut telemetry } = parts.other;
    let keystore = parts.keystore_container.keystore();
    // Consensus starts last, when `config` has been used up.
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

    tick::insert_dev_tick_key(&config, &keystore)?;
    let tick = TickParts::new(&config, client.clone(), &backend, tick);
    let tx_pool_factory = OffchainTransactionPoolFactory::new(transaction_pool.clone());
    let pool = tick.open_pool()?;
    pool.start(&task_manager);
    offchain::start(&config, &tick, &pool, keystore.clone(), tx_pool_factory.clone(), network.clone(), &task_manager)?;

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
    let grandpa_config = settings.grandpa_config(&keystore, telemetry.clone());
    if settings.role.is_authority() {
        let sync = sync_service.clone();
        Authoring {
            client,
            select_chain,
            block_import,
            transaction_pool,
            keystore,
            sync,
            telemetry: telemetry.clone(),
        }
        .start(&settings, &task_manager)?;
    }
    if settings.grandpa_enabled {
        let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
            config: grandpa_config,
            link,
            network,
            sync: sync_service,
            notification_service,
            voting_rule: consensus::voting_rule(),
            prometheus_registry: settings.registry,
            shared_voter_state,
            telemetry,
            offchain_tx_pool_factory: tx_pool_factory,
        })?;
        // Without a voter nothing becomes final, and nobody would notice: better the node stops.
        task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
    }
    Ok(task_manager)
}

/// Prepares to report to the telemetry servers the operator or the chain specification names, if any.
fn connect_telemetry(config: &Configuration) -> Result<Option<(TelemetryWorker, Telemetry)>, sc_telemetry::Error> {
    /// Messages that may wait to be sent; more are dropped.
    const BUFFERED_MESSAGES: usize = 16;

    let endpoints = config.telemetry_endpoints.clone().filter(|endpoints| !endpoints.is_empty());
    let Some(endpoints) = endpoints else { return Ok(None) };
    let worker = TelemetryWorker::new(BUFFERED_MESSAGES)?;
    let telemetry = worker.handle().new_telemetry(endpoints);
    Ok(Some((worker, telemetry)))
}

/// The folder of the base path in which compiled runtimes are kept. A folder can be linked there to be shared by nodes.
const COMPILED_RUNTIMES: &str = "compiled-runtimes";

/// Makes what runs the runtime. What it has compiled once is on disk the next time, so that a node is up sooner after a
/// restart; the folder is as trustworthy as the database beside it, and can be deleted at any time.
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
        // A runtime with benchmarks imports host functions that only `benchmark pallet` calls, and brings along.
        .with_allow_missing_host_functions(cfg!(feature = "runtime-benchmarks"))
        .build())
}
