//! One live stream: byte streams of all renditions in, events and playlists out.

mod rendition;

use crate::{
    config::{Access, LiveConfig, RenditionConfig},
    error::{ConfigError, MediaError, PlaylistError},
    event::{Event, Label, RenditionId, Segment},
    keys::{SegmentKey, StreamSecret},
    playlist::{main_sound, multivariant_with_subtitles, Form, LiveForm, MediaPlaylist, Report, Subtitles, Variant},
    segmenter::Shared,
    time::Span,
    timeline::Timeline,
    uris::Uris,
    window::Availability,
};
use rendition::Rendition;

/// Number of segments with a picture from which on the multivariant playlist does without an audio track that has none yet.
const AWAITING_SEGMENTS: usize = 3;
/// Usual duration of a fragment of an audio track: three frames of AAC.
const AUDIO_STEP: Span = Span::from_millis(64);

/// Identifies a source, so that late bytes of an earlier source are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceId(u64);

/// Kind of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Video of the creator, for which viewers pay.
    Paid,
    /// A slate: not encrypted in any rendition, and free.
    Free,
}

/// One broadcast with all its renditions.
#[derive(Debug)]
pub struct LiveStream {
    config: LiveConfig,
    secret: StreamSecret,
    timeline: Timeline,
    renditions: Vec<Rendition>,
    source: u64,
    has_source: bool,
    is_ended: bool,
}

impl LiveStream {
    /// A broadcast whose first segment has index `start_index`. No earlier broadcast with this secret may have used
    /// that index or a higher one.
    ///
    /// # Errors
    ///
    /// A setting is out of range.
    pub fn new(config: LiveConfig, secret: StreamSecret, start_index: u64) -> Result<Self, ConfigError> {
        config.check()?;
        let timeline = Timeline::new(config.segment_target_ms, start_index);
        let configs = config.renditions.iter().enumerate();
        let renditions = configs.map(|(place, _)| Rendition::new(RenditionId(place), &config)).collect();
        Ok(Self { config, secret, timeline, renditions, source: 0, has_source: false, is_ended: false })
    }

    /// The settings of the stream.
    pub fn config(&self) -> &LiveConfig {
        &self.config
    }

    /// Id of the rendition of that name.
    pub fn rendition(&self, name: &str) -> Option<RenditionId> {
        self.config.renditions.iter().position(|rendition| rendition.name == name).map(RenditionId)
    }

    /// All renditions, in the order of the configuration.
    pub fn renditions(&self) -> impl Iterator<Item = (RenditionId, &RenditionConfig)> {
        self.config.renditions.iter().enumerate().map(|(place, config)| (RenditionId(place), config))
    }

    /// Begins a source: one that connects, reconnects, or changes its tracks. Completes the open segments, restores the
    /// renditions that were dropped, and expects a new byte stream for every rendition. The next segment begins with a
    /// discontinuity.
    ///
    /// # Errors
    ///
    /// [`MediaError::Ended`] after [`Self::end`].
    pub fn begin_source(&mut self, kind: SourceKind, events: &mut Vec<Event>) -> Result<SourceId, MediaError> {
        if self.is_ended {
            return Err(MediaError::Ended);
        }
        self.end_source(events);
        self.timeline.new_source(kind == SourceKind::Free);
        self.renditions.iter_mut().for_each(Rendition::begin_source);
        self.source += 1;
        self.has_source = true;
        Ok(SourceId(self.source))
    }

    /// States when the media of a source began to arrive, in milliseconds since 1970: its first segment has that date. Without it,
    /// the first segment is dated by the time at which its first bytes are taken, which is later by all that is done with media
    /// before. Ignored once the source has a segment, and for a source that has ended.
    pub fn date_source(&mut self, source: SourceId, since_ms: u64) {
        if self.has_source && source.0 == self.source {
            self.timeline.date_source(since_ms);
        }
    }

    /// Ends the source: completes the open segments. Playlists stay open for the next source.
    pub fn end_source(&mut self, events: &mut Vec<Event>) {
        self.has_source = false;
        for place in 0..self.renditions.len() {
            let before = events.len();
            let (rendition, mut shared) = self.split(place, 0, events);
            rendition.finish(&mut shared);
            self.apply(place, before, events);
        }
    }

    /// Takes bytes of a rendition, split anywhere, and appends an event for everything that has become ready. `now_ms`
    /// is the time of day in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// The source or the rendition does not exist (any more), or its bytes are damaged. Events that were appended
    /// before the error are valid. After an error the rendition produces nothing until the next source: drop it, or
    /// begin a new source.
    pub fn push(
        &mut self,
        source: SourceId,
        rendition: RenditionId,
        bytes: &[u8],
        now_ms: u64,
        events: &mut Vec<Event>,
    ) -> Result<(), MediaError> {
        if self.is_ended {
            return Err(MediaError::Ended);
        }
        if !self.has_source || source.0 != self.source {
            return Err(MediaError::StaleSource);
        }
        let place = self.known(rendition).ok_or(MediaError::UnknownRendition(rendition.0))?;
        let before = events.len();
        let (rendition, mut shared) = self.split(place, now_ms, events);
        let result = rendition.push(bytes, &mut shared);
        self.apply(place, before, events);
        if self.config.renditions[place].access == Access::Paid {
            self.release_audio(now_ms, events);
        }
        result
    }

    /// Packages the audio tracks of their own up to where the video has come.
    fn release_audio(&mut self, now_ms: u64, events: &mut Vec<Event>) {
        for place in 0..self.renditions.len() {
            if self.config.renditions[place].access == Access::PaidAudio {
                let before = events.len();
                let (rendition, mut shared) = self.split(place, now_ms, events);
                rendition.release(&mut shared);
                self.apply(place, before, events);
            }
        }
    }

    /// Sets how players show an audio track of its own for a choice. Other renditions have no label.
    pub fn set_label(&mut self, rendition: RenditionId, label: Label) {
        if let Some(place) = self.known(rendition) {
            self.renditions[place].set_label(label);
        }
    }

    /// Drops a rendition until the next source: it leaves the multivariant playlist and has no media playlist.
    pub fn drop_rendition(&mut self, rendition: RenditionId, events: &mut Vec<Event>) {
        let Some(place) = self.known(rendition) else { return };
        let before = events.len();
        let (dropped, mut shared) = self.split(place, 0, events);
        dropped.finish(&mut shared);
        dropped.drop_until_next_source();
        self.apply(place, before, events);
    }

    /// Whether a rendition with a picture is packaged.
    pub fn has_video(&self) -> bool {
        self.renditions().any(|(id, config)| config.access == Access::Paid && !self.renditions[id.0].is_dropped())
    }

    /// Ends the broadcast: completes the open segments and closes the playlists with `EXT-X-ENDLIST`.
    pub fn end(&mut self, events: &mut Vec<Event>) {
        self.end_source(events);
        self.is_ended = true;
        self.renditions.iter_mut().for_each(|rendition| rendition.window.end());
    }

    /// The multivariant playlist of all paid renditions that have a complete segment.
    ///
    /// # Errors
    ///
    /// [`PlaylistError::NotReady`] if no rendition with a picture has one, or its sound has none yet: players read the playlist
    /// once.
    pub fn multivariant_playlist(&self, uris: &Uris) -> Result<String, PlaylistError> {
        self.multivariant_with_subtitles(&[], uris)
    }

    /// The multivariant playlist, with subtitles.
    ///
    /// # Errors
    ///
    /// As [`Self::multivariant_playlist`].
    pub fn multivariant_with_subtitles(&self, subtitles: &[Subtitles], uris: &Uris) -> Result<String, PlaylistError> {
        let variants: Vec<_> = self.paid().filter_map(|(id, _)| self.variant(id)).collect();
        if variants.iter().all(|variant| variant.audio.is_some()) || self.awaits_audio(&variants) {
            return Err(PlaylistError::NotReady);
        }
        Ok(multivariant_with_subtitles(&variants, subtitles, uris))
    }

    /// Whether an audio track is not among the variants yet that should be: the sound of the picture or, at the beginning of a
    /// broadcast, another one that has begun. A further track may stop before its first segment is complete.
    fn awaits_audio(&self, variants: &[Variant]) -> bool {
        let is_track = |rendition: &&Rendition| rendition.is_audio_track() && !rendition.is_dropped();
        let mut tracks = self.renditions.iter().filter(is_track);
        let pictures = || variants.iter().filter(|variant| variant.audio.is_none());
        let is_mute = pictures().any(|picture| !picture.has_sound() && main_sound(picture, variants).is_none());
        let is_new = self.listed_segments().len() < AWAITING_SEGMENTS;
        tracks.any(|track| is_mute || (is_new && track.is_awaited()))
    }

    /// The complete segments that the playlist of the first paid rendition lists, for playlists of subtitles. Empty before
    /// the first one.
    pub fn listed_segments(&self) -> Vec<Segment> {
        let video = self.renditions().filter(|(_, config)| config.access == Access::Paid);
        let windows = video.map(|(id, _)| self.renditions[id.0].window.segments());
        let longest = windows.max_by_key(|segments| segments.back().map(|last| last.head.index));
        longest.map(|segments| segments.iter().cloned().collect()).unwrap_or_default()
    }

    /// The rendition with the sound of another one that has the picture alone. `None` if that one has sound, or no segment.
    pub fn sound_of(&self, rendition: RenditionId) -> Option<RenditionId> {
        let variants: Vec<_> = self.paid().filter_map(|(id, _)| self.variant(id)).collect();
        let sound = main_sound(&self.variant(rendition)?, &variants)?;
        self.rendition(&sound.rendition)
    }

    /// Whether the broadcast has ended.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// The complete segments that the playlist of a rendition lists. None if the rendition does not exist, or was dropped.
    pub fn segments(&self, rendition: RenditionId) -> impl Iterator<Item = &Segment> {
        self.watchable(rendition).into_iter().flat_map(|rendition| rendition.window.segments())
    }

    /// Description of a rendition. `None` if it has no complete segment, or was dropped.
    pub fn variant(&self, rendition: RenditionId) -> Option<Variant> {
        self.renditions.get(self.known(rendition)?)?.variant()
    }

    /// The media playlist of a rendition. The playlist of a preview has no keys.
    ///
    /// # Errors
    ///
    /// The rendition does not exist, was dropped, or has no complete segment.
    pub fn media_playlist(&self, id: RenditionId, form: LiveForm, uris: &Uris) -> Result<String, PlaylistError> {
        let rendition = self.watchable(id)?;
        let lengths = self.config.lengths();
        let window = &rendition.window;
        let step = match self.config.renditions[id.0].access {
            Access::PaidAudio => AUDIO_STEP,
            Access::Paid | Access::Preview => lengths.part_target,
        };
        if window.segments().is_empty() {
            return Err(PlaylistError::NotReady);
        }
        let playlist = MediaPlaylist {
            rendition: rendition.name(),
            uris,
            form: Form::Live(form),
            target_seconds: lengths.target_seconds,
            part_target: lengths.part_target,
            segments: window.segments().iter().collect(),
            open: window.open(),
            next_part: window.next_part(lengths.segment_target, step),
            reports: self.reports(id),
            is_ended: self.is_ended,
        };
        Ok(playlist.write())
    }

    /// Whether a playlist request with `_HLS_msn` and `_HLS_part` can be answered.
    ///
    /// # Errors
    ///
    /// The rendition does not exist, or was dropped.
    pub fn playlist_state(&self, id: RenditionId, msn: u64, part: Option<u32>) -> Result<Availability, PlaylistError> {
        Ok(self.watchable(id)?.window.playlist_state(msn, part, self.config.max_parts_ahead()))
    }

    /// Whether the file of a part is available, or will be: players request the part of a preload hint in advance.
    ///
    /// # Errors
    ///
    /// The rendition does not exist, or was dropped.
    pub fn part_state(&self, id: RenditionId, index: u64, part: u32) -> Result<Availability, PlaylistError> {
        Ok(self.watchable(id)?.window.part_state(index, part, self.config.max_parts_ahead()))
    }

    /// Index and number of the part that a rendition published last.
    fn last_part(&self, id: RenditionId) -> Option<(u64, u32)> {
        self.renditions.get(self.known(id)?)?.window.last_part()
    }

    /// The first index that has not been used. The caller stores it as the `start_index` of the next broadcast.
    pub fn next_index(&self) -> u64 {
        self.timeline.next_index()
    }

    /// The key of an index. `None` if the index has not been used yet.
    pub fn key(&self, index: u64) -> Option<SegmentKey> {
        (index < self.next_index()).then(|| self.secret.key(index))
    }

    /// Price in ticks of the key of a recent index, the same in every rendition. While the segment grows, it is the
    /// price of a full segment; the price of a slate is 0. `None` if the index has not been used yet, or is too old.
    pub fn ticks(&self, index: u64) -> Option<u32> {
        let cut = self.timeline.get(index)?;
        let length = cut.duration.unwrap_or(self.config.lengths().segment_target);
        Some(if cut.free { 0 } else { length.ticks() })
    }

    fn known(&self, id: RenditionId) -> Option<usize> {
        (id.0 < self.renditions.len()).then_some(id.0)
    }

    fn watchable(&self, id: RenditionId) -> Result<&Rendition, PlaylistError> {
        let rendition = self.renditions.get(id.0).ok_or(PlaylistError::UnknownRendition(id.0))?;
        if rendition.is_dropped() {
            return Err(PlaylistError::Dropped(rendition.name().into()));
        }
        Ok(rendition)
    }

    fn paid(&self) -> impl Iterator<Item = (RenditionId, &RenditionConfig)> {
        self.renditions().filter(|(_, config)| config.access.is_paid())
    }

    /// Newest parts of the other renditions of the multivariant playlist. A preview has no reports.
    fn reports(&self, of: RenditionId) -> Vec<Report> {
        if self.config.renditions[of.0].access == Access::Preview {
            return Vec::new();
        }
        let others = self.paid().filter(|(id, _)| *id != of && !self.renditions[id.0].is_dropped());
        let report = |(id, config): (RenditionId, &RenditionConfig)| {
            let (last_msn, last_part) = self.last_part(id)?;
            Some(Report { rendition: config.name.clone(), last_msn, last_part })
        };
        others.filter_map(report).collect()
    }

    /// The rendition at `place`, and the state that it shares with the others.
    fn split<'a>(
        &'a mut self,
        place: usize,
        now_ms: u64,
        events: &'a mut Vec<Event>,
    ) -> (&'a mut Rendition, Shared<'a>) {
        let shared = Shared { timeline: &mut self.timeline, secret: &self.secret, events, now_ms };
        (&mut self.renditions[place], shared)
    }

    /// Lists the segments and parts of the events from position `before` on.
    fn apply(&mut self, place: usize, before: usize, events: &mut Vec<Event>) {
        let expired = self.renditions[place].list(&events[before..], &self.timeline);
        events.extend(expired);
    }
}

#[cfg(test)]
mod tests;
