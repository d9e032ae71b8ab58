//! Tests of parts and segments of one rendition.

use crate::{synthetic::*, *};

fn parts(events: &[Event]) -> Vec<(u64, u64, bool)> {
    let part = |event: &Event| match event {
        Event::PartReady(part) => Some((part.segment.index, part.about.duration.micros(), part.about.independent)),
        _ => None,
    };
    events.iter().filter_map(part).collect()
}

#[test]
fn small_fragments_are_gathered_into_parts() {
    let mut played = Played::new(&["720p"], 0);
    // A tenth of a second each.
    for place in 0..21 {
        played.push("720p", &fragment(place * 1536, 3, 512, place % 20 == 0, 10));
    }
    let half = |independent| (0, 500_000, independent);
    assert_eq!(parts(&played.events), [half(true), half(false), half(false), half(false)]);
}

#[test]
fn parts_of_uneven_fragments_stay_within_the_target() {
    let mut played = Played::new(&["720p"], 0);
    let mut start = 0;
    for (place, frames) in [8, 9, 9, 8, 13, 13].into_iter().enumerate() {
        played.push("720p", &fragment(start, frames, 512, place == 0, 10));
        start += u64::from(frames) * 512;
    }
    assert!(parts(&played.events).iter().all(|part| part.1 <= 540_000), "{:?}", parts(&played.events));
}

#[test]
fn short_last_part_is_published_without_the_next_segment() {
    let config = LiveConfig { part_target_ms: 216, ..config(&["720p"]) };
    let mut played = Played::of(LiveStream::new(config, secret(), 0).unwrap());
    // 24 frames per second: nine fragments of five frames, and one of the three that are left of 48.
    for place in 0..10u32 {
        let frames = if place == 9 { 3 } else { 5 };
        played.push("720p", &fragment(u64::from(place) * 5 * 640, frames, 640, place == 0, 10));
    }
    let published = parts(&played.events);
    assert_eq!(published.len(), 10, "{published:?}");
    assert_eq!((published[0].1, published[9].1), (208_333, 125_000));
}

#[test]
fn media_before_the_first_keyframe_is_dropped() {
    let mut played = Played::new(&["720p"], 0);
    played.play(2..5);
    let is_drop = |event: &Event| matches!(event, Event::Dropped { reason: DropReason::NoSegment, .. });
    assert_eq!(played.events.iter().filter(|event| is_drop(event)).count(), 2);
    assert_eq!(parts(&played.events), [(0, 500_000, true)]);
}

#[test]
fn sound_after_the_last_frame_is_left_out() {
    let mut played = Played::new(&["720p"], 0);
    played.push("720p", &audio_tail());
    played.play(0..2);
    played.push("720p", &audio_tail());
    played.stream.end(&mut played.events);
    let Some(Event::SegmentReady(ready)) = played.events.last() else { panic!("no segment") };
    assert_eq!(ready.plaintext, [USUAL.at(0), USUAL.at(1)].concat());
}

#[test]
fn a_segment_ends_before_it_is_too_large() {
    let mut played = Played::new(&["720p"], 0);
    for half_second in 0..4 {
        played.push("720p", &Video { gop: 4, bytes: 20 << 20 }.at(half_second));
    }
    let Some(Event::Dropped { reason, .. }) = played.events.last() else { panic!("nothing dropped") };
    assert_eq!(*reason, DropReason::TooLarge);
    let ready = played.events.iter().find_map(|event| match event {
        Event::SegmentReady(ready) => Some(ready),
        _ => None,
    });
    assert_eq!(ready.unwrap().segment.parts.len(), 3);
}
