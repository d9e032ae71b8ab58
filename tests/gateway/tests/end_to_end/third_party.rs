//! Playlists are understood by parsers and by a player of other authors.

use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::time::Duration;
use url::Url;
use vilokanam_chain::{Call, StreamUpdate};
use vilokanam_gateway_tests::{
    api::ApiClient,
    environment::{creator_key, terms, EnvironmentOptions, TestEnvironment, MASTER_PLAYLIST, STREAM},
    player::offer,
    playlist::{self, Playlist, Segment},
    publisher::Protocol,
    third_party::{node_program, python_program, run_with_json},
    wallet::send_final,
};
use vilokanam_tests::wait_for;
use vilokanam_wire::{
    headers::{CHARGED_TICKS, TOKEN},
    payment::ticks_of,
    scalars::bytes_to_hex,
};

/// Time for which hls.js plays.
const PLAYED_SECONDS: u32 = 60;
const MAX_TICKS: u32 = 600;

/// Fails unless a parser has read this playlist as [`playlist::media`] does.
fn compare(parsed: &Value, expected: &Playlist, text: &str) -> Result<()> {
    let segments = parsed["segments"].as_array().context("there are no segments")?;
    let count = expected.segments.len();
    ensure!(segments.len() == count, "{} segments, not {count}", segments.len());
    ensure!(parsed["isEnded"] == expected.is_ended, "isEnded is {}", parsed["isEnded"]);
    let first = expected.segments.first().context("the playlist is empty")?;
    ensure!(parsed["mediaSequence"] == first.index, "mediaSequence is {}", parsed["mediaSequence"]);
    for (parsed, expected) in segments.iter().zip(&expected.segments) {
        compare_segment(parsed, expected).with_context(|| format!("{parsed} is read for {expected:?}"))?;
    }
    let parts = text.lines().filter(|line| line.starts_with("#EXT-X-PART:")).count();
    ensure!(parsed["parts"].as_array().map(Vec::len) == Some(parts), "{parts} parts are read as {}", parsed["parts"]);
    let complaints = parsed.get("complaints");
    ensure!(complaints.is_none_or(|complaints| *complaints == json!([])), "the parser complains: {complaints:?}");
    Ok(())
}

fn compare_segment(parsed: &Value, expected: &Segment) -> Result<()> {
    compare_uri(&parsed["uri"], &expected.url).context("uri")?;
    compare_uri(&parsed["map"], expected.init.as_ref().context("there is no initialisation")?).context("map")?;
    match &expected.key {
        Some(key) => {
            compare_uri(&parsed["key"], &key.url).context("key")?;
            ensure!(parsed["iv"] == hex::encode(key.iv), "the IV differs");
        }
        None => ensure!(parsed["key"].is_null(), "the segment is not encrypted"),
    }
    ensure!(parsed["isDiscontinuous"] == expected.is_discontinuous, "the discontinuity differs");
    let duration = Duration::from_secs_f64(parsed["duration"].as_f64().context("there is no duration")?);
    ensure!(ticks_of(duration) == expected.cost_ticks, "the duration differs");
    Ok(())
}

/// Fails unless a URI is that of `expected`. It is relative to the playlist, and may have the viewer's token.
fn compare_uri(uri: &Value, expected: &Url) -> Result<()> {
    let uri = uri.as_str().context("there is no URI")?.trim_start_matches("../");
    let path = uri.split('?').next().unwrap_or(uri);
    ensure!(expected.path().ends_with(path), "{uri} is not {expected}");
    Ok(())
}

fn compare_master(parsed: &Value, text: &str) -> Result<()> {
    let names = playlist::renditions(text.as_bytes())?;
    let expected: Vec<_> = names.iter().map(|name| format!("{name}.m3u8")).collect();
    ensure!(
        !expected.is_empty() && parsed["variants"] == json!(expected),
        "{} is not {expected:?}",
        parsed["variants"]
    );
    Ok(())
}

/// A playlist and where it was fetched.
struct FetchedPlaylist {
    url: Url,
    text: String,
}

async fn fetch(api: &ApiClient, path: &str) -> Result<FetchedPlaylist> {
    Ok(FetchedPlaylist { url: api.url(path)?, text: api.get(path).await?.success()?.text() })
}

/// Returns all playlists of a broadcast that is interrupted once: those of the live stream, of its end, and of its
/// recording.
async fn all_playlists() -> Result<Vec<FetchedPlaylist>> {
    let settings = [("INGEST__RECONNECT_WINDOW_S", "30")];
    let options = EnvironmentOptions { settings: &settings, viewers: &[], ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let player = env.player("240p");
    let last = player.first_segment().await?.index;
    let metadata = Some(br#"{"title":"T","clear_preview":"with-sound"}"#.to_vec());
    let update = StreamUpdate { metadata, ..StreamUpdate::default() };
    send_final(&env.chain, &Call::update_stream(STREAM, &update), &creator_key()?).await?;
    env.publisher.take().context("the stream is live")?.kill();
    env.publish(Protocol::Rtmp)?;
    player.find(|segment| segment.is_discontinuous && segment.index > last).await?;
    player.find(|segment| segment.index >= last + 6).await?;

    let media = player.playlist_path();
    let preview = MASTER_PLAYLIST.replace("master", "preview");
    let with_token = format!("{media}?token={}.{}", "0".repeat(32), "1".repeat(32));
    let mut all = Vec::new();
    for path in [MASTER_PLAYLIST, &media, &preview, &with_token] {
        all.push(fetch(&env.api, path).await?);
    }
    env.publisher.take().context("the stream is live")?.stop().await?;
    // The playlist is available for half a minute after its end.
    let ended = wait_for("the end of the playlist", 60, || async {
        let fetched = fetch(&env.api, &media).await?;
        Ok(fetched.text.contains("#EXT-X-ENDLIST").then_some(fetched))
    });
    all.push(ended.await?);
    let recording = env.wait_for_recording().await?.playlist;
    for path in [&recording, &recording.replace("master", "240p")] {
        all.push(fetch(&env.api, path).await?);
    }
    Ok(all)
}

#[tokio::test(flavor = "multi_thread")]
async fn playlists_are_read_equally_by_three_parsers() -> Result<()> {
    let playlists = all_playlists().await?;
    let input = playlists.iter().map(|fetched| json!({ "url": fetched.url.as_str(), "text": fetched.text })).collect();
    let by_node = run_with_json(&mut node_program("with-m3u8-parser-and-hls-parser.mjs")?, &input)?;
    let by_python = run_with_json(&mut python_program("with_m3u8.py")?, &input)?;
    for (index, FetchedPlaylist { url, text }) in playlists.iter().enumerate() {
        for (parser, output) in [("hls-parser", &by_node), ("m3u8-parser", &by_node), ("m3u8", &by_python)] {
            let parsed = &output[index][parser];
            let compared = if url.path().ends_with("master.m3u8") {
                compare_master(parsed, text)
            } else {
                playlist::media(text.as_bytes(), url).and_then(|expected| compare(parsed, &expected, text))
            };
            compared.with_context(|| format!("{parser} reads {url} differently:\n{text}"))?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hls_js_plays_a_minute_in_low_latency_without_stalling() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut player = env.player("240p");
    let mut session = env.wallets[0].ticket(&terms(MAX_TICKS)).await?;
    offer(&env.api, &session).await?;
    let proofs = (1..=MAX_TICKS).map(|tick| Ok(bytes_to_hex(session.proof(tick)?))).collect::<Result<Vec<_>>>()?;
    let input = json!({
        "master": env.api.url(MASTER_PLAYLIST)?.as_str(),
        "gateway": env.gateway.url(),
        "session": session.id.to_string(),
        "proofs": proofs,
        "seconds": PLAYED_SECONDS,
        "headers": { "chargedTicks": CHARGED_TICKS, "token": TOKEN },
    });
    let mut program = node_program("play-with-hls-js.mjs")?;
    let report = tokio::task::spawn_blocking(move || run_with_json(&mut program, &input)).await??;
    println!("start-up {} s, latency {} s, {report}", report["startSeconds"], report["latencySeconds"]);
    ensure!(report["stalls"] == 0, "playback has stalled: {report}");
    ensure!(report["fatalErrors"] == json!([]), "hls.js gave up: {report}");
    ensure!(report["isLowLatency"] == true, "playback was not in low latency: {report}");
    let seconds = report["playedSeconds"].as_f64().context("the report has no playedSeconds")?;
    ensure!(seconds >= f64::from(PLAYED_SECONDS), "playback has ended after {seconds} s: {report}");

    session.revealed_ticks =
        u32::try_from(report["revealedTicks"].as_u64().context("the report has no revealedTicks")?)?;
    session.token = Some(report["token"].as_str().context("the report has no token")?.to_owned());
    ensure!(session.revealed_ticks >= PLAYED_SECONDS, "{} ticks for {PLAYED_SECONDS} s", session.revealed_ticks);
    player.session = Some(session);
    env.settle(&mut [&mut player]).await?;
    Ok(())
}
