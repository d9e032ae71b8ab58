//! Fragmented MP4: an endless byte stream, split into its initialisation and its fragments.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`splitter`] | bytes in any chunks -> [`Chunk`]s |
//! | [`init`] | tracks, codecs, sizes, from `moov` |
//! | [`codec`] | a sample entry's RFC 6381 name |
//! | [`fragment`] | times and flags, from `moof` |
//! | `boxes` | reading boxes without panicking |

mod boxes;
pub mod codec;
pub mod fragment;
pub mod init;
pub mod splitter;

pub use boxes::FourCc;
pub use fragment::{Fragment, Timing};
pub use init::{Init, Track, TrackKind};
pub use splitter::{Chunk, Splitter};

/// Why a byte stream is not the fragmented MP4 that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CmafError {
    #[error("box `{0}` does not belong in a fragmented MP4: is this the output of `-f mp4`?")]
    UnexpectedBox(FourCc),
    #[error("box `{name}` says it has {bytes} bytes, which cannot be: the stream is damaged")]
    BoxSize { name: FourCc, bytes: u64 },
    #[error("box `{0}` is shorter than its fields: the stream is damaged")]
    Truncated(FourCc),
    #[error("box `{parent}` lacks a `{child}`: the stream is damaged")]
    MissingBox { parent: FourCc, child: FourCc },
    #[error("the initialisation has {bytes} bytes, {max} are allowed: remove attachments and metadata")]
    InitTooLarge { bytes: u64, max: usize },
    #[error("a fragment has {bytes} bytes, {max} are allowed: lower the bitrate or `-frag_duration`")]
    FragmentTooLarge { bytes: u64, max: usize },
    #[error("a fragment came before the initialisation: send the stream from its start")]
    NoInit,
    #[error("there is neither a video nor an audio track: map at least one")]
    NoTrack,
    #[error("there are more than {0} tracks: map one video and one audio track")]
    TooManyTracks(usize),
    #[error("the codec `{0}` cannot be described in a playlist: transcode it")]
    UnknownCodec(FourCc),
    #[error("a track's timescale is zero: the stream is damaged")]
    NoTimescale,
    #[error("a fragment holds absolute offsets: use `-movflags default_base_moof`")]
    NotSelfContained,
    #[error("a time or count does not fit its range: the stream is damaged")]
    Overflow,
}

#[cfg(test)]
mod tests;
