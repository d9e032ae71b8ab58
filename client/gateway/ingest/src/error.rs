//! Errors of the ingest, worded so that a publisher or an operator can act on them.

use crate::{broadcast::Protocol, ffmpeg::FfmpegError, publish_key::KeyRefusal, stream_rules::StreamClosed};
use std::{io, net::SocketAddr, path::PathBuf};
use thiserror::Error;
use vilokanam_outbound::{AddressError, FetchError};

/// Why the ingest cannot be started.
#[derive(Debug, Error)]
pub enum IngestError {
    /// ffmpeg or ffprobe cannot be used.
    #[error(transparent)]
    Ffmpeg(#[from] FfmpegError),
    /// The RTMP port cannot be bound.
    #[error(
        "RTMP cannot listen on {address}: {source}; choose a free address and port, or stop the program that uses it"
    )]
    Bind {
        /// Address as configured.
        address: SocketAddr,
        /// Error of the operating system.
        source: io::Error,
    },
    /// The UDP port of WHIP cannot be bound.
    #[error(
        "WHIP cannot listen on UDP {address}: {source}; choose a free address and port, or stop the program that uses it"
    )]
    BindWhip {
        /// Address as configured.
        address: SocketAddr,
        /// Error of the operating system.
        source: io::Error,
    },
    /// Sources cannot be pulled.
    #[error("sources cannot be pulled: {0}")]
    Pull(String),
    /// The working directory cannot be used.
    #[error("{path} cannot hold the sockets of ffmpeg: {why}; set `work_dir` to a short path that can be written to")]
    WorkDir {
        /// Path as configured.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A setting is out of range.
    #[error("the setting {name} is not valid: {why}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// What is wrong with its value.
        why: &'static str,
    },
}

/// Why a publisher is refused or disconnected.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PublishError {
    /// The publish key is refused.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// The stream may not be published.
    #[error(transparent)]
    Closed(#[from] StreamClosed),
    /// Another publisher of the stream is connected.
    #[error(
        "the stream is already being published over {0}; stop that publisher, or wait a few seconds if it has crashed"
    )]
    AlreadyPublishing(Protocol),
    /// The gateway carries its maximum number of broadcasts.
    #[error("the gateway carries {0} broadcasts, which is its maximum; try again later, or use another gateway")]
    TooManyBroadcasts(usize),
    /// The gateway is shutting down.
    #[error("the gateway is shutting down; try again in a minute, or use another gateway")]
    ShuttingDown,
    /// Another publisher has taken the place of this one, from which nothing had come for a while.
    #[error("another publisher has taken over the stream, because nothing came from this one; check its connection")]
    Replaced,
    /// The broadcast was stopped, the publish key revoked, or the server of the ingest could not publish the broadcast.
    #[error(
        "the broadcast was stopped, its publish key was revoked, or the gateway could not publish it; publish again with a \
         valid publish key, or ask the operator"
    )]
    Disconnected,
    /// The contents of the source cannot be identified.
    #[error("the source cannot be identified ({0}); send H.264 or HEVC video and AAC or Opus audio")]
    Unreadable(String),
    /// ffmpeg fails on the source.
    #[error(
        "the source cannot be transcoded, because ffmpeg fails every time ({0}); send H.264 or HEVC video and AAC or \
         Opus audio"
    )]
    Untranscodable(String),
    /// The codec cannot be transcoded.
    #[error(
        "the codec {0} cannot be transcoded; send H.264, HEVC, AV1 or VP9 video, and AAC, Opus, MP3, FLAC or AC-3 audio"
    )]
    UnknownCodec(String),
}

/// Why an upload is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PutError {
    /// The publisher is refused or disconnected.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The segment is too large.
    #[error(
        "the segment has {bytes} bytes, more than the {max} allowed; make segments shorter, or lower the bit rate"
    )]
    TooLarge {
        /// Size of the segment.
        bytes: usize,
        /// [`PutConfig::max_segment_bytes`](crate::PutConfig::max_segment_bytes).
        max: usize,
    },
    /// The file name is not that of a segment or playlist.
    #[error(
        "the file name {0:?} is not that of a segment; use a number and one of the extensions .ts, .m4s, .mp4 and \
         .cmfv (playlists: .m3u8 and .mpd)"
    )]
    BadName(String),
    /// The file does not have the format that its extension says.
    #[error(
        "{0:?} has another format than its extension says; send MPEG-TS as .ts, and fragmented MP4 as .m4s or .mp4"
    )]
    BadContent(String),
    /// The file belongs to another rendition than the files before it.
    #[error(
        "{found:?} is of another rendition than {expected:?}; send one rendition, with audio and video in one file"
    )]
    OtherRendition {
        /// Name of the rendition that is being published, with `#` for the number.
        expected: String,
        /// Name of the file.
        found: String,
    },
    /// The initialisation segment is missing.
    #[error("a CMAF segment came before its initialisation segment; send the initialisation segment first")]
    NoInit,
}

/// Why no SRT listener can be opened.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SrtError {
    /// SRT is not configured.
    #[error("SRT is switched off at this gateway; publish over RTMP, or ask the operator to configure `srt`")]
    Off,
    /// The publish key is refused.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// The gateway is shutting down.
    #[error("the gateway is shutting down; try again in a minute, or use another gateway")]
    ShuttingDown,
}

/// Why no WHIP session begins.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WhipError {
    /// WHIP is not configured.
    #[error("WHIP is switched off at this gateway; publish over RTMP, or ask the operator to configure `whip`")]
    Off,
    /// The publisher is refused.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The offer cannot be answered.
    #[error("the offer cannot be answered ({0}); send SDP with H.264, VP8, VP9 or AV1 video, and Opus audio")]
    BadOffer(String),
    /// There are too many sessions.
    #[error("there are too many WebRTC sessions of this stream or of the gateway; try again in a few seconds")]
    TooManySessions,
}

/// Why a source cannot be pulled, or is not pulled any more.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PullError {
    /// Pulling is not configured.
    #[error("this gateway pulls no sources; publish to it, or ask the operator to configure `pull`")]
    Off,
    /// It is not a URL of a source.
    #[error(
        "that is no address of a source; name one like https://host/live.m3u8, rtmp://host/app/name, \
         rtsp://host/name or srt://host:port, without a password unless it is RTSP"
    )]
    Url,
    /// The scheme is not known.
    #[error("sources are not pulled by {0}; use https, http (HLS), rtmp, rtmps, rtsp or srt")]
    Scheme(String),
    /// There are too many sources.
    #[error("the gateway pulls {0} sources, which is its maximum; publish to it instead")]
    TooMany(usize),
    /// The host may not be connected to, or cannot be.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A request failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The publisher is refused or disconnected.
    #[error(transparent)]
    Refused(#[from] PublishError),
    /// The source has something that is not supported.
    #[error("the source cannot be pulled, because {0}")]
    Unsupported(&'static str),
    /// The server does something else than the protocol says, or refuses.
    #[error("{0}")]
    Protocol(String),
    /// Nothing new comes.
    #[error("nothing new has come from the source for a while")]
    Stalled,
    /// The source has ended by itself.
    #[error("the source has ended")]
    Ended,
}
