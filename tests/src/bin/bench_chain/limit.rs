//! Search for the largest number of viewers whose ticks one node settles.
//!
//! All sessions are opened first. A probe then lets a number of them claim at equal intervals and measures whether the
//! node keeps up. The number is doubled until a probe fails, and the limit is found between the last two by halving.

mod probe;
mod search;
mod verdict;

use crate::{
    load::{account_of, accounts_for, create_stream_at, open_sessions, viewers, Terms},
    report::{progress, Output, Report},
};
use anyhow::{ensure, Result};
use probe::{Node, Probe};
use search::Search;
use serde_json::Value;
use sp_runtime::Permill;
use std::time::{Duration, Instant};
use tick_stream_primitives::Balance;
use vilokanam_chain::{Chain, Signer};
use vilokanam_tests::accounts::CREATOR;

/// Price of a tick in planck: low enough for the deposits of `make-spec`, and high enough that a minute earns its fee.
const PRICE: Balance = 1_000_000_000;
/// Gateway's share of the stream in percent.
const GATEWAY_SHARE: u32 = 10;
/// Number of ticks that a claim may be ahead of the clock.
const PREPAID_TICKS: u32 = 60;

/// Options of `limit`.
#[derive(clap::Args)]
pub struct Args {
    /// WebSocket URL of the node's JSON-RPC
    #[arg(long, default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// Seconds between two claims of one viewer
    #[arg(long, default_value_t = 60)]
    claims_every: u32,
    /// Largest number of viewers to try; the chain must have been made by `make-spec` for at least as many
    #[arg(long, default_value_t = 400_000)]
    viewers: u32,
    /// Number of viewers of the first probe
    #[arg(long, default_value_t = 50_000)]
    from: u32,
    /// Measured seconds of a probe
    #[arg(long, default_value_t = 120)]
    seconds: u32,
    /// Distance between the largest number that was settled and the smallest that was not, in percent, at which the
    /// search ends
    #[arg(long, default_value_t = 5)]
    precision: u32,
    /// Maximum number of ticks of a session; each probe uses as many as it has seconds
    #[arg(long, default_value_t = 2_400)]
    max_ticks: u32,
    /// The node's --tick-block-share in percent, to say what limits it
    #[arg(long, default_value_t = 60)]
    block_share: u32,
    /// Process id of the node, to measure its CPU time
    #[arg(long)]
    node_pid: Option<u32>,
    #[command(flatten)]
    output: Output,
}

/// Opens the sessions, searches, and reports.
pub async fn run(args: Args) -> Result<()> {
    ensure!(args.claims_every > 0 && args.seconds > 0, "--claims-every and --seconds must be at least 1");
    ensure!((1..=args.viewers).contains(&args.from), "--from must be at least 1 and at most --viewers");
    ensure!(args.max_ticks >= args.claims_every, "--max-ticks must be at least --claims-every");
    let chain = Chain::connect(&args.url).await?;
    let share = Permill::from_percent(GATEWAY_SHARE);
    let stream = create_stream_at(&chain, &Signer::from_uri(CREATOR)?, PRICE, share).await?;
    let accounts = (0..accounts_for(args.viewers)).map(account_of).collect();
    let mut viewers = viewers(&chain, accounts).await?;
    let terms = Terms { stream, price_per_tick: PRICE, max_ticks: args.max_ticks };
    let watches = open_sessions(&chain, &mut viewers, args.viewers, terms).await?;
    let opened = Instant::now();
    // Then a claim has as many ticks as one has in the long run.
    let wait = Duration::from_secs(args.claims_every.saturating_sub(PREPAID_TICKS / 2).into());
    progress(&format!("waiting {} s until a claim has {} ticks", wait.as_secs(), args.claims_every));
    tokio::time::sleep(wait).await;

    let mut node = Node::connect(&args, chain, stream, watches, opened).await?;
    let mut search = Search::new(args.from, args.viewers, args.precision);
    let mut probes: Vec<Probe> = Vec::new();
    while let Some(count) = search.next() {
        let probe = node.probe(count).await?;
        progress(&probe.to_line());
        search.record(probe.is_settled());
        probes.push(probe);
        node.drain().await?;
    }
    report(&args, &search, &probes)
}

fn report(args: &Args, search: &Search, probes: &[Probe]) -> Result<()> {
    let share = f64::from(args.block_share) / 100.0;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let of_count = |count: Option<u32>| probes.iter().rev().find(|probe| Some(probe.viewers) == count);
    let statement = match (of_count(search.settled()), of_count(search.unsettled())) {
        (_, Some(failed)) => verdict::limited_by(&failed.figures, share, cores as f64),
        (Some(_), None) => format!("nothing up to --viewers {}; try more", args.viewers),
        (None, None) => "unknown: no probe was made".to_owned(),
    };
    let mut report = Report::new(&format!("limit_{}", args.claims_every));
    report.add("claims_every_s", args.claims_every);
    report.add("viewers_settled", search.settled().map_or(Value::Null, Value::from));
    report.add("viewers_not_settled", search.unsettled().map_or(Value::Null, Value::from));
    report.add("limited_by", statement);
    report.add("cores", cores);
    report.add("sessions_open", args.viewers);
    report.add("measured_seconds", args.seconds);
    report.add("probes", probes.iter().map(Probe::to_json).collect::<Vec<_>>());
    report.finish(&args.output)
}
