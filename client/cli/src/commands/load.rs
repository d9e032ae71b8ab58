//! `vilokanam load`: many paying viewers at a real gateway, in phases, with thresholds.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`plan`], [`schedule`] | what is wanted: a TOML file, and when how many viewers watch |
//! | [`crowd`] | the viewers' accounts: derived, funded, deposited |
//! | [`scene`], [`shelf`] | what viewers share, and what is for sale |
//! | [`viewer`], [`till`] | one viewer, and one request |
//! | [`drive`], [`flood`] | the open loop, and the closed one |
//! | [`tally`], [`verdict`] | counts, and thresholds |
//! | [`ledger`] | what the chain has settled of it |
//! | [`run`], [`report`] | one test from beginning to end, and what is told of it |

use crate::{
    answer::{table, Answer},
    commands::delegate::lifetime,
    context::Context,
    error::{file, CliError, Exit},
};
use clap::Args;
use jiff::SignedDuration;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;
use url::Url;

mod crowd;
mod drive;
mod flood;
mod ledger;
mod machine;
mod plan;
mod report;
mod run;
mod scene;
mod schedule;
mod shelf;
mod tally;
mod till;
mod verdict;
mod viewer;

use plan::{Kind, Plan, MAX_CONNECTIONS};
use run::Test;
use tally::{Outcome, Tally};

/// Load a gateway with many paying viewers, in phases, and compare with what the chain has settled.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The plan is a TOML file; scripts/bench.d/load.toml is one, with every setting explained. Viewers are real: accounts
derived from --key-file's key, funded from it, each with a deposit and a session key. What they do not spend stays in
their deposits: the next test with the same key finds it there.

Latency is counted from when a request was due, not from when it could be sent: a gateway that stands still is not
measured by fewer requests. `wait` in the report is how much of it is this machine's own.

All viewers come from one address, and a gateway limits those. For a load test it needs, in its configuration:
  [http]     requests_per_second, request_burst: above the tickets and closes a second (keys and media are not counted)
             max_connections: above the plan's connections, and its viewers with a WebSocket
  [paywall]  unopened_per_prefix: above the viewers that join in the time of a few blocks
             max_sessions: above the viewers; idle_close_s: above the time that `opening = \"ahead\"` takes
This machine needs as many open files as there are connections (`ulimit -n`).

Exit codes besides those of every command: 0 only if every threshold was met and every session is settled for exactly
the ticks that were let go of; 1 if not; 130 after Ctrl-C, which has everybody leave first (again: at once).")]
pub struct Load {
    /// The plan
    #[arg(required_unless_present = "raw_url")]
    pub plan: Option<PathBuf>,
    /// Where the report goes, as JSON
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Where the report goes, as one page
    #[arg(long, value_name = "FILE", conflicts_with = "raw_url")]
    pub html: Option<PathBuf>,
    /// Instead of the plan's phases, buy as fast as each connection is answered, for so long
    #[arg(long, value_name = "TIME", value_parser = lifetime)]
    pub flood: Option<SignedDuration>,
    /// With --flood: fetch this address, of any web server, instead of buying keys; needs no plan, chain or gateway
    #[arg(long, value_name = "URL", requires = "flood", conflicts_with = "plan", value_parser = crate::cli::web_address)]
    pub raw_url: Option<Url>,
    /// Requests at the same time; the plan's number if it is not given, and 64 with --raw-url
    #[arg(long, value_name = "N")]
    pub connections: Option<usize>,
    /// A server on this machine whose processor time and memory are reported; may be given several times
    #[arg(long = "server-pid", value_name = "PID")]
    pub servers: Vec<u32>,
}

/// Connections of a plain flood.
const RAW_CONNECTIONS: usize = 64;

/// Does it.
pub async fn run(context: &Context, args: Load) -> Result<(Answer, Exit), CliError> {
    if args.connections.is_some_and(|connections| !(1..=MAX_CONNECTIONS).contains(&connections)) {
        return Err(CliError::Usage(format!("--connections must be from 1 to {MAX_CONNECTIONS}")));
    }
    let flood = args.flood.map(|length| Duration::from_secs(length.as_secs().unsigned_abs()));
    let stop = stopped_by_ctrl_c();
    if let (Some(url), Some(length)) = (&args.raw_url, flood) {
        return raw(context, url, length, &args, stop).await;
    }
    let path = args.plan.as_deref().ok_or_else(|| CliError::Usage("a plan is needed".into()))?;
    let mut plan = Plan::read(path)?;
    plan.connections = args.connections.unwrap_or(plan.connections);
    [&args.report, &args.html].into_iter().flatten().try_for_each(|path| check_writable(path))?;
    let prepared = tokio::select! {
        prepared = Test::prepare(context, plan, flood, args.servers.clone(), stop.clone()) => prepared?,
        () = is_stopped(stop.clone()) => return Err(CliError::Interrupted),
    };
    let report = prepared.run().await?;
    if let Some(path) = &args.html {
        write(path, &report::html::page(&report))?;
    }
    let answer = Answer::new(&report, report.to_text());
    if let Some(path) = &args.report {
        write(path, &serde_json::to_string_pretty(&report).map_err(|error| file("write", path, error))?)?;
    }
    let exit = match (report.is_interrupted, report.is_passed) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Done,
        (false, false) => Exit::Failed,
    };
    Ok((answer, exit))
}

/// Becomes true with the first Ctrl-C; the second ends the process.
fn stopped_by_ctrl_c() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        let is_told = tokio::signal::ctrl_c().await.is_ok();
        sender.send_replace(is_told);
        if is_told && tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(Exit::Interrupted as i32);
        }
        // Without signals nothing stops it early; the channel must outlive its readers.
        sender.closed().await;
    });
    receiver
}

async fn is_stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|is_stopped| *is_stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Said before an hour of load, not after it.
fn check_writable(path: &Path) -> Result<(), CliError> {
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map(drop)
        .map_err(|error| file("write", path, error))
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    std::fs::write(path, text).map_err(|error| file("write", path, error))
}

/// One address, as fast as it is answered.
async fn raw(
    context: &Context,
    url: &Url,
    length: Duration,
    args: &Load,
    stop: watch::Receiver<bool>,
) -> Result<(Answer, Exit), CliError> {
    let connections = args.connections.unwrap_or(RAW_CONNECTIONS);
    let (tally, began) = (Arc::new(Tally::new(1)), Instant::now());
    let counts = tally.clone();
    let record = move |kind: Kind, due: Instant, result| {
        let (at, latency) = (began.elapsed(), due.elapsed());
        counts.take(Outcome { phase: 0, kind, latency, at, result });
    };
    context.note(format!("Fetching {url} with {connections} connections for {} s …", length.as_secs()));
    let (own, servers) = (machine::own(), machine::of(&args.servers));
    flood::url(&context.gateway()?, url, connections, length, record, &stop).await;
    let seconds = began.elapsed().as_secs_f64();
    let phase = report::PhaseReport::of("flood", &tally.finish().phases[0], seconds);
    let json = json!({
        "url": url.as_str(),
        "connections": connections,
        "generator": machine::own().map(|now| now.since(own)),
        "servers": machine::of(&args.servers).map(|now| now.since(servers)),
        "seconds": seconds,
        "figures": phase.figures,
    });
    if let Some(path) = &args.report {
        write(path, &format!("{json:#}"))?;
    }
    let rows = phase.figures.iter().map(|figures| report::row(&phase.name, figures));
    let text = table(&report::HEADINGS, rows);
    let errors: u64 = phase.figures.iter().map(|figures| figures.errors).sum();
    let exit = match (*stop.borrow(), errors) {
        (true, _) => Exit::Interrupted,
        (false, 0) => Exit::Done,
        (false, _) => Exit::Failed,
    };
    Ok((Answer::new(json, text), exit))
}
