//! What a live stream is made of; checked before anything begins.

use crate::{
    error::ConfigError,
    segmenter::Lengths,
    time::Span,
    window::{MAX_WINDOW_SEGMENTS, MIN_WINDOW_SEGMENTS},
};

/// How many renditions a stream may have, a preview counted.
pub const MAX_RENDITIONS: usize = 16;
/// The longest name of a rendition.
pub const MAX_NAME_BYTES: usize = 32;

/// How a stream is cut, and into what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveConfig {
    /// How long a segment should be: the distance of keyframes, or a multiple of it.
    pub segment_target_ms: u32,
    /// The longest part. A little more than ffmpeg's `-frag_duration`, which is passed by up to a frame: every part has to
    /// be within 85 % and 100 % of this.
    pub part_target_ms: u32,
    /// How many complete segments a live playlist lists.
    pub window_segments: usize,
    /// In the order of the multivariant playlist.
    pub renditions: Vec<RenditionConfig>,
}

/// One rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenditionConfig {
    /// Its name in URIs.
    pub name: String,
    /// Who may watch it.
    pub access: Access,
    /// Told to players until it has been measured.
    pub nominal_bandwidth_bps: u64,
}

/// Who may watch a rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Who buys keys. Part of the multivariant playlist.
    Paid,
    /// Everybody: never encrypted, and not in the multivariant playlist.
    Preview,
}

impl Default for LiveConfig {
    /// Segments of 2 s, parts of 0.5 s and a frame, a window of a minute, in which a viewer who was held goes on where it was; renditions are for the caller to add.
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

    /// `EXT-X-TARGETDURATION`.
    pub fn target_seconds(&self) -> u64 {
        u64::from(self.segment_target_ms.div_ceil(1000))
    }

    /// How many parts ahead of the last one a player may wait for (RFC 8216bis, 6.2.5.2).
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
