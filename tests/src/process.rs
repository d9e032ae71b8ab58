//! Programs under test: where they are, how they are started and killed, and where their logs go.

use anyhow::{ensure, Context, Result};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

/// Names the folder of the programs, unless they are built together with the tests. One variable for all of them, since
/// the command line reads `VILOKANAM_NODE` and `VILOKANAM_GATEWAY` as URLs.
const FOLDER_VARIABLE: &str = "VILOKANAM_BIN_DIR";

/// Returns the path of a program under test.
pub fn program(name: &str) -> Result<PathBuf> {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else { return built_program(name) };
    let path = Path::new(&folder).join(name);
    ensure!(path.is_file(), "{FOLDER_VARIABLE} is set, and there is no {}", path.display());
    Ok(path)
}

/// Returns the path of a program that was built together with this test, relative to the build's folder of programs.
pub fn built_program(name: &str) -> Result<PathBuf> {
    let test = this_test()?;
    let found = test.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.with_context(|| {
        format!("{name} was not built: build the workspace with --all-targets, or set {FOLDER_VARIABLE} to its folder")
    })
}

fn this_test() -> Result<PathBuf> {
    std::env::current_exe().context("the path of this test is unknown")
}

/// Returns the build's folder for its profile, such as `target/debug`.
pub fn build_folder() -> Result<PathBuf> {
    // A test is TARGET/debug/deps/test-0123.
    Ok(this_test()?.ancestors().nth(2).context("this test is not in a build folder")?.to_owned())
}

/// Returns the build's folder for files of tests.
pub fn temporary_folder() -> Result<PathBuf> {
    Ok(build_folder()?.with_file_name("tmp"))
}

/// Returns the folder for the logs of this test, `tmp/end-to-end/TEST` in the build folder, and creates it if needed.
/// It outlives the test, because a log is needed most after a failure.
pub fn log_folder() -> Result<PathBuf> {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("main").replace("::", ".");
    let folder = temporary_folder()?.join("end-to-end").join(test);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Removes the logs of the last run of this test, and prints where the new ones are.
pub fn clear_logs() -> Result<()> {
    let folder = log_folder()?;
    fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    eprintln!("logs: {}", folder.display());
    Ok(())
}

/// A process with its output in a log. Dropping it kills it and the processes it has started.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a process. Its output is appended to the log.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let output = File::options().create(true).append(true).open(log)?;
        let started = command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn();
        let child = started.with_context(|| format!("{} cannot be started", command.get_program().display()))?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Returns the process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the exit status, or nothing while the process runs.
    pub fn exit_status(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Fails if the process has ended. The error names the log.
    pub fn ensure_running(&mut self) -> Result<()> {
        let status = self.exit_status()?;
        ensure!(status.is_none(), "the process has ended with {status:?}: see {}", self.log.display());
        Ok(())
    }

    /// Sends a signal such as `INT`.
    pub fn signal(&self, name: &str) -> Result<()> {
        signal(self.id(), name)
    }

    /// Returns what the log contains.
    pub fn output(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Kills the process like a power failure would, but not the processes it has started.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Descendants can only be found while their parent exists. Errors cannot be reported from here.
        let started = descendants(self.id());
        let _ = self.kill();
        for id in started {
            let _ = signal(id, "KILL");
        }
    }
}

/// Sends a signal such as `KILL` to one process.
pub fn signal(id: u32, name: &str) -> Result<()> {
    let sent = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).stderr(Stdio::null()).status()?;
    ensure!(sent.success(), "process {id} cannot be sent {name}: it has ended");
    Ok(())
}

/// Returns the processes that `parent` has started, directly and indirectly.
pub fn descendants(parent: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let children: Vec<u32> = ids.filter(|id| parent_of(*id) == Some(parent)).collect();
    let further: Vec<u32> = children.iter().flat_map(|child| descendants(*child)).collect();
    children.into_iter().chain(further).collect()
}

fn parent_of(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The program's name is in brackets and may contain anything. State and parent follow.
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok()
}

/// Returns the name of a process's program.
pub fn name_of(id: u32) -> String {
    fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default().trim().to_owned()
}
