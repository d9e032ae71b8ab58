//! Where the binaries under test are, and where what they say goes.

use anyhow::{Context, Result};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The folder of the binaries, when they are not those built beside this test. One variable for all: the command line
/// reads `VILOKANAM_NODE` and `VILOKANAM_GATEWAY` itself, as URLs.
const FOLDER_VARIABLE: &str = "VILOKANAM_BIN_DIR";

/// A binary under test.
pub fn program(name: &str) -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE) {
        let found = Path::new(&folder).join(name);
        anyhow::ensure!(found.is_file(), "{FOLDER_VARIABLE}: there is no {}", found.display());
        return Ok(found);
    }
    let test = this_test()?;
    let found = test.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.with_context(|| format!("no {name} beside this test: build the workspace first, or set {FOLDER_VARIABLE}"))
}

fn this_test() -> Result<PathBuf> {
    std::env::current_exe().context("where does this test run from?")
}

/// The build's folder for what tests make: `tmp` beside `debug`.
pub fn temporary_folder() -> Result<PathBuf> {
    let test = this_test()?;
    // TARGET/debug/deps/test-0123
    let target = test.ancestors().nth(3).context("a test runs from the build folder")?;
    Ok(target.join("tmp"))
}

/// `tmp/end-to-end/TEST` in the build folder. It outlives the test: what a process said is most wanted after a failure.
pub fn log_folder() -> Result<PathBuf> {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("main").replace("::", ".");
    let folder = temporary_folder()?.join("end-to-end").join(test);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Throws away what the last run of this test has left, so that what is there is of this one.
pub fn clear_logs() -> Result<()> {
    let folder = log_folder()?;
    fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    eprintln!("logs: {}", folder.display());
    Ok(())
}

/// A process whose output goes into a log, and that ends with this value.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it; the log is continued if there is one.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let out = File::options().create(true).append(true).open(log)?;
        let started = command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out).spawn();
        let child = started.with_context(|| format!("cannot run {}", command.get_program().display()))?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Result<Option<std::process::ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Sends it a signal, such as `INT`.
    pub fn signal(&self, name: &str) -> Result<()> {
        signal(self.id(), name)
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Kills it as a power cut would, and nothing that it has started.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // What it has started is known only while it lives. Of an error nothing could be done here.
        let started = descendants(self.id());
        let _ = self.kill();
        for id in started {
            let _ = signal(id, "KILL");
        }
    }
}

/// Sends a signal to one process.
pub fn signal(id: u32, name: &str) -> Result<()> {
    let sent = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).stderr(Stdio::null()).status()?;
    anyhow::ensure!(sent.success(), "no {name} to process {id}: it is gone");
    Ok(())
}

/// The processes that `parent` has started and those that these have, as far as they live.
pub fn descendants(parent: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let children: Vec<u32> = ids.filter(|id| parent_of(*id) == Some(parent)).collect();
    let further: Vec<u32> = children.iter().flat_map(|child| descendants(*child)).collect();
    children.into_iter().chain(further).collect()
}

/// Fields of `/proc/ID/stat` after the name, which may hold anything: state, parent, and so on.
fn stat(id: u32) -> Option<(char, u32)> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn parent_of(id: u32) -> Option<u32> {
    stat(id).map(|(_, parent)| parent)
}

/// Whether a process lives. One that ended and was not waited for is a zombie, and does not.
pub fn lives(id: u32) -> bool {
    stat(id).is_some_and(|(state, _)| state != 'Z')
}

/// The name of a process's program.
pub fn name_of(id: u32) -> String {
    fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default().trim().to_owned()
}
