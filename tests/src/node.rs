//! Node processes.

use crate::{chain::Chain, free_port, log_file, program, share_compiled_runtimes, wait_for, with_raw_dev_chain};
use anyhow::Result;
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How long a node may take until it answers.
const START_SECONDS: u64 = 90;

/// A node: its data, its ports and, while it runs, its process.
pub struct Node {
    base: TempDir,
    /// Outside the data, which is gone with the test: what a node said is most wanted after a failure.
    log: PathBuf,
    args: Vec<String>,
    rpc_port: u16,
    p2p_port: u16,
    process: Option<Child>,
}

impl Node {
    /// A development chain of one node.
    pub async fn dev() -> Result<Self> {
        Self::start(&["--dev"]).await
    }

    /// A node with these arguments; data, ports and log are the harness's.
    pub async fn start(args: &[&str]) -> Result<Self> {
        let rpc_port = free_port()?;
        let mut node = Self {
            base: tempfile::Builder::new().prefix("vilokanam-test").tempdir()?,
            log: log_file(&format!("node-{rpc_port}"))?,
            args: with_raw_dev_chain(args)?,
            rpc_port,
            p2p_port: free_port()?,
            process: None,
        };
        share_compiled_runtimes(node.base.path())?;
        node.run().await?;
        Ok(node)
    }

    /// Starts the process, on the data of the last one if there was one, and waits until it answers.
    pub async fn run(&mut self) -> Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let child = Command::new(program("vilokanam-node")?)
            .args(&self.args)
            .args(["--base-path", &self.base.path().display().to_string()])
            .args(["--rpc-port", &self.rpc_port.to_string(), "--port", &self.p2p_port.to_string()])
            .args(["--no-prometheus", "--no-telemetry", "--rpc-cors", "all", "--rpc-methods", "unsafe"])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.process = Some(child);
        wait_for("the node to answer", START_SECONDS, || async { Ok(Some(self.chain().await?)) }).await?;
        Ok(())
    }

    /// Kills the process as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill()?;
            process.wait()?;
        }
        Ok(())
    }

    /// A connection to the node.
    pub async fn chain(&self) -> Result<Chain> {
        Chain::connect(&self.url()).await
    }

    /// Where the node's JSON-RPC is, by WebSocket.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
    }

    /// What `/health` says: 200 is yes.
    pub async fn is_healthy(&self) -> Result<bool> {
        let address = ("127.0.0.1", self.rpc_port);
        let mut connection = tokio::net::TcpStream::connect(address).await?;
        let request = format!("GET /health HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.rpc_port);
        connection.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    }

    /// Where other nodes find this one.
    pub fn address(&self, peer_id: &str) -> String {
        format!("/ip4/127.0.0.1/tcp/{}/p2p/{peer_id}", self.p2p_port)
    }

    /// The end of the log, for a test that fails.
    pub fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    /// Where the node keeps its data.
    pub fn base_path(&self) -> &Path {
        self.base.path()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // The process is gone or was never there: nothing is left to be done about an error here.
        let _ = self.kill();
        if std::thread::panicking() {
            eprintln!("--- end of the log of the node on port {} ---\n{}", self.rpc_port, self.log_tail());
        }
    }
}
