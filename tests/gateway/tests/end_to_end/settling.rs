//! Settlement when nodes fail: claims reach blocks without the off-chain worker, and without the gateway's first node, to which it
//! returns. And what is answered of a session after it is settled and closed.

use anyhow::{ensure, Context, Result};
use std::time::Duration;
use tokio::time::Instant;
use vilokanam_gateway_tests::environment::{EnvironmentOptions, TestEnvironment};
use vilokanam_tests::wait_for;
use vilokanam_wire::{
    gateway::Readiness,
    money::Receipt,
    sessions::{SessionPhase, SessionView},
    streams::Page,
    SessionRef,
};

const MAX_TICKS: u32 = 600;
/// Maximum time until a gateway returns to its first node: twice the longest rest and the longest pause between two probes, and
/// what the node needs to catch up.
const RETURN_LIMIT: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread")]
async fn gateway_settles_without_the_off_chain_worker() -> Result<()> {
    // The node accepts rows and does nothing with them, so the gateway submits opens, claims and closes in batches.
    let settings = [("CHAIN__DIRECT_AFTER_S", "5")];
    let node_args = ["--offchain-worker", "never"];
    let options = EnvironmentOptions { settings: &settings, node_args: &node_args, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    player.wait_until_finalized().await?;
    player.watch(2).await?;
    env.settle(&mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_continues_with_its_second_node_and_returns_to_the_first() -> Result<()> {
    let options = EnvironmentOptions { has_full_node: true, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    player.wait_until_finalized().await?;
    let mut full_node = env.full_node.take().context("the gateway has a full node")?;
    full_node.kill()?;
    player.watch(3).await?;
    wait_for("the gateway to be ready with the second node", 60, || async {
        let readiness: Readiness = env.api.get("/ready").await?.json()?;
        Ok((readiness.state == "ready").then_some(()))
    })
    .await?;
    wait_for("the second node to be noted", 60, || async { Ok((node_place(&env).await? == "1").then_some(())) })
        .await?;
    player.watch(1).await?;

    full_node.run().await?;
    let deadline = Instant::now() + RETURN_LIMIT;
    while node_place(&env).await? != "0" {
        ensure!(Instant::now() < deadline, "the gateway does not return to its first node");
        player.watch(1).await?;
    }
    player.watch(2).await?;
    let ledger = env.settle(&mut [&mut player]).await?;
    ensure!(ledger.failed_rows.is_empty(), "rows were submitted twice: {:?}", ledger.failed_rows);
    Ok(())
}

/// Returns which of its nodes the gateway uses, as its metrics say.
async fn node_place(env: &TestEnvironment) -> Result<String> {
    let metrics = env.api.get("/metrics").await?.success()?.text();
    let place = metrics.lines().find_map(|line| line.strip_prefix("vilokanam_gateway_node_place "));
    Ok(place.context("the place of the node is a metric")?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_session_is_still_answered_and_an_unknown_one_is_not() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    env.settle(&mut [&mut player]).await?;
    let session = player.session()?;
    let path = format!("/v1/sessions/{}", SessionRef(session.id));
    // Finalized blocks reach the index a moment after the chain.
    let view = wait_for("the record of the closed session", 30, || async {
        let view: SessionView = env.api.get(&path).await?.json()?;
        Ok((view.phase == SessionPhase::Closed && view.settled_ticks > 0).then_some(view))
    })
    .await?;
    ensure!(view.settled_ticks == session.revealed_ticks, "{view:?}");
    let receipts = wait_for("the receipts of the closed session", 30, || async {
        let receipts: Page<Receipt> = env.api.get(&format!("{path}/receipts")).await?.json()?;
        Ok((!receipts.items.is_empty()).then_some(receipts))
    })
    .await?;
    let settled_ticks: u32 = receipts.items.iter().map(|receipt| receipt.ticks).sum();
    ensure!(settled_ticks == session.revealed_ticks, "{receipts:?}");

    let unknown = format!("/v1/sessions/0x{}", "5a".repeat(16));
    for path in [unknown.clone(), format!("{unknown}/receipts")] {
        env.api.get(&path).await?.expect_refusal(404, "not-found")?;
    }
    Ok(())
}
