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

#[test]
fn an_address_of_an_initialisation_stands_for_the_same_bytes_in_every_broadcast() {
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    let mut known: std::collections::HashMap<String, bytes::Bytes> = std::collections::HashMap::new();
    // Broadcasts with two sources each: the same encoder twice, then others with other pictures.
    for sizes in [[(320, 180), (320, 180)], [(320, 180), (180, 320)], [(180, 320), (640, 360)]] {
        let mut played = Played::new(&["720p"], 0);
        for (width, height) in sizes {
            played.source = played.stream.begin_source(SourceKind::Paid, &mut played.events).unwrap();
            played.push("720p", &init(width, height));
        }
        for event in &played.events {
            let Event::InitReady(ready) = event else { continue };
            let address = uris.init("720p", ready.number);
            let before = known.entry(address).or_insert_with(|| ready.init.bytes.clone());
            assert_eq!(*before, ready.init.bytes);
        }
    }
    assert_eq!(known.len(), 3, "each content has an address of its own");
}
