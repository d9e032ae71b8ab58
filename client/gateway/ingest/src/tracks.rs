//! Which tracks of a source carry media, and where a decoder can begin. What a container announces is no proof: an encoder
//! may announce sound that never comes, begin it later, or stop it.

mod flow;
mod flv;
mod mp4;
mod mpegts;
mod rhythm;
mod track;

use crate::source::{Container, SourceChunk};
use flow::Flows;
pub(crate) use rhythm::{dividing, GOP_MS};
pub(crate) use track::{Kind, Track, Tracks};

/// Follows the bytes of a source from its beginning.
#[derive(Debug)]
pub(crate) struct TrackWatch {
    reader: Reader,
    flows: Flows,
}

#[derive(Debug)]
enum Reader {
    MpegTs(Box<mpegts::Reader>),
    Flv(flv::Reader),
    Mp4(mp4::Reader),
    /// A container whose writer ends the stream when a track begins.
    None,
}

impl TrackWatch {
    pub fn new(container: Container) -> Self {
        let (reader, flows) = match container {
            Container::MpegTs => (Reader::MpegTs(Box::default()), Flows::of_packets()),
            Container::Flv => (Reader::Flv(flv::Reader::default()), Flows::of_packets()),
            Container::Mp4 => (Reader::Mp4(mp4::Reader::default()), Flows::of_fragments()),
            Container::Matroska => (Reader::None, Flows::of_packets()),
        };
        Self { reader, flows }
    }

    /// Reads the next chunk. Returns the pieces in which it is to be passed on: a piece of MPEG-TS ends where a decoder can
    /// begin, and states what a decoder needs then.
    pub fn take(&mut self, chunk: SourceChunk) -> Vec<SourceChunk> {
        match &mut self.reader {
            Reader::MpegTs(reader) => return reader.take(chunk, &mut self.flows),
            Reader::Flv(reader) => reader.take(&chunk.bytes, &mut self.flows),
            Reader::Mp4(reader) => reader.take(&chunk.bytes, &mut self.flows),
            Reader::None => {}
        }
        vec![chunk]
    }

    /// The tracks that carry media now; of several of a kind the one of `current`, otherwise the first one. `None`: this
    /// container is not watched.
    pub fn flowing(&self, current: Tracks) -> Option<Tracks> {
        let as_track =
            |number| if matches!(self.reader, Reader::MpegTs(_)) { Track::Number(number) } else { Track::First };
        let pick = |kind, current: Option<Track>| {
            let mut flowing = self.flows.flowing(kind).map(as_track);
            let first = flowing.next()?;
            let known = current.filter(|current| first == *current || flowing.any(|other| other == *current));
            Some(known.unwrap_or(first))
        };
        (!matches!(self.reader, Reader::None))
            .then(|| Tracks { video: pick(Kind::Video, current.video), audio: pick(Kind::Audio, current.audio) })
    }

    /// Whether the keyframes of a video track have come in a rhythm that suits the renditions so far. Never so if this
    /// container does not show its keyframes.
    pub fn is_steady(&self, video: Track) -> bool {
        match (&self.reader, video) {
            (Reader::None | Reader::Mp4(_), _) => false,
            (_, Track::Number(number)) => self.flows.is_steady(Some(number)),
            (_, Track::First | Track::Nth(_)) => self.flows.is_steady(None),
        }
    }

    /// Media time since the beginning, 0 if this container is not watched.
    pub fn clock_ms(&self) -> u64 {
        self.flows.clock_ms()
    }

    /// Whether pieces are cut where a decoder can begin.
    pub fn cuts_at_entries(&self) -> bool {
        matches!(self.reader, Reader::MpegTs(_))
    }

    /// Whether the container announces a track of a kind.
    pub fn announces(&self, kind: Kind) -> bool {
        self.flows.announces(kind)
    }

    /// Whether video comes whose beginning a decoder has not seen: the publisher joined within a group of pictures.
    pub fn awaits_keyframe(&self) -> bool {
        self.flows.awaits_keyframe()
    }
}

#[cfg(test)]
mod tests;
