//! Node processes.

use crate::{
    free_port,
    next_runtime::compressed,
    node_client::NodeClient,
    process::{log_folder, program, temporary_folder, Process},
    wait_for,
};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::UNIX_EPOCH,
};
use tempfile::{NamedTempFile, TempDir};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use vilokanam_chain::Chain;

/// Storage key of the runtime's code: `:code` in hex.
const CODE_KEY: &str = "0x3a636f6465";
/// Name of the chain that `--dev` means.
const DEV_CHAIN: &str = "dev";
/// Names of the chains that are started from a file, see [`with_raw_chain`].
const RAW_CHAINS: [&str; 3] = [DEV_CHAIN, "local", "test"];
/// Maximum time until a node that was started answers.
const START_SECONDS: u64 = 90;

/// Network identity of a node, by which other nodes find it.
#[derive(Clone, Copy)]
pub struct NetworkIdentity {
    /// Secret key, for `--node-key`.
    pub key: &'static str,
    /// Peer id that belongs to the key.
    pub peer_id: &'static str,
}

/// Network identities for nodes that others have to find.
pub const IDENTITIES: [NetworkIdentity; 3] = [
    NetworkIdentity {
        key: "0000000000000000000000000000000000000000000000000000000000000001",
        peer_id: "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
    },
    NetworkIdentity {
        key: "0000000000000000000000000000000000000000000000000000000000000002",
        peer_id: "12D3KooWHdiAxVd8uMQR1hGWXccidmfCwLqcMpGwR6QcTP6QRMuD",
    },
    NetworkIdentity {
        key: "0000000000000000000000000000000000000000000000000000000000000003",
        peer_id: "12D3KooWSCufgHzV4fCwRijfH2k3abrpAJxTKxEvN1FDuRXA2U9x",
    },
];

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
    /// Starts a development chain of one node.
    pub async fn dev() -> Result<Self> {
        Self::start(&["--dev"]).await
    }

    /// Starts a node that keeps the state of every block and finds other nodes only by their addresses.
    pub async fn archive(args: &[&str]) -> Result<Self> {
        Self::start(&[args, &["--state-pruning", "archive", "--no-mdns"]].concat()).await
    }

    /// Starts a node with these arguments, besides those for data and ports.
    pub async fn start(args: &[&str]) -> Result<Self> {
        let rpc_port = free_port()?;
        let mut node = Self {
            base: tempfile::Builder::new().prefix("vilokanam-test").tempdir()?,
            log: log_folder()?.join(format!("node-{rpc_port}.log")),
            args: with_raw_chain(args)?,
            rpc_port,
            p2p_port: free_port()?,
            process: None,
        };
        eprintln!("log: {}", node.log.display());
        share_compiled_runtimes(node.base.path())?;
        node.run().await?;
        Ok(node)
    }

    /// Starts the process on the data of the previous one, if there was one, and waits until it answers.
    pub async fn run(&mut self) -> Result<()> {
        let mut command = Command::new(program("vilokanam-node")?);
        command
            .args(&self.args)
            .arg("--base-path")
            .arg(self.base.path())
            .args(["--rpc-port", &self.rpc_port.to_string(), "--port", &self.p2p_port.to_string()])
            .args(["--no-prometheus", "--no-telemetry", "--rpc-cors", "all", "--rpc-methods", "unsafe"]);
        self.process = Some(Process::start(&mut command, &self.log)?);
        wait_for("the node to answer", START_SECONDS, || async { Ok(Some(self.client().await?)) }).await?;
        self.process.as_mut().context("the process was just started")?.ensure_running()
    }

    /// Kills the process like a power failure would.
    pub fn kill(&mut self) -> Result<()> {
        self.process.take().map_or(Ok(()), |mut process| process.kill())
    }

    /// Connects the client that encodes its extrinsics itself.
    pub async fn client(&self) -> Result<NodeClient> {
        NodeClient::connect(&self.url()).await
    }

    /// Connects the client that the gateway and the command line use.
    pub async fn chain(&self) -> Result<Chain> {
        Ok(Chain::connect(&self.url()).await?)
    }

    /// Returns the WebSocket URL of the node's JSON-RPC.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
    }

    /// Returns whether the node calls itself healthy at `/health`.
    pub async fn is_healthy(&self) -> Result<bool> {
        let address = ("127.0.0.1", self.rpc_port);
        let mut connection = tokio::net::TcpStream::connect(address).await?;
        let request = format!("GET /health HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.rpc_port);
        connection.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    }

    /// Returns the address under which other nodes reach this one, if it was started with this identity.
    pub fn address(&self, identity: &NetworkIdentity) -> String {
        format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", self.p2p_port, identity.peer_id)
    }
}

/// Makes the nodes of all tests share their compiled runtimes.
fn share_compiled_runtimes(base: &Path) -> Result<()> {
    let shared = temporary_folder()?.join("compiled-runtimes");
    fs::create_dir_all(&shared)?;
    std::os::unix::fs::symlink(shared.canonicalize()?, base.join("compiled-runtimes"))?;
    Ok(())
}

/// Replaces the name of a chain in a node's arguments by a file with its raw specification. To build the genesis of a
/// named chain, a node compiles a WebAssembly runtime for this purpose alone, which takes seconds; the file is made once
/// for each build of the node.
fn with_raw_chain(args: &[&str]) -> Result<Vec<String>> {
    let mut args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    if let Some(name) = args.iter().position(|arg| arg == "--chain").map(|flag| flag + 1) {
        if let Some(name) = args.get_mut(name).filter(|name| RAW_CHAINS.contains(&name.as_str())) {
            *name = raw_chain(name)?;
        }
    } else if args.iter().any(|arg| arg == "--dev") {
        args.extend(["--chain".to_owned(), raw_chain(DEV_CHAIN)?]);
    }
    Ok(args)
}

/// Returns the WebAssembly code of the runtime that the node under test was built with, compressed.
pub fn built_runtime() -> Result<Vec<u8>> {
    let spec: Value = serde_json::from_slice(&fs::read(raw_chain(DEV_CHAIN)?)?)?;
    let code = spec["genesis"]["raw"]["top"][CODE_KEY].as_str().context("the specification has no code")?;
    let code = hex::decode(code.trim_start_matches("0x"))?;
    // A release is compressed already.
    Ok(if code.starts_with(b"\0asm") { compressed(&code)? } else { code })
}

fn raw_chain(name: &str) -> Result<String> {
    let node = program("vilokanam-node")?;
    let built = node.metadata()?.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
    let folder = temporary_folder()?.join("chains");
    fs::create_dir_all(&folder)?;
    let spec = folder.join(format!("{name}-{built}.json"));
    if !spec.is_file() {
        // Tests that run at the same time may all make the file: the contents are equal, and renaming is atomic.
        let draft = NamedTempFile::new_in(&folder)?;
        let exported = Command::new(node)
            .args(["export-chain-spec", "--chain", name, "--raw", "--output"])
            .arg(draft.path())
            .output()
            .context("vilokanam-node cannot be run")?;
        let complaint = String::from_utf8_lossy(&exported.stderr);
        ensure!(exported.status.success(), "the raw specification cannot be exported: {complaint}");
        draft.persist(&spec)?;
    }
    Ok(spec.display().to_string())
}
