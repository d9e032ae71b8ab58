//! Multivariant ("master") playlists, and their description of each rendition.

use super::media::VERSION;
use crate::{
    cmaf::Init,
    event::{Label, Segment},
    uris::Uris,
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Description of one rendition in a multivariant playlist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Name of the rendition.
    pub rendition: String,
    /// Codec names after RFC 6381, separated by commas.
    pub codecs: String,
    /// Width and height in pixels. `None` without video.
    pub resolution: Option<(u16, u16)>,
    /// Frames per second. `None` without video, or before it has been measured.
    pub frame_rate: Option<f64>,
    /// Peak bit rate of a segment.
    pub bandwidth_bps: u64,
    /// Mean bit rate.
    pub average_bandwidth_bps: u64,
    /// How players show it for a choice, if it is an audio track of its own.
    #[serde(default)]
    pub audio: Option<Label>,
}

impl Variant {
    /// Whether it has sound in its own segments.
    pub fn has_sound(&self) -> bool {
        self.codecs.split(',').any(|codec| SOUND_CODECS.iter().any(|sound| codec.starts_with(sound)))
    }
}

/// Beginnings of the names of audio codecs.
const SOUND_CODECS: [&str; 5] = ["mp4a", "opus", "fLaC", "ac-3", "ec-3"];

/// The audio track with the sound of a rendition that has the picture alone: the first one. `None` if the rendition has sound, or
/// is one itself.
pub fn main_sound<'a>(rendition: &Variant, variants: &'a [Variant]) -> Option<&'a Variant> {
    let needs_sound = rendition.audio.is_none() && !rendition.has_sound();
    variants.iter().find(|variant| variant.audio.is_some()).filter(|_| needs_sound)
}

/// Subtitles in a multivariant playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subtitles {
    /// Name of their media playlist.
    pub playlist: String,
    /// How players show them for a choice.
    pub label: Label,
    /// Whether players show them unless the viewer chooses otherwise. At most one has it.
    pub is_default: bool,
}

/// Group of the audio tracks.
const AUDIO_GROUP: &str = "audio";
/// Group of the subtitles.
const SUBTITLE_GROUP: &str = "subtitles";

/// Writes a multivariant playlist, in the order of `variants`. Many players begin with the first one. Audio tracks are listed as
/// audio renditions, and the first one is played unless the viewer chooses otherwise: the other variants have the picture alone then.
pub fn multivariant<'a>(variants: impl IntoIterator<Item = &'a Variant>, uris: &Uris) -> String {
    multivariant_with_subtitles(variants, &[], uris)
}

/// Writes a multivariant playlist with subtitles.
pub fn multivariant_with_subtitles<'a>(
    variants: impl IntoIterator<Item = &'a Variant>,
    subtitles: &[Subtitles],
    uris: &Uris,
) -> String {
    let (audio, video): (Vec<_>, Vec<_>) = variants.into_iter().partition(|variant| variant.audio.is_some());
    let mut text = format!("#EXTM3U\n#EXT-X-VERSION:{VERSION}\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    write_audio(&mut text, &audio, uris);
    write_subtitles(&mut text, subtitles, uris);
    // A player may load an audio track beside a variant.
    let extra = |bits: fn(&Variant) -> u64| audio.iter().map(|track| bits(track)).max().unwrap_or(0);
    let (extra_bps, extra_average_bps) =
        (extra(|track| track.bandwidth_bps), extra(|track| track.average_bandwidth_bps));
    for variant in video {
        let bandwidth_bps = variant.bandwidth_bps.saturating_add(extra_bps);
        let average_bandwidth_bps = variant.average_bandwidth_bps.saturating_add(extra_average_bps);
        let codecs = all_codecs(variant, &audio);
        _ = write!(
            text,
            "#EXT-X-STREAM-INF:BANDWIDTH={bandwidth_bps},AVERAGE-BANDWIDTH={average_bandwidth_bps},CODECS=\"{codecs}\""
        );
        if let Some((width, height)) = variant.resolution {
            _ = write!(text, ",RESOLUTION={width}x{height}");
        }
        if let Some(rate) = variant.frame_rate {
            _ = write!(text, ",FRAME-RATE={rate:.3}");
        }
        if !audio.is_empty() {
            _ = write!(text, ",AUDIO=\"{AUDIO_GROUP}\"");
        }
        if !subtitles.is_empty() {
            // Captions that are in the video come as subtitles, and not twice.
            _ = write!(text, ",SUBTITLES=\"{SUBTITLE_GROUP}\",CLOSED-CAPTIONS=NONE");
        }
        _ = write!(text, "\n{}\n", uris.media_playlist(&variant.rendition));
    }
    text
}

/// The codecs of a variant and of the audio tracks that a player may load beside it. A name is listed once.
fn all_codecs(variant: &Variant, audio: &[&Variant]) -> String {
    let mut names: Vec<&str> = variant.codecs.split(',').collect();
    for name in audio.iter().flat_map(|track| track.codecs.split(',')) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(",")
}

/// Writes the audio tracks.
fn write_audio(text: &mut String, audio: &[&Variant], uris: &Uris) {
    let mut names = Vec::new();
    for track in audio {
        let Some(label) = &track.audio else { continue };
        let uri = uris.media_playlist(&track.rendition);
        let default = if names.is_empty() { "YES" } else { "NO" };
        _ = write!(text, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{AUDIO_GROUP}\"");
        write_label(text, label, &mut names);
        _ = writeln!(text, ",DEFAULT={default},AUTOSELECT=YES,URI=\"{uri}\"");
    }
}

fn write_subtitles(text: &mut String, subtitles: &[Subtitles], uris: &Uris) {
    let mut names = Vec::new();
    for Subtitles { playlist, label, is_default } in subtitles {
        let default = if *is_default { "YES" } else { "NO" };
        let uri = uris.media_playlist(playlist);
        _ = write!(text, "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"{SUBTITLE_GROUP}\"");
        write_label(text, label, &mut names);
        _ = writeln!(text, ",DEFAULT={default},AUTOSELECT=YES,FORCED=NO,URI=\"{uri}\"");
    }
}

/// Writes name and language. A name is used once in a group.
fn write_label(text: &mut String, label: &Label, names: &mut Vec<String>) {
    let mut name = quotable(&label.name);
    let mut number = 2;
    while name.is_empty() || names.contains(&name) {
        name = format!("{} {number}", quotable(&label.name)).trim().to_owned();
        number += 1;
    }
    _ = write!(text, ",NAME=\"{name}\"");
    names.push(name);
    if let Some(language) = label.language.as_deref().filter(|language| is_language(language)) {
        _ = write!(text, ",LANGUAGE=\"{language}\"");
    }
}

/// Maximum length of a name in characters.
const MAX_LABEL_CHARS: usize = 64;

/// The text without what cannot stand in a quoted string of a playlist. Sources write what they like into their labels.
fn quotable(text: &str) -> String {
    let shown = text.chars().filter(|c| !c.is_control() && *c != '"').take(MAX_LABEL_CHARS);
    shown.collect::<String>().trim().to_owned()
}

/// Whether a text has the form of a language tag: letters, digits and hyphens.
pub fn is_language(text: &str) -> bool {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    starts_well
        && text.len() <= 35
        && text.split('-').all(is_part)
        && text.split('-').next().is_some_and(|p| p.len() >= 2)
}

/// Totals over the segments of a rendition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Measured {
    peak_bps: u64,
    bytes: u64,
    nanos: u64,
    samples: u64,
}

impl Measured {
    /// Adds a segment. Segments far shorter than the target, which end a source, do not count towards the peak.
    pub fn add(&mut self, segment: &Segment, target_seconds: u64) {
        let nanos = u64::try_from(segment.duration.nanos()).unwrap_or(u64::MAX);
        if nanos >= target_seconds * 500_000_000 {
            self.peak_bps = self.peak_bps.max(bits_per_second(segment.bytes, nanos));
        }
        self.bytes = self.bytes.saturating_add(segment.bytes);
        self.nanos = self.nanos.saturating_add(nanos);
        self.samples = self.samples.saturating_add(u64::from(segment.samples));
    }

    /// Bytes of all segments.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Playing time of all segments in milliseconds.
    pub fn millis(&self) -> u64 {
        self.nanos / 1_000_000
    }

    /// The description of the rendition. `nominal_bps` is used until a bit rate has been measured.
    pub fn variant(&self, rendition: &str, about: &Description, nominal_bps: u64) -> Variant {
        let average = bits_per_second(self.bytes, self.nanos);
        let is_video = about.resolution.is_some();
        let measured_rate = (self.samples as f64) / (self.nanos as f64 / 1e9);
        Variant {
            rendition: rendition.into(),
            codecs: about.codecs.clone(),
            resolution: about.resolution,
            frame_rate: (is_video && self.nanos > 0).then_some(measured_rate),
            bandwidth_bps: if self.peak_bps == 0 { nominal_bps.max(average) } else { self.peak_bps },
            average_bandwidth_bps: if self.nanos == 0 { nominal_bps } else { average },
            audio: about.audio.clone(),
        }
    }
}

fn bits_per_second(bytes: u64, nanos: u64) -> u64 {
    let bps = (u128::from(bytes) * 8 * 1_000_000_000).checked_div(u128::from(nanos)).unwrap_or(0);
    u64::try_from(bps).unwrap_or(u64::MAX)
}

/// Codecs and resolution of a rendition, from its initialisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Description {
    codecs: String,
    resolution: Option<(u16, u16)>,
    /// How players show it for a choice, if it is an audio track of its own.
    #[serde(default)]
    pub audio: Option<Label>,
}

impl From<&Init> for Description {
    fn from(init: &Init) -> Self {
        Self { codecs: init.codecs(), resolution: init.resolution(), audio: None }
    }
}

impl Description {
    /// The same as an audio track of its own, if there is a label for it.
    pub fn labelled(self, audio: Option<Label>) -> Self {
        Self { audio, ..self }
    }
}

#[cfg(test)]
mod tests;
