//! HLS parsers and a player that others have written understand our playlists as they are meant.

use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::time::Duration;
use vilokanam_gateway_tests::{
    books::Books,
    players,
    playlist::{self, Playlist},
    publisher::Way,
    stage::{wish, Plan, Stage, STREAM},
    wait_for,
};
use vilokanam_wire::{
    payment::ticks_of,
    streams::{Page, RecordingView},
};

/// How long hls.js plays.
const PLAYED_SECONDS: u32 = 60;
const MAX_TICKS: u32 = 600;

/// Fails unless a parser has read exactly what is meant.
fn compare(read: &Value, meant: &Playlist, text: &str) -> Result<()> {
    let segments = read["segments"].as_array().context("segments")?;
    ensure!(segments.len() == meant.segments.len(), "{} segments and not {}", segments.len(), meant.segments.len());
    ensure!(read["isEnded"] == meant.is_ended, "the end");
    let first = meant.segments.first().context("it is empty")?;
    ensure!(read["mediaSequence"] == first.index, "the media sequence");
    for (read, meant) in segments.iter().zip(&meant.segments) {
        let ends_with = |name: &str, url: &url::Url| {
            // Relative to the playlist, and with the viewer's token where there is one.
            let uri = read[name].as_str().unwrap_or("absent").trim_start_matches("../");
            let uri = uri.split('?').next().unwrap_or(uri);
            url.path().ends_with(uri).then_some(()).with_context(|| format!("{name} of {meant:?}: {read}"))
        };
        ends_with("uri", &meant.url)?;
        ends_with("map", meant.init.as_ref().context("an initialisation")?)?;
        match &meant.key {
            Some(key) => {
                ends_with("key", &key.url)?;
                ensure!(read["iv"] == hex::encode(key.iv), "the IV of {meant:?}: {read}");
            }
            None => ensure!(read["key"].is_null(), "a key for what is in the clear: {read}"),
        }
        ensure!(read["isDiscontinuous"] == meant.is_discontinuous, "a discontinuity of {meant:?}: {read}");
        let seconds = read["duration"].as_f64().context("a duration")?;
        ensure!(ticks_of(Duration::from_secs_f64(seconds)) == meant.cost, "duration: {read}");
    }
    let parts = text.lines().filter(|line| line.starts_with("#EXT-X-PART:")).count();
    ensure!(read["parts"].as_array().map(Vec::len) == Some(parts), "{parts} parts, and read: {}", read["parts"]);
    ensure!(read.get("complaints").is_none_or(|all| *all == json!([])), "it complains: {}", read["complaints"]);
    Ok(())
}

/// All playlists of a broadcast that was interrupted once and is a recording in the end: live, ended, recorded.
async fn all_playlists() -> Result<Vec<(url::Url, String)>> {
    let settings = [("INGEST__RECONNECT_WINDOW_S", "30")];
    let mut stage = Stage::open(Plan { settings: &settings, viewers: &[], ..Plan::default() }).await?;
    let player = stage.player("240p");
    let last = player.find(|_| true).await?.index;
    stage.publisher.take().context("it publishes")?.vanish();
    stage.publish(Way::Rtmp)?;
    player.find(|listed| listed.is_discontinuous && listed.index > last).await?;
    player.find(|listed| listed.index >= last + 6).await?;
    let token = format!("{}.{}", "0".repeat(32), "1".repeat(32));
    let folder = "/v1/streams/0/hls";
    let mut paths =
        vec![format!("{folder}/master.m3u8"), format!("{folder}/240p.m3u8"), format!("{folder}/preview.m3u8")];
    paths.push(format!("{folder}/240p.m3u8?token={token}"));
    let mut all = Vec::new();
    for path in paths.drain(..) {
        all.push((stage.api.url(&path).parse()?, stage.api.get(&path).await?.ok()?.text()));
    }
    stage.publisher.take().context("it publishes")?.stop().await?;
    // It is there for half a minute after the end.
    let ended = wait_for("the end", 60, || async {
        let text = stage.api.get(&player.playlist_path()).await?.ok()?.text();
        Ok(text.contains("#EXT-X-ENDLIST").then_some(text))
    });
    all.push((stage.api.url(&player.playlist_path()).parse()?, ended.await?));
    let recording = wait_for("the recording", 60, || async {
        let page: Page<RecordingView> = stage.api.get("/v1/streams/0/recordings").await?.json()?;
        Ok(page.items.into_iter().next())
    });
    let recording = recording.await?.playlist;
    for path in [&recording, &recording.replace("master", "240p")] {
        all.push((stage.api.url(path).parse()?, stage.api.get(path).await?.ok()?.text()));
    }
    Ok(all)
}

#[tokio::test(flavor = "multi_thread")]
async fn parsing_with_what_others_have_written_works() -> Result<()> {
    let playlists = all_playlists().await?;
    let question = playlists.iter().map(|(url, text)| json!({ "url": url.as_str(), "text": text })).collect();
    let by_node = players::ask(&mut players::node_program("with-m3u8-parser-and-hls-parser.mjs")?, &question)?;
    let by_python = players::ask(&mut players::python_program("with_m3u8.py")?, &question)?;
    for (place, (url, text)) in playlists.iter().enumerate() {
        let readers = [("hls-parser", &by_node), ("m3u8-parser", &by_node), ("m3u8", &by_python)];
        for (name, read) in readers {
            let read = &read[place][name];
            let compared = if url.path().ends_with("master.m3u8") {
                compare_master(read, text)
            } else {
                playlist::media(text.as_bytes(), url).and_then(|meant| compare(read, &meant, text))
            };
            compared.with_context(|| format!("{name} reads {url} otherwise than it is meant:\n{text}"))?;
        }
    }
    Ok(())
}

fn compare_master(read: &Value, text: &str) -> Result<()> {
    let meant: Vec<_> =
        playlist::renditions(text.as_bytes())?.into_iter().map(|(name, _)| format!("{name}.m3u8")).collect();
    ensure!(!meant.is_empty() && read["variants"] == json!(meant), "{} and not {meant:?}", read["variants"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn playing_with_hls_js_works() -> Result<()> {
    let mut stage = Stage::open(Plan::default()).await?;
    let mut player = stage.player("240p");
    let mut seat = stage.wallets[0].ticket(&wish(MAX_TICKS)).await?;
    vilokanam_gateway_tests::player::offer(&stage.api, &seat).await?;
    let mut proofs = Vec::new();
    for tick in 1..=MAX_TICKS {
        proofs.push(format!("0x{}", hex::encode(seat.proof(tick)?)));
    }
    let question = json!({
        "master": stage.api.url(&format!("/v1/streams/{STREAM}/hls/master.m3u8")),
        "gateway": stage.gateway.url(),
        "session": seat.id.to_string(),
        "proofs": proofs,
        "seconds": PLAYED_SECONDS,
    });
    let mut program = players::node_program("play-with-hls-js.mjs")?;
    let played = tokio::task::spawn_blocking(move || players::ask(&mut program, &question)).await??;
    println!("start-up {} s, latency {} s, {played}", played["startSeconds"], played["latencySeconds"]);
    ensure!(played["stalls"] == 0, "it has stalled: {played}");
    ensure!(played["fatalErrors"] == json!([]), "hls.js gave up: {played}");
    ensure!(played["isLowLatency"] == true, "it did not play in low latency: {played}");
    let seconds = played["playedSeconds"].as_f64().context("how long")?;
    ensure!(seconds >= f64::from(PLAYED_SECONDS), "it has played {seconds} s and not on: {played}");

    let paid = u32::try_from(played["paidTicks"].as_u64().context("ticks")?)?;
    let token = played["token"].as_str().context("a token")?;
    seat.token = Some(token.to_owned());
    player.seat = Some(seat);
    player.leave().await?;
    let seat = player.seat()?;
    let books = Books::closed(&stage.chain, &[seat.id]).await?;
    books.expect(seat.id, paid)?;
    ensure!(paid >= PLAYED_SECONDS, "{paid} ticks for {PLAYED_SECONDS} s");
    books.check(&stage.chain).await
}
