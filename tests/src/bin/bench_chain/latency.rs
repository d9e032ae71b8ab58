//! Time from the submission of a claim to its inclusion in a block, and to finality.

use crate::{
    load::{create_stream, fund_viewers, open_sessions, Terms, PRICE},
    report::{percentiles, progress, Output, Report},
};
use anyhow::Result;
use futures::{Stream, StreamExt};
use rand::Rng;
use std::{
    collections::{HashMap, HashSet},
    pin::pin,
    time::{Duration, Instant},
};
use tick_stream_primitives::{Outcome, SessionId};
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver, UnboundedSender};
use vilokanam_chain::{rpc::types::code, Block, Chain, ChainError, TickRpc, Watch};

/// Pauses between two claims of one session, in milliseconds.
const PAUSE_MS: std::ops::Range<u64> = 500..5_000;
/// Maximum time until the last claims are finalized.
const FINALITY_TIMEOUT: Duration = Duration::from_secs(60);

/// Options of `latency`.
#[derive(clap::Args)]
pub struct Args {
    /// WebSocket URL of the node's JSON-RPC
    #[arg(long, default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// Number of sessions
    #[arg(long, default_value_t = 200)]
    sessions: u32,
    /// Time for which claims are submitted, in seconds
    #[arg(long, default_value_t = 120)]
    seconds: u32,
    #[command(flatten)]
    output: Output,
}

/// Something that happened, and when.
enum Observation {
    /// The node accepted a claim of this many ticks.
    Claimed(SessionId, u32, Instant),
    /// The node refused a claim with this code.
    Refused(i32),
    /// A block settled claims.
    Block { is_final: bool, settled: Vec<(SessionId, u32)>, at: Instant },
}

/// Submits claims, follows the blocks, and reports.
pub async fn run(args: Args) -> Result<()> {
    let chain = Chain::connect(&args.url).await?;
    let stream = create_stream(&chain).await?;
    let mut viewers = fund_viewers(&chain, args.sessions).await?;
    let terms = Terms { stream, price_per_tick: PRICE, max_ticks: args.seconds + 120 };
    let watches = open_sessions(&chain, &mut viewers, args.sessions, terms).await?;

    let (observations, received) = unbounded_channel();
    let best = tokio::spawn(follow(chain.clone(), chain.best_blocks().await?, false, observations.clone()));
    let finalized = tokio::spawn(follow(chain.clone(), chain.finalized_blocks().await?, true, observations.clone()));
    let rpc = TickRpc::connect(&args.url).await?;
    let end = Instant::now() + Duration::from_secs(args.seconds.into());
    progress(&format!("{} sessions claim at random times for {} s", args.sessions, args.seconds));
    for watch in watches {
        tokio::spawn(claim_at_random(rpc.clone(), watch, end, observations.clone()));
    }
    drop(observations);
    let figures = collect(received, end).await;
    best.abort();
    finalized.abort();
    figures.report(&args)
}

/// Claims at random times until `end`.
async fn claim_at_random(rpc: TickRpc, mut watch: Watch, end: Instant, observations: UnboundedSender<Observation>) {
    let start = Instant::now();
    loop {
        let pause = Duration::from_millis(rand::thread_rng().gen_range(PAUSE_MS));
        tokio::time::sleep(pause).await;
        if Instant::now() >= end {
            return;
        }
        // Twice as fast as the clock, so that each claim exceeds the last one, but no further ahead than a viewer may
        // pay.
        let ticks = start.elapsed().as_millis() as u32 / 500 + 1;
        let ticks = ticks.min(start.elapsed().as_secs() as u32 + 50);
        let Some(row) = watch.claim(ticks) else { return };
        let at = Instant::now();
        let observation = match rpc.submit(&[], &[row], &[]).await.map(|answer| answer.claims.into_iter().next()) {
            Ok(Some(answer)) if answer.accepted => Observation::Claimed(watch.session, ticks, at),
            Ok(answer) => Observation::Refused(answer.and_then(|answer| answer.code).unwrap_or(code::INVALID_ROW)),
            Err(_) => return,
        };
        if observations.send(observation).is_err() {
            return;
        }
    }
}

/// Reports the claims that each block settles, with the time at which the node announced the block.
async fn follow(
    chain: Chain,
    blocks: impl Stream<Item = Result<Block, ChainError>>,
    is_final: bool,
    observations: UnboundedSender<Observation>,
) {
    let mut blocks = pin!(blocks);
    while let Some(Ok(block)) = blocks.next().await {
        let at = Instant::now();
        let Ok(outcomes) = chain.at(block.hash).outcomes().await else { continue };
        let settled = outcomes.into_iter().filter_map(|outcome| match outcome {
            Outcome::Settled(session, ticks) => Some((session, ticks)),
            _ => None,
        });
        if observations.send(Observation::Block { is_final, settled: settled.collect(), at }).is_err() {
            return;
        }
    }
}

#[derive(Default)]
struct Figures {
    inclusion: Vec<Duration>,
    finality: Vec<Duration>,
    refused: HashMap<i32, u64>,
    /// Number of claims that were not finalized in time.
    late: usize,
}

/// Submitted claims of each session, which are not settled yet. A claim that a later one of its session has overtaken
/// is settled together with that one.
type Pending = HashMap<SessionId, HashSet<(u32, Instant)>>;

/// Removes the claims that a block settles, and records how long each took.
fn settle(pending: &mut Pending, settled: &[(SessionId, u32)], at: Instant, times: &mut Vec<Duration>) {
    for (session, ticks) in settled {
        let Some(claims) = pending.get_mut(session) else { continue };
        claims.retain(|(claimed, since)| {
            let is_settled = claimed <= ticks;
            if is_settled {
                times.push(at.saturating_duration_since(*since));
            }
            !is_settled
        });
    }
    pending.retain(|_, claims| !claims.is_empty());
}

/// Collects figures until all claims are finalized, or [`FINALITY_TIMEOUT`] after `end`.
async fn collect(mut observations: UnboundedReceiver<Observation>, end: Instant) -> Figures {
    let mut figures = Figures::default();
    let (mut not_included, mut not_finalized) = (Pending::new(), Pending::new());
    let deadline = tokio::time::Instant::from_std(end + FINALITY_TIMEOUT);
    while let Ok(Some(observation)) = tokio::time::timeout_at(deadline, observations.recv()).await {
        match observation {
            Observation::Claimed(session, ticks, at) => {
                not_included.entry(session).or_default().insert((ticks, at));
                not_finalized.entry(session).or_default().insert((ticks, at));
            }
            Observation::Refused(code) => *figures.refused.entry(code).or_default() += 1,
            Observation::Block { is_final: false, settled, at } => {
                settle(&mut not_included, &settled, at, &mut figures.inclusion);
            }
            Observation::Block { is_final: true, settled, at } => {
                settle(&mut not_finalized, &settled, at, &mut figures.finality);
            }
        }
        if Instant::now() > end && not_finalized.is_empty() {
            break;
        }
    }
    figures.late = not_finalized.values().map(HashSet::len).sum();
    figures
}

impl Figures {
    fn report(mut self, args: &Args) -> Result<()> {
        let mut report = Report::new("latency");
        report.add("sessions", args.sessions);
        report.add("seconds", args.seconds);
        report.add("inclusion", percentiles(&mut self.inclusion));
        report.add("finality", percentiles(&mut self.finality));
        report.add("not_final_in_time", self.late);
        report.add("refused", self.refused.values().sum::<u64>());
        report.finish(&args.output)
    }
}
