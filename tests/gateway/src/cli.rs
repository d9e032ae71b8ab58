//! The command line, as a user runs it: with a key of its own, or without any.

use crate::{gateway::write_key, publisher::command_line};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use vilokanam_tests::process::{log_folder, Process};

/// A user's command line. Its key and its data are in a folder of its own.
pub struct Cli {
    node: String,
    gateway: String,
    folder: PathBuf,
    has_key: bool,
}

/// What a command has printed, and how it has ended.
#[derive(Debug)]
pub struct Outcome {
    /// Exit code.
    pub code: Option<i32>,
    /// JSON document on stdout.
    pub json: Value,
    /// Text on stderr.
    pub stderr: String,
}

impl Cli {
    /// Creates the command line of the user with this key.
    pub fn new(node: &str, gateway: &str, folder: &Path, uri: &str) -> Result<Self> {
        let cli = Self { has_key: true, ..Self::without_key(node, gateway, folder)? };
        write_key(&cli.folder.join("wallet"), uri)?;
        Ok(cli)
    }

    /// Creates the command line of a user without a key.
    pub fn without_key(node: &str, gateway: &str, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { node: node.into(), gateway: gateway.into(), folder: folder.to_owned(), has_key: false })
    }

    /// Returns the path of a file in the user's folder.
    pub fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = command_line()?;
        command.env_remove("VILOKANAM_KEY").args(["--json", "--node", &self.node, "--gateway", &self.gateway]);
        command.arg("--data-dir").arg(self.folder.join("data"));
        if self.has_key {
            command.arg("--key-file").arg(self.folder.join("wallet"));
        }
        command.args(arguments).stdin(Stdio::null());
        Ok(command)
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Outcome> {
        let output = self.command(arguments)?.output()?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let json = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("{arguments:?} has printed no JSON document: {stderr}"))?;
        Ok(Outcome { code: output.status.code(), json, stderr })
    }

    /// Runs a command that has to succeed, and returns the JSON document that it prints.
    pub fn done(&self, arguments: &[&str]) -> Result<Value> {
        let outcome = self.run(arguments)?;
        ensure!(outcome.code == Some(0), "{arguments:?}: {outcome:?}");
        Ok(outcome.json)
    }

    /// Runs a command that has to fail with this exit code and an error that contains these words.
    pub fn refused(&self, arguments: &[&str], code: i32, words: &str) -> Result<()> {
        let outcome = self.run(arguments)?;
        let message = outcome.json["error"]["message"].as_str().unwrap_or_default();
        let is_expected = outcome.code == Some(code) && message.contains(words);
        ensure!(is_expected, "{arguments:?} should exit with {code} and say '{words}': {outcome:?}");
        Ok(())
    }

    /// Starts a command that goes on until it is ended.
    pub fn start(&self, arguments: &[&str], log: &str) -> Result<Process> {
        Process::start(&mut self.command(arguments)?, &log_folder()?.join(format!("{log}.log")))
    }
}
