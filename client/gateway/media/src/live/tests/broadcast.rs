//! Tests of one broadcast, from its first byte to its end.

use super::conformance::*;
use crate::{synthetic::*, *};

fn uris() -> Uris {
    Uris::new(&UriTemplates::default()).unwrap()
}

pub fn playlist(played: &Played, name: &str, form: LiveForm) -> Checked {
    let id = played.stream.rendition(name).unwrap();
    check(&played.stream.media_playlist(id, form, &uris()).unwrap())
}

pub fn low_latency(played: &Played, name: &str) -> Checked {
    playlist(played, name, LiveForm::LowLatency)
}

fn segments(events: &[Event]) -> Vec<&SegmentReady> {
    let ready = |event: &'_ Event| matches!(event, Event::SegmentReady(_));
    let segments = events.iter().filter(|event| ready(event));
    segments.filter_map(|event| if let Event::SegmentReady(segment) = event { Some(segment) } else { None }).collect()
}

#[test]
fn every_version_of_every_playlist_conforms() {
    let mut played = Played::new(&["720p", "360p"], 40);
    played.play(0..5);
    let mut before = [low_latency(&played, "720p"), playlist(&played, "720p", LiveForm::Plain)];
    for half_second in 5..60 {
        played.play(half_second..half_second + 1);
        let now = [low_latency(&played, "720p"), playlist(&played, "720p", LiveForm::Plain)];
        now.iter().for_each(check_encrypted);
        check_update(&before[0], &now[0]);
        check_update(&before[1], &now[1]);
        check_aligned(&now[0], &low_latency(&played, "360p"));
        before = now;
    }
    // 60 half seconds are 15 segments, the last one still open: the 5 before it are listed.
    assert_eq!((before[0].media_sequence, before[0].complete().count()), (40 + 9, 5));
    assert_eq!(played.stream.next_index(), 40 + 15);
}

#[test]
fn segments_are_their_parts_and_encrypted_if_paid() {
    let mut played = Played::new(&["720p", "preview"], 7);
    played.play(0..9);
    let paid = played.stream.rendition("720p").unwrap();
    for ready in segments(&played.events) {
        let index = ready.segment.head.index;
        let parts = played.events.iter().filter_map(|event| match event {
            Event::PartReady(part) if part.rendition == ready.rendition && part.segment.index == index => Some(part),
            _ => None,
        });
        let parts: Vec<_> = parts.collect();
        let joined: Vec<u8> = parts.iter().flat_map(|part| part.plaintext.to_vec()).collect();
        assert_eq!(joined, ready.plaintext);
        assert_eq!(parts.len(), ready.segment.parts.len());
        let key = played.stream.key(index).unwrap();
        if ready.rendition == paid {
            assert_eq!(key.decrypt(&ready.published).unwrap(), ready.plaintext);
            assert!(parts.iter().all(|part| key.decrypt(&part.published).unwrap() == part.plaintext));
        } else {
            assert_eq!(ready.published, ready.plaintext);
            assert!(parts.iter().all(|part| part.published == part.plaintext));
        }
    }
    assert_eq!(segments(&played.events).len(), 4);
    assert_eq!((played.stream.ticks(7), played.stream.ticks(9), played.stream.ticks(10)), (Some(2), Some(2), None));
    assert!(played.stream.key(10).is_none());
}

#[test]
fn a_preview_is_clear_and_not_in_the_multivariant_playlist() {
    let mut played = Played::new(&["720p", "preview"], 0);
    played.play(0..17);
    let preview = low_latency(&played, "preview");
    assert!(preview.segments.iter().all(|segment| segment.key.is_none()));
    assert!(preview.reports.is_empty());
    let multivariant = played.stream.multivariant_playlist(&uris()).unwrap();
    assert!(!multivariant.contains("preview"));
    assert!(low_latency(&played, "720p").reports.is_empty());
}

#[test]
fn the_multivariant_playlist_describes_every_rendition() {
    let mut played = Played::new(&["720p", "360p"], 0);
    assert_eq!(played.stream.multivariant_playlist(&uris()), Err(PlaylistError::NotReady));
    played.play(0..9);
    let text = played.stream.multivariant_playlist(&uris()).unwrap();
    let m3u8_rs::Playlist::MasterPlaylist(parsed) = m3u8_rs::parse_playlist_res(text.as_bytes()).unwrap() else {
        panic!("not a multivariant playlist:\n{text}")
    };
    assert_eq!(parsed.variants.len(), 2);
    let first = &parsed.variants[0];
    assert_eq!((first.uri.as_str(), first.codecs.as_deref()), ("720p.m3u8", Some("avc1.64001f,mp4a.40.2")));
    assert_eq!(first.frame_rate, Some(30.0));
    assert_eq!(first.resolution, Some(m3u8_rs::Resolution { width: 320, height: 180 }));
    let bytes = segments(&played.events)[0].segment.bytes;
    assert_eq!((first.bandwidth, first.average_bandwidth), (bytes * 4, Some(bytes * 4)));
}

#[test]
fn the_live_edge_has_a_hint_and_reports() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..6);
    let edge = low_latency(&played, "720p");
    assert_eq!(edge.hint.as_deref(), Some("v/720p/1.2.m4s"));
    assert_eq!((edge.reports[0]["URI"].as_str(), edge.reports[0]["LAST-MSN"].as_str()), ("360p.m3u8", "1"));
    assert_eq!(edge.reports[0]["LAST-PART"], "1");
}

#[test]
fn first_part_of_a_segment_is_not_announced_before_its_key() {
    let mut played = Played::new(&["720p"], 0);
    // The segment has two seconds: the next part begins a new one, which has another key.
    played.play(0..8);
    assert_eq!(low_latency(&played, "720p").hint, None);
    played.play(8..9);
    assert_eq!(low_latency(&played, "720p").hint.as_deref(), Some("v/720p/2.1.m4s"));
}

#[test]
fn players_may_wait_for_the_next_parts_only() {
    use Availability::*;
    let mut played = Played::new(&["720p"], 100);
    let id = played.stream.rendition("720p").unwrap();
    assert_eq!(played.stream.playlist_state(id, 100, None), Ok(Wait));
    // Segments 100 and 101 are complete; 102 has two parts.
    played.play(0..10);
    let cases = [
        (90, None, Ready),
        (101, None, Ready),
        (102, None, Wait),
        (102, Some(1), Ready),
        (102, Some(2), Wait),
        (102, Some(8), Wait),
        (102, Some(9), TooFarAhead),
        (101, Some(4), Ready),
        (103, Some(0), Wait),
        (104, None, Wait),
        (105, None, TooFarAhead),
        (u64::MAX, Some(u32::MAX), TooFarAhead),
    ];
    for (msn, part, state) in cases {
        assert_eq!(played.stream.playlist_state(id, msn, part), Ok(state), "{msn} {part:?}");
    }
    let parts =
        [(101, 3, Ready), (101, 4, Gone), (102, 1, Ready), (102, 2, Wait), (103, 0, Wait), (104, 0, TooFarAhead)];
    for (index, part, state) in parts {
        assert_eq!(played.stream.part_state(id, index, part), Ok(state), "{index}.{part}");
    }
    played.stream.end(&mut played.events);
    assert_eq!(played.stream.playlist_state(id, 200, None), Ok(Ready));
    assert_eq!(played.stream.part_state(id, 103, 0), Ok(Gone));
}

#[test]
fn end_completes_the_last_segment_and_the_playlist() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..10);
    let before = low_latency(&played, "720p");
    played.push("720p", &audio_tail());
    played.stream.end(&mut played.events);
    let after = low_latency(&played, "720p");
    check_update(&before, &after);
    assert!(after.is_ended && after.hint.is_none());
    // The last segment has half the duration, and half the price.
    assert_eq!((after.segments[2].micros, played.stream.ticks(2)), (1_000_000, Some(1)));
    let id = played.stream.rendition("720p").unwrap();
    let late = played.stream.push(played.source, id, &USUAL.at(10), NOW_MS, &mut played.events);
    assert_eq!(late, Err(MediaError::Ended));
}

#[test]
fn a_reconnect_is_a_discontinuity() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..7);
    let old_source = played.source;
    let before = low_latency(&played, "720p");
    played.reconnect(SourceKind::Paid);
    let id = played.stream.rendition("720p").unwrap();
    let stale = played.stream.push(old_source, id, &USUAL.at(7), NOW_MS, &mut played.events);
    assert_eq!(stale, Err(MediaError::StaleSource));
    // Timestamps start again and the clock has not moved, yet dates increase.
    let mut discontinuities = 0;
    for half_second in 0..40 {
        played.play(half_second..half_second + 1);
        let now = low_latency(&played, "720p");
        check_update(&before, &now);
        check_aligned(&now, &low_latency(&played, "360p"));
        discontinuities = now.discontinuity_sequence;
    }
    assert_eq!(discontinuities, 1, "the discontinuity has left the window");
    let inits = played.events.iter().filter(|event| matches!(event, Event::InitReady(_))).count();
    assert_eq!(inits, 2, "the same initialisation is not published twice");
}

#[test]
fn a_slate_is_clear_and_free() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..6);
    played.reconnect(SourceKind::Free);
    played.play(0..5);
    played.reconnect(SourceKind::Paid);
    played.play(0..5);
    let now = low_latency(&played, "720p");
    let keys: Vec<_> = now.complete().map(|segment| segment.key.is_some()).collect();
    assert_eq!(keys, [true, true, false, false, true]);
    let ticks: Vec<_> = (0..5).map(|index| played.stream.ticks(index)).collect();
    assert_eq!(ticks, [Some(2), Some(1), Some(0), Some(0), Some(2)]);
}

#[test]
fn new_tracks_need_a_new_source() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..6);
    let id = played.stream.rendition("720p").unwrap();
    let changed = played.stream.push(played.source, id, &init(1280, 720), NOW_MS, &mut played.events);
    assert_eq!(changed, Err(MediaError::InitChanged("720p".into())));
    played.source = played.stream.begin_source(SourceKind::Paid, &mut played.events).unwrap();
    played.push("720p", &init(1280, 720));
    played.play(0..6);
    let now = low_latency(&played, "720p");
    let maps: Vec<_> = now.complete().map(|segment| segment.map.as_str()).collect();
    let [before, after] = [init(320, 180), init(1280, 720)].map(|bytes| init_uri("720p", &bytes));
    assert_eq!(maps, [before.as_str(), before.as_str(), after.as_str()]);
}

#[test]
fn a_rendition_that_misses_segments_has_gaps() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..5);
    for half_second in 5..20 {
        played.push("720p", &USUAL.at(half_second));
        // Nothing arrives between the fourth and the eighth second.
        if !(8..16).contains(&half_second) {
            played.push("360p", &USUAL.at(half_second));
        }
    }
    played.play(20..22);
    let now = low_latency(&played, "360p");
    check_aligned(&now, &low_latency(&played, "720p"));
    let gaps: Vec<_> = now.complete().map(|segment| (segment.msn, segment.is_gap)).collect();
    assert_eq!(gaps, [(0, false), (1, false), (2, true), (3, true), (4, false)]);
    assert!(now.complete().all(|segment| segment.micros == 2_000_000));
}

#[test]
fn keyframes_too_far_apart_lose_media_only() {
    let mut played = Played::new(&["720p"], 0);
    let slow = Video { gop: 10, bytes: 100 };
    for half_second in 0..31 {
        played.push("720p", &slow.at(half_second));
    }
    let now = low_latency(&played, "720p");
    assert_eq!(now.complete().map(|segment| segment.micros).collect::<Vec<_>>(), [2_000_000; 3]);
    let reasons = played.events.iter().filter_map(|event| match event {
        Event::Dropped { reason, .. } => Some(*reason),
        _ => None,
    });
    let reasons: Vec<_> = reasons.collect();
    // Two of every five seconds are kept. The first lost fragment is too long, the others have no segment.
    assert_eq!(reasons.iter().filter(|reason| **reason == DropReason::TooLong).count(), 3);
    assert_eq!(reasons.len(), 18);
}

#[test]
fn a_frozen_frame_loses_media_only() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..6);
    // One frame that lasts an hour.
    played.push("720p", &fragment(3 * u64::from(TIMESCALE), 1, 3600 * TIMESCALE, false, 100));
    let later = |half_second: u64| USUAL.at(half_second + 7208);
    (0..6).for_each(|half_second| played.push("720p", &later(half_second)));
    let now = low_latency(&played, "720p");
    assert_eq!(now.complete().map(|segment| segment.micros).collect::<Vec<_>>(), [2_000_000, 1_000_000, 2_000_000]);
    assert!(now.segments[2].date.starts_with("2023-11-14T23:13"), "an hour later: {:?}", now.segments[2].date);
}

#[test]
fn a_dropped_rendition_returns_with_the_next_source() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..10);
    let id = played.stream.rendition("720p").unwrap();
    played.stream.drop_rendition(id, &mut played.events);
    let dropped = played.stream.media_playlist(id, LiveForm::Plain, &uris());
    assert_eq!(dropped, Err(PlaylistError::Dropped("720p".into())));
    assert!(!played.stream.multivariant_playlist(&uris()).unwrap().contains("720p"));
    assert!(low_latency(&played, "360p").reports.is_empty());
    let late = played.stream.push(played.source, id, &USUAL.at(10), NOW_MS, &mut played.events);
    assert_eq!(late, Err(MediaError::Dropped("720p".into())));
    assert!(played.stream.has_video(), "360p goes on");
    let other = played.stream.rendition("360p").unwrap();
    played.stream.drop_rendition(other, &mut played.events);
    assert!(!played.stream.has_video());
    played.reconnect(SourceKind::Paid);
    played.play(0..10);
    check_aligned(&low_latency(&played, "720p"), &low_latency(&played, "360p"));
}

#[test]
fn playlists_of_viewers_differ_in_the_token_only() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..9);
    let id = played.stream.rendition("720p").unwrap();
    let public = played.stream.media_playlist(id, LiveForm::LowLatency, &uris()).unwrap();
    let own = uris().for_viewer("t0ken").unwrap();
    let viewer = played.stream.media_playlist(id, LiveForm::LowLatency, &own).unwrap();
    assert_ne!(public, viewer);
    assert_eq!(public, viewer.replace("?token=t0ken", ""));
    assert!(viewer
        .lines()
        .filter(|line| line.contains(".m4s") || line.contains(".mp4"))
        .all(|line| !line.contains("t0ken")));
    let master = played.stream.multivariant_playlist(&own).unwrap();
    assert!(master.contains("\n720p.m3u8?token=t0ken\n"));
}

#[test]
fn expired_segments_are_no_longer_listed() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..81);
    let expired = played.events.iter().filter_map(|event| match event {
        Event::SegmentExpired { index, parts, .. } => Some((*index, *parts)),
        _ => None,
    });
    // 20 segments are complete: 5 are listed, and 6 more are kept for players with an older playlist.
    assert_eq!(expired.collect::<Vec<_>>(), (0..9).map(|index| (index, 4)).collect::<Vec<_>>());
}

#[test]
fn damaged_bytes_end_their_rendition_only() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..6);
    let id = played.stream.rendition("720p").unwrap();
    let damaged = played.stream.push(played.source, id, &[0xff; 64], NOW_MS, &mut played.events);
    assert!(matches!(damaged, Err(MediaError::Cmaf { .. })));
    for half_second in 6..10 {
        played.push("360p", &USUAL.at(half_second));
    }
    assert_eq!(low_latency(&played, "360p").complete().count(), 2);
}

#[test]
fn settings_out_of_range_are_refused() {
    let stream = |config: LiveConfig| LiveStream::new(config, secret(), 0).unwrap_err();
    assert!(matches!(stream(config(&[])), ConfigError::Renditions { given: 0, .. }));
    assert!(matches!(stream(config(&["720p", "720p"])), ConfigError::NameTwice(_)));
    assert!(matches!(stream(config(&["720p\"\n"])), ConfigError::Name(_)));
    assert!(matches!(stream(LiveConfig { segment_target_ms: 0, ..config(&["a"]) }), ConfigError::Segment(0)));
    assert!(matches!(stream(LiveConfig { part_target_ms: 1500, ..config(&["a"]) }), ConfigError::Part(1500)));
    assert!(matches!(
        stream(LiveConfig { window_segments: 3, ..config(&["a"]) }),
        ConfigError::Window { given: 3, .. }
    ));
}
