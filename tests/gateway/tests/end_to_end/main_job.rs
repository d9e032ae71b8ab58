//! The main job: everything runs, a clip is watched and paid for, and the books balance to the planck.

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::process::{Command, Stdio};
use vilokanam_gateway_tests::{
    free_port,
    programs::{clear_logs, log_folder, program},
};

/// Long enough that claims are settled while everybody watches, and not only at the end.
const WATCHED: &str = "25s";

#[test]
fn books_of_the_main_job_balance() -> Result<()> {
    let folder = tempfile::tempdir()?;
    clear_logs()?;
    let log = log_folder()?.join("dev.log");
    let [rpc, http, rtmp] = [free_port()?, free_port()?, free_port()?].map(|port| port.to_string());
    let output = Command::new(program("vilokanam")?)
        // What a developer has set for the command line is not meant for this one.
        .env_remove("VILOKANAM_NODE")
        .env_remove("VILOKANAM_GATEWAY")
        .args(["--json", "dev", "--for", WATCHED, "--viewers", "2"])
        .args(["--rpc-port", &rpc, "--http-port", &http, "--rtmp-port", &rtmp])
        .arg("--folder")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stderr(std::fs::File::create(&log)?)
        .output()?;
    keep_logs(folder.path(), &log)?;
    let books: Value = serde_json::from_slice(&output.stdout).with_context(|| {
        format!("no books but {:?}; see {}", String::from_utf8_lossy(&output.stdout), log.display())
    })?;
    ensure!(output.status.success(), "it ended with {}: {books:#}", output.status);
    ensure!(books["balances"] == true && books["difference"] == "0", "{books:#}");
    let viewers = books["viewers"].as_array().context("there were viewers")?;
    ensure!(viewers.len() == 2, "{books:#}");
    for viewer in viewers {
        let paid: u128 = viewer["amount"].as_str().context("an amount is text")?.parse()?;
        ensure!(paid > 0, "a viewer paid nothing: {books:#}");
    }
    ensure!(books["ticks"].as_u64().is_some_and(|ticks| ticks >= 20), "too few seconds were paid: {books:#}");
    Ok(())
}

/// The folder is gone with the test; what everybody said is wanted after a failure.
fn keep_logs(folder: &std::path::Path, log: &std::path::Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log" || extension == "out") {
            std::fs::copy(&path, log.with_file_name(path.file_name().context("a file has a name")?))?;
        }
    }
    Ok(())
}
