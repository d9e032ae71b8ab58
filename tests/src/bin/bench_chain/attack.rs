//! Attacks that make a node's operator pay fees, and what they cost the attacker.
//!
//! The attacker is creator and viewer at once, so that most of what its viewer pays comes back to it, and it talks to
//! the node directly, past the terms of any gateway. What cannot be avoided at this price is the worst case for the
//! operator.

mod copies;
mod junk;
mod parties;
mod ticks;

use crate::report::{progress, Output, Report};
use anyhow::Result;
use clap::ValueEnum;
use parties::Parties;
use serde_json::{json, Value};
use tick_stream_primitives::Balance;

/// Way to attack.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Strategy {
    /// Own stream at the lowest price without a share for the gateway, and one tick every few seconds
    CheapTicks,
    /// Claims of one tick, one after the other, at the lowest price at which the worker settles them
    PaidTicks,
    /// Claims of one tick, one after the other, over the whole closing period of a session at the lowest price
    UrgentTicks,
    /// The same at the end of the closing period, at the lowest price at which the worker settles one tick
    UrgentPaidTicks,
    /// Tickets of other viewers, copied out of the transaction pool and included first
    CopiedTickets,
    /// Extrinsics of a megabyte that fill blocks
    Junk,
}

impl Strategy {
    fn name(self) -> &'static str {
        match self {
            Self::CheapTicks => "cheap-ticks",
            Self::PaidTicks => "paid-ticks",
            Self::UrgentTicks => "urgent-ticks",
            Self::UrgentPaidTicks => "urgent-paid-ticks",
            Self::CopiedTickets => "copied-tickets",
            Self::Junk => "junk",
        }
    }
}

/// Options of `attack`.
#[derive(clap::Args)]
pub struct Args {
    /// WebSocket URL of the JSON-RPC of a development node that keeps all states (--state-pruning archive)
    #[arg(long, default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// Strategies, separated by commas [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    strategies: Vec<Strategy>,
    /// Seconds between two ticks of `cheap-ticks`
    #[arg(long, default_value_t = 24)]
    tick_every: u32,
    /// Number of repetitions in a strategy: ticks, or batches of tickets
    #[arg(long, default_value_t = 10)]
    rounds: u32,
    /// Megabytes of `junk`
    #[arg(long, default_value_t = 12)]
    megabytes: u32,
    #[command(flatten)]
    output: Output,
}

/// What a strategy has cost.
#[derive(Clone, Default)]
struct Outcome {
    /// Planck that the attacker has paid to others and to the chain.
    attacker: Balance,
    /// Planck of fees and tips that the operator and its gateway have paid because of it.
    operator: Balance,
    /// Planck that the operator and its gateway have earned by it.
    earned: Balance,
    /// Further figures.
    details: Value,
}

impl Outcome {
    /// Returns the planck that the operator pays for each planck of the attacker; `None` if the attacker pays nothing.
    fn ratio(&self) -> Option<f64> {
        per_planck(self.operator, self.attacker)
    }

    /// Returns the same after what the operator has earned by it.
    fn net_ratio(&self) -> Option<f64> {
        per_planck(self.operator.saturating_sub(self.earned), self.attacker)
    }

    fn to_json(&self, strategy: Strategy) -> Value {
        json!({
            "strategy": strategy.name(),
            // As text: a planck amount may be above what JSON's numbers hold exactly.
            "attacker_planck": self.attacker.to_string(),
            "operator_planck": self.operator.to_string(),
            "operator_earned_planck": self.earned.to_string(),
            "operator_per_attacker": self.ratio(),
            "net_operator_per_attacker": self.net_ratio(),
            "details": self.details,
        })
    }
}

/// Attacks in each way and reports the worst ratio.
pub async fn run(args: Args) -> Result<()> {
    let strategies = if args.strategies.is_empty() { Strategy::value_variants() } else { &args.strategies[..] };
    let mut parties = Parties::connect(&args.url).await?;
    let mut outcomes = Vec::new();
    for strategy in strategies {
        progress(&format!("attack: {}", strategy.name()));
        let outcome = match strategy {
            Strategy::CheapTicks => ticks::cheap(&mut parties, &args).await?,
            Strategy::PaidTicks => ticks::paid(&mut parties, &args).await?,
            Strategy::UrgentTicks => ticks::urgent(&mut parties).await?,
            Strategy::UrgentPaidTicks => ticks::urgent_paid(&mut parties).await?,
            Strategy::CopiedTickets => copies::tickets(&mut parties, &args).await?,
            Strategy::Junk => junk::fill(&mut parties, &args).await?,
        };
        progress(&format!(
            "{}: the attacker pays {}, the operator {} and earns {}",
            strategy.name(),
            vlk(outcome.attacker),
            vlk(outcome.operator),
            vlk(outcome.earned)
        ));
        outcomes.push((*strategy, outcome));
    }
    report(&args, &outcomes)
}

fn report(args: &Args, outcomes: &[(Strategy, Outcome)]) -> Result<()> {
    let mut report = Report::new("attack");
    for (name, ratio) in [("", Outcome::ratio as fn(&Outcome) -> Option<f64>), ("net_", Outcome::net_ratio)] {
        // A strategy for which the attacker pays nothing is worse than any ratio.
        let order = |outcome: &Outcome| ratio(outcome).unwrap_or(f64::INFINITY);
        let worst = outcomes.iter().max_by(|(_, one), (_, other)| order(one).total_cmp(&order(other)));
        let Some((strategy, outcome)) = worst else { continue };
        report.add(&format!("{name}worst_strategy"), strategy.name());
        report.add(&format!("{name}worst_operator_per_attacker"), ratio(outcome).map_or(Value::Null, Value::from));
    }
    let rows: Vec<_> = outcomes.iter().map(|(strategy, outcome)| outcome.to_json(*strategy)).collect();
    report.add("strategies", rows);
    report.finish(&args.output)
}

/// Returns how often `attacker` goes into `operator`; `None` if it is zero and the other is not.
fn per_planck(operator: Balance, attacker: Balance) -> Option<f64> {
    match (attacker, operator) {
        (_, 0) => Some(0.0),
        (0, _) => None,
        _ => Some(operator as f64 / attacker as f64),
    }
}

/// Formats an amount in thousandths of a VLK.
fn vlk(planck: Balance) -> String {
    format!("{:.3} mVLK", planck as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratio_is_what_the_operator_pays_for_each_planck_of_the_attacker() {
        let outcome = |attacker, operator| Outcome { attacker, operator, ..Default::default() };
        assert_eq!(outcome(200, 100).ratio(), Some(0.5));
        assert_eq!(outcome(0, 0).ratio(), Some(0.0));
        assert_eq!(outcome(0, 1).ratio(), None, "no ratio is as bad as this");
        let earns = Outcome { earned: 60, ..outcome(200, 100) };
        assert_eq!((earns.ratio(), earns.net_ratio()), (Some(0.5), Some(0.2)));
        assert_eq!(Outcome { earned: 300, ..outcome(200, 100) }.net_ratio(), Some(0.0));
    }
}
