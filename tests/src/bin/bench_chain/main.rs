//! Measures a Vilokanam chain, and puts load on it. `scripts/bench chain` runs it in the right order.

mod blocks;
mod latency;
mod load;
mod merge;
mod report;
mod spec;
mod sustain;
mod ticks;
mod time_blocks;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Measures a Vilokanam chain and puts load on it.
///
/// Figures go to standard output as a table, progress to standard error, and with --json the figures to a file as well.
/// Nothing is asserted.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Time the check of one tick against the check of one sr25519 signature; needs no node.
    Ticks(ticks::Args),
    /// Submit claims at random times to a running node and time their inclusion and finality.
    Latency(latency::Args),
    /// Write a chain specification whose genesis holds the deposits of many viewers, for `sustain`.
    MakeSpec(spec::Args),
    /// Open many sessions, claim a tick a second of each every so often, and see whether the node keeps up.
    Sustain(sustain::Args),
    /// Fill blocks with claims and with transfers, and write down which blocks are the fullest.
    Blocks(blocks::Args),
    /// Have the node time the blocks that `blocks` has filled; the node must not be running.
    TimeBlocks(time_blocks::Args),
    /// Put the JSON files of several parts into one.
    Merge(merge::Args),
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Ticks(args) => ticks::run(&args),
        Command::Latency(args) => latency::run(args).await,
        Command::MakeSpec(args) => spec::run(&args),
        Command::Sustain(args) => sustain::run(args).await,
        Command::Blocks(args) => blocks::run(args).await,
        Command::TimeBlocks(args) => time_blocks::run(&args),
        Command::Merge(args) => merge::run(&args),
    }
}
