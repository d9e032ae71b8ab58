//! Video codecs of renditions, and the encoders that make them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Video codec of a rendition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// H.264, which every player decodes. Each stream has it.
    #[default]
    H264,
    /// HEVC (H.265), beside H.264.
    Hevc,
    /// AV1, beside H.264.
    Av1,
}

impl Codec {
    /// Bit rate in percent of H.264 at about the same quality.
    pub(crate) const fn percent_of_h264(self) -> u32 {
        match self {
            Self::H264 => 100,
            Self::Hevc => 65,
            Self::Av1 => 55,
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::H264 => "h264",
            Self::Hevc => "hevc",
            Self::Av1 => "av1",
        })
    }
}

/// Encoder of the renditions, named as ffmpeg names its encoder of H.264. The same hardware or library family encodes the
/// other codecs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Encoder {
    /// The processor: x264, x265 and SVT-AV1.
    #[default]
    #[serde(rename = "libx264")]
    Libx264,
    /// NVENC of NVIDIA.
    #[serde(rename = "h264_nvenc")]
    Nvenc,
    /// VA-API, on Intel and AMD.
    #[serde(rename = "h264_vaapi")]
    Vaapi,
    /// Quick Sync Video of Intel.
    #[serde(rename = "h264_qsv")]
    Qsv,
}

impl Encoder {
    /// Every encoder.
    pub const ALL: [Self; 4] = [Self::Libx264, Self::Nvenc, Self::Vaapi, Self::Qsv];

    /// The encoder of that name: `libx264`, `h264_nvenc`, `h264_vaapi` or `h264_qsv`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoder| encoder.name(Codec::H264) == name)
    }

    /// Name of the encoder of ffmpeg for a codec.
    pub const fn name(self, codec: Codec) -> &'static str {
        match (self, codec) {
            (Self::Libx264, Codec::H264) => "libx264",
            (Self::Libx264, Codec::Hevc) => "libx265",
            (Self::Libx264, Codec::Av1) => "libsvtav1",
            (Self::Nvenc, Codec::H264) => "h264_nvenc",
            (Self::Nvenc, Codec::Hevc) => "hevc_nvenc",
            (Self::Nvenc, Codec::Av1) => "av1_nvenc",
            (Self::Vaapi, Codec::H264) => "h264_vaapi",
            (Self::Vaapi, Codec::Hevc) => "hevc_vaapi",
            (Self::Vaapi, Codec::Av1) => "av1_vaapi",
            (Self::Qsv, Codec::H264) => "h264_qsv",
            (Self::Qsv, Codec::Hevc) => "hevc_qsv",
            (Self::Qsv, Codec::Av1) => "av1_qsv",
        }
    }

    /// Whether it needs a device.
    pub const fn is_hardware(self) -> bool {
        !matches!(self, Self::Libx264)
    }
}

impl fmt::Display for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name(Codec::H264))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoders_are_found_by_the_name_that_ffmpeg_gives_them() {
        for encoder in Encoder::ALL {
            assert_eq!(Encoder::named(&encoder.to_string()), Some(encoder));
            let json = serde_json::to_string(&encoder).unwrap();
            assert_eq!(json, format!("\"{encoder}\""), "the setting has the same name");
        }
        assert_eq!(Encoder::named("h264_omx"), None);
    }

    #[test]
    fn better_codecs_need_fewer_bits() {
        assert!(Codec::Av1.percent_of_h264() < Codec::Hevc.percent_of_h264());
        assert!(Codec::Hevc.percent_of_h264() < Codec::H264.percent_of_h264());
    }
}
