//! Tests of the reader of MPEG-TS, with streams made here.

use super::*;
use proptest::prelude::*;

const PMT_PID: u16 = 0x1000;
const VIDEO_PID: u16 = 0x100;
const AUDIO_PID: u16 = 0x101;
const IDR: &[u8] = &[0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 0x67, 0x64];
const DELTA: &[u8] = &[0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 0x41, 0x9a];

/// A packet, filled up with an adaptation field.
fn packet(pid: u16, is_start: bool, payload: &[u8]) -> Vec<u8> {
    let [high, low] = pid.to_be_bytes();
    let stuffing = PACKET_BYTES - 4 - payload.len();
    let mut packet = vec![SYNC, high | u8::from(is_start) << 6, low, if stuffing > 0 { 0x30 } else { 0x10 }];
    if stuffing > 0 {
        packet.push((stuffing - 1) as u8);
        packet.extend((1..stuffing).map(|place| if place == 1 { 0 } else { 0xff }));
    }
    [packet, payload.to_vec()].concat()
}

fn section(id: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() + 9) as u16;
    let [high, low] = length.to_be_bytes();
    [&[0, id, 0xb0 | high, low, 0, 1, 0xc1, 0, 0], body, &[0; 4]].concat()
}

fn tables(tracks: &[(u8, u16)]) -> Vec<u8> {
    let [high, low] = PMT_PID.to_be_bytes();
    let pat = section(PAT_ID, &[0, 1, 0xe0 | high, low]);
    let entries = tracks.iter().flat_map(|(kind, pid)| {
        let [high, low] = pid.to_be_bytes();
        [*kind, 0xe0 | high, low, 0xf0, 0]
    });
    let pmt = section(PMT_ID, &[0xe1, 0, 0xf0, 0].into_iter().chain(entries).collect::<Vec<_>>());
    [packet(PAT_PID, true, &pat), packet(PMT_PID, true, &pmt)].concat()
}

const BOTH: [(u8, u16); 2] = [(0x1b, VIDEO_PID), (0x0f, AUDIO_PID)];

fn media(pid: u16, time_ms: u64, media: &[u8]) -> Vec<u8> {
    let ticks = time_ms * TICKS_PER_MS;
    let time = [
        (ticks >> 29) as u8 | 1,
        (ticks >> 22) as u8,
        (ticks >> 14) as u8 | 1,
        (ticks >> 7) as u8,
        (ticks << 1) as u8 | 1,
    ];
    packet(pid, true, &[&[0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5], &time[..], media].concat())
}

fn stream(tracks: &[u16], from_ms: u64, to_ms: u64, gop_ms: u64) -> Vec<u8> {
    let times = (from_ms..to_ms).step_by(40);
    let at = |time: u64| {
        let picture = if time.is_multiple_of(gop_ms) { IDR } else { DELTA };
        tracks.iter().flat_map(move |pid| media(*pid, time, if *pid == VIDEO_PID { picture } else { b"sound" }))
    };
    times.flat_map(at).collect()
}

fn flowing(flows: &Flows) -> Vec<u32> {
    flows.flowing(Kind::Video).chain(flows.flowing(Kind::Audio)).collect()
}

fn take(reader: &mut Reader, flows: &mut Flows, bytes: &[u8]) -> Vec<SourceChunk> {
    reader.take(SourceChunk::new(Bytes::copy_from_slice(bytes), true), flows)
}

#[test]
fn announced_sound_counts_when_it_comes() {
    let (mut reader, mut flows) = (Reader::default(), Flows::of_packets());
    take(&mut reader, &mut flows, &[tables(&BOTH), stream(&[VIDEO_PID], 0, 4_000, 2_000)].concat());
    assert_eq!(flowing(&flows), [0x100]);
    take(&mut reader, &mut flows, &stream(&[VIDEO_PID, AUDIO_PID], 4_000, 5_000, 2_000));
    assert_eq!(flowing(&flows), [0x100, 0x101]);
}

#[test]
fn pieces_begin_where_a_decoder_can_begin_however_the_stream_is_cut() {
    let bytes = [tables(&BOTH), stream(&[VIDEO_PID, AUDIO_PID], 200, 6_200, 2_000)].concat();
    for step in [100, 188, 1316, 10_000, bytes.len()] {
        let (mut reader, mut flows) = (Reader::default(), Flows::of_packets());
        let pieces: Vec<SourceChunk> =
            bytes.chunks(step).flat_map(|chunk| take(&mut reader, &mut flows, chunk)).collect();
        let joined: Vec<u8> = pieces.iter().flat_map(|piece| piece.bytes.to_vec()).collect();
        assert_eq!(joined, bytes, "nothing is lost");
        let entries: Vec<&SourceChunk> =
            pieces.iter().filter(|piece| piece.is_entry && flows.announces(Kind::Video)).collect();
        let keys = entries.iter().filter(|piece| piece.bytes[..PACKET_BYTES].ends_with(IDR)).count();
        assert_eq!(keys, 3, "step {step}");
        let preambles: Vec<&Bytes> = pieces.iter().filter_map(|piece| piece.preamble.as_ref()).collect();
        assert_eq!(preambles.last().unwrap()[..], tables(&BOTH)[..]);
    }
}

#[test]
fn video_that_is_joined_within_a_group_waits_for_its_keyframe() {
    let (mut reader, mut flows) = (Reader::default(), Flows::of_packets());
    take(&mut reader, &mut flows, &[tables(&BOTH), stream(&[VIDEO_PID, AUDIO_PID], 5_000, 19_960, 20_000)].concat());
    assert_eq!(flowing(&flows), [0x101]);
    assert!(flows.awaits_keyframe());
    let pieces = take(&mut reader, &mut flows, &stream(&[VIDEO_PID, AUDIO_PID], 19_960, 20_080, 20_000));
    assert_eq!(flowing(&flows), [0x100, 0x101]);
    assert_eq!(pieces.iter().filter(|piece| piece.is_entry).count(), 1);
}

#[test]
fn tracks_that_the_tables_no_longer_announce_are_forgotten() {
    let (mut reader, mut flows) = (Reader::default(), Flows::of_packets());
    take(&mut reader, &mut flows, &[tables(&BOTH), stream(&[VIDEO_PID, AUDIO_PID], 0, 1_000, 2_000)].concat());
    let moved = [(0x1b, 0x200), (0x0f, 0x201)];
    take(&mut reader, &mut flows, &tables(&moved));
    assert_eq!(flowing(&flows), [] as [u32; 0]);
    take(&mut reader, &mut flows, &stream(&[0x201], 0, 1_000, 2_000));
    assert_eq!(flowing(&flows), [0x201]);
}

#[test]
fn private_data_is_explained_by_its_descriptors() {
    assert_eq!(contents(0x06, b"\x0a\x04eng\0\x05\x04Opus").map(|found| found.0), Some(Kind::Audio));
    assert_eq!(contents(0x06, b"\x6a\x01\0").map(|found| found.0), Some(Kind::Audio));
    assert_eq!(contents(0x06, b"\x05\x04KLVA"), None);
    assert_eq!(contents(0x06, b"\x05\xff"), None);
    assert_eq!(contents(0x86, b""), None);
}

proptest! {
    #[test]
    fn damaged_streams_never_panic(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40), step in 1usize..400) {
        let mut bytes = [tables(&BOTH), stream(&[VIDEO_PID, AUDIO_PID], 0, 1_000, 200)].concat();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let (mut reader, mut flows) = (Reader::default(), Flows::of_packets());
        let mut passed_on = 0;
        for chunk in bytes.chunks(step) {
            passed_on += take(&mut reader, &mut flows, chunk).iter().map(|piece| piece.bytes.len()).sum::<usize>();
            prop_assert!(reader.rest.len() < PACKET_BYTES);
        }
        prop_assert_eq!(passed_on + reader.rest.len(), bytes.len());
    }
}
