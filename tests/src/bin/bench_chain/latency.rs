//! How long a claim takes from the node's door to a block, and to finality.

use crate::{
    load::{create_stream, fund_viewers, open_sessions},
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

/// Pauses between two claims of one session.
const PAUSE_MS: std::ops::Range<u64> = 500..5_000;
/// How long to wait for the last claims to become final.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much to submit.
#[derive(clap::Args)]
pub struct Args {
    /// Where the node's JSON-RPC is, by WebSocket.
    #[arg(long, default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// How many sessions claim.
    #[arg(long, default_value_t = 200)]
    sessions: u32,
    /// For how long they claim.
    #[arg(long, default_value_t = 120)]
    seconds: u32,
    #[command(flatten)]
    output: Output,
}

/// What the clock was stopped for.
enum Note {
    Claimed(SessionId, u32, Instant),
    Refused(i32),
    Block { is_final: bool, settled: Vec<(SessionId, u32)>, at: Instant },
}

/// Submits, watches, and reports.
pub async fn run(args: Args) -> Result<()> {
    let chain = Chain::connect(&args.url).await?;
    let stream = create_stream(&chain).await?;
    let mut viewers = fund_viewers(&chain, args.sessions).await?;
    let watches = open_sessions(&chain, &mut viewers, args.sessions, stream, args.seconds + 120).await?;

    let (notes, received) = unbounded_channel();
    let best = tokio::spawn(follow(chain.clone(), chain.best_blocks().await?, false, notes.clone()));
    let finalized = tokio::spawn(follow(chain.clone(), chain.finalized_blocks().await?, true, notes.clone()));
    let rpc = TickRpc::connect(&args.url).await?;
    let end = Instant::now() + Duration::from_secs(args.seconds.into());
    progress(&format!("{} sessions claim at random times for {} s", args.sessions, args.seconds));
    for watch in watches {
        tokio::spawn(claim_at_random(rpc.clone(), watch, end, notes.clone()));
    }
    drop(notes);
    let figures = collect(received, end).await;
    best.abort();
    finalized.abort();
    figures.report(&args)
}

async fn claim_at_random(rpc: TickRpc, mut watch: Watch, end: Instant, notes: UnboundedSender<Note>) {
    let start = Instant::now();
    loop {
        let pause = Duration::from_millis(rand::thread_rng().gen_range(PAUSE_MS));
        tokio::time::sleep(pause).await;
        if Instant::now() >= end {
            return;
        }
        // One more than has passed, so that each claim is above the last one even within a second.
        let ticks = start.elapsed().as_millis() as u32 / 500 + 1;
        let ticks = ticks.min(start.elapsed().as_secs() as u32 + 50);
        let Some(row) = watch.claim(ticks) else { return };
        let at = Instant::now();
        let note = match rpc.submit(&[], &[row], &[]).await.map(|answer| answer.claims.into_iter().next()) {
            Ok(Some(answer)) if answer.accepted => Note::Claimed(watch.session, ticks, at),
            Ok(answer) => Note::Refused(answer.and_then(|answer| answer.code).unwrap_or(code::INVALID_ROW)),
            Err(_) => return,
        };
        if notes.send(note).is_err() {
            return;
        }
    }
}

/// Notes what each block settles. The time is that of the block's announcement.
async fn follow(
    chain: Chain,
    blocks: impl Stream<Item = Result<Block, ChainError>>,
    is_final: bool,
    notes: UnboundedSender<Note>,
) {
    let mut blocks = pin!(blocks);
    while let Some(Ok(block)) = blocks.next().await {
        let at = Instant::now();
        let Ok(outcomes) = chain.at(block.hash).outcomes().await else { continue };
        let settled = outcomes.into_iter().filter_map(|outcome| match outcome {
            Outcome::Settled(session, ticks) => Some((session, ticks)),
            _ => None,
        });
        if notes.send(Note::Block { is_final, settled: settled.collect(), at }).is_err() {
            return;
        }
    }
}

#[derive(Default)]
struct Figures {
    inclusion: Vec<Duration>,
    finality: Vec<Duration>,
    refused: HashMap<i32, u64>,
    lost: usize,
}

/// A claim on its way. One that a later claim of its session overtook counts as settled with that one.
type Pending = HashMap<SessionId, HashSet<(u32, Instant)>>;

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

async fn collect(mut notes: UnboundedReceiver<Note>, end: Instant) -> Figures {
    let mut figures = Figures::default();
    let (mut unincluded, mut unfinal) = (Pending::new(), Pending::new());
    let deadline = tokio::time::Instant::from_std(end + PATIENCE);
    while let Ok(Some(note)) = tokio::time::timeout_at(deadline, notes.recv()).await {
        match note {
            Note::Claimed(session, ticks, at) => {
                unincluded.entry(session).or_default().insert((ticks, at));
                unfinal.entry(session).or_default().insert((ticks, at));
            }
            Note::Refused(code) => *figures.refused.entry(code).or_default() += 1,
            Note::Block { is_final: false, settled, at } => {
                settle(&mut unincluded, &settled, at, &mut figures.inclusion);
            }
            Note::Block { is_final: true, settled, at } => {
                settle(&mut unfinal, &settled, at, &mut figures.finality);
            }
        }
        if Instant::now() > end && unfinal.is_empty() {
            break;
        }
    }
    figures.lost = unfinal.values().map(HashSet::len).sum();
    figures
}

impl Figures {
    fn report(mut self, args: &Args) -> Result<()> {
        let mut report = Report::new("latency");
        report.add("sessions", args.sessions);
        report.add("seconds", args.seconds);
        report.add("inclusion", percentiles(&mut self.inclusion));
        report.add("finality", percentiles(&mut self.finality));
        report.add("not_final_in_time", self.lost);
        report.add("refused", self.refused.values().sum::<u64>());
        report.finish(&args.output)
    }
}
