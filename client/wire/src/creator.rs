//! Publish keys, and the health of the incoming stream.

use crate::source::PulledSource;
use serde::{Deserialize, Serialize};

/// A publish key, with which an encoder publishes a stream. Without the secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishKeyInfo {
    /// Id of the key; no secret.
    pub id: String,
    /// Time of creation, RFC 3339.
    pub created_at: String,
    /// Time of the last use, RFC 3339; absent if it was never used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}

/// A new publish key. No other answer contains its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPublishKey {
    /// Id of the key.
    pub id: String,
    /// The key itself: a secret.
    pub key: String,
    /// RTMP URL: "Server" in OBS.
    pub rtmp_url: String,
    /// RTMP stream key: "Stream Key" in OBS.
    pub rtmp_stream_key: String,
    /// URL under which HLS or CMAF is uploaded by PUT, if the gateway accepts that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_url: Option<String>,
}

/// Body of `POST /v1/streams/{id}/srt`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSrt {
    /// A publish key of the stream; it is SRT's passphrase as well.
    pub key: String,
}

/// An open SRT listener.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SrtListener {
    /// URL for the publisher, which gives the publish key as its passphrase. The port is the stream's own, if one was left.
    pub url: String,
    /// The same at the port of all streams, with a stream id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_url: Option<String>,
}

/// The health of an incoming stream and of its transcoding.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IngestHealth {
    /// `offline`, `live`, or `waiting` for a publisher that disconnected.
    pub state: String,
    /// Whether the stream arrives and is transcoded without trouble.
    #[serde(default)]
    pub is_well: bool,
    /// Sentence that says what is wrong and how to fix it, or that all is well.
    pub diagnosis: String,
    /// Bit rate of the source, in bits per second.
    pub bitrate_bps: u64,
    /// Pictures per second.
    pub frame_rate: f64,
    /// Pictures lost since the broadcast began.
    pub dropped_frames: u64,
    /// Speed of the transcoder as a multiple of real time; below 1 it cannot keep up.
    pub speed: f64,
    /// Time from the arrival of a picture to its transcoding, in milliseconds; absent until it is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// Names of the renditions that are produced.
    pub ladder: Vec<String>,
    /// Time at which the broadcast began, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_since: Option<String>,
    /// How the video arrives: `RTMP`, `SRT`, `HTTP PUT`, `WHIP` or `a pulled source`; absent until the first picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// The source from which the gateway pulls the stream, if its creator has set one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<PulledSource>,
}
