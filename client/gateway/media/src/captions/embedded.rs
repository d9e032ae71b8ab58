//! Captions that are in the video (CEA-608 and CEA-708, as ATSC A/53 puts them into H.264), decoded to cues.
//!
//! They are read from the segments of a rendition: encoders pass them on with the pictures, and copied video has them anyway.

mod screen;
mod sei;
mod windows;

use super::track::Cue;
use crate::cmaf::{video_samples, Init};
use cea608_types::{tables::Channel, Cea608State};
use cea708_types::{CCDataParser, Cea608};
use screen::Screen;
use windows::Windows;

/// Least time between two cues of a text that grows while it is shown.
const GROWING_MS: u64 = 500;
/// The service of CEA-708 that is decoded: the main one.
const MAIN_SERVICE: u8 = 1;

/// A channel of captions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaptionChannel {
    /// CEA-608: CC1 to CC4.
    Cc(u8),
    /// CEA-708: the main service.
    Service1,
}

impl CaptionChannel {
    /// Name in URIs.
    pub fn name(self) -> String {
        match self {
            Self::Cc(number) => format!("cc{number}"),
            Self::Service1 => "svc1".into(),
        }
    }

    /// Name that viewers read.
    pub fn label(self) -> String {
        match self {
            Self::Cc(1) => "Captions".into(),
            Self::Cc(number) => format!("Captions CC{number}"),
            Self::Service1 => "Captions (digital)".into(),
        }
    }
}

/// Where a segment is on the two clocks that matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentPlace {
    /// Presentation time of its beginning in the media, in milliseconds.
    pub media_ms: u64,
    /// Its beginning on the clock of the cues.
    pub at_ms: u64,
    /// Its length.
    pub length_ms: u64,
}

/// A text that is shown, and since when.
#[derive(Debug, Default)]
struct Shown {
    text: String,
    since_ms: u64,
}

impl Shown {
    /// Ends what is shown. Returns it as a cue.
    fn end(&mut self, at_ms: u64) -> Option<Cue> {
        let is_cue = !self.text.is_empty() && at_ms > self.since_ms;
        is_cue.then(|| Cue::plain(self.since_ms, at_ms, &self.text))
    }

    /// Shows another text from a time on.
    fn change(&mut self, at_ms: u64, text: String) -> Option<Cue> {
        let ended = self.end(at_ms);
        *self = Self { text, since_ms: at_ms };
        ended
    }
}

/// Decodes the captions of one source.
#[derive(Debug)]
pub struct EmbeddedCaptions {
    parser: CCDataParser,
    fields: [Cea608State; 2],
    screens: [(Screen, Shown); 4],
    service: (Windows, Shown),
}

impl Default for EmbeddedCaptions {
    fn default() -> Self {
        let mut parser = CCDataParser::new();
        parser.handle_cea608();
        let screen = || (Screen::new(), Shown::default());
        Self {
            parser,
            fields: Default::default(),
            screens: [screen(), screen(), screen(), screen()],
            service: (Windows::default(), Shown::default()),
        }
    }
}

impl EmbeddedCaptions {
    /// Decodes the captions of the next segment; `plaintext` is its `moof` and `mdat`. What is still shown at its end is a cue
    /// up to there, and goes on with the next segment. Damaged media has no captions.
    pub fn segment(&mut self, init: &Init, plaintext: &[u8], place: SegmentPlace) -> Vec<(CaptionChannel, Cue)> {
        let mut cues = Vec::new();
        let is_h264 = init.reference().codec.starts_with("avc");
        for sample in video_samples(init, plaintext).ok().filter(|_| is_h264).unwrap_or_default() {
            let at_ms = place.at_ms + sample.media_ms.saturating_sub(place.media_ms).min(place.length_ms);
            for data in sei::caption_data(sample.data) {
                self.take(&data, at_ms, &mut cues);
            }
        }
        let end_ms = place.at_ms.saturating_add(place.length_ms);
        for (number, (screen, shown)) in (1u8..).zip(&mut self.screens) {
            // What has grown since the last cue is complete with the segment at the latest.
            let text = screen.text();
            let grown = if text == shown.text { None } else { shown.change(end_ms, text) };
            let still = grown.or_else(|| shown.end(end_ms));
            shown.since_ms = end_ms;
            cues.extend(still.map(|cue| (CaptionChannel::Cc(number), cue)));
        }
        let (_, shown) = &mut self.service;
        cues.extend(shown.end(end_ms).map(|cue| (CaptionChannel::Service1, cue)));
        shown.since_ms = end_ms;
        cues
    }

    fn take(&mut self, data: &[u8], at_ms: u64, cues: &mut Vec<(CaptionChannel, Cue)>) {
        // What comes before damaged data has been taken.
        let _ = self.parser.push(data);
        let pairs: Vec<Cea608> = self.parser.cea608().map(<[Cea608]>::to_vec).unwrap_or_default();
        for pair in pairs {
            let (field, bytes) = match pair {
                Cea608::Field1(first, second) => (0, [first, second]),
                Cea608::Field2(first, second) => (1, [first, second]),
            };
            let Ok(Some(command)) = self.fields[field].decode(bytes) else { continue };
            let second = usize::from(command.channel() == Channel::TWO);
            let number = field * 2 + second;
            let (screen, shown) = &mut self.screens[number];
            screen.take(command);
            let text = screen.text();
            let is_due =
                screen.appears_whole() || text.is_empty() || at_ms >= shown.since_ms.saturating_add(GROWING_MS);
            if text != shown.text && is_due {
                let channel = CaptionChannel::Cc(u8::try_from(number).unwrap_or(0) + 1);
                cues.extend(shown.change(at_ms, text).map(|cue| (channel, cue)));
            }
        }
        while let Some(packet) = self.parser.pop_packet() {
            let services = packet.services().iter().filter(|service| service.number() == MAIN_SERVICE);
            let (windows, shown) = &mut self.service;
            services.flat_map(|service| service.codes()).for_each(|code| windows.take(code));
            let text = windows.text();
            if text != shown.text {
                cues.extend(shown.change(at_ms, text).map(|cue| (CaptionChannel::Service1, cue)));
            }
        }
    }
}

#[cfg(test)]
mod tests;
