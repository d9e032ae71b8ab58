//! What a broadcast tells the world: the types of its events.
//!
//! The order of events: `Started`, then any of `Bytes`, `Preview`, `Thumbnail`, `Progress` and `Discontinuity`; `Waiting` when the
//! publisher has gone, then perhaps `Slate` with `Bytes` and `Preview`, then `Resumed` and `Discontinuity` or `Ended`. `Ended`
//! is the last one.

pub(crate) mod actor;
pub(crate) mod emitter;
mod live;
mod slate;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use serde::Serialize;
use std::{fmt, net::IpAddr};
use tokio::sync::mpsc;

/// How many events of a broadcast wait at most. A consumer that is slower than the video makes ffmpeg wait, and then the
/// publisher.
pub const MAX_WAITING_EVENTS: usize = 256;

/// The most bytes in one [`BroadcastEvent::Bytes`] or [`BroadcastEvent::Preview`].
pub const MAX_EVENT_BYTES: usize = 64 * 1024;

/// A broadcast that has begun: its publisher was admitted and its source understood.
#[derive(Debug)]
pub struct Broadcast {
    /// The stream's id on chain.
    pub stream: u64,
    /// What happens, `Started` first. Dropping the receiver ends the broadcast.
    pub events: mpsc::Receiver<BroadcastEvent>,
}

/// What happens in a broadcast.
#[derive(Clone, Debug, PartialEq)]
pub enum BroadcastEvent {
    /// Comes first, and once. Bytes of these renditions follow.
    Started { stream: u64, source: SourceInfo, renditions: Vec<Rendition> },
    /// More of a rendition's fragmented MP4, cut anywhere.
    Bytes { rendition: RenditionId, bytes: Bytes },
    /// More of the clear low-rate preview, a fragmented MP4 as well.
    Preview { bytes: Bytes },
    /// A still, every ten seconds.
    Thumbnail { jpeg: Bytes },
    /// The byte streams end here, wherever they are, and begin anew with an initialisation segment: throw away what is
    /// unfinished. `renditions` is the whole new list; one that is missing has been dropped.
    Discontinuity { reason: DiscontinuityReason, source: SourceInfo, renditions: Vec<Rendition> },
    /// How it goes, about once a second.
    Progress(Health),
    /// The publisher has gone. Nothing comes until it is back, or the window ends.
    Waiting { window_ms: u64 },
    /// The byte streams begin anew with what is shown until the publisher is back: a quiet picture and silence.
    Slate { renditions: Vec<Rendition> },
    /// The publisher is back; `Discontinuity` follows at once.
    Resumed,
    /// The last event.
    Ended { reason: EndReason },
}

/// Why the byte streams begin anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscontinuityReason {
    /// The publisher had gone and is back.
    Reconnected,
    /// ffmpeg died.
    TranscoderRestarted,
    /// ffmpeg was too slow; it goes on without the highest rendition.
    RenditionDropped,
}

/// Why a broadcast ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The publisher went and did not come back within the window.
    PublisherGone,
    /// [`crate::Ingest::stop`].
    Stopped,
    /// [`crate::Ingest::shutdown`].
    ShuttingDown,
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PublisherGone => "the publisher went and did not come back in time",
            Self::Stopped => "it was stopped",
            Self::ShuttingDown => "the gateway is shutting down",
        })
    }
}

/// How a publisher sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    Rtmp,
    Srt,
    Put,
}

/// What the publisher sends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceInfo {
    pub protocol: Protocol,
    /// Nothing for sound alone: the renditions then show a waveform.
    pub video: Option<VideoInfo>,
    pub audio: Option<AudioInfo>,
}

/// The source's picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VideoInfo {
    /// ffmpeg's name: `h264`, `hevc`, `av1`.
    pub codec: String,
    pub width: u32,
    pub height: u32,
    /// As the source says, or nothing if it does not say.
    pub frames_per_second: Option<f64>,
}

/// The source's sound.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AudioInfo {
    /// ffmpeg's name: `aac`, `mp3`, `opus`.
    pub codec: String,
    pub sample_rate_hz: u32,
    pub channels: u32,
}

/// Names a rendition: its rung's height (240, 360, …; the short side of a portrait picture), or 0 for sound with a
/// waveform. The same one after every discontinuity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RenditionId(pub u16);

impl RenditionId {
    /// Sound with a waveform.
    pub const AUDIO: Self = Self(0);
}

impl fmt::Display for RenditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::AUDIO => f.write_str("audio"),
            Self(height) => write!(f, "{height}p"),
        }
    }
}

/// One rendition as it is encoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rendition {
    pub id: RenditionId,
    pub width: u32,
    pub height: u32,
    /// A whole number, and constant.
    pub frames_per_second: u32,
    pub video_bits_per_second: u32,
    /// Nothing if the source is silent: the rendition then has no sound track.
    pub audio_bits_per_second: Option<u32>,
}

/// How a broadcast goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Health {
    pub protocol: Protocol,
    /// Where the publisher is, if that is known.
    pub peer: Option<IpAddr>,
    /// What comes from the publisher, over the last second or so.
    pub input_bits_per_second: u64,
    /// What ffmpeg encodes.
    pub frames_per_second: f64,
    /// Since ffmpeg was last started.
    pub frames: u64,
    pub dropped_frames: u64,
    pub duplicated_frames: u64,
    /// Seconds encoded per second, over the last second or so: 1 is right, less for long loses a rendition.
    pub speed: f64,
    /// From when something came to when ffmpeg had encoded it, as far as its reports tell; nothing before the first.
    pub latency_ms: Option<u64>,
    /// The renditions that are encoded now.
    pub renditions: Vec<RenditionId>,
    /// How often ffmpeg was started again within this broadcast.
    pub restarts: u32,
}
