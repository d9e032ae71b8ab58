//! Going back in a broadcast, and recordings as products: described, bought once, downloaded, deleted.

use anyhow::{ensure, Context, Result};
use codec::Encode;
use reqwest::Url;
use tick_stream_primitives::clock::now_ms;
use vilokanam_chain::Signer;
use vilokanam_gateway_tests::{
    environment::{EnvironmentOptions, TestEnvironment, MASTER_PLAYLIST},
    playlist::{self, Segment},
    video,
};
use vilokanam_tests::{accounts::CREATOR, command_line::CommandLine, wait_for};
use vilokanam_wire::{
    bought::{message, Wanted},
    gateway::GatewayInfo,
    headers,
    scalars::bytes_to_hex,
    streams::{Page, RecordingView, StreamView, Visibility},
    Account, StreamRef,
};

/// Playlist of the rendition from the beginning of the broadcast.
const DVR_PLAYLIST: &str = "/v1/streams/0/hls/dvr/240p.m3u8";
/// The recording that the tests make.
const RECORDING: &str = "/v1/streams/0/recordings/1";
/// A broadcast ends soon after its publisher has gone.
const SETTINGS: [(&str, &str); 1] = [("INGEST__RECONNECT_WINDOW_S", "1")];
/// Maximum time until a broadcast has some segments.
const SEGMENT_SECONDS: u64 = 60;
/// Maximum time until the files of a deleted recording are removed.
const REMOVAL_SECONDS: u64 = 150;

fn command_line(env: &TestEnvironment, name: &str, uri: &str) -> Result<CommandLine> {
    CommandLine::new(&env.node.url(), &env.gateway.url(), &env.folder.path().join(name), uri)
}

/// Returns the segments from the beginning of the broadcast, as soon as there are this many.
async fn from_the_beginning(env: &TestEnvironment, count: usize) -> Result<Vec<Segment>> {
    wait_for("segments from the beginning", SEGMENT_SECONDS, || async {
        let answer = env.api.get(DVR_PLAYLIST).await?.success()?;
        let found = playlist::media(&answer.body, &env.api.url(DVR_PLAYLIST)?)?;
        ensure!(!found.is_ended && found.segments.len() >= count, "{} of {count} segments", found.segments.len());
        Ok(Some(found.segments))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn viewer_goes_back_in_a_broadcast_unless_its_creator_forbids_it() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let creator = command_line(&env, "settings", CREATOR)?;
    let mut player = env.paying_player(0, 600).await?;
    player.watch(1).await?;
    let segments = from_the_beginning(&env, 4).await?;
    let first = segments.first().context("the playlist is empty")?;
    ensure!(first.url.path() == format!("{RECORDING}/v/240p/{}.m4s", first.index), "another address: {}", first.url);
    let bought = player.buy(first).await?;
    let clear = player.decrypted(&bought).await?;
    ensure!(clear.get(4..8) == Some(b"moof"), "the segment is no fragment");

    let master = env.api.get(&format!("{MASTER_PLAYLIST}?dvr=1")).await?.success()?;
    ensure!(master.text().contains("\n240p.m3u8\n"), "{}", master.text());
    let view: StreamView = env.api.get("/v1/streams/0").await?.json()?;
    ensure!(view.dvr_playlist.as_deref() == Some("/v1/streams/0/hls/dvr/master.m3u8"), "{view:?}");
    env.api.get(RECORDING).await?.expect_refusal(404, "not-found").context("it is no recording yet")?;

    let changed = creator.done(&["stream", "settings", "0", "dvr_hours=0"])?;
    ensure!(changed["dvr_hours"] == 0, "{changed:#}");
    env.api.get(DVR_PLAYLIST).await?.expect_refusal(404, "not-found")?;
    env.api.get(first.url.path()).await?.expect_refusal(404, "not-found")?;
    let view: StreamView = env.api.get("/v1/streams/0").await?.json()?;
    ensure!(view.dvr_playlist.is_none() && view.is_live_here, "{view:?}");
    creator.refused(&["stream", "settings", "0", "dvr_hours=1000"], 4, "dvr_hours")?;
    creator.done(&["stream", "settings", "0", "dvr_hours="])?;
    from_the_beginning(&env, 4).await?;
    env.settle(&mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn recording_is_bought_once_and_then_watched_again_and_downloaded() -> Result<()> {
    let options = EnvironmentOptions { settings: &SETTINGS, ..EnvironmentOptions::offline() };
    let mut env = TestEnvironment::start(options).await?;
    env.record(10).await?;
    let viewer = command_line(&env, "viewer", "//Dave")?;
    viewer.done(&["--finalized", "deposit", "5"])?;
    let [first, second, file] = ["first.mp4", "second.mp4", "file.mp4"].map(|name| viewer.file(name));
    viewer.refused(&["download", "0", "1", "-o", &file], 4, "has not bought all")?;

    let watch = |file: &str| viewer.done(&["watch", "0", "--recording", "1", "--no-preview", "-o", file]);
    let watched = watch(&first)?;
    let ticks = watched["ticks"].as_u64().unwrap_or_default();
    ensure!(watched["ending"] == "stream-ended" && ticks >= 8, "it was not watched to its end: {watched:#}");
    let again = watch(&second)?;
    ensure!(again["ticks"] == 0 && again["sessions"].as_array().is_some_and(Vec::is_empty), "paid twice: {again:#}");
    ensure!(std::fs::read(&first)? == std::fs::read(&second)?, "another video the second time");

    viewer.done(&["download", "0", "1", "-o", &file])?;
    let pictures = |file: &str| video::pictures(file.as_ref());
    ensure!(pictures(&file)? == pictures(&first)?, "the download is not complete");
    let creator = command_line(&env, "library", CREATOR)?;
    let own = creator.file("own.mp4");
    creator.done(&["download", "0", "1", "-o", &own, "--creator"])?;
    ensure!(pictures(&own)? == pictures(&first)?, "the creator's download is not complete");
    let download = format!("{RECORDING}/download");
    env.api.get(&download).await?.expect_refusal(401, "unsigned").context("without a proof")?;
    proof_is_for_one_thing_and_accepted_once(&env, &download).await?;
    viewers_make_clips_of_what_they_have_paid_for(&env, &viewer, &creator).await
}

/// The account of the viewer proves what it has bought by its own signature.
async fn proof_is_for_one_thing_and_accepted_once(env: &TestEnvironment, download: &str) -> Result<()> {
    let gateway: GatewayInfo = env.api.get("/v1/gateway").await?.json()?;
    let (signer, time_ms) = (Signer::from_uri("//Dave")?, now_ms());
    let account = Account(signer.account()).to_string();
    let ask = |path: &str, wanted: Wanted, time_ms: u64| {
        let text = message(&gateway.account, StreamRef(0), wanted, time_ms);
        let signature = bytes_to_hex(signer.sign(&text).encode());
        let (path, account, time) = (path.to_owned(), account.clone(), time_ms.to_string());
        async move {
            let proof = [
                (headers::VIEWER, &*account),
                (headers::ACCOUNT, &*account),
                (headers::TIME, &*time),
                (headers::SIGNATURE, &*signature),
            ];
            env.api.get_with(&path, &proof).await
        }
    };
    let wanted = Wanted::Download { recording: 1 };
    ask(download, Wanted::All, time_ms).await?.expect_refusal(401, "unsigned").context("a proof for the list")?;
    ask(download, Wanted::Download { recording: 2 }, time_ms).await?.expect_refusal(401, "unsigned")?;
    ask(download, wanted, time_ms).await?.success().context("the first time")?;
    ask(download, wanted, time_ms).await?.expect_refusal(401, "unsigned").context("the second time")?;
    ask(download, wanted, time_ms + 1).await?.success().context("another proof")?;
    for _ in 0..2 {
        ask("/v1/streams/0/bought", Wanted::All, time_ms).await?.success().context("the list is the same each time")?;
    }
    Ok(())
}

async fn viewers_make_clips_of_what_they_have_paid_for(
    env: &TestEnvironment,
    viewer: &CommandLine,
    creator: &CommandLine,
) -> Result<()> {
    let clip = ["clip", "0", "--recording", "1", "--from", "1", "--to", "7", "--as-viewer"];
    viewer.refused(&clip, 4, "creator of this stream makes its clips")?;
    creator.done(&["stream", "settings", "0", "clips=payers"])?;
    let made = viewer.done(&clip)?;
    let number = made["recording"].as_u64().context("the command names the clip")?;
    let reference = made["reference"].as_str().context("the command names its address")?;
    env.api.get(&format!("/v1/streams/0/recordings/{number}")).await?.expect_refusal(404, "not-found")?;
    let view: RecordingView = env.api.get(&format!("/v1/streams/0/recordings/{reference}")).await?.json()?;
    ensure!(view.visibility == Visibility::Unlisted && !view.is_free && view.duration_s == 6, "{view:?}");
    let other = command_line(env, "other", "//Eve")?;
    other.done(&["--finalized", "deposit", "5"])?;
    other.refused(&clip, 4, "paid for")?;

    // What was bought stays bought, but the number alone leads to nothing any more.
    let hidden = creator.done(&["recordings", "update", "0", "1", "--visibility", "unlisted"])?;
    let reference = hidden["reference"].as_str().context("its creator sees its address")?;
    let file = viewer.file("unlisted.mp4");
    viewer.refused(&clip, 4, "no recording")?;
    viewer.refused(&["download", "0", "1", "-o", &file], 4, "no recording")?;
    viewer.done(&["download", "0", reference, "-o", &file])?;
    let clip = ["clip", "0", "--recording", reference, "--from", "1", "--to", "7", "--as-viewer", "--no-wait"];
    viewer.done(&clip)?;
    Ok(())
}

/// Without the token nothing of it can be had but keys, which nothing fits that is given out. A number can be guessed.
async fn unlisted_recording_is_given_to_those_who_have_its_address(
    env: &TestEnvironment,
    creator: &CommandLine,
    segments: &[Segment],
    key: &Url,
    hidden: &[String],
) -> Result<()> {
    let own = creator.done(&["recordings", "show", "0", "1", "--creator"])?;
    let reference = own["reference"].as_str().context("its creator sees its address")?;
    let address = format!("/v1/streams/0/recordings/{reference}");
    let captions = creator.file("captions.vtt");
    std::fs::write(&captions, "WEBVTT\n\n00:00.500 --> 00:02.000\nHello\n")?;
    creator.done(&["captions", "add", "0", "en", &captions, "--recording", "1"])?;

    let media = segments.first().context("nothing was recorded")?.url.path().to_owned();
    let text = media.replace("/v/240p/", "/c/en/").replace(".m4s", ".vtt");
    let others = ["/240p.m3u8", "/captions-en.m3u8", "/captions", "/download", "/sprites/0.jpg"];
    let others = others.map(|path| format!("{RECORDING}{path}"));
    let all = hidden.iter().chain(&others).chain([&media, &text]);
    for path in all {
        env.api.get(path).await?.expect_refusal(404, "not-found").with_context(|| path.clone())?;
        let guessed = path.replace(RECORDING, &format!("{RECORDING}-{}", "0".repeat(32)));
        env.api.get(&guessed).await?.expect_refusal(404, "not-found").with_context(|| guessed.clone())?;
    }
    ensure!(env.api.get_url(key, &[]).await?.status != 404, "its keys are sold, although they fit nothing");

    let view: RecordingView = env.api.get(&address).await?.json()?;
    ensure!(view.reference == reference && view.playlist == format!("{address}/master.m3u8"), "{view:?}");
    for path in
        hidden[..2].iter().chain(&others[..3]).chain([&media, &text]).map(|path| path.replace(RECORDING, &address))
    {
        env.api.get(&path).await?.success().with_context(|| path.clone())?;
    }
    let playlist = env.api.get(&format!("{address}/240p.m3u8")).await?.success()?.text();
    ensure!(
        playlist.contains("\nv/240p/") && playlist.contains("\"../../keys/"),
        "addresses lose the token: {playlist}"
    );
    env.api.get(&format!("{address}/download")).await?.expect_refusal(401, "unsigned").context("it is there")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn creator_describes_hides_and_deletes_a_recording() -> Result<()> {
    let options = EnvironmentOptions { settings: &SETTINGS, ..EnvironmentOptions::offline() };
    let mut env = TestEnvironment::start(options).await?;
    let segments = env.record(6).await?;
    let key = segments.first().and_then(|segment| segment.key.as_ref()).context("nothing was recorded")?.url.clone();
    let creator = command_line(&env, "library", CREATOR)?;
    let update = |arguments: &[&str]| creator.done(&[&["recordings", "update", "0", "1"], arguments].concat());
    let found = |words: &'static str| {
        let env = &env;
        async move {
            let page: Page<RecordingView> = env.api.get(&format!("/v1/recordings?q={words}")).await?.json()?;
            anyhow::Ok(page.items.len())
        }
    };
    update(&["--title", "Opening night"])?;
    ensure!(found("OPENING").await? == 1 && found("closing").await? == 0, "the title is not searched");
    let view: RecordingView = env.api.get(RECORDING).await?.json()?;
    ensure!(view.title == "Opening night" && view.bytes.is_none() && view.duration_s > 0, "{view:?}");

    update(&["--visibility", "unlisted"])?;
    ensure!(found("opening").await? == 0, "an unlisted recording is found by search");
    let hidden = [RECORDING.to_owned(), format!("{RECORDING}/master.m3u8"), format!("{RECORDING}/storyboard.vtt")];
    unlisted_recording_is_given_to_those_who_have_its_address(&env, &creator, &segments, &key, &hidden).await?;
    update(&["--visibility", "private"])?;
    for path in &hidden {
        env.api.get(path).await?.expect_refusal(404, "not-found").with_context(|| path.clone())?;
    }
    env.api.get_url(&key, &[]).await?.expect_refusal(404, "not-found").context("the key of a private recording")?;
    let shown = creator.done(&["recordings", "show", "0", "1", "--creator"])?;
    ensure!(shown["visibility"] == "private" && shown["bytes"].as_u64() > Some(0), "{shown:#}");

    let folder = env.gateway.data().join("media/recordings/0/1");
    ensure!(folder.is_dir(), "there are no files of the recording");
    creator.done(&["recordings", "delete", "0", "1"])?;
    creator.refused(&["recordings", "show", "0", "1", "--creator"], 4, "no recording")?;
    wait_for("the files to be removed", REMOVAL_SECONDS, || async { Ok((!folder.exists()).then_some(())) }).await?;
    Ok(())
}
