//! Tests of audio tracks of their own: they are cut where the video is cut.

use crate::{synthetic::*, *};

const SAMPLE_RATE: u32 = 48_000;
/// Fragments of three frames of AAC: 64 ms.
const FRAMES: u32 = 3;
const EACH: u32 = 1_024;

struct Broadcast {
    stream: LiveStream,
    source: SourceId,
    events: Vec<Event>,
}

impl Broadcast {
    fn new() -> Self {
        Self::with_parts(LiveConfig::default().part_target_ms)
    }

    fn with_parts(part_target_ms: u32) -> Self {
        let rendition =
            |name: &str, access| RenditionConfig { name: name.into(), access, nominal_bandwidth_bps: 500_000 };
        let renditions = vec![rendition("720p", Access::Paid), rendition("audio-2", Access::PaidAudio)];
        let config = LiveConfig { renditions, window_segments: 5, part_target_ms, ..LiveConfig::default() };
        let (mut stream, mut events) = (LiveStream::new(config, secret(), 7).unwrap(), Vec::new());
        let source = stream.begin_source(SourceKind::Paid, &mut events).unwrap();
        let mut broadcast = Self { stream, source, events };
        broadcast.push("720p", &movie(&[track(1, b"vide", TIMESCALE, &avc_entry(1280, 720), &[])]));
        let label = Label { language: Some("de".into()), name: "Deutsch".into() };
        broadcast.stream.set_label(broadcast.id("audio-2"), label);
        broadcast.push("audio-2", &movie(&[track(1, b"soun", SAMPLE_RATE, &aac_entry(), &[])]));
        broadcast
    }

    fn id(&self, name: &str) -> RenditionId {
        self.stream.rendition(name).unwrap()
    }

    fn push(&mut self, name: &str, bytes: &[u8]) {
        let id = self.id(name);
        self.stream.push(self.source, id, bytes, NOW_MS, &mut self.events).unwrap();
    }

    fn sound(&mut self, fragments: std::ops::Range<u64>) {
        for place in fragments {
            self.push("audio-2", &fragment(place * u64::from(FRAMES * EACH), FRAMES, EACH, true, 10));
        }
    }

    fn pictures(&mut self, half_seconds: std::ops::Range<u64>) {
        half_seconds.for_each(|half_second| self.push("720p", &USUAL.at(half_second)));
    }

    /// Index, presentation time and duration of the segments of a rendition.
    fn segments(&self, name: &str) -> Vec<(u64, u64, u64)> {
        let id = self.id(name);
        let segment = |event: &Event| match event {
            Event::SegmentReady(ready) if ready.rendition == id => {
                let Segment { head, duration, .. } = &ready.segment;
                assert!(head.encrypted);
                Some((head.index, head.media_ms, duration.micros()))
            }
            _ => None,
        };
        self.events.iter().filter_map(segment).collect()
    }
}

/// Index and duration of the parts of the audio track, in milliseconds.
fn parts(broadcast: &Broadcast) -> Vec<(u64, u64)> {
    let id = broadcast.id("audio-2");
    let part = |event: &Event| match event {
        Event::PartReady(part) if part.rendition == id => {
            Some((part.segment.index, part.about.duration.micros() / 1_000))
        }
        _ => None,
    };
    broadcast.events.iter().filter_map(part).collect()
}

#[test]
fn only_the_last_part_of_a_segment_is_shorter_than_players_expect() {
    let mut broadcast = Broadcast::with_parts(216);
    broadcast.pictures(0..16);
    broadcast.sound(0..125);
    // Groups of pictures of 2.1 s, from 8 s on.
    let second = u64::from(TIMESCALE);
    for group in 0..4u64 {
        for place in 0..3u64 {
            let start = 8 * second + (group * 3 + place) * 7 * second / 10;
            broadcast.push("720p", &fragment(start, 21, TIMESCALE / 30, place == 0, 10));
        }
    }
    broadcast.sound(125..225);
    let parts = parts(&broadcast);
    assert!(parts.len() > 60, "{parts:?}");
    for pair in parts.windows(2) {
        let is_last = pair[0].0 != pair[1].0;
        assert!(is_last || (pair[0].1 * 100 >= 216 * 85 && pair[0].1 <= 216), "{parts:?}");
    }
}

#[test]
fn next_part_of_a_segment_of_sound_is_announced_until_the_segment_is_full() {
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    let mut broadcast = Broadcast::with_parts(216);
    broadcast.pictures(0..8);
    broadcast.sound(0..62);
    let text = broadcast.stream.media_playlist(broadcast.id("audio-2"), LiveForm::LowLatency, &uris).unwrap();
    assert!(text.contains("v/audio-2/8.9.m4s\""), "ten parts of 192 ms: {text}");
    assert!(text.contains("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"v/audio-2/8.10.m4s\""), "64 ms are left: {text}");
}

#[test]
fn audio_that_comes_first_waits_for_the_video_and_is_cut_with_it() {
    let mut broadcast = Broadcast::new();
    let begun = broadcast.events.len();
    broadcast.sound(0..70);
    assert_eq!(broadcast.events.len(), begun, "where the video is cut is not known yet");
    broadcast.pictures(0..9);
    assert_eq!(broadcast.segments("720p"), [(7, 0, 2_000_000), (8, 2_000, 2_000_000)]);
    assert_eq!(broadcast.segments("audio-2"), [(7, 0, 1_984_000), (8, 2_000, 1_984_000)]);
    assert!(!broadcast.events.iter().any(|event| matches!(event, Event::Dropped { .. })));
}

#[test]
fn audio_that_comes_later_is_cut_in_the_same_places() {
    let mut broadcast = Broadcast::new();
    broadcast.pictures(0..9);
    broadcast.sound(0..70);
    assert_eq!(broadcast.segments("audio-2"), [(7, 0, 1_984_000), (8, 2_000, 1_984_000)]);
    let mut events = Vec::new();
    broadcast.stream.end(&mut events);
    let keys: Vec<u64> = events.iter().filter_map(Event::index).collect();
    assert!(keys.iter().all(|index| *index == 9), "one key for both: {keys:?}");
}

#[test]
fn sound_that_begins_later_pauses_or_ends_earlier_is_completed_with_silence() {
    let mut broadcast = Broadcast::new();
    broadcast.pictures(0..13);
    broadcast.sound(40..50);
    broadcast.sound(55..60);
    let mut events = Vec::new();
    broadcast.stream.end(&mut events);
    broadcast.events.extend(events);
    let (picture, sound) = (broadcast.segments("720p"), broadcast.segments("audio-2"));
    assert_eq!(picture.len(), 4);
    assert_eq!(sound.iter().map(|(index, ..)| *index).collect::<Vec<_>>(), [7, 8, 9, 10], "{sound:?}");
    for ((index, from_ms, length), (_, _, sound_length)) in picture.iter().zip(&sound) {
        assert!(length.abs_diff(*sound_length) <= 64_000, "{index} from {from_ms} ms: {length}, {sound_length}");
    }
    assert!(!broadcast.events.iter().any(|event| matches!(event, Event::Dropped { .. })));
}

#[test]
fn silence_is_made_for_no_longer_than_cuts_are_remembered() {
    let mut broadcast = Broadcast::new();
    broadcast.pictures(0..400);
    broadcast.sound(3_100..3_101);
    let first = broadcast.segments("audio-2").first().map(|(index, ..)| *index);
    // Segments of two seconds from index 7 on, of which 64 are remembered.
    assert_eq!(first, Some(7 + 100 - 64));
}

#[test]
fn what_waits_for_the_video_is_bounded() {
    let mut broadcast = Broadcast::new();
    broadcast.sound(0..300);
    let dropped = broadcast.events.iter().filter(|event| matches!(event, Event::Dropped { .. })).count();
    assert_eq!(dropped, 300 - 256);
}

#[test]
fn the_track_is_an_audio_rendition_of_the_multivariant_playlist() {
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    let mut broadcast = Broadcast::new();
    let (picture, sound) = (broadcast.id("720p"), broadcast.id("audio-2"));
    assert_eq!(broadcast.stream.multivariant_playlist(&uris), Err(PlaylistError::NotReady));
    broadcast.pictures(0..19);
    let without = broadcast.stream.multivariant_playlist(&uris);
    assert_eq!(without, Err(PlaylistError::NotReady), "players would play the picture without its sound for ever");
    broadcast.sound(0..70);
    let text = broadcast.stream.multivariant_playlist(&uris).unwrap();
    assert!(text.contains("TYPE=AUDIO") && text.contains("NAME=\"Deutsch\",LANGUAGE=\"de\",DEFAULT=YES"), "{text}");
    assert!(text.contains("CODECS=\"avc1.64001f,mp4a.40.2\""), "{text}");
    assert_eq!(text.matches("#EXT-X-STREAM-INF").count(), 1);
    assert_eq!((broadcast.stream.sound_of(picture), broadcast.stream.sound_of(sound)), (Some(sound), None));
    let audio = broadcast.stream.media_playlist(sound, LiveForm::LowLatency, &uris).unwrap();
    assert!(audio.contains("keys/7") && audio.contains("v/audio-2/7.m4s"), "{audio}");
    let mut recording = Recording::new("audio-2", 2);
    broadcast.events.iter().for_each(|event| recording.push(sound, event).unwrap());
    assert_eq!(recording.count(), 2);
}

#[test]
fn a_further_track_is_waited_for_at_the_beginning_and_not_for_ever() {
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    let rendition = |name: &str, access| RenditionConfig { name: name.into(), access, nominal_bandwidth_bps: 500_000 };
    let tracks = ["audio-1", "audio-2"].map(|name| rendition(name, Access::PaidAudio));
    let renditions = [&[rendition("720p", Access::Paid)][..], &tracks].concat();
    let config = LiveConfig { renditions, window_segments: 5, ..LiveConfig::default() };
    let (mut stream, mut events) = (LiveStream::new(config, secret(), 0).unwrap(), Vec::new());
    let source = stream.begin_source(SourceKind::Paid, &mut events).unwrap();
    let mut broadcast = Broadcast { stream, source, events };
    broadcast.push("720p", &movie(&[track(1, b"vide", TIMESCALE, &avc_entry(1280, 720), &[])]));
    for name in ["audio-1", "audio-2"] {
        broadcast.push(name, &movie(&[track(1, b"soun", SAMPLE_RATE, &aac_entry(), &[])]));
    }
    broadcast.pictures(0..9);
    for place in 0..70u64 {
        broadcast.push("audio-1", &fragment(place * u64::from(FRAMES * EACH), FRAMES, EACH, true, 10));
    }
    assert_eq!(broadcast.stream.multivariant_playlist(&uris), Err(PlaylistError::NotReady), "two segments");
    broadcast.pictures(9..13);
    let text = broadcast.stream.multivariant_playlist(&uris).unwrap();
    assert!(text.contains("audio-1.m3u8") && !text.contains("audio-2.m3u8"), "{text}");
}

#[test]
fn renditions_with_their_own_sound_wait_for_no_track() {
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    let mut played = Played::new(&["720p"], 0);
    played.play(0..5);
    assert!(played.stream.multivariant_playlist(&uris).is_ok());
    assert_eq!(played.stream.sound_of(played.stream.rendition("720p").unwrap()), None);
}
