//! Settling in spite of nodes: what was sold gets into blocks without the node's worker, and when a node goes for good.

use anyhow::{ensure, Context, Result};
use vilokanam_gateway_tests::{
    stage::{Plan, Stage},
    wait_for,
};

const MAX_TICKS: u32 = 600;

#[tokio::test(flavor = "multi_thread")]
async fn settling_without_the_nodes_worker_works() -> Result<()> {
    // Opens, claims and closes all go out in batches of the gateway's own: the node takes rows and does nothing with them.
    let settings = [("CHAIN__DIRECT_AFTER_S", "5")];
    let plan = Plan { settings: &settings, node_args: &["--offchain-worker", "never"], ..Plan::default() };
    let mut stage = Stage::open(plan).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    player.wait_until_open().await?;
    player.watch(2).await?;
    stage.settle(&mut player).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn going_on_with_another_node_works() -> Result<()> {
    let mut stage = Stage::open(Plan { has_front_node: true, ..Plan::default() }).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    player.wait_until_open().await?;
    stage.front.take().context("the gateway has a node of its own")?.kill();
    player.watch(3).await?;
    wait_for("the gateway to be ready with the other node", 60, || async {
        let ready: serde_json::Value = stage.api.get("/ready").await?.json()?;
        Ok((ready["state"] == "ready").then_some(()))
    })
    .await?;
    let books = stage.settle(&mut player).await?;
    ensure!(books.failed_rows.is_empty(), "rows were sent twice: {:?}", books.failed_rows);
    Ok(())
}
