//! RFC 8216bis as a checklist: an independent reader of playlists that checks the rules. m3u8-rs has to accept them
//! too.

use std::collections::HashMap;

/// A segment as listed in a playlist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    pub msn: u64,
    /// `None` for the open segment.
    pub uri: Option<String>,
    pub micros: u64,
    pub date: String,
    pub discontinuities: u64,
    pub is_gap: bool,
    pub map: String,
    /// URI and initialisation vector.
    pub key: Option<(String, String)>,
    /// Duration in microseconds, URI, and whether the part is independent.
    pub parts: Vec<(u64, String, bool)>,
}

/// A playlist that has passed all checks.
#[derive(Debug)]
pub struct Checked {
    pub segments: Vec<Listed>,
    pub is_ended: bool,
    pub hint: Option<String>,
    pub reports: Vec<HashMap<String, String>>,
    pub media_sequence: u64,
    pub discontinuity_sequence: u64,
}

impl Checked {
    pub fn complete(&self) -> impl Iterator<Item = &Listed> {
        self.segments.iter().filter(|segment| segment.uri.is_some())
    }
}

fn micros(seconds: &str) -> u64 {
    (seconds.parse::<f64>().unwrap() * 1e6).round() as u64
}

fn attributes(list: &str) -> HashMap<String, String> {
    // No quoted value here has a comma.
    let pairs = list.split(',').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.into(), value.trim_matches('"').into())).collect()
}

fn header(text: &str, name: &str) -> Option<String> {
    let mut found = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let value = found.next().map(Into::into);
    assert_eq!(found.next(), None, "{name} occurs twice");
    value
}

/// Reads and checks one playlist.
pub fn check(text: &str) -> Checked {
    assert!(m3u8_rs::parse_media_playlist_res(text.as_bytes()).is_ok(), "m3u8-rs refuses:\n{text}");
    assert!(text.starts_with("#EXTM3U\n#EXT-X-VERSION:8\n"));
    let target_seconds: u64 = header(text, "#EXT-X-TARGETDURATION").unwrap().parse().unwrap();
    let media_sequence = header(text, "#EXT-X-MEDIA-SEQUENCE").unwrap().parse().unwrap();
    let discontinuity_sequence = header(text, "#EXT-X-DISCONTINUITY-SEQUENCE").unwrap().parse().unwrap();
    let checked = read(text, media_sequence, discontinuity_sequence);
    check_control(text, target_seconds);
    for segment in &checked.segments {
        assert!((segment.micros + 500_000) / 1_000_000 <= target_seconds, "too long: {segment:?}");
    }
    let dates: Vec<_> = checked.segments.iter().map(|segment| &segment.date).collect();
    assert!(dates.is_sorted() && dates.iter().all(|date| date.ends_with('Z')), "{dates:?}");
    check_parts(text, &checked);
    if checked.is_ended {
        assert!(text.ends_with("#EXT-X-ENDLIST\n"));
        assert_eq!(checked.hint, None);
    }
    checked
}

/// Checks the hold-back times.
fn check_control(text: &str, target_seconds: u64) {
    let Some(control) = header(text, "#EXT-X-SERVER-CONTROL").map(|list| attributes(&list)) else { return };
    assert!(micros(&control["HOLD-BACK"]) >= 3_000_000 * target_seconds);
    let Some(info) = header(text, "#EXT-X-PART-INF").map(|list| attributes(&list)) else { return };
    assert_eq!(control["CAN-BLOCK-RELOAD"], "YES");
    assert!(micros(&control["CAN-SKIP-UNTIL"]) >= 6_000_000 * target_seconds);
    assert!(micros(&control["PART-HOLD-BACK"]) >= 3 * micros(&info["PART-TARGET"]));
}

/// Checks that no part is too long, that only the last part of a segment is short, and that the parts add up to the
/// segment.
fn check_parts(text: &str, checked: &Checked) {
    let Some(info) = header(text, "#EXT-X-PART-INF").map(|list| attributes(&list)) else {
        assert!(!text.contains("#EXT-X-PART") && !text.contains("#EXT-X-PRELOAD"));
        return;
    };
    let target = micros(&info["PART-TARGET"]);
    let target_micros = micros(&header(text, "#EXT-X-TARGETDURATION").unwrap());
    for segment in checked.segments.iter().filter(|segment| !segment.parts.is_empty()) {
        assert!(segment.parts[0].2, "a segment begins with a keyframe: {segment:?}");
        assert!(segment.parts.iter().all(|part| part.0 <= target), "{segment:?}");
        let sum: u64 = segment.parts.iter().map(|part| part.0).sum();
        let is_full = segment.uri.is_some() || sum + 1_000 >= target_micros;
        let not_last = segment.parts.len() - usize::from(is_full);
        assert!(segment.parts[..not_last].iter().all(|part| part.0 * 100 >= target * 85), "{segment:?}");
        assert!(segment.uri.is_none() || sum.abs_diff(segment.micros) < 10, "{segment:?}");
    }
}

/// Reads the tags in order, and checks the rules that depend on the order.
fn read(text: &str, media_sequence: u64, discontinuity_sequence: u64) -> Checked {
    let empty = |msn| Listed { msn, ..Listed::default() };
    let (mut segments, mut next) = (Vec::new(), empty(media_sequence));
    let (mut map, mut key, mut discontinuities) = (String::new(), None, discontinuity_sequence);
    let (mut hint, mut reports) = (None, Vec::new());
    for line in text.lines() {
        let (tag, value) = line.split_once(':').unwrap_or((line, ""));
        match tag {
            "#EXT-X-DISCONTINUITY" => discontinuities += 1,
            "#EXT-X-MAP" => {
                assert_eq!(key, None, "a key in force would encrypt the initialisation");
                map = attributes(value)["URI"].clone();
            }
            "#EXT-X-KEY" => key = read_key(&attributes(value), &map),
            "#EXT-X-PROGRAM-DATE-TIME" => next.date = value.into(),
            "#EXT-X-GAP" => next.is_gap = true,
            "#EXT-X-PART" => {
                let part = attributes(value);
                next.parts.push((micros(&part["DURATION"]), part["URI"].clone(), part.contains_key("INDEPENDENT")));
            }
            "#EXTINF" => next.micros = micros(value.trim_end_matches(',')),
            "#EXT-X-PRELOAD-HINT" => assert!(hint.replace(attributes(value)["URI"].clone()).is_none()),
            "#EXT-X-RENDITION-REPORT" => reports.push(attributes(value)),
            _ if line.starts_with('#') => {}
            uri => {
                next = Listed { uri: Some(uri.into()), discontinuities, map: map.clone(), key: key.clone(), ..next };
                let following = empty(next.msn + 1);
                segments.push(std::mem::replace(&mut next, following));
            }
        }
    }
    if !next.parts.is_empty() {
        segments.push(Listed { discontinuities, map, key, ..next });
    }
    let is_ended = text.contains("#EXT-X-ENDLIST");
    Checked { segments, is_ended, hint, reports, media_sequence, discontinuity_sequence }
}

fn read_key(key: &HashMap<String, String>, map: &str) -> Option<(String, String)> {
    match key["METHOD"].as_str() {
        "NONE" => None,
        "AES-128" => {
            assert!(!map.is_empty(), "the initialisation comes before the first key");
            Some((key["URI"].clone(), key["IV"].clone()))
        }
        method => panic!("method {method}"),
    }
}

/// Checks that every segment has its own key and initialisation vector.
pub fn check_encrypted(playlist: &Checked) {
    for segment in playlist.segments.iter().filter(|segment| !segment.is_gap) {
        let (uri, iv) = segment.key.as_ref().unwrap();
        assert_eq!(*uri, format!("keys/{}", segment.msn));
        assert_eq!(*iv, format!("0x{:032x}", segment.msn));
    }
}

/// Checks that a later version of a playlist agrees with the earlier one on all segments in both.
pub fn check_update(old: &Checked, new: &Checked) {
    assert!(new.media_sequence >= old.media_sequence);
    assert!(new.discontinuity_sequence >= old.discontinuity_sequence);
    for (before, after) in both(old, new) {
        let same = (&after.uri, after.micros, &after.date, after.discontinuities, &after.key, &after.map);
        assert_eq!(same, (&before.uri, before.micros, &before.date, before.discontinuities, &before.key, &before.map));
        // Parts may be removed, but never change.
        assert!(after.parts.is_empty() || after.parts == before.parts);
    }
}

/// Checks that two renditions agree on every index that both list.
pub fn check_aligned(one: &Checked, other: &Checked) {
    let mut shared = 0;
    for (a, b) in both(one, other) {
        assert_eq!((&a.date, a.discontinuities), (&b.date, b.discontinuities), "{a:?}\n{b:?}");
        shared += 1;
    }
    assert!(shared > 0, "nothing to compare");
}

fn both<'a>(one: &'a Checked, other: &'a Checked) -> impl Iterator<Item = (&'a Listed, &'a Listed)> {
    one.complete().filter_map(|a| Some((a, other.complete().find(|b| b.msn == a.msn)?)))
}
