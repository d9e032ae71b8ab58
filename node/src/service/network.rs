//! Parameters of the network layer, with GRANDPA's notifications and warp sync.

use sc_consensus::DefaultImportQueue;
use sc_consensus_grandpa::{warp_proof, SharedAuthoritySet};
use sc_network::{config::FullNetworkConfiguration, NetworkBackend, NotificationService, ProtocolName};
use sc_service::{BuildNetworkParams, Configuration, TaskManager, WarpSyncConfig};
use sp_runtime::traits::Block as BlockT;
use std::sync::Arc;
use vilokanam_runtime::{opaque::Block, BlockNumber, Hash};

use crate::types::{FullBackend, FullClient, TransactionPool};

/// Parts of the node from which [`params`] builds the parameters.
pub struct Parts<'a> {
    /// Configuration of the node.
    pub config: &'a Configuration,
    /// Client that answers requests of peers.
    pub client: Arc<FullClient>,
    /// Database from which finality is proved to peers that warp-sync.
    pub backend: Arc<FullBackend>,
    /// Pool of transactions to propagate.
    pub transaction_pool: Arc<TransactionPool>,
    /// Queue that imports the blocks of peers.
    pub import_queue: DefaultImportQueue<Block>,
    /// Current and past authorities.
    pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    /// Name of the protocol that carries votes.
    pub grandpa_protocol: ProtocolName,
    /// Spawner of the network's tasks.
    pub task_manager: &'a TaskManager,
}

/// Parameters from which the SDK builds the network.
pub type Params<'a, N> = BuildNetworkParams<'a, Block, N, TransactionPool, DefaultImportQueue<Block>, FullClient>;

/// Returns the parameters of the network, and the service through which GRANDPA exchanges votes.
pub fn params<N>(parts: Parts<'_>) -> (Params<'_, N>, Box<dyn NotificationService>)
where
    N: NetworkBackend<Block, <Block as BlockT>::Hash>,
{
    let Parts {
        config,
        client,
        backend,
        transaction_pool,
        import_queue,
        authority_set,
        grandpa_protocol,
        task_manager,
    } = parts;
    let registry = config.prometheus_registry();
    let metrics = N::register_notification_metrics(registry);
    let mut net_config = FullNetworkConfiguration::<_, _, N>::new(&config.network, registry.cloned());

    // Nodes that do not vote need the protocol too, because they forward votes.
    let (protocol_config, notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<Block, N>(
        grandpa_protocol,
        metrics.clone(),
        net_config.peer_store_handle(),
    );
    net_config.add_notification_protocol(protocol_config);

    let warp_sync = warp_proof::NetworkProvider::new(backend, authority_set, Vec::new());
    let params = BuildNetworkParams {
        config,
        net_config,
        client,
        transaction_pool,
        spawn_handle: task_manager.spawn_handle(),
        spawn_essential_handle: task_manager.spawn_essential_handle(),
        import_queue,
        block_announce_validator_builder: None,
        warp_sync_config: Some(WarpSyncConfig::WithProvider(Arc::new(warp_sync))),
        block_relay: None,
        metrics,
        gap_sync_body_policy: None,
    };
    (params, notifications)
}
