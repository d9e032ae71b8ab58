//! HLS: playlists are read again and again, and each new segment is passed on.
//!
//! MPEG-TS and fragmented MP4 with sound and picture in one file are taken. Of several variants the best one up to 1080p is.

use super::target::Target;
use crate::{
    error::PullError,
    source::{Container, Publisher, SourceChunk},
};
use bytes::Bytes;
use m3u8_rs::{AlternativeMediaType, ByteRange, KeyMethod, MasterPlaylist, MediaPlaylist, MediaSegment, Playlist};
use std::time::Duration;
use tokio::time::{sleep, sleep_until, timeout, Instant};
use url::Url;
use vilokanam_outbound::Ask;

/// Maximum size of a playlist, of an initialisation segment, and of a segment.
const MAX_PLAYLIST_BYTES: usize = 2 << 20;
const MAX_INIT_BYTES: usize = 1 << 20;
const MAX_SEGMENT_BYTES: usize = 32 << 20;
/// Size of the pieces in which a segment is passed on, so that each fits into the buffer.
const PIECE_BYTES: usize = 64 * 1024;
/// Number of segments before the live edge with which a source begins.
const FIRST_SEGMENTS: usize = 3;
/// Maximum number of segments of a playlist: twelve hours with two seconds each.
const MAX_SEGMENTS: usize = 21_600;
/// Maximum number of a segment. Numbers of real lists are far below it.
const MAX_NUMBER: u64 = 1 << 53;
/// Duration for which a segment counts at least and at most, whatever a playlist says.
const SEGMENT_RANGE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(60));
/// Maximum bit rate, in bytes a second. A source that sends more is fetched as slowly as that.
const MAX_BYTES_PER_SECOND: u64 = 12_500_000;
/// Maximum time in which a segment is fetched and passed on.
const SEGMENT_TIMEOUT: Duration = Duration::from_secs(120);
/// Time by which segments may be ahead of real time. A list that has ended is not fetched as fast as possible.
const LEAD: Duration = Duration::from_secs(10);
/// Minimum and maximum time between two requests for a playlist.
const MIN_PAUSE: Duration = Duration::from_millis(500);
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// Time without a new segment after which a source counts as ended.
const STALLED_AFTER: Duration = Duration::from_secs(45);
/// Greatest height that is chosen among variants.
const MAX_HEIGHT: u64 = 1_080;
/// First byte of each packet of MPEG-TS.
const MPEG_TS_SYNC: u8 = 0x47;

/// How far a source was pulled in earlier attempts, so that a list that has ended is not pulled again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// Number of the last segment that was passed on.
    last: Option<u64>,
}

/// Pulls until the playlist ends or nothing new comes.
pub(super) async fn run(target: &Target, url: &Url, progress: &mut Progress) -> Result<(), PullError> {
    let (url, mut list) = open(target, url).await?;
    let last_number = list.media_sequence + (list.segments.len() as u64).saturating_sub(1);
    if list.end_list && progress.last.is_some_and(|last| last >= last_number) {
        return Err(PullError::Ended);
    }
    let mut feed = Feed::new(target, &url);
    let mut last_new = Instant::now();
    loop {
        if feed.take(&list, progress).await? > 0 {
            last_new = Instant::now();
        }
        if list.end_list {
            return Ok(());
        }
        if last_new.elapsed() >= STALLED_AFTER {
            return Err(PullError::Stalled);
        }
        let half = Duration::from_secs(list.target_duration) / 2;
        sleep(half.clamp(MIN_PAUSE, MAX_PAUSE)).await;
        list = match playlist(target, &url).await?.1 {
            Playlist::MediaPlaylist(list) => list,
            Playlist::MasterPlaylist(_) => return Err(PullError::Protocol("HLS: the playlist has changed".into())),
        };
    }
}

/// Fetches the playlist with segments, and its address at the end of redirects.
async fn open(target: &Target, url: &Url) -> Result<(Url, MediaPlaylist), PullError> {
    let (url, list) = playlist(target, url).await?;
    let master = match list {
        Playlist::MediaPlaylist(list) => return Ok((url, list)),
        Playlist::MasterPlaylist(master) => master,
    };
    let chosen = choose(&master)?;
    match playlist(target, &join(&url, chosen)?).await? {
        (url, Playlist::MediaPlaylist(list)) => Ok((url, list)),
        _ => Err(PullError::Protocol("HLS: a variant has variants again".into())),
    }
}

async fn playlist(target: &Target, url: &Url) -> Result<(Url, Playlist), PullError> {
    let fetched = target.outbound.get(url, &Ask::http(MAX_PLAYLIST_BYTES)).await?;
    Ok((fetched.url, parsed(&fetched.bytes)?))
}

/// Reads a playlist, within limits: each of its lines takes much more memory when it is read.
fn parsed(bytes: &[u8]) -> Result<Playlist, PullError> {
    const DURATION: &[u8] = b"#EXTINF";
    let segments = bytes.windows(DURATION.len()).filter(|window| *window == DURATION).count();
    if segments > MAX_SEGMENTS {
        return Err(PullError::Unsupported("its HLS playlist has more segments than twelve hours of video"));
    }
    let list = m3u8_rs::parse_playlist_res(bytes);
    let list = list.map_err(|_| PullError::Protocol("the address has no HLS playlist".into()))?;
    match &list {
        Playlist::MediaPlaylist(list) if list.media_sequence > MAX_NUMBER => {
            Err(PullError::Protocol("HLS: the numbers of the segments are too large".into()))
        }
        _ => Ok(list),
    }
}

/// The address of the best variant up to 1080p, or of the smallest one.
fn choose(master: &MasterPlaylist) -> Result<&str, PullError> {
    let height = |variant: &&m3u8_rs::VariantStream| {
        variant.resolution.as_ref().map_or(0, |resolution| resolution.width.min(resolution.height))
    };
    let variants = || master.variants.iter().filter(|variant| !variant.is_i_frame && !variant.uri.is_empty());
    let best = variants().filter(|variant| height(variant) <= MAX_HEIGHT).max_by_key(|variant| variant.bandwidth);
    let chosen = best.or_else(|| variants().min_by_key(|variant| variant.bandwidth));
    let chosen = chosen.ok_or(PullError::Unsupported("its HLS playlist has no variants"))?;
    let has_own_sound = master.alternatives.iter().any(|other| {
        let is_sound = other.media_type == AlternativeMediaType::Audio && other.uri.is_some();
        is_sound && chosen.audio.as_ref() == Some(&other.group_id)
    });
    if has_own_sound {
        return Err(PullError::Unsupported(
            "its sound is in a playlist of its own; name a playlist with both, or pull it by RTMP or SRT",
        ));
    }
    Ok(&chosen.uri)
}

fn join(base: &Url, uri: &str) -> Result<Url, PullError> {
    base.join(uri).map_err(|_| PullError::Protocol(format!("HLS: {uri:?} is no address")))
}

/// Passes segments on.
struct Feed<'a> {
    target: &'a Target,
    url: &'a Url,
    /// Number of the next segment. `None`: the first one is not known yet.
    next: Option<u64>,
    publisher: Option<Publisher>,
    /// Address and part of the initialisation segment in use.
    map: Option<(Url, Option<(u64, u64)>)>,
    began: Instant,
    sent: Duration,
}

impl<'a> Feed<'a> {
    fn new(target: &'a Target, url: &'a Url) -> Self {
        Self { target, url, next: None, publisher: None, map: None, began: Instant::now(), sent: Duration::ZERO }
    }

    /// Passes on the segments of a playlist that are new. Returns their number.
    async fn take(&mut self, list: &MediaPlaylist, progress: &mut Progress) -> Result<usize, PullError> {
        let is_encrypted =
            |segment: &MediaSegment| segment.key.as_ref().is_some_and(|key| key.method != KeyMethod::None);
        if list.segments.iter().any(is_encrypted) {
            return Err(PullError::Unsupported("its HLS is encrypted; name one that is not"));
        }
        let next = self.first_wanted(list);
        let (mut taken, mut map, mut end) = (0, None, 0);
        for (number, segment) in (list.media_sequence..).zip(&list.segments) {
            map = segment.map.as_ref().or(map);
            let range = segment.byte_range.as_ref().map(|range| part(range, end));
            end = range.map_or(0, |(first, length)| first.saturating_add(length));
            if number < next {
                continue;
            }
            let init = match map {
                Some(map) => Some((join(self.url, &map.uri)?, map.byte_range.as_ref().map(|range| part(range, 0)))),
                None => None,
            };
            if segment.discontinuity || init != self.map {
                // For the transcoder this is another source.
                self.publisher = None;
                self.map = init;
            }
            self.pass_on(segment, range).await?;
            (self.next, progress.last) = (Some(number + 1), Some(number));
            taken += 1;
        }
        Ok(taken)
    }

    /// Number of the first segment that is wanted: the one after the last, or one near the live edge. A list whose numbers
    /// have gone back, or that has left segments behind, begins again.
    fn first_wanted(&mut self, list: &MediaPlaylist) -> u64 {
        let count = list.segments.len();
        let begin = if list.end_list { 0 } else { count.saturating_sub(FIRST_SEGMENTS) };
        let (first, after) = (list.media_sequence, list.media_sequence + count as u64);
        let next = match self.next {
            Some(next) if (first..=after).contains(&next) => next,
            known => {
                if known.is_some() {
                    self.publisher = None;
                }
                first + begin as u64
            }
        };
        self.next = Some(next);
        next
    }

    async fn pass_on(&mut self, segment: &MediaSegment, range: Option<(u64, u64)>) -> Result<(), PullError> {
        if let Some(ahead) = self.sent.checked_sub(LEAD) {
            sleep_until(self.began + ahead).await;
        }
        let url = join(self.url, &segment.uri)?;
        let bytes = timeout(SEGMENT_TIMEOUT, self.transfer(&url, range)).await.map_err(|_| PullError::Stalled)??;
        self.sent += time_of(segment.duration, bytes);
        Ok(())
    }

    /// Passes a segment on while it comes, so that none is in memory as a whole. Returns its size.
    async fn transfer(&mut self, url: &Url, range: Option<(u64, u64)>) -> Result<u64, PullError> {
        let ask = Ask { range, ..Ask::http(MAX_SEGMENT_BYTES) };
        let mut download = self.target.outbound.open(url, &ask).await?;
        let (mut count, mut is_entry) = (0, true);
        while let Some(mut bytes) = download.next().await? {
            count += bytes.len() as u64;
            let publisher = match self.publisher.take() {
                Some(publisher) => publisher,
                None => self.open(&bytes).await?,
            };
            let publisher = self.publisher.insert(publisher);
            while !bytes.is_empty() {
                let piece = bytes.split_to(bytes.len().min(PIECE_BYTES));
                publisher.send(SourceChunk::new(piece, is_entry)).await?;
                is_entry = false;
            }
        }
        Ok(count)
    }

    /// Publishes with the format of a segment, and its initialisation.
    async fn open(&self, first: &Bytes) -> Result<Publisher, PullError> {
        let Some((url, range)) = &self.map else {
            if first.first() != Some(&MPEG_TS_SYNC) {
                return Err(PullError::Unsupported("its HLS segments are neither MPEG-TS nor fragmented MP4"));
            }
            return Ok(self.target.publish(Container::MpegTs)?);
        };
        let ask = Ask { range: *range, ..Ask::http(MAX_INIT_BYTES) };
        let init = self.target.outbound.get(url, &ask).await?.bytes;
        let publisher = self.target.publish(Container::Mp4)?;
        publisher.send(SourceChunk::new(init.clone(), false).with_preamble(init)).await?;
        Ok(publisher)
    }
}

/// Time for which a segment counts: as long as it says, within limits, and not shorter than its bytes may take.
fn time_of(seconds: f32, bytes: u64) -> Duration {
    let (shortest, longest) = SEGMENT_RANGE;
    let stated = Duration::try_from_secs_f32(seconds).unwrap_or_default().clamp(shortest, longest);
    stated.max(Duration::from_micros(bytes.saturating_mul(1_000_000) / MAX_BYTES_PER_SECOND))
}

/// First byte and length of a range. One without a beginning follows the one before it.
fn part(range: &ByteRange, end: u64) -> (u64, u64) {
    (range.offset.unwrap_or(end), range.length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(text: &str) -> MasterPlaylist {
        match m3u8_rs::parse_playlist_res(text.as_bytes()).unwrap() {
            Playlist::MasterPlaylist(master) => master,
            Playlist::MediaPlaylist(_) => panic!("it has variants"),
        }
    }

    #[test]
    fn best_variant_up_to_1080p_is_chosen() {
        let text = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=3840x2160\n4k.m3u8\n\
                    #EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1920x1080\nhd.m3u8\n\
                    #EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360\nsd.m3u8\n";
        assert_eq!(choose(&master(text)).unwrap(), "hd.m3u8");
        let only_4k = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=3840x2160\n4k.m3u8\n";
        assert_eq!(choose(&master(only_4k)).unwrap(), "4k.m3u8");
        let portrait = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1080x1920\nup.m3u8\n\
                        #EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=360x640\nlow.m3u8\n";
        assert_eq!(choose(&master(portrait)).unwrap(), "up.m3u8");
    }

    #[test]
    fn sound_in_a_playlist_of_its_own_is_refused_with_the_reason() {
        let text = "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",URI=\"sound.m3u8\"\n\
                    #EXT-X-STREAM-INF:BANDWIDTH=800000,AUDIO=\"a\"\npicture.m3u8\n";
        let refused = choose(&master(text)).unwrap_err();
        assert!(refused.to_string().contains("playlist of its own"), "{refused}");
    }

    #[test]
    fn playlists_above_the_limits_are_refused() {
        let list = |number: u64, count: usize| {
            let head = format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{number}\n");
            parsed((head + &"#EXTINF:2,\na\n".repeat(count)).as_bytes())
        };
        assert!(list(0, MAX_SEGMENTS).is_ok() && list(MAX_NUMBER, 1).is_ok());
        assert!(matches!(list(0, MAX_SEGMENTS + 1), Err(PullError::Unsupported(_))));
        assert!(matches!(list(u64::MAX, 2), Err(PullError::Protocol(_))));
    }

    #[test]
    fn segments_take_time_whatever_they_say() {
        let second = Duration::from_secs(1);
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
}
