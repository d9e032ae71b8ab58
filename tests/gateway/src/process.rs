//! Gateway processes.

use anyhow::{ensure, Context, Result};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;
use vilokanam_tests::{free_port, log_file, program, wait_for};

/// How long a gateway may take until it answers.
const START_SECONDS: u64 = 60;
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
    process: Option<Child>,
}

impl Gateway {
    /// The gateway of development chains, on these nodes. `settings` are names as in the configuration's environment,
    /// `PAYWALL__CREDIT_TICKS` for example.
    pub async fn start(nodes: &[String], settings: &[(&str, &str)]) -> Result<Self> {
        let http_port = free_port()?;
        let mut gateway = Self {
            base: tempfile::Builder::new().prefix("vilokanam-gateway").tempdir()?,
            log: log_file(&format!("gateway-{http_port}"))?,
            nodes: nodes.to_vec(),
            settings: settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            http_port,
            rtmp_port: free_port()?,
            process: None,
        };
        gateway.write_key("//Ferdie")?;
        gateway.run().await?;
        Ok(gateway)
    }

    fn write_key(&self, uri: &str) -> Result<()> {
        let path = self.base.path().join("gateway.key");
        fs::write(&path, uri)?;
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        Ok(())
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
        let log = File::options().create(true).append(true).open(&self.log)?;
        let child = self.command()?.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        self.process = Some(child);
        wait_for("the gateway to answer", START_SECONDS, || async {
            ensure!(self.is_running()?, "it has ended: see {}", self.log.display());
            let answer = reqwest::get(format!("{}/health", self.url())).await;
            Ok(answer.is_ok_and(|answer| answer.status().is_success()).then_some(()))
        })
        .await
    }

    fn is_running(&self) -> Result<bool> {
        let pid = self.pid().context("it was not started")?;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // A process that ended and was not waited for is a zombie.
        Ok(stat.rsplit_once(')').is_some_and(|(_, state)| !state.trim_start().starts_with('Z')))
    }

    /// The process, while there is one.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Kills the process as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill()?;
            process.wait()?;
        }
        Ok(())
    }

    /// Asks the process to end, as an operator would, and returns its exit code.
    pub async fn stop(&mut self) -> Result<Option<i32>> {
        let mut process = self.process.take().context("it was not started")?;
        let sent = Command::new("kill").args(["-TERM", &process.id().to_string()]).status()?;
        ensure!(sent.success(), "SIGTERM could not be sent");
        wait_for("the gateway to end", DRAIN_SECONDS, || {
            let ended = process.try_wait();
            async move { Ok(ended?) }
        })
        .await
        .map(|status| status.code())
    }

    /// Where its HTTP is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http_port)
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

impl Drop for Gateway {
    fn drop(&mut self) {
        // The process is gone or was never there: nothing is left to be done about an error here.
        let _ = self.kill();
    }
}
