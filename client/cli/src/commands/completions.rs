//! `vilokanam completions`: for a shell.

use crate::{answer::Answer, cli::Cli, error::CliError};
use clap::{Args, CommandFactory};
use clap_complete::{generate, Shell};
use serde_json::json;

/// Write the completions of a shell to stdout.
#[derive(Clone, Debug, Args)]
pub struct Completions {
    /// Which
    pub shell: Shell,
}

/// Does it.
pub fn run(args: Completions) -> Result<Answer, CliError> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "vilokanam", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Ok(Answer::new(json!({ "shell": args.shell.to_string(), "script": script }), script))
}
