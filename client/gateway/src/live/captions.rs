//! Captions of a stream on air: what its creator pushes, and what is in the video.
//!
//! Times count from the first segment of the broadcast, in time of day.

use super::tail::Notes;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
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

/// A change of the captions of a broadcast, as it is noted in case of a crash.
#[derive(Clone, Serialize, Deserialize)]
pub enum CaptionChange {
    /// The creator has pushed cues, or all of a language is written anew.
    Pushed { name: String, label: Label, is_default: bool, cues: Vec<NotedCue> },
    /// A cue was found in the video.
    Found { name: String, label: Label, cue: NotedCue },
    /// The creator has deleted a language.
    Deleted { name: String },
}

/// A cue: beginning and end in milliseconds, settings, text.
type NotedCue = (u64, u64, String, String);

fn noted(cue: &Cue) -> NotedCue {
    (cue.start_ms, cue.end_ms, cue.settings.clone(), cue.text.clone())
}

fn cue((start_ms, end_ms, settings, text): NotedCue) -> Cue {
    Cue { start_ms, end_ms, settings, text }
}

/// The captions after these changes, with their names. A change that was possible is possible again.
pub fn captions_after(changes: Vec<CaptionChange>) -> Vec<(String, Captions)> {
    let mut state = State::default();
    for change in changes {
        let done = match change {
            CaptionChange::Pushed { name, label, is_default, cues } => {
                state.add(&name, (label, is_default), cues.into_iter().map(cue).collect())
            }
            CaptionChange::Found { name, label, cue: found } => {
                state.append(&name, label, cue(found)).map_err(CaptionsError::from)
            }
            CaptionChange::Deleted { name } => {
                state.languages.remove(&name);
                Ok(())
            }
        };
        if let Err(error) = done {
            tracing::warn!(%error, "captions that were noted cannot be restored");
        }
    }
    state.languages.into_iter().collect()
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
    /// Where changes are noted, if the captions are kept.
    notes: Option<Notes>,
}

impl LiveCaptions {
    /// Notes every change from now on, for the next start after a crash.
    pub fn note_in(&self, notes: Notes) {
        self.0.lock().notes = Some(notes);
    }

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
        let (label, is_default) = (about.label, about.is_default);
        let (name, noted) = (name.to_owned(), cues.iter().map(noted).collect());
        state.add(&name, (label.clone(), is_default), cues)?;
        state.note(CaptionChange::Pushed { name, label, is_default, cues: noted });
        Ok(())
    }

    /// Deletes captions. Returns whether there were any of this name.
    pub fn delete(&self, name: &str) -> bool {
        let mut state = self.0.lock();
        let existed = state.languages.remove(name).is_some();
        if existed {
            state.note(CaptionChange::Deleted { name: name.to_owned() });
        }
        existed
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
    /// Adds cues, which count from the beginning of the broadcast.
    fn add(&mut self, name: &str, (label, is_default): (Label, bool), cues: Vec<Cue>) -> Result<(), CaptionsError> {
        let empty = || Captions { label: label.clone(), is_default, track: CaptionTrack::default() };
        let mut known = self.languages.get(name).cloned().unwrap_or_else(empty);
        known.track.add(cues)?;
        (known.label, known.is_default) = (label, is_default);
        if is_default {
            self.languages.values_mut().for_each(|other| other.is_default = false);
        }
        self.languages.insert(name.to_owned(), known);
        Ok(())
    }

    /// Appends a cue that was found in the video.
    fn append(&mut self, name: &str, label: Label, cue: Cue) -> Result<(), TooManyCues> {
        let empty = || Captions { label, is_default: false, track: CaptionTrack::default() };
        self.languages.entry(name.to_owned()).or_insert_with(empty).track.append(cue)
    }

    fn note(&mut self, change: CaptionChange) {
        let Some(notes) = &mut self.notes else { return };
        let noted = if notes.are_long() { notes.restart(&whole(&self.languages)) } else { notes.add(&change) };
        if let Err(error) = noted {
            tracing::warn!(%error, "a crash would lose the captions of this broadcast; check the disk of data_dir");
            self.notes = None;
        }
    }

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
            let label = Label { language: None, name: channel.label() };
            let found = noted(&cue);
            match self.append(&name, label.clone(), cue) {
                Ok(()) => self.note(CaptionChange::Found { name, label, cue: found }),
                Err(error) if !self.is_full => {
                    self.is_full = true;
                    tracing::warn!(%error, "captions in the video are left out from here on");
                }
                Err(_) => {}
            }
        }
    }
}

/// All captions, each language as one change.
fn whole(languages: &BTreeMap<String, Captions>) -> Vec<CaptionChange> {
    let change = |(name, Captions { label, is_default, track }): (&String, &Captions)| CaptionChange::Pushed {
        name: name.clone(),
        label: label.clone(),
        is_default: *is_default,
        cues: track.cues().iter().map(noted).collect(),
    };
    languages.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            tail::{NotesKind, Tails},
            test_events,
        },
        *,
    };
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
    fn captions_are_the_same_after_their_changes_were_noted() {
        let folder = tempfile::tempdir().unwrap();
        let notes = || Tails::open(folder.path().into()).unwrap().notes((7, 3), NotesKind::Captions);
        let captions = LiveCaptions::default();
        captions.note_in(notes());
        captions.take(&segment_events(2));
        captions.push("en", pushed(HELLO), CaptionClock::Beginning).unwrap();
        captions.push("en", pushed(HELLO), CaptionClock::Now).unwrap();
        captions.push("de", pushed(HELLO), CaptionClock::Now).unwrap();
        captions.push("fr", pushed(HELLO), CaptionClock::Now).unwrap();
        captions.delete("de");
        let found = |start_ms, text: &str| {
            let mut state = captions.0.lock();
            let (cue, label) =
                (Cue::plain(start_ms, start_ms + 2_000, text), Label { language: None, name: "CC1".into() });
            state.append("cc1", label.clone(), cue.clone()).unwrap();
            state.note(CaptionChange::Found { name: "cc1".into(), label, cue: noted(&cue) });
        };
        found(0, "goes on");
        found(2_000, "goes on");
        let restored = captions_after(notes().read().unwrap());
        let described = |all: Vec<(String, Captions)>| {
            let one = |(name, captions): (String, Captions)| {
                (name, captions.label, captions.is_default, captions.track.file())
            };
            all.into_iter().map(one).collect::<Vec<_>>()
        };
        assert_eq!(restored.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["cc1", "en", "fr"]);
        assert_eq!(restored[0].1.track.cues().len(), 1, "a cue that goes on is one");
        assert_eq!(described(restored), described(captions.all()));
        let state = captions.0.lock();
        let again = captions_after(whole(&state.languages));
        drop(state);
        assert_eq!(described(again), described(captions.all()), "written anew");
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
