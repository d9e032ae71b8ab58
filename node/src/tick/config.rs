//! Options of the operator for the settlement of ticks.

use sc_service::{ChainType, Configuration};
use sp_runtime::Permill;
use std::time::Duration;
use tick_stream_primitives::{worker::WorkerConfig, AccountId};
use vilokanam_runtime::genesis_config_presets::dev_gateway;

use crate::cli::TickArgs;

/// Maximum number of gateways that the operator may name. The off-chain worker compares every row with each of them.
pub const MAX_TICK_GATEWAYS: usize = 64;

/// Too many different gateways were given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{0} different gateways were given with --tick-gateway; one node serves at most {MAX_TICK_GATEWAYS}: let another node \
     with a key of its own serve the rest"
)]
pub struct TooManyGateways(usize);

/// Options of the operator, in the units of the code.
#[derive(Clone, Debug)]
pub struct TickConfig {
    /// Maximum number of rows in the pool.
    pub pool_entries: usize,
    /// Maximum size of the rows in the pool, in bytes.
    pub pool_bytes: usize,
    /// Delay of a wave after a new best block.
    pub wave_delay: Duration,
    /// Options that are passed to the worker.
    pub worker: WorkerConfig,
}

impl TickConfig {
    /// Adds the gateway of the development chain if the node is a development node.
    pub fn with_dev_gateway(mut self, config: &Configuration) -> Self {
        if dev_identity(config).is_some() {
            add(&mut self.worker.gateways, dev_gateway());
        }
        self
    }
}

impl TryFrom<&TickArgs> for TickConfig {
    type Error = TooManyGateways;

    fn try_from(args: &TickArgs) -> Result<Self, TooManyGateways> {
        let mut gateways = Vec::new();
        args.tick_gateways.iter().for_each(|gateway| add(&mut gateways, gateway.clone()));
        if gateways.len() > MAX_TICK_GATEWAYS {
            return Err(TooManyGateways(gateways.len()));
        }
        Ok(Self {
            // On a machine whose addresses have fewer bits than the option, memory is the smaller limit anyway.
            pool_entries: usize::try_from(args.tick_pool_entries).unwrap_or(usize::MAX),
            pool_bytes: usize::try_from(args.tick_pool_bytes).unwrap_or(usize::MAX),
            wave_delay: Duration::from_millis(args.tick_wave_delay_ms),
            worker: WorkerConfig {
                block_share: Permill::from_percent(args.tick_block_share.into()),
                foreign_rows: args.tick_foreign_rows,
                gateways,
            },
        })
    }
}

/// Identity of a development node, for example `//Alice`; `None` if the node is none.
pub fn dev_identity(config: &Configuration) -> Option<&str> {
    config.dev_key_seed.as_deref().filter(|_| config.chain_spec.chain_type() == ChainType::Development)
}

/// Adds a gateway to the list, unless it is there already.
fn add(gateways: &mut Vec<AccountId>, gateway: AccountId) {
    if !gateways.contains(&gateway) {
        gateways.push(gateway);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser;
    use sp_core::crypto::Ss58Codec;

    fn config_of(gateways: impl Iterator<Item = AccountId>) -> Result<TickConfig, TooManyGateways> {
        let options = gateways.flat_map(|gateway| ["--tick-gateway".to_owned(), gateway.to_ss58check()]);
        let args = std::iter::once("vilokanam-node".to_owned()).chain(options);
        TickConfig::try_from(&Cli::try_parse_from(args).expect("all are accounts").tick)
    }

    fn accounts(count: usize) -> impl Iterator<Item = AccountId> {
        (0..count).map(|number| AccountId::new([u8::try_from(number).expect("there are few"); 32]))
    }

    #[test]
    fn gateways_given_twice_are_served_once() {
        let config = config_of(accounts(3).chain(accounts(2))).expect("these are few");
        assert_eq!(config.worker.gateways, accounts(3).collect::<Vec<_>>());
    }

    #[test]
    fn more_gateways_than_one_node_serves_are_refused() {
        assert!(config_of(accounts(MAX_TICK_GATEWAYS)).is_ok());
        let error = config_of(accounts(MAX_TICK_GATEWAYS + 1)).expect_err("these are too many");
        assert!(error.to_string().starts_with("65 different gateways"), "{error}");
    }
}
