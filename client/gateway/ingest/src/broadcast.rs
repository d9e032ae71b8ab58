//! The events of a broadcast, and the life of a broadcast that produces them.
//!
//! # States
//!
//! ```text
//!            a publisher with a valid key
//!                        |
//!                        v
//!                 +-------------+
//!                 |  connected  |   a second publisher of the stream is refused
//!                 +-------------+
//!                        |  first bytes
//!                        v
//!                 +-------------+   not identified, before the first `Started`
//!        +------->|   probing   |-----------------------------------> forgotten, without any event
//!        |        +-------------+
//!        |         |     |  not identified, after `Started`: the publisher is disconnected
//!        |         |     +----------------------------------------------------------------+
//!        |         |  identified; the first time: `Started`,                              |
//!        |         |  later: `Resumed`, `Discontinuity` (Reconnected)                     |
//!        |         v                                                                      |
//!        |  +-------------+                                                               |
//!        |  |   on air    |   ffmpeg died: `Discontinuity` (TranscoderRestarted)          |
//!        |  |   `Bytes`   |-----+                                                         |
//!        |  |  `Preview`  |     |                                                         |
//!        |  | `Thumbnail` |<----+                                                         |
//!        |  | `Progress`  |   ffmpeg too slow: `Discontinuity` (RenditionDropped)         |
//!        |  |             |   sound or picture begins or stops: `Discontinuity` (TracksChanged)
//!        |  +-------------+                                                               |
//!        |         |  the publisher is gone, or ffmpeg fails every time                   |
//!        |         v                                                                      |
//!        |  +-------------+                                                               |
//!        |  | interrupted |<--------------------------------------------------------------+
//!        |  |  `Waiting`  |
//!        |  |   `Slate`   |   `Bytes` and `Preview` of the slate
//!        |  +-------------+
//!        |   |         |
//!        +---+         |  the reconnect window has passed
//!   a publisher        v
//!               +-------------+
//!               |    ended    |   `Ended`, the last event
//!               +-------------+
//! ```
//!
//! [`Ingest::stop`](crate::Ingest::stop), [`Ingest::shutdown`](crate::Ingest::shutdown) and a consumer that drops
//! [`Broadcast::events`] lead from every state to `ended`; before `Started` there is no event. When a publisher
//! replaces a silent one ([`IngestConfig::vanished_after_ms`](crate::IngestConfig::vanished_after_ms)), the broadcast
//! goes to `probing` at once.

pub(crate) mod actor;
mod emitter;
mod live;
mod slate;
pub(crate) mod stop;
#[cfg(test)]
mod tests;

use crate::codec::Codec;
use bytes::Bytes;
use serde::Serialize;
use std::{fmt, net::IpAddr};
use tokio::sync::mpsc;
pub use vilokanam_ffmpeg::{AudioInfo, VideoInfo};

/// Maximum number of events of a broadcast that wait for their consumer. A consumer that is slower than the video makes
/// ffmpeg wait, and then the publisher.
pub const MAX_WAITING_EVENTS: usize = 256;

/// Maximum number of bytes in one [`BroadcastEvent::Bytes`] or [`BroadcastEvent::Preview`].
pub const MAX_EVENT_BYTES: usize = 64 * 1024;

/// Maximum number of audio tracks of a broadcast beside the first one. Others are left out.
pub const MAX_AUDIO_TRACKS: u8 = 3;

/// A broadcast that has begun: its publisher was admitted and its source identified.
#[derive(Debug)]
pub struct Broadcast {
    /// Id of the stream on chain.
    pub stream: u64,
    /// Intended duration of a fragment in milliseconds, the same until the broadcast ends.
    pub fragment_ms: u32,
    /// Events, [`BroadcastEvent::Started`] first. Dropping the receiver ends the broadcast.
    pub events: mpsc::Receiver<BroadcastEvent>,
}

/// What happens in a broadcast. The [module](self) shows the order of events.
#[derive(Clone, Debug, PartialEq)]
pub enum BroadcastEvent {
    /// The first event, sent once. Bytes of these renditions follow.
    Started {
        /// Id of the stream on chain.
        stream: u64,
        /// What the publisher sends.
        source: SourceInfo,
        /// What is made of it.
        renditions: Vec<Rendition>,
        /// Its audio tracks, the first one first, if there are several: then the renditions have the picture alone, until the
        /// broadcast ends. Otherwise none, and the renditions have the sound.
        audio: Vec<AudioTrack>,
    },
    /// The media that follows has arrived since this moment. It comes once after `Started` and each `Discontinuity`, before
    /// their bytes, because a source is identified and encoded after its first byte has come. A slate has none.
    Dated {
        /// When the first byte arrived, in milliseconds since 1970.
        since_ms: u64,
    },
    /// More bytes of a rendition's fragmented MP4, cut anywhere.
    Bytes {
        /// The rendition.
        rendition: RenditionId,
        /// At most [`MAX_EVENT_BYTES`].
        bytes: Bytes,
    },
    /// More bytes of the clear low-rate preview, which is fragmented MP4 as well.
    Preview {
        /// At most [`MAX_EVENT_BYTES`].
        bytes: Bytes,
    },
    /// A still image, every [`thumbnail_interval_s`](crate::TranscodeConfig::thumbnail_interval_s).
    Thumbnail {
        /// One JPEG.
        jpeg: Bytes,
    },
    /// The byte streams end here, at any position, and new ones begin with an initialisation segment. The consumer
    /// discards boxes that are incomplete.
    Discontinuity {
        /// Why the byte streams begin again.
        reason: DiscontinuityReason,
        /// What the publisher sends.
        source: SourceInfo,
        /// All renditions from here on. A rendition that is missing has been dropped.
        renditions: Vec<Rendition>,
        /// The same audio tracks as at the beginning; their labels are those of what the publisher sends.
        audio: Vec<AudioTrack>,
    },
    /// Measurements, about once a second.
    Progress(Health),
    /// The publisher has disconnected. Except for a slate, nothing follows until it returns or the window has passed.
    Waiting {
        /// Time for which the broadcast waits.
        window_ms: u64,
    },
    /// The byte streams begin again with a slate, which is shown until the publisher returns: a quiet picture and
    /// silence.
    Slate {
        /// All renditions of the slate.
        renditions: Vec<Rendition>,
        /// The same audio tracks as at the beginning.
        audio: Vec<AudioTrack>,
    },
    /// The publisher has returned. `Discontinuity` follows immediately. An encoder that begins again at once returns
    /// without `Waiting`.
    Resumed,
    /// The last event.
    Ended {
        /// Why the broadcast ended.
        reason: EndReason,
    },
}

/// Why the byte streams begin again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscontinuityReason {
    /// The publisher has returned.
    Reconnected,
    /// ffmpeg died.
    TranscoderRestarted,
    /// ffmpeg was too slow and continues without the highest rendition.
    RenditionDropped,
    /// Sound or picture has begun or stopped to come.
    TracksChanged,
    /// The source does not fit its rung any more, and is encoded instead of copied.
    CopyEnded,
}

/// Why a broadcast ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The publisher disconnected and did not return within the window.
    PublisherGone,
    /// [`Ingest::stop`](crate::Ingest::stop) was called, the publisher asked for it
    /// ([`Ingest::end_whip`](crate::Ingest::end_whip)), or the consumer dropped the receiver of events.
    Stopped,
    /// [`Ingest::shutdown`](crate::Ingest::shutdown) was called.
    ShuttingDown,
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PublisherGone => "the publisher disconnected and did not return in time",
            Self::Stopped => "the broadcast was stopped",
            Self::ShuttingDown => "the gateway is shutting down",
        })
    }
}

/// How a publisher sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// RTMP.
    Rtmp,
    /// SRT with MPEG-TS.
    Srt,
    /// HTTP PUT of segments.
    Put,
    /// A file that is complete.
    File,
    /// WHIP: WebRTC.
    Whip,
    /// A source that the gateway pulls.
    Pull,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rtmp => "RTMP",
            Self::Srt => "SRT",
            Self::Put => "HTTP PUT",
            Self::File => "a file",
            Self::Whip => "WHIP",
            Self::Pull => "a pulled source",
        })
    }
}

/// What a publisher sends. At least one of video and audio is present.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceInfo {
    /// How it sends.
    pub protocol: Protocol,
    /// Video. `None`: the renditions show a waveform of the audio.
    pub video: Option<VideoInfo>,
    /// Audio. `None`: the renditions have silence.
    pub audio: Option<AudioInfo>,
}

/// Identifies a rendition. It stays the same across discontinuities, and is written as its name: `audio`, `audio-1`, `720p`,
/// `720p-hevc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RenditionId {
    /// Audio with a waveform, for a source without video.
    Waveform,
    /// One of several audio tracks of the source. The first one has number 1.
    AudioTrack(u8),
    /// A rung.
    Rung {
        /// Height of the rung (240, 360, …; the short side of a portrait picture).
        height: u16,
        /// Codec of the video.
        codec: Codec,
    },
}

impl RenditionId {
    /// Audio with a waveform.
    pub const AUDIO: Self = Self::Waveform;

    /// The first of several audio tracks, which is the sound of a viewer who chooses none.
    pub const MAIN_SOUND: Self = Self::AudioTrack(1);

    /// The rung of H.264 with this height.
    pub const fn rung(height: u16) -> Self {
        Self::Rung { height, codec: Codec::H264 }
    }

    /// Height of the rung, or 0 without one.
    pub const fn height(self) -> u16 {
        match self {
            Self::Waveform | Self::AudioTrack(_) => 0,
            Self::Rung { height, .. } => height,
        }
    }

    /// Codec of the video.
    pub const fn codec(self) -> Codec {
        match self {
            Self::Waveform | Self::AudioTrack(_) => Codec::H264,
            Self::Rung { codec, .. } => codec,
        }
    }
}

impl fmt::Display for RenditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Waveform => f.write_str("audio"),
            Self::AudioTrack(number) => write!(f, "audio-{number}"),
            Self::Rung { height, codec: Codec::H264 } => write!(f, "{height}p"),
            Self::Rung { height, codec } => write!(f, "{height}p-{codec}"),
        }
    }
}

impl Serialize for RenditionId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A rendition as it is encoded or copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rendition {
    /// Id of the rendition.
    pub id: RenditionId,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Constant frame rate.
    pub frames_per_second: u32,
    /// Mean bit rate of the video.
    pub video_bits_per_second: u32,
    /// Bit rate of the audio. `None`: the rendition has the picture alone.
    pub audio_bits_per_second: Option<u32>,
    /// What is copied from the source.
    pub copied: Copied,
}

/// What a rendition takes from the source as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Copied {
    /// Nothing: it is encoded.
    #[default]
    Nothing,
    /// The video.
    Video,
    /// Video and audio.
    VideoAndAudio,
}

impl Copied {
    /// Whether the video is copied.
    pub const fn has_video(self) -> bool {
        matches!(self, Self::Video | Self::VideoAndAudio)
    }

    /// Whether the audio is copied.
    pub const fn has_audio(self) -> bool {
        matches!(self, Self::VideoAndAudio)
    }
}

/// One of several audio tracks of the source. Its bytes are fragmented MP4 with AAC alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AudioTrack {
    /// [`RenditionId::AudioTrack`].
    pub id: RenditionId,
    /// Language as the source states it, after BCP 47 or ISO 639.
    pub language: Option<String>,
    /// Title as the source states it.
    pub title: Option<String>,
}

/// Measurements of a broadcast.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Health {
    /// How the publisher sends.
    pub protocol: Protocol,
    /// Address of the publisher, if it is known.
    pub peer: Option<IpAddr>,
    /// Bit rate from the publisher over the last second or so.
    pub input_bits_per_second: u64,
    /// Frames encoded per second, over the last second or so.
    pub frames_per_second: f64,
    /// Frames encoded since ffmpeg was last started.
    pub frames: u64,
    /// Frames dropped since ffmpeg was last started.
    pub dropped_frames: u64,
    /// Frames repeated since ffmpeg was last started.
    pub duplicated_frames: u64,
    /// Seconds encoded per second, over the last second or so. 1 is right; if it stays lower, a rendition is dropped.
    pub speed: f64,
    /// Time from the arrival of a frame to its encoding, estimated from the reports of ffmpeg. `None` before the first
    /// one.
    pub latency_ms: Option<u64>,
    /// Renditions that are being encoded.
    pub renditions: Vec<RenditionId>,
    /// Number of discontinuities in this broadcast: restarts of ffmpeg, and returns of the publisher.
    pub restarts: u32,
}
