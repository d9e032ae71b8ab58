//! Tests of recordings.

use super::*;
use crate::{synthetic::*, UriTemplates};

fn recorded(played: &Played, name: &str) -> Recording {
    let mut recording = Recording::new(name, 2);
    let id = played.stream.rendition(name).unwrap();
    played.events.iter().for_each(|event| recording.push(id, event).unwrap());
    recording
}

fn parsed(recording: &Recording) -> m3u8_rs::MediaPlaylist {
    let text = recording.playlist(&Uris::new(&UriTemplates::default()).unwrap());
    m3u8_rs::parse_media_playlist_res(text.as_bytes()).unwrap()
}

#[test]
fn a_recording_is_an_event_while_it_grows_and_a_vod_afterwards() {
    let mut played = Played::new(&["720p"], 30);
    played.play(0..81);
    let mut recording = recorded(&played, "720p");
    let growing = parsed(&recording);
    assert_eq!((growing.media_sequence, growing.segments.len(), growing.end_list), (30, 20, false));
    assert_eq!(growing.playlist_type, Some(m3u8_rs::MediaPlaylistType::Event));
    recording.finish();
    let finished = parsed(&recording);
    assert_eq!((finished.segments.len(), finished.end_list), (20, true));
    assert_eq!(finished.playlist_type, Some(m3u8_rs::MediaPlaylistType::Vod));
    let key = finished.segments[3].key.as_ref().unwrap();
    assert_eq!((key.uri.as_deref(), key.iv.as_deref()), (Some("keys/33"), Some("0x00000000000000000000000000000021")));
    assert_eq!((recording.ticks(33), recording.ticks(29), recording.ticks(50)), (Some(2), None, None));
    assert_eq!(recording.variant().unwrap().frame_rate, Some(30.0));
}

#[test]
fn missing_segments_are_listed_as_gaps() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..4);
    for half_second in 4..12 {
        played.push("720p", &USUAL.at(half_second));
    }
    played.play(12..17);
    let mut recording = recorded(&played, "360p");
    recording.finish();
    let text = recording.playlist(&Uris::new(&UriTemplates::default()).unwrap());
    assert_eq!(text.matches("#EXT-X-GAP").count(), 2);
    assert_eq!(text.matches("#EXTINF:2.000000").count(), 4);
    assert_eq!((recording.ticks(0), recording.ticks(1), recording.ticks(3)), (Some(2), None, Some(2)));
}

#[test]
fn a_recording_survives_serialisation() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..20);
    let recording = recorded(&played, "720p");
    let kept: Recording = serde_json::from_str(&serde_json::to_string(&recording).unwrap()).unwrap();
    assert_eq!(parsed(&kept), parsed(&recording));
}

#[test]
fn segments_beyond_the_limit_are_refused() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..5);
    let mut recording = recorded(&played, "720p");
    let mut segment = recording.segments()[0].clone();
    segment.head.index += MAX_RECORDED_SEGMENTS as u64 - 1;
    assert!(recording.add(&segment).is_ok());
    segment.head.index += 1;
    assert!(recording.add(&segment).is_err());
}
