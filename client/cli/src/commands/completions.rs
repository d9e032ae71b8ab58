//! `vilokanam completions`: completion scripts of shells.

use clap::{Args, Command};
use clap_complete::{generate, Shell};
use serde_json::json;
use vilokanam_terminal::{Answer, CommandError};

/// Print the completion script of a shell.
#[derive(Clone, Debug, Args)]
pub struct Completions {
    /// Shell
    pub shell: Shell,
}

/// Generates the script for `command_line`, the command line of this program.
pub fn run(args: Completions, mut command_line: Command) -> Result<Answer, CommandError> {
    let mut script = Vec::new();
    generate(args.shell, &mut command_line, "vilokanam", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Ok(Answer::new(json!({ "shell": args.shell.to_string(), "script": script }), script))
}
