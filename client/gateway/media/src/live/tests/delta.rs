//! Delta updates: with the playlist that a player has, they are worth the whole one.

use super::conformance::check;
use crate::{synthetic::*, *};

/// Number of segments in the window: 40 s, of which the last 12 are always listed.
const WINDOW: usize = 20;

fn played() -> Played {
    let config = LiveConfig { window_segments: WINDOW, ..config(&["720p", "360p"]) };
    Played::of(LiveStream::new(config, secret(), 40).unwrap())
}

fn written(played: &Played, form: LiveForm) -> String {
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    played.stream.media_playlist(played.stream.rendition("720p").unwrap(), form, &uris).unwrap()
}

/// Number of segments that a delta update leaves out.
fn skipped(delta: &str) -> usize {
    let count = delta.lines().find_map(|line| line.strip_prefix("#EXT-X-SKIP:SKIPPED-SEGMENTS="));
    count.map_or(0, |count| count.parse().unwrap())
}

/// Returns the lines of a playlist from its segment `number` on, counted from 0. The tags before an address belong to it.
fn from_segment(playlist: &str, number: usize) -> Vec<&str> {
    let after_head = playlist.lines().skip_while(|line| !line.starts_with("#EXT-X-DISCONTINUITY-SEQUENCE")).skip(1);
    let mut left = number;
    let mut lines = after_head.filter(|line| !line.starts_with("#EXT-X-SKIP"));
    while left > 0 {
        left -= usize::from(lines.next().is_some_and(|line| !line.starts_with('#')));
    }
    lines.collect()
}

#[test]
fn delta_update_lists_what_is_new_and_repeats_the_initialisation() {
    let mut played = played();
    played.play(0..90);
    let (whole, delta) = (written(&played, LiveForm::LowLatency), written(&played, LiveForm::Delta));
    check(&whole);
    let skipped = skipped(&delta);
    assert_eq!(check(&whole).complete().count() - skipped, 7, "the last 12 s and the segment across the boundary");
    assert!(delta.starts_with("#EXTM3U\n#EXT-X-VERSION:9\n"), "{delta}");
    assert!(delta.len() < whole.len(), "{} of {} bytes", delta.len(), whole.len());
    let head = |text: &str| -> Vec<String> {
        let tags = ["#EXT-X-MEDIA-SEQUENCE", "#EXT-X-DISCONTINUITY-SEQUENCE", "#EXT-X-SERVER-CONTROL"];
        text.lines().filter(|line| tags.iter().any(|tag| line.starts_with(tag))).map(Into::into).collect()
    };
    assert_eq!(head(&delta), head(&whole));
    let (map, rest): (Vec<_>, Vec<_>) =
        from_segment(&delta, 0).into_iter().partition(|line| line.starts_with("#EXT-X-MAP"));
    let line = format!("#EXT-X-MAP:URI=\"{}\"", init_uri("720p", &init(320, 180)));
    assert_eq!(map, [line.as_str()], "players that forget the skipped tags go on");
    assert_eq!(rest, from_segment(&whole, skipped));
}

#[test]
fn short_and_ended_playlists_are_whole() {
    let mut played = played();
    played.play(0..20);
    assert_eq!(written(&played, LiveForm::Delta), written(&played, LiveForm::LowLatency), "all within the boundary");
    played.play(20..60);
    assert_ne!(written(&played, LiveForm::Delta), written(&played, LiveForm::LowLatency));
    let mut events = Vec::new();
    played.stream.end(&mut events);
    assert_eq!(written(&played, LiveForm::Delta), written(&played, LiveForm::LowLatency), "with its end");
}
