//! Consensus: Aura decides who writes a block, GRANDPA which blocks are final.

use futures::future::{self, Ready};
use sc_basic_authorship::ProposerFactory;
use sc_consensus::{DefaultImportQueue, JustificationSyncLink};
use sc_consensus_aura::{ImportQueueParams, SlotDuration, SlotProportion, StartAuraParams, SyncOracle};
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

use super::{FullBackend, FullClient, FullSelectChain, TransactionPool};
use crate::rpc::GrandpaDeps;

/// Imports blocks and watches for changes of the authorities in them.
pub type GrandpaBlockImport = sc_consensus_grandpa::GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
/// Joins the block import to the voter.
pub type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, FullClient, FullSelectChain>;

/// Blocks between two justifications that are kept and, while syncing, checked. Each is a vote of every authority, so
/// not every block's is; more often than this only makes proofs of finality shorter.
const JUSTIFICATION_PERIOD_BLOCKS: u32 = 512;

/// How long a vote is expected to travel. A round lasts four times as long: one block. A vote that arrives later still
/// counts; the round then lasts longer.
const GOSSIP_DURATION: Duration = Duration::from_millis(250);

/// The part of a slot in which the author fills its block. The others need as long again to execute it, and the network
/// its time between: with more than half, a full block of one second arrives when the next is due.
const PROPOSAL_SLOT_PORTION: f32 = 0.5;

/// What consensus needs between the opening of the database and the start of the node.
pub struct ConsensusParts {
    /// Where blocks are imported.
    pub block_import: GrandpaBlockImport,
    /// What the voter continues from.
    pub link: GrandpaLink,
    /// Where to report to; not consensus' alone, but it is the one that talks most.
    pub telemetry: Option<Telemetry>,
}

/// What consensus takes from the node's configuration.
pub struct ConsensusSettings {
    /// Whether the node may write blocks and vote.
    pub role: Role,
    /// Whether to write blocks without peers.
    pub force_authoring: bool,
    /// Whether to take part in finality at all.
    pub grandpa_enabled: bool,
    /// The node's name, for telemetry.
    pub node_name: String,
    /// Where metrics go.
    pub registry: Option<Registry>,
    /// Under which name votes travel.
    pub grandpa_protocol: ProtocolName,
}

impl ConsensusSettings {
    /// Reads them for the chain with this genesis.
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

    /// How the voter is to work.
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
            // A full node follows the votes and has none itself, whatever keys lie in its keystore.
            keystore: self.role.is_authority().then(|| keystore.clone()),
            local_role: self.role,
            telemetry,
            protocol_name: self.grandpa_protocol.clone(),
        }
    }
}

/// Makes the block import and what the voter continues from.
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

/// Makes the queue in which blocks from peers and files are checked and imported.
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
        check_for_equivocation: Default::default(),
        telemetry,
        compatibility_mode: Default::default(),
    })?;
    Ok(queue)
}

/// The blocks to vote for: the newest, but not too far ahead of what is final.
///
/// The SDK's default withholds the newest two as well, to spare votes for blocks that are about to be undone. With one
/// author a slot and blocks every second, forks are rare, a round settles them, and two blocks are most of what a viewer
/// would wait for finality.
pub fn voting_rule() -> impl VotingRule<Block, FullClient> + Clone {
    VotingRulesBuilder::new().add(ThreeQuartersOfTheUnfinalizedChain).build()
}

/// What JSON-RPC says about finality.
pub fn rpc_deps(link: &GrandpaLink, backend: Arc<FullBackend>) -> GrandpaDeps {
    let authority_set = link.shared_authority_set().clone();
    GrandpaDeps {
        voter_state: SharedVoterState::empty(),
        justifications: link.justification_stream(),
        proofs: FinalityProofProvider::new_for_service(backend, Some(authority_set.clone())),
        authority_set,
    }
}

/// What writing blocks needs.
pub struct Authoring<S> {
    /// The chain.
    pub client: Arc<FullClient>,
    /// On which block to build.
    pub select_chain: FullSelectChain,
    /// Where finished blocks go.
    pub block_import: GrandpaBlockImport,
    /// What they are filled with.
    pub transaction_pool: Arc<TransactionPool>,
    /// The keys that seal them.
    pub keystore: KeystorePtr,
    /// Whether the node has caught up with the chain.
    pub sync: S,
    /// Where to report to.
    pub telemetry: Option<TelemetryHandle>,
}

impl<S> Authoring<S>
where
    S: SyncOracle + JustificationSyncLink<Block> + Clone + Send + Sync + 'static,
{
    /// Writes a block whenever it is this node's turn.
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
            // Blocks go on when finality stalls: viewers are watching.
            backoff_authoring_blocks: None::<()>,
            keystore,
            block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SLOT_PORTION),
            // A machine too slow for its slots is given longer, or it would never get a block done.
            max_block_proposal_slot_portion: None,
            telemetry,
            compatibility_mode: Default::default(),
        })?;
        // An authority that has silently stopped writing blocks is worse than one that is restarted.
        task_manager.spawn_essential_handle().spawn_blocking("aura", Some("block-authoring"), aura);
        Ok(())
    }
}

/// What a block says of the moment it was written.
type Inherents = (sp_consensus_aura::inherents::InherentDataProvider, sp_timestamp::InherentDataProvider);

/// Reads the clock: the slot a block belongs to follows from its time.
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
