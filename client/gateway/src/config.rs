//! The settings: one structure, read and checked as a whole before anything is opened.

pub mod check;
mod network;
pub mod people;

pub use network::Network;

use crate::proxies::ForwardedHeader;
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};
use url::Url;
use vilokanam_wire::Account;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named on the command line does not exist.
    #[error("there is no file {}; correct --config, or leave it out to run on defaults", .0.display())]
    NoFile(PathBuf),
    /// A setting has the wrong type or an unknown name.
    #[error("{0}")]
    Unreadable(String),
    /// Everything that [`check::check`] found, one sentence each.
    #[error("{}", .0.join("\n"))]
    Wrong(Vec<String>),
}

/// Writes each error of the settings on a line: which setting, what is wrong, which source it came from.
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
    /// Folder of everything that must not be lost: journal, publish keys, stream secrets, recordings, database.
    pub data_dir: PathBuf,
    pub http: Http,
    pub chain: Chain,
    pub database: Database,
    pub storage: Storage,
    pub ingest: Ingest,
    pub uploads: Uploads,
    pub images: Images,
    pub paywall: Paywall,
    pub people: people::People,
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
            uploads: Uploads::default(),
            images: Images::default(),
            paywall: Paywall::default(),
            people: people::People::default(),
            log: Log::default(),
        }
    }
}

/// The HTTP server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port of HTTP.
    pub listen: SocketAddr,
    /// URL under which viewers reach this gateway.
    pub public_url: String,
    /// Folder of the built pages; without it no pages are served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<PathBuf>,
    /// File with the certificate chain (PEM). With it and `tls_key`, HTTPS is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<PathBuf>,
    /// File with the private key (PEM).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
    /// Addresses and networks (CIDR) of the proxies in front. Only their statements about the origin of a request count.
    pub trusted_proxies: Vec<Network>,
    /// Number of proxies that a request passes at most. Each of them has to be trusted.
    pub proxy_hops: usize,
    /// Header that the proxies write: `x-forwarded-for` or `forwarded`. They must not pass on one of the client's unchanged.
    pub forwarded_header: ForwardedHeader,
    /// Requests per second of one IP prefix; media and keys are not counted.
    pub requests_per_second: u32,
    /// Requests of one IP prefix at once.
    pub request_burst: u32,
    /// Concurrent connections.
    pub max_connections: usize,
    /// Largest body of an API request, in bytes.
    pub max_body_bytes: usize,
    /// Longest time for an API request, in milliseconds.
    pub timeout_ms: u64,
    /// Time for open requests to finish after SIGTERM, in milliseconds.
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
            trusted_proxies: Vec::new(),
            proxy_hops: 1,
            forwarded_header: ForwardedHeader::default(),
            requests_per_second: 50,
            request_burst: 200,
            max_connections: 20_000,
            max_body_bytes: 64 << 10,
            timeout_ms: 15_000,
            drain_ms: 10_000,
        }
    }
}

/// The chain, and this gateway's account on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Chain {
    /// WebSocket URLs of nodes' JSON-RPC. The first is preferred.
    pub nodes: Vec<String>,
    /// WebSocket URLs for wallets in browsers, where they differ from `nodes`.
    pub public_nodes: Vec<String>,
    /// File with the gateway's key: a secret phrase or URI, or 32 bytes in hex.
    pub key_file: PathBuf,
    /// Account of the gateway, if `key_file` has the key of its operator; without it, the account of that key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// Interval at which the claims of a running session are settled, in seconds.
    pub settle_interval_s: u32,
    /// Time for the node to settle a claim before this gateway submits it itself, in seconds.
    pub direct_after_s: u32,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            nodes: vec!["ws://127.0.0.1:9944".into()],
            public_nodes: Vec::new(),
            key_file: "gateway.key".into(),
            account: None,
            settle_interval_s: 60,
            direct_after_s: 30,
        }
    }
}

/// The database of the index.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `postgres://…` or `sqlite://…`; without it, a SQLite file in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The object store for recordings and thumbnails.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// `s3://bucket/prefix`, with credentials from the environment as AWS tools read them, or `file:///folder`; without it,
    /// the folder `media` in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether broadcasts are recorded. Without, viewers cannot go back in them either.
    pub records: bool,
    /// Hours that viewers may go back in a broadcast, unless its creator sets something else; 0 for not at all.
    pub dvr_hours: u32,
    /// Days after which recordings are deleted; 0 for never. Creators can set less.
    pub keep_days: u32,
    /// Bytes of all recordings. The oldest are deleted above it; 0 for no limit.
    pub max_bytes: u64,
    /// Bytes of one creator's recordings. Nothing more is recorded or uploaded above it; 0 for no limit.
    pub max_bytes_per_creator: u64,
    /// Bytes that have to be free on the disks of the data folder and of the recordings. Recording ends below it.
    pub min_free_bytes: u64,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            url: None,
            records: true,
            dvr_hours: 4,
            keep_days: 0,
            max_bytes: 0,
            max_bytes_per_creator: 200 << 30,
            min_free_bytes: 1 << 30,
        }
    }
}

/// The ingest.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ingest {
    /// Address and port of RTMP.
    pub rtmp_listen: SocketAddr,
    /// Address and port of RTMPS, under the certificate of HTTPS; without it, there is no RTMPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtmps_listen: Option<SocketAddr>,
    /// RTMP URL for encoders, without the stream key; without it, the host of the public URL, by RTMPS if there is RTMPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtmp_url: Option<String>,
    /// First and last UDP port for SRT.
    pub srt_ports: (u16, u16),
    /// Whether WHIP is served: WebRTC, with which OBS and browsers publish.
    pub whip: bool,
    /// Address and UDP port of WHIP's media; without it, the address and the number of RTMP's port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whip_listen: Option<SocketAddr>,
    /// Addresses under which publishers reach that port, at most 8; without them, those of this machine and of the public
    /// URL's host.
    pub whip_addresses: Vec<IpAddr>,
    /// Whether the gateway pulls video from URLs that creators name.
    pub pull: bool,
    /// Networks (CIDR) with addresses that are not public and that the gateway fetches from all the same: video and images.
    pub pull_networks: Vec<Network>,
    /// Path or name of ffmpeg.
    pub ffmpeg: PathBuf,
    /// Path or name of ffprobe.
    pub ffprobe: PathBuf,
    /// Whether ffmpeg runs in a sandbox, since it reads what strangers send: `required`, `preferred` or `off`. `preferred`
    /// means as far as the system enforces one.
    pub sandbox: SandboxMode,
    /// Most memory of one ffmpeg, in MiB. Only in the sandbox.
    pub ffmpeg_memory_mib: u64,
    /// Whether ffmpeg may use graphics devices, for encoders of hardware.
    pub ffmpeg_uses_devices: bool,
    /// Heights of the renditions: 240, 360, 480, 720, 1080. None is above the height of the source.
    pub ladder: Vec<u32>,
    /// Preset of x264 and x265.
    pub preset: String,
    /// Encoder: `libx264`, `h264_nvenc`, `h264_vaapi` or `h264_qsv`. It is tried when the gateway starts.
    pub encoder: String,
    /// Device of a hardware encoder: a render node, or the number of a card of NVIDIA. Empty for the first one.
    pub device: String,
    /// Codecs of the renditions: `h264`, and `hevc` and `av1` beside it for the upper heights.
    pub codecs: Vec<String>,
    /// Whether a source that already is what its rendition would be is copied instead of encoded.
    pub copies: bool,
    /// Maximum bit rate of the video of a source that is copied, in kbit/s.
    pub max_copied_kbits: u32,
    /// Duration of a part of a segment in milliseconds, 200 to 500. Shorter parts bring viewers nearer to live (about three
    /// parts behind), and each viewer requests two files a part.
    pub part_ms: u32,
    /// Concurrent broadcasts.
    pub max_broadcasts: usize,
    /// Time for a publisher that disconnected to come back, in seconds.
    pub reconnect_window_s: u32,
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            rtmp_listen: SocketAddr::from(([0, 0, 0, 0], 1935)),
            rtmps_listen: None,
            rtmp_url: None,
            srt_ports: (9_000, 9_099),
            whip: true,
            whip_listen: None,
            whip_addresses: Vec::new(),
            pull: true,
            pull_networks: Vec::new(),
            ffmpeg: "ffmpeg".into(),
            ffprobe: "ffprobe".into(),
            sandbox: SandboxMode::default(),
            ffmpeg_memory_mib: 8_192,
            ffmpeg_uses_devices: false,
            ladder: vec![240, 360, 480, 720, 1080],
            preset: "veryfast".into(),
            encoder: "libx264".into(),
            device: String::new(),
            codecs: vec!["h264".into()],
            copies: true,
            max_copied_kbits: 8_000,
            part_ms: 500,
            max_broadcasts: 32,
            reconnect_window_s: 60,
        }
    }
}

/// Uploads of finished videos, clips, and the recordings made of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Uploads {
    /// Bytes of one upload.
    pub max_bytes: u64,
    /// Bytes of all uploads whose recordings are not made yet, as announced. They are in the data folder.
    pub max_total_bytes: u64,
    /// Uploads of one account whose recordings are not made yet.
    pub max_per_account: usize,
    /// Uploads whose recordings are not made yet.
    pub max_uploads: usize,
    /// Hours without a byte after which an upload that is not complete is removed.
    pub expire_after_h: u32,
    /// Hours of a film.
    pub max_hours: u32,
    /// Recordings that are made at the same time. Each takes all cores that are free.
    pub jobs: usize,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            max_bytes: 16 << 30,
            max_total_bytes: 64 << 30,
            max_per_account: 8,
            max_uploads: 256,
            expire_after_h: 24,
            max_hours: 12,
            jobs: 1,
        }
    }
}

/// Pictures of streams and recordings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Images {
    /// Pictures of one account.
    pub max_per_account: u64,
    /// Bytes of all pictures, in all widths.
    pub max_total_bytes: u64,
}

impl Default for Images {
    fn default() -> Self {
        Self { max_per_account: 500, max_total_bytes: 20 << 30 }
    }
}

/// Whether ffmpeg runs in a sandbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SandboxMode {
    /// The gateway does not start unless the system enforces all of it.
    Required,
    /// As far as the system enforces one.
    #[default]
    Preferred,
    /// ffmpeg has the rights of the gateway.
    Off,
}

/// Default of `paywall.min_price`. A claim of a minute at this price and [`MIN_SHARE_PPM`] earns about 195 micro VLK, and
/// settling it costs about 100 while blocks are not full.
const MIN_PRICE: u64 = 60_000_000;
/// Default of `paywall.min_share_ppm`: 5 %.
const MIN_SHARE_PPM: u32 = 50_000;

/// The paywall.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paywall {
    /// Lowest price of a tick at which streams are served, in planck (10^-12 VLK).
    pub min_price: u64,
    /// Smallest share of this gateway at which streams are served, in parts per million of what protocol and submitter
    /// leave.
    pub min_share_ppm: u32,
    /// Ticks on credit until the open of a session is in a block.
    pub credit_ticks: u32,
    /// Ticks on credit until the open is in a finalized block.
    pub credit_ticks_until_final: u32,
    /// Sessions of one IP prefix whose open is not in a block yet.
    pub unopened_per_prefix: u32,
    /// Sessions in memory.
    pub max_sessions: usize,
    /// Time without a payment after which a session is settled and closed, in seconds.
    pub idle_close_s: u32,
}

impl Default for Paywall {
    fn default() -> Self {
        Self {
            min_price: MIN_PRICE,
            min_share_ppm: MIN_SHARE_PPM,
            credit_ticks: 6,
            credit_ticks_until_final: 30,
            unopened_per_prefix: 16,
            max_sessions: 200_000,
            idle_close_s: 120,
        }
    }
}

/// The log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Filter in the syntax of `RUST_LOG`: `info`, or `info,vilokanam_gateway=debug`.
    pub filter: String,
    /// Whether each line is a JSON object.
    pub is_json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".into(), is_json: false }
    }
}

impl Config {
    /// The settings without passwords, for printing.
    pub fn without_secrets(mut self) -> Self {
        let without_password = |url: String| vilokanam_indexer::store::without_password(&url);
        self.database.url = self.database.url.map(without_password);
        self.people.smtp_url = self.people.smtp_url.map(without_password);
        self
    }

    /// URL of the database, the default included.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite://{}?mode=rwc", self.data_dir.join("metadata.sqlite").display());
        self.database.url.clone().unwrap_or_else(file)
    }

    /// RTMP URL for encoders, the default included.
    pub fn rtmp_url(&self) -> String {
        let host = || {
            let host = url_host(&self.http.public_url).unwrap_or_else(|| "localhost".into());
            let (scheme, address) = match self.ingest.rtmps_listen {
                Some(address) => ("rtmps", address),
                None => ("rtmp", self.ingest.rtmp_listen),
            };
            format!("{scheme}://{host}:{}/live", address.port())
        };
        self.ingest.rtmp_url.clone().unwrap_or_else(host)
    }

    /// WebSocket URLs for wallets in browsers, the default included.
    pub fn public_nodes(&self) -> &[String] {
        if self.chain.public_nodes.is_empty() {
            &self.chain.nodes
        } else {
            &self.chain.public_nodes
        }
    }
}

/// Returns the host of an http(s) URL, without its port. An IPv6 address keeps its brackets.
pub fn url_host(url: &str) -> Option<String> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.host().map(|host| host.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_url_has_no_port() {
        let cases = [
            ("http://localhost:8080", Some("localhost")),
            ("https://live.example.org/gateway?a=1", Some("live.example.org")),
            ("http://user:secret@127.0.0.1:1/", Some("127.0.0.1")),
            ("https://[2001:db8::1]:8443", Some("[2001:db8::1]")),
            ("rtmp://example.org/live", None),
            ("http://", None),
            ("example.org", None),
        ];
        for (url, host) in cases {
            assert_eq!(url_host(url).as_deref(), host, "{url}");
        }
    }
}
