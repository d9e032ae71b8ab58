//! One playlist with segments: which of them are new, and what they need.

use super::{
    key::{Keys, Lock},
    playlist::{join, Opened},
};
use crate::error::PullError;
use m3u8_rs::{ByteRange, ExtTag, Key, MediaPlaylist, MediaSegment};
use std::{collections::VecDeque, time::Duration};
use url::Url;

/// Number of segments before the live edge with which a source begins.
const FIRST_SEGMENTS: usize = 3;
/// Duration for which a segment counts at least and at most, whatever a playlist says.
const SEGMENT_RANGE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(60));
/// Maximum bit rate, in bytes a second. A source that sends more is fetched as slowly as that.
const MAX_BYTES_PER_SECOND: u64 = 12_500_000;

/// First byte and length of a part of a resource. `None`: all of it.
pub(super) type Part = Option<(u64, u64)>;

/// An initialisation segment.
#[derive(Clone, Debug)]
pub(super) struct Init {
    pub url: Url,
    pub range: Part,
    /// With what it is encrypted, if it is: a playlist does not say clearly whether the key applies to it.
    pub lock: Option<Lock>,
}

impl Init {
    fn is_same(&self, other: &Self) -> bool {
        (&self.url, self.range) == (&other.url, other.range)
    }
}

/// A segment that was not passed on yet.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub number: u64,
    pub url: Url,
    pub range: Part,
    pub init: Option<Init>,
    pub lock: Option<Lock>,
    seconds: f32,
    /// Whether it does not continue the one before it, so that for the transcoder another source begins.
    pub is_break: bool,
}

impl Piece {
    /// Time for which it counts: as long as it says, within limits, and not shorter than its bytes may take.
    pub fn time(&self, bytes: u64) -> Duration {
        let stated = stated(self.seconds);
        stated.max(Duration::from_micros(bytes.saturating_mul(1_000_000) / MAX_BYTES_PER_SECOND))
    }
}

fn stated(seconds: f32) -> Duration {
    let (shortest, longest) = SEGMENT_RANGE;
    Duration::try_from_secs_f32(seconds).unwrap_or_default().clamp(shortest, longest)
}

/// A playlist that is followed.
#[derive(Debug)]
pub(super) struct Feed {
    pub url: Url,
    /// Number after that of the last segment that was read. `None`: there was none.
    next: Option<u64>,
    /// Initialisation of that segment.
    init: Option<Init>,
    pub pieces: VecDeque<Piece>,
    pub keys: Keys,
    /// Duration of what was passed on.
    pub sent: Duration,
    pub has_ended: bool,
    pub target_duration: Duration,
}

impl Feed {
    /// Begins near the live edge, or at the beginning of a list that has ended. With `length` it begins so long before the
    /// edge.
    pub fn new(opened: &Opened, length: Option<Duration>) -> Result<Self, PullError> {
        let list = &opened.list;
        let count = list.segments.len();
        let begin = match length {
            _ if list.end_list => 0,
            Some(length) => first_within(&list.segments, length),
            None => count.saturating_sub(FIRST_SEGMENTS),
        };
        let mut feed = Self {
            url: opened.url.clone(),
            next: None,
            init: None,
            pieces: VecDeque::new(),
            keys: Keys::default(),
            sent: Duration::ZERO,
            has_ended: false,
            target_duration: Duration::ZERO,
        };
        feed.read(list, list.media_sequence + begin as u64, false)?;
        Ok(feed)
    }

    /// Duration of the segments that wait.
    pub fn waiting(&self) -> Duration {
        self.pieces.iter().map(|piece| stated(piece.seconds)).sum()
    }

    /// Adds the segments of a playlist that are new. A list whose numbers have gone back, or that has left segments behind,
    /// begins again near its edge. Returns whether there are new ones.
    pub fn add(&mut self, list: &MediaPlaylist) -> Result<bool, PullError> {
        let count = list.segments.len();
        let (first, after) = (list.media_sequence, list.media_sequence + count as u64);
        match self.next {
            Some(next) if (first..=after).contains(&next) => self.read(list, next, false),
            known => {
                let begin = if list.end_list { 0 } else { count.saturating_sub(FIRST_SEGMENTS) };
                self.read(list, first + begin as u64, known.is_some())
            }
        }
    }

    /// Reads the segments from a number on. What a tag says applies to all segments after it.
    fn read(&mut self, list: &MediaPlaylist, next: u64, mut is_break: bool) -> Result<bool, PullError> {
        let (mut map, mut key, mut end, mut is_new) = (None, None, 0, false);
        for (number, segment) in (list.media_sequence..).zip(&list.segments) {
            if let Some(other) = key_of(segment)? {
                key = Some(other);
            }
            let key: Option<&Key> = key.flatten();
            // The key that applies where the initialisation is named.
            map = segment.map.as_ref().map(|map| (map, key)).or(map);
            let range = segment.byte_range.as_ref().map(|range| part(range, end));
            end = range.map_or(0, |(first, length)| first.saturating_add(length));
            if number < next {
                continue;
            }
            self.next = Some(number + 1);
            if has_tag(segment, "X-GAP").is_some() {
                continue;
            }
            let lock = |key: Option<&Key>| key.map_or(Ok(None), |key| Lock::read(&self.url, key, number));
            let init = match map {
                Some((map, key)) => Some(Init {
                    url: join(&self.url, &map.uri)?,
                    range: map.byte_range.as_ref().map(|range| part(range, 0)),
                    lock: lock(key)?,
                }),
                None => None,
            };
            let lock = lock(key)?;
            let is_other = match (&self.init, &init) {
                (Some(before), Some(now)) => !before.is_same(now),
                (before, now) => before.is_some() != now.is_some(),
            };
            let is_first = !is_new && self.pieces.is_empty() && self.sent.is_zero();
            let is_break = std::mem::take(&mut is_break) || segment.discontinuity || is_other;
            self.init.clone_from(&init);
            self.pieces.push_back(Piece {
                number,
                url: join(&self.url, &segment.uri)?,
                range,
                init,
                lock,
                seconds: segment.duration,
                is_break: is_break && !is_first,
            });
            is_new = true;
        }
        self.has_ended = list.end_list;
        self.target_duration = Duration::from_secs(list.target_duration);
        // Nothing before these is wanted later, even if there were none.
        self.next = self.next.or(Some(next));
        Ok(is_new)
    }
}

/// The key tag of a segment. `Some(None)`: what follows is not encrypted. The library reads no tag that says so.
fn key_of(segment: &MediaSegment) -> Result<Option<Option<&Key>>, PullError> {
    if let Some(key) = &segment.key {
        return Ok(Some(Some(key)));
    }
    match has_tag(segment, "X-KEY") {
        None => Ok(None),
        Some(tag)
            if tag.rest.as_deref().is_some_and(|rest| rest.split(',').any(|part| part.trim() == "METHOD=NONE")) =>
        {
            Ok(Some(None))
        }
        Some(_) => Err(PullError::Protocol("HLS: a key is not understood".into())),
    }
}

fn has_tag<'a>(segment: &'a MediaSegment, name: &str) -> Option<&'a ExtTag> {
    segment.unknown_tags.iter().find(|tag| tag.tag == name)
}

/// Place of the first segment from which on a list is not longer than `length`, and a bit more.
fn first_within(segments: &[MediaSegment], length: Duration) -> usize {
    let mut rest = length;
    let within = segments.iter().rev().take_while(|segment| {
        let half = stated(segment.duration) / 2;
        let fits = rest >= half;
        rest = rest.saturating_sub(2 * half);
        fits
    });
    segments.len() - within.count().max(1).min(segments.len())
}

/// First byte and length of a range. One without a beginning follows the one before it.
fn part(range: &ByteRange, end: u64) -> (u64, u64) {
    (range.offset.unwrap_or(end), range.length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use m3u8_rs::Playlist;

    fn opened(text: &str) -> Opened {
        let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n{text}");
        match m3u8_rs::parse_playlist_res(text.as_bytes()).unwrap() {
            Playlist::MediaPlaylist(list) => Opened { url: "https://a.example/list.m3u8".parse().unwrap(), list },
            Playlist::MasterPlaylist(_) => panic!("it has segments"),
        }
    }

    fn numbers(feed: &Feed) -> Vec<u64> {
        feed.pieces.iter().map(|piece| piece.number).collect()
    }

    fn live(first: u64, count: usize) -> Opened {
        opened(&format!("#EXT-X-MEDIA-SEQUENCE:{first}\n{}", "#EXTINF:2,\na\n".repeat(count)))
    }

    #[test]
    fn segments_take_time_whatever_they_say() {
        let second = Duration::from_secs(1);
        let mut feed = Feed::new(&live(0, 1), None).unwrap();
        let mut time_of = |seconds: f32, bytes: u64| {
            feed.pieces[0].seconds = seconds;
            feed.pieces[0].time(bytes)
        };
        assert_eq!(time_of(4.0, 1_000), 4 * second);
        for nonsense in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e-9] {
            assert_eq!(time_of(nonsense, 0), SEGMENT_RANGE.0, "{nonsense}");
        }
        assert_eq!(time_of(1e18, 0), SEGMENT_RANGE.1);
        assert_eq!(time_of(1.0, 2 * MAX_BYTES_PER_SECOND), 2 * second, "no faster than its bytes may come");
    }

    #[test]
    fn ranges_without_a_beginning_follow_each_other() {
        assert_eq!(part(&ByteRange { length: 10, offset: Some(5) }, 99), (5, 10));
        assert_eq!(part(&ByteRange { length: 10, offset: None }, 15), (15, 10));
    }

    #[test]
    fn list_is_followed_from_near_its_edge() {
        let mut feed = Feed::new(&live(10, 6), None).unwrap();
        assert_eq!(numbers(&feed), [13, 14, 15]);
        assert_eq!(feed.add(&live(10, 6).list), Ok(false));
        assert_eq!(feed.add(&live(12, 6).list), Ok(true));
        assert_eq!(numbers(&feed), [13, 14, 15, 16, 17]);
        assert!(feed.pieces.iter().all(|piece| !piece.is_break));
        feed.add(&live(0, 4).list).unwrap();
        assert_eq!(numbers(&feed)[5..], [1, 2, 3]);
        let breaks: Vec<u64> = feed.pieces.iter().filter(|piece| piece.is_break).map(|piece| piece.number).collect();
        assert_eq!(breaks, [1], "the numbers have gone back");
        let ended = opened("#EXTINF:2,\na\n#EXTINF:2,\na\n#EXTINF:2,\na\n#EXTINF:2,\na\n#EXT-X-ENDLIST\n");
        assert_eq!(numbers(&Feed::new(&ended, Some(Duration::from_secs(2))).unwrap()), [0, 1, 2, 3]);
    }

    #[test]
    fn sound_begins_where_the_picture_does() {
        let picture = Feed::new(&live(10, 6), None).unwrap();
        assert_eq!(picture.waiting(), Duration::from_secs(6));
        let short = opened(&"#EXTINF:1,\na\n".repeat(20));
        assert_eq!(numbers(&Feed::new(&short, Some(picture.waiting())).unwrap()), [14, 15, 16, 17, 18, 19]);
        let long = opened(&"#EXTINF:5,\na\n".repeat(4));
        assert_eq!(numbers(&Feed::new(&long, Some(picture.waiting())).unwrap()), [3]);
    }

    #[test]
    fn tags_apply_to_all_segments_after_them() {
        let text = "#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-MAP:URI=\"i\"\n\
                    #EXTINF:2,\na\n#EXTINF:2,\na\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:2,\na\n#EXT-X-ENDLIST\n";
        let feed = Feed::new(&opened(text), None).unwrap();
        let vectors: Vec<Option<u128>> =
            feed.pieces.iter().map(|piece| piece.lock.as_ref().map(|lock| u128::from_be_bytes(lock.vector))).collect();
        assert_eq!(vectors, [Some(7), Some(8), None]);
        let inits: Vec<&str> = feed.pieces.iter().map(|piece| piece.init.as_ref().unwrap().url.path()).collect();
        assert_eq!(inits, ["/i", "/i", "/i"]);
        assert!(feed.pieces.iter().all(|piece| !piece.is_break && piece.init.as_ref().unwrap().lock.is_some()));
    }

    #[test]
    fn other_initialisation_and_discontinuity_are_breaks_and_gaps_are_left_out() {
        let text = "#EXT-X-MAP:URI=\"i\"\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\na\n#EXT-X-GAP\n#EXTINF:2,\na\n#EXT-X-MAP:URI=\"j\"\n\
                    #EXTINF:2,\na\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\na\n#EXTINF:2,\na\n#EXT-X-ENDLIST\n";
        let feed = Feed::new(&opened(text), None).unwrap();
        let breaks: Vec<(u64, bool)> = feed.pieces.iter().map(|piece| (piece.number, piece.is_break)).collect();
        assert_eq!(breaks, [(0, false), (2, true), (3, true), (4, false)]);
    }

    #[test]
    fn other_encryption_is_refused_with_the_reason() {
        let text = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\"\n#EXTINF:2,\na\n";
        let refused = Feed::new(&opened(text), None).unwrap_err();
        assert!(refused.to_string().contains("another way than AES-128"), "{refused}");
    }
}
