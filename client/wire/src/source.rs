//! Sources that a gateway pulls.

use serde::{Deserialize, Serialize};

/// Body of `PUT /v1/streams/{id}/source`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetSource {
    /// Address: `https://host/live.m3u8` (HLS), `rtmp://host/app/name` (or `rtmps://`), `rtsp://host/name` or `srt://host:port?streamid=…`.
    pub url: String,
}

/// The source from which a gateway pulls the video of a stream.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PulledSource {
    /// Its address, without a password.
    pub url: String,
    /// Whether it is connected or being connected. Otherwise another attempt follows a pause.
    pub is_connected: bool,
    /// Sentence that says why the last attempt ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// Time of the last change, RFC 3339.
    pub since: String,
}
