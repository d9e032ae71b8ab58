//! Receives the chunks of a source and follows its tracks.

use crate::{
    source::{Source, SourceChunk},
    tracks::{Kind, Track, TrackWatch, Tracks},
};
use std::collections::VecDeque;

/// Chunks of a source, in the pieces in which they are passed on.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// `None` before the first chunk, with which the container is known.
    watch: Option<TrackWatch>,
    pieces: VecDeque<SourceChunk>,
    has_ended: bool,
}

impl Intake {
    /// Receives the next piece. `None`: the source has ended. Cancel safe.
    pub async fn next(&mut self, source: &mut Source) -> Option<SourceChunk> {
        while self.pieces.is_empty() && !self.has_ended {
            match source.recv().await {
                Some(chunk) => {
                    let watch = self.watch.get_or_insert_with(|| TrackWatch::new(source.container()));
                    self.pieces.extend(watch.take(chunk));
                }
                None => self.has_ended = true,
            }
        }
        self.pieces.pop_front()
    }

    pub fn has_ended(&self) -> bool {
        self.has_ended && self.pieces.is_empty()
    }

    /// The tracks that carry media, as [`TrackWatch::flowing`] reports them.
    pub fn flowing(&self, current: Tracks) -> Option<Tracks> {
        self.watch.as_ref()?.flowing(current)
    }

    /// Media time since the beginning.
    pub fn clock_ms(&self) -> u64 {
        self.watch.as_ref().map_or(0, TrackWatch::clock_ms)
    }

    pub fn announces(&self, kind: Kind) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.announces(kind))
    }

    pub fn awaits_keyframe(&self) -> bool {
        self.watch.as_ref().is_some_and(TrackWatch::awaits_keyframe)
    }

    pub fn cuts_at_entries(&self) -> bool {
        self.watch.as_ref().is_some_and(TrackWatch::cuts_at_entries)
    }

    /// Whether the keyframes of the video suit the renditions, as [`TrackWatch::is_steady`] says.
    pub fn is_steady(&self, video: Track) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.is_steady(video))
    }
}
