//! The renditions of a source: the rungs of the ladder that are not above it, lowest first.

mod extras;

use crate::{
    broadcast::{AudioTrack, Copied, Rendition, RenditionId, SourceInfo, VideoInfo},
    codec::{Codec, Encoder},
    config::TranscodeConfig,
    ladder::{Ladder, Rung},
    stream_rules::PreviewTracks,
    tracks::Track,
};

/// Minimum frame rate. Lower ones are raised to it, so that every fragment of half a second has frames.
const MIN_FRAMES_PER_SECOND: u32 = 10;
/// Frame rate assumed for a source that does not state one.
const USUAL_FRAMES_PER_SECOND: u32 = 30;
/// Maximum frame rate of a source that is believed.
const MAX_SOURCE_FRAMES_PER_SECOND: f64 = 240.0;
/// Maximum width and height of a rendition, which H.264 level 5.2 and common decoders support.
const MAX_SIDE: u32 = 4096;
/// Height from which on a rung has the further codecs: below it they save little.
const UPPER_HEIGHT: u16 = 720;
/// Short side of the preview in pixels.
const PREVIEW_HEIGHT: u32 = 160;
const PREVIEW_VIDEO_BITS: u32 = 150_000;
const PREVIEW_AUDIO_BITS: u32 = 48_000;
const PREVIEW_MAX_FRAMES_PER_SECOND: u32 = 30;
/// Maximum width and height of a source: the memory of a decoder grows with the picture.
pub(crate) const MAX_SOURCE_SIDE: u32 = 8192;
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
    pub encoder: Encoder,
    /// Lowest first; of one height H.264 first.
    pub renditions: Vec<Rendition>,
    /// The audio tracks, the first one first, if they are renditions of their own: then the others have the picture alone.
    /// Otherwise every rendition has the sound of the first track.
    pub audio: Vec<(AudioTrack, Sound)>,
    pub preview: Option<Rendition>,
    pub thumbnail: Option<Thumbnail>,
}

/// Sound of an audio track of a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// That which renditions have otherwise: the first track of the source, silence if it has none, or the sound of a slate.
    Main,
    /// A further track of the source.
    Track(Track),
}

/// How thumbnails are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thumbnail {
    pub interval_s: u32,
    /// Whether ffmpeg makes one every half second, of which one is taken in an interval. ffmpeg asks the output that is furthest
    /// behind for what comes next, so that silence, which it makes itself, is late by as much as stills are rare.
    pub is_frequent: bool,
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
            .iter()
            .flat_map(|(rung, is_upper)| rung_renditions(rung, *is_upper, video, frames_per_second, config))
            .collect();
        Self {
            has_video: true,
            has_audio,
            frames_per_second,
            encoder: config.encoder,
            renditions,
            audio: Vec::new(),
            preview: config.preview.then(|| preview(scaled(video, PREVIEW_HEIGHT), frames_per_second)),
            thumbnail: thumbnail(config, video.shown),
        }
    }

    /// The plan with no more of a preview than this.
    pub fn with_preview(mut self, allowed: PreviewTracks) -> Self {
        match allowed {
            PreviewTracks::None => self.preview = None,
            PreviewTracks::Picture => self.preview.iter_mut().for_each(|preview| preview.audio_bits_per_second = None),
            PreviewTracks::PictureAndSound => {}
        }
        self
    }

    /// The plan after the picture of the source has stopped: the same renditions, with a waveform, because players know
    /// only those.
    pub fn without_picture(&self) -> Self {
        Self { has_video: false, has_audio: true, ..self.encoded() }
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
            copied: Copied::Nothing,
        };
        let small = (even(PREVIEW_HEIGHT * width / height), PREVIEW_HEIGHT);
        Self {
            has_video: false,
            has_audio: true,
            frames_per_second: WAVEFORM_FRAMES_PER_SECOND,
            encoder: config.encoder,
            renditions: vec![rendition],
            audio: Vec::new(),
            preview: config.preview.then(|| preview(small, WAVEFORM_FRAMES_PER_SECOND)),
            thumbnail: thumbnail(config, WAVEFORM),
        }
    }
}

/// The rungs that are not above the source nor above `max_height`, and whether each is an upper one, which further codecs
/// have as well: of 720 and more, or the highest one. A source below the lowest rung gets that one, at its own size.
fn fitting_rungs(ladder: &Ladder, video: &VideoInfo, max_height: u16) -> Vec<(Rung, bool)> {
    let short_side = video.shown.0.min(video.shown.1);
    let fits = |rung: &&Rung| u32::from(rung.height) <= short_side && rung.height <= max_height;
    let mut rungs: Vec<Rung> = ladder.rungs().iter().filter(fits).copied().collect();
    if rungs.is_empty() {
        rungs.extend(ladder.rungs().first());
    }
    let last = rungs.len().saturating_sub(1);
    let is_upper = |(place, rung): (usize, Rung)| (rung, rung.height >= UPPER_HEIGHT || place == last);
    rungs.into_iter().enumerate().map(is_upper).collect()
}

/// The renditions of a rung: H.264, and the further codecs if it is an upper one.
fn rung_renditions(
    rung: &Rung,
    is_upper: bool,
    video: &VideoInfo,
    frames_per_second: u32,
    config: &TranscodeConfig,
) -> Vec<Rendition> {
    let (width, height) = scaled(video, u32::from(rung.height));
    let codecs = config.all_codecs().into_iter().filter(|codec| *codec == Codec::H264 || is_upper);
    let rendition = |codec: Codec| Rendition {
        id: RenditionId::Rung { height: rung.height, codec },
        width,
        height,
        frames_per_second,
        video_bits_per_second: rung.video_bits_per_second / 100 * codec.percent_of_h264(),
        audio_bits_per_second: Some(rung.audio_bits_per_second),
        copied: Copied::Nothing,
    };
    codecs.map(rendition).collect()
}

fn preview((width, height): (u32, u32), source_frames_per_second: u32) -> Rendition {
    // The frame rate is halved rather than fixed, so that the preview has every other frame of the source and GOPs of 2
    // s.
    let is_halved = source_frames_per_second > PREVIEW_MAX_FRAMES_PER_SECOND;
    Rendition {
        id: RenditionId::Waveform,
        width,
        height,
        frames_per_second: if is_halved { source_frames_per_second / 2 } else { source_frames_per_second },
        video_bits_per_second: PREVIEW_VIDEO_BITS,
        audio_bits_per_second: Some(PREVIEW_AUDIO_BITS),
        copied: Copied::Nothing,
    }
}

fn thumbnail(config: &TranscodeConfig, (width, height): (u32, u32)) -> Option<Thumbnail> {
    let height = even(THUMBNAIL_WIDTH.saturating_mul(height).checked_div(width).unwrap_or(2)).min(MAX_SIDE);
    (config.thumbnail_interval_s > 0).then_some(Thumbnail {
        interval_s: config.thumbnail_interval_s,
        is_frequent: false,
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
