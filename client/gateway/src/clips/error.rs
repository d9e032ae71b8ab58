//! Why a clip cannot be made.

use crate::{
    jobs::AddError,
    live::RecordingError,
    secrets::SecretError,
    uploads::{UploadError, MAX_TITLE_CHARS},
};
use std::fmt;
use vilokanam_indexer::GatewayStateError;
use vilokanam_media::keys::NotDecrypted;
use vilokanam_wire::uploads::{MAX_CLIP_MS, MIN_CLIP_MS};

/// Maximum size of the part from which a clip is cut: two minutes with 16 Mbit/s.
pub const MAX_PART_BYTES: usize = 256 << 20;

/// What a clip can be cut from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// A recording of this length.
    Recording { length_ms: u64 },
    /// The end of a broadcast, from one time of day to another.
    Broadcast { first_ms: u64, end_ms: u64 },
}

impl Reach {
    /// Times from which to which it reaches: since the beginning of the recording, or since 1970.
    pub fn times_ms(self) -> (u64, u64) {
        match self {
            Self::Recording { length_ms } => (0, length_ms),
            Self::Broadcast { first_ms, end_ms } => (first_ms, end_ms),
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recording { length_ms } => write!(f, "the recording has {} s", length_ms / 1_000),
            Self::Broadcast { first_ms, end_ms } => {
                write!(f, "of the broadcast, the last {} s can be cut", end_ms.saturating_sub(*first_ms) / 1_000)
            }
        }
    }
}

/// Why a clip cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    #[error("The clip has {}.{:03} s; it must have from {} to {} s.", .ms / 1_000, .ms % 1_000, MIN_CLIP_MS / 1_000, MAX_CLIP_MS / 1_000)]
    Length { ms: u64 },
    #[error("The clip ends before it begins.")]
    Reversed,
    #[error("The title has more than {MAX_TITLE_CHARS} characters.")]
    Title,
    #[error("The clip is not within what there is: {0}.")]
    OutOfRange(Reach),
    #[error("The source changed within the clip, or was away; choose a part before or after that.")]
    Interrupted,
    #[error("A clip can be made of seconds that you have paid for, and some of these you have not.")]
    NotBought,
    #[error("Viewers have made as many clips of this stream today as the gateway allows; try again tomorrow.")]
    TooMany,
    #[error("A clip that a viewer makes cannot be free.")]
    NotFree,
    #[error("The part is larger than {MAX_PART_BYTES} bytes.")]
    TooLarge,
    #[error("The stream is not on air.")]
    NotLive,
    #[error("The stream has no recording {0}.")]
    NoRecording(u64),
    #[error("A part of the video has just expired; choose a later one.")]
    Expired,
    #[error("The gateway is busy with other clips.")]
    Busy,
    #[error("the initialisations of picture and sound cannot be joined")]
    NotJoined,
    #[error(transparent)]
    Upload(#[from] UploadError),
    #[error(transparent)]
    Job(#[from] AddError),
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Key(#[from] NotDecrypted),
}
