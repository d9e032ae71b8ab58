//! What can go wrong, in words a publisher or an operator can act on.

use crate::{broadcast::Protocol, ffmpeg::FfmpegError, publish_key::KeyRefusal};
use std::{io, net::SocketAddr};
use thiserror::Error;

/// Ingest cannot be started.
#[derive(Debug, Error)]
pub enum IngestError {
    #[error(transparent)]
    Ffmpeg(#[from] FfmpegError),
    #[error("RTMP cannot listen on {address}: {source}; choose a free address and port, or stop what holds it")]
    Bind { address: SocketAddr, source: io::Error },
    #[error("{path} cannot hold ffmpeg's sockets: {why}; set `work_dir` to a short path that can be written to")]
    WorkDir { path: std::path::PathBuf, why: String },
    #[error("the setting {name} is wrong: {why}")]
    Setting { name: &'static str, why: &'static str },
}

/// A publisher is not let in, or is sent away.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PublishError {
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    #[error(
        "the stream is already being published by {0:?}; stop that one first, or wait a few seconds if it has crashed"
    )]
    AlreadyPublishing(Protocol),
    #[error("the gateway carries as many broadcasts as it may ({0}); try again later or use another gateway")]
    TooManyBroadcasts(usize),
    #[error("the gateway is shutting down; use another one")]
    ShuttingDown,
    #[error("another publisher has taken over, as nothing had come from this one for a while")]
    Replaced,
    #[error("the publisher was sent away by the creator or the operator")]
    SentAway,
    #[error("the source cannot be understood ({0}); send H.264 and AAC")]
    Unreadable(String),
    #[error("the source cannot be transcoded: ffmpeg ended again and again ({0}); send H.264 and AAC")]
    Untranscodable(String),
    #[error(
        "this codec over RTMP (enhanced RTMP) needs ffmpeg 6.1 or newer on the gateway; send H.264, or send HEVC by SRT"
    )]
    EnhancedRtmp,
}

/// A PUT is not taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PutError {
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error("the segment has {bytes} bytes, more than the {max} allowed; make shorter segments or a lower rate")]
    TooLarge { bytes: usize, max: usize },
    #[error(
        "the name {0:?} is none of a segment: it needs a number and one of .ts, .m4s, .mp4, .cmfv (or .m3u8, .mpd)"
    )]
    BadName(String),
    #[error("{0:?} does not hold what its name says (an MPEG-TS or a fragmented MP4)")]
    BadContent(String),
    #[error(
        "{found:?} belongs to another rendition than {expected:?}; send one rendition, sound and picture in one file"
    )]
    OtherRendition { expected: String, found: String },
    #[error("a CMAF segment came before its initialisation segment; send the init segment first")]
    NoInit,
}

/// An SRT listener cannot be had.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SrtError {
    #[error("SRT is not switched on at this gateway; use RTMP, or ask the operator to set `srt`")]
    Off,
    #[error(
        "ffmpeg at this gateway was built without SRT; use RTMP, or install an ffmpeg with libsrt (Debian's has it)"
    )]
    Unsupported,
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    #[error("the gateway is shutting down; use another one")]
    ShuttingDown,
    #[error("all {0} SRT ports are taken; close a listener that is not needed, or widen the range")]
    NoPort(usize),
}
