//! Gateway processes.

use anyhow::{ensure, Context, Result};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tempfile::TempDir;
use tokio::time::{sleep, Instant};
use vilokanam_tests::{
    accounts::GATEWAY,
    command_line::write_key,
    free_port,
    process::{descendants, log_folder, name_of, program, Process},
    wait_for,
};

/// Maximum time until a gateway that was started answers.
const START_TIMEOUT: Duration = Duration::from_secs(90);
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// Maximum time until a gateway has ended after SIGTERM.
const STOP_SECONDS: u64 = 60;

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
    /// Starts the gateway of development chains with the nodes at these URLs. The names of `settings` are those of the
    /// environment variables without their prefix, for example `PAYWALL__CREDIT_TICKS`.
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
        write_key(&gateway.base.path().join("gateway.key"), GATEWAY)?;
        gateway.run().await?;
        Ok(gateway)
    }

    /// Returns the command that starts the gateway, with all of its settings.
    pub fn command(&self) -> Result<Command> {
        let base = self.base.path();
        let mut command = Command::new(program("vilokanam-gateway")?);
        command
            .current_dir(base)
            .args(["--listen", &format!("127.0.0.1:{}", self.http_port)])
            .args(["--public-url", &self.url()])
            .args(["--rtmp-listen", &format!("127.0.0.1:{}", self.rtmp_port)])
            .arg("--data-dir")
            .arg(self.data())
            .arg("--key-file")
            .arg(base.join("gateway.key"))
            .args(self.nodes.iter().flat_map(|node| ["--node", node.as_str()]))
            .envs(self.settings.iter().map(|(name, value)| (format!("VILOKANAM_GATEWAY_{name}"), value)));
        Ok(command)
    }

    /// Starts the process on the data of the previous one, if there was one, and waits until it answers.
    pub async fn run(&mut self) -> Result<()> {
        self.process = Some(Process::start(&mut self.command()?, &self.log)?);
        let deadline = Instant::now() + START_TIMEOUT;
        let health = format!("{}/health", self.url());
        while !reqwest::get(&health).await.is_ok_and(|answer| answer.status().is_success()) {
            self.ensure_running()?;
            ensure!(Instant::now() < deadline, "the gateway does not answer: see {}", self.log.display());
            sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }

    /// Returns the ids of the transcoders that run at this moment.
    pub fn transcoders(&self) -> Vec<u32> {
        let started = self.process.as_ref().map(|process| descendants(process.id())).unwrap_or_default();
        started.into_iter().filter(|id| name_of(*id) == "ffmpeg").collect()
    }

    /// Kills the process like a power failure would, but not the processes it has started.
    pub fn kill(&mut self) -> Result<()> {
        self.process.take().map_or(Ok(()), |mut process| process.kill())
    }

    /// Asks the process to end, waits until it has, and returns its exit code.
    pub async fn stop(&mut self) -> Result<Option<i32>> {
        let mut process = self.process.take().context("the gateway does not run")?;
        process.signal("TERM")?;
        let status = wait_for("the gateway to end", STOP_SECONDS, || {
            let status = process.exit_status();
            async move { status }
        });
        Ok(status.await?.code())
    }

    /// Fails if the process has ended.
    pub fn ensure_running(&mut self) -> Result<()> {
        self.process.as_mut().context("the gateway does not run")?.ensure_running()
    }

    /// Returns the URL of the API.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http_port)
    }

    /// Returns the port of the API.
    pub fn http_port(&self) -> u16 {
        self.http_port
    }

    /// Returns the port for RTMP.
    pub fn rtmp_port(&self) -> u16 {
        self.rtmp_port
    }

    /// Returns the folder with the gateway's data.
    pub fn data(&self) -> PathBuf {
        self.base.path().join("data")
    }

    /// Returns the path of the log.
    pub fn log(&self) -> &Path {
        &self.log
    }
}
