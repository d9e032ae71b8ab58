//! Delivery: what is given out, to whom, and what is not: suspended streams, the clear preview, viewers behind a proxy,
//! requests whose answers were lost, and the conditions that caches and players send.

use anyhow::{ensure, Context, Result};
use reqwest::{
    header::{
        ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, COOKIE, ETAG,
        IF_NONE_MATCH, RANGE, SET_COOKIE,
    },
    Method,
};
use std::{fs, path::Path};
use tokio::io::AsyncWriteExt;
use vilokanam_chain::{Call, StreamUpdate};
use vilokanam_gateway_tests::{
    api::Response,
    environment::{creator_key, terms, EnvironmentOptions, TestEnvironment, MASTER_PLAYLIST, STREAM},
    playlist::{self, Segment},
    publisher::Protocol,
    raw_http, video,
    wallet::send_final,
};
use vilokanam_tests::wait_for;
use vilokanam_wire::{
    headers::{CHARGED_TICKS, TOKEN},
    sessions::{SessionPhase, SessionView},
    streams::StreamView,
};

const MAX_TICKS: u32 = 600;
/// Maximum time until the gateway has acted upon a block.
const GATEWAY_SECONDS: u64 = 60;
const PREVIEW_PLAYLIST: &str = "/v1/streams/0/hls/preview.m3u8";

/// The path of a segment's key, or of its media.
fn path_of(url: &url::Url) -> &str {
    url.path()
}

fn key_path(segment: &Segment) -> Result<&str> {
    Ok(path_of(&segment.key.as_ref().context("the segment is encrypted")?.url))
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_stream_is_neither_taken_in_nor_given_out() -> Result<()> {
    let options = EnvironmentOptions { preview_ticks: 600, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let publish_key = env.creator().create_publish_key(STREAM)?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    player.wait_until_finalized().await?;
    let segment = player.bought.last().context("segments were bought")?.segment.clone();
    let token = player.session()?.show_token();

    env.suspend_stream().await?;
    let from = env.chain.best().await?.number;
    wait_for("the gateway to stop selling keys", GATEWAY_SECONDS, || async {
        let refusal = player.request_key(&segment, Some(&token)).await?;
        refusal.expect_refusal(403, "stream-not-open").map(Some)
    })
    .await?;
    println!("keys were refused {} blocks after the suspension", env.chain.best().await?.number - from);

    let (key, media) = (key_path(&segment)?.to_owned(), path_of(&segment.url).to_owned());
    let init = segment.init.as_ref().map(path_of).context("the segment has an initialisation")?.to_owned();
    let session = player.session()?;
    let charged_ticks = session.charged_ticks;
    let paths = [
        MASTER_PLAYLIST,
        "/v1/streams/0/hls/240p.m3u8",
        PREVIEW_PLAYLIST,
        &key,
        &media,
        &init,
        "/v1/streams/0/thumbnail.jpg",
        "/v1/streams/0/storyboard.vtt",
        "/v1/streams/0/sprites/0.jpg",
        "/v1/streams/0/recordings",
        "/v1/streams/0/recordings/1",
        "/v1/streams/0/recordings/1/master.m3u8",
        "/v1/streams/0/recordings/1/v/240p/0.m4s",
        "/v1/streams/0/recordings/1/storyboard.vtt",
    ];
    for path in paths {
        let refusal = env.api.get(path).await?;
        let problem = refusal.expect_refusal(403, "stream-not-open").with_context(|| path.to_owned())?;
        ensure!(problem.detail.contains("suspended"), "the detail does not say why: {problem:?}");
        ensure!(refusal.header(CACHE_CONTROL.as_str()) == Some("no-store"), "the refusal of {path} may be cached");
    }
    let view: StreamView = env.api.get("/v1/streams/0").await?.json()?;
    ensure!(!view.is_live_here && view.playlist.is_none(), "the stream is still on air: {view:?}");

    let mut publisher = env.publisher.take().context("the stream is live")?;
    ensure!(!publisher.ended().await?.success(), "the encoder was not disconnected");
    let bearer = format!("Bearer {}", publish_key.key);
    let upload = [(AUTHORIZATION.as_str(), bearer.as_str())];
    let refusal = env.api.send(Method::PUT, "/v1/publish/0/1.ts", &upload, vec![0x47; 188]).await?;
    let problem = refusal.expect_refusal(403, "publish-refused")?;
    ensure!(problem.detail.contains("suspended"), "the encoder does not learn why: {problem:?}");
    let srt = env.api.post("/v1/streams/0/srt", &serde_json::json!({ "key": publish_key.key }), &[]).await?;
    ensure!(srt.status >= 400, "an SRT listener was opened: {srt:?}");
    let mut again = env.creator().publish(STREAM, &env.clip, Protocol::Rtmp, false)?;
    ensure!(!again.ended().await?.success(), "the stream is published again");

    // The player does not leave, and what it had paid for is settled: not a second more.
    env.check_closed(&mut [&mut player]).await?;
    let session = player.session()?;
    ensure!(session.revealed_ticks == charged_ticks, "ticks were charged after the suspension");
    Ok(())
}

/// Changes the stream's metadata to this, and waits until that is final.
async fn describe(env: &TestEnvironment, metadata: &str) -> Result<()> {
    let update = StreamUpdate { metadata: Some(metadata.into()), ..StreamUpdate::default() };
    send_final(&env.chain, &Call::update_stream(STREAM, &update), &creator_key()?).await
}

/// Returns the segments of the clear preview, as soon as there are this many.
async fn clear_segments(env: &TestEnvironment, count: usize) -> Result<(Response, Vec<Segment>)> {
    wait_for("the clear preview", GATEWAY_SECONDS, || async {
        let answer = env.api.get(PREVIEW_PLAYLIST).await?.success()?;
        let found = playlist::media(&answer.body, &env.api.url(PREVIEW_PLAYLIST)?)?.segments;
        let own: Vec<_> = found.into_iter().filter(|segment| !segment.is_gap).collect();
        ensure!(own.len() >= count, "{} of {count} segments", own.len());
        Ok(Some((answer, own)))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn clear_preview_is_off_until_asked_for_ends_with_the_free_ticks_and_is_not_recorded() -> Result<()> {
    const PREVIEW_TICKS: u32 = 6;
    // Long enough for the publisher to come back into the same broadcast.
    let settings = [("INGEST__RECONNECT_WINDOW_S", "20")];
    let options =
        EnvironmentOptions { preview_ticks: PREVIEW_TICKS, settings: &settings, is_live: false, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    video::make_clip(&env.clip, 20, video::SIZE)?;
    env.publish(Protocol::Rtmp)?;
    let player = env.player("240p");
    player.first_segment().await?;
    env.api.get(PREVIEW_PLAYLIST).await?.expect_refusal(404, "not-found")?;

    describe(&env, r#"{"title":"T","clear_preview":"muted"}"#).await?;
    // It is made from the next start of the encoder on.
    env.publisher.take().context("the stream is live")?.kill();
    env.publish(Protocol::Rtmp)?;
    let (listed, segments) = clear_segments(&env, 6).await?;
    ensure!(segments.iter().all(|segment| segment.key.is_none()), "the clear preview is encrypted: {segments:?}");
    ensure!(!String::from_utf8_lossy(&listed.body).contains("EXT-X-PART"), "parts would be counted again");
    let cookie = listed.header(SET_COOKIE.as_str()).and_then(|line| line.split(';').next()).context("no cookie")?;
    let device = [(COOKIE.as_str(), cookie)];
    ensure!(listed.header(CACHE_CONTROL.as_str()) == Some("private, no-store"), "it is in a cache: {listed:?}");

    let newest = &segments[segments.len() - 4..];
    let mut shown = Vec::new();
    for segment in &newest[..3] {
        for _ in 0..3 {
            let path = path_of(&segment.url);
            let answer = env.api.get_with(path, &device).await?.success().context("within the free ticks")?;
            ensure!(answer.header(CACHE_CONTROL.as_str()) == Some("private, no-store"), "{answer:?}");
            shown = answer.body;
        }
    }
    let last = path_of(&newest[3].url);
    env.api.get_with(last, &device).await?.expect_refusal(402, "preview-over").context("behind the free ticks")?;
    env.api.send(Method::HEAD, last, &device, Vec::new()).await?.success().context("HEAD is free")?;
    // Keys of the paid renditions are counted with it.
    let next = player.find(|segment| segment.index > newest[3].index).await?;
    let refusal = env.api.get_with(key_path(&next)?, &device).await?;
    refusal.expect_refusal(402, "preview-over").context("a key after the clear preview")?;
    let init = newest[0].init.as_ref().context("the preview has an initialisation")?;
    let mut movie = env.api.get_with(path_of(init), &device).await?.success()?.body;
    movie.extend(shown);
    let file = env.folder.path().join("preview.mp4");
    fs::write(&file, movie)?;
    let streams = video::probe(&file)?;
    ensure!(streams.len() == 1 && streams[0]["codec_type"] == "video", "it is muted: {streams:?}");

    describe(&env, r#"{"title":"T"}"#).await?;
    wait_for("the clear preview to end", GATEWAY_SECONDS, || async {
        env.api.get(PREVIEW_PLAYLIST).await?.expect_refusal(404, "not-found").map(Some)
    })
    .await?;
    env.publisher.take().context("the stream is live")?.stop().await?;
    let recording = env.wait_for_recording().await?.number;
    nothing_clear_is_recorded(&env, recording).await
}

/// Checks the files of a recording: those of paid renditions are encrypted, and there are no others.
async fn nothing_clear_is_recorded(env: &TestEnvironment, recording: u64) -> Result<()> {
    let folder = env.gateway.data().join(format!("media/recordings/{STREAM}/{recording}/v"));
    let mut checked = 0;
    for rendition in fs::read_dir(&folder)? {
        let rendition = rendition?;
        ensure!(rendition.file_name() == "240p", "{:?} is recorded", rendition.file_name());
        for file in fs::read_dir(rendition.path())? {
            let path = file?.path();
            ensure!(!is_clear_segment(&path)?, "{} is not encrypted", path.display());
            checked += 1;
        }
    }
    ensure!(checked > 3, "only {checked} files were recorded");
    // A gateway of an earlier version has stored it.
    fs::create_dir(folder.join("preview"))?;
    fs::write(folder.join("preview/0.m4s"), "clear")?;
    let stored = env.api.get(&format!("/v1/streams/0/recordings/{recording}/v/preview/0.m4s")).await?;
    stored.expect_refusal(404, "not-found")?;
    Ok(())
}

/// Whether a file is media that can be read without a key: it begins with a box of fragmented MP4.
fn is_clear_segment(path: &Path) -> Result<bool> {
    let bytes = fs::read(path)?;
    let kind = bytes.get(4..8).unwrap_or_default();
    Ok(path.extension().is_some_and(|extension| extension == "m4s") && [&b"moof"[..], b"styp", b"ftyp"].contains(&kind))
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_and_requests_for_headers_cost_nothing() -> Result<()> {
    let options = EnvironmentOptions { preview_ticks: 6, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.player("240p");
    let free = player.first_segment().await?;
    for _ in 0..120 {
        let head = env.api.send(Method::HEAD, key_path(&free)?, &[], Vec::new()).await?.success()?;
        ensure!(head.header(CONTENT_LENGTH.as_str()) == Some("16") && head.body.is_empty(), "{head:?}");
        ensure!(head.header(SET_COOKIE.as_str()).is_none(), "a preview was begun: {head:?}");
    }
    env.api.get(key_path(&free)?).await?.success().context("the preview of the network is used up")?;

    player.open_session(&mut env.wallets[0], &terms(MAX_TICKS)).await?;
    player.wait_until_finalized().await?;
    let segment = player.next_segment().await?;
    let authorization = player.session()?.reveal(segment.cost_ticks)?;
    let payment = [(AUTHORIZATION.as_str(), authorization.as_str())];
    let head = env.api.send(Method::HEAD, key_path(&segment)?, &payment, Vec::new()).await?.success()?;
    ensure!(head.header(CHARGED_TICKS).is_none(), "HEAD was charged: {head:?}");
    ensure!(player.session_view().await?.revealed_ticks == 0, "HEAD has revealed a tick");

    let first = player.request_key(&segment, Some(&authorization)).await?.success()?;
    let again = player.request_key(&segment, Some(&authorization)).await?.success().context("the same again")?;
    ensure!(again.body == first.body, "the key differs");
    for name in [CHARGED_TICKS, TOKEN] {
        ensure!(first.header(name).is_some() && again.header(name) == first.header(name), "{name}: {again:?}");
    }
    player.accept_key(&segment, &again)?;
    player.watch(1).await?;
    let late = player.request_key(&segment, Some(&authorization)).await?;
    late.expect_refusal(402, "token-missing").context("the first tick is no longer the last one")?;

    // The record of a closed session stays, and one that never was is unknown.
    env.settle(&mut [&mut player]).await?;
    let path = player.session()?.path();
    let view = wait_for("the record of the closed session", GATEWAY_SECONDS, || async {
        let view: SessionView = env.api.get(&path).await?.json()?;
        Ok((view.phase == SessionPhase::Closed).then_some(view))
    })
    .await?;
    ensure!(view.settled_ticks == player.session()?.charged_ticks, "the record differs: {view:?}");
    env.api.get(&format!("{path}/receipts")).await?.success()?;
    let never = format!("/v1/sessions/0x{}", "0".repeat(32));
    env.api.get(&never).await?.expect_refusal(404, "not-found")?;
    env.api.get(&format!("{never}/receipts")).await?.expect_refusal(404, "not-found")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_behind_a_proxy_have_previews_of_their_own() -> Result<()> {
    let settings = [("HTTP__TRUSTED_PROXIES", r#"["127.0.0.1"]"#)];
    let options = EnvironmentOptions { preview_ticks: 6, viewers: &[], settings: &settings, ..Default::default() };
    let env = TestEnvironment::start(options).await?;
    let segment = env.player("240p").first_segment().await?;
    for viewer in 1..=20 {
        let address = format!("198.51.100.7, 203.0.{viewer}.9:5012");
        let forwarded = [("x-forwarded-for", address.as_str())];
        for _ in 0..3 {
            env.api.get_with(key_path(&segment)?, &forwarded).await?.success().with_context(|| address.clone())?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn media_and_playlists_follow_the_rules_of_http() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions { viewers: &[], ..Default::default() }).await?;
    let player = env.player("240p");
    let segment = player.first_segment().await?;
    let path = path_of(&segment.url);
    let whole = env.api.get(path).await?.success()?;
    let part = env.api.get_with(path, &[(RANGE.as_str(), "bytes=100-199")]).await?;
    ensure!(part.status == 206 && part.body == whole.body[100..200], "HTTP {}", part.status);
    let place = format!("bytes 100-199/{}", whole.body.len());
    ensure!(part.header(CONTENT_RANGE.as_str()) == Some(&place), "{:?}", part.headers);
    let behind = env.api.get_with(path, &[(RANGE.as_str(), "bytes=99999999-")]).await?;
    ensure!(behind.status == 416, "HTTP {}", behind.status);
    let head = env.api.send(Method::HEAD, path, &[], Vec::new()).await?.success()?;
    let length = whole.body.len().to_string();
    ensure!(head.header(CONTENT_LENGTH.as_str()) == Some(&length) && head.body.is_empty(), "{head:?}");
    let tags = format!("\"other\", {}", whole.header(ETAG.as_str()).context("no ETag")?);
    let unchanged = env.api.get_with(path, &[(IF_NONE_MATCH.as_str(), &tags)]).await?;
    ensure!(unchanged.status == 304 && unchanged.body.is_empty(), "HTTP {}", unchanged.status);

    player.find(|segment| segment.index >= 12).await?;
    let path = player.playlist_path();
    let plain = env.api.get(&path).await?.success()?;
    // The client that the other requests use would decompress the answer, and hide that it was compressed.
    for (accepted, is_compressed) in [("gzip", true), ("gzip;q=0", false), ("gzip;q=0, *", false), ("identity", false)]
    {
        let mut socket = raw_http::connect(env.gateway.http_port()).await?;
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: g\r\nConnection: close\r\n{ACCEPT_ENCODING}: {accepted}\r\n\r\n");
        socket.write_all(head.as_bytes()).await?;
        let answer = raw_http::read_response(&mut socket).await?;
        let found = answer.head.to_lowercase().contains(&format!("{CONTENT_ENCODING}: gzip"));
        ensure!(answer.status == 200 && found == is_compressed, "{accepted}: {}", answer.head);
        ensure!(!is_compressed || answer.body.len() * 2 < plain.body.len(), "{} bytes", answer.body.len());
    }
    let delta = env.api.get(&format!("{path}?_HLS_skip=YES")).await?.success()?;
    let text = String::from_utf8_lossy(&delta.body).into_owned();
    ensure!(text.contains("#EXT-X-SKIP:SKIPPED-SEGMENTS="), "no delta update:\n{text}");
    ensure!(delta.body.len() < plain.body.len(), "the delta update is not shorter");
    Ok(())
}
