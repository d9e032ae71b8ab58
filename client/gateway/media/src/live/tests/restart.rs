//! Restarts: indices are never used twice, and playlists go on.

use super::{broadcast::low_latency, conformance::*};
use crate::{synthetic::*, *};

fn restored(snapshot: &Snapshot, start_index: u64) -> Result<LiveStream, ConfigError> {
    // As it would be kept.
    let snapshot = serde_json::from_str(&serde_json::to_string(snapshot).unwrap()).unwrap();
    LiveStream::restore(config(&["720p", "360p"]), secret(), snapshot, start_index)
}

#[test]
fn an_orderly_restart_works() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..19);
    let before = low_latency(&played, "720p");
    let stream = restored(&played.stream.snapshot(), played.stream.next_index()).unwrap();
    let mut played = Played::of(stream);
    played.play(0..5);
    let after = low_latency(&played, "720p");
    check_update(&before, &after);
    check_aligned(&after, &low_latency(&played, "360p"));
    // Segment 4 was growing: it is lost, and its key is not used again.
    let last = after.complete().last().unwrap();
    assert_eq!((last.msn, last.discontinuities, last.map.as_str()), (5, 1, "v/720p/init-1.mp4"));
    assert!(after.complete().find(|segment| segment.msn == 4).is_none_or(|segment| segment.is_gap));
}

#[test]
fn a_restart_with_reserved_indices_works() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..19);
    let stream = restored(&played.stream.snapshot(), 1000).unwrap();
    let mut played = Played::of(stream);
    played.play(0..9);
    let after = low_latency(&played, "720p");
    assert_eq!((after.media_sequence, after.segments[0].discontinuities), (1000, 1));
    assert!(after.complete().all(|segment| !segment.is_gap));
}

#[test]
fn a_restart_with_used_indices_fails() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..19);
    let error = restored(&played.stream.snapshot(), 4).unwrap_err();
    assert_eq!(error, ConfigError::IndexUsed { used: 5, start: 4 });
}

#[test]
fn a_rendition_that_is_new_after_a_restart_works() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..19);
    let next = played.stream.next_index();
    let mut played = Played::of(restored(&played.stream.snapshot(), next).unwrap());
    played.play(0..9);
    let new = low_latency(&played, "360p");
    assert_eq!((new.media_sequence, new.segments[0].discontinuities), (5, 1));
    check_aligned(&new, &low_latency(&played, "720p"));
}

#[test]
fn the_last_index_ends_cutting() {
    let mut played = Played::new(&["720p"], u64::MAX - 1);
    played.play(0..9);
    let indices: Vec<_> = played.events.iter().filter_map(Event::index).collect();
    assert!(indices.iter().all(|index| *index == u64::MAX - 1), "{indices:?}");
}
