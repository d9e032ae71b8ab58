//! The command line `vilokanam`, run as a person runs it.

use crate::process::program;
use anyhow::{bail, Context, Result};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};
use tempfile::TempDir;
use tokio::process::Command;

/// A person with a wallet, at a terminal.
pub struct Terminal {
    folder: TempDir,
    key_file: PathBuf,
}

impl Terminal {
    /// Creates a terminal whose wallet has this phrase, such as `//Alice`.
    ///
    /// # Errors
    ///
    /// The key file cannot be written.
    pub fn of(phrase: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("vilokanam-terminal").tempdir()?;
        let key_file = folder.path().join("wallet");
        fs::write(&key_file, phrase)?;
        fs::set_permissions(&key_file, fs::Permissions::from_mode(0o600))?;
        Ok(Self { folder, key_file })
    }

    /// Runs a command against the node at `url` and returns the JSON that it prints.
    ///
    /// # Errors
    ///
    /// The command fails. The error is what it says.
    pub async fn run(&self, url: &str, arguments: &[&str]) -> Result<Value> {
        let output = Command::new(program("vilokanam")?)
            .args(["--json", "--node", url, "--key-file"])
            .arg(&self.key_file)
            .arg("--data-dir")
            .arg(self.folder.path())
            .args(arguments)
            .output()
            .await
            .context("vilokanam cannot be run")?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("vilokanam {}: {printed}{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        serde_json::from_str(&printed).with_context(|| format!("this is not one JSON document: {printed}"))
    }
}
