//! `vilokanam dev`: it runs the whole platform, watches and pays for a clip, and reports who paid and earned how much.

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    fs::{self, File},
    path::Path,
    process::Stdio,
};
use vilokanam_tests::{
    command_line::vilokanam,
    free_port,
    process::{clear_logs, log_folder},
};

/// Long enough for claims to be settled during the broadcast, and not only at its end.
const WATCHED: &str = "25s";

#[test]
fn dev_command_reports_payments_that_equal_earnings() -> Result<()> {
    let folder = tempfile::tempdir()?;
    clear_logs()?;
    let log = log_folder()?.join("dev.log");
    let [rpc, http, rtmp] = [free_port()?, free_port()?, free_port()?].map(|port| port.to_string());
    let output = vilokanam()?
        .args(["--json", "dev", "--for", WATCHED, "--viewers", "2"])
        .args(["--rpc-port", &rpc, "--http-port", &http, "--rtmp-port", &rtmp])
        .arg("--folder")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stderr(File::create(&log)?)
        .output()?;
    keep_logs(folder.path(), &log)?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("not JSON: {:?}; see {}", String::from_utf8_lossy(&output.stdout), log.display()))?;
    ensure!(output.status.success(), "the command ended with {}: {report:#}", output.status);
    ensure!(report["balances"] == true && report["difference"] == "0", "payments and earnings differ: {report:#}");
    let viewers = report["viewers"].as_array().context("the report has no viewers")?;
    ensure!(viewers.len() == 2, "there should be two viewers: {report:#}");
    for viewer in viewers {
        let paid: u128 = viewer["amount"].as_str().context("an amount should be a string")?.parse()?;
        ensure!(paid > 0, "a viewer paid nothing: {report:#}");
    }
    ensure!(report["ticks"].as_u64().is_some_and(|ticks| ticks >= 20), "too few seconds were paid: {report:#}");
    Ok(())
}

/// Copies the logs of all programs beside `log`, because the folder is removed at the end of the test.
fn keep_logs(folder: &Path, log: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log" || extension == "out") {
            fs::copy(&path, log.with_file_name(path.file_name().context("the file has no name")?))?;
        }
    }
    Ok(())
}
