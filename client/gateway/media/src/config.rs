//! Settings of a live stream, checked before the stream begins.

use crate::{
    error::ConfigError,
    segmenter::Lengths,
    time::Span,
    window::{MAX_WINDOW_SEGMENTS, MIN_WINDOW_SEGMENTS},
};

/// Maximum number of renditions of a stream, including a preview.
pub const MAX_RENDITIONS: usize = 32;
/// Maximum length of a rendition's name.
pub const MAX_NAME_BYTES: usize = 32;

/// How a stream is cut, and its renditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveConfig {
    /// Intended duration of a segment: the distance between keyframes, or a multiple of it.
    pub segment_target_ms: u32,
    /// Maximum duration of a part. A little more than that of a usual fragment of the source, which is a whole number of
    /// frames: the duration of every part has to lie between 85 % and 100 % of this value.
    pub part_target_ms: u32,
    /// Number of complete segments that a live playlist lists.
    pub window_segments: usize,
    /// Renditions, in the order of the multivariant playlist.
    pub renditions: Vec<RenditionConfig>,
}

/// One rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenditionConfig {
    /// Name of the rendition in URIs.
    pub name: String,
    /// Who may watch it.
    pub access: Access,
    /// Bandwidth that the multivariant playlist states until the real one has been measured.
    pub nominal_bandwidth_bps: u64,
}

/// Who may watch a rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Viewers who buy its keys. The rendition is part of the multivariant playlist.
    Paid,
    /// Viewers who buy its keys, which are those of the video. It is one of several audio tracks: an audio rendition of the
    /// multivariant playlist, cut where the video is cut. The first one that is configured is the default.
    PaidAudio,
    /// Everyone. The rendition is never encrypted, and not part of the multivariant playlist.
    Preview,
}

impl Access {
    /// Whether viewers buy keys.
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Paid | Self::PaidAudio)
    }
}

impl Default for LiveConfig {
    /// Segments of 2 s, parts of 0.5 s plus a frame, and a window of one minute, so that a viewer whose player waited
    /// for a payment continues where it stopped. The caller adds the renditions.
    fn default() -> Self {
        Self { segment_target_ms: 2_000, part_target_ms: 540, window_segments: 30, renditions: Vec::new() }
    }
}

impl LiveConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if !(1_000..=10_000).contains(&self.segment_target_ms) {
            return Err(ConfigError::Segment(self.segment_target_ms));
        }
        if !(200..=self.segment_target_ms / 2).contains(&self.part_target_ms) {
            return Err(ConfigError::Part(self.part_target_ms));
        }
        if !(MIN_WINDOW_SEGMENTS..=MAX_WINDOW_SEGMENTS).contains(&self.window_segments) {
            let (min, max) = (MIN_WINDOW_SEGMENTS, MAX_WINDOW_SEGMENTS);
            return Err(ConfigError::Window { given: self.window_segments, min, max });
        }
        if self.renditions.is_empty() || self.renditions.len() > MAX_RENDITIONS {
            return Err(ConfigError::Renditions { given: self.renditions.len(), max: MAX_RENDITIONS });
        }
        self.check_names()
    }

    fn check_names(&self) -> Result<(), ConfigError> {
        for (place, RenditionConfig { name, .. }) in self.renditions.iter().enumerate() {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.bytes().all(allowed) {
                return Err(ConfigError::Name(name.clone()));
            }
            if self.renditions[..place].iter().any(|other| other.name == *name) {
                return Err(ConfigError::NameTwice(name.clone()));
            }
        }
        Ok(())
    }

    /// `EXT-X-TARGETDURATION`, in seconds.
    pub fn target_seconds(&self) -> u64 {
        u64::from(self.segment_target_ms.div_ceil(1000))
    }

    /// Maximum number of parts after the last one for which a player may wait (RFC 8216bis, 6.2.5.2).
    pub(crate) fn max_parts_ahead(&self) -> u32 {
        3_000u32.div_ceil(self.part_target_ms.min(1000))
    }

    pub(crate) fn lengths(&self) -> Lengths {
        Lengths {
            target_seconds: self.target_seconds(),
            segment_target: Span::from_millis(self.segment_target_ms.into()),
            part_target: Span::from_millis(self.part_target_ms.into()),
        }
    }
}
