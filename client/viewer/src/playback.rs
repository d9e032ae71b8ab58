//! Watching a stream: read the playlist, fetch the media, get the keys, decrypt, write; until the end, a limit, or an
//! interruption.

pub use crate::key_buyer::LeftSession;
use crate::{
    bought::Purchases,
    crypt::{decrypt, DecryptError, SegmentKey},
    gateway::{GatewayClient, GatewayError, MAX_OUTAGE, MAX_TEXT_BYTES, RETRY_PAUSE},
    key_buyer::{BoughtKey, BuyError, BuyingOptions, KeyBuyer, SessionEvent, WantedKey},
    key_provider::KeyError,
    playlist::{self, KeyRef, Playlist, PlaylistError, Quality, Rendition, Segment},
    recording::{Patch, Recording, Written},
    session_opener::{OpenError, SessionOpener},
    session_payer::SessionPayer,
};
use std::{
    io,
    time::{Duration, Instant, SystemTime},
};
use tick_stream_primitives::Balance;
use tokio::io::AsyncWrite;
use url::Url;
use vilokanam_wire::SessionRef;

/// Maximum size of a media playlist in bytes: two days of two-second segments.
pub const MAX_PLAYLIST_BYTES: usize = 32 * 1024 * 1024;
/// Maximum size of a media or initialisation segment in bytes.
pub const MAX_SEGMENT_BYTES: usize = 64 * 1024 * 1024;
/// Distance from the end at which a live stream is joined, in segments (RFC 8216, section 6.3.3).
const SEGMENTS_FROM_THE_END: usize = 3;

/// Reason why watching failed.
#[derive(Debug, thiserror::Error)]
pub enum PlaybackError {
    /// The gateway does not answer, or refuses.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// A playlist cannot be used.
    #[error(transparent)]
    Playlist(#[from] PlaylistError),
    /// No session could be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A segment cannot be decrypted.
    #[error(transparent)]
    Decrypt(#[from] DecryptError),
    /// The video cannot be written.
    #[error("the video cannot be written: {0}")]
    Output(#[source] io::Error),
}

impl From<BuyError> for PlaybackError {
    fn from(error: BuyError) -> Self {
        match error {
            BuyError::Gateway(error) => error.into(),
            BuyError::Open(error) => error.into(),
            BuyError::Key(error) => error.into(),
        }
    }
}

/// Reason why watching ended without an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The broadcast is over.
    StreamEnded,
    /// No new segment came for [`MAX_OUTAGE`].
    StreamStopped,
    /// [`PlaybackOptions::length`] was reached.
    TimeUp,
    /// [`PlaybackOptions::budget`] was spent.
    BudgetSpent,
    /// The reader of the output has closed it.
    ReaderGone,
}

/// What to watch, and for how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlaybackOptions {
    /// Address of the multivariant playlist.
    pub master: Url,
    /// Rendition to watch.
    pub quality: Quality,
    /// Length of video to watch; `None` for all of it.
    pub length: Option<Duration>,
    /// Maximum amount to spend in planck, fees for opening sessions included; `None` for no limit.
    pub budget: Option<Balance>,
    /// Number of ticks of a session, if `length` does not determine it.
    pub session_ticks: u32,
    /// Whether to take the stream's free preview before paying.
    pub takes_preview: bool,
    /// Whether to begin with the first segment of the playlist, even if the broadcast goes on.
    pub from_start: bool,
}

/// Event of a playback, for display.
#[derive(Clone, PartialEq, Debug)]
pub enum PlaybackEvent {
    /// A session of an earlier process is used.
    SessionResumed(SessionRef),
    /// A session is being opened.
    OpeningSession,
    /// An earlier session still holds what this one takes. Its close is waited for.
    WaitingForClose,
    /// A session was opened.
    SessionOpened(SessionRef),
    /// A segment was written.
    SegmentWritten(Progress),
}

/// State of a playback after a segment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Name of the rendition.
    pub rendition: String,
    /// Price of a tick in planck; `None` while the preview is free.
    pub price_per_tick: Option<Balance>,
    /// Amount spent so far in planck, fees included.
    pub spent: Balance,
    /// Amount that the present session can still spend, in planck.
    pub remaining: Balance,
    /// Length of the video that was written.
    pub seen: Duration,
    /// Time from filming the end of the segment until it was written.
    pub latency: Option<Duration>,
}

impl From<SessionEvent> for PlaybackEvent {
    fn from(event: SessionEvent) -> Self {
        match event {
            SessionEvent::Resumed(session) => Self::SessionResumed(session),
            SessionEvent::Opening => Self::OpeningSession,
            SessionEvent::WaitingForClose => Self::WaitingForClose,
            SessionEvent::Opened(session) => Self::SessionOpened(session),
        }
    }
}

/// Playback of one stream into one output.
pub struct Playback<W> {
    gateway: GatewayClient,
    buyer: KeyBuyer,
    recording: Recording<W>,
    options: PlaybackOptions,
    rendition: Rendition,
    observer: Box<dyn FnMut(PlaybackEvent) + Send>,
    seen: Duration,
    seen_free: Duration,
    missed_segments: u64,
    next_sequence: Option<u64>,
    /// Initialisation segment of sound that comes apart from its picture.
    sound_init: Option<Url>,
}

impl<W: AsyncWrite + Unpin> Playback<W> {
    /// Prepares to watch a rendition, as [`find_rendition`] returns it. `observer` is called with each event.
    pub fn new(
        gateway: GatewayClient,
        opener: SessionOpener,
        options: PlaybackOptions,
        rendition: Rendition,
        output: W,
        observer: impl FnMut(PlaybackEvent) + Send + 'static,
    ) -> Self {
        let PlaybackOptions { budget, session_ticks, takes_preview, .. } = options;
        let buying = BuyingOptions { budget, session_ticks, takes_preview };
        Self {
            buyer: KeyBuyer::new(gateway.clone(), opener, buying),
            gateway,
            recording: Recording::new(output),
            options,
            rendition,
            observer: Box::new(observer),
            seen: Duration::ZERO,
            seen_free: Duration::ZERO,
            missed_segments: 0,
            next_sequence: None,
            sound_init: None,
        }
    }

    /// Uses keys that the viewer has bought before, instead of paying for them again.
    pub fn with_purchases(self, purchases: Purchases) -> Self {
        Self { buyer: self.buyer.with_purchases(purchases), ..self }
    }

    /// Watches until something ends it. The future may be dropped at any moment; [`Self::leave`] still closes the session.
    ///
    /// # Errors
    ///
    /// [`PlaybackError`].
    pub async fn play(&mut self) -> Result<Ending, PlaybackError> {
        let mut last_news = Instant::now();
        loop {
            let (playlist, sounds) = match self.playlists().await {
                Ok(playlists) => playlists,
                // The gateway has lost the stream. It may come back, as after a restart.
                Err(PlaybackError::Gateway(error)) if error.status() == Some(404) && self.next_sequence.is_some() => {
                    if last_news.elapsed() > MAX_OUTAGE {
                        return Ok(Ending::StreamStopped);
                    }
                    tokio::time::sleep(RETRY_PAUSE).await;
                    self.choose_again().await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let fresh = self.fresh_segments(&playlist);
            if !fresh.is_empty() {
                last_news = Instant::now();
            }
            if self.sound_init.is_none() {
                self.sound_init = sounds.iter().find_map(|sound| sound.init.clone());
            }
            for segment in &fresh {
                let sound = sounds.binary_search_by_key(&segment.sequence, |sound| sound.sequence).ok();
                if let Some(ending) = self.show(segment, sound.map(|place| &sounds[place])).await? {
                    return Ok(ending);
                }
                self.next_sequence = Some(segment.sequence + 1);
            }
            if playlist.is_ended {
                return Ok(Ending::StreamEnded);
            }
            if last_news.elapsed() > MAX_OUTAGE {
                return Ok(Ending::StreamStopped);
            }
            tokio::time::sleep(playlist.target / 2).await;
        }
    }

    /// Leaves the present session, if there is one. Cannot fail: a gateway that does not answer closes the session when it
    /// has been idle for long enough.
    pub async fn leave(&mut self) {
        self.buyer.leave().await;
    }

    /// Returns the name of the rendition.
    pub fn rendition(&self) -> &str {
        &self.rendition.name
    }

    /// Returns the length of the video that was written.
    pub fn seen(&self) -> Duration {
        self.seen
    }

    /// Returns the length of the video that was written and cost nothing.
    pub fn seen_free(&self) -> Duration {
        self.seen_free
    }

    /// Returns the number of segments that were gone before they could be fetched.
    pub fn missed_segments(&self) -> u64 {
        self.missed_segments
    }

    /// Returns the number of bytes that were written.
    pub fn bytes(&self) -> u64 {
        self.recording.bytes()
    }

    /// Returns the sessions that were left.
    pub fn left_sessions(&self) -> &[LeftSession] {
        self.buyer.left_sessions()
    }

    /// Returns the amount that was spent in planck: ticks revealed in all sessions, and [`Self::open_fees`].
    pub fn spent(&self) -> Balance {
        self.buyer.spent()
    }

    /// Returns the fees for opening sessions in planck, if all of them reach the chain.
    pub fn open_fees(&self) -> Balance {
        self.buyer.open_fees()
    }

    /// Returns what completes the output if it is a file: see [`Recording::length_patch`].
    pub fn length_patch(&self) -> Option<Patch> {
        self.recording.length_patch()
    }

    /// Chooses the rendition again: the transcoder may have dropped this one alone.
    async fn choose_again(&mut self) {
        let found = find_rendition(&self.gateway, &self.options.master, &self.options.quality).await;
        if let Ok(rendition) = found {
            self.rendition = rendition;
            self.sound_init = None;
        }
    }

    /// Reads the playlist of the rendition, and the segments of sound that comes apart.
    async fn playlists(&self) -> Result<(Playlist, Vec<Segment>), PlaybackError> {
        let mut picture = self.playlist(&self.rendition.url).await?;
        let Some(url) = &self.rendition.sound else { return Ok((picture, Vec::new())) };
        let sound = self.playlist(url).await?;
        limit(&mut picture, &sound);
        Ok((picture, sound.segments))
    }

    async fn playlist(&self, url: &Url) -> Result<Playlist, PlaybackError> {
        let text = self.gateway.fetch(url, MAX_PLAYLIST_BYTES).await?;
        Ok(playlist::media(&text, url)?)
    }

    /// Returns the segments that have not been shown, and counts those that are gone.
    fn fresh_segments(&mut self, playlist: &Playlist) -> Vec<Segment> {
        let segments = &playlist.segments;
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else { return Vec::new() };
        let is_whole = playlist.is_ended || self.options.from_start;
        let from_the_end = if is_whole { segments.len() } else { SEGMENTS_FROM_THE_END };
        let start = segments[segments.len().saturating_sub(from_the_end)].sequence;
        let next = match self.next_sequence {
            None => start,
            Some(next) if next < first.sequence => {
                self.missed_segments += first.sequence - next;
                first.sequence
            }
            // The numbers begin again: another broadcast, at a gateway that has lost its data.
            Some(next) if next > last.sequence + 1 => start,
            Some(next) => next,
        };
        segments.iter().filter(|segment| segment.sequence >= next).cloned().collect()
    }

    /// Fetches, pays, decrypts and writes one segment, and its sound if that comes apart: both have one key. The media comes
    /// first: the key of a segment that is gone is worth nothing.
    async fn show(&mut self, segment: &Segment, sound: Option<&Segment>) -> Result<Option<Ending>, PlaybackError> {
        if self.options.length.is_some_and(|length| self.seen >= length) {
            return Ok(Some(Ending::TimeUp));
        }
        if segment.is_gap {
            return Ok(None);
        }
        let Some(media) = self.media(segment).await? else {
            self.missed_segments += 1;
            return Ok(None);
        };
        let sound = match sound.filter(|sound| !sound.is_gap) {
            Some(sound) => self.media(sound).await?.map(|media| (sound, media)),
            None => None,
        };
        let bought = match &segment.key {
            Some(key_ref) => match self.key(key_ref, segment).await? {
                Some(bought) => Some(bought),
                None => return Ok(Some(Ending::BudgetSpent)),
            },
            None => None,
        };
        let is_free = bought.is_none_or(|bought| bought.is_free);
        let key = bought.map(|bought| (segment.key_index(), bought.key));
        let Some(clear) = decrypted(segment, media, key)? else { return Ok(None) };
        let sound = match sound {
            Some((sound, media)) => {
                self.sound_init = sound.init.clone().or(self.sound_init.take());
                decrypted(sound, media, key)?
            }
            None => None,
        };
        self.write(segment, clear, sound, is_free).await
    }

    /// Fetches the media of a segment. `None` if it is gone.
    async fn media(&self, segment: &Segment) -> Result<Option<Vec<u8>>, PlaybackError> {
        match self.gateway.fetch(&segment.url, MAX_SEGMENT_BYTES).await {
            Ok(media) => Ok(Some(media)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Gets a key. `None` when the budget is too small for it.
    async fn key(&mut self, key: &KeyRef, segment: &Segment) -> Result<Option<BoughtKey>, PlaybackError> {
        let rest = self.options.length.map(|length| length.saturating_sub(self.seen));
        let wanted = WantedKey { key, index: segment.key_index(), cost_ticks: segment.cost_ticks, rest };
        let observer = &mut self.observer;
        Ok(self.buyer.buy(wanted, &mut |event: SessionEvent| observer(event.into())).await?)
    }

    async fn write(
        &mut self,
        segment: &Segment,
        clear: Vec<u8>,
        sound: Option<Vec<u8>>,
        is_free: bool,
    ) -> Result<Option<Ending>, PlaybackError> {
        let sound_init = self.sound_init.as_ref();
        if let Some(init) = segment.init.as_ref().filter(|init| self.recording.needs_init(init, sound_init)) {
            let bytes = self.gateway.fetch(init, MAX_SEGMENT_BYTES).await?;
            let sound_bytes = match sound_init {
                Some(url) => self.gateway.fetch(url, MAX_SEGMENT_BYTES).await?,
                None => Vec::new(),
            };
            let sound = sound_init.map(|url| (url, sound_bytes.as_slice()));
            let written = self.recording.write_init(init, &bytes, sound).await.map_err(PlaybackError::Output)?;
            if written == Written::ReaderGone {
                return Ok(Some(Ending::ReaderGone));
            }
        }
        let written = self.recording.write_segment(clear, sound, segment.duration).await;
        let written = written.map_err(PlaybackError::Output)?;
        if written == Written::ReaderGone {
            return Ok(Some(Ending::ReaderGone));
        }
        self.seen += segment.duration;
        if is_free {
            self.seen_free += segment.duration;
        }
        let progress = self.progress(segment);
        (self.observer)(PlaybackEvent::SegmentWritten(progress));
        Ok(None)
    }

    fn progress(&self, segment: &Segment) -> Progress {
        let payer = self.buyer.payer();
        let end = segment.filmed_at.map(|start| start + segment.duration);
        Progress {
            rendition: self.rendition.name.clone(),
            price_per_tick: payer.map(SessionPayer::price_per_tick),
            spent: self.spent(),
            remaining: payer.map(SessionPayer::remaining).unwrap_or_default(),
            seen: self.seen,
            latency: end.and_then(|end| SystemTime::now().duration_since(end).ok()),
        }
    }
}

/// Leaves out of a picture what is newer than its sound, which comes a moment later.
fn limit(picture: &mut Playlist, sound: &Playlist) {
    picture.is_ended &= sound.is_ended;
    if !sound.is_ended {
        let newest = sound.segments.last().map(|last| last.sequence);
        picture.segments.retain(|segment| newest.is_some_and(|newest| segment.sequence <= newest));
    }
}

/// Returns a segment without its encryption. `None` if it needs another key than the one with this index.
fn decrypted(
    segment: &Segment,
    media: Vec<u8>,
    key: Option<(u64, SegmentKey)>,
) -> Result<Option<Vec<u8>>, DecryptError> {
    let Some(key_ref) = &segment.key else { return Ok(Some(media)) };
    match key.filter(|(index, _)| *index == segment.key_index()) {
        Some((_, key)) => decrypt(&media, &key, &key_ref.iv).map(Some),
        None => Ok(None),
    }
}

/// Fetches the multivariant playlist at `master` and chooses a rendition.
///
/// # Errors
///
/// When the gateway does not answer, or the stream has no such rendition.
pub async fn find_rendition(
    gateway: &GatewayClient,
    master: &Url,
    quality: &Quality,
) -> Result<Rendition, PlaybackError> {
    let text = gateway.fetch(master, MAX_TEXT_BYTES).await?;
    Ok(playlist::choose(&playlist::renditions(&text, master)?, quality)?.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn playlist(name: &str, keys: std::ops::Range<u64>, end: &str) -> Playlist {
        let mut text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{}\n", keys.start);
        for key in keys {
            text += &format!("#EXT-X-KEY:METHOD=AES-128,URI=\"keys/{key}\"\n#EXTINF:2.0,\nv/{name}/{key}.m4s\n");
        }
        playlist::media((text + end).as_bytes(), &"http://g/720p.m3u8".parse().unwrap()).unwrap()
    }

    fn sequences(playlist: &Playlist) -> Vec<u64> {
        playlist.segments.iter().map(|segment| segment.sequence).collect()
    }

    #[test]
    fn picture_goes_no_further_than_its_sound_while_that_grows() {
        let limited = |picture_end: &str, sound: std::ops::Range<u64>, end: &str| {
            let mut picture = playlist("720p", 4..9, picture_end);
            limit(&mut picture, &playlist("audio-1", sound, end));
            (sequences(&picture), picture.is_ended)
        };
        let ended = "#EXT-X-ENDLIST\n";
        assert_eq!(limited("", 5..8, ""), (vec![4, 5, 6, 7], false));
        assert_eq!(limited(ended, 4..8, ""), (vec![4, 5, 6, 7], false), "more will come");
        assert_eq!(limited(ended, 4..8, ended), (vec![4, 5, 6, 7, 8], true), "sound may end before the picture");
        let (mut picture, mut sound) = (playlist("720p", 4..9, ""), playlist("audio-1", 4..5, ""));
        sound.segments.clear();
        limit(&mut picture, &sound);
        assert_eq!(sequences(&picture), [] as [u64; 0], "nothing has come of the sound");
    }

    #[test]
    fn one_key_opens_picture_and_sound_and_nothing_else() {
        // CBC-AES128 of NIST SP 800-38A, F.2.1, with a block of padding.
        let media = hex::decode("7649abac8119b246cee98e9b12e9197d8964e0b149c10b7b682e6e39aaeb731c").unwrap();
        let iv = 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f_u128.to_be_bytes();
        let key = Some((4, 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes()));
        for name in ["720p", "audio-1"] {
            let mut segments = playlist(name, 4..6, "").segments;
            segments.iter_mut().filter_map(|segment| segment.key.as_mut()).for_each(|key| key.iv = iv);
            let open = |segment: &Segment, key| decrypted(segment, media.clone(), key);
            assert_eq!(open(&segments[0], key).unwrap().map(|clear| clear.len()), Some(16), "{name}");
            assert!(open(&segments[0], Some((4, [1; 16]))).is_err(), "{name}");
            assert_eq!(open(&segments[1], key), Ok(None), "it has another key");
            let clear = Segment { key: None, ..segments[0].clone() };
            assert_eq!(open(&clear, None), Ok(Some(media.clone())));
        }
    }
}
