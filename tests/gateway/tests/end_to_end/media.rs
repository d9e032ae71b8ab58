//! Media: what a paying viewer sees is what was published, in each rendition, however it came in.

use anyhow::{ensure, Context, Result};
use vilokanam_gateway_tests::{
    books::Books,
    publisher::Way,
    screen,
    stage::{Plan, Stage, STREAM},
};

/// Segments that are watched.
const SEGMENTS: usize = 4;
const MAX_TICKS: u32 = 600;
/// What the picture must be like at least, in dB: a transcoded test picture is at 30 and more, one that is a single
/// frame off is below 25.
const LEAST_PSNR_DB: f64 = 25.0;
/// Pictures by which a protocol may shift the beginning: encoders send a few before the first that can be decoded.
const SHIFT_PICTURES: u32 = 6;
const GROUP_PICTURES: u32 = 60;

/// Publishes the clip this way, pays for a few segments, and compares them with the clip.
async fn watch_what_was_published(way: Way, settings: &[(&str, &str)]) -> Result<()> {
    let settings = [&[("INGEST__PRESET", "veryfast")], settings].concat();
    let mut stage = Stage::open(Plan { settings: &settings, is_live: false, ..Plan::default() }).await?;
    screen::make_clip(&stage.clip, 30, screen::SIZE)?;
    stage.publisher = Some(stage.creator().publish(STREAM, &stage.clip, way, false)?);
    let mut player = stage.player("240p");
    let first = player.find(|_| true).await?;
    player.open(&mut stage.wallets[0], &vilokanam_gateway_tests::stage::wish(MAX_TICKS)).await?;
    for place in 0..SEGMENTS as u64 {
        let listed = player.find(|listed| listed.index == first.index + 1 + place).await?;
        player.buy(&listed).await?;
    }
    let seen = player.write(stage.folder.path()).await?;
    let pictures = screen::pictures(&seen)?;
    ensure!(pictures == GROUP_PICTURES * SEGMENTS as u32, "{pictures} pictures in {SEGMENTS} segments");
    let streams = screen::probe(&seen)?;
    let is_sound = |stream: &&serde_json::Value| stream["codec_type"] == "audio";
    let sound = streams.iter().find(is_sound).context("no sound")?;
    ensure!(sound["codec_name"] == "aac", "{sound}");

    // The segment after the first one: a group of pictures into the clip, give or take a few.
    let shifts = GROUP_PICTURES - SHIFT_PICTURES..=GROUP_PICTURES + SHIFT_PICTURES;
    let compared =
        shifts.map(|first| Ok((screen::psnr(&seen, &stage.clip, first)?, first))).collect::<Result<Vec<_>>>()?;
    let (best, shift) = compared.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0)).context("nothing was compared")?;
    println!("{way:?}: {best:.1} dB from picture {shift} on");
    ensure!(best > LEAST_PSNR_DB, "the picture is not the source's: {compared:?}");
    stage.settle(&mut player).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_what_is_published_by_rtmp_works() -> Result<()> {
    watch_what_was_published(Way::Rtmp, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_what_is_published_by_srt_works() -> Result<()> {
    let port = vilokanam_gateway_tests::free_port()?;
    watch_what_was_published(Way::Srt, &[("INGEST__SRT_PORTS", &format!("[{port},{port}]"))]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_what_is_published_by_put_works() -> Result<()> {
    watch_what_was_published(Way::Put, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn renditions_cost_the_same_and_switching_is_free_works() -> Result<()> {
    let plan = Plan {
        settings: &[("INGEST__LADDER", "[240,360]")],
        viewers: &["//Charlie", "//Dave"],
        size: "640x360",
        ..Plan::default()
    };
    let mut stage = Stage::open(plan).await?;
    let master = stage.api.get("/v1/streams/0/hls/master.m3u8").await?.ok()?;
    let renditions = vilokanam_gateway_tests::playlist::renditions(&master.body)?;
    let names: Vec<_> = renditions.iter().map(|(name, _)| name.as_str()).collect();
    ensure!(names.contains(&"240p") && names.contains(&"360p"), "the ladder is {names:?}");

    let mut low = stage.paying_player(0, MAX_TICKS).await?;
    let mut high = stage.paying_player(1, MAX_TICKS).await?;
    high.rendition = "360p".into();
    let begin = low.next().await?.index;
    for index in begin..begin + 3 {
        for player in [&mut low, &mut high] {
            let listed = player.find(|listed| listed.index == index).await?;
            player.buy(&listed).await?;
        }
    }
    for (low, high) in low.bought.iter().zip(&high.bought) {
        ensure!(low.key == high.key, "renditions have different keys at {}", low.listed.index);
        ensure!(low.paid_ticks == high.paid_ticks, "renditions cost differently: {low:?} and {high:?}");
        ensure!(low.listed.url != high.listed.url, "the renditions are the same file");
    }
    // What was bought in one rendition opens the other as well, and asking for it there costs nothing.
    let paid = low.seat()?.used;
    let last = low.bought.last().context("it has bought")?.clone();
    low.rendition = "360p".into();
    let listed = low.find(|listed| listed.index == last.listed.index).await?;
    let shown = low.seat()?.show();
    let again = low.ask(&listed, Some(&shown)).await?.ok()?;
    ensure!(again.body == last.key && again.header("x-vilokanam-used-ticks") == Some(&*paid.to_string()), "{again:?}");
    let switched = vilokanam_gateway_tests::player::Bought { listed, ..last };
    ensure!(
        low.picture(&switched).await? == high.picture(high.bought.last().context("it has")?).await?,
        "not the same"
    );

    for player in [&mut low, &mut high] {
        player.leave().await?;
    }
    let books = Books::closed(&stage.chain, &[low.seat()?.id, high.seat()?.id]).await?;
    for player in [&mut low, &mut high] {
        let seat = player.seat()?;
        books.expect(seat.id, seat.revealed)?;
    }
    books.check(&stage.chain).await
}
