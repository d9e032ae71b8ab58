//! Playback as viewers experience it: short parts, a probe of the bandwidth, reports of players, and any player at a local
//! address.

use anyhow::{ensure, Context, Result};
use reqwest::{
    header::{CACHE_CONTROL, CONTENT_ENCODING, COOKIE, SET_COOKIE},
    Method,
};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use vilokanam_chain::Signer;
use vilokanam_gateway_tests::{
    api::{ApiClient, Response},
    environment::{creator_key, EnvironmentOptions, TestEnvironment, STREAM},
    playlist, signed, video,
};
use vilokanam_tests::{command_line::CommandLine, wait_for};
use vilokanam_wire::quality::{QualityHistory, QualityReport, MAX_PROBE_BYTES};

const QUALITY_PATH: &str = "/v1/streams/0/quality";
/// Requests that are many more than a network may send at once.
const MANY_REQUESTS: usize = 200;
/// Maximum time until reports are stored.
const STORED_SECONDS: u64 = 60;
/// Maximum time until a session is settled and closed.
const CLOSED_SECONDS: u64 = 120;
/// Maximum time until a program that was started prints its address, and until it has ended.
const PROGRAM_SECONDS: u64 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn parts_have_the_length_that_is_set() -> Result<()> {
    let settings = [("INGEST__PART_MS", "200")];
    let options = EnvironmentOptions { settings: &settings, viewers: &[], ..Default::default() };
    let env = TestEnvironment::start(options).await?;
    let path = env.player("240p").playlist_path();
    let text = wait_for("two whole segments that list their parts", PROGRAM_SECONDS, || async {
        let text = env.api.get(&path).await?.success()?.text();
        Ok((text.matches("#EXT-X-PART:").count() >= 20).then_some(text))
    })
    .await?;
    ensure!(text.contains("#EXT-X-PART-INF:PART-TARGET=0.216000"), "{text}");
    ensure!(text.contains("PART-HOLD-BACK=0.648000"), "{text}");
    let parts: Vec<f64> = text
        .lines()
        .filter_map(|line| line.strip_prefix("#EXT-X-PART:DURATION=")?.split(',').next()?.parse().ok())
        .collect();
    ensure!(parts.iter().all(|part| (0.19..=0.216).contains(part)), "{parts:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn bandwidth_can_be_probed_within_limits() -> Result<()> {
    let settings = [("HTTP__REQUESTS_PER_SECOND", "1"), ("HTTP__REQUEST_BURST", "20")];
    let options = EnvironmentOptions { settings: &settings, ..EnvironmentOptions::offline() };
    let env = TestEnvironment::start(options).await?;
    let probe = env.api.get("/v1/probe?bytes=100000").await?.success()?;
    ensure!(probe.body.len() == 100_000, "{} bytes", probe.body.len());
    ensure!(probe.header(CACHE_CONTROL.as_str()) == Some("no-store, no-transform"), "a cache may keep it");
    ensure!(probe.header(CONTENT_ENCODING.as_str()).is_none(), "it is compressed");
    env.api.get(&format!("/v1/probe?bytes={}", MAX_PROBE_BYTES + 1)).await?.expect_refusal(400, "bad-request")?;
    env.api.get("/v1/probe?bytes=0").await?.expect_refusal(400, "bad-request")?;

    let (flood, other) = (
        ApiClient::from_address(&env.gateway.url(), "127.0.1.1")?,
        ApiClient::from_address(&env.gateway.url(), "127.0.2.1")?,
    );
    let path = format!("/v1/probe?bytes={MAX_PROBE_BYTES}");
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(flood.get(&path).await?.status);
    }
    ensure!(statuses[..3] == [200; 3] && statuses.contains(&429), "{statuses:?}");
    other.get(&path).await?.success()?;
    what_takes_long_is_limited_by_network_as_all_requests_are(&env, 20).await
}

/// Of each network, as many requests are accepted at once as the operator allows. There are no recordings, pictures or uploads:
/// what is accepted is refused for another reason.
async fn what_takes_long_is_limited_by_network_as_all_requests_are(env: &TestEnvironment, burst: usize) -> Result<()> {
    let limited = [
        ("127.0.3.1", Method::GET, "/v1/streams/0/recordings/1/master.m3u8"),
        ("127.0.4.1", Method::GET, "/v1/streams/0/recordings/1/download"),
        ("127.0.5.1", Method::GET, "/v1/images/00"),
        ("127.0.6.1", Method::HEAD, "/v1/uploads/00"),
    ];
    for (address, method, path) in limited {
        let api = ApiClient::from_address(&env.gateway.url(), address)?;
        let mut statuses = Vec::new();
        while statuses.len() < MANY_REQUESTS && !statuses.contains(&429) {
            statuses.push(api.send(method.clone(), path, &[], Vec::new()).await?.status);
        }
        ensure!(statuses.len() > burst && statuses.contains(&429), "{method} {path}: {statuses:?}");
    }
    // Playlists of what is on air, which players ask for every second, are not counted.
    let viewers = ApiClient::from_address(&env.gateway.url(), "127.0.7.1")?;
    for _ in 0..MANY_REQUESTS {
        viewers.get("/v1/streams/0/hls/master.m3u8").await?.expect_refusal(404, "not-found")?;
    }
    Ok(())
}

/// Sends a report, as the device with this cookie if it has one.
async fn report(api: &ApiClient, report: &QualityReport, cookie: Option<&str>) -> Result<Response> {
    let headers: Vec<_> = cookie.map(|cookie| (COOKIE.as_str(), cookie)).into_iter().collect();
    // As a beacon, which is text.
    let all = [&[("content-type", "text/plain;charset=UTF-8")], &headers[..]].concat();
    api.send(Method::POST, QUALITY_PATH, &all, serde_json::to_vec(report)?).await
}

/// What the account of this key reads of the stream's quality.
async fn read_quality(env: &TestEnvironment, signer: &Signer) -> Result<Response> {
    let (genesis, path) = (env.chain.genesis_hash(), format!("{QUALITY_PATH}?by=hour"));
    signed::send(&env.api, &genesis, signer, (Method::GET, &path), &[], Vec::new()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn players_report_and_only_the_creator_reads() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions { viewers: &[], ..Default::default() }).await?;
    let one = QualityReport {
        start_ms: Some(640),
        stalls: 1,
        stall_ms: 10_000,
        renditions: [("240p".to_owned(), 30_000)].into(),
        dropped_frames: 9,
        frames: 900,
        latency_ms: Some(1_100),
        player: "hls.js".into(),
    };
    let first = report(&env.api, &one, None).await?.success()?;
    let cookie = first.header(SET_COOKIE.as_str()).context("a new device gets a cookie")?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    report(&env.api, &one, Some(&cookie)).await?.success()?;
    report(&env.api, &one, Some(&cookie)).await?.expect_refusal(429, "too-many-requests")?;
    let large = QualityReport { player: "x".repeat(5_000), ..one.clone() };
    report(&env.api, &large, Some(&cookie)).await?.expect_refusal(413, "too-large")?;

    let creator = creator_key()?;
    let history: QualityHistory = wait_for("the report to be stored", STORED_SECONDS, || async {
        let history: QualityHistory = read_quality(&env, &creator).await?.json()?;
        Ok((history.total.reports > 0).then_some(history))
    })
    .await?;
    let total = &history.total;
    ensure!(total.reports == 1 && total.starts == 1, "the report without a cookie is not counted: {history:?}");
    ensure!(total.start_p50_ms == Some(1_000) && total.latency_p95_ms == Some(1_200), "{history:?}");
    ensure!(total.stall_ratio == 0.25 && total.dropped_ratio == 0.01, "{history:?}");
    ensure!(history.buckets.len() == 1, "{history:?}");
    read_quality(&env, &Signer::from_uri("//Dave")?).await?.expect_refusal(403, "forbidden")?;
    env.api.get(QUALITY_PATH).await?.expect_refusal(401, "signed-out")?;
    let metrics = env.api.get("/metrics").await?.success()?.text();
    ensure!(metrics.contains("vilokanam_gateway_playback_start_seconds_bucket"), "{metrics}");
    ensure!(metrics.contains(r#"vilokanam_gateway_playback_played_seconds_total{rendition="240p"} 30"#), "{metrics}");
    Ok(())
}

/// A running `vilokanam watch --serve`.
struct Served {
    child: Child,
    /// Address for players.
    address: String,
}

impl Served {
    async fn start(viewer: &CommandLine, arguments: &[&str]) -> Result<Self> {
        let mut command = viewer.command(&[&["watch", "0", "--serve", "127.0.0.1:0"], arguments].concat())?;
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let stdout = child.stdout.take().context("stdout is a pipe")?;
        let mut served = Self { child, address: String::new() };
        let line = tokio::task::spawn_blocking(move || -> Result<String> {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line)?;
            Ok(line)
        });
        let line = tokio::time::timeout(Duration::from_secs(PROGRAM_SECONDS), line).await???;
        served.address = line.trim().to_owned();
        Ok(served)
    }

    /// The part of the address before the name of the playlist.
    fn base(&self) -> &str {
        self.address.trim_end_matches("live.m3u8")
    }

    /// Ends the program as Ctrl-C does.
    async fn stop(mut self) -> Result<()> {
        let id = self.child.id().to_string();
        ensure!(Command::new("kill").args(["-INT", &id]).status()?.success(), "the program has ended before");
        let status = wait_for("the program to end", PROGRAM_SECONDS, || {
            let status = self.child.try_wait();
            async move { Ok(status?) }
        });
        let status = status.await?;
        ensure!(status.success(), "it ends with {status}");
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that has failed must not leave it behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Records some seconds of an address, as a player of another author plays it.
async fn play(address: &str, seconds: u32, to: &Path) -> Result<()> {
    let (address, to) = (address.to_owned(), to.to_owned());
    let played = tokio::task::spawn_blocking(move || {
        Command::new("ffmpeg")
            .args(["-hide_banner", "-nostdin", "-y", "-loglevel", "error", "-i", &address])
            .args(["-map", "0:v:0", "-map", "0:a:0", "-t", &seconds.to_string(), "-c", "copy"])
            .arg(to)
            .output()
    });
    let played = played.await??;
    ensure!(played.status.success(), "ffmpeg: {}", String::from_utf8_lossy(&played.stderr));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn any_player_plays_at_a_local_address_and_pays_for_what_it_plays() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions { viewers: &[], ..Default::default() }).await?;
    let folder = env.folder.path().join("viewer");
    let viewer = CommandLine::new(&env.node.url(), &env.gateway.url(), &folder, "//Charlie")?;
    viewer.done(&["--finalized", "deposit", "10"])?;
    let served = Served::start(&viewer, &["--max-spend", "1"]).await?;
    let local = ApiClient::new("")?;

    let file = env.folder.path().join("played.mp4");
    play(&served.address, 6, &file).await?;
    let pictures = video::pictures(&file)?;
    ensure!((5 * video::FRAME_RATE..=7 * video::FRAME_RATE).contains(&pictures), "{pictures} pictures");

    let master = local.get(&served.address).await?.success()?.text();
    ensure!(playlist::renditions(master.as_bytes())?.iter().any(|path| path.ends_with("/hls/240p")), "{master}");
    let list = local.get(&format!("{}list.m3u", served.base())).await?.success()?.text();
    ensure!(list.starts_with("#EXTM3U\n#EXTINF:-1,End to end\n"), "{list}");
    for path in ["v1/streams/1/hls/master.m3u8", "v1/gateway", "v1/streams/0/keys/999999999", "../v1/streams/0"] {
        let refused = local.get(&format!("{}{path}", served.base())).await?;
        ensure!(refused.status == 404, "{path}: HTTP {}", refused.status);
    }
    let origin = served.address.split('/').take(3).collect::<Vec<_>>().join("/");
    for path in ["/", "/live.m3u8", "/v1/streams/0/hls/master.m3u8"] {
        ensure!(local.get(&format!("{origin}{path}")).await?.status == 404, "{path} is served without the secret");
    }

    served.stop().await?;
    let paid = wait_for("the session to be closed", CLOSED_SECONDS, || async {
        let sessions = viewer.done(&["sessions"])?;
        let closed = sessions.as_array().and_then(|all| all.iter().find(|one| one["closed_at"].is_string()).cloned());
        Ok(closed)
    })
    .await?;
    let ticks = paid["settled_ticks"].as_u64().context("ticks are a number")?;
    // Three segments from the end at first, and what the player has read ahead.
    ensure!((6..=40).contains(&ticks), "{paid:#}");
    ensure!(paid["stream"].as_str() == Some(&*STREAM.to_string()), "{paid:#}");
    small_deposit_pays_for_one_session_after_the_other(&env).await
}

/// The first session reserves the whole deposit. The second waits until the chain has closed the first.
async fn small_deposit_pays_for_one_session_after_the_other(env: &TestEnvironment) -> Result<()> {
    let folder = env.folder.path().join("small");
    let viewer = CommandLine::new(&env.node.url(), &env.gateway.url(), &folder, "//Dave")?;
    viewer.done(&["--finalized", "deposit", "0.1"])?;
    for name in ["first.mp4", "second.mp4"] {
        let served = Served::start(&viewer, &["--no-preview"]).await?;
        let file = env.folder.path().join(name);
        play(&served.address, 3, &file).await.with_context(|| format!("the session of {name}"))?;
        ensure!(video::pictures(&file)? > 0, "{name} has no picture");
        served.stop().await?;
    }
    Ok(())
}
