//! Streams, recordings and live counts.

use crate::{
    scalars::{Account, Planck, StreamRef},
    settings::ClipMakers,
};
use serde::{de::IgnoredAny, Deserialize, Deserializer, Serialize};
use std::str::FromStr;

/// What a creator says of a stream. As JSON it is the stream's metadata on chain.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Metadata {
    /// Title.
    pub title: String,
    /// Description.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Category.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Language after BCP 47, such as `de` or `pt-BR`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// URL of a picture.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub thumbnail: String,
    /// Whether a low rendition can be watched without keys for as long as the free ticks last.
    #[serde(skip_serializing_if = "ClearPreview::is_off", deserialize_with = "ClearPreview::lenient")]
    pub clear_preview: ClearPreview,
}

/// The low rendition without encryption that a creator can ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClearPreview {
    /// There is none.
    #[default]
    Off,
    /// The picture alone.
    Muted,
    /// Picture and sound.
    WithSound,
}

impl ClearPreview {
    fn is_off(&self) -> bool {
        *self == Self::Off
    }

    /// Reads what another program wrote, which may be anything. What is not understood is off.
    fn lenient<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Anything {
            Understood(ClearPreview),
            Other(IgnoredAny),
        }
        Ok(match Anything::deserialize(from)? {
            Anything::Understood(value) => value,
            Anything::Other(_) => Self::Off,
        })
    }
}

impl FromStr for ClearPreview {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "muted" => Ok(Self::Muted),
            "with-sound" => Ok(Self::WithSound),
            _ => Err("write off, muted or with-sound"),
        }
    }
}

/// A share of a stream's income.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Split {
    /// Account that receives the share.
    pub account: Account,
    /// Share in parts per million of what the gateway leaves.
    pub share_ppm: u32,
}

/// A stream's status on chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StreamStatus {
    /// Announced as live by its creator.
    Live,
    /// Announced as offline by its creator.
    Offline,
    /// Ended for good by its creator.
    Ended,
    /// Suspended by a moderator.
    Suspended,
}

impl From<tick_stream_primitives::StreamStatus> for StreamStatus {
    fn from(status: tick_stream_primitives::StreamStatus) -> Self {
        use tick_stream_primitives::StreamStatus as OnChain;
        match status {
            OnChain::Live => Self::Live,
            OnChain::Offline => Self::Offline,
            OnChain::Ended => Self::Ended,
            OnChain::Suspended => Self::Suspended,
        }
    }
}

/// A stream: what the chain says of it, and what is known of it at this gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StreamView {
    /// Number of the stream.
    pub stream: StreamRef,
    /// Account of the creator.
    pub creator: Account,
    /// What its creator says of it.
    pub metadata: Metadata,
    /// Status on chain; `suspended` also while moderators of this gateway withhold it.
    pub status: StreamStatus,
    /// Whether the stream is on air at this gateway.
    pub is_live_here: bool,
    /// Price of a tick.
    pub price_per_tick: Planck,
    /// Announced price and the block from which it holds; absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_price: Option<NextPrice>,
    /// Ticks that a viewer can watch for free.
    pub preview_ticks: u32,
    /// Share of the gateway, in parts per million of what protocol and submitter leave.
    pub gateway_share_ppm: u32,
    /// Accounts that share the income with the creator.
    pub splits: Vec<Split>,
    /// Viewers at this gateway, counted once a second: sessions that are open here, whether or not they pay at this moment,
    /// and devices that received a preview key within the last eight seconds.
    pub viewers: u32,
    /// Ticks settled since the stream was created.
    pub total_ticks: u64,
    /// Amount paid for them.
    pub total_paid: Planck,
    /// Amount tipped.
    pub total_tipped: Planck,
    /// Time of its last broadcast at this gateway, RFC 3339; absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_live: Option<String>,
    /// Path of the multivariant playlist at this gateway; absent while it is not on air.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playlist: Option<String>,
    /// Path of the multivariant playlist from the beginning of the broadcast, or as far back as the creator allows; absent if
    /// viewers cannot go back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dvr_playlist: Option<String>,
    /// Who may make clips besides the creator, if the creator has set it; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clips: Option<ClipMakers>,
}

/// A price that is announced.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextPrice {
    /// Price of a tick.
    pub price_per_tick: Planck,
    /// First block in which it holds.
    pub from_block: u32,
}

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// Items in the order asked for.
    pub items: Vec<T>,
    /// Value of `cursor` that asks for the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A recording: a broadcast that has ended, an upload or a clip.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordingView {
    /// Number of its stream.
    pub stream: StreamRef,
    /// Number among the broadcasts of its stream, from 1.
    pub number: u64,
    /// How addresses name it: by its number, and an unlisted one by its token as well, `7-0123…`. Absent from gateways that do
    /// not have tokens.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// Where it comes from.
    #[serde(default)]
    pub kind: RecordingKind,
    /// How far it is. Viewers see only those that are ready.
    #[serde(default)]
    pub state: RecordingState,
    /// Sentence that says why it failed or ends early; absent if it does not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// Title; absent if the creator gave none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Description; absent if the creator gave none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Hash of its picture, which is at `/v1/images/{hash}`; absent if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub poster: String,
    /// Who may find and watch it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Whether its keys cost nothing.
    #[serde(default)]
    pub is_free: bool,
    /// What it shows of another recording, for a clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<ClipView>,
    /// Time at which the broadcast began, or the work on it, RFC 3339.
    pub started_at: String,
    /// Time at which the broadcast ended, or the work on it, RFC 3339.
    pub ended_at: String,
    /// Length in seconds.
    pub duration_s: u64,
    /// Bytes that are stored, in answers to the creator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Path of the multivariant playlist at this gateway.
    pub playlist: String,
    /// Path of the storyboard (WebVTT) at this gateway.
    pub storyboard: String,
}

/// Captions of a stream on air or of a recording, in one language.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaptionsView {
    /// Language after BCP 47; absent for captions that came with the video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Name that viewers read.
    pub label: String,
    /// Path of their media playlist (HLS) at this gateway.
    pub url: String,
    /// Whether players show them unless the viewer chooses otherwise.
    pub is_default: bool,
}

/// Where a recording comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RecordingKind {
    /// Broadcast that was recorded.
    #[default]
    Broadcast,
    /// Finished video that was uploaded.
    Upload,
    /// Part of a broadcast or of another recording.
    Clip,
}

/// How far a recording is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RecordingState {
    /// It is being recorded or made.
    Processing,
    /// It can be watched.
    #[default]
    Ready,
    /// It could not be made.
    Failed,
}

/// Who may find and watch a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// Every viewer, also by search.
    #[default]
    Public,
    /// Every viewer who knows its address, in which there is a token.
    Unlisted,
    /// The creator alone.
    Private,
}

impl FromStr for Visibility {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "public" => Ok(Self::Public),
            "unlisted" => Ok(Self::Unlisted),
            "private" => Ok(Self::Private),
            _ => Err("write public, unlisted or private"),
        }
    }
}

/// What a clip shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClipView {
    /// Stream of the other recording.
    pub stream: StreamRef,
    /// Its number.
    pub number: u64,
    /// Beginning of the part, in milliseconds from the recording's beginning.
    pub start_ms: u64,
    /// End of the part, in milliseconds from the recording's beginning.
    pub end_ms: u64,
}

/// Body of `PATCH /v1/streams/{id}/recordings/{number}`. What is absent stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordingPatch {
    /// Title, at most 120 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Description, at most 5,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Hash of a picture that was uploaded to `/v1/images`, or empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster: Option<String>,
    /// Who may find and watch it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
}

/// Counts of one stream, sent over `WS /v1/live` once a second when they have changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveCounts {
    /// Number of the stream.
    pub stream: StreamRef,
    /// Whether the stream is on air at this gateway.
    pub is_live: bool,
    /// Viewers at this gateway, counted as in [`StreamView::viewers`].
    pub viewers: u32,
    /// Ticks charged since the broadcast began.
    pub ticks: u64,
    /// Amount paid for them, before any share is taken.
    pub earned: Planck,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_preview_is_off_unless_the_metadata_says_otherwise() {
        let read = |json: &str| serde_json::from_str::<Metadata>(json).unwrap().clear_preview;
        assert_eq!(read(r#"{"title":"T"}"#), ClearPreview::Off);
        assert_eq!(read(r#"{"clear_preview":"muted"}"#), ClearPreview::Muted);
        for odd in ["\"loud\"", "7", "null", "{}"] {
            assert_eq!(read(&format!("{{\"title\":\"T\",\"clear_preview\":{odd}}}")), ClearPreview::Off, "{odd}");
        }
        let off = Metadata { title: "T".into(), ..Metadata::default() };
        assert_eq!(serde_json::to_string(&off).unwrap(), r#"{"title":"T"}"#);
        for value in [ClearPreview::Off, ClearPreview::Muted, ClearPreview::WithSound] {
            let json = serde_json::to_value(value).unwrap();
            assert_eq!(json.as_str().unwrap().parse(), Ok(value));
        }
    }
}
