//! What a creator signs, publish keys, and the health of what comes in.

use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;
use tick_stream_primitives::GenesisHash;

/// The header that holds the creator's account.
pub const ACCOUNT_HEADER: &str = "x-vilokanam-account";
/// The header that holds the time of signing: milliseconds since the Unix epoch.
pub const TIME_HEADER: &str = "x-vilokanam-time";
/// The header that holds the signature: a SCALE `MultiSignature` in hex.
pub const SIGNATURE_HEADER: &str = "x-vilokanam-signature";
/// How old, or how far ahead, the time of signing may be, in milliseconds.
pub const MAX_AGE_MS: u64 = 60_000;

const DOMAIN: &str = "vilokanam/creator/v1";

/// The text that a creator signs to have a request carried out, as a wallet can show it. Wallets wrap it in
/// `<Bytes>…</Bytes>`; both forms are taken.
pub fn request_message(genesis: &GenesisHash, method: &str, path: &str, time_ms: u64, body: &[u8]) -> Vec<u8> {
    let (genesis, body) = (hex::encode(genesis), hex::encode(blake2_256(body)));
    format!("{DOMAIN}\n{method} {path}\nchain 0x{genesis}\ntime {time_ms}\nbody 0x{body}").into_bytes()
}

/// A publish key: what an encoder shows to be let in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishKeyInfo {
    /// Names it, and is no secret.
    pub id: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339; nothing if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}

/// A publish key just made: the only time that its secret is told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPublishKey {
    /// Names it.
    pub id: String,
    /// The secret.
    pub key: String,
    /// Where OBS publishes to.
    pub rtmp_url: String,
    /// What OBS calls the stream key.
    pub rtmp_stream_key: String,
    /// Where HLS or CMAF is put, if the gateway takes that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_url: Option<String>,
}

/// `POST /v1/streams/{id}/srt`
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSrt {
    /// A publish key of the stream: SRT's passphrase.
    pub key: String,
}

/// Where SRT is listened for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SrtListener {
    /// The publisher connects here, with the publish key as its passphrase.
    pub url: String,
}

/// What comes in, and what is made of it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IngestHealth {
    /// `offline`, `live` or `waiting` for a publisher that has gone.
    pub state: String,
    /// Whether nothing has to be mended.
    #[serde(default)]
    pub is_well: bool,
    /// A sentence: what is wrong and what would mend it, or that all is well.
    pub diagnosis: String,
    /// Of the source.
    pub bitrate_bps: u64,
    /// Pictures a second.
    pub frame_rate: f64,
    /// Pictures lost.
    pub dropped_frames: u64,
    /// Times real time; below 1 the transcoder cannot keep up.
    pub speed: f64,
    /// From when something came in to when it was transcoded, in milliseconds; not known at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// Names of the renditions being made.
    pub ladder: Vec<String>,
    /// When it went live, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_since: Option<String>,
}
