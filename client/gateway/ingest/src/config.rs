//! Settings of the ingest and their defaults. Limits that cannot be set are constants beside the code that they limit.

use crate::{
    codec::{Codec, Encoder},
    ladder::Ladder,
};
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
    time::Duration,
};
use vilokanam_sandbox::Sandbox;

/// Settings of an [`Ingest`](crate::Ingest).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// Programs.
    pub ffmpeg: FfmpegConfig,
    /// RTMP server. `None`: no RTMP.
    pub rtmp: Option<RtmpConfig>,
    /// SRT listeners. `None`: no SRT.
    pub srt: Option<SrtConfig>,
    /// WHIP server. `None`: no WHIP.
    pub whip: Option<WhipConfig>,
    /// Pulled sources. `None`: none.
    pub pull: Option<PullConfig>,
    /// HTTP PUT of segments.
    pub put: PutConfig,
    /// Encoding.
    pub transcode: TranscodeConfig,
    /// Directory for private directories with the sockets of ffmpeg. Its path must be short: the path of a socket has
    /// at most 107 bytes.
    pub work_dir: PathBuf,
    /// Time for which a broadcast waits for a publisher that has disconnected.
    pub reconnect_window_ms: u64,
    /// Time without a byte after which a publisher that is still connected may be replaced by another one.
    pub vanished_after_ms: u64,
    /// Maximum number of broadcasts, including those that wait for their publisher.
    pub max_broadcasts: usize,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            ffmpeg: FfmpegConfig::default(),
            rtmp: Some(RtmpConfig::default()),
            srt: None,
            whip: None,
            pull: None,
            put: PutConfig::default(),
            transcode: TranscodeConfig::default(),
            work_dir: std::env::temp_dir(),
            reconnect_window_ms: 60_000,
            vanished_after_ms: 5_000,
            max_broadcasts: 64,
        }
    }
}

/// Programs that the ingest runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FfmpegConfig {
    /// Path of ffmpeg, or its name in `PATH`. Default: the variable `FFMPEG`, otherwise `ffmpeg`.
    pub ffmpeg: PathBuf,
    /// Path of ffprobe, or its name in `PATH`. Default: the variable `FFPROBE`, otherwise `ffprobe`.
    pub ffprobe: PathBuf,
    /// Sandbox in which both run, because they read what strangers send. `None`: they run as this program does.
    #[serde(skip)]
    pub sandbox: Option<Sandbox>,
}

impl Default for FfmpegConfig {
    fn default() -> Self {
        let program =
            |variable: &str, name: &str| PathBuf::from(std::env::var_os(variable).unwrap_or_else(|| name.into()));
        Self { ffmpeg: program("FFMPEG", "ffmpeg"), ffprobe: program("FFPROBE", "ffprobe"), sandbox: None }
    }
}

/// Settings of the RTMP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RtmpConfig {
    /// Address and port.
    pub bind: SocketAddr,
    /// Time from the connection to the command `publish`.
    pub handshake_timeout_ms: u64,
    /// Time without a byte after which a publisher is disconnected.
    pub idle_timeout_ms: u64,
    /// Maximum number of connections that have not published a stream yet. Publishers are limited by
    /// [`IngestConfig::max_broadcasts`].
    pub max_connections: usize,
    /// Maximum number of such connections from one address (IPv6: one /64).
    pub max_connections_per_ip: usize,
    /// Maximum size of a message, which in most cases is one frame. RTMP has no messages above 16 MiB.
    pub max_message_bytes: usize,
    /// Maximum number of bytes of all messages, of all connections, that have begun and are not complete.
    pub max_unfinished_bytes: usize,
}

impl Default for RtmpConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 1935),
            handshake_timeout_ms: 10_000,
            idle_timeout_ms: 15_000,
            max_connections: 256,
            max_connections_per_ip: 32,
            max_message_bytes: 8 << 20,
            max_unfinished_bytes: 256 << 20,
        }
    }
}

/// Settings of SRT: one listener for all streams, and one for each stream that its creator opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SrtConfig {
    /// Address.
    pub bind: IpAddr,
    /// UDP port of all streams.
    pub first_port: u16,
    /// Last UDP port of the range. Those after the first one are each for one stream.
    pub last_port: u16,
    /// Time within which lost packets may be sent again.
    pub latency_ms: u32,
    /// File in which ports and keys of open listeners are kept, readable for this user only. `None`: they have to be
    /// opened again after a restart.
    pub file: Option<PathBuf>,
}

impl SrtConfig {
    /// Ports for one stream each.
    pub(crate) fn own_ports(&self) -> RangeInclusive<u16> {
        self.first_port.saturating_add(1)..=self.last_port
    }
}

impl Default for SrtConfig {
    fn default() -> Self {
        Self {
            bind: std::net::Ipv4Addr::UNSPECIFIED.into(),
            first_port: 20_000,
            last_port: 20_064,
            latency_ms: 200,
            file: None,
        }
    }
}

/// Settings of WHIP: offers come by HTTP, and media on one UDP port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WhipConfig {
    /// Address and UDP port.
    pub bind: SocketAddr,
    /// Addresses under which publishers reach the port, at most 8. Empty: the bound one, or those of this machine.
    pub addresses: Vec<IpAddr>,
    /// Maximum number of sessions, including those that have not connected yet. Publishers are limited by
    /// [`IngestConfig::max_broadcasts`] as well.
    pub max_sessions: usize,
}

impl Default for WhipConfig {
    fn default() -> Self {
        Self { bind: SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 8189), addresses: Vec::new(), max_sessions: 128 }
    }
}

/// Settings of sources that the gateway pulls from URLs of creators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PullConfig {
    /// Networks (CIDR) with addresses that are not public and may be pulled from all the same.
    pub networks: Vec<String>,
    /// Maximum number of sources.
    pub max_sources: usize,
    /// File in which the sources are kept, readable for this user only. `None`: they have to be set again after a restart.
    pub file: Option<PathBuf>,
}

impl Default for PullConfig {
    fn default() -> Self {
        Self { networks: Vec::new(), max_sources: 64, file: None }
    }
}

/// Settings of HTTP PUT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PutConfig {
    /// Maximum size of a segment. The HTTP server must refuse larger bodies itself.
    pub max_segment_bytes: usize,
    /// Time without a segment after which a publisher is disconnected.
    pub idle_timeout_ms: u64,
    /// Maximum number of segments that are kept until earlier ones have arrived.
    pub max_early_segments: usize,
}

impl Default for PutConfig {
    fn default() -> Self {
        Self { max_segment_bytes: 32 << 20, idle_timeout_ms: 20_000, max_early_segments: 4 }
    }
}

/// Settings of the encoders, and when an ffmpeg is given up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TranscodeConfig {
    /// Encoder of the renditions. It is tried when the ingest starts.
    pub encoder: Encoder,
    /// Device of a hardware encoder: a render node for VA-API and Quick Sync, a number for NVENC.
    pub device: String,
    /// Codecs that are offered beside H.264, for the upper rungs.
    pub codecs: Vec<Codec>,
    /// Whether a source that fits its rung is copied instead of encoded.
    pub copies: bool,
    /// Maximum bit rate of a source that is copied.
    pub max_copied_bits_per_second: u32,
    /// Preset of x264 and x265.
    pub preset: String,
    /// Tune of x264. `zerolatency` uses no B frames and no look-ahead.
    pub tune: String,
    /// Renditions of a stream. Those above its source are left out.
    pub ladder: Ladder,
    /// Maximum frame rate. Higher frame rates are halved until they fit.
    pub max_frames_per_second: u32,
    /// Threads of each encoder. 0: x264 decides.
    pub threads: u32,
    /// Whether there is a clear low-rate preview.
    pub preview: bool,
    /// Whether a slate is shown while a broadcast waits for its publisher.
    pub shows_slate: bool,
    /// Intended duration of a fragment in milliseconds, within [`FRAGMENT_RANGE_MS`](crate::transcode::FRAGMENT_RANGE_MS),
    /// for streams for which [`StreamRules`](crate::StreamRules) have no other. A shorter one brings viewers nearer to
    /// live, and costs more requests.
    pub fragment_ms: u32,
    /// Seconds between thumbnails. 0: no thumbnails.
    pub thumbnail_interval_s: u32,
    /// Speed (seconds encoded per second) below which ffmpeg is too slow.
    pub slow_below_speed: f64,
    /// Time for which ffmpeg has to be too slow, with input waiting, before the highest rendition is dropped.
    pub slow_for_ms: u64,
    /// Number of starts of ffmpeg in a row without any output after which the publisher is disconnected.
    pub max_futile_starts: u32,
}

/// Device of VA-API and Quick Sync, if none is set: the first graphics card.
const RENDER_NODE: &str = "/dev/dri/renderD128";

impl TranscodeConfig {
    /// The device of VA-API and Quick Sync.
    pub(crate) fn render_node(&self) -> &str {
        if self.device.is_empty() {
            RENDER_NODE
        } else {
            &self.device
        }
    }
}

impl Default for TranscodeConfig {
    fn default() -> Self {
        Self {
            encoder: Encoder::default(),
            device: String::new(),
            codecs: Vec::new(),
            copies: true,
            max_copied_bits_per_second: 8_000_000,
            preset: "veryfast".into(),
            tune: "zerolatency".into(),
            ladder: Ladder::default(),
            max_frames_per_second: 60,
            threads: 0,
            preview: true,
            shows_slate: true,
            fragment_ms: 500,
            thumbnail_interval_s: 10,
            slow_below_speed: 0.95,
            slow_for_ms: 10_000,
            max_futile_starts: 5,
        }
    }
}

const DAY_MS: u64 = 86_400_000;

/// Limits of a store of publish keys, and of wrong keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyLimits {
    /// Maximum number of keys.
    pub max_keys: usize,
    /// Maximum number of keys of one stream: for example for the studio, the phone and a spare, and one more while a
    /// key is rotated.
    pub max_keys_per_stream: usize,
    /// Maximum number of keys of all streams of one owner.
    pub max_keys_per_owner: usize,
    /// Age in milliseconds at which a key that was never used goes.
    pub max_unused_ms: u64,
    /// Time in milliseconds since its last use after which a key goes.
    pub max_idle_ms: u64,
    /// Number of wrong keys from one address (IPv6: one /64) within the window after which a wrong key is refused with a
    /// time to wait. Valid keys are accepted all the same.
    pub max_failures: u32,
    /// Window in which wrong keys are counted.
    pub failure_window_ms: u64,
    /// Maximum number of addresses whose wrong keys are counted. The oldest are forgotten.
    pub max_addresses: usize,
}

impl Default for KeyLimits {
    fn default() -> Self {
        Self {
            max_keys: 10_000,
            max_keys_per_stream: 4,
            max_keys_per_owner: 100,
            max_unused_ms: 30 * DAY_MS,
            max_idle_ms: 365 * DAY_MS,
            max_failures: 10,
            failure_window_ms: 60_000,
            max_addresses: 10_000,
        }
    }
}

/// The duration of a setting in milliseconds.
pub(crate) const fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
