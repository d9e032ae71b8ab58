//! Four validators and a full node: the full node settles for its gateway, and the chain continues without one
//! validator.

use anyhow::{ensure, Result};
use tick_stream_primitives::Splits;
use vilokanam_tests::{
    accounts::{account, key, CREATOR, GATEWAY, PRICE},
    call::Call,
    node::{NetworkIdentity, Node, IDENTITIES},
    node_client::{NodeClient, Rows},
    viewer::{TicketTerms, Viewer, ViewerSession},
    wait_for,
};

/// Identity of the first validator, which the other nodes connect to.
const BOOT: NetworkIdentity = IDENTITIES[0];
const WAIT_SECONDS: u64 = 120;

async fn validators() -> Result<Vec<Node>> {
    let first = Node::start(&["--chain", "local", "--alice", "--node-key", BOOT.key]).await?;
    let boot = first.address(&BOOT);
    let mut nodes = vec![first];
    for name in ["--bob", "--charlie", "--dave"] {
        let args = ["--chain", "local", name, "--bootnodes", &boot, "--unsafe-force-node-key-generation"];
        nodes.push(Node::start(&args).await?);
    }
    Ok(nodes)
}

async fn wait_for_finality(client: &NodeClient, blocks: u32) -> Result<()> {
    let target = client.finalized_number().await? + blocks;
    wait_for("finality", WAIT_SECONDS, || async { Ok((client.finalized_number().await? >= target).then_some(())) })
        .await
}

/// Reveals `count` more ticks and waits until they are settled.
async fn settle(client: &NodeClient, session: &mut ViewerSession, count: u32) -> Result<()> {
    let claims = vec![session.reveal(count)?];
    client.submit(&Rows { claims, ..Default::default() }).await?;
    wait_for("the claim to be settled", WAIT_SECONDS, || async {
        let state = client.session(session.id).await?;
        Ok(state.filter(|state| state.settled_ticks == session.revealed_ticks))
    })
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn full_node_settles_while_a_validator_is_down() -> Result<()> {
    let mut validators = validators().await?;
    let boot = validators[0].address(&BOOT);
    let gateway = account(GATEWAY)?.to_string();
    let worker = ["--offchain-worker", "always", "--tick-gateway", &gateway];
    let full_node = Node::start(&[&["--chain", "local", "--bootnodes", &boot], &worker[..]].concat()).await?;
    let client = full_node.client().await?;
    client.insert_operator_key().await?;
    wait_for_finality(&client, 3).await?;

    client.send_and_wait(&key(CREATOR)?, &Call::create_stream(PRICE, 100_000, Splits::default())).await?;
    let mut viewers = Viewer::fund(&client, 1).await?;
    let terms = TicketTerms { stream: 0, price_per_tick: PRICE, max_ticks: 600, valid_blocks: 1_800 };
    let mut session = viewers[0].ticket(&client, &terms).await?;
    client.submit(&Rows { opens: vec![session.ticket.clone()], ..Default::default() }).await?;
    wait_for("the session to be opened", WAIT_SECONDS, || client.session(session.id)).await?;
    settle(&client, &mut session, 5).await?;

    validators[3].kill()?;
    wait_for_finality(&client, 5).await?;
    settle(&client, &mut session, 5).await?;

    validators[3].run().await?;
    let returned = validators[3].client().await?;
    let target = client.finalized_number().await?;
    wait_for("the validator to catch up", WAIT_SECONDS, || async {
        Ok((returned.finalized_number().await? >= target).then_some(()))
    })
    .await?;
    let settled_ticks = returned.session(session.id).await?.map(|state| state.settled_ticks);
    ensure!(settled_ticks == Some(session.revealed_ticks), "the validator has another state: {settled_ticks:?}");
    Ok(())
}
