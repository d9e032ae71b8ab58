//! Tests of embedded captions, in frames as encoders send them.

use super::*;
use crate::{
    cmaf::{Chunk, Splitter},
    synthetic::*,
};

fn init_of() -> std::sync::Arc<Init> {
    let mut chunks = Vec::new();
    Splitter::new().push(&init(320, 180), &mut chunks).unwrap();
    match chunks.remove(0) {
        Chunk::Init(init) => init,
        other => panic!("{other:?}"),
    }
}

/// A fragment with one frame for each pair of bytes of CC1, at 30 frames per second from `first` on.
fn fragment_with(first: u64, pairs: &[[u8; 2]]) -> Vec<u8> {
    let frames: Vec<Vec<u8>> =
        pairs.iter().map(|[one, two]| sei::frame_with(&[0xc1, 0xff, 0xfc, *one, *two])).collect();
    let each = TIMESCALE / 30;
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let tfhd = boxed(b"tfhd", &[&words(&[0x0002_0008, 1, each])]);
    let tfdt = boxed(b"tfdt", &[&[1, 0, 0, 0], &(first * u64::from(each)).to_be_bytes()]);
    let sizes: Vec<u32> = frames.iter().map(|frame| frame.len() as u32).collect();
    let moof = |offset: u32| {
        let head = words(&[0x0000_0201, sizes.len() as u32, offset]);
        let trun = boxed(b"trun", &[&head, &words(&sizes)]);
        boxed(b"moof", &[&boxed(b"traf", &[&tfhd, &tfdt, &trun])])
    };
    let offset = moof(0).len() as u32 + 8;
    [moof(offset), boxed(b"mdat", &[&frames.concat()])].concat()
}

/// Adds the parity bit.
fn odd(pair: [u8; 2]) -> [u8; 2] {
    pair.map(|byte| if byte.count_ones() % 2 == 0 { byte | 0x80 } else { byte })
}

fn pop_on(text: &[u8]) -> Vec<[u8; 2]> {
    let load = [[0x14, 0x20], [0x14, 0x20], [0x14, 0x70]];
    let text = text.chunks(2).map(|pair| [pair[0], pair.get(1).copied().unwrap_or(0)]);
    load.into_iter().chain(text).chain([[0x14, 0x2f], [0x14, 0x2f]]).map(odd).collect()
}

const PLACE: SegmentPlace = SegmentPlace { media_ms: 10_000, at_ms: 4_000, length_ms: 2_000 };

#[test]
fn a_caption_is_a_cue_that_goes_on_with_the_next_segment() {
    let (init, mut captions) = (init_of(), EmbeddedCaptions::default());
    let pairs = pop_on(b"Hi there");
    let shown_at = 4_000 + 1_000 * (pairs.len() as u64 - 2) / 30;
    let cues = captions.segment(&init, &fragment_with(300, &pairs), PLACE);
    assert_eq!(cues, [(CaptionChannel::Cc(1), Cue::plain(shown_at, 6_000, "Hi there"))]);
    // The next segment erases it after a third of a second.
    let nothing = [[0x80, 0x80]; 10].into_iter();
    let erase: Vec<[u8; 2]> = nothing.chain([[0x14, 0x2c]].map(odd)).collect();
    let next = SegmentPlace { media_ms: 12_000, at_ms: 6_000, ..PLACE };
    let cues = captions.segment(&init, &fragment_with(360, &erase), next);
    assert_eq!(cues, [(CaptionChannel::Cc(1), Cue::plain(6_000, 6_333, "Hi there"))]);
    let last = SegmentPlace { media_ms: 14_000, at_ms: 8_000, ..PLACE };
    assert_eq!(captions.segment(&init, &fragment_with(420, &[[0x80, 0x80]]), last), []);
}

#[test]
fn media_without_captions_or_with_damage_has_no_cues() {
    let (init, mut captions) = (init_of(), EmbeddedCaptions::default());
    assert_eq!(captions.segment(&init, &USUAL.at(20), PLACE), []);
    let whole = fragment_with(300, &pop_on(b"Hi"));
    for length in 0..whole.len() {
        captions.segment(&init, &whole[..length], PLACE);
    }
}

#[test]
fn channels_have_names_for_addresses_and_for_viewers() {
    let names: Vec<_> = [CaptionChannel::Cc(1), CaptionChannel::Cc(3), CaptionChannel::Service1]
        .into_iter()
        .map(|channel| (channel.name(), channel.label()))
        .collect();
    assert_eq!(names[0], ("cc1".into(), "Captions".into()));
    assert_eq!(names[1], ("cc3".into(), "Captions CC3".into()));
    assert_eq!(names[2].0, "svc1");
}
