//! Reads the messages of an RTMP connection, which come in chunks.
//!
//! RTMP cuts messages into chunks, so that a long message of one *chunk stream* does not delay a short one of another.
//! A chunk has one of four headers, each of which leaves out more of what is the same as before:
//!
//! | type | has | when it begins a message |
//! | --- | --- | --- |
//! | 0 | everything | the timestamp is the time of the message |
//! | 1 | time step, length, kind | the time step is added to the time of the message before |
//! | 2 | time step | as type 1 |
//! | 3 | nothing | the last time step is added again |
//!
//! Chunks after the first one of a message have type 3. A timestamp or step of 0xffffff or more is written in four more
//! bytes after the header, which are repeated in each chunk of type 3. Some encoders do not repeat them, so the bytes
//! are compared with the expected ones.
//!
//! OBS, whose library takes type 3 for "at the same time", is understood where it can be told apart: when a message of
//! another track follows.
//!
//! A message takes memory as its bytes arrive, within a limit for the message, one for the connection, and one for all
//! connections. The size of a chunk is only the distance to the next header, so any size is accepted.

use super::{budget::Share, media};
use bytes::{Buf, Bytes, BytesMut};
use std::collections::HashMap;
use thiserror::Error;

#[cfg(test)]
mod tests;

/// Maximum number of chunk streams of a connection. Encoders use fewer than ten.
const MAX_CHUNK_STREAMS: usize = 64;
/// Size of chunks until the peer sets another one.
const FIRST_CHUNK_BYTES: usize = 128;
/// Maximum size of chunks. The first bit of the number is reserved.
const MAX_CHUNK_BYTES: u32 = 0x7fff_ffff;
/// Value of a timestamp or step that is written in four more bytes.
const EXTENDED: u32 = 0x00ff_ffff;
/// Number of bytes of an extended timestamp.
const EXTENDED_BYTES: usize = 4;
/// Number of bytes of a header by its type, without the extended timestamp.
const HEADER_BYTES: [usize; 4] = [11, 7, 3, 0];
/// Maximum time of a message of type 0 that is repeated as a step by a message of type 3. The standard says that it is
/// the step, which has a meaning only at the beginning. Later it would double the time, and what encoders mean is zero.
const MAX_REPEATED_TIME_MS: u32 = 1_000;

/// A complete message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Kind of message, see [`super::message_kind`].
    pub kind: u8,
    /// Timestamp, which wraps after 49 days.
    pub time_ms: u32,
    /// Number of the message stream.
    pub stream: u32,
    pub payload: Bytes,
}

/// Why the chunks of a connection cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(super) enum ChunkError {
    #[error(
        "a message of {bytes} bytes is larger than the {max} allowed; lower the encoder's bit rate or resolution, or \
         set key frames closer together"
    )]
    TooLarge { bytes: u32, max: usize },
    #[error("the unfinished messages of the connection have more than {0} bytes; send each message to its end")]
    TooManyUnfinished(usize),
    #[error("the gateway has no memory left for messages of encoders; try again in a minute")]
    NoMemory,
    #[error("the chunk size {0} is not valid; set one from 1 to 2147483647 bytes")]
    ChunkSize(u32),
    #[error("the chunk stream {0} does not begin with a complete header")]
    NoHeader(u32),
    #[error("more than {MAX_CHUNK_STREAMS} chunk streams are used")]
    TooManyChunkStreams,
}

/// What the header of a chunk says, with what it leaves out.
#[derive(Clone, Copy, Debug)]
struct Header {
    time_ms: u32,
    step_ms: u32,
    length: u32,
    kind: u8,
    stream: u32,
    /// Value of the extended timestamp, if there is one.
    extended: Option<u32>,
    /// Whether the message began with a header of type 3.
    is_repeated: bool,
}

/// One chunk stream.
#[derive(Debug)]
struct ChunkStream {
    header: Header,
    /// Payload of a message that has begun. `None` between two messages.
    payload: Option<BytesMut>,
    /// Number of the track of the last message, if it had one.
    track: Option<u8>,
}

/// A chunk whose header has been read: the number of its chunk stream, and of its bytes that are still to come.
#[derive(Clone, Copy, Debug)]
struct OpenChunk {
    id: u32,
    left: usize,
}

/// Reads the chunks of a connection.
#[derive(Debug)]
pub(super) struct ChunkReader {
    chunk_bytes: usize,
    max_message_bytes: usize,
    streams: HashMap<u32, ChunkStream>,
    open: Option<OpenChunk>,
    /// Bytes of all messages that have begun.
    unfinished: Share,
}

impl ChunkReader {
    /// A reader for messages of at most `max_message_bytes`.
    pub fn new(max_message_bytes: usize, unfinished: Share) -> Self {
        Self { chunk_bytes: FIRST_CHUNK_BYTES, max_message_bytes, streams: HashMap::new(), open: None, unfinished }
    }

    /// Changes the maximum size of a message.
    pub fn set_max_message_bytes(&mut self, bytes: usize) {
        self.max_message_bytes = bytes;
    }

    /// Takes the payload of a message of the kind [`SET_CHUNK_SIZE`](super::message_kind::SET_CHUNK_SIZE).
    pub fn set_chunk_size(&mut self, payload: &[u8]) -> Result<(), ChunkError> {
        let bytes = payload.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
        if !(1..=MAX_CHUNK_BYTES).contains(&bytes) {
            return Err(ChunkError::ChunkSize(bytes));
        }
        self.chunk_bytes = bytes as usize;
        Ok(())
    }

    /// Takes the payload of a message of the kind [`ABORT`](super::message_kind::ABORT): discards the unfinished message of
    /// a chunk stream.
    pub fn abort(&mut self, payload: &[u8]) {
        let id = payload.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
        let aborted = id.and_then(|id| self.streams.get_mut(&id)).and_then(|stream| stream.payload.take());
        self.unfinished.shrink(aborted.map_or(0, |payload| payload.len()));
    }

    /// Reads the next message from `input`, and removes what it has read. `None` if more bytes have to come.
    ///
    /// # Errors
    ///
    /// The bytes are no chunks, or a limit is exceeded. The connection cannot be read any further.
    pub fn read(&mut self, input: &mut BytesMut) -> Result<Option<Message>, ChunkError> {
        loop {
            let open = match self.open.take() {
                Some(open) => open,
                None => match self.begin_chunk(input)? {
                    Some(open) => open,
                    None => return Ok(None),
                },
            };
            let taken = open.left.min(input.len());
            let message = self.take_payload(open.id, input.split_to(taken))?;
            if message.is_some() {
                return Ok(message);
            }
            if taken < open.left {
                self.open = Some(OpenChunk { left: open.left - taken, ..open });
                return Ok(None);
            }
        }
    }

    /// Reads the header of the next chunk. `None` if more bytes have to come.
    fn begin_chunk(&mut self, input: &mut BytesMut) -> Result<Option<OpenChunk>, ChunkError> {
        let Some((format, id, basic_bytes)) = basic_header(input) else { return Ok(None) };
        let before = self.streams.get(&id);
        let is_continued = format == 3 && before.is_some_and(|stream| stream.payload.is_some());
        let known = before.map(|stream| stream.header);
        let Some((header, bytes)) = message_header(format, is_continued, known, &input[basic_bytes..])
            .map_err(|NoHeader| ChunkError::NoHeader(id))?
        else {
            return Ok(None);
        };
        input.advance(basic_bytes + bytes);
        if known.is_none() && self.streams.len() >= MAX_CHUNK_STREAMS {
            return Err(ChunkError::TooManyChunkStreams);
        }
        let stream = self.streams.entry(id).or_insert(ChunkStream { header, payload: None, track: None });
        let received = stream.payload.as_ref().map_or(0, BytesMut::len);
        if is_continued {
            return Ok(Some(OpenChunk { id, left: (header.length as usize - received).min(self.chunk_bytes) }));
        }
        // A message that was not sent to its end is discarded.
        (stream.header, stream.payload) = (header, Some(BytesMut::new()));
        self.unfinished.shrink(received);
        if header.length as usize > self.max_message_bytes {
            return Err(ChunkError::TooLarge { bytes: header.length, max: self.max_message_bytes });
        }
        Ok(Some(OpenChunk { id, left: (header.length as usize).min(self.chunk_bytes) }))
    }

    /// Appends to the message of a chunk stream, and returns it if it is complete.
    fn take_payload(&mut self, id: u32, bytes: BytesMut) -> Result<Option<Message>, ChunkError> {
        let max = self.max_message_bytes.saturating_mul(2);
        if self.unfinished.bytes() + bytes.len() > max {
            return Err(ChunkError::TooManyUnfinished(max));
        }
        if !self.unfinished.grow(bytes.len()) {
            return Err(ChunkError::NoMemory);
        }
        let Some(stream) = self.streams.get_mut(&id) else { return Ok(None) };
        let header = stream.header;
        let mut payload = stream.payload.take().unwrap_or_default();
        payload.extend_from_slice(&bytes);
        if payload.len() < header.length as usize {
            stream.payload = Some(payload);
            return Ok(None);
        }
        self.unfinished.shrink(payload.len());
        let payload = payload.freeze();
        let track = media::track_number(header.kind, &payload);
        let before = std::mem::replace(&mut stream.track, track);
        if header.is_repeated && before.zip(track).is_some_and(|(before, track)| before < track) {
            // The next track of the same moment.
            stream.header.time_ms = header.time_ms.wrapping_sub(header.step_ms);
        }
        let Header { kind, time_ms, stream, .. } = stream.header;
        Ok(Some(Message { kind, time_ms, stream, payload }))
    }
}

/// Reads type, chunk stream and length of a basic header, which has one to three bytes.
fn basic_header(input: &[u8]) -> Option<(u8, u32, usize)> {
    let first = *input.first()?;
    let (id, bytes) = match first & 0x3f {
        0 => (64 + u32::from(*input.get(1)?), 2),
        1 => (64 + u32::from(*input.get(1)?) + 256 * u32::from(*input.get(2)?), 3),
        id => (u32::from(id), 1),
    };
    Some((first >> 6, id, bytes))
}

/// A header leaves out what was never stated.
struct NoHeader;

/// Reads a header and its length. `None` if more bytes have to come. `is_continued`: the chunk continues a message.
fn message_header(
    format: u8,
    is_continued: bool,
    known: Option<Header>,
    input: &[u8],
) -> Result<Option<(Header, usize)>, NoHeader> {
    let bytes = HEADER_BYTES[usize::from(format & 3)];
    let Some((fields, rest)) = input.split_at_checked(bytes) else { return Ok(None) };
    let before = match (format, known) {
        (_, Some(header)) => header,
        // Some encoders begin a chunk stream with type 1: it belongs to the control stream, and its time begins at zero.
        (0 | 1, None) => {
            Header { time_ms: 0, step_ms: 0, length: 0, kind: 0, stream: 0, extended: None, is_repeated: false }
        }
        (_, None) => return Err(NoHeader),
    };
    let written = fields.first_chunk().map(|bytes: &[u8; 3]| u24(*bytes));
    let extended = match (written, before.extended) {
        (Some(EXTENDED), _) => match rest.first_chunk() {
            Some(bytes) => Some((u32::from_be_bytes(*bytes), EXTENDED_BYTES)),
            None => return Ok(None),
        },
        (None, Some(expected)) => match is_repeated(expected, rest) {
            Some(is_repeated) => Some((expected, if is_repeated { EXTENDED_BYTES } else { 0 })),
            None => return Ok(None),
        },
        _ => None,
    };
    let bytes = bytes + extended.map_or(0, |(_, bytes)| bytes);
    if is_continued {
        return Ok(Some((before, bytes)));
    }
    let extended = extended.map(|(value, _)| value);
    let mut header = Header { extended, is_repeated: format == 3, ..before };
    match (format, written) {
        (0, Some(written)) => {
            header.time_ms = extended.unwrap_or(written);
            header.step_ms = if header.time_ms <= MAX_REPEATED_TIME_MS { header.time_ms } else { 0 };
        }
        (_, written) => {
            header.step_ms = written.map_or(before.step_ms, |written| extended.unwrap_or(written));
            header.time_ms = before.time_ms.wrapping_add(header.step_ms);
        }
    }
    if let [_, _, _, a, b, c, kind, stream @ ..] = fields {
        (header.length, header.kind) = (u24([*a, *b, *c]), *kind);
        header.stream = stream.first_chunk().map_or(before.stream, |bytes| u32::from_le_bytes(*bytes));
    }
    Ok(Some((header, bytes)))
}

/// Whether the extended timestamp comes next. `None` if more bytes have to come.
fn is_repeated(expected: u32, rest: &[u8]) -> Option<bool> {
    let expected = expected.to_be_bytes();
    let known = rest.len().min(EXTENDED_BYTES);
    if rest[..known] != expected[..known] {
        return Some(false);
    }
    (known == EXTENDED_BYTES).then_some(true)
}

fn u24([a, b, c]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, a, b, c])
}
