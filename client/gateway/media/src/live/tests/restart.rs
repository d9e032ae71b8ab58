//! Broadcasts after a restart: they start at an index that no earlier one has used.

use super::{broadcast::low_latency, conformance::*};
use crate::{synthetic::*, *};

#[test]
fn playlists_start_at_the_reserved_index() {
    let mut played = Played::new(&["720p", "360p"], 1000);
    played.play(0..9);
    let playlist = low_latency(&played, "720p");
    assert_eq!((playlist.media_sequence, playlist.segments[0].discontinuities), (1000, 0));
    assert!(playlist.complete().all(|segment| !segment.is_gap));
    check_aligned(&playlist, &low_latency(&played, "360p"));
}

#[test]
fn no_segment_begins_after_the_last_index() {
    let mut played = Played::new(&["720p"], u64::MAX - 1);
    played.play(0..9);
    let indices: Vec<_> = played.events.iter().filter_map(Event::index).collect();
    assert!(indices.iter().all(|index| *index == u64::MAX - 1), "{indices:?}");
}
