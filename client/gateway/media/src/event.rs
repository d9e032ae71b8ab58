//! What comes out of the packaging: bytes to store, and what is known about them.

use crate::{cmaf::Init, time::Span};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A rendition of one [`LiveStream`](crate::LiveStream): its place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RenditionId(pub(crate) usize);

impl RenditionId {
    /// Its place in the configuration.
    pub const fn place(self) -> usize {
        self.0
    }
}

/// What is known about a segment when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentHead {
    /// Media sequence number and key index.
    pub index: u64,
    /// The number of its initialisation.
    pub init: u32,
    /// When it begins, in milliseconds since 1970.
    pub date_ms: u64,
    /// Whether a change of source precedes it.
    pub discontinuity: bool,
    /// Changes of source up to here, this one counted.
    pub discontinuities: u64,
    /// Whether a key is needed.
    pub encrypted: bool,
}

/// A part of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How long it plays.
    pub duration: Span,
    /// Whether it begins with a keyframe.
    pub independent: bool,
}

/// A segment, complete or growing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub head: SegmentHead,
    /// How long it plays in this rendition.
    pub duration: Span,
    /// What its key costs; the same in every rendition. 0 when it is not encrypted.
    pub ticks: u32,
    /// Its length as it is served.
    pub bytes: u64,
    /// Frames of video, or of sound without video.
    pub samples: u32,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Whether this rendition has no media for it.
    pub gap: bool,
}

/// What [`LiveStream`](crate::LiveStream) reports. In this order: an initialisation before the media that needs it, the
/// parts of a segment before the segment.
#[derive(Clone, Debug)]
pub enum Event {
    InitReady(InitReady),
    PartReady(PartReady),
    SegmentReady(SegmentReady),
    /// No playlist has listed it for as long as a window lasts: it may be deleted, unless it is recorded.
    SegmentExpired {
        rendition: RenditionId,
        index: u64,
        parts: u32,
    },
    /// Media was thrown away.
    Dropped {
        rendition: RenditionId,
        duration: Span,
        reason: DropReason,
    },
}

impl Event {
    /// Whose.
    pub fn rendition(&self) -> RenditionId {
        match self {
            Self::InitReady(event) => event.rendition,
            Self::PartReady(event) => event.rendition,
            Self::SegmentReady(event) => event.rendition,
            Self::SegmentExpired { rendition, .. } | Self::Dropped { rendition, .. } => *rendition,
        }
    }

    /// The key index that this media uses. It has to be kept as used before anything of it is published.
    pub fn index(&self) -> Option<u64> {
        match self {
            Self::PartReady(event) => Some(event.segment.index),
            Self::SegmentReady(event) => Some(event.segment.head.index),
            Self::InitReady(_) | Self::SegmentExpired { .. } | Self::Dropped { .. } => None,
        }
    }
}

/// Store `init.bytes` as `init-{number}.mp4`; it is never encrypted.
#[derive(Clone, Debug)]
pub struct InitReady {
    pub rendition: RenditionId,
    pub number: u32,
    pub init: Arc<Init>,
}

/// Store `published` as part `part` of segment `segment.index`.
#[derive(Clone, Debug)]
pub struct PartReady {
    pub rendition: RenditionId,
    pub segment: SegmentHead,
    /// Counted from 0.
    pub part: u32,
    pub about: Part,
    /// `moof` and `mdat`, once or more.
    pub plaintext: Bytes,
    /// What is served: encrypted, or the same as `plaintext`.
    pub published: Bytes,
}

/// Store `published` as segment `segment.head.index`.
#[derive(Clone, Debug)]
pub struct SegmentReady {
    pub rendition: RenditionId,
    pub segment: Segment,
    /// The plaintexts of all parts.
    pub plaintext: Bytes,
    /// What is served: encrypted, or the same as `plaintext`.
    pub published: Bytes,
}

/// Why media was thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// It follows no keyframe at which a segment begins, or comes too late for its segment.
    NoSegment,
    /// The segment would become longer than its playlist allows: keyframes are too far apart.
    TooLong,
    /// The segment would become larger than [`MAX_SEGMENT_BYTES`](crate::segmenter::MAX_SEGMENT_BYTES).
    TooLarge,
}
