//! What one ffmpeg has to do.

use crate::{
    plan::Plan,
    tracks::{Track, Tracks},
};
use std::path::{Path, PathBuf};

/// Sample rate of all renditions.
pub(super) const SAMPLE_RATE_HZ: &str = "48000";

/// Input of ffmpeg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JobInput {
    /// Its standard input.
    Pipe {
        /// Name of the demuxer.
        demuxer: &'static str,
        /// The tracks that are taken.
        tracks: Tracks,
        /// Number of bytes at the beginning in which all of them have been found. 0: they have to be found again.
        identified_bytes: usize,
    },
    /// A slate, which it generates in real time.
    Slate,
    /// A file, which it reads as fast as it can encode.
    File {
        /// Path of the file.
        path: PathBuf,
        /// The part that is taken. `None`: all of it.
        part: Option<FilePart>,
        /// Place of the sound that is taken among the audio tracks of the file, from 0.
        audio: u32,
    },
}

impl JobInput {
    /// The tracks that are taken.
    pub fn tracks(&self) -> Tracks {
        match self {
            Self::Pipe { tracks, .. } => *tracks,
            Self::File { audio, .. } => Tracks { video: None, audio: Some(Track::Nth(*audio)) },
            Self::Slate => Tracks::default(),
        }
    }

    /// The file that is read, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Pipe { .. } | Self::Slate => None,
        }
    }
}

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilePart {
    /// Beginning of the part, in milliseconds from the beginning of the file.
    pub start_ms: u64,
    /// Length of the part in milliseconds.
    pub length_ms: u64,
}

/// One run of ffmpeg.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Job {
    pub plan: Plan,
    pub input: JobInput,
    /// Seconds that are added to every timestamp. The number is even, so that GOPs begin on even seconds.
    pub start_s: u32,
    /// Intended duration of a fragment in milliseconds.
    pub fragment_ms: u32,
}

/// Returns the job of an RTMP source of 1280x720, for tests.
#[cfg(test)]
pub(super) fn test_job(video: bool, audio: bool, rate: f64) -> Job {
    use crate::{
        broadcast::{AudioInfo, Protocol, SourceInfo, VideoInfo},
        config::TranscodeConfig,
    };

    let source = SourceInfo {
        protocol: Protocol::Rtmp,
        video: video.then(|| VideoInfo::square("h264", 1280, 720, Some(rate))),
        audio: audio.then(|| AudioInfo {
            codec: "aac".into(),
            sample_rate_hz: 44_100,
            channels: 1,
            ..Default::default()
        }),
    };
    Job {
        plan: Plan::new(&source, &TranscodeConfig::default(), u16::MAX),
        input: JobInput::Pipe { demuxer: "flv", tracks: Tracks::default(), identified_bytes: 0 },
        start_s: super::FIRST_TIME_S,
        fragment_ms: 500,
    }
}
