//! Multivariant ("master") playlists, and their description of each rendition.

use super::media::VERSION;
use crate::{cmaf::Init, event::Segment, uris::Uris};
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
}

/// Writes a multivariant playlist, in the order of `variants`. Many players begin with the first one.
pub fn multivariant<'a>(variants: impl IntoIterator<Item = &'a Variant>, uris: &Uris) -> String {
    let mut text = format!("#EXTM3U\n#EXT-X-VERSION:{VERSION}\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    for variant in variants {
        let Variant { bandwidth_bps, average_bandwidth_bps, codecs, .. } = variant;
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
        _ = write!(text, "\n{}\n", uris.media_playlist(&variant.rendition));
    }
    text
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
}

impl From<&Init> for Description {
    fn from(init: &Init) -> Self {
        Self { codecs: init.codecs(), resolution: init.resolution() }
    }
}
