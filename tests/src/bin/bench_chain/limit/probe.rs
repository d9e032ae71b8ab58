//! A probe: a number of viewers pays a tick a second each, and the node has to keep up.

use super::{verdict::Figures, Args, PREPAID_TICKS};
use crate::report::progress;
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use serde_json::{json, Value};
use std::time::{Duration, Instant};
use tick_stream_primitives::StreamId;
use tokio::time::MissedTickBehavior;
use vilokanam_chain::{rpc::types::code, Chain, ClaimRow, TickRpc, Watch};

/// Number of connections that submit claims. The node gives each a budget of its own.
const CONNECTIONS: usize = 4;
/// Maximum number of rows in one call.
const MAX_ROWS: usize = 2_048;
/// Kernel clock ticks per second in the times of /proc, on every Linux in use.
const KERNEL_HZ: f64 = 100.0;
/// Seconds at the beginning of a probe that are not measured: the pool fills up with claims that wait for finality.
const SETTLE_IN_SECONDS: u32 = 20;
/// Seconds between two samples of the pool.
const SAMPLE_SECONDS: u32 = 5;
/// Maximum time until the pool has settled what a probe has left in it.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(600);

/// Session with its tick chain.
struct Payer {
    watch: Watch,
    /// Ticks that were claimed.
    claimed_ticks: u32,
}

/// A node with open sessions.
pub struct Node {
    chain: Chain,
    stream: StreamId,
    connections: Vec<TickRpc>,
    payers: Vec<Payer>,
    /// Index of the payer whose turn is next. A probe goes on where the last one has ended, because payers that have just claimed
    /// have no ticks yet.
    next: usize,
    opened: Instant,
    claims_every: u32,
    seconds: u32,
    pid: Option<u32>,
}

/// Result of a probe.
pub struct Probe {
    /// Number of viewers.
    pub viewers: u32,
    /// What was measured.
    pub figures: Figures,
}

impl Probe {
    /// Returns whether the node kept up.
    pub fn is_settled(&self) -> bool {
        self.figures.is_settled()
    }

    /// Returns the probe as JSON.
    pub fn to_json(&self) -> Value {
        json!({ "viewers": self.viewers, "is_settled": self.is_settled(), "figures": self.figures.to_json() })
    }

    /// Describes the probe in a line.
    pub fn to_line(&self) -> String {
        let Figures { ticks_settled_per_s, growth_per_s, oldest_s, node_cores, weight_mean, .. } = self.figures;
        format!(
            "{} viewers: {}; {ticks_settled_per_s:.0} ticks settled a second, the pool grows by {growth_per_s:.1} \
             claims a second, oldest row {oldest_s} s, blocks {:.0} % full, node {:.2} cores",
            self.viewers,
            if self.is_settled() { "settled" } else { "NOT settled" },
            weight_mean * 100.0,
            node_cores.unwrap_or_default(),
        )
    }
}

/// State of the pool and the chain at one time.
#[derive(Clone, Copy)]
struct Sample {
    second: u32,
    pooled: u64,
    oldest_s: u64,
    settled_ticks: u64,
    block: u32,
    node_cpu_s: Option<f64>,
    load_cpu_s: f64,
}

/// Counts of the claims of one probe.
#[derive(Default)]
struct Counts {
    refused: u64,
    sent_again: u64,
    lag_s: f64,
}

impl Node {
    /// Connects to the node that has these sessions open.
    pub async fn connect(
        args: &Args,
        chain: Chain,
        stream: StreamId,
        watches: Vec<Watch>,
        opened: Instant,
    ) -> Result<Self> {
        let connections = try_join_all((0..CONNECTIONS).map(|_| TickRpc::connect(&args.url))).await?;
        let payers = watches.into_iter().map(|watch| Payer { watch, claimed_ticks: 0 }).collect();
        let (claims_every, seconds, pid) = (args.claims_every, args.seconds, args.node_pid);
        Ok(Self { chain, stream, connections, payers, next: 0, opened, claims_every, seconds, pid })
    }

    /// Lets sessions claim in turn, as often as `viewers` do that claim once in `claims_every` seconds.
    pub async fn probe(&mut self, viewers: u32) -> Result<Probe> {
        progress(&format!("{viewers} viewers for {} s", SETTLE_IN_SECONDS + self.seconds));
        let mut clock = tokio::time::interval(Duration::from_secs(1));
        clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let start = Instant::now();
        let mut turns = 0;
        let (mut delayed, mut counts, mut samples) = (Vec::new(), Counts::default(), Vec::new());
        for second in 1..=SETTLE_IN_SECONDS + self.seconds {
            clock.tick().await;
            let due = u64::from(viewers) * u64::from(second) / u64::from(self.claims_every);
            let in_turn = (due - turns).min(viewers.into()) as u32;
            turns = due;
            let mut rows = std::mem::take(&mut delayed);
            rows.extend((0..in_turn).filter_map(|_| self.next_claim()));
            delayed = submit(&self.connections, rows, &mut counts).await?;
            let lag_s = start.elapsed().as_secs_f64() - f64::from(second);
            if second > SETTLE_IN_SECONDS {
                counts.lag_s = counts.lag_s.max(lag_s);
            }
            if second >= SETTLE_IN_SECONDS && second % SAMPLE_SECONDS == 0 {
                samples.push(self.sample(second).await?);
            }
        }
        let figures = self.figures(viewers, &samples, &counts).await?;
        Ok(Probe { viewers, figures })
    }

    /// Returns the next claim of the session whose turn it is, or nothing if its ticks are used up or not earned yet.
    fn next_claim(&mut self) -> Option<ClaimRow> {
        let earned = self.opened.elapsed().as_secs() as u32 + PREPAID_TICKS - 1;
        let index = self.next % self.payers.len().max(1);
        self.next = index + 1;
        let payer = self.payers.get_mut(index)?;
        let ticks = payer.claimed_ticks + self.claims_every;
        let row = payer.watch.claim(ticks.min(earned))?;
        payer.claimed_ticks = row.ticks;
        Some(row)
    }

    async fn sample(&self, second: u32) -> Result<Sample> {
        let pool = self.connections.first().context("there is a connection")?.pool().await?;
        let stream = self.chain.now().stream(self.stream).await?.context("the stream does not exist")?;
        Ok(Sample {
            second,
            pooled: pool.claims,
            oldest_s: pool.oldest_age_s,
            settled_ticks: stream.totals.ticks,
            block: self.chain.best().await?.number,
            node_cpu_s: self.pid.map(cpu_seconds).transpose()?,
            load_cpu_s: cpu_seconds(std::process::id())?,
        })
    }

    async fn figures(&self, viewers: u32, samples: &[Sample], counts: &Counts) -> Result<Figures> {
        let (first, last) = samples.first().zip(samples.last()).context("a probe has samples")?;
        ensure!(last.second > first.second, "--seconds must be at least {SAMPLE_SECONDS}");
        let seconds = f64::from(last.second - first.second);
        let (mut weights, mut length_max) = (Vec::new(), 0.0_f64);
        for number in first.block + 1..=last.block {
            let fill = self.chain.at(self.chain.hash_of(number).await?).block_fill().await?;
            weights.push(fill.weight);
            length_max = length_max.max(fill.length);
        }
        let blocks = weights.len().max(1) as f64;
        Ok(Figures {
            ticks_paid_per_s: viewers.into(),
            ticks_settled_per_s: (last.settled_ticks - first.settled_ticks) as f64 / seconds,
            claims_per_s: f64::from(viewers) / f64::from(self.claims_every),
            growth_per_s: slope(samples),
            oldest_s: samples.iter().map(|sample| sample.oldest_s).max().unwrap_or_default(),
            refused: counts.refused,
            sent_again: counts.sent_again,
            lag_s: counts.lag_s,
            node_cores: first.node_cpu_s.zip(last.node_cpu_s).map(|(before, after)| (after - before) / seconds),
            load_cores: (last.load_cpu_s - first.load_cpu_s) / seconds,
            weight_mean: weights.iter().sum::<f64>() / blocks,
            weight_max: weights.iter().copied().fold(0.0, f64::max),
            length_max,
            block_s: seconds / blocks,
        })
    }

    /// Waits until the pool has settled all claims of earlier probes.
    pub async fn drain(&self) -> Result<()> {
        let deadline = Instant::now() + DRAIN_TIMEOUT;
        let rpc = self.connections.first().context("there is a connection")?;
        while rpc.pool().await?.claims > 0 {
            let limit = DRAIN_TIMEOUT.as_secs();
            ensure!(Instant::now() < deadline, "the pool still holds claims after {limit} s without new ones");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }
}

/// Submits claims. Returns those that must be sent again, because the node was busy.
async fn submit(connections: &[TickRpc], rows: Vec<ClaimRow>, counts: &mut Counts) -> Result<Vec<ClaimRow>> {
    let part = rows.len().div_ceil(connections.len()).clamp(1, MAX_ROWS);
    let calls = rows.chunks(part).zip(connections.iter().cycle()).map(|(part, rpc)| async move {
        let answer = rpc.submit(&[], part, &[]).await?;
        anyhow::Ok(part.iter().cloned().zip(answer.claims).collect::<Vec<_>>())
    });
    let mut delayed = Vec::new();
    for (row, answer) in try_join_all(calls).await?.into_iter().flatten() {
        match answer.code {
            None => {}
            Some(code::BUSY | code::POOL_FULL) => {
                counts.sent_again += 1;
                delayed.push(row);
            }
            Some(_) => counts.refused += 1,
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
    let seconds = |sample: &Sample| f64::from(sample.second);
    let mean_second = samples.iter().map(seconds).sum::<f64>() / count;
    let mean_pooled = samples.iter().map(|sample| sample.pooled as f64).sum::<f64>() / count;
    let (mut covariance, mut variance) = (0.0, 0.0);
    for sample in samples {
        let distance = seconds(sample) - mean_second;
        covariance += distance * (sample.pooled as f64 - mean_pooled);
        variance += distance * distance;
    }
    if variance > 0.0 {
        covariance / variance
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(pooled: impl Fn(u32) -> u64) -> Vec<Sample> {
        let sample = |second| Sample {
            second,
            pooled: pooled(second),
            oldest_s: 0,
            settled_ticks: 0,
            block: second,
            node_cpu_s: None,
            load_cpu_s: 0.0,
        };
        (0..20).map(|index| sample(index * 5)).collect()
    }

    #[test]
    fn slope_is_that_of_the_line_of_least_squares() {
        assert!((slope(&samples(|second| 7 + 3 * u64::from(second))) - 3.0).abs() < 1e-9);
        assert!(slope(&samples(|_| 12)).abs() < 1e-9);
        assert_eq!(slope(&[]), 0.0);
    }

    #[test]
    fn cpu_time_of_this_process_can_be_read() {
        assert!(cpu_seconds(std::process::id()).is_ok_and(|seconds| seconds >= 0.0));
    }
}
