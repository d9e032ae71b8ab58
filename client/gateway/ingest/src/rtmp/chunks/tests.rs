//! Tests of the chunk reader.

use super::*;
use crate::rtmp::{budget::Budget, message_kind as kind};
use proptest::prelude::*;

const MAX: usize = 10_000;

fn reader() -> ChunkReader {
    ChunkReader::new(MAX, Budget::new(1 << 20).share())
}

/// All messages of a connection that sends these bytes, in pieces of `piece` bytes.
fn read_in(reader: &mut ChunkReader, bytes: &[u8], piece: usize) -> Result<Vec<Message>, ChunkError> {
    let (mut input, mut messages) = (BytesMut::new(), Vec::new());
    for piece in bytes.chunks(piece) {
        input.extend_from_slice(piece);
        while let Some(message) = reader.read(&mut input)? {
            if message.kind == kind::SET_CHUNK_SIZE {
                reader.set_chunk_size(&message.payload)?;
            }
            messages.push(message);
        }
    }
    Ok(messages)
}

fn read(bytes: &[u8]) -> Result<Vec<Message>, ChunkError> {
    let whole = read_in(&mut reader(), bytes, usize::MAX);
    let single = read_in(&mut reader(), bytes, 1);
    assert_eq!(whole, single, "the result does not depend on how the bytes arrive");
    whole
}

fn times(bytes: &[u8]) -> Vec<u32> {
    read(bytes).unwrap().iter().map(|message| message.time_ms).collect()
}

/// A chunk of type 0 on chunk stream 4, with audio.
fn full(time: u32, length: u32, payload: &[u8]) -> Vec<u8> {
    let extended = if time >= EXTENDED { time.to_be_bytes().to_vec() } else { Vec::new() };
    let [time, length] = [time.min(EXTENDED), length].map(|number| number.to_be_bytes()[1..].to_vec());
    [vec![0x04], time, length, vec![kind::AUDIO, 1, 0, 0, 0], extended, payload.to_vec()].concat()
}

#[test]
fn each_type_of_header_advances_the_time() {
    let bytes = [
        full(1_000, 2, b"ab"),
        b"\x44\0\0\x17\0\0\x02\x08cd".to_vec(), // Type 1: 23 ms later.
        b"\x84\0\0\x18ef".to_vec(),             // Type 2: 24 ms later.
        b"\xc4gh\xc4ij".to_vec(),               // Type 3, twice: 24 ms later each.
    ];
    assert_eq!(times(&bytes.concat()), [1_000, 1_023, 1_047, 1_071, 1_095]);
}

#[test]
fn equal_messages_after_a_full_header_keep_their_step() {
    // As ffmpeg writes silence: the second message is 23 ms after the first one, which was at 23 ms.
    assert_eq!(times(&[full(23, 1, b"a"), b"\xc4b\xc4c".to_vec()].concat()), [23, 46, 69]);
    assert_eq!(times(&[full(0, 1, b"a"), b"\xc4b".to_vec()].concat()), [0, 0]);
}

#[test]
fn full_header_late_in_a_broadcast_is_no_step() {
    assert_eq!(times(&[full(600_000, 1, b"a"), b"\xc4b".to_vec()].concat()), [600_000, 600_000]);
}

#[test]
fn equal_message_of_the_next_track_is_at_the_same_time() {
    // As OBS writes silence of several tracks: the second and third track leave out the header, and mean no step.
    let track = |number: u8| [&b"\x95\x01mp4a"[..], &[number], b"x"].concat();
    let bytes = [
        full(1_000, 8, &track(1)),
        [b"\xc4", &track(2)[..], b"\xc4", &track(3)].concat(),
        [b"\x84\0\0\x15", &track(1)[..], b"\xc4", &track(2), b"\xc4", &track(3)].concat(),
        [b"\x84\0\0\x15", &track(1)[..]].concat(),
    ];
    assert_eq!(times(&bytes.concat()), [1_000, 1_000, 1_000, 1_021, 1_021, 1_021, 1_042]);
    let one_track = [full(1_000, 8, &track(1)), [b"\x84\0\0\x15", &track(1)[..], b"\xc4", &track(1)].concat()];
    assert_eq!(times(&one_track.concat()), [1_000, 1_021, 1_042], "one track keeps its step");
}

#[test]
fn time_wraps_at_32_bits() {
    let bytes = [full(u32::MAX - 9, 1, b"a"), b"\x84\0\0\x14b".to_vec(), b"\xc4c".to_vec()].concat();
    assert_eq!(times(&bytes), [u32::MAX - 9, 10, 30]);
}

#[test]
fn extended_time_is_repeated_in_chunks_or_not() {
    let payload: Vec<u8> = (0..=255).collect();
    let time = 0x0123_4567_u32;
    let (head, tail) = payload.split_at(FIRST_CHUNK_BYTES);
    let begin = full(time, 256, head);
    for repeated in [&time.to_be_bytes()[..], &[]] {
        let bytes = [&begin[..], b"\xc4", repeated, tail].concat();
        let messages = read(&bytes).unwrap();
        assert_eq!((messages.len(), messages[0].time_ms), (1, time), "{repeated:?}");
        assert_eq!(messages[0].payload, payload, "{repeated:?}");
    }
}

#[test]
fn extended_step_is_added() {
    let bytes = [full(5, 1, b"a"), b"\x84\xff\xff\xff\x01\0\0\0b".to_vec(), b"\x84\0\0\x07c".to_vec()].concat();
    assert_eq!(times(&bytes), [5, 0x0100_0005, 0x0100_000c]);
}

#[test]
fn chunks_of_two_streams_are_interleaved() {
    let long = [7; 300];
    let bytes = [full(0, 300, &long[..128]), b"\x05\0\0\x09\0\0\x02\x09\x01\0\0\0vv".to_vec()].concat();
    let bytes = [&bytes[..], b"\xc4", &long[128..256], b"\xc5ww\xc4", &long[256..]].concat();
    let messages = read(&bytes).unwrap();
    let kinds: Vec<(u8, u32, usize)> = messages.iter().map(|it| (it.kind, it.time_ms, it.payload.len())).collect();
    assert_eq!(kinds, [(kind::VIDEO, 9, 2), (kind::VIDEO, 18, 2), (kind::AUDIO, 0, 300)]);
}

#[test]
fn chunk_streams_have_numbers_of_one_to_three_bytes() {
    for id in [&[2][..], &[63], &[0, 0], &[0, 255], &[1, 0, 1], &[1, 255, 255]] {
        let bytes = [id, &full(1, 1, b"a")[1..], &[0xc0 | id[0]], &id[1..], b"b"].concat();
        assert_eq!(times(&bytes), [1, 2], "{id:?}");
    }
}

#[test]
fn any_chunk_size_of_the_standard_is_accepted() {
    let payload = vec![9; 9_000];
    for size in [1_u32, 127, 65_537, 131_072, MAX_CHUNK_BYTES] {
        let set = [&b"\x02\0\0\0\0\0\x04\x01\0\0\0\0"[..], &size.to_be_bytes()].concat();
        let step = size as usize;
        let chunks: Vec<Vec<u8>> = payload.chunks(step).map(|chunk| [b"\xc4", chunk].concat()).collect();
        let message = [&full(3, 9_000, b"")[..], &chunks.concat()[1..]].concat();
        let messages = read(&[set, message].concat()).unwrap();
        assert_eq!(messages[1].payload, payload, "{size}");
    }
    for size in [0_u32, 0x8000_0000, u32::MAX] {
        assert_eq!(reader().set_chunk_size(&size.to_be_bytes()), Err(ChunkError::ChunkSize(size)));
    }
}

#[test]
fn message_without_payload_is_complete_at_once() {
    assert_eq!(times(&[full(1, 0, b""), b"\x84\0\0\x01".to_vec(), b"\xc4".to_vec()].concat()), [1, 2, 3]);
}

#[test]
fn message_above_the_limit_is_refused_before_its_payload() {
    let too_large = ChunkError::TooLarge { bytes: 10_001, max: MAX };
    assert_eq!(read(&full(0, 10_001, b"")), Err(too_large));
}

#[test]
fn unfinished_messages_are_limited_together() {
    let mut bytes = Vec::new();
    for stream in 4..40 {
        bytes.extend([&[stream][..], &full(0, 9_000, &[0; 128])[1..]].concat());
    }
    let mut small = ChunkReader::new(9_000, Budget::new(1 << 20).share());
    small.set_max_message_bytes(1_000);
    assert!(matches!(read_in(&mut small, &bytes, 999), Err(ChunkError::TooLarge { .. })));
    // Each of them is within the limit of a message, but not all of them within twice that limit.
    let set = b"\x02\0\0\0\0\0\x04\x01\0\0\0\0\0\0\x20\0".to_vec();
    let mut bytes = set;
    for stream in 4..40 {
        bytes.extend([&[stream][..], &full(0, 9_000, &[0; 0x2000])[1..]].concat());
    }
    assert_eq!(read(&bytes), Err(ChunkError::TooManyUnfinished(2 * MAX)));
}

#[test]
fn unfinished_messages_of_all_connections_are_limited() {
    let budget = Budget::new(200);
    let (mut one, mut two) = (ChunkReader::new(MAX, budget.share()), ChunkReader::new(MAX, budget.share()));
    let begun = full(0, 1_000, &[0; 128]);
    assert_eq!(read_in(&mut one, &begun, 64), Ok(Vec::new()));
    assert_eq!(read_in(&mut two, &begun, 64), Err(ChunkError::NoMemory));
    drop(one);
    let mut three = ChunkReader::new(MAX, budget.share());
    drop(two);
    assert_eq!(read_in(&mut three, &begun, 64), Ok(Vec::new()), "the memory is free again");
}

#[test]
fn aborted_message_is_discarded() {
    let mut reader = reader();
    assert_eq!(read_in(&mut reader, &full(0, 200, &[1; 128]), 200), Ok(Vec::new()));
    reader.abort(&4_u32.to_be_bytes());
    assert_eq!(reader.unfinished.bytes(), 0);
    let messages = read_in(&mut reader, &full(9, 2, b"ok"), 200).unwrap();
    assert_eq!((messages.len(), &messages[0].payload[..]), (1, &b"ok"[..]));
}

#[test]
fn message_that_is_begun_again_takes_the_place_of_the_unfinished_one() {
    let bytes = [full(0, 2_000, &[1; 128]), full(9, 2, b"ok")].concat();
    assert_eq!(times(&bytes), [9]);
}

#[test]
fn chunk_stream_without_a_header_is_refused() {
    assert_eq!(read(b"\xc4abc"), Err(ChunkError::NoHeader(4)));
    assert_eq!(read(b"\x84\0\0\x01abc"), Err(ChunkError::NoHeader(4)));
    let first = read(b"\x44\0\0\x05\0\0\x01\x08a").unwrap();
    assert_eq!(first[0].time_ms, 5, "a chunk stream may begin with a step from zero");
}

#[test]
fn chunk_streams_are_limited() {
    let many = (0..=MAX_CHUNK_STREAMS as u8).map(|id| [&[0, id][..], &full(0, 0, b"")[1..]].concat());
    assert_eq!(read(&many.collect::<Vec<_>>().concat()), Err(ChunkError::TooManyChunkStreams));
}

proptest! {
    #[test]
    fn noise_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..4_000)) {
        let mut reader = reader();
        let _ = read_in(&mut reader, &bytes, 100);
        let unfinished: usize =
            reader.streams.values().filter_map(|stream| stream.payload.as_ref()).map(BytesMut::len).sum();
        prop_assert!(reader.unfinished.bytes() >= unfinished && reader.unfinished.bytes() <= 2 * MAX);
    }
}
