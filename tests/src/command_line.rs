//! The command line `vilokanam`, run as a person runs it: with a key of its own, or without any.

use crate::process::{log_folder, program, Process};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// Environment variables that a developer may have set.
const VARIABLES: [&str; 5] =
    ["VILOKANAM_NODE", "VILOKANAM_GATEWAY", "VILOKANAM_KEY", "VILOKANAM_KEY_FILE", "VILOKANAM_DATA_DIR"];

/// Returns the command `vilokanam` without arguments. It ignores the environment variables of a developer.
pub fn vilokanam() -> Result<Command> {
    let mut command = Command::new(program("vilokanam")?);
    for name in VARIABLES {
        command.env_remove(name);
    }
    Ok(command)
}

/// Writes the URI of a key to a file that only this user may read.
pub fn write_key(path: &Path, uri: &str) -> Result<()> {
    fs::write(path, uri)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(())
}

/// A user's command line. Its key and its data are in a folder of its own.
pub struct CommandLine {
    options: Vec<String>,
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

impl CommandLine {
    /// Creates the command line of the user with this key, such as `//Alice`.
    pub fn new(node: &str, gateway: &str, folder: &Path, uri: &str) -> Result<Self> {
        Self::without_key(node, gateway, folder)?.with_key(uri)
    }

    /// Creates the command line of a user without a key.
    pub fn without_key(node: &str, gateway: &str, folder: &Path) -> Result<Self> {
        let options = ["--node", node, "--gateway", gateway].map(str::to_owned).into();
        Self::with_options(options, folder)
    }

    fn with_options(options: Vec<String>, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { options, folder: folder.to_owned(), has_key: false })
    }

    fn with_key(self, uri: &str) -> Result<Self> {
        write_key(&self.folder.join("wallet"), uri)?;
        Ok(Self { has_key: true, ..self })
    }

    /// Returns the path of a file in the user's folder.
    pub fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Returns a command with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = vilokanam()?;
        command.args(&self.options).arg("--data-dir").arg(self.folder.join("data"));
        if self.has_key {
            command.arg("--key-file").arg(self.folder.join("wallet"));
        }
        command.args(arguments).stdin(Stdio::null());
        Ok(command)
    }

    fn json_command(&self, arguments: &[&str]) -> Result<Command> {
        self.command(&[&["--json"], arguments].concat())
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Outcome> {
        Outcome::of(&self.json_command(arguments)?.output()?, arguments)
    }

    /// Runs a command that has to succeed, and returns the JSON document that it prints.
    pub fn done(&self, arguments: &[&str]) -> Result<Value> {
        self.run(arguments)?.done(arguments)
    }

    /// Runs a command that has to fail with this exit code and an error that contains these words.
    pub fn refused(&self, arguments: &[&str], code: i32, words: &str) -> Result<()> {
        let outcome = self.run(arguments)?;
        let message = outcome.json["error"]["message"].as_str().unwrap_or_default();
        let is_expected = outcome.code == Some(code) && message.contains(words);
        ensure!(is_expected, "{arguments:?} should exit with {code} and say '{words}': {outcome:?}");
        Ok(())
    }

    /// Starts a command that goes on until it is ended. Its output is the log with this name.
    pub fn start(&self, arguments: &[&str], log: &str) -> Result<Process> {
        Process::start(&mut self.json_command(arguments)?, &log_folder()?.join(format!("{log}.log")))
    }
}

impl Outcome {
    fn of(output: &Output, arguments: &[&str]) -> Result<Self> {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let json = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("{arguments:?} has printed no JSON document: {stderr}"))?;
        Ok(Self { code: output.status.code(), json, stderr })
    }

    fn done(self, arguments: &[&str]) -> Result<Value> {
        ensure!(self.code == Some(0), "{arguments:?}: {self:?}");
        Ok(self.json)
    }
}

/// The command line of a person who uses several nodes, one after the other, and no gateway.
pub struct Terminal {
    commands: CommandLine,
    _folder: TempDir,
}

impl Terminal {
    /// Creates the command line of the person with this key, such as `//Alice`.
    pub fn of(uri: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("vilokanam-terminal").tempdir()?;
        let commands = CommandLine::with_options(Vec::new(), folder.path())?.with_key(uri)?;
        Ok(Self { commands, _folder: folder })
    }

    /// Runs a command against the node at `url`; it has to succeed. Returns the JSON document that it prints.
    pub async fn run(&self, url: &str, arguments: &[&str]) -> Result<Value> {
        let mut command = self.commands.json_command(&[&["--node", url], arguments].concat())?;
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        Outcome::of(&output, arguments)?.done(arguments)
    }
}
