//! Synthetic streams for tests: the boxes that ffmpeg would send, without encoded media.

use crate::{
    config::{Access, LiveConfig, RenditionConfig},
    event::Event,
    keys::StreamSecret,
    live::{LiveStream, SourceId, SourceKind},
};

/// Units per second in [`init`] and [`Video`].
pub const TIMESCALE: u32 = 15_360;
/// Time of day at which tests push bytes.
pub const NOW_MS: u64 = 1_700_000_000_000;

/// A box.
pub fn boxed(name: &[u8; 4], payload: &[&[u8]]) -> Vec<u8> {
    let payload = payload.concat();
    let size = u32::try_from(payload.len() + 8).unwrap();
    [&size.to_be_bytes()[..], name, &payload].concat()
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A visual sample entry with its decoder configuration.
pub fn visual_entry(name: &[u8; 4], width: u16, height: u16, config_name: &[u8; 4], config: &[u8]) -> Vec<u8> {
    let (width, height) = (width.to_be_bytes(), height.to_be_bytes());
    boxed(name, &[&[0; 24], &width, &height, &[0; 50], &boxed(config_name, &[config])])
}

/// An audio sample entry with two channels at 48 kHz.
pub fn audio_entry(name: &[u8; 4], config_name: &[u8; 4], config: &[u8]) -> Vec<u8> {
    let rate = (48_000u32 << 16).to_be_bytes();
    boxed(name, &[&[0; 16], &[0, 2, 0, 16, 0, 0, 0, 0], &rate, &boxed(config_name, &[config])])
}

/// A sample entry of H.264 High, level 3.1.
pub fn avc_entry(width: u16, height: u16) -> Vec<u8> {
    visual_entry(b"avc1", width, height, b"avcC", &[1, 0x64, 0, 0x1f, 0xff])
}

/// A sample entry of AAC-LC.
pub fn aac_entry() -> Vec<u8> {
    let esds = [0, 0, 0, 0, 3, 25, 0, 2, 0, 4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0x11, 0x90];
    audio_entry(b"mp4a", b"esds", &esds)
}

/// A `trak`.
pub fn track(id: u32, handler: &[u8; 4], timescale: u32, entry: &[u8], edits: &[u8]) -> Vec<u8> {
    let stsd = boxed(b"stsd", &[&words(&[0, 1]), entry]);
    let stbl = boxed(b"stbl", &[&stsd]);
    let mdhd = boxed(b"mdhd", &[&words(&[0, 0, 0, timescale, 0, 0])]);
    let hdlr = boxed(b"hdlr", &[&words(&[0, 0]), handler, &[0; 13]]);
    let mdia = boxed(b"mdia", &[&mdhd, &hdlr, &boxed(b"minf", &[&stbl])]);
    boxed(b"trak", &[&boxed(b"tkhd", &[&words(&[0, 0, 0, id]), &[0; 68]]), edits, &mdia])
}

/// `ftyp` and `moov` of these tracks, with ids from 1.
pub fn movie(tracks: &[Vec<u8>]) -> Vec<u8> {
    let mvhd = boxed(b"mvhd", &[&words(&[0, 0, 0, 1000]), &[0; 84]]);
    let trex = |id: usize| boxed(b"trex", &[&words(&[0, u32::try_from(id).unwrap(), 1, 0, 0, 0])]);
    let mvex = boxed(b"mvex", &[&(1..=tracks.len()).flat_map(trex).collect::<Vec<_>>()]);
    [boxed(b"ftyp", &[b"iso5\0\0\x02\0iso5"]), boxed(b"moov", &[&mvhd, &tracks.concat(), &mvex])].concat()
}

/// The initialisation of a stream with H.264 and AAC.
pub fn init(width: u16, height: u16) -> Vec<u8> {
    let video = track(1, b"vide", TIMESCALE, &avc_entry(width, height), &[]);
    movie(&[video, track(2, b"soun", 48_000, &aac_entry(), &[])])
}

/// The URI of an initialisation of a rendition, under the default templates.
pub fn init_uri(rendition: &str, bytes: &[u8]) -> String {
    let mut chunks = Vec::new();
    crate::cmaf::Splitter::new().push(bytes, &mut chunks).unwrap();
    let [crate::cmaf::Chunk::Init(init)] = &chunks[..] else { panic!("{chunks:?}") };
    crate::Uris::new(&crate::UriTemplates::default()).unwrap().init(rendition, init.number())
}

/// A fragment with `samples` frames of video, each `each` units long, and `bytes` bytes of data.
pub fn fragment(start: u64, samples: u32, each: u32, is_key: bool, bytes: usize) -> Vec<u8> {
    let tfhd = boxed(b"tfhd", &[&words(&[0x0002_0028, 1, each, 0x0101_0000])]);
    let tfdt = boxed(b"tfdt", &[&[1, 0, 0, 0], &start.to_be_bytes()]);
    let first = if is_key { 0x0200_0000 } else { 0x0101_0000 };
    let trun = boxed(b"trun", &[&words(&[0x5, samples, 0, first])]);
    let audio = boxed(b"traf", &[&boxed(b"tfhd", &[&words(&[0x0002_0000, 2])])]);
    let moof = boxed(b"moof", &[&boxed(b"mfhd", &[&words(&[0, 1])]), &boxed(b"traf", &[&tfhd, &tfdt, &trun]), &audio]);
    let data: Vec<u8> = (0..bytes).map(|place| (start as usize + place) as u8).collect();
    [moof, boxed(b"mdat", &[&data])].concat()
}

/// A fragment with audio only.
pub fn audio_tail() -> Vec<u8> {
    let traf = boxed(b"traf", &[&boxed(b"tfhd", &[&words(&[0x0002_0000, 2])])]);
    [boxed(b"moof", &[&traf]), boxed(b"mdat", &[b"tail"])].concat()
}

/// Fragments of half a second at 30 frames per second, with a keyframe every `gop` fragments.
#[derive(Clone, Copy)]
pub struct Video {
    pub gop: u64,
    pub bytes: usize,
}

impl Video {
    pub fn at(self, half_second: u64) -> Vec<u8> {
        let start = half_second * u64::from(TIMESCALE / 2);
        fragment(start, 15, TIMESCALE / 30, half_second.is_multiple_of(self.gop), self.bytes)
    }
}

/// Keyframes every two seconds.
pub const USUAL: Video = Video { gop: 4, bytes: 1000 };

/// Settings with a small window. Renditions whose name begins with `preview` are not encrypted.
pub fn config(names: &[&str]) -> LiveConfig {
    let rendition = |name: &&str| RenditionConfig {
        name: (*name).into(),
        access: if name.starts_with("preview") { Access::Preview } else { Access::Paid },
        nominal_bandwidth_bps: 500_000,
    };
    LiveConfig { renditions: names.iter().map(rendition).collect(), window_segments: 5, ..LiveConfig::default() }
}

pub fn secret() -> StreamSecret {
    StreamSecret::from_bytes([7; 32])
}

/// A stream, and all events it has reported.
pub struct Played {
    pub stream: LiveStream,
    pub source: SourceId,
    pub events: Vec<Event>,
}

impl Played {
    /// A stream whose first source has sent its initialisations.
    pub fn new(names: &[&str], start_index: u64) -> Self {
        Self::of(LiveStream::new(config(names), secret(), start_index).unwrap())
    }

    pub fn of(mut stream: LiveStream) -> Self {
        let mut events = Vec::new();
        let source = stream.begin_source(SourceKind::Paid, &mut events).unwrap();
        let mut played = Self { stream, source, events };
        played.inits();
        played
    }

    fn inits(&mut self) {
        for (place, name) in self.names().iter().enumerate() {
            self.push(name, &init(320 << place, 180 << place));
        }
    }

    fn names(&self) -> Vec<String> {
        self.stream.renditions().map(|(_, config)| config.name.clone()).collect()
    }

    /// Another source connects.
    pub fn reconnect(&mut self, kind: SourceKind) {
        self.source = self.stream.begin_source(kind, &mut self.events).unwrap();
        self.inits();
    }

    pub fn push(&mut self, name: &str, bytes: &[u8]) {
        let rendition = self.stream.rendition(name).unwrap();
        self.stream.push(self.source, rendition, bytes, NOW_MS, &mut self.events).unwrap();
    }

    /// Pushes half seconds of [`USUAL`] video to all renditions.
    pub fn play(&mut self, half_seconds: std::ops::Range<u64>) {
        for half_second in half_seconds {
            for name in self.names() {
                self.push(&name, &USUAL.at(half_second));
            }
        }
    }
}
