//! The renditions of a source: the rungs of the ladder that are not above it, lowest first.

use crate::{
    broadcast::{Rendition, RenditionId, SourceInfo, VideoInfo},
    config::TranscodeConfig,
    ladder::{Ladder, Rung},
    stream_rules::ClearPreview,
};

/// Minimum frame rate. Lower ones are raised to it, so that every fragment of half a second has frames.
const MIN_FRAMES_PER_SECOND: u32 = 10;
/// Frame rate assumed for a source that does not state one.
const USUAL_FRAMES_PER_SECOND: u32 = 30;
/// Maximum frame rate of a source that is believed.
const MAX_SOURCE_FRAMES_PER_SECOND: f64 = 240.0;
/// Maximum width and height of a rendition, which H.264 level 5.2 and common decoders support.
const MAX_SIDE: u32 = 4096;
/// Short side of the preview in pixels.
const PREVIEW_HEIGHT: u32 = 160;
const PREVIEW_VIDEO_BITS: u32 = 150_000;
const PREVIEW_AUDIO_BITS: u32 = 48_000;
const PREVIEW_MAX_FRAMES_PER_SECOND: u32 = 30;
/// Width of a thumbnail in pixels.
const THUMBNAIL_WIDTH: u32 = 320;
/// Width and height of the waveform that is shown for a source without video.
const WAVEFORM: (u32, u32) = (426, 240);
const WAVEFORM_FRAMES_PER_SECOND: u32 = 10;
const WAVEFORM_VIDEO_BITS: u32 = 100_000;
const WAVEFORM_AUDIO_BITS: u32 = 128_000;

/// Everything that ffmpeg makes of a source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// Whether the source has a picture. Otherwise the renditions show a waveform.
    pub has_video: bool,
    /// Whether the source has sound. Otherwise the renditions have silence.
    pub has_audio: bool,
    pub frames_per_second: u32,
    /// Lowest first.
    pub renditions: Vec<Rendition>,
    pub preview: Option<Rendition>,
    pub thumbnail: Option<Thumbnail>,
}

/// How thumbnails are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thumbnail {
    pub interval_s: u32,
    pub width: u32,
    pub height: u32,
}

impl Plan {
    /// The plan for a source, without the rungs above `max_height`, which have turned out to be too much for this
    /// machine.
    pub fn new(source: &SourceInfo, config: &TranscodeConfig, max_height: u16) -> Self {
        let has_audio = source.audio.is_some();
        let Some(video) = &source.video else { return Self::waveform(config) };
        let frames_per_second = whole_frame_rate(video.frames_per_second, config.max_frames_per_second);
        let renditions = fitting_rungs(&config.ladder, video, max_height)
            .into_iter()
            .map(|rung| {
                let (width, height) = scaled(video, u32::from(rung.height));
                Rendition {
                    id: RenditionId(rung.height),
                    width,
                    height,
                    frames_per_second,
                    video_bits_per_second: rung.video_bits_per_second,
                    audio_bits_per_second: Some(rung.audio_bits_per_second),
                }
            })
            .collect();
        Self {
            has_video: true,
            has_audio,
            frames_per_second,
            renditions,
            preview: config.preview.then(|| preview(scaled(video, PREVIEW_HEIGHT), frames_per_second)),
            thumbnail: thumbnail(config, video.shown),
        }
    }

    /// The plan with no more of a preview than this.
    pub fn with_preview(mut self, allowed: ClearPreview) -> Self {
        match allowed {
            ClearPreview::Off => self.preview = None,
            ClearPreview::Muted => self.preview.iter_mut().for_each(|preview| preview.audio_bits_per_second = None),
            ClearPreview::WithSound => {}
        }
        self
    }

    /// The plan after the picture of the source has stopped: the same renditions, with a waveform, because players know
    /// only those.
    pub fn without_picture(&self) -> Self {
        Self { has_video: false, has_audio: true, ..self.clone() }
    }

    /// The plan for a source without video.
    fn waveform(config: &TranscodeConfig) -> Self {
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
        Self {
            has_video: false,
            has_audio: true,
            frames_per_second: WAVEFORM_FRAMES_PER_SECOND,
            renditions: vec![rendition],
            preview: config.preview.then(|| preview(small, WAVEFORM_FRAMES_PER_SECOND)),
            thumbnail: thumbnail(config, WAVEFORM),
        }
    }
}

/// The rungs that are not above the source nor above `max_height`. A source below the lowest rung gets that one, at its
/// own size.
fn fitting_rungs(ladder: &Ladder, video: &VideoInfo, max_height: u16) -> Vec<Rung> {
    let short_side = video.shown.0.min(video.shown.1);
    let fits = |rung: &&Rung| u32::from(rung.height) <= short_side && rung.height <= max_height;
    let rungs: Vec<Rung> = ladder.rungs().iter().filter(fits).copied().collect();
    if rungs.is_empty() {
        ladder.rungs().first().copied().into_iter().collect()
    } else {
        rungs
    }
}

fn preview((width, height): (u32, u32), source_frames_per_second: u32) -> Rendition {
    // The frame rate is halved rather than fixed, so that the preview has every other frame of the source and GOPs of 2
    // s.
    let is_halved = source_frames_per_second > PREVIEW_MAX_FRAMES_PER_SECOND;
    Rendition {
        id: RenditionId(0),
        width,
        height,
        frames_per_second: if is_halved { source_frames_per_second / 2 } else { source_frames_per_second },
        video_bits_per_second: PREVIEW_VIDEO_BITS,
        audio_bits_per_second: Some(PREVIEW_AUDIO_BITS),
    }
}

fn thumbnail(config: &TranscodeConfig, (width, height): (u32, u32)) -> Option<Thumbnail> {
    let height = even(THUMBNAIL_WIDTH.saturating_mul(height).checked_div(width).unwrap_or(2)).min(MAX_SIDE);
    (config.thumbnail_interval_s > 0).then_some(Thumbnail {
        interval_s: config.thumbnail_interval_s,
        width: THUMBNAIL_WIDTH,
        height,
    })
}

/// The frame rate of the renditions: a whole number, because two seconds must have a whole number of frames. 29.97
/// becomes 30, which repeats a frame every 33 s. Otherwise each segment would be a little longer than 2 s, and its
/// price three ticks.
fn whole_frame_rate(source: Option<f64>, max: u32) -> u32 {
    let stated = source.filter(|rate| (1.0..=MAX_SOURCE_FRAMES_PER_SECOND).contains(rate));
    // At most 240, so the conversion is exact.
    let mut rate = stated.map_or(USUAL_FRAMES_PER_SECOND, |rate| rate.round() as u32);
    while rate > max && rate / 2 >= MIN_FRAMES_PER_SECOND {
        rate /= 2;
    }
    rate.max(MIN_FRAMES_PER_SECOND)
}

/// Width and height with the proportions of the source and the given short side, or the size of the source if that is
/// smaller. Both are even, as 4:2:0 requires.
fn scaled(video: &VideoInfo, short_side: u32) -> (u32, u32) {
    let (width, height) = video.shown;
    let own = width.min(height).max(1);
    let target = short_side.min(own);
    let side = |length: u32| {
        let scaled = u64::from(length) * u64::from(target) / u64::from(own);
        even(u32::try_from(scaled).unwrap_or(MAX_SIDE)).min(MAX_SIDE)
    };
    (side(width), side(height))
}

/// The next even number, at least 16, which every encoder accepts.
fn even(length: u32) -> u32 {
    (length.saturating_add(1) / 2 * 2).max(16)
}

#[cfg(test)]
mod tests;
