//! Media: a paying viewer sees what was published, by every protocol and in every rendition.

use anyhow::{ensure, Context, Result};
use vilokanam_gateway_tests::{
    environment::{terms, EnvironmentOptions, TestEnvironment, MASTER_PLAYLIST, STREAM},
    player::BoughtSegment,
    playlist,
    publisher::Protocol,
    video,
};
use vilokanam_tests::free_port;
use vilokanam_wire::headers::CHARGED_TICKS;

/// Number of segments that are watched.
const SEGMENTS: u32 = 4;
const MAX_TICKS: u32 = 600;
/// Lowest acceptable similarity of the pictures in dB. A transcoded test picture has 30 and more; one that is compared
/// with its neighbour has less than 25.
const MIN_PSNR_DB: f64 = 25.0;
/// Number of pictures in a segment.
const GROUP_PICTURES: u32 = 60;
/// Number of pictures by which a protocol may shift the beginning: encoders send a few before the first key frame.
const SHIFT_PICTURES: u32 = 6;

/// Publishes a clip by this protocol, pays for a few segments, and compares them with the clip.
async fn compare_watched_with_published(protocol: Protocol, settings: &[(&str, &str)]) -> Result<()> {
    let settings = [&[("INGEST__PRESET", "veryfast")], settings].concat();
    let options = EnvironmentOptions { settings: &settings, is_live: false, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    video::make_clip(&env.clip, 30, video::SIZE)?;
    env.publisher = Some(env.creator().publish(STREAM, &env.clip, protocol, false)?);
    let mut player = env.player("240p");
    let first = player.first_segment().await?;
    player.open_session(&mut env.wallets[0], &terms(MAX_TICKS)).await?;
    for number in 1..=u64::from(SEGMENTS) {
        let segment = player.find(|segment| segment.index == first.index + number).await?;
        player.buy(&segment).await?;
    }
    let watched = player.write_file(env.folder.path()).await?;
    let pictures = video::pictures(&watched)?;
    ensure!(pictures == GROUP_PICTURES * SEGMENTS, "{pictures} pictures in {SEGMENTS} segments");
    let streams = video::probe(&watched)?;
    let is_sound = |stream: &&serde_json::Value| stream["codec_type"] == "audio";
    let sound = streams.iter().find(is_sound).context("the file has no sound")?;
    ensure!(sound["codec_name"] == "aac", "the sound should be AAC: {sound}");

    // The first segment was skipped, so the file begins about one group of pictures after the clip.
    let shifts = GROUP_PICTURES - SHIFT_PICTURES..=GROUP_PICTURES + SHIFT_PICTURES;
    let compared = shifts.map(|shift| Ok((video::psnr(&watched, &env.clip, shift)?, shift)));
    let compared = compared.collect::<Result<Vec<_>>>()?;
    let (best, shift) = compared.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0)).context("nothing was compared")?;
    println!("{protocol:?}: {best:.1} dB from picture {shift} on");
    ensure!(best > MIN_PSNR_DB, "the pictures are not those of the clip: {compared:?}");
    env.settle(&mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn clip_published_by_rtmp_is_watched_unchanged() -> Result<()> {
    compare_watched_with_published(Protocol::Rtmp, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn clip_published_by_srt_is_watched_unchanged() -> Result<()> {
    let port = free_port()?;
    compare_watched_with_published(Protocol::Srt, &[("INGEST__SRT_PORTS", &format!("[{port},{port}]"))]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn clip_published_by_put_is_watched_unchanged() -> Result<()> {
    compare_watched_with_published(Protocol::Put, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn renditions_share_keys_and_switching_is_free() -> Result<()> {
    let options = EnvironmentOptions {
        settings: &[("INGEST__LADDER", "[240,360]")],
        viewers: &["//Charlie", "//Dave"],
        size: "640x360",
        ..Default::default()
    };
    let mut env = TestEnvironment::start(options).await?;
    let master = env.api.get(MASTER_PLAYLIST).await?.success()?;
    let names = playlist::renditions(&master.body)?;
    ensure!(["240p", "360p"].iter().all(|name| names.iter().any(|found| found == name)), "the ladder is {names:?}");

    let mut low = env.paying_player(0, MAX_TICKS).await?;
    let mut high = env.paying_player(1, MAX_TICKS).await?;
    high.rendition = "360p".into();
    let first = low.next_segment().await?.index;
    for index in first..first + 3 {
        for player in [&mut low, &mut high] {
            let segment = player.find(|segment| segment.index == index).await?;
            player.buy(&segment).await?;
        }
    }
    for (low, high) in low.bought.iter().zip(&high.bought) {
        ensure!(low.key == high.key, "the renditions of segment {} have different keys", low.segment.index);
        ensure!(low.revealed_ticks == high.revealed_ticks, "renditions have different costs: {low:?}, {high:?}");
        ensure!(low.segment.url != high.segment.url, "two renditions are the same file");
    }
    // A key that was bought for one rendition opens the other as well, and asking for it there costs nothing.
    let charged_ticks = low.session()?.charged_ticks.to_string();
    let last = low.bought.last().context("segments were bought")?.clone();
    low.rendition = "360p".into();
    let segment = low.find(|segment| segment.index == last.segment.index).await?;
    let authorization = low.session()?.show_token();
    let again = low.request_key(&segment, Some(&authorization)).await?.success()?;
    ensure!(again.body == last.key, "the key differs: {again:?}");
    ensure!(again.header(CHARGED_TICKS) == Some(charged_ticks.as_str()), "the switch was charged: {again:?}");
    let switched = BoughtSegment { segment, ..last };
    let expected = high.decrypted(high.bought.last().context("segments were bought")?).await?;
    ensure!(low.decrypted(&switched).await? == expected, "the segment differs after the switch");
    env.settle(&mut [&mut low, &mut high]).await?;
    Ok(())
}
