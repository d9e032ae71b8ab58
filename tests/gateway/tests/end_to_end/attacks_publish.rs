//! Attacks on publishing: guessed keys, and keys used twice at once.

use anyhow::{ensure, Context, Result};
use reqwest::Method;
use vilokanam_gateway_tests::{
    api::Api,
    publisher::Publisher,
    stage::{Plan, Stage, STREAM},
};

/// Wrong keys of one address that are listened to.
const MAX_GUESSES: usize = 10;

async fn put(api: &Api, key: &str) -> Result<vilokanam_gateway_tests::api::Answer> {
    let shown = format!("Bearer {key}");
    api.send(Method::PUT, "/v1/publish/0/live.m3u8", &[("authorization", &shown)], b"#EXTM3U\n".to_vec()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_publish_key_fails() -> Result<()> {
    let stage = Stage::open(Plan { viewers: &[], is_live: false, ..Plan::default() }).await?;
    let key = stage.creator().publish_key(STREAM)?;
    vilokanam_gateway_tests::screen::make_clip(&stage.clip, 4, vilokanam_gateway_tests::screen::SIZE)?;
    // By RTMP a guess is answered with words, and the connection is closed.
    let wrong = format!("{}/{STREAM}-{}", key.rtmp_url, "0".repeat(key.key.len()));
    let mut guess = Publisher::ffmpeg(&stage.clip, &wrong, "guess")?;
    ensure!(!guess.ended().await?.success(), "a wrong key publishes");
    let stream = stage.api.get("/v1/streams/0/hls/master.m3u8").await?;
    ensure!(stream.status == 404, "a wrong key has begun a broadcast: {stream:?}");

    let guesser = Api::from_address(&stage.gateway.url(), "127.0.0.1".parse()?)?;
    let mut refused = 0;
    while put(&guesser, &hex::encode(rand::random::<[u8; 20]>())).await?.status == 403 {
        refused += 1;
        ensure!(refused <= MAX_GUESSES, "{refused} guesses were listened to");
    }
    // From now on even the right one, by this address and by either way.
    let right = put(&guesser, &key.key).await?;
    let problem = right.refused(429, "too-many-requests")?;
    ensure!(right.header("retry-after").is_some() && !problem.detail.contains(&key.key), "{problem:?}");
    let by_rtmp = format!("{}/{}", key.rtmp_url, key.rtmp_stream_key);
    let mut right = Publisher::ffmpeg(&stage.clip, &by_rtmp, "right")?;
    ensure!(!right.ended().await?.success(), "one who guesses is let in in the end");
    // Nobody else is shut out by it.
    let elsewhere = Api::from_address(&stage.gateway.url(), "127.0.77.1".parse()?)?;
    put(&elsewhere, &key.key).await?.ok().context("the right key from elsewhere")?;
    let log = std::fs::read_to_string(stage.gateway.log())?;
    ensure!(!log.contains(&key.key), "the log has a publish key");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn using_a_publish_key_twice_at_once_fails() -> Result<()> {
    let mut stage = Stage::open(Plan { viewers: &[], ..Plan::default() }).await?;
    let player = stage.player("240p");
    let last = player.find(|_| true).await?.index;
    // The key that the first publisher has, and another one of the same stream.
    let kept = std::fs::read_dir(stage.folder.path().join("creator"))?.count();
    ensure!(kept > 0, "the command line keeps its key");
    let key = stage.creator().publish_key(STREAM)?;
    let url = format!("{}/{}", key.rtmp_url, key.rtmp_stream_key);
    let mut second = Publisher::ffmpeg(&stage.clip, &url, "second")?;
    ensure!(!second.ended().await?.success(), "two publish at once");
    let mut same = stage.creator().publish(STREAM, &stage.clip, vilokanam_gateway_tests::publisher::Way::Rtmp, true)?;
    ensure!(!same.ended().await?.success(), "two publish at once with one key");
    // The first goes on as if nothing had been.
    let later = player.find(|listed| listed.index >= last + 4).await?;
    let playlist = player.playlist().await?;
    ensure!(playlist.segments.iter().all(|listed| !listed.is_discontinuous), "the broadcast was disturbed: {later:?}");
    let publisher = stage.publisher.as_mut().context("it publishes")?;
    ensure!(publisher.is_running()?, "the first publisher was sent away: {}", publisher.said());
    Ok(())
}
