//! A reorganisation of the chain that undoes the opening of a session: the session is opened again in the other fork.

use anyhow::{ensure, Result};
use std::path::Path;
use tick_stream_primitives::SessionId;
use vilokanam_chain::Chain;
use vilokanam_gateway_tests::{
    api::ApiClient,
    environment::{create_stream, terms, DEPOSIT, SETTINGS, STREAM},
    gateway::Gateway,
    ledger::Ledger,
    player::Player,
    publisher::{CreatorCli, Protocol, Publisher},
    video,
    wallet::Wallet,
};
use vilokanam_tests::{
    node::{NetworkIdentity, Node, IDENTITIES},
    process::clear_logs,
    wait_for,
};
use vilokanam_wire::sessions::SessionPhase;

const MAX_TICKS: u32 = 600;
/// Number of ticks on credit until the opening is finalized.
const CREDIT_TICKS_UNTIL_FINAL: u32 = 30;
const ALICE: NetworkIdentity = IDENTITIES[0];
const BOB: NetworkIdentity = IDENTITIES[1];
const CHARLIE: NetworkIdentity = IDENTITIES[2];
/// Number of blocks by which the fork of the other nodes must be longer than Alice's.
const LEAD_BLOCKS: u32 = 3;
const WAIT_SECONDS: u64 = 120;

/// Three of four validators, which connect only to nodes that they are introduced to. They are enough to finalize
/// blocks, and can be separated.
struct Network {
    alice: Node,
    bob: Node,
    charlie: Node,
}

impl Network {
    async fn start() -> Result<Self> {
        let alice = Node::archive(&validator("--alice", ALICE.key)).await?;
        let bob = Node::archive(&validator("--bob", BOB.key)).await?;
        let charlie = Node::archive(&validator("--charlie", CHARLIE.key)).await?;
        let network = Self { alice, bob, charlie };
        network.connect_bob_and_charlie().await?;
        network.connect_alice().await?;
        network.alice.client().await?.insert_operator_key().await?;
        Ok(network)
    }

    async fn connect_bob_and_charlie(&self) -> Result<()> {
        introduce(&self.bob, &self.charlie, &CHARLIE).await?;
        introduce(&self.charlie, &self.bob, &BOB).await
    }

    async fn connect_alice(&self) -> Result<()> {
        introduce(&self.alice, &self.bob, &BOB).await?;
        introduce(&self.alice, &self.charlie, &CHARLIE).await?;
        introduce(&self.bob, &self.alice, &ALICE).await?;
        introduce(&self.charlie, &self.alice, &ALICE).await
    }

    /// Separates Alice from the others by restarting these: a restarted node has forgotten its introductions.
    async fn separate_alice(&mut self) -> Result<()> {
        for node in [&mut self.bob, &mut self.charlie] {
            node.kill()?;
            node.run().await?;
        }
        self.connect_bob_and_charlie().await?;
        let alice = self.alice.client().await?;
        wait_for("Alice to be alone", 60, || async {
            let health = alice.request("system_health", vec![]).await?;
            Ok((health["peers"] == 0).then_some(()))
        })
        .await
    }
}

fn validator<'a>(name: &'a str, key: &'a str) -> Vec<&'a str> {
    vec![
        "--chain",
        "local",
        name,
        "--node-key",
        key,
        "--reserved-only",
        // A node without peers produces blocks as well, so that there is a fork.
        "--force-authoring",
        "--allow-private-ip",
        "--offchain-worker",
        "always",
    ]
}

/// Makes `node` connect to `other`.
async fn introduce(node: &Node, other: &Node, identity: &NetworkIdentity) -> Result<()> {
    let address = other.address(identity);
    node.client().await?.request("system_addReservedPeer", vec![address.into()]).await?;
    Ok(())
}

async fn wait_for_finality(chain: &Chain, blocks: u32) -> Result<()> {
    let target = chain.finalized().await?.number + blocks;
    wait_for("finality", WAIT_SECONDS, || async { Ok((chain.finalized().await?.number >= target).then_some(())) }).await
}

async fn wait_for_session(chain: &Chain, id: SessionId) -> Result<()> {
    wait_for("the session to be opened", WAIT_SECONDS, || async { Ok(chain.now().session(id).await?.map(|_| ())) })
        .await
}

/// Starts a gateway with Alice's node, and publishes a clip.
async fn go_live(network: &Network, folder: &Path) -> Result<(Gateway, Publisher)> {
    let gateway = Gateway::start(&[network.alice.url()], &SETTINGS).await?;
    let clip = folder.join("clip.mp4");
    video::make_clip(&clip, 20, video::SIZE)?;
    let creator = CreatorCli { node: &network.alice, gateway: &gateway, folder };
    let publisher = creator.publish(STREAM, &clip, Protocol::Rtmp, true)?;
    Ok((gateway, publisher))
}

#[tokio::test(flavor = "multi_thread")]
async fn session_whose_opening_is_undone_is_opened_again_and_paid() -> Result<()> {
    clear_logs()?;
    let folder = tempfile::tempdir()?;
    let mut network = Network::start().await?;
    let chain = network.alice.chain().await?;
    wait_for_finality(&chain, 2).await?;
    create_stream(&chain, 0).await?;
    let mut wallet = Wallet::with_deposit(&chain, "//Eve", DEPOSIT).await?;
    let (gateway, _publisher) = go_live(&network, folder.path()).await?;
    let mut player = Player::new(&ApiClient::new(&gateway.url())?, STREAM, "240p");
    player.first_segment().await?;

    network.separate_alice().await?;
    player.open_session(&mut wallet, &terms(MAX_TICKS)).await?;
    let id = player.session()?.id;
    wait_for_session(&chain, id).await?;
    let undone = chain.best().await?;
    player.watch(2).await?;

    // The fork of the other nodes does not contain the opening, and becomes longer.
    let others = network.bob.chain().await?;
    wait_for("the other fork to be longer", WAIT_SECONDS, || async {
        Ok((others.best().await?.number >= chain.best().await?.number + LEAD_BLOCKS).then_some(()))
    })
    .await?;
    ensure!(others.now().session(id).await?.is_none(), "the nodes are not separated");
    network.connect_alice().await?;
    wait_for("Alice's fork to be undone", WAIT_SECONDS, || async {
        let hash = chain.hash_of(undone.number).await?;
        Ok((hash != undone.hash).then_some(()))
    })
    .await?;
    let view = player.session_view().await?;
    ensure!(view.phase != SessionPhase::Rejected, "the session was rejected: {view:?}");
    let charged_ticks = player.session()?.charged_ticks;
    ensure!(charged_ticks <= CREDIT_TICKS_UNTIL_FINAL, "{charged_ticks} ticks were sold before the opening was final");

    wait_for_session(&others, id).await?;
    player.wait_until_finalized().await?;
    player.watch(2).await?;
    player.leave().await?;
    let ledger = Ledger::wait_until_all_are_closed(&chain, &[id]).await?;
    ledger.check_settled(id, player.session()?.revealed_ticks)?;
    ledger.check_balances(&chain).await
}
