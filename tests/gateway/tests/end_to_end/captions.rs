//! Captions and copied video: what a creator sends reaches the viewers who pay, and no others.

use anyhow::{ensure, Context, Result};
use reqwest::Method;
use vilokanam_gateway_tests::{
    api::Response,
    environment::{creator_key, EnvironmentOptions, TestEnvironment, MASTER_PLAYLIST},
    playlist,
    publisher::Protocol,
    signed, video,
};
use vilokanam_tests::wait_for;
use vilokanam_wire::streams::CaptionsView;

const LIVE: &str = "/v1/streams/0/captions/en";
const MAX_TICKS: u32 = 600;
/// Number of segments of two seconds that are compared with the clip.
const COMPARED_SEGMENTS: u64 = 4;
/// Maximum time until a segment that viewers have is recorded.
const RECORDED_SECONDS: u64 = 30;

/// Sends captions as the stream's creator.
async fn put(env: &TestEnvironment, path: &str, query: &str, body: &str) -> Result<Response> {
    let (genesis, path) = (env.chain.genesis_hash(), format!("{path}{query}"));
    signed::send(&env.api, &genesis, &creator_key()?, (Method::PUT, &path), &[], body.as_bytes().to_vec()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pushed_captions_are_read_with_the_key_of_their_segment_and_stay_with_the_recording() -> Result<()> {
    let options = EnvironmentOptions { settings: &[("INGEST__RECONNECT_WINDOW_S", "1")], ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let wrong = put(&env, LIVE, "", "WEBVTT\n\n00:00:01,000 --> 00:00:02.000\nHello\n").await?;
    let refused = wrong.expect_refusal(422, "captions-invalid")?;
    ensure!(refused.detail.contains("line 3"), "{refused:?}");

    let text = "WEBVTT\n\n00:00.000 --> 00:50.000\n<script>alert(1)</script><b>Hello</b>\n";
    let pushed = put(&env, LIVE, "?from=now&label=English&default=true", text).await?;
    ensure!(pushed.status == 204, "{pushed:?}");
    let master = env.api.get(MASTER_PLAYLIST).await?.success()?.text();
    ensure!(
        master.contains("TYPE=SUBTITLES,GROUP-ID=\"subtitles\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES"),
        "{master}"
    );

    let mut player = env.paying_player(0, MAX_TICKS).await?;
    let last = player.next_segment().await?.index;
    let segment = player.find(|segment| segment.index > last + 1).await?;
    let path = "/v1/streams/0/hls/captions-en.m3u8";
    let listed = playlist::media(&env.api.get(path).await?.success()?.body, &env.api.url(path)?)?;
    let of_segment = |wanted: &&playlist::Segment| wanted.index == segment.index;
    let captions = listed.segments.iter().find(of_segment).context("the captions have the segment")?;
    ensure!(captions.key == segment.key, "the same key opens both: {captions:?}");
    let ciphertext = env.api.get_url(&captions.url, &[]).await?.success()?.body;
    ensure!(!String::from_utf8_lossy(&ciphertext).contains("WEBVTT"), "captions are not given out in the clear");
    let bought = player.buy(&segment).await?;
    let iv = segment.key.as_ref().context("the segment has a key")?.iv;
    let clear = String::from_utf8(video::decrypt(&ciphertext, &bought.key, &iv)?)?;
    ensure!(clear.contains("X-TIMESTAMP-MAP=") && clear.contains("alert(1)<b>Hello</b>"), "{clear}");
    ensure!(!clear.contains("<script"), "{clear}");

    // Those who go back in the broadcast read them as well.
    let dvr = "/v1/streams/0/hls/dvr";
    let master = env.api.get(&format!("{dvr}/master.m3u8")).await?.success()?.text();
    ensure!(master.contains("NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES"), "{master}");
    let path = format!("{dvr}/captions-en.m3u8");
    let found = wait_for("the segment to be recorded", RECORDED_SECONDS, || async {
        let listed = playlist::media(&env.api.get(&path).await?.success()?.body, &env.api.url(&path)?)?;
        ensure!(!listed.is_ended, "the broadcast goes on");
        Ok(listed.segments.into_iter().find(|wanted| wanted.index == segment.index))
    })
    .await?;
    ensure!(found.key.as_ref().map(|key| key.index) == Some(segment.index), "{found:?}");
    let recorded = env.api.get_url(&found.url, &[]).await?.success()?.body;
    ensure!(String::from_utf8(video::decrypt(&recorded, &bought.key, &iv)?)? == clear, "another text than live");

    if let Some(publisher) = env.publisher.take() {
        publisher.stop().await?;
    }
    let recording = env.wait_for_recording().await?;
    let path = format!("/v1/streams/0/recordings/{}/captions", recording.number);
    let kept: Vec<CaptionsView> = env.api.get(&path).await?.json()?;
    ensure!(kept.len() == 1 && kept[0].label == "English", "{kept:?}");
    let text = env.api.get(&kept[0].url).await?.success()?;
    ensure!(playlist::media(&text.body, &env.api.url(&kept[0].url)?)?.is_ended);
    env.settle(&mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn copied_video_is_watched_without_a_loss() -> Result<()> {
    let options = EnvironmentOptions { settings: &[("INGEST__COPIES", "true")], is_live: false, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    video::make_clip(&env.clip, 60, video::SIZE)?;
    env.publisher = Some(env.creator().publish(0, &env.clip, Protocol::Rtmp, false)?);
    let first = env.player("240p").first_segment().await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    // One after the other, so that they can be compared as one.
    for number in 1..=COMPARED_SEGMENTS {
        let segment = player.find(|segment| segment.index == first.index + number).await?;
        player.buy(&segment).await?;
    }
    let watched = player.write_file(env.folder.path()).await?;
    let counted = video::pictures(&watched)?;
    ensure!(u64::from(counted) == 60 * COMPARED_SEGMENTS, "whole groups of pictures: {counted}");
    let compared = (0..28).map(|group| video::psnr(&watched, &env.clip, group * 60)).collect::<Result<Vec<_>>>()?;
    // Pictures that were encoded again would differ.
    ensure!(compared.iter().any(|psnr| *psnr > 60.0), "the pictures are not those of the clip: {compared:?}");
    env.settle(&mut [&mut player]).await?;
    Ok(())
}
