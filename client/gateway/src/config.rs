//! Settings: one structure, read whole and checked whole before anything is opened.

mod check;

pub use check::check;

use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named on the command line.
    #[error("there is no file {}: mend --config, or leave it out to run on defaults", .0.display())]
    NoFile(PathBuf),
    /// Something is not what it should be, or has a name nobody knows.
    #[error("{0}")]
    Unreadable(String),
    /// Everything [`check`] found.
    #[error("{}", .0.join("\n"))]
    Wrong(Vec<String>),
}

/// Each error of a set of settings on a line: what, where, from which source.
pub fn words_of(error: figment::Error) -> String {
    let line = |error: figment::Error| {
        let place = if error.path.is_empty() { String::new() } else { format!("{}: ", error.path.join(".")) };
        let source = error.metadata.as_ref().map(|metadata| format!(" (from {})", metadata.name)).unwrap_or_default();
        format!("{place}{}{source}", error.kind)
    };
    error.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// All settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where everything is kept that must not be lost: journal, publish keys, stream secrets, recordings, database.
    pub data_dir: PathBuf,
    pub http: Http,
    pub chain: Chain,
    pub database: Database,
    pub storage: Storage,
    pub ingest: Ingest,
    pub paywall: Paywall,
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "vilokanam-gateway-data".into(),
            http: Http::default(),
            chain: Chain::default(),
            database: Database::default(),
            storage: Storage::default(),
            ingest: Ingest::default(),
            paywall: Paywall::default(),
            log: Log::default(),
        }
    }
}

/// Serving.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Where HTTP is served.
    pub listen: SocketAddr,
    /// How viewers reach this gateway.
    pub public_url: String,
    /// The folder of the built pages; nothing for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<PathBuf>,
    /// Certificate chain, PEM: with it and `tls_key` HTTPS is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<PathBuf>,
    /// Private key, PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
    /// Whether a proxy in front sets `x-forwarded-for`; only then is it believed.
    pub is_behind_proxy: bool,
    /// Requests a second of one IP prefix, media and keys not counted.
    pub requests_per_second: u32,
    /// How many may come at once.
    pub request_burst: u32,
    /// Connections at the same time.
    pub max_connections: usize,
    /// The longest body of an API request.
    pub max_body_bytes: usize,
    /// The longest that an API request may take.
    pub timeout_ms: u64,
    /// How long open requests may go on after SIGTERM.
    pub drain_ms: u64,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 8080)),
            public_url: "http://localhost:8080".into(),
            pages: None,
            tls_certificate: None,
            tls_key: None,
            is_behind_proxy: false,
            requests_per_second: 50,
            request_burst: 200,
            max_connections: 20_000,
            max_body_bytes: 64 << 10,
            timeout_ms: 15_000,
            drain_ms: 10_000,
        }
    }
}

/// The chain, and who this gateway is on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Chain {
    /// Nodes' JSON-RPC, by WebSocket; the first is preferred.
    pub nodes: Vec<String>,
    /// Where wallets in browsers reach a node, if elsewhere.
    pub public_nodes: Vec<String>,
    /// The gateway's key: a secret phrase or URI, or 32 bytes in hex.
    pub key_file: PathBuf,
    /// How often the claims of a session are settled while it runs.
    pub settle_interval_s: u32,
    /// How long the node may take to settle a claim until this gateway submits it itself.
    pub direct_after_s: u32,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            nodes: vec!["ws://127.0.0.1:9944".into()],
            public_nodes: Vec::new(),
            key_file: "gateway.key".into(),
            settle_interval_s: 60,
            direct_after_s: 30,
        }
    }
}

/// Metadata.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `postgres://…`, or `sqlite://…`; nothing for a SQLite file in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Media that outlives memory.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// `s3://bucket/prefix` with credentials from the environment as AWS tools take them; nothing for a folder `media` in the
    /// data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether broadcasts are recorded.
    pub records: bool,
}

impl Default for Storage {
    fn default() -> Self {
        Self { url: None, records: true }
    }
}

/// Taking video in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ingest {
    /// Where RTMP is taken in.
    pub rtmp_listen: SocketAddr,
    /// How encoders reach it: the start of an RTMP URL. Nothing for the public URL's host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtmp_url: Option<String>,
    /// The first and the last UDP port for SRT.
    pub srt_ports: (u16, u16),
    /// The transcoder.
    pub ffmpeg: PathBuf,
    /// Its companion that tells what a source is.
    pub ffprobe: PathBuf,
    /// Heights of the renditions to make, never above the source: 240, 360, 480, 720, 1080.
    pub ladder: Vec<u32>,
    /// x264's preset.
    pub preset: String,
    /// Broadcasts at the same time.
    pub max_broadcasts: usize,
    /// How long a publisher that vanished may stay away.
    pub reconnect_window_s: u32,
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            rtmp_listen: SocketAddr::from(([0, 0, 0, 0], 1935)),
            rtmp_url: None,
            srt_ports: (9_000, 9_099),
            ffmpeg: "ffmpeg".into(),
            ffprobe: "ffprobe".into(),
            ladder: vec![240, 360, 480, 720, 1080],
            preset: "veryfast".into(),
            max_broadcasts: 32,
            reconnect_window_s: 60,
        }
    }
}

/// Selling.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paywall {
    /// Ticks a new session gets until its open is in a block.
    pub credit_ticks: u32,
    /// Ticks it gets until its open is final.
    pub credit_ticks_until_final: u32,
    /// Sessions whose open is not in a block yet, of one IP prefix.
    pub unopened_per_prefix: u32,
    /// Sessions in memory.
    pub max_sessions: usize,
    /// A session that has not paid for so long is settled and closed.
    pub idle_close_s: u32,
}

impl Default for Paywall {
    fn default() -> Self {
        Self {
            credit_ticks: 6,
            credit_ticks_until_final: 30,
            unopened_per_prefix: 16,
            max_sessions: 200_000,
            idle_close_s: 120,
        }
    }
}

/// What is said, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// As `RUST_LOG`: `info`, or `info,vilokanam_gateway=debug`.
    pub filter: String,
    /// One JSON object a line instead of words.
    pub is_json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".into(), is_json: false }
    }
}

impl Config {
    /// As it may be shown.
    pub fn without_secrets(mut self) -> Self {
        self.database.url = self.database.url.map(|url| vilokanam_indexer::store::without_password(&url));
        self
    }

    /// The database's address, whichever way it was given.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite://{}?mode=rwc", self.data_dir.join("metadata.sqlite").display());
        self.database.url.clone().unwrap_or_else(file)
    }

    /// Where encoders publish by RTMP.
    pub fn rtmp_url(&self) -> String {
        let host = || {
            let host = url_host(&self.http.public_url).unwrap_or("localhost");
            format!("rtmp://{host}:{}/live", self.ingest.rtmp_listen.port())
        };
        self.ingest.rtmp_url.clone().unwrap_or_else(host)
    }

    /// Where wallets in browsers reach a node.
    pub fn public_nodes(&self) -> &[String] {
        if self.chain.public_nodes.is_empty() {
            &self.chain.nodes
        } else {
            &self.chain.public_nodes
        }
    }
}

/// The host of an http(s) URL, without its port.
pub fn url_host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = match authority.strip_prefix('[') {
        Some(v6) => &authority[..v6.find(']')? + 2],
        None => authority.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}
