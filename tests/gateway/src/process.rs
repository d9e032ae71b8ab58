//! Gateway processes.

use crate::{
    free_port,
    programs::{descendants, log_folder, name_of, program, Process},
    wait_for,
};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tempfile::TempDir;
use tokio::time::{sleep, Instant};

/// How long a gateway may take until it answers.
const START_TIME: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long it may take to end after SIGTERM.
const DRAIN_SECONDS: u64 = 60;

/// A gateway: its data, its ports and, while it runs, its process.
pub struct Gateway {
    base: TempDir,
    log: PathBuf,
    nodes: Vec<String>,
    settings: Vec<(String, String)>,
    http_port: u16,
    rtmp_port: u16,
    process: Option<Process>,
}

impl Gateway {
    /// The gateway of development chains, on these nodes. `settings` are names as in the configuration's environment,
    /// `PAYWALL__CREDIT_TICKS` for example.
    pub async fn start(nodes: &[String], settings: &[(&str, &str)]) -> Result<Self> {
        let http_port = free_port()?;
        let mut gateway = Self {
            base: tempfile::Builder::new().prefix("vilokanam-gateway").tempdir()?,
            log: log_folder()?.join(format!("gateway-{http_port}.log")),
            nodes: nodes.to_vec(),
            settings: settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            http_port,
            rtmp_port: free_port()?,
            process: None,
        };
        write_key(&gateway.base.path().join("gateway.key"), "//Ferdie")?;
        gateway.run().await?;
        Ok(gateway)
    }

    /// The command, with all settings and nothing after them.
    pub fn command(&self) -> Result<Command> {
        let base = self.base.path();
        let mut command = Command::new(program("vilokanam-gateway")?);
        command
            .current_dir(base)
            .args(["--listen", &format!("127.0.0.1:{}", self.http_port)])
            .args(["--public-url", &self.url()])
            .args(["--rtmp-listen", &format!("127.0.0.1:{}", self.rtmp_port)])
            .args(["--data-dir", &base.join("data").display().to_string()])
            .args(["--key-file", &base.join("gateway.key").display().to_string()]);
        self.nodes.iter().for_each(|node| {
            command.args(["--node", node]);
        });
        self.settings.iter().for_each(|(name, value)| {
            command.env(format!("VILOKANAM_GATEWAY_{name}"), value);
        });
        Ok(command)
    }

    /// Starts the process, on the data of the last one if there was one, and waits until it answers.
    pub async fn run(&mut self) -> Result<()> {
        self.process = Some(Process::start(&mut self.command()?, &self.log)?);
        let deadline = Instant::now() + START_TIME;
        let health = format!("{}/health", self.url());
        while !reqwest::get(&health).await.is_ok_and(|answer| answer.status().is_success()) {
            self.check_runs()?;
            ensure!(Instant::now() < deadline, "the gateway does not answer: see {}", self.log.display());
            sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// The process, while there is one.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// The transcoders that it runs at this moment.
    pub fn transcoders(&self) -> Vec<u32> {
        let started = self.pid().map(descendants).unwrap_or_default();
        started.into_iter().filter(|id| name_of(*id) == "ffmpeg").collect()
    }

    /// Kills the process as a power cut would, and nothing that it has started.
    pub fn kill(&mut self) -> Result<()> {
        self.process.take().map_or(Ok(()), |mut process| process.kill())
    }

    /// Asks the process to end, as an operator would, and returns its exit code.
    pub async fn stop(&mut self) -> Result<Option<i32>> {
        let mut process = self.process.take().context("it was not started")?;
        process.signal("TERM")?;
        let status = wait_for("the gateway to end", DRAIN_SECONDS, || {
            let ended = process.ended();
            async move { ended }
        });
        Ok(status.await?.code())
    }

    /// Fails when the process has ended.
    pub fn check_runs(&mut self) -> Result<()> {
        let process = self.process.as_mut().context("it was not started")?;
        ensure!(process.ended()?.is_none(), "the gateway has ended: see {}", self.log.display());
        Ok(())
    }

    /// Where its HTTP is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http_port)
    }

    /// Its HTTP port.
    pub fn http_port(&self) -> u16 {
        self.http_port
    }

    /// Where RTMP is taken in.
    pub fn rtmp_url(&self) -> String {
        format!("rtmp://127.0.0.1:{}/live", self.rtmp_port)
    }

    /// Where it keeps its data.
    pub fn data(&self) -> PathBuf {
        self.base.path().join("data")
    }

    /// What it has said so far.
    pub fn log(&self) -> &Path {
        &self.log
    }
}

/// Writes a key that only this user may read.
pub fn write_key(path: &Path, uri: &str) -> Result<()> {
    fs::write(path, uri)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}
