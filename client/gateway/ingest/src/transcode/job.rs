//! What one ffmpeg has to do.

use crate::{plan::Plan, tracks::Tracks};

/// Sample rate of all renditions.
pub(super) const SAMPLE_RATE_HZ: &str = "48000";

/// Input of ffmpeg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// One run of ffmpeg.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Job {
    pub plan: Plan,
    pub input: JobInput,
    /// Seconds that are added to every timestamp. The number is even, so that GOPs begin on even seconds.
    pub start_s: u32,
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
        audio: audio.then(|| AudioInfo { codec: "aac".into(), sample_rate_hz: 44_100, channels: 1 }),
    };
    Job {
        plan: Plan::new(&source, &TranscodeConfig::default(), u16::MAX),
        input: JobInput::Pipe { demuxer: "flv", tracks: Tracks::default(), identified_bytes: 0 },
        start_s: super::FIRST_TIME_S,
    }
}
