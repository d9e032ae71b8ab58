//! Failures of what comes in: the broadcast goes on, and no key is ever used for two segments.

use anyhow::{ensure, Context, Result};
use std::collections::BTreeSet;
use vilokanam_gateway_tests::{
    player::Player,
    programs::signal,
    publisher::Way,
    stage::{Plan, Stage},
    wait_for,
};

const MAX_TICKS: u32 = 600;

/// Watches on after the interruption, and checks that everything about it is as before.
async fn watch_on(stage: &Stage, player: &mut Player, last: u64) -> Result<()> {
    let anew = player.find(|listed| listed.is_discontinuous && listed.index > last).await?;
    let used = player.seat()?.used;
    let bought = player.buy(&anew).await?;
    ensure!(bought.used_ticks == used + anew.cost, "the interruption was charged: {bought:?} after {used}");
    player.watch(2).await?;
    for bought in player.bought.iter().filter(|bought| bought.listed.index >= anew.index) {
        player.picture(bought).await?;
        let key = bought.listed.key.as_ref().context("it is sold")?;
        ensure!(key.index == bought.listed.index, "its key has another index: {bought:?}");
    }
    let keys: BTreeSet<_> = player.bought.iter().map(|bought| bought.key).collect();
    ensure!(keys.len() == player.bought.len(), "a key opens two segments");

    stage.settle(player).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn going_on_after_the_transcoder_was_killed_works() -> Result<()> {
    let mut stage = Stage::open(Plan::default()).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    let last = player.bought.last().context("it has watched")?.listed.index;
    let transcoders = stage.gateway.transcoders();
    ensure!(!transcoders.is_empty(), "no transcoder runs");
    transcoders.into_iter().try_for_each(|id| signal(id, "KILL"))?;
    watch_on(&stage, &mut player, last).await?;
    stage.gateway.check_runs()?;
    ensure!(stage.publisher.as_mut().context("it publishes")?.is_running()?, "the publisher was cut off");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn going_on_when_the_publisher_comes_back_works() -> Result<()> {
    let mut stage = Stage::open(Plan::default()).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    let last = player.bought.last().context("it has watched")?.listed.index;
    stage.publisher.take().context("it publishes")?.vanish();
    // What is shown meanwhile is in the clear: nobody pays for it.
    wait_for("the slate", 60, || async {
        let playlist = player.playlist().await?;
        Ok(playlist.segments.iter().any(|listed| listed.index > last && listed.key.is_none()).then_some(()))
    })
    .await?;
    ensure!(!player.playlist().await?.is_ended, "the broadcast was ended");
    stage.publish(Way::Rtmp)?;
    watch_on(&stage, &mut player, last).await?;
    Ok(())
}
