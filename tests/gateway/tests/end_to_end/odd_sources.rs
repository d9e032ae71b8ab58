//! Drill with odd sources: six of them are broadcast at once, for half an hour, and viewers pay to watch the first minute and
//! the last one. Sound and picture have to be together at both times, and what comes out has to be usual video.

mod transports;

use anyhow::{ensure, Context, Result};
use futures::future::{join_all, try_join_all};
use reqwest::Method;
use serde_json::{json, Value};
use std::{fmt::Write as _, fs, path::Path, time::Duration};
use tick_stream_primitives::StreamId;
use tokio::time::{sleep_until, Instant};
use transports::{Source, Target};
use vilokanam_gateway_tests::{
    api::ApiClient,
    environment::{create_stream, EnvironmentOptions, TestEnvironment},
    player::Player,
    video,
};
use vilokanam_test_media::marks;
use vilokanam_tests::{command_line::CommandLine, free_port, process::log_folder};
use vilokanam_wire::creator::NewPublishKey;

/// Length of the drill in minutes, unless the variable names another one.
const MINUTES: u64 = 30;
const MINUTES_VARIABLE: &str = "VILOKANAM_DRILL_MINUTES";
/// Shortest drill: both times of watching are in it.
const MIN_MINUTES: u64 = 2;
/// Time after the beginning of the broadcasts at which they are watched first, and time before their end at which they are
/// watched last.
const FIRST_WATCH: Duration = Duration::from_secs(45);
const LAST_WATCH: Duration = Duration::from_secs(45);
/// Length of what is watched, and least number of marks that have to be in it. There are four in ten seconds.
const WATCHED: &str = "30s";
const WATCHED_SECONDS: u64 = 30;
const MIN_MARKS: usize = 8;
/// Length of a viewer's sessions.
const SESSION: &str = "90s";
/// Greatest distance between picture and sound of a mark.
const MAX_APART_S: f64 = 0.1;
/// Interval at which it is checked that everything still runs.
const OBSERVATION: Duration = Duration::from_secs(5);
/// The only rendition of each stream.
const RENDITION: &str = "240p";

/// A source, and what has to come out.
#[derive(Clone, Copy)]
struct Case {
    kind: Kind,
    name: &'static str,
    viewer: &'static str,
    /// Width and height.
    size: (u64, u64),
    /// Pictures per second.
    rate: f64,
    /// Number of discontinuities: one where a track joins.
    discontinuities: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    ALaw,
    Interlaced,
    Portrait,
    Hevc,
    LateSound,
    PulledHls,
}

const fn case(kind: Kind, name: &'static str, viewer: &'static str) -> Case {
    Case { kind, name, viewer, size: (426, 240), rate: 25.0, discontinuities: 0 }
}

/// Each is published to the stream with its place as the number.
const CASES: [Case; 6] = [
    case(Kind::ALaw, "A-law mono at 8 kHz, RTMP", "//Charlie"),
    case(Kind::Interlaced, "576i50 with pixels of 64:45, SRT", "//Dave"),
    Case { size: (240, 426), rate: 30.0, ..case(Kind::Portrait, "portrait with 10 to 30 pictures/s, WHIP", "//Eve") },
    case(Kind::Hevc, "HEVC, enhanced RTMP", "//Alice//stash"),
    Case { discontinuities: 1, ..case(Kind::LateSound, "MPEG-TS whose sound begins late, PUT", "//Bob//stash") },
    case(Kind::PulledHls, "HLS of nginx's kind, pulled and copied", "//Charlie//stash"),
];

impl Case {
    async fn publish(self, target: Target<'_>) -> Result<Source> {
        let started = match self.kind {
            Kind::ALaw => transports::a_law_by_rtmp(target).await,
            Kind::Interlaced => transports::interlaced_by_srt(target).await,
            Kind::Portrait => transports::portrait_by_whip(target).await,
            Kind::Hevc => transports::hevc_by_enhanced_rtmp(target).await,
            Kind::LateSound => transports::late_sound_by_put(target).await,
            Kind::PulledHls => transports::pulled_hls(target).await,
        };
        started.with_context(|| format!("{} cannot be published", self.name))
    }
}

/// What a viewer has received.
#[derive(Debug)]
struct Watched {
    /// By how much the sound of each mark is later than its picture, in seconds.
    offsets: Vec<Option<f64>>,
    is_upright: bool,
    /// The picture as ffprobe describes it.
    picture: Value,
    /// Pictures per second.
    rate: f64,
    /// Number of segments that the viewer has missed, and of ticks that it has paid.
    missed: u64,
    ticks: u64,
}

impl Watched {
    /// Analyses a file, which the command line reported on.
    fn read(file: &Path, report: &Value) -> Result<Self> {
        let streams = video::probe(file)?;
        let of_kind = |kind: &str| streams.iter().find(|stream| stream["codec_type"] == kind);
        let picture = of_kind("video").context("there is no picture")?.clone();
        of_kind("audio").context("there is no sound")?;
        let found = marks::find(file);
        Ok(Self {
            offsets: found.offsets(),
            is_upright: found.is_upright,
            rate: found.rate(),
            picture,
            missed: report["segments_missed"].as_u64().context("the report has the missed segments")?,
            ticks: report["ticks"].as_u64().context("the report has the ticks")?,
        })
    }

    /// The offset that is farthest from zero, in milliseconds.
    fn worst_ms(&self) -> f64 {
        let offsets = self.offsets.iter().flatten().map(|offset| offset * 1_000.0);
        offsets.max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(f64::NAN)
    }

    /// What the picture is.
    fn format(&self) -> String {
        let text = |name: &str| self.picture[name].as_str().unwrap_or("?").to_owned();
        format!(
            "{}x{}, pixels of {}, {}, {:.2} pictures/s",
            self.picture["width"],
            self.picture["height"],
            text("sample_aspect_ratio"),
            text("field_order"),
            self.rate
        )
    }

    /// Everything that is wrong with it.
    fn faults(&self, case: &Case) -> Vec<String> {
        let (width, height) = case.size;
        let is = |name: &str, value: Value| self.picture[name] == value;
        let has_sound = self.offsets.len() >= MIN_MARKS && self.offsets.iter().all(Option::is_some);
        let checks = [
            (has_sound, format!("picture and sound have not the same marks: {:?}", self.offsets)),
            (self.worst_ms().abs() <= MAX_APART_S * 1_000.0, format!("{:.0} ms apart", self.worst_ms())),
            (self.is_upright, "the picture is turned, or does not fill its frame".into()),
            (is("width", json!(width)) && is("height", json!(height)), format!("the size should be {width}x{height}")),
            (is("sample_aspect_ratio", json!("1:1")), "the pixels are not square".into()),
            (is("field_order", json!("progressive")), "it is interlaced".into()),
            ((self.rate - case.rate).abs() < 0.5, format!("there should be {} pictures/s", case.rate)),
            (self.missed == 0, format!("{} segments were missed", self.missed)),
            (self.ticks >= WATCHED_SECONDS, format!("only {} ticks were paid", self.ticks)),
        ];
        checks.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault).collect()
    }
}

/// The platform with its sources.
struct Drill {
    // Dropped before the gateway that they publish to.
    sources: Vec<Source>,
    viewers: Vec<CommandLine>,
    env: TestEnvironment,
    began: Instant,
}

impl Drill {
    /// Starts a node, a gateway and all sources, and waits until each stream is live.
    async fn start() -> Result<Self> {
        let srt_port = free_port()?;
        let srt_ports = format!("[{srt_port},{srt_port}]");
        let settings = [
            ("INGEST__SRT_PORTS", srt_ports.as_str()),
            ("INGEST__PULL_NETWORKS", "[\"127.0.0.1/32\"]"),
            ("INGEST__COPIES", "true"),
        ];
        let options = EnvironmentOptions { settings: &settings, ..EnvironmentOptions::offline() };
        let env = TestEnvironment::start(options).await?;
        // The environment has the first stream already.
        for _ in 1..CASES.len() {
            create_stream(&env.chain, 0).await?;
        }
        let streams = || 0..CASES.len() as StreamId;
        let creator = env.creator();
        let keys: Vec<NewPublishKey> =
            streams().map(|stream| creator.create_publish_key(stream)).collect::<Result<_>>()?;
        let (node, gateway) = (env.node.url(), env.gateway.url());
        let viewers = CASES.iter().zip(streams()).map(|(case, stream)| {
            let viewer = CommandLine::new(&node, &gateway, &env.folder.path().join(stream.to_string()), case.viewer)?;
            viewer.done(&["deposit", "5"])?;
            Ok(viewer)
        });
        let viewers = viewers.collect::<Result<Vec<_>>>()?;
        let published = CASES
            .iter()
            .zip(streams())
            .zip(&keys)
            .map(|((case, stream), key)| case.publish(Target { env: &env, stream, key }));
        let sources = try_join_all(published).await?;
        let began = Instant::now();
        let live = CASES.iter().zip(streams()).map(|(case, stream)| {
            let player = Player::new(&env.api, stream, RENDITION);
            async move { player.first_segment().await.with_context(|| format!("{} does not become live", case.name)) }
        });
        try_join_all(live).await?;
        Ok(Self { sources, viewers, env, began })
    }

    /// Waits until this time after the beginning. Everything has to run until then.
    async fn wait_until(&mut self, after: Duration) -> Result<()> {
        let until = self.began + after;
        while Instant::now() < until {
            sleep_until(until.min(Instant::now() + OBSERVATION)).await;
            self.env.gateway.ensure_running()?;
            for (source, case) in self.sources.iter_mut().zip(&CASES) {
                source.ensure_running().await.with_context(|| case.name)?;
            }
        }
        Ok(())
    }

    /// Lets each viewer watch its stream for a while, all at the same time, and reads what they have received.
    async fn watch(&self, name: &str) -> Vec<Result<Watched>> {
        let watching = self.viewers.iter().enumerate().map(|(stream, viewer)| async move {
            // Beside the logs, where it can be looked at afterwards.
            let (stream, file) = (stream.to_string(), log_folder()?.join(format!("{name}-{stream}.mp4")));
            let path = file.to_str().context("the path is no text")?;
            let arguments = ["watch", &stream, "-o", path, "--for", WATCHED, "--session-length", SESSION];
            let mut command = viewer.start(&arguments, &format!("watch-{name}-{stream}"))?;
            let is_over = || {
                let status = command.exit_status();
                async move { status }
            };
            let status = vilokanam_tests::wait_for("the end of watching", 5 * WATCHED_SECONDS, is_over).await?;
            ensure!(status.success(), "the command line has failed: {}", command.output());
            let report = document(&command.output())?;
            let read = tokio::task::spawn_blocking(move || Watched::read(&file, &report));
            read.await?
        });
        join_all(watching).await
    }

    /// Number of discontinuities of each stream since its beginning.
    async fn discontinuities(&self) -> Vec<Result<u64>> {
        join_all((0..CASES.len()).map(|stream| discontinuities(&self.env.api, stream as StreamId))).await
    }
}

/// Returns the JSON document among the lines that a command has printed.
fn document(output: &str) -> Result<Value> {
    let start = output.find("{\n").with_context(|| format!("no JSON document: {output}"))?;
    let mut documents = serde_json::Deserializer::from_str(&output[start..]).into_iter();
    Ok(documents.next().context("a line begins a document")??)
}

async fn discontinuities(api: &ApiClient, stream: StreamId) -> Result<u64> {
    let path = format!("/v1/streams/{stream}/hls/{RENDITION}.m3u8");
    let text = api.send(Method::GET, &path, &[], Vec::new()).await?.success()?.text();
    let earlier = text.lines().find_map(|line| line.strip_prefix("#EXT-X-DISCONTINUITY-SEQUENCE:"));
    let listed = text.lines().filter(|line| *line == "#EXT-X-DISCONTINUITY").count() as u64;
    Ok(earlier.map_or(Ok(0), str::parse::<u64>)? + listed)
}

/// Length of the drill.
fn length() -> Result<Duration> {
    let minutes = match std::env::var(MINUTES_VARIABLE) {
        Ok(minutes) => minutes.parse().with_context(|| format!("{MINUTES_VARIABLE} is a number of minutes"))?,
        Err(_) => MINUTES,
    };
    ensure!(minutes >= MIN_MINUTES, "{MINUTES_VARIABLE} must be {MIN_MINUTES} or more");
    Ok(Duration::from_secs(60 * minutes))
}

/// Adds the faults of a source to the list of all, and returns what was measured.
fn judge(case: &Case, when: &str, watched: &Result<Watched>, faults: &mut Vec<String>) -> [String; 2] {
    match watched {
        Ok(watched) => {
            faults.extend(watched.faults(case).into_iter().map(|fault| format!("{}, {when}: {fault}", case.name)));
            [format!("{:+.0} ms", watched.worst_ms()), watched.format()]
        }
        Err(error) => {
            faults.push(format!("{}, {when}: {error:#}", case.name));
            ["nothing".into(), "nothing".into()]
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half an hour: scripts/test --all"]
async fn sound_and_picture_of_odd_sources_stay_together() -> Result<()> {
    let length = length()?;
    let mut drill = Drill::start().await?;
    drill.wait_until(FIRST_WATCH).await?;
    let first = drill.watch("first").await;
    drill.wait_until(length.saturating_sub(LAST_WATCH)).await?;
    let last = drill.watch("last").await;
    let ended = drill.began.elapsed();
    let discontinuities = drill.discontinuities().await;

    let mut faults = Vec::new();
    let mut table =
        String::from("| source | first minute | end | picture | discontinuities |\n| --- | --- | --- | --- | --- |\n");
    for (number, case) in CASES.iter().enumerate() {
        let [early, _] = judge(case, "first minute", &first[number], &mut faults);
        let [late, format] = judge(case, "end", &last[number], &mut faults);
        let expected = case.discontinuities.to_string();
        let found = match &discontinuities[number] {
            Ok(found) => found.to_string(),
            Err(error) => format!("unknown ({error:#})"),
        };
        if found != expected {
            faults.push(format!("{}: discontinuities are {found} instead of {expected}", case.name));
        }
        writeln!(table, "| {} | {early} | {late} | {format} | {found} |", case.name)?;
    }
    println!("after {} s:\n{table}", ended.as_secs());
    fs::write(log_folder()?.join("figures.md"), &table)?;
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}
