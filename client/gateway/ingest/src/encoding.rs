//! What a stream chooses of the encoding, within the limits of the operator.

use crate::{
    codec::{Codec, Encoder},
    config::TranscodeConfig,
    ladder::{Ladder, Rung},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Whether a source that fits its rung is copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CopyMode {
    /// It is copied if it fits, and encoded otherwise.
    #[default]
    Auto,
    /// It is always encoded.
    Never,
}

/// The encoding that a stream chooses. What is `None` is as the operator has set it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StreamEncoding {
    /// Heights of the rungs, of those of the operator's ladder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ladder: Option<Vec<u16>>,
    /// Codecs, of those that the operator allows. H.264 is among them always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codecs: Option<Vec<Codec>>,
    /// The operator's encoder, or `libx264`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder: Option<Encoder>,
    /// Whether a source that fits is copied. If the operator has switched copying off, it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyMode>,
}

/// Why a stream cannot be encoded as its creator wishes.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EncodingError {
    /// The ladder has no rung.
    #[error("`ladder` is empty; choose at least one of the heights {}", list(.allowed))]
    NoRung {
        /// Heights of the operator's ladder.
        allowed: Vec<u16>,
    },
    /// A rung is not in the operator's ladder.
    #[error("this gateway makes no rendition of height {height}; choose of {}", list(.allowed))]
    Height {
        /// The height that is not allowed.
        height: u16,
        /// Heights of the operator's ladder.
        allowed: Vec<u16>,
    },
    /// A codec is not offered.
    #[error("this gateway does not encode {codec}; choose of {}", list(.allowed))]
    Codec {
        /// The codec that is not offered.
        codec: Codec,
        /// The codecs that are.
        allowed: Vec<Codec>,
    },
    /// Every player needs H.264.
    #[error("`codecs` lacks h264, which some players need; add it")]
    NoH264,
    /// An encoder is not offered.
    #[error("this gateway does not use {encoder}; choose of {}", list(.allowed))]
    Encoder {
        /// The encoder that is not offered.
        encoder: Encoder,
        /// The encoders that are.
        allowed: Vec<Encoder>,
    },
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

impl StreamEncoding {
    /// Checks the choice against the operator's settings, so that its creator can be answered.
    ///
    /// # Errors
    ///
    /// The first wish that the operator's settings do not allow.
    pub fn check(&self, operator: &TranscodeConfig) -> Result<(), EncodingError> {
        self.check_ladder(&operator.ladder)?;
        if let Some(codecs) = &self.codecs {
            if !codecs.contains(&Codec::H264) {
                return Err(EncodingError::NoH264);
            }
            if let Some(codec) = codecs.iter().find(|codec| !operator.offers(**codec)) {
                return Err(EncodingError::Codec { codec: *codec, allowed: operator.all_codecs() });
            }
        }
        match self.encoder {
            Some(encoder) if !operator.encoders().contains(&encoder) => {
                Err(EncodingError::Encoder { encoder, allowed: operator.encoders() })
            }
            _ => Ok(()),
        }
    }

    fn check_ladder(&self, ladder: &Ladder) -> Result<(), EncodingError> {
        let Some(heights) = &self.ladder else { return Ok(()) };
        let allowed: Vec<u16> = ladder.rungs().iter().map(|rung| rung.height).collect();
        if heights.is_empty() {
            return Err(EncodingError::NoRung { allowed });
        }
        match heights.iter().find(|height| !allowed.contains(height)) {
            Some(height) => Err(EncodingError::Height { height: *height, allowed }),
            None => Ok(()),
        }
    }
}

impl TranscodeConfig {
    /// H.264 and the operator's additional codecs.
    pub fn all_codecs(&self) -> Vec<Codec> {
        let mut codecs = vec![Codec::H264];
        codecs.extend(self.codecs.iter().filter(|codec| **codec != Codec::H264));
        codecs.sort_unstable();
        codecs.dedup();
        codecs
    }

    /// The encoders that streams may choose of.
    pub fn encoders(&self) -> Vec<Encoder> {
        let mut encoders = vec![self.encoder];
        if self.encoder.is_hardware() {
            encoders.push(Encoder::Libx264);
        }
        encoders
    }

    /// These settings without the further codecs.
    pub(crate) fn with_h264_only(&self) -> Self {
        Self { codecs: Vec::new(), ..self.clone() }
    }

    fn offers(&self, codec: Codec) -> bool {
        codec == Codec::H264 || self.codecs.contains(&codec)
    }

    /// These settings with the choice of a stream. Wishes that are not allowed any more, because the operator has changed the
    /// settings since, are left out.
    pub(crate) fn for_stream(&self, choice: &StreamEncoding) -> Self {
        let mut own = self.clone();
        if let Some(heights) = &choice.ladder {
            let rungs: Vec<Rung> =
                self.ladder.rungs().iter().filter(|rung| heights.contains(&rung.height)).copied().collect();
            own.ladder = Ladder::try_from(rungs).unwrap_or_else(|_| self.ladder.clone());
        }
        if let Some(codecs) = &choice.codecs {
            own.codecs = self.codecs.iter().filter(|codec| codecs.contains(codec)).copied().collect();
        }
        if let Some(encoder) = choice.encoder.filter(|encoder| self.encoders().contains(encoder)) {
            own.encoder = encoder;
        }
        own.copies &= choice.copy != Some(CopyMode::Never);
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator() -> TranscodeConfig {
        TranscodeConfig { codecs: vec![Codec::Hevc], encoder: Encoder::Vaapi, ..TranscodeConfig::default() }
    }

    fn heights(config: &TranscodeConfig) -> Vec<u16> {
        config.ladder.rungs().iter().map(|rung| rung.height).collect()
    }

    #[test]
    fn wishes_beyond_the_limits_of_the_operator_are_refused_with_what_is_allowed() {
        let refused = |choice: StreamEncoding| choice.check(&operator()).unwrap_err().to_string();
        assert!(refused(StreamEncoding { ladder: Some(vec![]), ..Default::default() }).contains("240, 360, 480, 720"));
        let tall = StreamEncoding { ladder: Some(vec![720, 2160]), ..Default::default() };
        assert!(refused(tall).starts_with("this gateway makes no rendition of height 2160; choose of 240"));
        let av1 = StreamEncoding { codecs: Some(vec![Codec::H264, Codec::Av1]), ..Default::default() };
        assert_eq!(refused(av1), "this gateway does not encode av1; choose of h264, hevc");
        let hevc = StreamEncoding { codecs: Some(vec![Codec::Hevc]), ..Default::default() };
        assert_eq!(hevc.check(&operator()), Err(EncodingError::NoH264));
        let nvenc = StreamEncoding { encoder: Some(Encoder::Nvenc), ..Default::default() };
        assert_eq!(refused(nvenc), "this gateway does not use h264_nvenc; choose of h264_vaapi, libx264");
        assert_eq!(StreamEncoding::default().check(&operator()), Ok(()));
    }

    #[test]
    fn a_stream_is_encoded_as_it_chooses() {
        let choice: StreamEncoding = serde_json::from_str(
            r#"{"dvr_hours":3,"ladder":[720,360],"codecs":["h264"],"encoder":"libx264","copy":"never"}"#,
        )
        .unwrap();
        assert_eq!(choice.check(&operator()), Ok(()));
        let own = operator().for_stream(&choice);
        assert_eq!(heights(&own), [360, 720]);
        assert_eq!((own.codecs.clone(), own.encoder, own.copies), (vec![], Encoder::Libx264, false));
        assert_eq!(operator().for_stream(&StreamEncoding::default()), operator());
    }

    #[test]
    fn a_choice_that_is_no_longer_allowed_is_left_out() {
        let choice = StreamEncoding {
            ladder: Some(vec![2160]),
            codecs: Some(vec![Codec::H264, Codec::Av1]),
            encoder: Some(Encoder::Qsv),
            copy: Some(CopyMode::Auto),
        };
        let own = operator().for_stream(&choice);
        assert_eq!(heights(&own), heights(&operator()));
        assert_eq!((own.codecs.clone(), own.encoder), (vec![], Encoder::Vaapi));
        let without_copies = TranscodeConfig { copies: false, ..operator() };
        assert!(!without_copies.for_stream(&choice).copies, "what the operator has switched off stays off");
    }
}
