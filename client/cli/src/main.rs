//! `vilokanam`: the command line of a video platform that is paid by the second.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`cli`] | the command line |
//! | [`commands`] | one module a command: its arguments, what it does, what it answers |
//! | [`player`] | watching: playlists, paying for keys, decryption |
//! | [`context`], [`gateway`] | connections |
//! | [`secrets`], [`store`] | keys, and what this machine keeps |
//! | [`amount`], [`answer`], [`error`], [`chain_words`] | how things are said |

mod amount;
mod answer;
mod chain_words;
mod cli;
mod commands;
mod context;
mod error;
mod gateway;
mod player;
mod secrets;
mod store;

use answer::Answer;
use clap::{error::ErrorKind, Parser};
use cli::{Cli, Global};
use context::Context;
use error::{CliError, Exit};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    // reqwest needs a provider of cryptography; nobody else in this process can have set one before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let exit = match Cli::try_parse() {
        Ok(cli) => run(cli).await,
        Err(error) => usage(&error),
    };
    ExitCode::from(exit as u8)
}

async fn run(cli: Cli) -> Exit {
    let global = cli.global.clone();
    let done = match Context::new(cli.global) {
        Ok(context) => commands::run(&context, cli.command).await,
        Err(error) => Err(error),
    };
    match done {
        Ok((answer, exit)) => print(&answer, &global, exit),
        Err(error) => fail(&error, global.json),
    }
}

fn print(answer: &Answer, global: &Global, exit: Exit) -> Exit {
    match answer.print(global.json, global.quiet) {
        Ok(()) => exit,
        // Whoever read stdout has had enough, as `head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => exit,
        Err(error) => {
            fail(&CliError::failed(format!("cannot write to stdout: {error}"), "Check where it goes."), false)
        }
    }
}

fn fail(error: &CliError, is_json: bool) -> Exit {
    eprintln!("Error: {error}");
    if let Some(mend) = error.mend() {
        eprintln!("{mend}");
    }
    if is_json {
        // The exit code tells the same if nobody listens.
        let _ = Answer::new(error.to_json(), "").print(true, false);
    }
    error.exit()
}

/// Help and version are no errors; for the rest, clap's own words are the best there are.
fn usage(error: &clap::Error) -> Exit {
    let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let is_json = std::env::args_os().any(|argument| argument == "--json");
    let _ = error.print();
    if is_json && !is_help {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let _ = Answer::new(CliError::Usage(first.to_owned()).to_json(), "").print(true, false);
    }
    if is_help {
        Exit::Done
    } else {
        Exit::Usage
    }
}
