//! One rendition of a live stream: its byte stream, its segmenter, its window.

use crate::{
    cmaf::{Chunk, Fragment, Init, Splitter},
    config::{Access, LiveConfig, RenditionConfig},
    error::MediaError,
    event::{DropReason, Event, InitReady, Label, RenditionId},
    playlist::{
        multivariant::{Description, Measured},
        Variant,
    },
    segmenter::{Segmenter, Shared},
    timeline::Timeline,
    window::Window,
};
use std::{collections::VecDeque, sync::Arc};

/// Maximum number of fragments of an audio track that wait for the video: about fifteen seconds.
const MAX_HELD_FRAGMENTS: usize = 256;
/// Frames of a fragment of silence, as many as an audio track has in its own.
const SILENT_FRAMES: u32 = 3;
/// Minimum time without sound that is filled with silence: as long as a fragment.
const MIN_SILENCE_NANOS: i64 = 64_000_000;

/// One rendition.
#[derive(Debug)]
pub(super) struct Rendition {
    id: RenditionId,
    config: RenditionConfig,
    window_segments: usize,
    target_seconds: u64,
    splitter: Splitter,
    segmenter: Segmenter,
    /// Fragments of an audio track before which the video may still be cut.
    held: VecDeque<Fragment>,
    /// Presentation time at which the sound ends that has come from this source, if it is an audio track.
    sound_end: Option<i64>,
    label: Option<Label>,
    pub window: Window,
    measured: Measured,
    about: Option<Description>,
    /// The initialisation published last.
    init: Option<Arc<Init>>,
    /// Whether this source has sent its initialisation.
    has_init: bool,
    is_dropped: bool,
}

impl Rendition {
    /// The rendition at position `id` of `config`.
    pub fn new(id: RenditionId, config: &LiveConfig) -> Self {
        let own = config.renditions[id.0].clone();
        Self {
            id,
            segmenter: Segmenter::new(id, config.lengths(), own.access.is_paid(), own.access == Access::PaidAudio),
            held: VecDeque::new(),
            sound_end: None,
            label: (own.access == Access::PaidAudio).then(|| Label { language: None, name: own.name.clone() }),
            config: own,
            window_segments: config.window_segments,
            target_seconds: config.target_seconds(),
            splitter: Splitter::new(),
            window: Window::new(),
            measured: Measured::default(),
            about: None,
            init: None,
            has_init: false,
            is_dropped: false,
        }
    }

    pub fn name(&self) -> &str {
        &self.config.name
    }

    pub fn is_dropped(&self) -> bool {
        self.is_dropped
    }

    /// Whether it is an audio track of its own.
    pub fn is_audio_track(&self) -> bool {
        self.label.is_some()
    }

    /// Whether its source has begun, and no segment is complete.
    pub fn is_awaited(&self) -> bool {
        self.has_init && self.window.segments().is_empty()
    }

    /// Sets how players show it for a choice, if it is an audio track of its own.
    pub fn set_label(&mut self, label: Label) {
        if self.label.is_some() {
            self.label = Some(label);
            // It is announced with the next initialisation.
            self.init = None;
        }
    }

    pub fn begin_source(&mut self) {
        self.splitter = Splitter::new();
        self.held.clear();
        self.sound_end = None;
        self.has_init = false;
        self.is_dropped = false;
    }

    pub fn drop_until_next_source(&mut self) {
        self.is_dropped = true;
        self.splitter = Splitter::new();
    }

    pub fn finish(&mut self, shared: &mut Shared<'_>) {
        for fragment in std::mem::take(&mut self.held) {
            self.follow(&fragment, shared);
        }
        if self.is_audio_track() && !self.is_dropped {
            self.fill(shared.timeline.reached(), shared);
        }
        self.segmenter.finish(shared);
    }

    pub fn push(&mut self, bytes: &[u8], shared: &mut Shared<'_>) -> Result<(), MediaError> {
        if self.is_dropped {
            return Err(MediaError::Dropped(self.config.name.clone()));
        }
        let mut chunks = Vec::new();
        let split = self.splitter.push(bytes, &mut chunks);
        for chunk in chunks {
            match chunk {
                Chunk::Init(init) => self.take_init(init, shared)?,
                Chunk::Fragment(fragment) if self.label.is_some() => self.hold(fragment, shared),
                Chunk::Fragment(fragment) => self.segmenter.push(&fragment, shared),
            }
        }
        split.map_err(|error| MediaError::Cmaf { rendition: self.config.name.clone(), error })
    }

    /// Keeps a fragment of an audio track until the video has come as far.
    fn hold(&mut self, fragment: Fragment, shared: &mut Shared<'_>) {
        if self.held.len() == MAX_HELD_FRAGMENTS {
            let lost = self.held.pop_front().and_then(|lost| lost.timing);
            let dropped = |duration| Event::Dropped { rendition: self.id, duration, reason: DropReason::NoSegment };
            shared.events.extend(lost.map(|timing| dropped(timing.duration)));
        }
        self.held.push_back(fragment);
        self.release(shared);
    }

    /// Packages the fragments of an audio track up to where the video has come.
    pub fn release(&mut self, shared: &mut Shared<'_>) {
        while let Some(first) = self.held.front() {
            let is_due = first.timing.is_none_or(|timing| shared.timeline.has_reached(timing.end_nanos()));
            let Some(fragment) = (if is_due { self.held.pop_front() } else { None }) else { return };
            self.follow(&fragment, shared);
        }
    }

    /// Packages a fragment of an audio track, after silence for the time since the one before.
    fn follow(&mut self, fragment: &Fragment, shared: &mut Shared<'_>) {
        if let Some(timing) = fragment.timing {
            self.fill(timing.presentation_nanos, shared);
            self.sound_end = Some(timing.end_nanos());
        }
        self.segmenter.push(fragment, shared);
    }

    /// Packages silence from where the sound ends, or the picture begins, up to a time. Players that have the picture without its
    /// sound would wait for it.
    fn fill(&mut self, until_nanos: i64, shared: &mut Shared<'_>) {
        let is_missing = |end: i64| until_nanos.saturating_sub(end) >= MIN_SILENCE_NANOS;
        if !self.has_init || !self.sound_end.is_none_or(is_missing) {
            return;
        }
        let (Some(init), Some(earliest)) = (self.init.clone(), shared.timeline.earliest()) else { return };
        let mut at_nanos = self.sound_end.map_or(earliest, |end| end.max(earliest));
        while is_missing(at_nanos) {
            let Some(silence) = init.silence(at_nanos, SILENT_FRAMES) else { return };
            self.segmenter.push(&silence, shared);
            at_nanos = silence.timing.map_or(until_nanos, |timing| timing.end_nanos());
        }
    }

    fn take_init(&mut self, init: Arc<Init>, shared: &mut Shared<'_>) -> Result<(), MediaError> {
        let is_same = self.init.as_ref().is_some_and(|old| old.bytes == init.bytes);
        if self.has_init && !is_same {
            self.splitter = Splitter::new();
            return Err(MediaError::InitChanged(self.config.name.clone()));
        }
        self.has_init = true;
        if is_same {
            return Ok(());
        }
        let number = init.number();
        self.segmenter.set_init(number, init.resolution().is_some());
        self.about = Some(Description::from(&*init).labelled(self.label.clone()));
        self.init = Some(init.clone());
        shared.events.push(Event::InitReady(InitReady { rendition: self.id, number, label: self.label.clone(), init }));
        Ok(())
    }

    /// Lists the segments and parts of `events` in the window. Returns an event for each segment that has expired.
    pub fn list(&mut self, events: &[Event], timeline: &Timeline) -> Vec<Event> {
        let mut expired = Vec::new();
        for event in events {
            match event {
                Event::PartReady(part) => self.window.add_part(part, self.window_segments, timeline),
                Event::SegmentReady(ready) => {
                    self.measured.add(&ready.segment, self.target_seconds);
                    expired.extend(self.window.add_segment(ready, self.window_segments, timeline));
                }
                Event::InitReady(_) | Event::SegmentExpired { .. } | Event::Dropped { .. } => {}
            }
        }
        expired
    }

    pub fn variant(&self) -> Option<Variant> {
        let about = self.about.as_ref().filter(|_| !self.is_dropped && !self.window.segments().is_empty())?;
        Some(self.measured.variant(&self.config.name, about, self.config.nominal_bandwidth_bps))
    }
}
