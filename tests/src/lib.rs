//! The harness of the end-to-end tests: real `vilokanam-node` processes, and a client that talks to them as a dapp would,
//! over JSON-RPC, with extrinsics it encodes itself. Nothing of the node, the runtime or the pallet is linked in: what
//! these tests say holds of the binary and of the bytes in `tick-stream-primitives`.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`node`] | processes: start, kill, start again |
//! | [`chain`] | what is read from a node, and extrinsics |
//! | [`people`] | viewers, their tickets and their claims |
//! | [`books`] | what everybody must have in the end |

pub mod books;
pub mod chain;
pub mod node;
pub mod people;

use anyhow::{ensure, Context, Result};
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::UNIX_EPOCH,
};

/// A binary under test: the one that a variable such as `VILOKANAM_NODE` names, or the one that was built beside this
/// test.
pub fn program(name: &str) -> Result<PathBuf> {
    let variable = name.to_uppercase().replace('-', "_");
    if let Some(path) = std::env::var_os(&variable) {
        return Ok(path.into());
    }
    let test = std::env::current_exe().context("where does this test run from?")?;
    let found = test.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.with_context(|| format!("no {name} beside this test: build the workspace first, or set {variable}"))
}

/// A port that nobody listens on at this moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A file for the log of a process: `tmp/end-to-end/TEST/NAME.log` in the build folder, which outlives the test: what a
/// process said is most wanted after a failure.
pub fn log_file(name: &str) -> Result<PathBuf> {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("main").replace("::", ".");
    let folder = program("vilokanam-node")?.with_file_name("..").join("tmp/end-to-end").join(test);
    std::fs::create_dir_all(&folder)?;
    let log = folder.join(format!("{name}.log"));
    eprintln!("log: {}", log.display());
    Ok(log)
}

/// Has the node with this base path find the runtimes that nodes of other tests have compiled, and keep its own for them.
pub fn share_compiled_runtimes(base: &Path) -> Result<()> {
    let shared = program("vilokanam-node")?.with_file_name("..").join("tmp/compiled-runtimes");
    std::fs::create_dir_all(&shared)?;
    std::os::unix::fs::symlink(shared.canonicalize()?, base.join("compiled-runtimes"))?;
    Ok(())
}

/// The same arguments with the development chain's specification as a raw file. A node builds the genesis of a named chain
/// in WebAssembly that it compiles for this alone, seconds in which a test waits; this file is made once per build.
pub fn with_raw_dev_chain(args: &[&str]) -> Result<Vec<String>> {
    let mut args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    if let Some(name) = args.iter().position(|arg| arg == "--chain").map(|flag| flag + 1) {
        if args.get(name).is_some_and(|name| name == "dev") {
            args[name] = raw_dev_chain()?;
        }
    } else if args.iter().any(|arg| arg == "--dev") {
        args.extend(["--chain".to_owned(), raw_dev_chain()?]);
    }
    Ok(args)
}

fn raw_dev_chain() -> Result<String> {
    let node = program("vilokanam-node")?;
    let built = node.metadata()?.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
    let folder = node.with_file_name("..").join("tmp/chains");
    std::fs::create_dir_all(&folder)?;
    let spec = folder.join(format!("dev-{built}.json"));
    if !spec.is_file() {
        // Several tests may make it at once: each makes its own, and all of them are the same.
        let own = tempfile::NamedTempFile::new_in(&folder)?;
        let made = Command::new(node)
            .args(["export-chain-spec", "--chain", "dev", "--raw", "--output"])
            .arg(own.path())
            .output()
            .context("vilokanam-node does not run")?;
        ensure!(made.status.success(), "no raw specification: {}", String::from_utf8_lossy(&made.stderr));
        own.persist(&spec)?;
    }
    Ok(spec.display().to_string())
}

/// Tries `probe` until it gives something, or says what was waited for in vain.
pub async fn wait_for<T, F>(what: &str, seconds: u64, mut probe: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: std::future::Future<Output = anyhow::Result<Option<T>>>,
{
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(seconds);
    let mut last_error = None;
    while tokio::time::Instant::now() < deadline {
        match probe().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => last_error = None,
            Err(error) => last_error = Some(error),
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let because = last_error.map(|error| format!(" ({error:#})")).unwrap_or_default();
    anyhow::bail!("waited {seconds} s in vain for {what}{because}")
}
