//! Interrupted broadcasts: they continue, and no key is used for two segments.

use anyhow::{ensure, Context, Result};
use std::collections::BTreeSet;
use vilokanam_gateway_tests::{environment::TestEnvironment, player::Player, publisher::Protocol};
use vilokanam_tests::{process::signal, wait_for};

const MAX_TICKS: u32 = 600;

/// Watches on after an interruption that follows segment `last`, and checks keys and costs.
async fn watch_after_interruption(env: &TestEnvironment, player: &mut Player, last: u64) -> Result<()> {
    let resumed = player.find(|segment| segment.is_discontinuous && segment.index > last).await?;
    let charged_before = player.session()?.charged_ticks;
    let bought = player.buy(&resumed).await?;
    let expected = charged_before + resumed.cost_ticks;
    ensure!(bought.charged_ticks == expected, "{} ticks are charged, not {expected}", bought.charged_ticks);
    player.watch(2).await?;
    for bought in player.bought.iter().filter(|bought| bought.segment.index >= resumed.index) {
        player.decrypted(bought).await?;
        let key = bought.segment.key.as_ref().context("the segment is encrypted")?;
        ensure!(key.index == bought.segment.index, "the key has another index than the segment: {bought:?}");
    }
    let keys: BTreeSet<_> = player.bought.iter().map(|bought| bought.key).collect();
    ensure!(keys.len() == player.bought.len(), "a key opens two segments");
    env.settle(&mut [player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn broadcast_continues_after_its_transcoder_was_killed() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    let last = player.bought.last().context("segments were bought")?.segment.index;
    let transcoders = env.gateway.transcoders();
    ensure!(!transcoders.is_empty(), "no transcoder runs");
    transcoders.into_iter().try_for_each(|id| signal(id, "KILL"))?;
    watch_after_interruption(&env, &mut player, last).await?;
    env.gateway.ensure_running()?;
    ensure!(env.publisher.as_mut().context("the stream is live")?.is_running()?, "the publisher was disconnected");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn broadcast_continues_when_its_publisher_reconnects() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    let last = player.bought.last().context("segments were bought")?.segment.index;
    env.publisher.take().context("the stream is live")?.kill();
    // The slate, which is shown meanwhile, is not encrypted and costs nothing.
    wait_for("the slate", 60, || async {
        let playlist = player.playlist().await?;
        Ok(playlist.segments.iter().any(|segment| segment.index > last && segment.key.is_none()).then_some(()))
    })
    .await?;
    ensure!(!player.playlist().await?.is_ended, "the broadcast has ended");
    env.publish(Protocol::Rtmp)?;
    watch_after_interruption(&env, &mut player, last).await
}
