//! Child processes: programs beside this one, with log files, ended as an operator would end them.

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
use vilokanam_terminal::CommandError;

/// Maximum time for a process to end after a signal.
const END_TIMEOUT: Duration = Duration::from_secs(40);

/// Returns the path of a program: the one beside this program, or the one on the PATH.
pub fn program(name: &str) -> PathBuf {
    let beside = std::env::current_exe().ok().map(|this| this.with_file_name(name)).filter(|path| path.is_file());
    beside.unwrap_or_else(|| name.into())
}

/// Running process.
pub struct Process {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Process {
    /// Starts a program. Its standard error goes to `NAME.log` in `folder`, its standard output to `NAME.out`.
    pub fn start(
        folder: &Path,
        name: &str,
        program: &Path,
        arguments: &[impl AsRef<OsStr>],
    ) -> Result<Self, CommandError> {
        let (log, out) = (folder.join(format!("{name}.log")), folder.join(format!("{name}.out")));
        let open = |path: &Path| File::create(path).map_err(|error| CommandError::path("write", path, error));
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(open(&out)?).stderr(open(&log)?);
        // Ctrl-C in a terminal goes to the whole process group; these processes get their signals from here.
        #[cfg(unix)]
        command.process_group(0);
        command.kill_on_drop(true);
        let child = command.spawn().map_err(|error| {
            let what = format!("{} cannot be run: {error}", program.display());
            CommandError::failed(what, "Build the whole workspace, or install the program beside this one.")
        })?;
        Ok(Self { name: name.into(), log, child })
    }

    /// Waits until the process ends by itself. Fails if it ended with an error.
    pub async fn finish(mut self) -> Result<(), CommandError> {
        let status = self.child.wait().await;
        self.check(status)
    }

    /// Returns whether the process has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }

    /// Returns the error of a process that has ended by itself.
    pub fn ended_early(&self) -> CommandError {
        CommandError::failed(format!("{} has ended by itself:\n{}", self.name, self.end_of_log()), self.hint())
    }

    /// Sends a signal: TERM to a server, INT to a command.
    pub fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        if let Some(pid) = pid {
            // The process may have ended a moment ago.
            let _ = kill_process(pid, signal);
        }
    }

    /// Sends a signal and waits until the process has ended; kills it when it does not end in time.
    pub async fn end(self, signal: Signal) -> Option<ExitStatus> {
        self.signal(signal);
        self.ended().await
    }

    /// Waits until the process has ended after a signal; kills it when it does not end in time.
    pub async fn ended(mut self) -> Option<ExitStatus> {
        match tokio::time::timeout(END_TIMEOUT, self.child.wait()).await {
            Ok(status) => status.ok(),
            Err(_) => {
                // An error means that it has just ended.
                let _ = self.child.kill().await;
                None
            }
        }
    }

    fn check(&self, status: std::io::Result<ExitStatus>) -> Result<(), CommandError> {
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => {
                let what = format!("{} ended with {status}:\n{}", self.name, self.end_of_log());
                Err(CommandError::failed(what, self.hint()))
            }
            Err(error) => Err(CommandError::failed(format!("{}: {error}", self.name), self.hint())),
        }
    }

    fn hint(&self) -> String {
        format!("See {}.", self.log.display())
    }

    fn end_of_log(&self) -> String {
        const LINES: usize = 8;
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}
