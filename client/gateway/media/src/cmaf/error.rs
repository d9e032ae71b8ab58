//! Errors of the parser.

use super::four_cc::FourCc;

/// Why a byte stream cannot be packaged as fragmented MP4.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CmafError {
    /// The stream has a box that does not belong at its top level.
    #[error("the box `{0}` does not belong in a fragmented MP4; send the output of `ffmpeg -f mp4`")]
    UnexpectedBox(FourCc),
    /// The size of a box is smaller than its header, or larger than its parent.
    #[error("the box `{name}` states an impossible size of {bytes} bytes; the stream is damaged")]
    BoxSize {
        /// Name of the box.
        name: FourCc,
        /// Size as stated.
        bytes: u64,
    },
    /// A box ends before its fields.
    #[error("the box `{0}` is shorter than its fields; the stream is damaged")]
    Truncated(FourCc),
    /// A required box is missing.
    #[error("the box `{parent}` has no `{child}`; the stream is damaged")]
    MissingBox {
        /// Name of the box that should contain it.
        parent: FourCc,
        /// Name of the missing box.
        child: FourCc,
    },
    /// `ftyp` and `moov` are too large.
    #[error("the initialisation has {bytes} bytes, more than the {max} allowed; remove attachments and metadata")]
    InitTooLarge {
        /// Size as stated.
        bytes: u64,
        /// [`MAX_INIT_BYTES`](super::splitter::MAX_INIT_BYTES).
        max: usize,
    },
    /// `moof` and `mdat` are too large.
    #[error("a fragment has {bytes} bytes, more than the {max} allowed; lower the bit rate or `-frag_duration`")]
    FragmentTooLarge {
        /// Size as stated.
        bytes: u64,
        /// [`MAX_FRAGMENT_BYTES`](super::splitter::MAX_FRAGMENT_BYTES).
        max: usize,
    },
    /// The stream does not begin with its initialisation.
    #[error("a fragment came before the initialisation; send the stream from its start")]
    NoInit,
    /// The stream has no track that can be played.
    #[error("the stream has neither a video nor an audio track; map at least one")]
    NoTrack,
    /// The stream has too many tracks.
    #[error("the stream has more than {0} tracks; map one video and one audio track")]
    TooManyTracks(usize),
    /// There is no RFC 6381 name for a codec.
    #[error("the codec `{0}` cannot be named in a playlist; transcode it")]
    UnknownCodec(FourCc),
    /// The timescale of a track is zero.
    #[error("the timescale of a track is zero; the stream is damaged")]
    NoTimescale,
    /// The offsets in a fragment count from the start of the stream.
    #[error("a fragment has absolute offsets; use `-movflags default_base_moof`")]
    NotSelfContained,
    /// A number is out of range.
    #[error("a time or count is out of range; the stream is damaged")]
    Overflow,
}
