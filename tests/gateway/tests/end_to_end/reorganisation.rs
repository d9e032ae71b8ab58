//! An open that a change of forks undoes: the session is a ticket again, and is opened anew in the fork that has won.

use anyhow::{ensure, Context, Result};
use std::path::PathBuf;
use tick_stream_primitives::SessionId;
use vilokanam_chain::Chain;
use vilokanam_gateway_tests::{
    api::Api,
    books::Books,
    node::Node,
    player::Player,
    process::Gateway,
    programs,
    publisher::{Creator, Way},
    screen,
    stage::{create_stream, wish, DEPOSIT, STREAM},
    wait_for,
    wallet::Wallet,
};
use vilokanam_wire::sessions::SessionPhase;

const MAX_TICKS: u32 = 600;
/// Ticks on credit until the open is final.
const CREDIT_UNTIL_FINAL: u32 = 30;
/// Network identities, and the peer ids that belong to them.
const ALICE: (&str, &str) = (
    "0000000000000000000000000000000000000000000000000000000000000001",
    "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
);
const BOB: (&str, &str) = (
    "0000000000000000000000000000000000000000000000000000000000000002",
    "12D3KooWHdiAxVd8uMQR1hGWXccidmfCwLqcMpGwR6QcTP6QRMuD",
);
const CHARLIE: (&str, &str) = (
    "0000000000000000000000000000000000000000000000000000000000000003",
    "12D3KooWSCufgHzV4fCwRijfH2k3abrpAJxTKxEvN1FDuRXA2U9x",
);
/// Blocks that the others are ahead before the forks meet.
const AHEAD_BLOCKS: u32 = 3;

/// Three of the four authorities, who know each other and nobody else: enough to finalize, and to be parted.
struct Network {
    alice: Node,
    bob: Node,
    charlie: Node,
}

impl Network {
    async fn start() -> Result<Self> {
        let alice = Node::start(&authority("--alice", ALICE.0)).await?;
        let bob = Node::start(&authority("--bob", BOB.0)).await?;
        let charlie = Node::start(&authority("--charlie", CHARLIE.0)).await?;
        let network = Self { alice, bob, charlie };
        network.meet_without_alice().await?;
        network.meet().await?;
        insert_worker_key(&network.alice).await?;
        Ok(network)
    }

    async fn join(&self, node: &Node, other: &Node, peer: &str) -> Result<()> {
        let rpc = node.rpc().await?;
        rpc.call("system_addReservedPeer", vec![other.address(peer).into()]).await?;
        Ok(())
    }

    async fn meet_without_alice(&self) -> Result<()> {
        self.join(&self.bob, &self.charlie, CHARLIE.1).await?;
        self.join(&self.charlie, &self.bob, BOB.1).await
    }

    /// Alice meets the others.
    async fn meet(&self) -> Result<()> {
        self.join(&self.alice, &self.bob, BOB.1).await?;
        self.join(&self.alice, &self.charlie, CHARLIE.1).await?;
        self.join(&self.bob, &self.alice, ALICE.1).await?;
        self.join(&self.charlie, &self.alice, ALICE.1).await
    }

    /// Alice is alone from now on: who was introduced while it ran is forgotten by a node that starts anew.
    async fn part(&mut self) -> Result<()> {
        for node in [&mut self.bob, &mut self.charlie] {
            node.kill();
            node.run().await?;
        }
        self.meet_without_alice().await?;
        let alice = self.alice.rpc().await?;
        wait_for("Alice to be alone", 60, || async {
            let health = alice.call("system_health", vec![]).await?;
            Ok((health["peers"] == 0).then_some(()))
        })
        .await
    }
}

fn authority<'a>(name: &'a str, key: &'a str) -> Vec<&'a str> {
    vec![
        "--chain",
        "local",
        name,
        "--node-key",
        key,
        "--reserved-only",
        // Who knows nobody makes blocks all the same: that is what a fork is.
        "--force-authoring",
        "--allow-private-ip",
        "--offchain-worker",
        "always",
    ]
}

/// What the chain settles with is the gateway's node's, here Alice's.
async fn insert_worker_key(node: &Node) -> Result<()> {
    let public = vilokanam_chain::Signer::from_uri("//Alice//tick")?.public_key();
    let public = format!("0x{}", hex::encode(public));
    node.rpc().await?.call("author_insertKey", vec!["tick".into(), "//Alice//tick".into(), public.into()]).await?;
    Ok(())
}

async fn wait_for_finality(chain: &Chain, blocks: u32) -> Result<()> {
    let target = chain.finalized().await?.number + blocks;
    wait_for("finality", 120, || async { Ok((chain.finalized().await?.number >= target).then_some(())) }).await
}

async fn wait_for_session(chain: &Chain, id: SessionId) -> Result<()> {
    wait_for("the session to be opened", 120, || async { Ok(chain.now().session(id).await?.map(|_| ())) }).await
}

/// A clip on air, by way of Alice.
async fn go_live(
    network: &Network,
    folder: &std::path::Path,
) -> Result<(Gateway, vilokanam_gateway_tests::publisher::Publisher)> {
    let settings = [("INGEST__PRESET", "ultrafast"), ("INGEST__LADDER", "[240]"), ("CHAIN__SETTLE_INTERVAL_S", "5")];
    let gateway = Gateway::start(&[network.alice.url()], &settings).await?;
    let clip: PathBuf = folder.join("clip.mp4");
    screen::make_clip(&clip, 20, screen::SIZE)?;
    let creator = Creator { node: &network.alice, gateway: &gateway, folder };
    let publisher = creator.publish(STREAM, &clip, Way::Rtmp, true)?;
    Ok((gateway, publisher))
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_an_open_loses_nothing_works() -> Result<()> {
    programs::clear_logs()?;
    let folder = tempfile::tempdir()?;
    let mut network = Network::start().await?;
    let chain = network.alice.chain().await?;
    wait_for_finality(&chain, 2).await?;
    create_stream(&chain, 0).await?;
    let mut wallet = Wallet::open(&chain, "//Eve", DEPOSIT).await?;
    let (gateway, _publisher) = go_live(&network, folder.path()).await?;
    let api = Api::new(&gateway.url())?;
    let mut player = Player::new(&api, STREAM, "240p");
    player.find(|_| true).await?;

    network.part().await?;
    player.open(&mut wallet, &wish(MAX_TICKS)).await?;
    let id = player.seat()?.id;
    wait_for_session(&chain, id).await?;
    let undone = chain.best().await?;
    player.watch(2).await?;

    // The others have not heard of it, and are further.
    let others = network.bob.chain().await?;
    wait_for("the others to be ahead", 120, || async {
        Ok((others.best().await?.number >= chain.best().await?.number + AHEAD_BLOCKS).then_some(()))
    })
    .await?;
    ensure!(others.now().session(id).await?.is_none(), "the forks are not apart");
    network.meet().await?;
    wait_for("the forks to be one", 120, || async {
        let here = chain.hash_of(undone.number).await?;
        Ok((here != undone.hash).then_some(()))
    })
    .await
    .context("Alice's fork was not undone")?;
    ensure!(player.session().await?.phase != SessionPhase::Dead, "the session died");
    ensure!(player.seat()?.used <= CREDIT_UNTIL_FINAL, "too much was sold before the open was final");

    // It is opened anew, sells on, and is paid in full.
    wait_for_session(&others, id).await?;
    player.wait_until_open().await?;
    player.watch(2).await?;
    player.leave().await?;
    let books = Books::closed(&chain, &[id]).await?;
    books.expect(id, player.seat()?.revealed)?;
    books.check(&chain).await
}
