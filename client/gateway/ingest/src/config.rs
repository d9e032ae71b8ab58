//! What can be set, with its defaults. Every limit has a name here or beside the code it limits.

use crate::ladder::Ladder;
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

/// All of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    pub ffmpeg: FfmpegConfig,
    /// Nothing: no RTMP.
    pub rtmp: Option<RtmpConfig>,
    /// Nothing: no SRT.
    pub srt: Option<SrtConfig>,
    pub put: PutConfig,
    pub transcode: TranscodeConfig,
    /// Where the private directories with ffmpeg's sockets are made. Keep it short: a socket's path has 107 bytes at most.
    pub work_dir: PathBuf,
    /// How long a broadcast waits for a publisher that has gone.
    pub reconnect_window_ms: u64,
    /// A publisher of whom nothing has come for so long has vanished: another one may take its place.
    pub vanished_after_ms: u64,
    /// Streams that are live, or waiting for their publisher, at a time.
    pub max_broadcasts: usize,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            ffmpeg: FfmpegConfig::default(),
            rtmp: Some(RtmpConfig::default()),
            srt: None,
            put: PutConfig::default(),
            transcode: TranscodeConfig::default(),
            work_dir: std::env::temp_dir(),
            reconnect_window_ms: 60_000,
            vanished_after_ms: 5_000,
            max_broadcasts: 64,
        }
    }
}

/// Which programs are used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FfmpegConfig {
    /// A path, or a name to look up in `PATH`. By default what `FFMPEG` says, else `ffmpeg`.
    pub ffmpeg: PathBuf,
    /// By default what `FFPROBE` says, else `ffprobe`.
    pub ffprobe: PathBuf,
}

impl Default for FfmpegConfig {
    fn default() -> Self {
        let named =
            |variable: &str, name: &str| PathBuf::from(std::env::var_os(variable).unwrap_or_else(|| name.into()));
        Self { ffmpeg: named("FFMPEG", "ffmpeg"), ffprobe: named("FFPROBE", "ffprobe") }
    }
}

/// The RTMP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RtmpConfig {
    pub bind: SocketAddr,
    /// From the connection to `publish`, all told.
    pub handshake_timeout_ms: u64,
    /// Without a byte, a publisher is given up.
    pub idle_timeout_ms: u64,
    pub max_connections: usize,
    /// Of one address (IPv6: of one /64).
    pub max_connections_per_ip: usize,
    /// The largest message (one frame, mostly). Never more than the 10 MB at which the parser gives up.
    pub max_message_bytes: usize,
}

impl Default for RtmpConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 1935),
            handshake_timeout_ms: 10_000,
            idle_timeout_ms: 15_000,
            max_connections: 256,
            max_connections_per_ip: 8,
            max_message_bytes: 8 << 20,
        }
    }
}

/// SRT listeners, one a stream, made when they are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SrtConfig {
    pub bind: IpAddr,
    /// The range of UDP ports; as many listeners as ports.
    pub first_port: u16,
    pub last_port: u16,
    /// How long lost packets may take to be sent again.
    pub latency_ms: u32,
}

impl Default for SrtConfig {
    fn default() -> Self {
        Self { bind: std::net::Ipv4Addr::UNSPECIFIED.into(), first_port: 20_000, last_port: 20_063, latency_ms: 200 }
    }
}

/// HTTP PUT of segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PutConfig {
    /// The largest segment. The server that receives it must refuse larger bodies itself.
    pub max_segment_bytes: usize,
    /// Without a segment, the publisher is given up.
    pub idle_timeout_ms: u64,
    /// How many segments that came too early are kept until those before them come.
    pub max_early_segments: usize,
}

impl Default for PutConfig {
    fn default() -> Self {
        Self { max_segment_bytes: 32 << 20, idle_timeout_ms: 20_000, max_early_segments: 4 }
    }
}

/// How ffmpeg encodes, and when it is given up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TranscodeConfig {
    /// x264's preset.
    pub preset: String,
    /// x264's tune; `zerolatency` has no B frames and no look-ahead.
    pub tune: String,
    /// The rungs of streams that have not chosen theirs.
    pub ladder: Ladder,
    /// Higher frame rates are halved until they fit.
    pub max_frames_per_second: u32,
    /// Threads of each encoder; 0 leaves it to x264.
    pub threads: u32,
    pub preview: bool,
    /// Whether something is shown while a broadcast waits for its publisher.
    pub shows_slate: bool,
    /// 0: no thumbnails.
    pub thumbnail_interval_s: u32,
    /// Below this speed ffmpeg counts as too slow…
    pub slow_below_speed: f64,
    /// …and when it was so for this long while input was waiting, the highest rendition goes.
    pub slow_for_ms: u64,
    /// ffmpeg is given up, and its publisher with it, after so many starts in a row that gave nothing.
    pub max_futile_starts: u32,
}

impl Default for TranscodeConfig {
    fn default() -> Self {
        Self {
            preset: "veryfast".into(),
            tune: "zerolatency".into(),
            ladder: Ladder::default(),
            max_frames_per_second: 60,
            threads: 0,
            preview: true,
            shows_slate: true,
            thumbnail_interval_s: 10,
            slow_below_speed: 0.95,
            slow_for_ms: 10_000,
            max_futile_starts: 5,
        }
    }
}

/// A duration of a setting in milliseconds.
pub(crate) const fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
