//! Tests of the choice among tracks.

use super::*;

fn numbers(video: Option<u32>, audio: Option<u32>) -> Tracks {
    Tracks { video: video.map(Track::Number), audio: audio.map(Track::Number) }
}

#[test]
fn the_track_in_use_is_kept_while_it_flows() {
    let mut watch = TrackWatch::new(Container::MpegTs);
    for (number, kind) in [(1, Kind::Video), (2, Kind::Audio), (3, Kind::Audio)] {
        watch.flows.announce(number, kind);
    }
    let play = |watch: &mut TrackWatch, tracks: &[u32], from: u64, to: u64| {
        for time in (from..to).step_by(40) {
            tracks.iter().for_each(|number| watch.flows.media(*number, time, 0, true));
        }
    };
    play(&mut watch, &[1, 3], 0, 1_000);
    assert_eq!(watch.flowing(Tracks::default()), Some(numbers(Some(1), Some(3))), "the first sound track is silent");
    play(&mut watch, &[1, 2, 3], 1_000, 2_000);
    assert_eq!(watch.flowing(numbers(Some(1), Some(3))), Some(numbers(Some(1), Some(3))));
    assert_eq!(watch.flowing(Tracks::default()), Some(numbers(Some(1), Some(2))));
    play(&mut watch, &[1, 2], 2_000, 6_000);
    assert_eq!(watch.flowing(numbers(Some(1), Some(3))), Some(numbers(Some(1), Some(2))));
}

#[test]
fn tracks_without_others_are_the_rest() {
    assert_eq!(numbers(Some(1), Some(2)).without(numbers(None, Some(2))), numbers(Some(1), None));
    assert_eq!(numbers(Some(1), Some(2)).without(numbers(Some(2), Some(1))), numbers(Some(1), Some(2)));
}

#[test]
fn specifiers_are_those_of_ffmpeg() {
    assert_eq!(Track::First.specifier(Kind::Audio), "a:0");
    assert_eq!(Track::Number(257).specifier(Kind::Audio), "i:257");
}
