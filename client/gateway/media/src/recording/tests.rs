//! Tests of recordings.

use super::*;
use crate::{
    playlist::{Growing, Skipped},
    synthetic::*,
    UriTemplates,
};

fn recorded(played: &Played, name: &str) -> Recording {
    let mut recording = Recording::new(name, 2);
    let id = played.stream.rendition(name).unwrap();
    played.events.iter().for_each(|event| recording.push(id, event).unwrap());
    recording
}

fn uris() -> Uris {
    Uris::new(&UriTemplates::default()).unwrap()
}

fn text(recording: &Recording, form: Form) -> String {
    recording.summary().playlist(recording.open(), form, &uris())
}

fn parsed(recording: &Recording, form: Form) -> m3u8_rs::MediaPlaylist {
    m3u8_rs::parse_media_playlist_res(text(recording, form).as_bytes()).unwrap()
}

const WHOLE: Form = Form::Growing(Growing { is_whole: true, skipped: None });

#[test]
fn a_recording_is_an_event_while_it_grows_and_a_vod_afterwards() {
    let mut played = Played::new(&["720p"], 30);
    played.play(0..81);
    let recording = recorded(&played, "720p");
    let growing = parsed(&recording, WHOLE);
    assert_eq!((growing.media_sequence, growing.segments.len(), growing.end_list), (30, 20, false));
    assert_eq!(growing.playlist_type, Some(m3u8_rs::MediaPlaylistType::Event));
    let finished = parsed(&recording, Form::Vod);
    assert_eq!((finished.segments.len(), finished.end_list), (20, true));
    assert_eq!(finished.playlist_type, Some(m3u8_rs::MediaPlaylistType::Vod));
    let key = finished.segments[3].key.as_ref().unwrap();
    assert_eq!((key.uri.as_deref(), key.iv.as_deref()), (Some("keys/33"), Some("0x00000000000000000000000000000021")));
    let (_, piece) = recording.open_piece().unwrap();
    assert_eq!((piece.ticks(33), piece.ticks(29), piece.ticks(50)), (Some(2), None, None));
    assert_eq!(recording.summary().variant().unwrap().frame_rate, Some(30.0));
}

#[test]
fn window_that_slides_is_no_event() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..41);
    let recording = recorded(&played, "720p");
    let form = Form::Growing(Growing { is_whole: false, skipped: None });
    let playlist = recording.summary().playlist(&recording.open()[4..], form, &uris());
    let playlist = m3u8_rs::parse_media_playlist_res(playlist.as_bytes()).unwrap();
    assert_eq!((playlist.media_sequence, playlist.playlist_type), (4, None));
}

#[test]
fn update_of_a_long_playlist_counts_what_the_player_has() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..81);
    let recording = recorded(&played, "720p");
    let first = recording.open()[0].head;
    let form = Form::Growing(Growing { is_whole: true, skipped: Some(Skipped { count: 12, first }) });
    let update = recording.summary().playlist(&recording.open()[12..], form, &uris());
    assert!(update.contains("#EXT-X-VERSION:9\n"), "{update}");
    assert!(update.contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=12\n"), "{update}");
    assert!(update.contains("#EXT-X-MEDIA-SEQUENCE:0\n"), "of the whole list: {update}");
    assert_eq!(update.matches("#EXTINF").count(), 8);
    assert!(text(&recording, WHOLE).contains("CAN-SKIP-UNTIL=12.000000"));
}

#[test]
fn dates_of_a_finished_recording_are_written_once_in_a_while() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..401);
    let recording = recorded(&played, "720p");
    assert_eq!(text(&recording, Form::Vod).matches("#EXT-X-PROGRAM-DATE-TIME").count(), 4);
    assert_eq!(text(&recording, WHOLE).matches("#EXT-X-PROGRAM-DATE-TIME").count(), 100);
}

#[test]
fn missing_segments_are_listed_as_gaps() {
    let mut played = Played::new(&["720p", "360p"], 0);
    played.play(0..4);
    for half_second in 4..12 {
        played.push("720p", &USUAL.at(half_second));
    }
    played.play(12..17);
    let recording = recorded(&played, "360p");
    let text = text(&recording, Form::Vod);
    assert_eq!(text.matches("#EXT-X-GAP").count(), 2);
    assert_eq!(text.matches("#EXTINF:2.000000").count(), 4);
    let (_, piece) = recording.open_piece().unwrap();
    assert_eq!((piece.ticks(0), piece.ticks(1), piece.ticks(3)), (Some(2), None, Some(2)));
}

#[test]
fn pieces_are_closed_and_their_keys_found() {
    let mut played = Played::new(&["720p"], 10);
    played.play(0..2_405);
    let mut recording = Recording::new("720p", 2);
    let id = played.stream.rendition("720p").unwrap();
    let mut closed = Vec::new();
    for event in &played.events {
        recording.push(id, event).unwrap();
        if recording.is_piece_full() {
            closed.push(recording.open_piece().unwrap());
            recording.close_piece();
        }
    }
    assert_eq!((closed.len(), recording.count(), recording.open().len()), (2, 601, 1));
    assert_eq!(closed.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 1]);
    let summary = recording.summary();
    let heads: Vec<_> = summary.pieces().iter().map(|head| (head.first, head.segments)).collect();
    assert_eq!(heads, [(10, 300), (310, 300), (610, 1)]);
    for (index, piece) in [(9, None), (10, Some(0)), (309, Some(0)), (310, Some(1)), (610, Some(2)), (611, None)] {
        assert_eq!(summary.piece_of(index), piece, "index {index}");
    }
    assert_eq!(closed[1].1.ticks(310), Some(2));
    let before = closed[1].1.segment(312).map(|(segment, before_micros)| (segment.head.index, before_micros));
    assert_eq!((before, closed[1].1.segment(9)), (Some((312, 4_000_000)), None));
    assert_eq!((summary.millis(), summary.bytes() > 0), (1_202_000, true));
}

#[test]
fn pieces_are_found_by_playing_time_and_by_date() {
    let mut played = Played::new(&["720p"], 10);
    played.play(0..2_405);
    let mut recording = Recording::new("720p", 2);
    let id = played.stream.rendition("720p").unwrap();
    for event in &played.events {
        recording.push(id, event).unwrap();
        if recording.is_piece_full() {
            recording.close_piece();
        }
    }
    let summary = recording.summary();
    assert_eq!(summary.pieces().iter().map(|piece| piece.start_ms).collect::<Vec<_>>(), [0, 600_000, 1_200_000]);
    for (start_ms, end_ms, expected) in [
        (0, 1, 0..1),
        (599_999, 600_000, 0..1),
        (599_999, 600_001, 0..2),
        (600_000, 1_300_000, 1..3),
        (9_000_000, 9_000_001, 2..3),
    ] {
        assert_eq!(summary.pieces_between(start_ms, end_ms), expected, "{start_ms} {end_ms}");
    }
    let second_ms = summary.pieces()[1].date_ms;
    assert_eq!(summary.pieces_between_dates(second_ms, second_ms + 1), 1..2);
    assert_eq!(summary.pieces_between_dates(second_ms - 1, second_ms + 1), 0..2);
    assert_eq!(summary.pieces_between_dates(0, 1), 0..0, "before it");
    let places = [(10..=10, 0..1), (309..=310, 0..2), (310..=609, 1..2), (0..=9, 0..0), (5_000..=5_001, 3..3)];
    for (indices, expected) in places {
        assert_eq!(summary.pieces_of(&indices), expected, "{indices:?}");
    }
}

#[test]
fn gap_across_two_pieces_is_filled() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..9);
    let mut recording = recorded(&played, "720p");
    let mut segment = recording.open()[0].clone();
    recording.close_piece();
    segment.head.index = 4;
    recording.keep(&segment).unwrap();
    assert_eq!(recording.open().iter().map(|segment| segment.head.index).collect::<Vec<_>>(), [2, 3, 4]);
}

#[test]
fn a_description_survives_serialisation() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..20);
    let recording = recorded(&played, "720p");
    let kept: Summary = serde_json::from_str(&serde_json::to_string(&recording.summary()).unwrap()).unwrap();
    let (_, piece) = recording.open_piece().unwrap();
    let piece: Piece = serde_json::from_str(&serde_json::to_string(&piece).unwrap()).unwrap();
    assert_eq!(kept.playlist(piece.segments(), Form::Vod, &uris()), text(&recording, Form::Vod));
    assert_eq!(piece.truncated(2).segments().len(), 2);
}

#[test]
fn a_description_of_version_1_is_read() {
    let mut played = Played::new(&["720p"], 5);
    played.play(0..20);
    let recording = recorded(&played, "720p");
    let Summary { rendition, target_seconds, about, measured, .. } = recording.summary();
    let json = serde_json::json!({
        "rendition": rendition, "target_seconds": target_seconds, "segments": recording.open(), "about": about,
        "measured": measured, "is_finished": true,
    });
    let whole: WholeRecording = serde_json::from_value(json).unwrap();
    let (summary, piece) = whole.into_parts().unwrap();
    assert_eq!(summary, recording.summary());
    assert_eq!(summary.playlist(piece.segments(), Form::Vod, &uris()), text(&recording, Form::Vod));
}

#[test]
fn segments_beyond_the_limit_are_refused() {
    let mut played = Played::new(&["720p"], 0);
    played.play(0..5);
    let mut recording = recorded(&played, "720p");
    let mut segment = recording.open()[0].clone();
    segment.head.index += MAX_RECORDED_SEGMENTS as u64 - 1;
    assert!(recording.keep(&segment).is_ok());
    segment.head.index += 1;
    assert!(recording.keep(&segment).is_err());
}
