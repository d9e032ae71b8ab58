//! One live stream: bytes of every rendition in, events and playlists out.

mod rendition;

use crate::{
    config::{Access, LiveConfig, RenditionConfig},
    error::{ConfigError, MediaError, PlaylistError},
    event::{Event, RenditionId},
    keys::{SegmentKey, StreamSecret},
    playlist::{multivariant, Form, LiveForm, MediaPlaylist, Report, Variant},
    segmenter::Shared,
    timeline::Timeline,
    uris::Uris,
    window::Availability,
};
use rendition::{Rendition, RenditionSnapshot};
use serde::{Deserialize, Serialize};

/// Names one source's byte streams, so that late bytes of the source before are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceId(u64);

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// The creator's video.
    Paid,
    /// A slate: clear in every rendition, and nobody is charged.
    Free,
}

/// What a stream needs to go on after a restart. It holds no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    timeline: Timeline,
    renditions: Vec<RenditionSnapshot>,
}

impl Snapshot {
    /// The first index that had not been used when this was taken.
    pub fn next_index(&self) -> u64 {
        self.timeline.next_index()
    }
}

/// One broadcast, all renditions of it.
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
    /// A broadcast whose first segment has index `start_index`: one that no broadcast of this secret has used.
    pub fn new(config: LiveConfig, secret: StreamSecret, start_index: u64) -> Result<Self, ConfigError> {
        config.check()?;
        let timeline = Timeline::new(config.segment_target_ms, start_index);
        let configs = config.renditions.iter().enumerate();
        let renditions = configs.map(|(place, _)| Rendition::new(RenditionId(place), &config)).collect();
        Ok(Self { config, secret, timeline, renditions, source: 0, has_source: false, is_ended: false })
    }

    /// Goes on after a restart. With `start_index` equal to [`Snapshot::next_index`] the window is kept; with a higher one
    /// (because later indices may have been used) it begins anew.
    pub fn restore(
        config: LiveConfig,
        secret: StreamSecret,
        snapshot: Snapshot,
        start_index: u64,
    ) -> Result<Self, ConfigError> {
        let used = snapshot.next_index();
        if start_index < used {
            return Err(ConfigError::IndexUsed { used, start: start_index });
        }
        let mut stream = Self::new(config, secret, start_index)?;
        stream.timeline = snapshot.timeline.resumed(stream.config.segment_target_ms, start_index);
        for mut kept in snapshot.renditions {
            if let Some(rendition) = stream.renditions.iter_mut().find(|rendition| rendition.name() == kept.name) {
                if start_index != used {
                    kept.window.clear();
                }
                rendition.restore(kept);
            }
        }
        Ok(stream)
    }

    /// What [`Self::restore`] needs. Segments that are growing are not in it.
    pub fn snapshot(&self) -> Snapshot {
        let renditions = self.renditions.iter().map(Rendition::snapshot).collect();
        Snapshot { timeline: self.timeline.clone(), renditions }
    }

    /// The settings it was made with.
    pub fn config(&self) -> &LiveConfig {
        &self.config
    }

    /// The rendition of that name.
    pub fn rendition(&self, name: &str) -> Option<RenditionId> {
        self.config.renditions.iter().position(|rendition| rendition.name == name).map(RenditionId)
    }

    /// All renditions.
    pub fn renditions(&self) -> impl Iterator<Item = (RenditionId, &RenditionConfig)> {
        self.config.renditions.iter().enumerate().map(|(place, config)| (RenditionId(place), config))
    }

    /// A source connects, or reconnects, or its tracks change: completes what is growing, and expects a new byte stream for
    /// every rendition. Every rendition that was dropped is back. What follows begins with a discontinuity.
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

    /// The source is gone: completes what is growing. Playlists stay as they are, open for the next source.
    pub fn end_source(&mut self, events: &mut Vec<Event>) {
        self.has_source = false;
        for place in 0..self.renditions.len() {
            let before = events.len();
            let (rendition, mut shared) = self.parts(place, 0, events);
            rendition.finish(&mut shared);
            self.apply(place, before, events);
        }
    }

    /// Takes bytes of a rendition, in any chunks, and adds to `events` what has become ready. Events that were added before
    /// an error are good. After an error this rendition has nothing more to give until the next source: drop it, or begin
    /// a new source.
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
        let (rendition, mut shared) = self.parts(place, now_ms, events);
        let result = rendition.push(bytes, &mut shared);
        self.apply(place, before, events);
        result
    }

    /// Gives a rendition up until the next source: it leaves the multivariant playlist and has no media playlist.
    pub fn drop_rendition(&mut self, rendition: RenditionId, events: &mut Vec<Event>) {
        let Some(place) = self.known(rendition) else { return };
        let before = events.len();
        let (dropped, mut shared) = self.parts(place, 0, events);
        dropped.finish(&mut shared);
        dropped.give_up();
        self.apply(place, before, events);
    }

    /// The broadcast is over: completes what is growing, and closes the playlists with `EXT-X-ENDLIST`.
    pub fn end(&mut self, events: &mut Vec<Event>) {
        self.end_source(events);
        self.is_ended = true;
        self.renditions.iter_mut().for_each(|rendition| rendition.window.end());
    }

    /// Whether [`Self::end`] was called.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// The multivariant playlist: every paid rendition that has a complete segment.
    pub fn multivariant_playlist(&self, uris: &Uris) -> Result<String, PlaylistError> {
        let variants: Vec<_> = self.paid().filter_map(|(id, _)| self.variant(id)).collect();
        if variants.is_empty() {
            return Err(PlaylistError::NotReady);
        }
        Ok(multivariant(&variants, uris))
    }

    /// What is known of a rendition; nothing before it has a complete segment, or when it was dropped.
    pub fn variant(&self, rendition: RenditionId) -> Option<Variant> {
        self.renditions.get(self.known(rendition)?)?.variant()
    }

    /// A rendition's media playlist; a preview's has no keys.
    pub fn media_playlist(&self, id: RenditionId, form: LiveForm, uris: &Uris) -> Result<String, PlaylistError> {
        let rendition = self.watchable(id)?;
        let lengths = self.config.lengths();
        let window = &rendition.window;
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
            next_part: window.next_part(lengths.segment_target, lengths.part_target),
            reports: self.reports(id),
            is_ended: self.is_ended,
        };
        Ok(playlist.write())
    }

    /// Whether a playlist that was asked for with `_HLS_msn` and `_HLS_part` can be answered.
    pub fn playlist_state(&self, id: RenditionId, msn: u64, part: Option<u32>) -> Result<Availability, PlaylistError> {
        Ok(self.watchable(id)?.window.playlist_state(msn, part, self.config.max_parts_ahead()))
    }

    /// Whether a part's file is there, or will be: players ask for the part that was hinted at before it is.
    pub fn part_state(&self, id: RenditionId, index: u64, part: u32) -> Result<Availability, PlaylistError> {
        Ok(self.watchable(id)?.window.part_state(index, part, self.config.max_parts_ahead()))
    }

    /// Index and part that a rendition has published last.
    pub fn last_part(&self, id: RenditionId) -> Option<(u64, u32)> {
        self.renditions.get(self.known(id)?)?.window.last_part()
    }

    /// The first index that has not been used: what has to be kept to be the next broadcast's `start_index`.
    pub fn next_index(&self) -> u64 {
        self.timeline.next_index()
    }

    /// The key of an index that has been used; nothing for those to come.
    pub fn key(&self, index: u64) -> Option<SegmentKey> {
        (index < self.next_index()).then(|| self.secret.key(index))
    }

    /// What the key of a recent index costs, the same in every rendition: the ticks of its duration, or while it is growing
    /// those of a full segment. 0 for a slate's; nothing for an index that is to come, or too old to be remembered.
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
        self.renditions().filter(|(_, config)| config.access == Access::Paid)
    }

    /// How far the other renditions of the multivariant playlist have come; a preview has none.
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

    fn parts<'a>(
        &'a mut self,
        place: usize,
        now_ms: u64,
        events: &'a mut Vec<Event>,
    ) -> (&'a mut Rendition, Shared<'a>) {
        let shared = Shared { timeline: &mut self.timeline, secret: &self.secret, events, now_ms };
        (&mut self.renditions[place], shared)
    }

    /// Lists what the events from `before` on have brought.
    fn apply(&mut self, place: usize, before: usize, events: &mut Vec<Event>) {
        let expired = self.renditions[place].list(&events[before..], &self.timeline);
        events.extend(expired);
    }
}

#[cfg(test)]
mod tests;
