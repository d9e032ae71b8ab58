//! Dispatch of the commands.

use sc_cli::SubstrateCli;
use sc_network::{config::NetworkBackendType, Litep2pNetworkBackend, NetworkWorker};
use sc_service::{ChainSpec, PartialComponents};
use vilokanam_runtime::{opaque::Block, Hash};

#[cfg(feature = "runtime-benchmarks")]
use crate::benchmark;
use crate::{
    chain_spec,
    cli::{Cli, Subcommand},
    service::{self, new_partial},
    tick::config::TickConfig,
};

/// First year of the copyright.
const COPYRIGHT_START_YEAR: i32 = 2026;

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "Vilokanam Node".into()
    }

    fn impl_version() -> String {
        env!("SUBSTRATE_CLI_IMPL_VERSION").into()
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        env!("CARGO_PKG_AUTHORS").into()
    }

    fn support_url() -> String {
        concat!(env!("CARGO_PKG_REPOSITORY"), "/issues").into()
    }

    fn copyright_start_year() -> i32 {
        COPYRIGHT_START_YEAR
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
        Ok(Box::new(chain_spec::load(id)?))
    }
}

/// Parses the command line and executes the command, or runs a node.
///
/// # Errors
///
/// When the command fails, or the node cannot be started or stops with an error.
pub fn run() -> sc_cli::Result<()> {
    let cli = Cli::from_args();
    let Some(subcommand) = &cli.subcommand else { return run_node(&cli) };

    match subcommand {
        Subcommand::Key(cmd) => cmd.run(&cli),
        Subcommand::BuildSpec(cmd) => {
            cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.chain_spec, config.network))
        }
        Subcommand::ExportChainSpec(cmd) => cmd.run(cli.load_spec(&cmd.chain)?),
        Subcommand::CheckBlock(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents { client, import_queue, task_manager, .. } = new_partial(&config)?;
            Ok((cmd.run(client, import_queue), task_manager))
        }),
        Subcommand::ExportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents { client, task_manager, .. } = new_partial(&config)?;
            Ok((cmd.run(client, config.database), task_manager))
        }),
        Subcommand::ImportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents { client, import_queue, task_manager, .. } = new_partial(&config)?;
            Ok((cmd.run(client, import_queue), task_manager))
        }),
        Subcommand::ExportState(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents { client, task_manager, .. } = new_partial(&config)?;
            Ok((cmd.run(client, config.chain_spec), task_manager))
        }),
        Subcommand::PurgeChain(cmd) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database)),
        Subcommand::Revert(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents { client, backend, task_manager, .. } = new_partial(&config)?;
            // GRANDPA has to forget the changes of authorities that the reverted blocks have announced.
            let forget_changes = Box::new(|client, _, blocks| Ok(sc_consensus_grandpa::revert(client, blocks)?));
            Ok((cmd.run(client, backend, Some(forget_changes)), task_manager))
        }),
        Subcommand::ChainInfo(cmd) => cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config)),
        Subcommand::ExportMetadata(cmd) => {
            let spec = cli.load_spec(&cmd.chain)?;
            cmd.run(spec.as_ref()).map_err(|error| sc_cli::Error::Application(Box::new(error)))
        }
        #[cfg(feature = "runtime-benchmarks")]
        Subcommand::Benchmark(cmd) => benchmark::run(&cli, cmd),
        #[cfg(not(feature = "runtime-benchmarks"))]
        Subcommand::Benchmark(_) => Err("this binary was built without benchmarks; build it with \
            `cargo build --release -p vilokanam-node --features runtime-benchmarks`"
            .into()),
    }
}

/// Runs a node until it is stopped by a signal.
fn run_node(cli: &Cli) -> sc_cli::Result<()> {
    let tick = TickConfig::try_from(&cli.tick).map_err(|error| sc_cli::Error::Input(error.to_string()))?;
    cli.create_runner(&cli.run)?.run_node_until_exit(|config| async move {
        let node = match config.network.network_backend {
            NetworkBackendType::Libp2p => service::new_full::<NetworkWorker<Block, Hash>>(config, tick),
            NetworkBackendType::Litep2p => service::new_full::<Litep2pNetworkBackend>(config, tick),
        };
        node.map_err(sc_cli::Error::Service)
    })
}
