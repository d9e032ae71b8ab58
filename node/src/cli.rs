//! The command line.
//!
//! The options of a running node are those of the SDK ([`sc_cli::RunCmd`]) and [`TickArgs`].

use clap::{value_parser, Args, Parser, Subcommand as ClapSubcommand};
use sp_core::crypto::Ss58Codec;
use tick_stream_primitives::AccountId;
use vilokanam_runtime::configs::SS58Prefix;

use crate::export_metadata::ExportMetadataCmd;

/// Command line of the binary: either a subcommand, or the options of a node to run.
#[derive(Debug, Parser)]
pub struct Cli {
    /// Command to execute instead of running a node.
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    /// Options of every Substrate node.
    #[command(flatten)]
    pub run: sc_cli::RunCmd,

    /// Options of the tick pool and of the worker that settles ticks.
    #[command(flatten)]
    pub tick: TickArgs,
}

/// Options of the tick pool and of the worker that settles ticks.
///
/// The worker runs on authorities, and on other nodes with `--offchain-worker always`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(next_help_heading = "Tick options")]
pub struct TickArgs {
    /// Maximum number of rows in the tick pool.
    ///
    /// A session has at most three rows: a ticket, a claim and a close. A full pool refuses new rows; claims that are
    /// in it can still be raised.
    #[arg(long, value_name = "COUNT", default_value_t = 262_144, value_parser = value_parser!(u32).range(1..))]
    pub tick_pool_entries: u32,

    /// Maximum size of all rows in the tick pool.
    ///
    /// The pool is full when it reaches either this limit or --tick-pool-entries.
    #[arg(long, value_name = "BYTES", default_value_t = 268_435_456, value_parser = value_parser!(u64).range(1..))]
    pub tick_pool_bytes: u64,

    /// Share of a block's weight for ordinary extrinsics that the worker's batches may fill.
    ///
    /// The remaining weight is left for other transactions. Lower the share if those wait too long; raise it if the
    /// tick pool stays full.
    #[arg(long, value_name = "PERCENT", default_value_t = 60, value_parser = value_parser!(u8).range(1..=100))]
    pub tick_block_share: u8,

    /// Delay after a new best block at which the worker starts.
    ///
    /// During the delay the claims of the second just watched arrive, so that they are not a block late. The batches
    /// have to reach the author of the next block in time, so keep the delay well below the block time of 1000 ms.
    #[arg(long, value_name = "MS", default_value_t = 400, value_parser = value_parser!(u64).range(0..=60_000))]
    pub tick_wave_delay_ms: u64,

    /// Gateway that this node settles ticks for; may be given several times.
    ///
    /// The node always serves the gateway whose account is that of the node's own key of type `tick`, and with --dev the
    /// gateway of the development chain. Rows of other gateways wait in the pool: that a gateway has named this node's
    /// account as its operator is not enough, because then anyone could let this node pay for their settlement.
    #[arg(long = "tick-gateway", value_name = "ACCOUNT", value_parser = parse_gateway)]
    pub tick_gateways: Vec<AccountId>,

    /// Also settle rows of gateways that this node does not serve, if the reward exceeds the fee.
    #[arg(long)]
    pub tick_foreign_rows: bool,
}

/// Reads the account of a gateway.
fn parse_gateway(text: &str) -> Result<AccountId, String> {
    let (account, format) = AccountId::from_ss58check_with_version(text).map_err(|error| {
        format!("this is no account ({error}); give the gateway's account as an SS58 address, which starts with 5")
    })?;
    let (found, expected) = (u16::from(format), u16::from(SS58Prefix::get()));
    if found != expected {
        return Err(format!(
            "this is an account of another network (SS58 prefix {found}); give the gateway's address with the prefix \
             {expected}, which starts with 5"
        ));
    }
    Ok(account)
}

/// Commands of the binary besides running a node.
#[derive(Debug, ClapSubcommand)]
#[allow(clippy::large_enum_variant, reason = "built once, at start")]
pub enum Subcommand {
    /// Generate, inspect and insert keys; insert the key that settles ticks with `--key-type tick --scheme sr25519`.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Print a chain specification (older form; use export-chain-spec in scripts).
    BuildSpec(sc_cli::BuildSpecCmd),

    /// Write a chain specification as JSON, plain or raw.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Execute a block of the database again and report whether it is valid.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Write a range of blocks to a file or to standard output.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Import blocks from a file written by export-blocks.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Write the state of a block as the genesis state of a new chain specification.
    ExportState(sc_cli::ExportStateCmd),

    /// Delete the database of a chain, but not its keys.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Revert the newest blocks that are not final.
    Revert(sc_cli::RevertCmd),

    /// Print the best, the finalized and the genesis block of the database as JSON.
    ChainInfo(sc_cli::ChainInfoCmd),

    /// Write the runtime's SCALE metadata, from which subxt and other clients generate their types.
    ExportMetadata(ExportMetadataCmd),

    /// Measure weights, storage and hardware.
    #[cfg(feature = "runtime-benchmarks")]
    #[command(subcommand)]
    Benchmark(frame_benchmarking_cli::BenchmarkCmd),

    /// Measure weights, storage and hardware (not in this build, which lacks the feature runtime-benchmarks).
    #[cfg(not(feature = "runtime-benchmarks"))]
    Benchmark(AbsentBenchmarkArgs),
}

/// Accepts the arguments of any benchmark, so that the error tells how to build the command instead of naming an
/// argument.
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
    fn command_line_is_well_formed() {
        // Set up as the SDK does, which adds `--version` to every subcommand.
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
            tick_gateways: vec![],
            tick_foreign_rows: false,
        };
        assert_eq!(tick, expected);
    }

    #[test]
    fn tick_options_are_parsed() {
        let tick = parse(&["--tick-block-share", "100", "--tick-foreign-rows", "--tick-wave-delay-ms=0"]);
        let tick = tick.expect("all values are in range").tick;
        assert_eq!((tick.tick_block_share, tick.tick_foreign_rows, tick.tick_wave_delay_ms), (100, true, 0));
    }

    #[test]
    fn tick_options_out_of_range_are_refused() {
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
    fn gateways_to_serve_may_be_given_several_times() {
        let ferdie = "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL";
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        let args = ["--tick-gateway", ferdie, "--tick-gateway", alice];
        let gateways = parse(&args).expect("both are accounts").tick.tick_gateways;
        assert_eq!(gateways.iter().map(Ss58Codec::to_ss58check).collect::<Vec<_>>(), [ferdie, alice]);
    }

    #[test]
    fn gateway_that_is_no_account_of_this_network_is_refused() {
        let error = |account| parse(&["--tick-gateway", account]).expect_err("it is no account").to_string();
        let on_polkadot = error("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5");
        assert!(on_polkadot.contains("another network (SS58 prefix 0)"), "{on_polkadot}");
        for account in ["tv.example.org", "", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ"] {
            let sentence = error(account);
            assert!(sentence.contains("this is no account") && sentence.contains("SS58 address"), "{sentence}");
        }
    }

    #[test]
    fn export_metadata_has_its_own_version_option() {
        let cli =
            parse(&["export-metadata", "--chain", "dev", "--version", "15"]).expect("the subcommand has this option");
        let Some(Subcommand::ExportMetadata(cmd)) = cli.subcommand else { panic!("another command: {cli:?}") };
        assert_eq!((cmd.chain.as_str(), cmd.version), ("dev", Some(15)));
    }
}
