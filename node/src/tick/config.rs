//! Options of the operator for the settlement of ticks.

use sp_runtime::Permill;
use std::time::Duration;
use tick_stream_primitives::worker::WorkerConfig;

use crate::cli::TickArgs;

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

impl From<&TickArgs> for TickConfig {
    fn from(args: &TickArgs) -> Self {
        Self {
            // On a machine whose addresses have fewer bits than the option, memory is the smaller limit anyway.
            pool_entries: usize::try_from(args.tick_pool_entries).unwrap_or(usize::MAX),
            pool_bytes: usize::try_from(args.tick_pool_bytes).unwrap_or(usize::MAX),
            wave_delay: Duration::from_millis(args.tick_wave_delay_ms),
            worker: WorkerConfig {
                block_share: Permill::from_percent(args.tick_block_share.into()),
                foreign_rows: args.tick_foreign_rows,
            },
        }
    }
}
