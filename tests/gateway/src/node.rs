//! Node processes. They are started here and not by `vilokanam_tests` because the client that they are asked with is the
//! gateway's own.

use crate::{
    free_port,
    programs::{log_folder, program, Process},
    wait_for,
};
use anyhow::{ensure, Context, Result};
use std::{path::PathBuf, process::Command};
use tempfile::TempDir;
use vilokanam_chain::Chain;

/// How long a node may take until it answers.
const START_SECONDS: u64 = 90;

/// A node: its data, its ports and, while it runs, its process.
pub struct Node {
    base: TempDir,
    log: PathBuf,
    args: Vec<String>,
    rpc_port: u16,
    p2p_port: u16,
    process: Option<Process>,
}

impl Node {
    /// A development chain of one node, which forgets nothing: the books are read from all blocks.
    pub async fn dev() -> Result<Self> {
        Self::start(&["--dev"]).await
    }

    /// A node with these arguments; data, ports and log are the harness's.
    pub async fn start(args: &[&str]) -> Result<Self> {
        let rpc_port = free_port()?;
        let mut node = Self {
            base: tempfile::Builder::new().prefix("vilokanam-test").tempdir()?,
            log: log_folder()?.join(format!("node-{rpc_port}.log")),
            args: vilokanam_tests::with_raw_dev_chain(args)?,
            rpc_port,
            p2p_port: free_port()?,
            process: None,
        };
        vilokanam_tests::share_compiled_runtimes(node.base.path())?;
        node.run().await?;
        Ok(node)
    }

    /// Starts the process, on the data of the last one if there was one, and waits until it answers.
    pub async fn run(&mut self) -> Result<()> {
        let mut command = Command::new(program("vilokanam-node")?);
        command
            .args(&self.args)
            .args(["--base-path", &self.base.path().display().to_string()])
            .args(["--rpc-port", &self.rpc_port.to_string(), "--port", &self.p2p_port.to_string()])
            .args(["--no-prometheus", "--no-telemetry", "--no-mdns", "--rpc-cors", "all", "--rpc-methods", "unsafe"])
            .args(["--state-pruning", "archive"]);
        self.process = Some(Process::start(&mut command, &self.log)?);
        wait_for("the node to answer", START_SECONDS, || async { Ok(Some(self.chain().await?)) }).await?;
        let process = self.process.as_mut().context("it was just started")?;
        ensure!(process.ended()?.is_none(), "the node has ended: see {}", self.log.display());
        Ok(())
    }

    /// Kills the process as a power cut would.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// A connection to the node.
    pub async fn chain(&self) -> Result<Chain> {
        Ok(Chain::connect(&self.url()).await?)
    }

    /// A connection for any JSON-RPC method.
    pub async fn rpc(&self) -> Result<vilokanam_tests::chain::Chain> {
        vilokanam_tests::chain::Chain::connect(&self.url()).await
    }

    /// Where the node's JSON-RPC is, by WebSocket.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
    }

    /// Where other nodes find this one.
    pub fn address(&self, peer_id: &str) -> String {
        format!("/ip4/127.0.0.1/tcp/{}/p2p/{peer_id}", self.p2p_port)
    }
}
