//! Which renditions a source gets: the rungs not above it, lowest first.

use crate::{
    broadcast::{Rendition, RenditionId, SourceInfo, VideoInfo},
    config::TranscodeConfig,
};
use serde::{Deserialize, Serialize};

/// No ladder has more rungs: each is an encoder.
pub const MAX_RUNGS: usize = 8;

/// A whole frame rate below this is raised to it, so that a fragment of half a second has frames.
const MIN_FRAMES_PER_SECOND: u32 = 10;
/// What is assumed of a source that does not say.
const USUAL_FRAMES_PER_SECOND: u32 = 30;
/// No source says more in earnest.
const MAX_SOURCE_FRAMES_PER_SECOND: f64 = 240.0;
/// No side of a rendition is longer: what H.264 level 5.2 and common decoders take.
const MAX_SIDE: u32 = 4096;
/// The preview's short side and rates.
const PREVIEW_HEIGHT: u32 = 160;
const PREVIEW_VIDEO_BITS: u32 = 150_000;
const PREVIEW_AUDIO_BITS: u32 = 48_000;
const PREVIEW_MAX_FRAMES_PER_SECOND: u32 = 30;
/// Sound alone: a waveform in a small picture.
const WAVEFORM: (u32, u32) = (426, 240);
const WAVEFORM_FRAMES_PER_SECOND: u32 = 10;
const WAVEFORM_VIDEO_BITS: u32 = 100_000;
const WAVEFORM_AUDIO_BITS: u32 = 128_000;

/// One step: a height with its rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// The short side of the picture.
    pub height: u16,
    pub video_bits_per_second: u32,
    pub audio_bits_per_second: u32,
}

/// The rungs a stream may have, lowest first, one of a height. Never empty, never more than [`MAX_RUNGS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Rung>", into = "Vec<Rung>")]
pub struct Ladder(Vec<Rung>);

impl Default for Ladder {
    fn default() -> Self {
        let rung = |height, video_kbits: u32, audio_kbits: u32| Rung {
            height,
            video_bits_per_second: video_kbits * 1000,
            audio_bits_per_second: audio_kbits * 1000,
        };
        Self(vec![
            rung(240, 400, 96),
            rung(360, 800, 96),
            rung(480, 1200, 128),
            rung(720, 2500, 128),
            rung(1080, 4500, 128),
        ])
    }
}

impl TryFrom<Vec<Rung>> for Ladder {
    type Error = String;

    fn try_from(mut rungs: Vec<Rung>) -> Result<Self, String> {
        rungs.sort_by_key(|rung| rung.height);
        rungs.dedup_by_key(|rung| rung.height);
        if rungs.is_empty() || rungs.len() > MAX_RUNGS {
            return Err(format!("a ladder has 1 to {MAX_RUNGS} rungs, this one has {}", rungs.len()));
        }
        match rungs.iter().find(|rung| !rung.is_sensible()) {
            Some(rung) => {
                Err(format!("the rung {rung:?} is not between 120 and 2160 lines, or its rates make no sense"))
            }
            None => Ok(Self(rungs)),
        }
    }
}

impl From<Ladder> for Vec<Rung> {
    fn from(ladder: Ladder) -> Self {
        ladder.0
    }
}

impl Rung {
    fn is_sensible(&self) -> bool {
        (120..=2160).contains(&self.height)
            && (50_000..=50_000_000).contains(&self.video_bits_per_second)
            && (16_000..=512_000).contains(&self.audio_bits_per_second)
    }
}

/// What ffmpeg is to make of a source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub has_video: bool,
    pub has_audio: bool,
    pub frames_per_second: u32,
    /// Lowest first.
    pub renditions: Vec<Rendition>,
    pub preview: Option<Rendition>,
    pub thumbnail: Option<Thumbnail>,
}

/// Stills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thumbnail {
    pub interval_s: u32,
    pub width: u32,
    pub height: u32,
}

impl Ladder {
    /// The rungs, lowest first.
    pub fn rungs(&self) -> &[Rung] {
        &self.0
    }

    /// Without what is above the source, and above `max_height` (what turned out to be too much).
    pub(crate) fn plan(&self, source: &SourceInfo, config: &TranscodeConfig, max_height: u16) -> Plan {
        let has_audio = source.audio.is_some();
        let Some(video) = &source.video else { return waveform_plan(config) };
        let frames_per_second = whole_frame_rate(video.frames_per_second, config.max_frames_per_second);
        let renditions = self
            .fitting(video, max_height)
            .into_iter()
            .map(|rung| {
                let (width, height) = scaled(video, u32::from(rung.height));
                Rendition {
                    id: RenditionId(rung.height),
                    width,
                    height,
                    frames_per_second,
                    video_bits_per_second: rung.video_bits_per_second,
                    audio_bits_per_second: has_audio.then_some(rung.audio_bits_per_second),
                }
            })
            .collect();
        Plan {
            has_video: true,
            has_audio,
            frames_per_second,
            renditions,
            preview: config.preview.then(|| preview(scaled(video, PREVIEW_HEIGHT), frames_per_second, has_audio)),
            thumbnail: thumbnail(config, (video.width, video.height)),
        }
    }

    fn fitting(&self, video: &VideoInfo, max_height: u16) -> Vec<Rung> {
        let short_side = video.width.min(video.height);
        let fits = |rung: &&Rung| u32::from(rung.height) <= short_side && rung.height <= max_height;
        let rungs: Vec<Rung> = self.0.iter().filter(fits).copied().collect();
        // A source below the lowest rung has that one, in its own size.
        if rungs.is_empty() {
            self.0.first().copied().into_iter().collect()
        } else {
            rungs
        }
    }
}

fn waveform_plan(config: &TranscodeConfig) -> Plan {
    let (width, height) = WAVEFORM;
    let rendition = Rendition {
        id: RenditionId::AUDIO,
        width,
        height,
        frames_per_second: WAVEFORM_FRAMES_PER_SECOND,
        video_bits_per_second: WAVEFORM_VIDEO_BITS,
        audio_bits_per_second: Some(WAVEFORM_AUDIO_BITS),
    };
    let small = (even(PREVIEW_HEIGHT * width / height), PREVIEW_HEIGHT);
    Plan {
        has_video: false,
        has_audio: true,
        frames_per_second: WAVEFORM_FRAMES_PER_SECOND,
        renditions: vec![rendition],
        preview: config.preview.then(|| preview(small, WAVEFORM_FRAMES_PER_SECOND, true)),
        thumbnail: thumbnail(config, WAVEFORM),
    }
}

fn preview((width, height): (u32, u32), source_frames_per_second: u32, has_audio: bool) -> Rendition {
    // Halved rather than set, so that the preview's frames are some of the source's, and its GOPs still 2 s.
    let halved = source_frames_per_second > PREVIEW_MAX_FRAMES_PER_SECOND;
    Rendition {
        id: RenditionId(0),
        width,
        height,
        frames_per_second: if halved { source_frames_per_second / 2 } else { source_frames_per_second },
        video_bits_per_second: PREVIEW_VIDEO_BITS,
        audio_bits_per_second: has_audio.then_some(PREVIEW_AUDIO_BITS),
    }
}

fn thumbnail(config: &TranscodeConfig, (width, height): (u32, u32)) -> Option<Thumbnail> {
    const WIDTH: u32 = 320;
    let height = even((WIDTH * height).checked_div(width).unwrap_or(2)).min(MAX_SIDE);
    (config.thumbnail_interval_s > 0).then_some(Thumbnail {
        interval_s: config.thumbnail_interval_s,
        width: WIDTH,
        height,
    })
}

/// A whole number, since two seconds must hold a whole number of frames: 29.97 becomes 30 (a frame is doubled every 33 s),
/// else each segment would be a little longer than 2 s and be charged as three.
fn whole_frame_rate(source: Option<f64>, max: u32) -> u32 {
    let said = source.filter(|rate| (1.0..=MAX_SOURCE_FRAMES_PER_SECOND).contains(rate));
    // In range by the filter, so the conversion is exact after rounding.
    let mut rate = said.map_or(USUAL_FRAMES_PER_SECOND, |rate| rate.round() as u32);
    while rate > max && rate / 2 >= MIN_FRAMES_PER_SECOND {
        rate /= 2;
    }
    rate.max(MIN_FRAMES_PER_SECOND)
}

/// The source's shape with that short side, or its own size if that is smaller. Sides are even, as 4:2:0 needs.
fn scaled(video: &VideoInfo, short_side: u32) -> (u32, u32) {
    let own = video.width.min(video.height).max(1);
    let target = short_side.min(own);
    let side = |length: u32| {
        let scaled = u64::from(length) * u64::from(target) / u64::from(own);
        even(u32::try_from(scaled).unwrap_or(MAX_SIDE)).min(MAX_SIDE)
    };
    (side(video.width), side(video.height))
}

/// The nearest even number, at least 16, which every encoder takes.
fn even(length: u32) -> u32 {
    (length.saturating_add(1) / 2 * 2).max(16)
}

#[cfg(test)]
mod tests;
