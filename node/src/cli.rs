//! What may be said on the command line.
//!
//! The options of a running node come from the SDK ([`sc_cli::RunCmd`]); ours are [`TickArgs`].

use clap::{value_parser, Args, Parser, Subcommand as ClapSubcommand};

use crate::export_metadata::ExportMetadataCmd;

/// The whole command line: either one subcommand, or the options of a node that is to run.
#[derive(Debug, Parser)]
pub struct Cli {
    /// What to do instead of running a node.
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    /// The options every Substrate node has.
    #[command(flatten)]
    pub run: sc_cli::RunCmd,

    /// The options of the tick pool and of the worker that settles ticks.
    #[command(flatten)]
    pub tick: TickArgs,
}

/// How this node collects ticks and has them settled.
///
/// The worker runs only where off-chain workers do: on authorities, or with `--offchain-worker always`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(next_help_heading = "Tick options")]
pub struct TickArgs {
    /// How many sessions the tick pool may hold rows for.
    ///
    /// One viewer watching one stream is one session. When the pool is full, new sessions are refused and those already
    /// in it go on.
    #[arg(long, value_name = "COUNT", default_value_t = 262_144, value_parser = value_parser!(u32).range(1..))]
    pub tick_pool_entries: u32,

    /// How much memory the rows in the tick pool may take.
    ///
    /// Whichever of this and --tick-pool-entries is reached first closes the pool for new sessions.
    #[arg(long, value_name = "BYTES", default_value_t = 268_435_456, value_parser = value_parser!(u64).range(1..))]
    pub tick_pool_bytes: u64,

    /// The share of a block's weight for ordinary extrinsics that one wave of batches may fill.
    ///
    /// What is left is for everybody else's transactions. Lower it when they wait too long, raise it when the tick pool
    /// does not empty.
    #[arg(long, value_name = "PERCENT", default_value_t = 60, value_parser = value_parser!(u8).range(1..=100))]
    pub tick_block_share: u8,

    /// How long after a new best block the worker starts.
    ///
    /// In that time the claims of the second just watched arrive, so that they are not a block late. A wave has to
    /// reach the next author before the next block, so this stays well below the block time of 1000 ms.
    #[arg(long, value_name = "MS", default_value_t = 400, value_parser = value_parser!(u64).range(0..=60_000))]
    pub tick_wave_delay_ms: u64,

    /// Also settle rows of gateways this node does not work for, when the reward exceeds the fee.
    #[arg(long)]
    pub tick_foreign_rows: bool,
}

/// What the binary can do besides running a node.
#[derive(Debug, ClapSubcommand)]
#[allow(clippy::large_enum_variant, reason = "built once, at start")]
pub enum Subcommand {
    /// Generate, inspect and insert keys; the key that settles ticks is `key insert --key-type tick --scheme sr25519`.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Print a chain specification (the older form of export-chain-spec, which scripts should use instead).
    BuildSpec(sc_cli::BuildSpecCmd),

    /// Write a chain specification as JSON, plain or raw.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Execute one block of the database again and say whether it is valid.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Write a range of blocks to a file or to standard output.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Import blocks that export-blocks has written.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Write the state of a block as the genesis of a new chain specification.
    ExportState(sc_cli::ExportStateCmd),

    /// Delete the database of a chain; keys stay.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Take back the newest blocks, as far as they are not final.
    Revert(sc_cli::RevertCmd),

    /// Print the best, the final and the genesis block of the database as JSON.
    ChainInfo(sc_cli::ChainInfoCmd),

    /// Write the runtime's SCALE metadata, from which subxt and other clients generate their types.
    ExportMetadata(ExportMetadataCmd),

    /// Measure weights, storage and hardware.
    #[cfg(feature = "runtime-benchmarks")]
    #[command(subcommand)]
    Benchmark(frame_benchmarking_cli::BenchmarkCmd),

    /// Measure weights, storage and hardware (not in this build: it wants the feature runtime-benchmarks).
    #[cfg(not(feature = "runtime-benchmarks"))]
    Benchmark(AbsentBenchmarkArgs),
}

/// Takes whatever a benchmark would have been asked, so that the answer is what to build and not a parser's complaint.
#[cfg(not(feature = "runtime-benchmarks"))]
#[derive(Debug, Args)]
pub struct AbsentBenchmarkArgs {
    /// Ignored.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub ignored: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use sc_cli::SubstrateCli;

    fn parse(args: &[&str]) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once("vilokanam-node").chain(args.iter().copied()))
    }

    #[test]
    fn command_line_is_consistent() {
        // As the SDK sets it up, since it adds `--version` to every subcommand.
        Cli::setup_command(Cli::command()).debug_assert();
    }

    #[test]
    fn tick_options_have_their_defaults() {
        let tick = parse(&[]).expect("no argument is required").tick;
        let expected = TickArgs {
            tick_pool_entries: 262_144,
            tick_pool_bytes: 268_435_456,
            tick_block_share: 60,
            tick_wave_delay_ms: 400,
            tick_foreign_rows: false,
        };
        assert_eq!(tick, expected);
    }

    #[test]
    fn tick_options_are_read() {
        let tick = parse(&["--tick-block-share", "100", "--tick-foreign-rows", "--tick-wave-delay-ms=0"]);
        let tick = tick.expect("all of them are in range").tick;
        assert_eq!((tick.tick_block_share, tick.tick_foreign_rows, tick.tick_wave_delay_ms), (100, true, 0));
    }

    #[test]
    fn tick_options_out_of_range_fail() {
        for args in [
            ["--tick-block-share", "0"],
            ["--tick-block-share", "101"],
            ["--tick-pool-entries", "0"],
            ["--tick-pool-bytes", "0"],
            ["--tick-wave-delay-ms", "60001"],
        ] {
            assert!(parse(&args).is_err(), "{args:?} is out of range");
        }
    }

    #[test]
    fn export_metadata_has_its_own_version_option() {
        let cli = parse(&["export-metadata", "--chain", "dev", "--version", "15"]).expect("it is an option there");
        let Some(Subcommand::ExportMetadata(cmd)) = cli.subcommand else { panic!("another command: {cli:?}") };
        assert_eq!((cmd.chain.as_str(), cmd.version), ("dev", Some(15)));
    }
}
