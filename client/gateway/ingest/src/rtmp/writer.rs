//! Turns the media of a publisher into a byte stream that ffmpeg reads: FLV, or Matroska for what FLV does not have.
//!
//! The messages of the first moment are gathered, until video and audio are known or a publisher with one of them has
//! had time to send the other. Then a byte stream begins, which has one track of each kind. When a track appears later or
//! changes in a way that the stream cannot express, another stream begins. FLV can have tracks that begin at any time.

use super::{
    flv::FlvWriter,
    matroska::{self, Description},
    media::{self, Codec, Packet, Part, Track},
    times::Times,
};
use crate::{
    error::PublishError,
    source::{Container, SourceChunk},
};
use bytes::Bytes;
use tokio::time::Instant;

#[cfg(test)]
mod tests;

/// Time from the first message for which a publisher with one track is expected to send another.
const GATHER_MS: u32 = 1_000;
/// Maximum number of packets and bytes that are gathered.
const MAX_GATHERED: usize = 512;
const MAX_GATHERED_BYTES: usize = 4 << 20;
/// Maximum size of the configuration of a decoder. Larger ones are nonsense.
const MAX_CONFIG_BYTES: usize = 64 * 1024;

/// What has to be done with the byte stream.
#[derive(Debug)]
pub(crate) enum Step {
    /// The byte stream ends, and another one begins.
    Reopen,
    /// The byte stream that begins has this format.
    Begin(Container),
    /// More of the byte stream.
    Chunk(SourceChunk),
}

/// What is known about the track of a kind.
#[derive(Clone, Debug)]
struct Known {
    /// Number among the tracks of its kind. The lowest one is taken.
    number: u8,
    codec: Codec,
    is_classic: bool,
    config: Option<Config>,
}

/// Configuration of a decoder, and the message in which it came.
#[derive(Clone, Debug)]
struct Config {
    data: Bytes,
    message: Bytes,
}

impl Known {
    /// Whether a stream of this format can have the track.
    fn fits(&self, container: Container) -> bool {
        match container {
            Container::Flv => self.is_classic,
            _ => self.config.is_some() || !needs_config(self.codec),
        }
    }

    fn is_playable(&self) -> bool {
        self.fits(Container::Flv) || self.fits(Container::Matroska)
    }

    fn config(&self) -> &[u8] {
        self.config.as_ref().map_or(&[], |config| &config.data)
    }
}

/// A frame that waits for the beginning of the byte stream.
#[derive(Debug)]
struct Gathered {
    time_ms: u32,
    packet: Packet,
    message: Bytes,
    arrived: Instant,
}

#[derive(Debug)]
enum State {
    Gathering { frames: Vec<Gathered>, bytes: usize, first_ms: Option<u32> },
    Running(Box<Run>),
}

/// A byte stream that has begun.
#[derive(Debug)]
struct Run {
    /// The tracks that it has.
    tracks: [Option<Known>; 2],
    format: Format,
    /// Whether video is left out up to the next key frame.
    awaits_key: bool,
}

#[derive(Debug)]
enum Format {
    Flv(FlvWriter),
    Matroska { header: Bytes, has_started: bool },
}

/// Writes the media of a publisher.
#[derive(Debug)]
pub(crate) struct MediaWriter {
    times: Times,
    tracks: [Option<Known>; 2],
    metadata: Option<Bytes>,
    state: State,
    is_reopened: bool,
}

impl Default for MediaWriter {
    fn default() -> Self {
        Self { times: Times::default(), tracks: [None, None], metadata: None, state: gathering(), is_reopened: false }
    }
}

fn gathering() -> State {
    State::Gathering { frames: Vec::new(), bytes: 0, first_ms: None }
}

impl MediaWriter {
    /// Takes a video message.
    ///
    /// # Errors
    ///
    /// The codec is not supported.
    pub fn video(&mut self, time: u32, message: &Bytes) -> Result<Vec<Step>, PublishError> {
        self.packets(time, media::video(message), message)
    }

    /// Takes an audio message.
    ///
    /// # Errors
    ///
    /// The codec is not supported.
    pub fn audio(&mut self, time: u32, message: &Bytes) -> Result<Vec<Step>, PublishError> {
        self.packets(time, media::audio(message), message)
    }

    /// Takes a frame or a configuration of a protocol without messages of FLV. The byte stream is Matroska.
    ///
    /// # Errors
    ///
    /// The codec is not supported.
    pub fn frame(&mut self, time_ms: u32, packet: Packet) -> Result<Vec<Step>, PublishError> {
        let message = packet.data.clone();
        self.packets(time_ms, vec![packet], &message)
    }

    /// Takes a data message. All but metadata is left out.
    pub fn script(&mut self, message: &Bytes) -> Vec<Step> {
        if message.len() <= MAX_CONFIG_BYTES {
            self.metadata = Some(message.clone());
        }
        match &mut self.state {
            State::Running(run) => match &mut run.format {
                Format::Flv(flv) => flv.script(message).map(Step::Chunk).into_iter().collect(),
                Format::Matroska { .. } => Vec::new(),
            },
            State::Gathering { .. } => Vec::new(),
        }
    }

    /// Begins the byte stream with what has been gathered, because no more will come.
    ///
    /// # Errors
    ///
    /// A codec is not supported.
    pub fn finish(&mut self) -> Result<Vec<Step>, PublishError> {
        let mut steps = Vec::new();
        if matches!(self.state, State::Gathering { .. }) {
            self.begin(&mut steps)?;
        }
        Ok(steps)
    }

    fn packets(&mut self, time: u32, packets: Vec<Packet>, message: &Bytes) -> Result<Vec<Step>, PublishError> {
        let mut steps = Vec::new();
        for packet in packets {
            if !self.select(&packet, message)? {
                continue;
            }
            if self.has_outgrown_stream(packet.track) {
                (self.state, self.times, self.is_reopened) = (gathering(), Times::default(), true);
                steps.push(Step::Reopen);
            }
            let time_ms = self.times.map(packet.track, time);
            let frame = Gathered { time_ms, packet, message: message.clone(), arrived: Instant::now() };
            match &mut self.state {
                State::Gathering { .. } => self.gather(frame, &mut steps)?,
                State::Running(run) => steps.extend(run.write(frame).map(Step::Chunk)),
            }
        }
        Ok(steps)
    }

    /// Notes the track of a packet. Returns false if it is not the one that is taken.
    fn select(&mut self, packet: &Packet, message: &Bytes) -> Result<bool, PublishError> {
        let known = &mut self.tracks[packet.track as usize];
        if let Some(other) = known.as_ref().filter(|known| known.number != packet.number) {
            let State::Gathering { frames, .. } = &mut self.state else { return Ok(false) };
            if other.number < packet.number {
                return Ok(false);
            }
            frames.retain(|frame| frame.packet.track != packet.track);
            *known = None;
        }
        if let Codec::Unknown(_) = packet.codec {
            return Err(unsupported(packet.codec));
        }
        let known = known.get_or_insert(Known {
            number: packet.number,
            codec: packet.codec,
            is_classic: packet.is_classic,
            config: None,
        });
        if (known.codec, known.is_classic) != (packet.codec, packet.is_classic) {
            *known = Known { codec: packet.codec, is_classic: packet.is_classic, config: None, ..*known };
        }
        if packet.part == Part::Config && packet.data.len() <= MAX_CONFIG_BYTES {
            known.config = Some(Config { data: packet.data.clone(), message: message.clone() });
        }
        Ok(true)
    }

    /// Whether the track is missing in the byte stream, or has changed since it began.
    fn has_outgrown_stream(&self, track: Track) -> bool {
        let State::Running(run) = &self.state else { return false };
        let (now, then) = (&self.tracks[track as usize], &run.tracks[track as usize]);
        match (now, then, &run.format) {
            // FLV can express other configurations, and codecs that it has.
            (Some(now), _, Format::Flv(_)) => !now.is_classic && now.is_playable(),
            (Some(now), None, Format::Matroska { .. }) => now.fits(Container::Matroska),
            (Some(now), Some(then), Format::Matroska { .. }) => {
                let is_same = (now.codec, now.config()) == (then.codec, then.config());
                !is_same && now.fits(Container::Matroska)
            }
            (None, _, _) => false,
        }
    }

    fn gather(&mut self, frame: Gathered, steps: &mut Vec<Step>) -> Result<(), PublishError> {
        let State::Gathering { frames, bytes, first_ms } = &mut self.state else { return Ok(()) };
        let passed_ms = frame.time_ms.saturating_sub(*first_ms.get_or_insert(frame.time_ms));
        if frame.packet.part != Part::Config {
            *bytes += frame.message.len();
            frames.push(frame);
        }
        let is_full = frames.len() >= MAX_GATHERED || *bytes >= MAX_GATHERED_BYTES;
        let is_complete = self.tracks.iter().all(|track| track.as_ref().is_some_and(Known::is_playable));
        let is_over = is_full || passed_ms >= GATHER_MS;
        if is_complete || (is_over && self.tracks.iter().flatten().any(Known::is_playable)) {
            return self.begin(steps);
        }
        if is_full {
            // Nothing of it can be played.
            self.state = gathering();
        }
        Ok(())
    }

    /// Begins a byte stream with what has been gathered.
    fn begin(&mut self, steps: &mut Vec<Step>) -> Result<(), PublishError> {
        let State::Gathering { frames, .. } = std::mem::replace(&mut self.state, gathering()) else { return Ok(()) };
        let playable = || self.tracks.iter().flatten().filter(|track| track.is_playable());
        if playable().next().is_none() {
            return Ok(());
        }
        let container = if playable().all(|track| track.is_classic) { Container::Flv } else { Container::Matroska };
        let tracks = self.tracks.clone().map(|track| track.filter(|track| track.fits(container)));
        let (format, first) = match container {
            Container::Flv => self.begin_flv(&tracks, frames.first()),
            _ => (begin_matroska(&tracks)?, Vec::new()),
        };
        steps.push(Step::Begin(container));
        steps.extend(first.into_iter().map(Step::Chunk));
        let mut run = Run { tracks, format, awaits_key: self.is_reopened };
        steps.extend(frames.into_iter().filter_map(|frame| run.write(frame)).map(Step::Chunk));
        self.state = State::Running(Box::new(run));
        Ok(())
    }

    fn begin_flv(&self, tracks: &[Option<Known>; 2], first: Option<&Gathered>) -> (Format, Vec<SourceChunk>) {
        let mut flv = FlvWriter::default();
        let time_ms = first.map_or(0, |frame| frame.time_ms);
        let arrived = first.map_or_else(Instant::now, |frame| frame.arrived);
        let config = |track: Track| tracks[track as usize].as_ref()?.config.as_ref().map(|config| &config.message);
        let chunks = [
            self.metadata.as_ref().and_then(|message| flv.script(message)),
            config(Track::Video).and_then(|message| flv.video(time_ms, message)),
            config(Track::Audio).and_then(|message| flv.audio(time_ms, message)),
        ];
        (Format::Flv(flv), chunks.into_iter().flatten().map(|chunk| chunk.arrived_at(arrived)).collect())
    }
}

fn begin_matroska(tracks: &[Option<Known>; 2]) -> Result<Format, PublishError> {
    let mut descriptions = Vec::new();
    for (track, known) in [Track::Video, Track::Audio].into_iter().zip(tracks) {
        let Some(known) = known else { continue };
        if matroska::codec_id(known.codec).is_none() {
            return Err(unsupported(known.codec));
        }
        descriptions.push(Description { track, codec: known.codec, config: known.config() });
    }
    Ok(Format::Matroska { header: matroska::header(&descriptions).into(), has_started: false })
}

impl Run {
    /// Writes a frame or a configuration. `None` if the byte stream has no place for it.
    fn write(&mut self, frame: Gathered) -> Option<SourceChunk> {
        let Gathered { time_ms, packet, message, arrived } = frame;
        let codec = self.tracks[packet.track as usize].as_ref().map(|known| known.codec);
        let has_place = match &self.format {
            Format::Flv(_) => packet.is_classic,
            Format::Matroska { .. } => codec == Some(packet.codec),
        };
        if !has_place {
            return None;
        }
        if let (Track::Video, Part::Frame { is_key, .. }) = (packet.track, packet.part) {
            self.awaits_key &= !is_key;
            if self.awaits_key {
                return None;
            }
        }
        let has_video = self.tracks[Track::Video as usize].is_some();
        let chunk = match &mut self.format {
            Format::Flv(flv) => {
                let tag = match packet.track {
                    Track::Video => flv.video(time_ms, &message),
                    Track::Audio => flv.audio(time_ms, &message),
                };
                tag?
            }
            Format::Matroska { header, has_started } => {
                let Part::Frame { is_key, composition_ms } = packet.part else { return None };
                let is_entry = if has_video { packet.track == Track::Video && is_key } else { true };
                let shown_ms = u64::from(time_ms).saturating_add_signed(i64::from(composition_ms));
                let cluster = matroska::cluster(packet.track, shown_ms, is_key, &packet.data);
                if std::mem::replace(has_started, true) {
                    SourceChunk::new(cluster.into(), is_entry)
                } else {
                    let first = Bytes::from([&header[..], &cluster].concat());
                    SourceChunk::new(first, is_entry).with_preamble(header.clone())
                }
            }
        };
        Some(chunk.arrived_at(arrived))
    }
}

/// Whether frames of the codec cannot be decoded without a configuration.
fn needs_config(codec: Codec) -> bool {
    matches!(codec, Codec::H264 | Codec::Hevc | Codec::Av1 | Codec::Aac | Codec::Flac | Codec::Opus)
}

fn unsupported(codec: Codec) -> PublishError {
    PublishError::UnknownCodec(match codec {
        Codec::Unknown(name) => name.escape_ascii().to_string(),
        Codec::Flv(number) => format!("number {number} of FLV"),
        known => format!("{known:?}"),
    })
}
