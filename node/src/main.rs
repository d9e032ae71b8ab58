//! The Vilokanam node: validates the chain, keeps the tick pool, settles ticks with its off-chain worker.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`cli`] | what may be said on the command line |
//! | [`command`] | what each command does |
//! | [`chain_spec`] | the chains this binary knows by name |
//! | [`service`] | puts a node together |
//! | [`rpc`] | the JSON-RPC methods beyond those every Substrate node has |
//! | [`tick`] | settling ticks: keys, options, and when the off-chain worker runs |
//! | [`export_metadata`] | the `export-metadata` command |
//! | `benchmarking` | the `benchmark` command, only with the feature `runtime-benchmarks` |

#![warn(missing_docs)]

use std::process::ExitCode;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod chain_spec;
mod cli;
mod command;
mod export_metadata;
mod rpc;
mod service;
mod tick;

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        // Not returned from `main`, which would print the error's `Debug` form at the operator.
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}
