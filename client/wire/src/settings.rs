//! What the creator of a stream sets at a gateway, `/v1/streams/{id}/settings`.

use serde::{Deserialize, Serialize};

/// Settings of a stream. What is absent is as the operator of the gateway has set it.
///
/// A `PATCH` is a JSON merge patch (RFC 7396): `null` takes a setting back.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StreamSettings {
    /// Hours that viewers may go back in a broadcast, or `all`; 0 for not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dvr_hours: Option<DvrHours>,
    /// Whether the recording of a broadcast stays after its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<bool>,
    /// Days after which a recording is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
    /// Heights of the renditions, a part of those that the operator offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<Vec<u32>>,
    /// Codecs of the renditions. H.264 is always among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codecs: Option<Vec<VideoCodec>>,
    /// Encoder of H.264, such as `libx264` or `h264_vaapi`, one of those that the operator offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<String>,
    /// Whether a source that already fits is passed on instead of encoded again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyMode>,
    /// Length of a part in milliseconds, from 200 to 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_ms: Option<u32>,
    /// Where the gateway fetches the video from, instead of waiting for an encoder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<PullSource>,
    /// Who may make clips besides the creator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clips: Option<ClipMakers>,
}

/// How far viewers may go back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum DvrHours {
    /// That many hours.
    Hours(u32),
    /// To the beginning of the broadcast.
    All(All),
}

impl DvrHours {
    /// To the beginning of the broadcast.
    pub const ALL: Self = Self::All(All::All);
}

/// The word for everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum All {
    /// Everything.
    All,
}

/// A codec of renditions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VideoCodec {
    /// H.264, which every player decodes.
    H264,
    /// H.265.
    Hevc,
    /// AV1.
    Av1,
}

impl std::fmt::Display for VideoCodec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::H264 => "h264",
            Self::Hevc => "hevc",
            Self::Av1 => "av1",
        })
    }
}

/// A name is that of no codec.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("it is none of h264, hevc, av1")]
pub struct UnknownCodec;

impl std::str::FromStr for VideoCodec {
    type Err = UnknownCodec;

    fn from_str(name: &str) -> Result<Self, UnknownCodec> {
        [Self::H264, Self::Hevc, Self::Av1].into_iter().find(|codec| codec.to_string() == name).ok_or(UnknownCodec)
    }
}

/// Whether video is passed on without encoding it again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CopyMode {
    /// Where codec, key frames and size allow it.
    Auto,
    /// Never.
    Never,
}

/// Where a gateway fetches the video from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PullSource {
    /// URL of an HLS playlist, or with the scheme rtmp, rtmps, rtsp or srt.
    pub url: String,
}

/// Who may make clips besides the creator.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClipMakers {
    /// No other account. Earlier gateways wrote `nobody`.
    #[default]
    #[serde(alias = "nobody")]
    None,
    /// Viewers who have paid for what the clip shows.
    Payers,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_documented() {
        let read = |json: &str| serde_json::from_str::<StreamSettings>(json);
        assert_eq!(read("{}").unwrap(), StreamSettings::default());
        for (json, hours) in [("4", DvrHours::Hours(4)), ("0", DvrHours::Hours(0)), ("\"all\"", DvrHours::ALL)] {
            let settings = read(&format!("{{\"dvr_hours\":{json}}}")).unwrap();
            assert_eq!(settings.dvr_hours, Some(hours));
            assert_eq!(serde_json::to_string(&settings).unwrap(), format!("{{\"dvr_hours\":{json}}}"));
        }
        assert!(read("{\"dvr_hours\":\"some\"}").is_err() && read("{\"dvr_hours\":-1}").is_err());
        let all = r#"{"codecs":["h264","av1"],"copy":"never","source":{"url":"srt://a:1"},"clips":"payers"}"#;
        assert_eq!(serde_json::to_string(&read(all).unwrap()).unwrap(), all);
    }

    #[test]
    fn clips_of_no_other_account_are_read_as_earlier_gateways_wrote_them() {
        let read = |json: &str| serde_json::from_str::<StreamSettings>(json).unwrap();
        let settings = read(r#"{"clips":"nobody"}"#);
        assert_eq!(settings.clips, Some(ClipMakers::None));
        assert_eq!(serde_json::to_string(&settings).unwrap(), r#"{"clips":"none"}"#);
        assert_eq!(read(r#"{"clips":"none"}"#), settings);
    }
}
