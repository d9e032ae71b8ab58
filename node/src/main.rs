//! The Vilokanam node: validates the chain, keeps the tick pool, and settles ticks with its off-chain worker.
//!
//! | module | contents |
//! | --- | --- |
//! | [`cli`] | the command line |
//! | [`command`] | dispatch of the commands |
//! | [`chain_spec`] | the chains that this binary knows by name |
//! | [`service`] | construction of a running node |
//! | [`rpc`] | the JSON-RPC methods that this node adds to those of every Substrate node |
//! | [`tick`] | settlement of ticks: options, keys, the tick pool, the times at which the off-chain worker runs |
//! | [`export_metadata`] | the `export-metadata` command |
//! | `benchmark` | the `benchmark` command, with the feature `runtime-benchmarks` |
//! | [`types`] | types of the client, the database and what is built on them |

#![deny(missing_docs)]

use std::process::ExitCode;

#[cfg(feature = "runtime-benchmarks")]
mod benchmark;
mod chain_spec;
mod cli;
mod command;
mod export_metadata;
mod rpc;
mod service;
mod tick;
mod types;

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        // Returned from `main`, the error would be printed in its `Debug` form.
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}
