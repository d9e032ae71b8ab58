//! Captions of a stream on air: what its creator pushes, and what is in the video.
//!
//! Times count from the first segment of the broadcast, in time of day.

use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use vilokanam_media::{
    captions::{CaptionTrack, Cue, EmbeddedCaptions, SegmentPlace, TooManyCues},
    cmaf::Init,
    Event, Label, RenditionId, Segment, SegmentReady, Subtitles,
};

/// Languages of a stream, those in its video included.
const MAX_LANGUAGES: usize = 32;
/// What precedes the name of captions in the name of their playlist.
pub const PLAYLIST_PREFIX: &str = "captions-";

/// Why captions were not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CaptionsError {
    /// There are too many languages.
    #[error("there are captions in {MAX_LANGUAGES} languages, which is the maximum; delete one first")]
    Languages,
    /// There are too many cues.
    #[error(transparent)]
    Cues(#[from] TooManyCues),
    /// There is no video yet to which they could belong.
    #[error("the broadcast has no picture yet; send captions when the stream is on air")]
    NoMedia,
}

/// What the times of pushed captions count from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaptionClock {
    /// The beginning of the broadcast.
    Beginning,
    /// The newest picture.
    Now,
    /// This time of day, in milliseconds since 1970.
    At(u64),
}

/// Captions in one language.
#[derive(Clone, Debug)]
pub struct Captions {
    pub label: Label,
    pub is_default: bool,
    pub track: CaptionTrack,
}

/// The captions of a broadcast.
#[derive(Default)]
pub struct LiveCaptions(Mutex<State>);

#[derive(Default)]
struct State {
    languages: BTreeMap<String, Captions>,
    decoder: EmbeddedCaptions,
    inits: HashMap<RenditionId, Arc<Init>>,
    /// The rendition whose segments are searched, and the index of the last one.
    source: Option<(RenditionId, u64)>,
    discontinuities: u64,
    /// Time of day of the first segment.
    origin_ms: Option<u64>,
    /// End of the newest segment, on the clock of the captions.
    newest_ms: u64,
    is_full: bool,
}

impl LiveCaptions {
    /// Reads the captions in segments that are about to be published.
    pub fn take(&self, events: &[Event]) {
        let mut state = self.0.lock();
        for event in events {
            match event {
                Event::InitReady(ready) if ready.label.is_none() => {
                    state.inits.insert(ready.rendition, ready.init.clone());
                }
                Event::SegmentReady(ready) if ready.segment.head.encrypted => state.segment(ready),
                _ => {}
            }
        }
    }

    /// Adds captions that the creator pushes.
    ///
    /// # Errors
    ///
    /// [`CaptionsError`]; then none was added.
    pub fn push(&self, name: &str, about: Captions, clock: CaptionClock) -> Result<(), CaptionsError> {
        let mut state = self.0.lock();
        let origin_ms = state.origin_ms.ok_or(CaptionsError::NoMedia)?;
        let later_ms = match clock {
            CaptionClock::Beginning => 0,
            CaptionClock::Now => state.newest_ms,
            CaptionClock::At(time_ms) => time_ms.saturating_sub(origin_ms),
        };
        if !state.languages.contains_key(name) && state.languages.len() >= MAX_LANGUAGES {
            return Err(CaptionsError::Languages);
        }
        let cues: Vec<Cue> = about.track.cues().iter().map(|cue| cue.clone().later(later_ms)).collect();
        let empty = Captions { track: CaptionTrack::default(), ..about.clone() };
        let mut known = state.languages.get(name).cloned().unwrap_or(empty);
        known.track.add(cues)?;
        (known.label, known.is_default) = (about.label, about.is_default);
        if known.is_default {
            state.languages.values_mut().for_each(|other| other.is_default = false);
        }
        state.languages.insert(name.to_owned(), known);
        Ok(())
    }

    /// Deletes captions. Returns whether there were any of this name.
    pub fn delete(&self, name: &str) -> bool {
        self.0.lock().languages.remove(name).is_some()
    }

    /// The captions as a multivariant playlist lists them.
    pub fn subtitles(&self) -> Vec<Subtitles> {
        let state = self.0.lock();
        let listed = state.languages.iter().map(|(name, captions)| Subtitles {
            playlist: format!("{PLAYLIST_PREFIX}{name}"),
            label: captions.label.clone(),
            is_default: captions.is_default,
        });
        listed.collect()
    }

    /// Whether there are captions of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.lock().languages.contains_key(name)
    }

    /// The text for a segment. `None` if there are no captions of this name.
    pub fn text(&self, name: &str, segment: &Segment) -> Option<String> {
        let state = self.0.lock();
        let captions = state.languages.get(name)?;
        let from_ms = segment.head.date_ms.saturating_sub(state.origin_ms?);
        Some(captions.track.segment(from_ms, segment.duration.micros() / 1_000, segment.head.media_ms))
    }

    /// All captions, with their names.
    pub fn all(&self) -> Vec<(String, Captions)> {
        self.0.lock().languages.clone().into_iter().collect()
    }
}

impl State {
    fn segment(&mut self, ready: &SegmentReady) {
        let head = &ready.segment.head;
        let at_ms = head.date_ms.saturating_sub(*self.origin_ms.get_or_insert(head.date_ms));
        let length_ms = ready.segment.duration.micros() / 1_000;
        self.newest_ms = self.newest_ms.max(at_ms + length_ms);
        let Some(init) = self.inits.get(&ready.rendition).cloned() else { return };
        // Every rendition has the same captions. Another one is searched when the first has stopped.
        let is_source = match self.source {
            None => true,
            Some((source, index)) if source == ready.rendition => head.index > index,
            Some((_, index)) => head.index > index.saturating_add(2),
        };
        if !is_source {
            return;
        }
        self.source = Some((ready.rendition, head.index));
        if std::mem::replace(&mut self.discontinuities, head.discontinuities) != head.discontinuities {
            self.decoder = EmbeddedCaptions::default();
        }
        let place = SegmentPlace { media_ms: head.media_ms, at_ms, length_ms };
        for (channel, cue) in self.decoder.segment(&init, &ready.plaintext, place) {
            let name = channel.name();
            if !self.languages.contains_key(&name) && self.languages.len() >= MAX_LANGUAGES {
                continue;
            }
            let captions = self.languages.entry(name).or_insert_with(|| Captions {
                label: Label { language: None, name: channel.label() },
                is_default: false,
                track: CaptionTrack::default(),
            });
            if let (Err(error), false) = (captions.track.append(cue), self.is_full) {
                self.is_full = true;
                tracing::warn!(%error, "captions in the video are left out from here on");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::test_events, *};
    use vilokanam_media::captions::parse;

    fn segment_events(count: u64) -> Vec<Event> {
        let rendition = test_events::rendition();
        (0..count).map(|index| test_events::segment(rendition, index)).collect()
    }

    fn pushed(text: &str) -> Captions {
        let mut track = CaptionTrack::default();
        track.add(parse(&format!("WEBVTT\n\n{text}")).unwrap()).unwrap();
        Captions { label: Label { language: Some("en".into()), name: "English".into() }, is_default: true, track }
    }

    const HELLO: &str = "00:00.500 --> 00:01.500\nHello";

    #[test]
    fn captions_before_the_first_picture_are_refused() {
        let captions = LiveCaptions::default();
        assert_eq!(captions.push("en", pushed(HELLO), CaptionClock::Now), Err(CaptionsError::NoMedia));
    }

    #[test]
    fn pushed_captions_are_in_the_text_of_the_segment_that_they_belong_to() {
        let captions = LiveCaptions::default();
        let events = segment_events(3);
        captions.take(&events);
        let segments: Vec<&Segment> = events
            .iter()
            .filter_map(|event| if let Event::SegmentReady(ready) = event { Some(&ready.segment) } else { None })
            .collect();
        let texts = |name: &str| -> Vec<bool> {
            segments.iter().map(|segment| captions.text(name, segment).unwrap().contains("Hello")).collect()
        };
        captions.push("en", pushed(HELLO), CaptionClock::Beginning).unwrap();
        assert_eq!(texts("en"), [true, false, false]);
        let second = CaptionClock::At(segments[1].head.date_ms);
        captions.push("de", pushed(HELLO), second).unwrap();
        assert_eq!(texts("de"), [false, true, false]);
        captions.push("fr", pushed(HELLO), CaptionClock::Now).unwrap();
        assert_eq!(texts("fr"), [false, false, false], "they belong to the next segment");
        let defaults: Vec<_> = captions.subtitles().into_iter().filter(|one| one.is_default).collect();
        assert_eq!(defaults.len(), 1, "the last one");
        assert!(captions.delete("fr") && !captions.delete("fr"));
    }

    #[test]
    fn the_number_of_languages_is_bounded() {
        let captions = LiveCaptions::default();
        captions.take(&segment_events(1));
        for place in 0..MAX_LANGUAGES {
            captions.push(&format!("x-{place}"), pushed(HELLO), CaptionClock::Now).unwrap();
        }
        assert_eq!(captions.push("zz", pushed(HELLO), CaptionClock::Now), Err(CaptionsError::Languages));
    }
}
