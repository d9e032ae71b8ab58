//! HLS: playlists are read again and again, and each new segment is passed on.
//!
//! MPEG-TS and fragmented MP4 are taken, in clear or encrypted with AES-128. Of several variants the best one up to 1080p is.
//! Sound in a playlist of its own is joined with the picture, which fragmented MP4 allows.
//!
//! ```text
//! playlist (picture) --> feed: segments that wait --+--> key: fetched, decrypted --> joined --> source of the broadcast
//! playlist (sound) ----> feed: segments that wait --+
//! ```

mod feed;
mod joined;
mod key;
mod playlist;

use super::target::Target;
use crate::{
    error::PullError,
    source::{Container, Publisher, SourceChunk},
};
use bytes::Bytes;
use feed::{Feed, Init, Piece};
use joined::Fragments;
use key::{Keys, Reader};
use std::time::Duration;
use tokio::time::{sleep, sleep_until, timeout, Instant};
use url::Url;
use vilokanam_outbound::Ask;

/// Maximum size of an initialisation segment, and of a segment.
const MAX_INIT_BYTES: usize = 1 << 20;
const MAX_SEGMENT_BYTES: usize = 32 << 20;
/// Size of the pieces in which a segment is passed on, so that each fits into the buffer.
const PIECE_BYTES: usize = 64 * 1024;
/// Maximum time in which a segment is fetched and passed on.
const SEGMENT_TIMEOUT: Duration = Duration::from_secs(120);
/// Time by which segments may be ahead of real time. A list that has ended is not fetched as fast as possible.
const LEAD: Duration = Duration::from_secs(10);
/// Maximum time by which one playlist goes on while the other one waits where its source begins again.
const MAX_AHEAD: Duration = Duration::from_secs(60);
/// Minimum and maximum time between two requests for a playlist.
const MIN_PAUSE: Duration = Duration::from_millis(500);
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// Time without a new segment after which a source counts as ended.
const STALLED_AFTER: Duration = Duration::from_secs(45);
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
    let opened = playlist::open(target, url).await?;
    let mut feeds: Vec<Feed> = Vec::new();
    for playlist in &opened {
        feeds.push(Feed::new(playlist, feeds.first().map(Feed::waiting))?);
    }
    let last_number = feeds[0].pieces.back().map_or(0, |piece| piece.number);
    if feeds[0].has_ended && progress.last.is_some_and(|last| last >= last_number) {
        return Err(PullError::Ended);
    }
    drop(opened);
    let mut output = Output::new(target, feeds.len());
    let mut last_new = Instant::now();
    loop {
        if output.pass_on_all(&mut feeds, progress).await? > 0 {
            last_new = Instant::now();
        }
        if feeds.iter().any(|feed| feed.has_ended && feed.pieces.is_empty()) {
            return Ok(());
        }
        if last_new.elapsed() >= STALLED_AFTER {
            return Err(PullError::Stalled);
        }
        let half = feeds.iter().map(|feed| feed.target_duration).min().unwrap_or_default() / 2;
        sleep(half.clamp(MIN_PAUSE, MAX_PAUSE)).await;
        for feed in feeds.iter_mut().filter(|feed| !feed.has_ended) {
            let list = playlist::renew(target, &feed.url).await?;
            feed.add(&list)?;
        }
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// The first segment of a feed.
    Segment(usize),
    /// All segments that come next belong to another source.
    Restart,
    /// Playlists have to be read again.
    Wait,
}

/// The feed that is behind goes on, so that sound and picture stay together.
fn next(feeds: &[Feed], has_begun: bool) -> Next {
    // A source begins with the initialisations of all.
    if !has_begun && feeds.iter().any(|feed| feed.pieces.is_empty()) {
        return Next::Wait;
    }
    let is_at_break = |feed: &Feed| feed.pieces.front().is_some_and(|piece| piece.is_break);
    let continued = feeds.iter().enumerate().filter(|(_, feed)| !feed.pieces.is_empty() && !is_at_break(feed));
    let Some((behind, feed)) = continued.min_by_key(|(_, feed)| feed.sent) else {
        return if feeds.iter().all(is_at_break) { Next::Restart } else { Next::Wait };
    };
    let is_left_alone = feeds.iter().any(|other| is_at_break(other) && feed.sent > other.sent + MAX_AHEAD);
    if is_left_alone {
        Next::Restart
    } else {
        Next::Segment(behind)
    }
}

/// Passes segments on as one source.
struct Output<'a> {
    target: &'a Target,
    publisher: Option<Publisher>,
    /// One for each feed if there are several.
    fragments: Vec<Fragments>,
    feeds: usize,
    began: Instant,
}

impl<'a> Output<'a> {
    fn new(target: &'a Target, feeds: usize) -> Self {
        Self { target, publisher: None, fragments: Vec::new(), feeds, began: Instant::now() }
    }

    /// Passes on the segments that wait. Returns their number.
    async fn pass_on_all(&mut self, feeds: &mut [Feed], progress: &mut Progress) -> Result<usize, PullError> {
        let mut count = 0;
        loop {
            match next(feeds, self.publisher.is_some()) {
                Next::Wait => return Ok(count),
                Next::Restart => {
                    self.publisher = None;
                    feeds
                        .iter_mut()
                        .filter_map(|feed| feed.pieces.front_mut())
                        .for_each(|piece| piece.is_break = false);
                }
                Next::Segment(place) => {
                    if self.publisher.is_none() && self.feeds > 1 {
                        self.open_joined(feeds).await?;
                    }
                    let feed = &mut feeds[place];
                    let Some(piece) = feed.pieces.pop_front() else { return Ok(count) };
                    self.pass_on(feed, &piece, place).await?;
                    if place == 0 {
                        progress.last = Some(piece.number);
                    }
                    count += 1;
                }
            }
        }
    }

    async fn pass_on(&mut self, feed: &mut Feed, piece: &Piece, place: usize) -> Result<(), PullError> {
        if let Some(ahead) = feed.sent.checked_sub(LEAD) {
            sleep_until(self.began + ahead).await;
        }
        let transfer = self.transfer(&mut feed.keys, piece, place);
        let bytes = timeout(SEGMENT_TIMEOUT, transfer).await.map_err(|_| PullError::Stalled)??;
        feed.sent += piece.time(bytes);
        Ok(())
    }

    /// Passes a segment on while it comes, so that none is in memory as a whole. Returns its size.
    async fn transfer(&mut self, keys: &mut Keys, piece: &Piece, place: usize) -> Result<u64, PullError> {
        let decryptor = match &piece.lock {
            Some(lock) => Some(keys.open(self.target, lock).await?),
            None => None,
        };
        let ask = Ask { range: piece.range, ..Ask::http(MAX_SEGMENT_BYTES) };
        let mut reader = Reader::new(self.target.outbound.open(&piece.url, &ask).await?, decryptor);
        // A decoder begins with the picture.
        let (mut count, mut is_entry) = (0, place == 0);
        while let Some(bytes) = reader.next().await? {
            count += bytes.len() as u64;
            let publisher = match self.publisher.take() {
                Some(publisher) => publisher,
                None => self.open(keys, piece, &bytes).await?,
            };
            let publisher = self.publisher.insert(publisher);
            let parts = match self.fragments.get_mut(place) {
                Some(fragments) => fragments.take(bytes)?,
                None => vec![bytes],
            };
            for mut part in parts {
                while !part.is_empty() {
                    let chunk = part.split_to(part.len().min(PIECE_BYTES));
                    publisher.send(SourceChunk::new(chunk, is_entry)).await?;
                    is_entry = false;
                }
            }
        }
        if let Some(fragments) = self.fragments.get_mut(place) {
            fragments.end()?;
        }
        Ok(count)
    }

    /// Publishes with the format of a segment, and its initialisation.
    async fn open(&self, keys: &mut Keys, piece: &Piece, first: &Bytes) -> Result<Publisher, PullError> {
        let Some(init) = &piece.init else {
            if first.first() != Some(&MPEG_TS_SYNC) {
                return Err(PullError::Unsupported("its HLS segments are neither MPEG-TS nor fragmented MP4"));
            }
            return Ok(self.target.publish(Container::MpegTs)?);
        };
        let init = self.init(keys, init).await?;
        self.publish_mp4(init).await
    }

    /// Publishes with the initialisations of all feeds.
    async fn open_joined(&mut self, feeds: &mut [Feed]) -> Result<(), PullError> {
        let mut inits = Vec::new();
        for feed in feeds {
            let init = feed.pieces.front().and_then(|piece| piece.init.as_ref());
            let init = init.ok_or(PullError::Unsupported(
                "its sound is in a playlist of its own and not in fragmented MP4; name a playlist with both, or pull it by \
                 RTMP or SRT",
            ))?;
            inits.push(self.init(&mut feed.keys, init).await?);
        }
        let [picture, sound] = inits.as_slice() else { return Err(PullError::Ended) };
        let (init, shift) = joined::join_inits(picture, sound)?;
        self.fragments = vec![Fragments::new(0), Fragments::new(shift)];
        self.publisher = Some(self.publish_mp4(init).await?);
        Ok(())
    }

    async fn publish_mp4(&self, init: Bytes) -> Result<Publisher, PullError> {
        let publisher = self.target.publish(Container::Mp4)?;
        publisher.send(SourceChunk::new(init.clone(), false).with_preamble(init)).await?;
        Ok(publisher)
    }

    /// Fetches an initialisation segment, which may be encrypted if the segments are.
    async fn init(&self, keys: &mut Keys, init: &Init) -> Result<Bytes, PullError> {
        let ask = Ask { range: init.range, ..Ask::http(MAX_INIT_BYTES) };
        let bytes = self.target.outbound.get(&init.url, &ask).await?.bytes;
        match &init.lock {
            Some(lock) if !is_mp4(&bytes) => {
                let mut decryptor = keys.open(self.target, lock).await?;
                let plain = decryptor.take(&bytes);
                Ok([&plain[..], &decryptor.end()?].concat().into())
            }
            _ => Ok(bytes),
        }
    }
}

/// Whether bytes begin as fragmented MP4 does.
fn is_mp4(bytes: &[u8]) -> bool {
    matches!(bytes.get(4..8), Some(b"ftyp" | b"styp" | b"moov" | b"free"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use playlist::Opened;

    fn feed(text: &str) -> Feed {
        let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n{text}");
        let m3u8_rs::Playlist::MediaPlaylist(list) = m3u8_rs::parse_playlist_res(text.as_bytes()).unwrap() else {
            panic!("it has segments");
        };
        Feed::new(&Opened { url: "https://a.example/list.m3u8".parse().unwrap(), list }, None).unwrap()
    }

    fn passed(feed: &mut Feed) {
        let piece = feed.pieces.pop_front().unwrap();
        feed.sent += piece.time(0);
    }

    #[test]
    fn feed_that_is_behind_goes_on() {
        let mut feeds = [feed(&"#EXTINF:4,\na\n".repeat(3)), feed(&"#EXTINF:2,\na\n".repeat(3))];
        let mut order = Vec::new();
        while let Next::Segment(place) = next(&feeds, true) {
            order.push(place);
            passed(&mut feeds[place]);
        }
        assert_eq!(order, [0, 1, 1, 0, 1, 0]);
    }

    #[test]
    fn source_begins_when_all_feeds_have_a_segment() {
        let mut feeds = [feed("#EXTINF:4,\na\n"), feed("#EXTINF:4,\na\n")];
        passed(&mut feeds[1]);
        assert_eq!(next(&feeds, false), Next::Wait);
        assert_eq!(next(&feeds, true), Next::Segment(0));
        assert_eq!(next(&[feed("#EXTINF:4,\na\n")], false), Next::Segment(0));
    }

    #[test]
    fn feeds_begin_again_together() {
        let broken = "#EXTINF:40,\na\n#EXT-X-DISCONTINUITY\n#EXTINF:40,\na\n#EXT-X-ENDLIST\n";
        let mut feeds = [feed(broken), feed(broken)];
        passed(&mut feeds[0]);
        assert_eq!(next(&feeds, true), Next::Segment(1), "the sound of what came before is not finished");
        passed(&mut feeds[1]);
        assert_eq!(next(&feeds, true), Next::Restart);

        let mut feeds = [feed(broken), feed(&("#EXTINF:40,\na\n".repeat(4) + "#EXT-X-ENDLIST\n"))];
        passed(&mut feeds[0]);
        while next(&feeds, true) == Next::Segment(1) {
            passed(&mut feeds[1]);
        }
        assert_eq!(next(&feeds, true), Next::Restart, "the sound never begins again");
        assert_eq!(feeds[1].pieces.len(), 1);
    }
}
