//! Four validators and a full node: the gateway's own node settles, and the chain goes on without one of the four.

use anyhow::{ensure, Result};
use tick_stream_primitives::Splits;
use vilokanam_tests::{
    chain::{Call, Chain, Rows},
    node::Node,
    people::{key, operator, Viewer, Watch, PRICE},
    wait_for,
};

/// Network identity of the first validator, so that the others find it.
const BOOT_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000001";
/// The peer id that belongs to [`BOOT_KEY`].
const BOOT_PEER: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";

async fn validators() -> Result<Vec<Node>> {
    let first = Node::start(&["--chain", "local", "--alice", "--node-key", BOOT_KEY]).await?;
    let boot = first.address(BOOT_PEER);
    let mut nodes = vec![first];
    for name in ["--bob", "--charlie", "--dave"] {
        let args = ["--chain", "local", name, "--bootnodes", &boot, "--unsafe-force-node-key-generation"];
        nodes.push(Node::start(&args).await?);
    }
    Ok(nodes)
}

async fn wait_for_finality(chain: &Chain, blocks: u64) -> Result<()> {
    let target = chain.height(true).await? + blocks;
    wait_for("finality", 120, || async { Ok((chain.height(true).await? >= target).then_some(())) }).await
}

async fn settle(chain: &Chain, watch: &mut Watch, ticks: u32) -> Result<()> {
    let claims = vec![watch.reveal(ticks)];
    chain.submit(&Rows { claims, ..Default::default() }).await?;
    let (id, revealed) = (watch.id, watch.revealed);
    wait_for("the claim to be settled", 120, || async {
        Ok(chain.session(id).await?.filter(|session| session.settled_ticks == revealed))
    })
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_node_settles_while_a_validator_is_away() -> Result<()> {
    let mut validators = validators().await?;
    let boot = validators[0].address(BOOT_PEER);
    let gateway = Node::start(&["--chain", "local", "--bootnodes", &boot, "--offchain-worker", "always"]).await?;
    let chain = gateway.chain().await?;
    let public = format!("0x{}", hex::encode(AsRef::<[u8]>::as_ref(&operator()?)));
    chain.call("author_insertKey", vec!["tick".into(), "//Alice//tick".into(), public.into()]).await?;
    wait_for_finality(&chain, 3).await?;

    chain.send_and_wait(&key("//Bob")?, &Call::create_stream(PRICE, 100_000, Splits::default())).await?;
    let mut viewers = Viewer::fund(&chain, 1).await?;
    let best = chain.height(false).await?;
    let mut watch = viewers[0].watch(&chain, best, 600)?;
    chain.submit(&Rows { opens: vec![watch.ticket.clone()], ..Default::default() }).await?;
    wait_for("the session to be opened", 120, || chain.session(watch.id)).await?;
    settle(&chain, &mut watch, 5).await?;

    validators[3].kill()?;
    wait_for_finality(&chain, 5).await?;
    settle(&chain, &mut watch, 5).await?;

    validators[3].run().await?;
    let returned = validators[3].chain().await?;
    let target = chain.height(true).await?;
    wait_for("the validator to catch up", 120, || async { Ok((returned.height(true).await? >= target).then_some(())) })
        .await?;
    let seen = returned.session(watch.id).await?;
    ensure!(seen.is_some_and(|session| session.settled_ticks == watch.revealed), "it sees another state");
    Ok(())
}
