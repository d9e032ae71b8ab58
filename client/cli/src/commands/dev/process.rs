//! Programs that are run: found beside this one, logged into a file, ended as an operator would end them.

use crate::error::{file, CliError};
pub use rustix::process::Signal;
use rustix::process::{kill_process, Pid};
use std::{
    ffi::OsStr,
    fs::File,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::process::{Child, Command};

/// How long a program may take to end after SIGTERM.
const END_TIMEOUT: Duration = Duration::from_secs(40);

/// A program of this platform: the one beside this program, or the one on the PATH.
pub fn program(name: &str) -> PathBuf {
    let beside = std::env::current_exe().ok().map(|this| this.with_file_name(name)).filter(|path| path.is_file());
    beside.unwrap_or_else(|| name.into())
}

/// A program that runs.
pub struct Process {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Process {
    /// Starts it. What it says goes to `NAME.log` in `folder`, its standard output to `NAME.out`.
    pub fn start(folder: &Path, name: &str, program: &Path, arguments: &[impl AsRef<OsStr>]) -> Result<Self, CliError> {
        let (log, out) = (folder.join(format!("{name}.log")), folder.join(format!("{name}.out")));
        let open = |path: &Path| File::create(path).map_err(|error| file("write", path, error));
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(open(&out)?).stderr(open(&log)?);
        // Ctrl-C in a terminal goes to the whole group; these end when they are told to.
        #[cfg(unix)]
        command.process_group(0);
        command.kill_on_drop(true);
        let child = command.spawn().map_err(|error| {
            let what = format!("{} cannot be run: {error}", program.display());
            CliError::failed(what, "Build the workspace, or install the program beside this one.")
        })?;
        Ok(Self { name: name.into(), log, child })
    }

    /// Waits until it ends by itself, and complains if it did not end well.
    pub async fn finish(mut self) -> Result<(), CliError> {
        let status = self.child.wait().await;
        self.check(status)
    }

    /// Whether it has ended though nobody told it to.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }

    /// What is to be said when it has ended too early.
    pub fn ended_early(&self) -> CliError {
        CliError::failed(format!("{} has ended by itself:\n{}", self.name, self.last_words()), self.see_log())
    }

    /// Sends a signal: TERM to a server, INT to a command.
    pub fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        if let Some(pid) = pid {
            // It may have ended a moment ago: then there is nothing to send it to.
            let _ = kill_process(pid, signal);
        }
    }

    /// Tells it to end and waits; kills it when it does not.
    pub async fn end(self, signal: Signal) -> Option<ExitStatus> {
        self.signal(signal);
        self.ended().await
    }

    /// Waits until it has ended, as it was told to; kills it when it does not.
    pub async fn ended(mut self) -> Option<ExitStatus> {
        match tokio::time::timeout(END_TIMEOUT, self.child.wait()).await {
            Ok(status) => status.ok(),
            Err(_) => {
                // Gone already, or gone now.
                let _ = self.child.kill().await;
                None
            }
        }
    }

    fn check(&self, status: std::io::Result<ExitStatus>) -> Result<(), CliError> {
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => {
                let what = format!("{} ended with {status}:\n{}", self.name, self.last_words());
                Err(CliError::failed(what, self.see_log()))
            }
            Err(error) => Err(CliError::failed(format!("{}: {error}", self.name), self.see_log())),
        }
    }

    fn see_log(&self) -> String {
        format!("See {}.", self.log.display())
    }

    fn last_words(&self) -> String {
        const LINES: usize = 8;
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}
