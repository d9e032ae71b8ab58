//! Uploads of finished videos (tus 1.0), the jobs that make recordings of them, clips and images.

use crate::{recording_ref::RecordingRef, scalars::StreamRef};
use serde::{Deserialize, Serialize};

/// Version of the tus protocol.
pub const TUS_VERSION: &str = "1.0.0";
/// Header with the version of the tus protocol, in every request and answer.
pub const TUS_RESUMABLE: &str = "tus-resumable";
/// Header with the versions that a server knows.
pub const TUS_VERSIONS: &str = "tus-version";
/// Header with the extensions of the protocol that a server knows.
pub const TUS_EXTENSIONS: &str = "tus-extension";
/// Header with the maximum length of an upload.
pub const TUS_MAX_SIZE: &str = "tus-max-size";
/// Header with the length of an upload in bytes.
pub const UPLOAD_LENGTH: &str = "upload-length";
/// Header with the offset at which an upload goes on.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// Header with `key base64` pairs: `stream`, `filename`, `title`.
pub const UPLOAD_METADATA: &str = "upload-metadata";
/// Header with the checksum of the bytes, which gateways do not check and refuse.
pub const UPLOAD_CHECKSUM: &str = "upload-checksum";
/// Header with the time after which an upload that gets no bytes is removed.
pub const UPLOAD_EXPIRES: &str = "upload-expires";
/// Header with the id of the job that begins when the upload is complete.
pub const UPLOAD_JOB: &str = "x-vilokanam-job";
/// Media type of the bytes of an upload.
pub const UPLOAD_BYTES_TYPE: &str = "application/offset+octet-stream";

/// Shortest clip in milliseconds.
pub const MIN_CLIP_MS: u64 = 5_000;
/// Longest clip in milliseconds.
pub const MAX_CLIP_MS: u64 = 120_000;

/// How far work is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WorkState {
    /// It waits or is being done.
    Processing,
    /// It is done.
    Ready,
    /// It could not be done, or was cancelled.
    Failed,
}

/// Work that goes on after the request that asked for it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobView {
    /// Id.
    pub id: String,
    /// `upload` or `clip`.
    pub kind: String,
    /// Stream that it is for.
    pub stream: StreamRef,
    /// How far it is.
    pub state: WorkState,
    /// How much of it is done, from 0 to 1.
    pub progress: f64,
    /// Sentence that says why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Number of the recording that it makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<u64>,
    /// How addresses name it, if it is unlisted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Time at which it was asked for, RFC 3339.
    pub created_at: String,
    /// Time at which it changed last, RFC 3339.
    pub updated_at: String,
}

/// What a clip is taken from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum ClipFrom {
    /// A recording of the stream, by its number; an unlisted one by `{number}-{token}`, unless its creator asks.
    Recording(RecordingRef),
    /// The broadcast that goes on: `live`.
    Live(LiveWord),
}

/// The word `live`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LiveWord {
    /// The broadcast that goes on.
    Live,
}

/// Body of `POST /v1/streams/{id}/clips`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewClip {
    /// What it is taken from.
    pub source: ClipFrom,
    /// Beginning in milliseconds: from the beginning of a recording; of a broadcast, the time of day since 1970 as in its
    /// playlist, or, if it is not above 0, from its newest segment.
    pub start_ms: i64,
    /// End, in the same way; 5 to 120 s after the beginning.
    pub end_ms: i64,
    /// Title; at most 120 characters.
    #[serde(default)]
    pub title: String,
    /// Whether it can be watched without paying.
    #[serde(default)]
    pub is_free: bool,
}

/// An image that was stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageView {
    /// BLAKE2b-256 of the original, in hex without `0x`.
    pub hash: String,
    /// Widths in which it can be asked for, in pixels.
    pub widths: Vec<u32>,
    /// Path at this gateway.
    pub url: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clip_is_from_a_number_or_from_the_word_live() {
        let read = |source: &str| {
            let json = format!(r#"{{"source":{source},"start_ms":-10000,"end_ms":0}}"#);
            serde_json::from_str::<NewClip>(&json).map(|clip| clip.source)
        };
        assert_eq!(read("7").unwrap(), ClipFrom::Recording(7.into()));
        let unlisted = RecordingRef { number: 7, token: Some("0a".into()) };
        assert_eq!(read("\"7-0a\"").unwrap(), ClipFrom::Recording(unlisted));
        assert_eq!(read("\"live\"").unwrap(), ClipFrom::Live(LiveWord::Live));
        assert!(read("\"lively\"").is_err() && read("-1").is_err());
        let live = ClipFrom::Live(LiveWord::Live);
        assert_eq!(serde_json::to_string(&live).unwrap(), "\"live\"");
    }
}
