//! The input of ffmpeg: first the chunks that were read to identify the source, then the source itself. After a restart
//! it is the preamble, and then the source from the next chunk at which a decoder can begin. It ends when other tracks
//! carry media than those that ffmpeg takes.

use super::intake::Intake;
use crate::{
    source::{Container, Source, SourceChunk},
    tracks::{Kind, Tracks},
    transcode::JobInput,
};
use bytes::Bytes;
use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// Maximum number of bytes since the last entry that are kept while the picture is not taken, so that a picture that
/// begins is shown from its first keyframe on.
const MAX_REPLAY_BYTES: usize = 8 << 20;
/// Media time for which a change of tracks waits for others: sound and picture often begin together, but not all of them are
/// there at once, however slowly they come.
const SETTLING_MS: u64 = 1_000;
/// Maximum time for which a change of tracks waits for others, or for a chunk at which a decoder can begin.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What [`Feed::load`] has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loaded {
    /// There are bytes to be written.
    Chunk,
    /// The source has ended.
    Ended,
    /// Other tracks carry media, and a decoder can begin with the next chunk.
    TracksChanged,
    /// The source cannot be copied any more, and a decoder can begin with the next chunk.
    CopyEnded,
}

/// The tracks that an ffmpeg takes, and those that it cannot take although they carry media.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    pub taken: Tracks,
    pub unusable: Tracks,
}

/// Chunks that are still to be fed to ffmpeg.
#[derive(Debug)]
pub(super) struct Feed {
    head: VecDeque<SourceChunk>,
    intake: Intake,
    selection: Selection,
    preamble: Bytes,
    /// Whether no ffmpeg has been restarted yet.
    is_new: bool,
    /// Whether the preamble comes next.
    is_restarting: bool,
    /// Whether `since` is the time of the next chunk that is fed.
    begins: bool,
    /// Whether chunks are skipped until one at which a decoder can begin.
    needs_entry: bool,
    /// The chunk that is being written. It counts towards the buffer of the source until it is written.
    current: Option<SourceChunk>,
    /// Chunks since the last entry, while the picture is not taken.
    replay: Vec<SourceChunk>,
    replay_bytes: usize,
    /// Whether ffmpeg copies the video, and whether that has to end.
    is_copied: bool,
    is_misfit: bool,
    /// When the tracks changed, and at which media time, if ffmpeg does not follow the change yet.
    changed_at: Option<(Instant, u64)>,
    /// Bytes taken from the publisher so far.
    pub taken_bytes: u64,
    /// When the first byte arrived that the current ffmpeg is fed.
    pub since: Instant,
}

impl Feed {
    /// Begins with the chunks read so far.
    pub fn new(head: Vec<SourceChunk>, intake: Intake, selection: Selection) -> Self {
        // Where entries are known, everything before the first keyframe is left out, so that sound and picture begin
        // together.
        let starts_at_entry =
            selection.taken.video.is_some() && intake.cuts_at_entries() && head.iter().any(|chunk| chunk.is_entry);
        let since = head.first().map_or_else(Instant::now, |chunk| chunk.arrived);
        Self {
            head: head.into(),
            intake,
            selection,
            preamble: Bytes::new(),
            is_new: true,
            is_restarting: starts_at_entry,
            begins: true,
            needs_entry: starts_at_entry,
            current: None,
            replay: Vec::new(),
            replay_bytes: 0,
            is_copied: false,
            is_misfit: false,
            changed_at: None,
            taken_bytes: 0,
            since,
        }
    }

    /// The input of the next ffmpeg.
    pub fn job_input(&self, source: &Source) -> JobInput {
        JobInput::Pipe {
            demuxer: source.demuxer(),
            tracks: self.selection.taken,
            identified_bytes: if self.is_new { self.head.iter().map(|chunk| chunk.bytes.len()).sum() } else { 0 },
        }
    }

    /// Whether the next ffmpeg copies the video, which is then watched.
    pub fn set_copied(&mut self, is_copied: bool) {
        (self.is_copied, self.is_misfit) = (is_copied, false);
    }

    /// Ends the copy at the next chunk at which a decoder can begin.
    pub fn end_copy(&mut self) {
        self.is_misfit = self.is_copied;
    }

    /// Prepares the input for another ffmpeg, which has not seen the preamble.
    pub fn restart(&mut self) {
        self.current = None;
        self.is_new = false;
        (self.is_restarting, self.begins, self.needs_entry) = (true, true, true);
    }

    /// The rest of the source, for another identification: the chunks with which a decoder begins, and what follows.
    pub fn into_rest(mut self) -> (Vec<SourceChunk>, Intake) {
        let preamble = (!self.preamble.is_empty())
            .then(|| SourceChunk::new(self.preamble.clone(), false).with_preamble(self.preamble.clone()));
        let Selection { taken, unusable } = self.selection;
        let flowing = self.intake.flowing(taken).map(|flowing| flowing.without(unusable)).unwrap_or_default();
        // Sound alone goes on where it was.
        let replay = if flowing.video.is_some() { std::mem::take(&mut self.replay) } else { Vec::new() };
        let arrived = replay.first().or(self.head.front()).map_or_else(Instant::now, |chunk| chunk.arrived);
        let preamble = preamble.map(|preamble| preamble.arrived_at(arrived));
        (preamble.into_iter().chain(replay).chain(self.head).collect(), self.intake)
    }

    /// Bytes to be written now. `None`: call [`Self::load`] first.
    pub fn current(&mut self) -> Option<&mut Bytes> {
        self.current.as_mut().map(|chunk| &mut chunk.bytes).filter(|bytes| !bytes.is_empty())
    }

    /// Loads the next chunk. Cancel safe.
    pub async fn load(&mut self, source: &mut Source) -> Loaded {
        self.current = None;
        loop {
            let Some(chunk) = self.next(source).await else { return Loaded::Ended };
            if self.ends_before(&chunk) {
                self.taken_bytes = self.taken_bytes.saturating_sub(chunk.bytes.len() as u64);
                self.head.push_front(chunk);
                return Loaded::TracksChanged;
            }
            if self.copy_ends_before(&chunk) {
                self.taken_bytes = self.taken_bytes.saturating_sub(chunk.bytes.len() as u64);
                self.head.push_front(chunk);
                return Loaded::CopyEnded;
            }
            if self.needs_entry && !chunk.is_entry {
                continue;
            }
            self.needs_entry = false;
            let is_first = std::mem::take(&mut self.is_restarting);
            if std::mem::take(&mut self.begins) {
                self.since = chunk.arrived;
            }
            if is_first && !self.preamble.is_empty() {
                // `next` has already taken over the chunk's own preamble, if it has one.
                self.taken_bytes = self.taken_bytes.saturating_sub(chunk.bytes.len() as u64);
                self.head.push_front(chunk);
                self.current = Some(SourceChunk::new(self.preamble.clone(), true));
            } else {
                self.keep_for_replay(&chunk);
                self.current = Some(chunk);
            }
            return Loaded::Chunk;
        }
    }

    /// Discards the next chunk. Returns false at the end of the source.
    pub async fn skip(&mut self, source: &mut Source) -> bool {
        self.next(source).await.is_some()
    }

    /// Whether this ffmpeg ends before the chunk, because other tracks carry media than those that it takes.
    fn ends_before(&mut self, chunk: &SourceChunk) -> bool {
        let Selection { taken, unusable } = self.selection;
        let now = self.intake.flowing(taken).map(|flowing| flowing.without(unusable));
        let Some(now) = now.filter(|now| *now != taken && *now != Tracks::default()) else {
            self.changed_at = None;
            return false;
        };
        let clock_ms = self.intake.clock_ms();
        let (since, since_ms) = *self.changed_at.get_or_insert_with(|| (Instant::now(), clock_ms));
        // A picture that goes on is cut at a keyframe. One that begins is replayed from its keyframe, if that is known.
        let waits_for_entry = now.video.is_some() && self.replay.is_empty();
        let is_settled =
            if waits_for_entry { chunk.is_entry } else { clock_ms.saturating_sub(since_ms) >= SETTLING_MS };
        is_settled || since.elapsed() >= LONGEST_WAIT
    }

    /// Whether the copy ends before the chunk: keyframes do not come where they should, or the configuration of the decoder
    /// has changed, which an initialisation segment cannot follow.
    fn copy_ends_before(&mut self, chunk: &SourceChunk) -> bool {
        if let Some(video) = self.selection.taken.video.filter(|_| self.is_copied) {
            self.is_misfit |= !self.intake.is_steady(video);
        }
        self.is_copied && self.is_misfit && chunk.is_entry
    }

    fn keep_for_replay(&mut self, chunk: &SourceChunk) {
        let may_begin = self.intake.cuts_at_entries() && self.intake.announces(Kind::Video);
        if self.selection.taken.video.is_some() || !may_begin {
            return;
        }
        let is_continued = !self.replay.is_empty() && self.replay_bytes + chunk.bytes.len() <= MAX_REPLAY_BYTES;
        if chunk.is_entry || !is_continued {
            self.replay.clear();
            self.replay_bytes = 0;
        }
        if chunk.is_entry || is_continued {
            self.replay_bytes += chunk.bytes.len();
            self.replay.push(SourceChunk::new(chunk.bytes.clone(), chunk.is_entry).arrived_at(chunk.arrived));
        }
    }

    async fn next(&mut self, source: &mut Source) -> Option<SourceChunk> {
        let (chunk, is_new) = match self.head.pop_front() {
            Some(chunk) => (chunk, false),
            None => (self.intake.next(source).await?, true),
        };
        self.taken_bytes += chunk.bytes.len() as u64;
        if let Some(preamble) = &chunk.preamble {
            // The preamble of MPEG-TS counts its packets.
            let has_changed = !self.preamble.is_empty() && *preamble != self.preamble;
            self.is_misfit |= self.is_copied && is_new && has_changed && source.container() == Container::Flv;
            self.preamble = preamble.clone();
        }
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        broadcast::Protocol,
        publish_key::KeyId,
        source::{connect, Container, Origin, Publisher},
        tracks::Track,
    };

    const VIDEO: Tracks = Tracks { video: Some(Track::First), audio: None };

    fn chunk(text: &'static str, is_entry: bool) -> SourceChunk {
        SourceChunk::new(Bytes::from_static(text.as_bytes()), is_entry)
    }

    fn feed(head: Vec<SourceChunk>) -> Feed {
        let selection = Selection { taken: VIDEO, unusable: Tracks::default() };
        Feed::new(head, Intake::default(), selection)
    }

    async fn fed(feed: &mut Feed, source: &mut Source) -> Vec<String> {
        let mut all = Vec::new();
        while feed.load(source).await == Loaded::Chunk {
            all.push(String::from_utf8(feed.current().unwrap().to_vec()).unwrap());
        }
        all
    }

    async fn source(container: Container, chunks: Vec<SourceChunk>) -> Source {
        let (publisher, source, _): (Publisher, Source, _) =
            connect(KeyId::default(), Origin { protocol: Protocol::Rtmp, container, peer: None });
        for chunk in chunks {
            publisher.send(chunk).await.unwrap();
        }
        source
    }

    #[tokio::test]
    async fn chunks_are_loaded_in_order() {
        let mut source = source(Container::Matroska, vec![chunk("c", false)]).await;
        let mut feed = feed(vec![chunk("a", true), chunk("b", false)]);
        assert_eq!(fed(&mut feed, &mut source).await, ["a", "b", "c"]);
        assert_eq!(feed.taken_bytes, 3);
    }

    #[tokio::test]
    async fn a_restart_continues_with_preamble_and_entry() {
        let at = |ms| Instant::now() - Duration::from_millis(10_000) + Duration::from_millis(ms);
        let [first, second, third] = [at(0), at(1_000), at(2_000)];
        let header = chunk("header", false).with_preamble(Bytes::from_static(b"preamble")).arrived_at(first);
        let chunks = vec![
            chunk("delta", false).arrived_at(second),
            chunk("key", true).arrived_at(third),
            chunk("delta2", false),
        ];
        let mut source = source(Container::Matroska, chunks).await;
        let mut feed = feed(vec![header]);
        assert_eq!(feed.load(&mut source).await, Loaded::Chunk);
        assert_eq!(feed.since, first);
        feed.restart();
        assert_eq!(fed(&mut feed, &mut source).await, ["preamble", "key", "delta2"]);
        assert_eq!(feed.since, third, "another ffmpeg begins with the chunk that it is fed");
        assert_eq!(feed.taken_bytes, 6 + 5 + 3 + 6);
    }

    #[tokio::test]
    async fn a_copy_ends_before_the_keyframe_that_comes_too_late() {
        let header = SourceChunk::new(Bytes::from_static(b"FLV\x01\x05\0\0\0\x09\0\0\0\0"), false);
        let mut chunks = vec![header.with_preamble(Bytes::from_static(b"preamble"))];
        let key = |time_ms: u16| tag(9, time_ms, if time_ms.is_multiple_of(2_000) { 0x17 } else { 0x27 });
        chunks.extend((0..4_040u16).step_by(40).map(key));
        chunks.extend((4_040..7_000u16).step_by(40).map(|time_ms| tag(9, time_ms, 0x27)));
        chunks.push(tag(9, 7_000, 0x17));
        let count = chunks.len();
        let mut source = source(Container::Flv, chunks).await;
        let mut feed = feed(Vec::new());
        feed.set_copied(true);
        let mut loaded = 0;
        let end = loop {
            match feed.load(&mut source).await {
                Loaded::Chunk => loaded += 1,
                end => break end,
            }
        };
        assert_eq!((end, loaded), (Loaded::CopyEnded, count - 1), "a decoder can begin with the last one");
        feed.restart();
        feed.set_copied(false);
        assert_eq!(feed.load(&mut source).await, Loaded::Chunk);
        assert_eq!(feed.current().unwrap(), "preamble");
        assert_eq!(feed.load(&mut source).await, Loaded::Chunk);
        assert_eq!(feed.current().unwrap(), &tag(9, 7_000, 0x17).bytes);
    }

    #[tokio::test]
    async fn a_copy_ends_when_the_configuration_of_the_decoder_changes() {
        let header = SourceChunk::new(Bytes::from_static(b"FLV\x01\x05\0\0\0\x09\0\0\0\0"), false);
        let mut chunks = vec![header.with_preamble(Bytes::from_static(b"preamble"))];
        let key = |time_ms: u16| tag(9, time_ms, if time_ms.is_multiple_of(2_000) { 0x17 } else { 0x27 });
        chunks.extend((0..4_000u16).step_by(40).map(key));
        chunks.push(key(4_000).with_preamble(Bytes::from_static(b"another")));
        let mut source = source(Container::Flv, chunks).await;
        let mut feed = feed(Vec::new());
        feed.set_copied(true);
        let end = loop {
            match feed.load(&mut source).await {
                Loaded::Chunk => {}
                end => break end,
            }
        };
        assert_eq!(end, Loaded::CopyEnded);
    }

    /// An FLV tag with one byte of body.
    fn tag(kind: u8, time_ms: u16, body: u8) -> SourceChunk {
        let [high, low] = time_ms.to_be_bytes();
        let bytes = [kind, 0, 0, 1, 0, high, low, 0, 0, 0, 0, body, 0, 0, 0, 12];
        SourceChunk::new(Bytes::copy_from_slice(&bytes), kind == 9 && body == 0x17)
    }

    fn video(time_ms: u16) -> SourceChunk {
        tag(9, time_ms, if time_ms.is_multiple_of(1_000) { 0x17 } else { 0x27 })
    }

    #[tokio::test]
    async fn sound_that_begins_ends_the_feed_before_the_next_keyframe() {
        let header = SourceChunk::new(Bytes::from_static(b"FLV\x01\x05\0\0\0\x09\0\0\0\0"), false);
        let mut chunks = vec![header.with_preamble(Bytes::from_static(b"preamble"))];
        chunks.extend((0..1_000).step_by(40).map(video));
        chunks.extend((1_000..2_500).step_by(40).flat_map(|time_ms| [video(time_ms), tag(8, time_ms, 0xaf)]));
        let mut source = source(Container::Flv, chunks).await;
        let mut feed = feed(Vec::new());
        let mut loaded = 0;
        let end = loop {
            match feed.load(&mut source).await {
                Loaded::Chunk => loaded += 1,
                end => break end,
            }
        };
        assert_eq!(end, Loaded::TracksChanged);
        assert_eq!(loaded, 1 + 25 + 2 * 25, "up to the keyframe at two seconds");
        let (rest, _) = feed.into_rest();
        assert_eq!(rest[0].bytes, "preamble");
        assert_eq!(rest[1].bytes, video(2_000).bytes);
    }

    /// A packet of MPEG-TS.
    fn packet(pid: u8, payload: &[u8]) -> Vec<u8> {
        let filled = 183 - payload.len();
        let head = [0x47, 0x41, pid, 0x30, filled as u8];
        [&head[..], &[0], &vec![0xff; filled.saturating_sub(1)], payload].concat()
    }

    /// The tables of a program with these types of streams, whose PIDs are 257, 258 and so on.
    fn tables(types: &[u8]) -> SourceChunk {
        let pat = [0, 0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xe1, 0, 0, 0, 0, 0];
        let mut first = packet(0, &pat);
        first[1] = 0x40;
        let streams: Vec<u8> = types.iter().zip(1..).flat_map(|(kind, pid)| [*kind, 0xe1, pid, 0xf0, 0]).collect();
        let length = 13 + streams.len() as u8;
        let pmt = [&[0, 2, 0xb0, length, 0, 1, 0xc1, 0, 0, 0xe1, 1, 0xf0, 0][..], &streams, &[0; 4]].concat();
        SourceChunk::new([first, packet(0, &pmt)].concat().into(), false)
    }

    /// Media of a stream at a time, with the first bytes of a key frame of H.264.
    fn media(pid: u8, time_ms: u32) -> SourceChunk {
        let ticks = time_ms * 90;
        let high = (ticks >> 29 & 6) as u8;
        let [middle, low] = [(ticks >> 14 | 1) as u16, (ticks << 1 | 1) as u16].map(u16::to_be_bytes);
        let pes = [&[0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, 0x21 | high][..], &middle, &low, &[0, 0, 1, 0x65]].concat();
        SourceChunk::new(packet(pid, &pes).into(), false)
    }

    #[tokio::test(start_paused = true)]
    async fn tracks_that_begin_together_are_one_change_however_slowly_they_come() {
        const SOUND: u8 = 0x0f;
        const PICTURE: u8 = 0x1b;
        let begin = || (0..400).step_by(40).map(|time_ms| media(1, time_ms));
        let rest = (400..2_000).step_by(40).flat_map(|time_ms| [media(1, time_ms), media(2, time_ms - 400)]);
        let mut chunks = vec![tables(&[SOUND])];
        chunks.extend(begin());
        chunks.push(tables(&[PICTURE, SOUND]));
        chunks.extend(begin());
        let count = chunks.len();
        chunks.extend(rest);
        let mut source = source(Container::MpegTs, chunks).await;
        let taken = Tracks { video: None, audio: Some(Track::Number(257)) };
        let mut feed = Feed::new(Vec::new(), Intake::default(), Selection { taken, unusable: Tracks::default() });
        for _ in 0..count {
            assert_eq!(feed.load(&mut source).await, Loaded::Chunk);
        }
        tokio::time::advance(LONGEST_WAIT / 2).await;
        let end = loop {
            match feed.load(&mut source).await {
                Loaded::Chunk => {}
                end => break end,
            }
        };
        assert_eq!(end, Loaded::TracksChanged);
        let both = Tracks { video: Some(Track::Number(257)), audio: Some(Track::Number(258)) };
        assert_eq!(feed.into_rest().1.flowing(Tracks::default()), Some(both));
    }

    #[tokio::test]
    async fn a_track_that_no_decoder_knows_does_not_end_the_feed() {
        let mut chunks = vec![SourceChunk::new(Bytes::from_static(b"FLV\x01\x05\0\0\0\x09\0\0\0\0"), false)];
        chunks.extend((0..3_000).step_by(40).flat_map(|time_ms| [video(time_ms), tag(8, time_ms, 0xaf)]));
        let mut source = source(Container::Flv, chunks).await;
        let unusable = Tracks { video: None, audio: Some(Track::First) };
        let mut feed = Feed::new(Vec::new(), Intake::default(), Selection { taken: VIDEO, unusable });
        assert_eq!(fed_chunks(&mut feed, &mut source).await, 1 + 2 * 75);
    }

    async fn fed_chunks(feed: &mut Feed, source: &mut Source) -> usize {
        let mut count = 0;
        while feed.load(source).await == Loaded::Chunk {
            count += 1;
        }
        count
    }
}
