//! Benchmarks of a Vilokanam chain. `scripts/bench chain` runs the parts in the right order, each against a fresh node.

mod attack;
mod blocks;
mod latency;
mod limit;
mod load;
mod merge;
mod report;
mod spec;
mod ticks;
mod time_blocks;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Benchmarks a Vilokanam chain
///
/// Prints the figures to standard output as a table and the progress to standard error. With --json, writes the figures
/// to a file as well. No figure is compared with a limit.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Time the check of a tick and of an sr25519 signature; needs no node
    Ticks(ticks::Args),
    /// Submit claims to a running node at random times, and time their inclusion and finality
    Latency(latency::Args),
    /// Write a chain specification with the deposits of many viewers in its genesis, for `limit`
    MakeSpec(spec::Args),
    /// Search for the largest number of viewers whose ticks a running node settles, and say what limits it
    Limit(limit::Args),
    /// Attack a running node in ways that cost its operator fees, and compare them with what the attacker pays
    Attack(attack::Args),
    /// Fill blocks with claims and with transfers, and report the fullest blocks
    Blocks(blocks::Args),
    /// Time the execution of the blocks that `blocks` has filled; the node must not be running
    TimeBlocks(time_blocks::Args),
    /// Merge the JSON files of several parts into one
    Merge(merge::Args),
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Ticks(args) => ticks::run(&args),
        Command::Latency(args) => latency::run(args).await,
        Command::MakeSpec(args) => spec::run(&args),
        Command::Limit(args) => limit::run(args).await,
        Command::Attack(args) => attack::run(args).await,
        Command::Blocks(args) => blocks::run(args).await,
        Command::TimeBlocks(args) => time_blocks::run(&args),
        Command::Merge(args) => merge::run(&args),
    }
}
