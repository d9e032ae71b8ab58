//! One stream on air: accepts media, returns playlists and files, and wakes requests that wait for more of it.

use super::{
    captions::LiveCaptions,
    clip_sound::ClipSound,
    error::LiveError,
    sold::{Sold, SoldCounter},
    storyboard::Storyboard,
};
use bytes::Bytes;
use parking_lot::RwLock;
use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tick_stream_primitives::StreamId;
use tokio::sync::watch;
use vilokanam_media::{
    playlist::Form, Access, Availability, Event, Label, LiveConfig, LiveForm, LiveStream, PlaylistError, RenditionId,
    Segment, SegmentKey, SourceId, SourceKind, StreamSecret, SubtitlePlaylist, Uris,
};
use vilokanam_wire::creator::IngestHealth;

/// Longest wait for a playlist or a part: three target durations, as players expect.
const WAIT_LIMIT: Duration = Duration::from_secs(6);

/// The result of waiting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Waited<T> {
    /// It is available.
    Ready(T),
    /// It did not become available in time.
    TimedOut,
    /// It is too far ahead to wait for.
    TooFarAhead,
    /// It does not exist and will not.
    Gone,
}

/// A stream that is on air, or was a moment ago.
pub struct Channel {
    pub stream: StreamId,
    /// Number of the broadcast.
    pub number: u64,
    media: RwLock<Media>,
    changes: watch::Sender<u64>,
    health: RwLock<IngestHealth>,
    thumbnail: RwLock<Option<Bytes>>,
    pub storyboard: Storyboard,
    pub captions: LiveCaptions,
    sold: SoldCounter,
    is_withdrawn: AtomicBool,
}

struct Media {
    live: LiveStream,
    /// Files that playlists list or listed a moment ago, by their paths below the stream's folder. Bounded by the window.
    files: HashMap<String, Bytes>,
}

impl Channel {
    /// An empty channel whose first segment gets index `start_index`.
    pub fn new(
        stream: StreamId,
        number: u64,
        config: LiveConfig,
        secret: StreamSecret,
        start_index: u64,
        storyboard: Storyboard,
    ) -> Result<Self, LiveError> {
        let media = Media { live: LiveStream::new(config, secret, start_index)?, files: HashMap::new() };
        let (health, thumbnail) = (RwLock::default(), RwLock::default());
        let (media, changes) = (RwLock::new(media), watch::Sender::new(0));
        let sold = SoldCounter::default();
        let is_withdrawn = AtomicBool::new(false);
        let captions = LiveCaptions::default();
        Ok(Self { stream, number, media, changes, health, thumbnail, storyboard, captions, sold, is_withdrawn })
    }

    /// Begins a source: a publisher connected or came back.
    pub fn begin_source(&self, kind: SourceKind) -> Result<(SourceId, Vec<Event>), LiveError> {
        let mut events = Vec::new();
        let source = self.media.write().live.begin_source(kind, &mut events)?;
        Ok((source, events))
    }

    /// States when the media of a source began to arrive, in milliseconds since 1970.
    pub fn date_source(&self, source: SourceId, since_ms: u64) {
        self.media.write().live.date_source(source, since_ms);
    }

    /// Accepts media of a rendition from the transcoder. The events that follow are not published yet, see
    /// [`Self::publish`].
    pub fn push(&self, source: SourceId, rendition: &str, bytes: &[u8], now_ms: u64) -> Result<Vec<Event>, LiveError> {
        let mut events = Vec::new();
        let mut media = self.media.write();
        if let Some(id) = media.live.rendition(rendition) {
            media.live.push(source, id, bytes, now_ms, &mut events)?;
        }
        Ok(events)
    }

    /// Drops a rendition until the next source.
    pub fn drop_rendition(&self, rendition: &str) -> Vec<Event> {
        let mut events = Vec::new();
        let mut media = self.media.write();
        if let Some(id) = media.live.rendition(rendition) {
            media.live.drop_rendition(id, &mut events);
        }
        events
    }

    /// Whether a paid rendition with a picture is packaged.
    pub fn has_video(&self) -> bool {
        self.media.read().live.has_video()
    }

    /// Ends the source: the publisher disconnected.
    pub fn end_source(&self) -> Vec<Event> {
        let mut events = Vec::new();
        self.media.write().live.end_source(&mut events);
        events
    }

    /// The broadcast is over.
    pub fn end(&self) -> Vec<Event> {
        let mut events = Vec::new();
        self.media.write().live.end(&mut events);
        events
    }

    /// Makes what has become ready available, and rings the bell. Key indices must be durable by now.
    pub fn publish(&self, events: &[Event], uris: &Uris) {
        self.captions.take(events);
        let mut media = self.media.write();
        let Media { live, files } = &mut *media;
        let name = |id: RenditionId| live.config().renditions[id.place()].name.clone();
        for event in events {
            match event {
                Event::InitReady(init) => {
                    files.insert(uris.init(&name(init.rendition), init.number), init.init.bytes.clone());
                }
                Event::PartReady(part) => {
                    let path = uris.part(&name(part.rendition), part.segment.index, part.part);
                    files.insert(path, part.published.clone());
                }
                Event::SegmentReady(ready) => {
                    let path = uris.segment(&name(ready.rendition), ready.segment.head.index);
                    files.insert(path, ready.published.clone());
                }
                Event::SegmentExpired { rendition, index, parts } => {
                    let name = name(*rendition);
                    files.remove(&uris.segment(&name, *index));
                    (0..*parts).for_each(|part| drop(files.remove(&uris.part(&name, *index, part))));
                }
                Event::Dropped { rendition, duration, reason } => {
                    let (rendition, lost_s) = (name(*rendition), duration.seconds());
                    tracing::warn!(stream = self.stream, rendition, lost_s, ?reason, "media was dropped");
                }
            }
        }
        drop(media);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Ends every wait for media, and gives out no more of it.
    pub fn withdraw(&self) {
        self.is_withdrawn.store(true, Ordering::Release);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Returns the multivariant playlist.
    pub fn multivariant_playlist(&self, uris: &Uris) -> Result<String, PlaylistError> {
        self.media.read().live.multivariant_with_subtitles(&self.captions.subtitles(), uris)
    }

    /// Returns the playlist of captions, or `None` if there are none of this name.
    pub fn subtitle_playlist(&self, name: &str, uris: &Uris) -> Option<String> {
        self.captions.has(name).then_some(())?;
        let media = self.media.read();
        let segments = media.live.listed_segments();
        let playlist = SubtitlePlaylist {
            name,
            uris,
            target_seconds: media.live.config().target_seconds(),
            segments: segments.iter().collect(),
            form: Form::Live(LiveForm::Plain),
            is_ended: media.live.is_ended(),
        };
        Some(playlist.write())
    }

    /// Returns the text of captions for a segment, encrypted as the segment is.
    pub fn subtitle_text(&self, name: &str, index: u64) -> Option<Bytes> {
        if self.is_withdrawn.load(Ordering::Acquire) {
            return None;
        }
        let media = self.media.read();
        let segment = media.live.listed_segments().into_iter().find(|segment| segment.head.index == index)?;
        let text = Bytes::from(self.captions.text(name, &segment)?);
        Some(if segment.head.encrypted { media.live.key(index)?.encrypt(&text) } else { text })
    }

    /// Sets how players show an audio track for a choice.
    pub fn set_label(&self, rendition: &str, label: Label) {
        let mut media = self.media.write();
        if let Some(id) = media.live.rendition(rendition) {
            media.live.set_label(id, label);
        }
    }

    /// Returns the playlist of a rendition, as soon as it has segment `msn` and part `part` if those are asked for.
    pub async fn media_playlist(
        &self,
        rendition: &str,
        wanted: Option<(u64, Option<u32>)>,
        form: LiveForm,
        uris: &Uris,
    ) -> Result<Waited<String>, PlaylistError> {
        self.wait_for(|media| {
            let Some(id) = media.live.rendition(rendition) else { return Ok(Err(Availability::Gone)) };
            let state = match wanted {
                Some((msn, part)) => media.live.playlist_state(id, msn, part)?,
                None => Availability::Ready,
            };
            match state {
                Availability::Ready => media.live.media_playlist(id, form, uris).map(Ok),
                state => Ok(Err(state)),
            }
        })
        .await
    }

    /// Returns a file, which may be a part that a playlist announced and that is not complete yet.
    pub async fn file(&self, path: &str, part: Option<(&str, u64, u32)>) -> Waited<Bytes> {
        let waited = self.wait_for(|media| {
            if let Some(bytes) = media.files.get(path) {
                return Ok(Ok(bytes.clone()));
            }
            let id = part.and_then(|(rendition, index, part)| Some((media.live.rendition(rendition)?, index, part)));
            let Some((id, index, part)) = id else { return Ok(Err(Availability::Gone)) };
            Ok(Err(match media.live.part_state(id, index, part)? {
                // Listed and not in the table: it has just expired.
                Availability::Ready => Availability::Gone,
                state => state,
            }))
        });
        waited.await.unwrap_or(Waited::Gone)
    }

    async fn wait_for<T>(
        &self,
        look: impl Fn(&Media) -> Result<Result<T, Availability>, PlaylistError>,
    ) -> Result<Waited<T>, PlaylistError> {
        let deadline = tokio::time::Instant::now() + WAIT_LIMIT;
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            if self.is_withdrawn.load(Ordering::Acquire) {
                return Ok(Waited::Gone);
            }
            let found = look(&self.media.read())?;
            match found {
                Ok(found) => return Ok(Waited::Ready(found)),
                Err(Availability::TooFarAhead) => return Ok(Waited::TooFarAhead),
                Err(Availability::Gone) => return Ok(Waited::Gone),
                Err(_) => {}
            }
            let changed = tokio::time::timeout_at(deadline, changes.changed()).await;
            if !matches!(changed, Ok(Ok(()))) {
                return Ok(Waited::TimedOut);
            }
        }
    }

    /// Returns the key of a published segment and its cost in ticks.
    pub fn key(&self, index: u64) -> Option<(SegmentKey, u32)> {
        let media = self.media.read();
        Some((media.live.key(index)?, media.live.ticks(index)?))
    }

    /// Returns the name of the best rendition that has complete segments, and those that its playlist lists; and its sound, if it
    /// has the picture alone.
    pub fn best_segments(&self) -> Option<(String, Vec<Segment>, Option<ClipSound>)> {
        let media = self.media.read();
        let mut paid = media.live.renditions().filter(|(_, config)| config.access == Access::Paid);
        paid.find_map(|(id, config)| {
            let mut segments: Vec<Segment> = media.live.segments(id).cloned().collect();
            let sound = media.live.sound_of(id).map(|id| ClipSound {
                rendition: media.live.config().renditions[id.place()].name.clone(),
                segments: media.live.segments(id).cloned().collect(),
            });
            sound.iter().for_each(|sound| sound.limit(&mut segments));
            (!segments.is_empty()).then(|| (config.name.clone(), segments, sound))
        })
    }

    /// Returns a file that is available now.
    pub fn available(&self, path: &str) -> Option<Bytes> {
        self.media.read().files.get(path).cloned()
    }

    /// Returns the paid renditions, whether or not they have a segment yet.
    pub fn paid_ids(&self) -> Vec<RenditionId> {
        let media = self.media.read();
        let paid = media.live.renditions().filter(|(_, config)| config.access.is_paid());
        paid.map(|(id, _)| id).collect()
    }

    /// Returns the names of the paid renditions.
    pub fn paid_names(&self) -> Vec<String> {
        let media = self.media.read();
        let paid = media.live.renditions().filter(|(_, config)| config.access.is_paid());
        paid.map(|(_, config)| config.name.clone()).collect()
    }

    /// Returns the health of the incoming stream.
    pub fn health(&self) -> IngestHealth {
        self.health.read().clone()
    }

    /// Changes the health of the incoming stream.
    pub fn set_health(&self, change: impl FnOnce(&mut IngestHealth)) {
        change(&mut self.health.write());
    }

    /// Counts charged ticks.
    pub fn note_sold(&self, ticks: u32, price_per_tick: u128) {
        self.sold.add(ticks, price_per_tick);
    }

    /// Returns the ticks charged during the broadcast.
    pub fn sold(&self) -> Sold {
        self.sold.read()
    }

    /// Returns the newest picture, as JPEG.
    pub fn thumbnail(&self) -> Option<Bytes> {
        self.thumbnail.read().clone()
    }

    /// Stores the newest picture.
    pub async fn add_thumbnail(&self, jpeg: Bytes) {
        *self.thumbnail.write() = Some(jpeg.clone());
        self.storyboard.add(jpeg).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;
    use std::sync::Arc;
    use vilokanam_media::{RenditionConfig, UriTemplates};

    #[tokio::test]
    async fn withdrawn_channel_answers_requests_that_wait_for_media() {
        let renditions = vec![RenditionConfig { name: "240p".into(), access: Access::Paid, nominal_bandwidth_bps: 1 }];
        let config = LiveConfig { renditions, ..LiveConfig::default() };
        let storyboard = Storyboard::new(Arc::new(InMemory::new()), 1, 1, false);
        let channel = Channel::new(1, 1, config, StreamSecret::from_bytes([1; 32]), 0, storyboard).unwrap();
        let uris = Uris::new(&UriTemplates::default()).unwrap();
        let waiting = channel.media_playlist("240p", Some((0, None)), LiveForm::LowLatency, &uris);
        let (answer, ()) = tokio::join!(waiting, async { channel.withdraw() });
        assert_eq!(answer, Ok(Waited::Gone));
        let later = channel.media_playlist("240p", Some((0, None)), LiveForm::LowLatency, &uris).await;
        assert_eq!(later, Ok(Waited::Gone));
    }
}
