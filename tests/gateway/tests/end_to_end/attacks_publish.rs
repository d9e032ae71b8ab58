//! Attacks on publishing: guessed keys, keys that would fill the gateway's table, and two publishers at once.

use anyhow::{ensure, Context, Result};
use reqwest::{
    header::{AUTHORIZATION, RETRY_AFTER},
    Method,
};
use vilokanam_chain::Call;
use vilokanam_gateway_tests::{
    api::{ApiClient, Response},
    environment::{creator_key, EnvironmentOptions, TestEnvironment, MASTER_PLAYLIST, STREAM},
    publisher::{Protocol, Publisher},
    video,
    wallet::send_final,
};
use vilokanam_tests::wait_for;

/// Number of wrong keys from one address that are checked.
const MAX_GUESSES: usize = 10;
/// Maximum time until the gateway has looked for keys that nobody needs: it does so every minute.
const KEY_SECONDS: u64 = 120;

async fn put(api: &ApiClient, key: &str) -> Result<Response> {
    let authorization = format!("Bearer {key}");
    let headers = [(AUTHORIZATION.as_str(), authorization.as_str())];
    api.send(Method::PUT, "/v1/publish/0/live.m3u8", &headers, b"#EXTM3U\n".to_vec()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn address_that_guesses_publish_keys_has_to_wait_and_right_keys_are_accepted() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let key = env.creator().create_publish_key(STREAM)?;
    video::make_clip(&env.clip, 4, video::SIZE)?;
    let wrong = format!("{}/{STREAM}-{}", key.rtmp_url, "0".repeat(key.key.len()));
    let mut guess = Publisher::ffmpeg(&env.clip, &wrong, "guess")?;
    ensure!(!guess.ended().await?.success(), "a wrong key publishes by RTMP");
    let playlist = env.api.get(MASTER_PLAYLIST).await?;
    ensure!(playlist.status == 404, "a wrong key has begun a broadcast: {playlist:?}");

    let guesser = ApiClient::from_address(&env.gateway.url(), "127.0.0.1")?;
    let mut checked_guesses = 0;
    while put(&guesser, &hex::encode(rand::random::<[u8; 20]>())).await?.status == 403 {
        checked_guesses += 1;
        ensure!(checked_guesses <= MAX_GUESSES, "{checked_guesses} guesses were checked");
    }
    // From now on, wrong keys of this address are refused with a time to wait.
    let wrong = put(&guesser, &"0".repeat(key.key.len())).await?;
    let problem = wrong.expect_refusal(429, "too-many-requests")?;
    ensure!(wrong.header(RETRY_AFTER.as_str()).is_some(), "the answer does not say when to try again: {wrong:?}");
    ensure!(problem.detail.contains("the publish key is not valid"), "another cause is named: {problem:?}");
    // Other encoders of the same address are not locked out.
    put(&guesser, &key.key).await?.success().context("the right key is refused")?;
    let elsewhere = ApiClient::from_address(&env.gateway.url(), "127.0.77.1")?;
    put(&elsewhere, &key.key).await?.success().context("another address is blocked")?;
    let log = std::fs::read_to_string(env.gateway.log())?;
    ensure!(!log.contains(&key.key), "the log contains the key");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn publish_keys_go_when_their_stream_ends() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let key = env.creator().create_publish_key(STREAM)?;
    let file = env.gateway.data().join("publish-keys.json");
    ensure!(std::fs::read_to_string(&file)?.contains(&key.id), "the key is not stored");
    put(&env.api, &key.key).await?.success()?;
    send_final(&env.chain, &Call::end_stream(STREAM), &creator_key()?).await?;
    wait_for("the key to go", KEY_SECONDS, || async {
        Ok((!std::fs::read_to_string(&file)?.contains(&key.id)).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn second_publisher_is_refused_and_does_not_disturb_the_first() -> Result<()> {
    let mut env = TestEnvironment::start(EnvironmentOptions { viewers: &[], ..Default::default() }).await?;
    let player = env.player("240p");
    let last = player.first_segment().await?.index;
    let kept_files = std::fs::read_dir(env.folder.path().join("creator/data"))?.count();
    ensure!(kept_files > 0, "the command line has not kept the first publisher's key");
    // The second publisher has another key of the same stream, the third has the key of the first.
    let key = env.creator().create_publish_key(STREAM)?;
    let url = format!("{}/{}", key.rtmp_url, key.rtmp_stream_key);
    let mut second = Publisher::ffmpeg(&env.clip, &url, "second")?;
    ensure!(!second.ended().await?.success(), "two publishers with different keys are accepted");
    let mut third = env.creator().publish(STREAM, &env.clip, Protocol::Rtmp, true)?;
    ensure!(!third.ended().await?.success(), "two publishers with the same key are accepted");
    player.find(|segment| segment.index >= last + 4).await?;
    let playlist = player.playlist().await?;
    let is_undisturbed = playlist.segments.iter().all(|segment| !segment.is_discontinuous);
    ensure!(is_undisturbed, "the broadcast was interrupted: {playlist:?}");
    let publisher = env.publisher.as_mut().context("the stream is live")?;
    ensure!(publisher.is_running()?, "the first publisher was disconnected: {}", publisher.output());
    Ok(())
}
