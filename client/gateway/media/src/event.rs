//! What a live stream reports: bytes to store, and their description.

use crate::{cmaf::Init, time::Span};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Identifies a rendition of one [`LiveStream`](crate::LiveStream): its position in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RenditionId(pub(crate) usize);

impl RenditionId {
    /// Position of the rendition in the configuration.
    pub const fn place(self) -> usize {
        self.0
    }
}

/// What is known about a segment when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentHead {
    /// Media sequence number and key index.
    pub index: u64,
    /// Number of the initialisation that the segment needs, see [`Init::number`].
    pub init: u64,
    /// Time of day at which it begins, in milliseconds since 1970.
    pub date_ms: u64,
    /// Presentation time at which it begins in the media of its source, in milliseconds: subtitles refer to it. 0 in
    /// recordings that were made before it was stored.
    #[serde(default)]
    pub media_ms: u64,
    /// Whether it is the first segment after a change of source.
    pub discontinuity: bool,
    /// Number of changes of source up to and including this segment.
    pub discontinuities: u64,
    /// Whether a key is needed.
    pub encrypted: bool,
}

/// How players show an audio track or subtitles for a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Language after BCP 47, if it is known.
    pub language: Option<String>,
    /// Name, which viewers read.
    pub name: String,
}

/// A part of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Playing time.
    pub duration: Span,
    /// Whether it begins with a keyframe.
    pub independent: bool,
}

/// A segment, complete or still growing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// What was known when it began.
    pub head: SegmentHead,
    /// Playing time in this rendition.
    pub duration: Span,
    /// Price of its key in ticks, the same in every rendition. 0 if it is not encrypted.
    pub ticks: u32,
    /// Length in bytes as served.
    pub bytes: u64,
    /// Number of video frames, or of audio frames if there is no video.
    pub samples: u32,
    /// Parts, in order.
    pub parts: Vec<Part>,
    /// Whether this rendition has no media for it.
    pub gap: bool,
}

/// What a [`LiveStream`](crate::LiveStream) reports. An initialisation comes before the media that needs it, and the
/// parts of a segment before the segment.
#[derive(Clone, Debug)]
pub enum Event {
    /// An initialisation is ready.
    InitReady(InitReady),
    /// A part of a segment is ready.
    PartReady(PartReady),
    /// A segment is complete.
    SegmentReady(SegmentReady),
    /// No playlist has listed the segment for as long as a window lasts. It may be deleted, unless it is recorded.
    SegmentExpired {
        /// Rendition of the segment.
        rendition: RenditionId,
        /// Index of the segment.
        index: u64,
        /// Number of parts of the segment.
        parts: u32,
    },
    /// Media was discarded.
    Dropped {
        /// Rendition of the media.
        rendition: RenditionId,
        /// Playing time that was lost.
        duration: Span,
        /// Why it was discarded.
        reason: DropReason,
    },
}

impl Event {
    /// The rendition that the event is about.
    pub fn rendition(&self) -> RenditionId {
        match self {
            Self::InitReady(event) => event.rendition,
            Self::PartReady(event) => event.rendition,
            Self::SegmentReady(event) => event.rendition,
            Self::SegmentExpired { rendition, .. } | Self::Dropped { rendition, .. } => *rendition,
        }
    }

    /// The key index that the media of this event uses. The caller has to store it as used before it publishes the
    /// media.
    pub fn index(&self) -> Option<u64> {
        match self {
            Self::PartReady(event) => Some(event.segment.index),
            Self::SegmentReady(event) => Some(event.segment.head.index),
            Self::InitReady(_) | Self::SegmentExpired { .. } | Self::Dropped { .. } => None,
        }
    }
}

/// An initialisation: store `init.bytes` as `init-{number}.mp4`. It is never encrypted.
#[derive(Clone, Debug)]
pub struct InitReady {
    /// Rendition that needs it.
    pub rendition: RenditionId,
    /// Number of the initialisation, see [`Init::number`]. No other initialisation ever has it.
    pub number: u64,
    /// How players show the rendition for a choice. `None` unless it is an audio track of its own.
    pub label: Option<Label>,
    /// The initialisation.
    pub init: Arc<Init>,
}

/// A part: store `published` as part `part` of segment `segment.index`.
#[derive(Clone, Debug)]
pub struct PartReady {
    /// Rendition of the part.
    pub rendition: RenditionId,
    /// Segment to which the part belongs.
    pub segment: SegmentHead,
    /// Number of the part within the segment, from 0.
    pub part: u32,
    /// Description of the part.
    pub about: Part,
    /// One or more pairs of `moof` and `mdat`.
    pub plaintext: Bytes,
    /// Bytes as served: encrypted, or the same as `plaintext`.
    pub published: Bytes,
}

/// A complete segment: store `published` as segment `segment.head.index`.
#[derive(Clone, Debug)]
pub struct SegmentReady {
    /// Rendition of the segment.
    pub rendition: RenditionId,
    /// Description of the segment.
    pub segment: Segment,
    /// Plaintexts of all parts, concatenated.
    pub plaintext: Bytes,
    /// Bytes as served: encrypted, or the same as `plaintext`.
    pub published: Bytes,
}

/// Why media was discarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// No segment is open: the media follows no keyframe at which a segment begins, or comes too late for its segment.
    NoSegment,
    /// The segment would be longer than the target duration of its playlist: keyframes are too far apart.
    TooLong,
    /// The segment would be larger than [`MAX_SEGMENT_BYTES`](crate::segmenter::MAX_SEGMENT_BYTES).
    TooLarge,
}
