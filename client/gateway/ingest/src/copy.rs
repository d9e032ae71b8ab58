//! Whether a source is what a rendition would be, so that it can be copied instead of encoded.

mod groups;

use crate::{
    broadcast::{AudioInfo, SourceInfo, VideoInfo},
    config::TranscodeConfig,
    ffmpeg::Ffmpeg,
    source::Container,
    tracks::{Kind, Track, GOP_MS},
};
use groups::Groups;
use std::{fmt, process::Stdio, time::Duration};
use tokio::{io::AsyncWriteExt, time::timeout};
use vilokanam_ffmpeg::limits;

/// Maximum time to read the beginning of a source.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Profiles of H.264 that every player decodes.
const PROFILES: [&str; 4] = ["Constrained Baseline", "Baseline", "Main", "High"];

/// How a source fits, as far as its first seconds show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CopyFit {
    /// Bit rate of the video.
    pub video_bits_per_second: u32,
    /// Whether the audio can be copied as well.
    pub has_audio: bool,
}

/// Why a source is encoded although it is H.264, as a hint for its creator.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Misfit {
    /// Its pictures are not what every player takes.
    Picture(&'static str),
    /// The frame rate is not a whole number, or is above the maximum.
    FrameRate,
    /// Keyframes come at other times than those of the renditions.
    KeyframeDistance(u64),
    /// Groups of pictures refer to earlier ones.
    OpenGroups,
    /// Frames are missing, or the frame rate is not the stated one.
    UnsteadyFrames,
    /// The bit rate in bits per second is above the maximum.
    BitRate(u64),
    /// ffmpeg cannot read it.
    Unreadable(String),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picture(what) => write!(f, "its pictures are {what}"),
            Self::FrameRate => f.write_str("its frame rate is not a whole number; set the encoder to 25, 30, 50 or 60"),
            Self::KeyframeDistance(ms) => {
                write!(f, "its keyframes are {ms} ms apart; set the encoder to a keyframe interval of 2 s")
            }
            Self::OpenGroups => f.write_str("its groups of pictures are open; switch open GOPs off in the encoder"),
            Self::UnsteadyFrames => {
                f.write_str("its frames are not evenly spaced; set the encoder to a constant frame rate")
            }
            Self::BitRate(bits) => write!(f, "its bit rate of {} kbit/s is above the maximum", bits / 1_000),
            Self::Unreadable(why) => write!(f, "its beginning cannot be copied: {why}"),
        }
    }
}

/// What is known after a look at the beginning of a source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Look {
    Fits(CopyFit),
    /// The second keyframe has not come yet.
    TooShort,
    Misfit(Misfit),
}

/// Whether the source may fit, as far as its description says: a look at its bytes decides.
pub(crate) fn check_description(video: &VideoInfo, config: &TranscodeConfig) -> Result<(), Misfit> {
    let short_side = video.shown.0.min(video.shown.1);
    let is_rung = config.ladder.rungs().iter().any(|rung| u32::from(rung.height) == short_side);
    let what = match video {
        VideoInfo { codec, .. } if codec != "h264" => Some("not H.264"),
        _ if video.shown != (video.width, video.height) => Some("turned, or have pixels that are not square"),
        VideoInfo { is_interlaced: true, .. } => Some("made of fields"),
        VideoInfo { pixel_format: Some(format), .. } if format != "yuv420p" && format != "yuvj420p" => {
            Some("not of 8 bits and 4:2:0")
        }
        VideoInfo { profile: Some(profile), .. } if !PROFILES.contains(&profile.as_str()) => {
            Some("of a profile that some players do not decode")
        }
        _ if !is_rung => Some("of a size that no rung has"),
        _ => None,
    };
    if let Some(what) = what {
        return Err(Misfit::Picture(what));
    }
    match whole_rate(video) {
        Some(rate) if (10..=config.max_frames_per_second).contains(&rate) => Ok(()),
        _ => Err(Misfit::FrameRate),
    }
}

/// The frame rate, if it is a whole number.
fn whole_rate(video: &VideoInfo) -> Option<u32> {
    let rate = video.frames_per_second.filter(|rate| (1.0..=240.0).contains(rate))?;
    // At most 240, so the conversion is exact.
    ((rate - rate.round()).abs() < 0.001).then_some(rate.round() as u32)
}

/// Whether audio can be copied: AAC as the renditions have it.
fn fits_audio(audio: &AudioInfo) -> bool {
    audio.codec == "aac"
        && audio.profile.as_deref().is_none_or(|profile| profile == "LC")
        && audio.channels <= 2
        && matches!(audio.sample_rate_hz, 44_100 | 48_000)
}

/// Looks at the beginning of a source. `demuxer` reads `head`, and `track` is its video.
pub(crate) async fn look(
    ffmpeg: &Ffmpeg,
    demuxer: &str,
    track: Track,
    head: &[u8],
    info: &SourceInfo,
    config: &TranscodeConfig,
) -> Look {
    let Some(video) = &info.video else { return Look::Misfit(Misfit::Picture("missing")) };
    if let Err(misfit) = check_description(video, config) {
        return Look::Misfit(misfit);
    }
    let flv = match as_flv(ffmpeg, demuxer, track, head).await {
        Ok(flv) => flv,
        Err(why) => return Look::Misfit(Misfit::Unreadable(why)),
    };
    let groups = Groups::read(&flv);
    judge(&groups, whole_rate(video).unwrap_or(0), config).map_or_else(Look::Misfit, |bits| match bits {
        Some(video_bits_per_second) => {
            // In MPEG-TS the configuration of AAC is in its frames, and comes too late for an initialisation segment.
            let has_audio = demuxer == Container::Flv.demuxer() && info.audio.as_ref().is_some_and(fits_audio);
            Look::Fits(CopyFit { video_bits_per_second, has_audio })
        }
        None => Look::TooShort,
    })
}

/// The bit rate of video that fits. `None`: there are too few keyframes to tell.
fn judge(groups: &Groups, frames_per_second: u32, config: &TranscodeConfig) -> Result<Option<u32>, Misfit> {
    if groups.has_open_ones {
        return Err(Misfit::OpenGroups);
    }
    if groups.complete.is_empty() {
        return if groups.open_ms > GOP_MS + 100 { Err(Misfit::KeyframeDistance(groups.open_ms)) } else { Ok(None) };
    }
    for group in &groups.complete {
        if crate::tracks::dividing(group.length_ms).is_none() {
            return Err(Misfit::KeyframeDistance(group.length_ms));
        }
        let expected = (group.length_ms * u64::from(frames_per_second) + 500) / 1_000;
        if group.frames != expected {
            return Err(Misfit::UnsteadyFrames);
        }
    }
    let length_ms: u64 = groups.complete.iter().map(|group| group.length_ms).sum();
    let bytes: u64 = groups.complete.iter().map(|group| group.bytes).sum();
    let bits = bytes * 8_000 / length_ms.max(1);
    match u32::try_from(bits) {
        Ok(bits) if bits <= config.max_copied_bits_per_second => Ok(Some(bits)),
        _ => Err(Misfit::BitRate(bits)),
    }
}

/// The video of a source as FLV, whatever its container: one format in which frames and their parts are easily found. Nothing
/// is decoded.
async fn as_flv(ffmpeg: &Ffmpeg, demuxer: &str, track: Track, head: &[u8]) -> Result<Vec<u8>, String> {
    let map = format!("0:{}", track.specifier(Kind::Video));
    let mut child = ffmpeg
        .converter()
        .args(["-nostdin", "-v", "error"])
        .args(limits::of_pipe(demuxer))
        .args(["-i", "pipe:0", "-map", &map, "-c", "copy", "-f", "flv", "pipe:1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let stdin = child.stdin.take();
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // What ffmpeg does not read it does not need.
            let _ = stdin.write_all(head).await;
        }
    };
    let answer = async { tokio::join!(feed, child.wait_with_output()).1 };
    let output = timeout(READ_TIMEOUT, answer).await.map_err(|_| "ffmpeg takes too long".to_owned())?;
    Ok(output.map_err(|error| error.to_string())?.stdout)
}

#[cfg(test)]
mod tests;
