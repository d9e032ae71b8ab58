//! Programs in JavaScript and Python that use packages by other authors, in the versions that the lists beside them require.

use crate::process::temporary_folder;
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Files that list the packages, and are copied to the folder where these are installed.
const NPM_FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];
const PIP_FILES: [&str; 1] = ["requirements.txt"];

/// A folder with programs in other languages, and with the lists of their packages.
pub struct Programs {
    sources: PathBuf,
    /// Name by which the installed packages are kept among those of other folders.
    name: &'static str,
}

impl Programs {
    /// Names the folder with the programs.
    pub fn new(sources: impl Into<PathBuf>, name: &'static str) -> Self {
        Self { sources: sources.into(), name }
    }

    /// Returns the command for a Node.js program of the folder, and installs its packages unless they are there.
    pub fn node(&self, program: &str) -> Result<Command> {
        let folder = self.node_folder()?;
        // Programs that import packages must be in the packages' folder.
        for file in fs::read_dir(&self.sources)? {
            let source = file?.path();
            if source.extension().is_some_and(|extension| extension == "mjs") {
                let name = source.file_name().context("a file has a name")?;
                // Renamed when it is complete, because another test may start it at the same time.
                let draft = tempfile::NamedTempFile::new_in(&folder)?;
                fs::copy(&source, draft.path())?;
                draft.persist(folder.join(name))?;
            }
        }
        let mut command = Command::new("node");
        command.arg(folder.join(program)).current_dir(folder);
        Ok(command)
    }

    /// Returns the command for a Python program of the folder, and installs its packages unless they are there.
    pub fn python(&self, program: &str) -> Result<Command> {
        let mut command = Command::new("python3");
        // Writes no compiled modules beside the sources.
        command.env("PYTHONPATH", self.python_folder()?.join("packages")).arg("-B").arg(self.sources.join(program));
        Ok(command)
    }

    fn node_folder(&self) -> Result<PathBuf> {
        self.installed("npm", &NPM_FILES, |folder| {
            let missing = "npm cannot be run: install Node.js 20 or later";
            run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder), missing)
        })
    }

    fn python_folder(&self) -> Result<PathBuf> {
        self.installed("pip", &PIP_FILES, |folder| {
            let missing = "python3 cannot be run: install Python 3.9 or later with pip";
            let mut pip = Command::new("python3");
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--requirement"]);
            run(pip.arg(folder.join(PIP_FILES[0])).arg("--target").arg(folder.join("packages")), missing)
        })
    }

    /// Returns a folder of the build in which `install` has installed packages. It is called again only if the files
    /// have changed. Tests that run at the same time wait for each other.
    fn installed(&self, kind: &str, files: &[&str], install: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let folder = temporary_folder()?.join(format!("{}-{kind}", self.name));
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.with_extension("lock"))?;
        lock.lock()?;
        let read = |file: &&str| {
            let path = self.sources.join(file);
            fs::read_to_string(&path).with_context(|| format!("{} is missing", path.display()))
        };
        let contents = files.iter().map(read).collect::<Result<Vec<_>>>()?;
        let (stamp, required) = (folder.join("installed"), contents.join("\n"));
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == required) {
            return Ok(folder);
        }
        for (file, text) in files.iter().zip(&contents) {
            fs::write(folder.join(file), text)?;
        }
        install(&folder)?;
        fs::write(stamp, required)?;
        Ok(folder)
    }
}

/// Runs an installer. `missing` says what to do if it cannot be run.
fn run(command: &mut Command, missing: &str) -> Result<()> {
    let ran = command.stdin(Stdio::null()).output().with_context(|| missing.to_owned())?;
    let output = [ran.stdout, ran.stderr].concat();
    let program = command.get_program().display();
    ensure!(ran.status.success(), "{program} has failed: {}", String::from_utf8_lossy(&output));
    Ok(())
}

/// Runs a program with JSON on its standard input, and returns the JSON that it prints.
pub fn run_with_json(command: &mut Command, input: &Value) -> Result<Value> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("standard input is a pipe")?.write_all(&serde_json::to_vec(input)?)?;
    let ran = child.wait_with_output()?;
    ensure!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Ok(serde_json::from_slice(&ran.stdout)?)
}
