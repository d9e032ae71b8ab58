//! `vilokanam`: the command line of a video platform that is paid by the second.
//!
//! | module | contents |
//! | --- | --- |
//! | [`cli`] | command line |
//! | [`commands`] | one module per command: its arguments, its work, its answer |
//! | [`context`] | connections, wallet, data folder |
//! | [`store`] | session keys and publish keys on this machine |
//!
//! What pays is in the crate `vilokanam-viewer`; options, answers, errors and hints are in `vilokanam-terminal`.

mod cli;
mod commands;
mod context;
mod store;

use clap::Parser;
use cli::Cli;
use context::Context;
use std::process::ExitCode;
use vilokanam_terminal::{report, Exit};

#[tokio::main]
async fn main() -> ExitCode {
    let exit = match Cli::try_parse() {
        Ok(cli) => run(cli).await,
        Err(error) => report::usage(&error),
    };
    ExitCode::from(exit as u8)
}

async fn run(cli: Cli) -> Exit {
    let (is_json, is_quiet) = (cli.options.json, cli.options.quiet);
    let done = match Context::new(cli.options, cli.finalized) {
        Ok(context) => {
            let done = commands::run(&context, cli.command).await;
            context.sign_out().await;
            done
        }
        Err(error) => Err(error),
    };
    match done {
        Ok((answer, exit)) => report::print(&answer, is_json, is_quiet, exit),
        Err(error) => report::fail(&error, is_json),
    }
}
