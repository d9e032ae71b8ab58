//! Consensus: Aura selects the author of each block, GRANDPA finalizes blocks.

use futures::future::{self, Ready};
use sc_basic_authorship::ProposerFactory;
use sc_consensus::{DefaultImportQueue, JustificationSyncLink};
use sc_consensus_aura::{
    CheckForEquivocation, ImportQueueParams, SlotDuration, SlotProportion, StartAuraParams, SyncOracle,
};
use sc_consensus_grandpa::{
    FinalityProofProvider, SharedVoterState, ThreeQuartersOfTheUnfinalizedChain, VotingRule, VotingRulesBuilder,
};
use sc_network::{config::Role, ProtocolName};
use sc_service::{Configuration, Error as ServiceError, TaskManager};
use sc_telemetry::{Telemetry, TelemetryHandle};
use sp_consensus_aura::sr25519::AuthorityPair as AuraPair;
use sp_keystore::KeystorePtr;
use std::{error::Error, sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;
use vilokanam_runtime::{opaque::Block, Hash};

use crate::{
    rpc::GrandpaDeps,
    types::{FullBackend, FullClient, FullSelectChain, TransactionPool},
};

/// Block import that tracks changes of the authorities.
pub type GrandpaBlockImport = sc_consensus_grandpa::GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
/// Link between the block import and the voter.
pub type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, FullClient, FullSelectChain>;

/// Number of blocks between two justifications that are kept and, while syncing, checked. A justification contains a
/// vote of every authority; keeping more of them would only shorten proofs of finality.
const JUSTIFICATION_PERIOD_BLOCKS: u32 = 512;

/// Expected time for a vote to reach all authorities. A round lasts four times as long: one block. A vote that arrives
/// later still counts and prolongs the round.
const GOSSIP_DURATION: Duration = Duration::from_millis(250);

/// Part of a slot in which the author fills its block. The other nodes need as much time again to execute it, and the
/// network needs time in between: with more than half, a full block would arrive when the next one is due.
const PROPOSAL_SLOT_PORTION: f32 = 0.5;

/// Parts of consensus that are created with the database and used when the node starts.
pub struct ConsensusParts {
    /// Import of blocks.
    pub block_import: GrandpaBlockImport,
    /// State from which the voter continues.
    pub link: GrandpaLink,
    /// Connection to the telemetry servers, if any.
    pub telemetry: Option<Telemetry>,
}

/// Settings of consensus from the node's configuration.
pub struct ConsensusSettings {
    /// Role of the node. Only authorities write blocks and vote.
    pub role: Role,
    /// Whether to write blocks even without peers.
    pub force_authoring: bool,
    /// Whether to run GRANDPA.
    pub grandpa_enabled: bool,
    /// Name of the node, for telemetry.
    pub node_name: String,
    /// Registry of metrics, if they are enabled.
    pub registry: Option<Registry>,
    /// Name of the protocol that carries votes.
    pub grandpa_protocol: ProtocolName,
}

impl ConsensusSettings {
    /// Reads the settings, for the chain with this genesis hash.
    pub fn new(config: &Configuration, genesis_hash: Hash) -> Self {
        Self {
            role: config.role,
            force_authoring: config.force_authoring,
            grandpa_enabled: !config.disable_grandpa,
            node_name: config.network.node_name.clone(),
            registry: config.prometheus_registry().cloned(),
            grandpa_protocol: sc_consensus_grandpa::protocol_standard_name(&genesis_hash, &config.chain_spec),
        }
    }

    /// Configuration of the voter.
    pub fn grandpa_config(
        &self,
        keystore: &KeystorePtr,
        telemetry: Option<TelemetryHandle>,
    ) -> sc_consensus_grandpa::Config {
        sc_consensus_grandpa::Config {
            gossip_duration: GOSSIP_DURATION,
            justification_generation_period: JUSTIFICATION_PERIOD_BLOCKS,
            name: Some(self.node_name.clone()),
            observer_enabled: false,
            // A full node follows the votes without voting, even if its keystore contains keys.
            keystore: self.role.is_authority().then(|| keystore.clone()),
            local_role: self.role,
            telemetry,
            protocol_name: self.grandpa_protocol.clone(),
        }
    }
}

/// Creates the block import, and the state from which the voter continues.
pub fn block_import(
    client: &Arc<FullClient>,
    select_chain: &FullSelectChain,
    telemetry: Option<TelemetryHandle>,
) -> Result<(GrandpaBlockImport, GrandpaLink), ServiceError> {
    let parts = sc_consensus_grandpa::block_import(
        client.clone(),
        JUSTIFICATION_PERIOD_BLOCKS,
        client,
        select_chain.clone(),
        telemetry,
    )?;
    Ok(parts)
}

/// Creates the queue in which blocks from peers and files are verified and imported.
pub fn import_queue(
    config: &Configuration,
    client: Arc<FullClient>,
    block_import: GrandpaBlockImport,
    task_manager: &TaskManager,
    telemetry: Option<TelemetryHandle>,
) -> Result<DefaultImportQueue<Block>, ServiceError> {
    let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
    let queue = sc_consensus_aura::import_queue::<AuraPair, _, _, _, _, _>(ImportQueueParams {
        block_import: block_import.clone(),
        justification_import: Some(Box::new(block_import)),
        client,
        create_inherent_data_providers: inherents(slot_duration),
        spawner: &task_manager.spawn_essential_handle(),
        registry: config.prometheus_registry(),
        // Only writes a log line. The node reports equivocations itself, with the headers of forks as well.
        check_for_equivocation: CheckForEquivocation::Yes,
        telemetry,
        compatibility_mode: Default::default(),
    })?;
    Ok(queue)
}

/// Rule that selects the block to vote for: the newest one, within three quarters of the unfinalized chain.
///
/// The SDK's default also excludes the newest two blocks, which may be retracted. With one author per slot, forks are
/// rare and are resolved within a round, while two blocks would be most of the time that a viewer waits for finality.
pub fn voting_rule() -> impl VotingRule<Block, FullClient> + Clone {
    VotingRulesBuilder::new().add(ThreeQuartersOfTheUnfinalizedChain).build()
}

/// Parts that the JSON-RPC methods about finality use.
pub fn rpc_deps(link: &GrandpaLink, backend: Arc<FullBackend>) -> GrandpaDeps {
    let authority_set = link.shared_authority_set().clone();
    GrandpaDeps {
        voter_state: SharedVoterState::empty(),
        justifications: link.justification_stream(),
        proofs: FinalityProofProvider::new_for_service(backend, Some(authority_set.clone())),
        authority_set,
    }
}

/// Parts of the node that write blocks.
pub struct Authoring<S> {
    /// Client of the chain.
    pub client: Arc<FullClient>,
    /// Selection of the block to build on.
    pub select_chain: FullSelectChain,
    /// Import of finished blocks.
    pub block_import: GrandpaBlockImport,
    /// Pool of transactions to include.
    pub transaction_pool: Arc<TransactionPool>,
    /// Keys that seal blocks.
    pub keystore: KeystorePtr,
    /// State of syncing: a node that is behind the chain writes no blocks.
    pub sync: S,
    /// Connection to the telemetry servers, if any.
    pub telemetry: Option<TelemetryHandle>,
}

impl<S> Authoring<S>
where
    S: SyncOracle + JustificationSyncLink<Block> + Clone + Send + Sync + 'static,
{
    /// Starts to write a block in each slot that belongs to this node.
    pub fn start(self, settings: &ConsensusSettings, task_manager: &TaskManager) -> Result<(), ServiceError> {
        let Self { client, select_chain, block_import, transaction_pool, keystore, sync, telemetry } = self;
        let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
        let proposer_factory = ProposerFactory::new(
            task_manager.spawn_handle(),
            client.clone(),
            transaction_pool,
            settings.registry.as_ref(),
            telemetry.clone(),
        );

        let aura = sc_consensus_aura::start_aura::<AuraPair, _, _, _, _, _, _, _, _, _, _>(StartAuraParams {
            slot_duration,
            client,
            select_chain,
            block_import,
            proposer_factory,
            sync_oracle: sync.clone(),
            justification_sync_link: sync,
            create_inherent_data_providers: inherents(slot_duration),
            force_authoring: settings.force_authoring,
            // Blocks continue when finality stalls, because viewers are watching.
            backoff_authoring_blocks: None::<()>,
            keystore,
            block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SLOT_PORTION),
            // A machine that is too slow for its slots gets more time; otherwise it would never finish a block.
            max_block_proposal_slot_portion: None,
            telemetry,
            compatibility_mode: Default::default(),
        })?;
        // Essential: an authority that stops writing blocks unnoticed is worse than one that is restarted.
        task_manager.spawn_essential_handle().spawn_blocking("aura", Some("block-authoring"), aura);
        Ok(())
    }
}

/// Inherents of a block: its slot and its time.
type Inherents = (sp_consensus_aura::inherents::InherentDataProvider, sp_timestamp::InherentDataProvider);

/// Returns the source of inherents, which reads the clock. The slot of a block follows from its time.
fn inherents(
    slot_duration: SlotDuration,
) -> impl Fn(Hash, ()) -> Ready<Result<Inherents, Box<dyn Error + Send + Sync>>> + Clone + Send + Sync + 'static {
    move |_parent, ()| {
        let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
        let slot = sp_consensus_aura::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
            *timestamp,
            slot_duration,
        );
        future::ready(Ok((slot, timestamp)))
    }
}
