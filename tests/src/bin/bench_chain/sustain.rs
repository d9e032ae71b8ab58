//! Sustained load: many viewers reveal a tick per second each, and claim their ticks at intervals.

use crate::{
    load::{account_of, accounts_for, create_stream, open_sessions, viewers},
    report::{progress, Output, Report},
};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::time::{Duration, Instant};
use tick_stream_primitives::StreamId;
use vilokanam_chain::{rpc::types::code, Chain, ClaimRow, TickRpc, Watch};

/// Number of connections that submit claims. The node gives each a budget of its own.
const CONNECTIONS: usize = 4;
/// Maximum number of rows in one call.
const MAX_ROWS: usize = 2_048;
/// Kernel clock ticks per second in the times of /proc, on every Linux in use.
const KERNEL_HZ: f64 = 100.0;
/// Seconds between two samples of the pool.
const SAMPLE_SECONDS: u64 = 5;

/// Options of `sustain`.
#[derive(clap::Args)]
pub struct Args {
    /// WebSocket URL of the node's JSON-RPC
    #[arg(long, default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// Number of viewers; the chain must have been made by `make-spec` for at least as many
    #[arg(long, default_value_t = 1_000)]
    viewers: u32,
    /// Seconds between two claims of one viewer
    #[arg(long, default_value_t = 60)]
    settle_every: u32,
    /// Length of the load in minutes
    #[arg(long, default_value_t = 5)]
    minutes: u32,
    /// Process id of the node, to measure its CPU time
    #[arg(long)]
    node_pid: Option<u32>,
    #[command(flatten)]
    output: Output,
}

#[derive(Default)]
struct Figures {
    /// Number of claims that the node accepted.
    accepted: u64,
    /// Number of claims that were sent again because the node was busy.
    sent_again: u64,
    /// Number of claims that the node refused for another reason.
    refused: u64,
    samples: Vec<Sample>,
}

#[derive(Clone, Copy)]
struct Sample {
    /// Seconds since the load began.
    second: u64,
    /// Number of claims in the pool.
    pooled: u64,
    /// Age of the oldest row in the pool, in seconds.
    oldest_s: u64,
    /// Ticks of the stream that are settled.
    settled_ticks: u64,
}

/// Opens the sessions, submits their claims, and reports.
pub async fn run(args: Args) -> Result<()> {
    ensure!(args.settle_every > 0 && args.minutes > 0, "--settle-every and --minutes must be at least 1");
    let chain = Chain::connect(&args.url).await?;
    let stream = create_stream(&chain).await?;
    let accounts = (0..accounts_for(args.viewers)).map(account_of).collect();
    let mut viewers = viewers(&chain, accounts).await?;
    let max_ticks = args.minutes * 60 + 2 * args.settle_every;
    let mut watches = open_sessions(&chain, &mut viewers, args.viewers, stream, max_ticks).await?;

    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(TickRpc::connect(&args.url).await?);
    }
    let (start, cpu_before) = (Instant::now(), args.node_pid.map(cpu_seconds).transpose()?);
    let figures = drive(&args, &chain, stream, &connections, &mut watches).await?;
    let seconds = start.elapsed().as_secs_f64();
    let cpu_after = args.node_pid.map(cpu_seconds).transpose()?;
    let cores = cpu_before.zip(cpu_after).map(|(before, after)| (after - before) / seconds);
    figures.report(&args, seconds, cores)
}

/// Submits, in each second, the claims of the sessions whose turn it is, for all seconds so far.
async fn drive(
    args: &Args,
    chain: &Chain,
    stream: StreamId,
    connections: &[TickRpc],
    watches: &mut [Watch],
) -> Result<Figures> {
    let mut figures = Figures::default();
    let mut clock = tokio::time::interval(Duration::from_secs(1));
    let mut delayed: Vec<usize> = Vec::new();
    for second in 1..=u64::from(args.minutes) * 60 {
        clock.tick().await;
        let turn = (second % u64::from(args.settle_every)) as usize;
        let in_turn = (turn..watches.len()).step_by(args.settle_every as usize);
        let claiming: Vec<_> = std::mem::take(&mut delayed).into_iter().chain(in_turn).collect();
        let rows = claiming.iter().filter_map(|index| Some((*index, watches.get_mut(*index)?.claim(second as u32)?)));
        delayed = submit(connections, rows.collect(), &mut figures).await?;
        if second % SAMPLE_SECONDS == 0 {
            let pool = connections[0].pool().await?;
            let stream = chain.now().stream(stream).await?.context("the stream does not exist")?;
            let settled_ticks = stream.totals.ticks;
            let sample = Sample { second, pooled: pool.claims, oldest_s: pool.oldest_age_s, settled_ticks };
            figures.samples.push(sample);
            progress(&format!(
                "{second} s: {} claims in the pool, oldest row {} s; {settled_ticks} ticks settled; {} claims refused, \
                 {} sent again",
                pool.claims, pool.oldest_age_s, figures.refused, figures.sent_again
            ));
        }
    }
    Ok(figures)
}

/// Submits claims. Returns the sessions whose claims must be sent again, because the node was busy.
async fn submit(connections: &[TickRpc], rows: Vec<(usize, ClaimRow)>, figures: &mut Figures) -> Result<Vec<usize>> {
    let part = rows.len().div_ceil(connections.len()).clamp(1, MAX_ROWS);
    let calls = rows.chunks(part).zip(connections.iter().cycle()).map(|(part, rpc)| async move {
        let claims: Vec<_> = part.iter().map(|(_, row)| row.clone()).collect();
        let answer = rpc.submit(&[], &claims, &[]).await?;
        anyhow::Ok(part.iter().map(|(index, _)| *index).zip(answer.claims).collect::<Vec<_>>())
    });
    let mut delayed = Vec::new();
    for (index, answer) in futures::future::try_join_all(calls).await?.into_iter().flatten() {
        match answer.code {
            None => figures.accepted += 1,
            Some(code::BUSY | code::POOL_FULL) => {
                figures.sent_again += 1;
                delayed.push(index);
            }
            Some(_) => figures.refused += 1,
        }
    }
    Ok(delayed)
}

/// Returns the CPU time that a process has used, in seconds.
fn cpu_seconds(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let stat = std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read: check --node-pid"))?;
    // The program's name is in brackets and may contain spaces. User and system time are fields 12 and 13 after it.
    let (_, fields) = stat.rsplit_once(')').context("the file has no program name")?;
    let times = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(times.sum::<Result<f64, _>>()? / KERNEL_HZ)
}

/// Returns the growth of the pool in rows per second: the slope of the line of least squares.
fn slope(samples: &[Sample]) -> f64 {
    let count = samples.len() as f64;
    let mean = |value: fn(&Sample) -> u64| samples.iter().map(|sample| value(sample) as f64).sum::<f64>() / count;
    let (mean_second, mean_pooled) = (mean(|sample| sample.second), mean(|sample| sample.pooled));
    let (mut covariance, mut variance) = (0.0, 0.0);
    for sample in samples {
        let distance = sample.second as f64 - mean_second;
        covariance += distance * (sample.pooled as f64 - mean_pooled);
        variance += distance * distance;
    }
    if variance > 0.0 {
        covariance / variance
    } else {
        0.0
    }
}

impl Figures {
    fn report(self, args: &Args, seconds: f64, cores: Option<f64>) -> Result<()> {
        // In the first round, every session is new to the pool.
        let warm_up = u64::from(args.settle_every);
        let steady: Vec<_> = self.samples.iter().copied().filter(|sample| sample.second > warm_up).collect();
        let slope = slope(&steady);
        let claims_per_second = f64::from(args.viewers) / f64::from(args.settle_every);
        // A load that is as short as its first round has no steady state.
        let settled = steady.first().zip(steady.last()).filter(|(first, last)| last.second > first.second);
        let settled = settled.map(|(first, last)| {
            (last.settled_ticks - first.settled_ticks) as f64 / (last.second - first.second) as f64
        });
        let mut report = Report::new("sustain");
        report.add("viewers", args.viewers);
        report.add("seconds", seconds);
        report.add("claims_accepted", self.accepted);
        report.add("claims_per_second", claims_per_second);
        report.add("ticks_settled_per_second", settled.map_or(Value::Null, Value::from));
        report.add("claims_refused", self.refused);
        report.add("claims_sent_again", self.sent_again);
        report.add("pool_growth_rows_per_second", slope);
        // Growth by less than a hundredth of the claims is noise.
        report.add("pool_is_level", slope < claims_per_second / 100.0 + 0.1);
        report.add("node_cpu_cores", cores.map_or(Value::Null, Value::from));
        let row = |sample: &Sample| {
            json!({
                "second": sample.second,
                "pooled": sample.pooled,
                "oldest_s": sample.oldest_s,
                "settled_ticks": sample.settled_ticks,
            })
        };
        report.add("pool", self.samples.iter().map(row).collect::<Vec<_>>());
        report.finish(&args.output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(pooled: impl Fn(u64) -> u64) -> Vec<Sample> {
        let sample = |second| Sample { second, pooled: pooled(second), oldest_s: 0, settled_ticks: 0 };
        (0..20).map(|index| sample(index * 5)).collect()
    }

    #[test]
    fn slope_is_that_of_the_line_of_least_squares() {
        assert!((slope(&samples(|second| 7 + 3 * second)) - 3.0).abs() < 1e-9);
        assert!(slope(&samples(|_| 12)).abs() < 1e-9);
        assert_eq!(slope(&[]), 0.0);
    }
}
