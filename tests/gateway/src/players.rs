//! HLS parsers and players that others have written: installed as `parsers/` pins them, run with Node.js or Python.

use crate::programs::temporary_folder;
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What is installed with npm, and the file that says so.
const NPM_FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];
const PIP_FILES: [&str; 1] = ["requirements.txt"];

/// The folder with the programs and what pins their dependencies.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("parsers")
}

/// A folder below the build's, with these files in it. `install` fills it, once for as long as the files are the same;
/// tests that come at the same time wait for each other.
fn installed(name: &str, files: &[&str], install: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = temporary_folder()?.join(name);
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.with_extension("lock"))?;
    lock.lock()?;
    let read = |file: &&str| fs::read_to_string(sources().join(file)).with_context(|| format!("no parsers/{file}"));
    let pinned = files.iter().map(read).collect::<Result<Vec<_>>>()?;
    let (stamp, wanted) = (folder.join("installed"), pinned.join("\n"));
    if fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(folder);
    }
    for (file, text) in files.iter().zip(&pinned) {
        fs::write(folder.join(file), text)?;
    }
    install(&folder)?;
    fs::write(stamp, wanted)?;
    Ok(folder)
}

/// Runs what installs something.
fn run(command: &mut Command, missing: &str) -> Result<()> {
    let ran = command.stdin(Stdio::null()).output().with_context(|| missing.to_owned())?;
    let said = [ran.stdout, ran.stderr].concat();
    ensure!(ran.status.success(), "{} has failed: {}", command.get_program().display(), String::from_utf8_lossy(&said));
    Ok(())
}

/// Where Node.js finds the packages: programs that import them have to be there.
pub fn node_folder() -> Result<PathBuf> {
    installed("players-npm", &NPM_FILES, |folder| {
        let missing = "npm cannot be run: install Node.js 20 or later";
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder), missing)
    })
}

/// Where Python finds the packages.
fn python_folder() -> Result<PathBuf> {
    installed("players-pip", &PIP_FILES, |folder| {
        let missing = "python3 cannot be run: install Python 3.9 or later with pip";
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--requirement"]);
        run(pip.arg(folder.join(PIP_FILES[0])).arg("--target").arg(folder.join("packages")), missing)
    })
}

/// A program of `parsers/`, put where its packages are.
pub fn node_program(name: &str) -> Result<Command> {
    let folder = node_folder()?;
    let program = folder.join(name);
    // Renamed into its place: another test may be about to run it.
    let draft = tempfile::NamedTempFile::new_in(&folder)?;
    fs::copy(sources().join(name), draft.path())?;
    draft.persist(&program)?;
    let mut command = Command::new("node");
    command.arg(program).current_dir(folder);
    Ok(command)
}

/// A Python program of `parsers/`.
pub fn python_program(name: &str) -> Result<Command> {
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", python_folder()?.join("packages")).arg(sources().join(name));
    Ok(command)
}

/// Gives a program JSON, and returns the JSON that it answers with.
pub fn ask(command: &mut Command, question: &Value) -> Result<Value> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("stdin is a pipe")?.write_all(&serde_json::to_vec(question)?)?;
    let ran = child.wait_with_output()?;
    ensure!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Ok(serde_json::from_slice(&ran.stdout)?)
}
