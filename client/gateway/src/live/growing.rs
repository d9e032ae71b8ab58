//! Recordings of broadcasts that go on: what has been recorded so far, and how much of it viewers may go back to.

use parking_lot::RwLock;
use std::{collections::HashMap, sync::Arc};
use tick_stream_primitives::StreamId;
use vilokanam_media::{
    playlist::main_sound, recording::RecordingFull, Event, Recording, RenditionId, Segment, Summary, Variant,
};

/// Time by which a rendition may be behind the others. One that is further behind has ended.
const MAX_LAG_MS: u64 = 30_000;

/// How far viewers may go back in a broadcast.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DvrWindow {
    /// Not at all.
    #[default]
    Off,
    /// As many hours.
    Hours(u32),
    /// To its beginning.
    Whole,
}

impl DvrWindow {
    /// Returns the time at which the window begins, in milliseconds since 1970. `None` if there is none.
    pub fn start_ms(self, now_ms: u64) -> Option<u64> {
        match self {
            Self::Off => None,
            Self::Hours(hours) => Some(now_ms.saturating_sub(u64::from(hours) * 3_600_000)),
            Self::Whole => Some(0),
        }
    }
}

/// How a broadcast is recorded. By default it is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RecordingPlan {
    /// How far viewers may go back while it goes on.
    pub window: DvrWindow,
    /// Whether the recording stays after its end.
    pub is_kept: bool,
}

impl RecordingPlan {
    /// Returns whether there is anything to record for.
    pub fn is_made(&self) -> bool {
        self.is_kept || self.window != DvrWindow::Off
    }
}

/// A recording that grows.
pub struct Growing {
    renditions: RwLock<Vec<(RenditionId, Recording)>>,
    window: RwLock<DvrWindow>,
}

/// What there is of a rendition at one moment.
pub struct Snapshot {
    /// The summary, with the open piece.
    pub summary: Summary,
    /// Number of pieces that are stored and will not change.
    pub closed_pieces: usize,
    /// Segments of the open piece.
    pub open: Vec<Segment>,
}

impl Growing {
    pub fn new(renditions: Vec<(RenditionId, Recording)>, window: DvrWindow) -> Self {
        Self { renditions: RwLock::new(renditions), window: RwLock::new(window) }
    }

    /// Returns how far viewers may go back.
    pub fn window(&self) -> DvrWindow {
        *self.window.read()
    }

    /// Changes how far viewers may go back.
    pub fn set_window(&self, window: DvrWindow) {
        *self.window.write() = window;
    }

    /// Returns whether this rendition is recorded.
    pub fn has(&self, id: RenditionId) -> bool {
        self.place(id).is_some()
    }

    /// Returns the place of a rendition in the order of [`Self::read`].
    pub fn place(&self, id: RenditionId) -> Option<usize> {
        self.renditions.read().iter().position(|(known, _)| *known == id)
    }

    /// Returns whether a rendition of this name is recorded.
    pub fn has_rendition(&self, name: &str) -> bool {
        self.renditions.read().iter().any(|(_, recording)| recording.name() == name)
    }

    /// Records an event.
    pub fn push(&self, event: &Event) -> Result<(), RecordingFull> {
        self.renditions.write().iter_mut().try_for_each(|(id, recording)| recording.push(*id, event))
    }

    /// Makes a change to each rendition.
    pub fn change(&self, mut change: impl FnMut(&mut Recording)) {
        self.renditions.write().iter_mut().for_each(|(_, recording)| change(recording));
    }

    /// Reads something of each rendition.
    pub fn read<T>(&self, read: impl FnMut(&Recording) -> T) -> Vec<T> {
        self.renditions.read().iter().map(|(_, recording)| recording).map(read).collect()
    }

    /// Returns the variants of a multivariant playlist. Renditions that the source no longer has are left out: players would wait
    /// for more of them. There are none until a picture that is alone has its sound: players read the playlist once.
    pub fn variants(&self) -> Vec<Variant> {
        let since_ms = self.current_since_ms();
        let variant = |recording: &Recording| {
            let is_current = recording.end_ms().is_some_and(|end_ms| end_ms >= since_ms);
            is_current.then(|| recording.summary().variant()).flatten()
        };
        let variants: Vec<Variant> = self.read(variant).into_iter().flatten().collect();
        let is_mute = |variant: &Variant| {
            variant.audio.is_none() && !variant.has_sound() && main_sound(variant, &variants).is_none()
        };
        if variants.iter().any(is_mute) {
            return Vec::new();
        }
        variants
    }

    /// Returns the name of the audio track with the sound of a rendition that has the picture alone.
    pub fn sound_of(&self, rendition: &str) -> Option<String> {
        let variants = self.read(|recording| recording.summary().variant());
        let variants: Vec<Variant> = variants.into_iter().flatten().collect();
        let picture = variants.iter().find(|variant| variant.rendition == rendition)?;
        main_sound(picture, &variants).map(|sound| sound.rendition.clone())
    }

    /// Returns the time of day that every rendition has reached which the source still has.
    fn current_since_ms(&self) -> u64 {
        let newest = self.read(Recording::end_ms).into_iter().flatten().max();
        newest.unwrap_or(0).saturating_sub(MAX_LAG_MS)
    }

    /// Returns what there is of a rendition. `None` if it is not recorded.
    pub fn snapshot(&self, name: &str) -> Option<Snapshot> {
        let renditions = self.renditions.read();
        let (_, recording) = renditions.iter().find(|(_, recording)| recording.name() == name)?;
        let (summary, closed_pieces) = (recording.summary(), recording.closed_pieces());
        Some(Snapshot { summary, closed_pieces, open: recording.open().to_vec() })
    }

    /// Returns whether a segment of this index may be given out: it is in a piece that reaches into the window.
    pub fn covers(&self, index: u64, now_ms: u64) -> bool {
        let Some(start_ms) = self.window().start_ms(now_ms) else { return false };
        self.renditions.read().iter().any(|(_, recording)| {
            let summary = recording.summary();
            summary.piece_of(index).is_some_and(|piece| piece >= first_piece(&summary, start_ms))
        })
    }

    /// Returns the cost of a key in ticks, if it is in an open piece.
    pub fn open_ticks(&self, index: u64) -> Option<u32> {
        let in_open = |recording: &Recording| {
            let open = recording.open();
            let place = index.checked_sub(open.first()?.head.index)?;
            let segment = open.get(usize::try_from(place).ok()?)?;
            segment.head.encrypted.then_some(segment.ticks)
        };
        self.renditions.read().iter().find_map(|(_, recording)| in_open(recording))
    }
}

/// Returns the number of the first piece that reaches into a window which begins at this time.
pub fn first_piece(summary: &Summary, start_ms: u64) -> usize {
    summary.pieces().partition_point(|piece| piece.date_ms <= start_ms).saturating_sub(1)
}

/// The recordings that grow. There is one of a broadcast at most, so that the number of broadcasts bounds it.
#[derive(Default)]
pub struct GrowingRecordings(RwLock<HashMap<(StreamId, u64), Arc<Growing>>>);

impl GrowingRecordings {
    /// Adds a recording.
    pub fn add(&self, place: (StreamId, u64), growing: Arc<Growing>) {
        self.0.write().insert(place, growing);
    }

    /// Removes a recording, which is finished.
    pub fn remove(&self, place: (StreamId, u64)) {
        self.0.write().remove(&place);
    }

    /// Returns the recording of a broadcast that goes on.
    pub fn of(&self, stream: StreamId, number: u64) -> Option<Arc<Growing>> {
        self.0.read().get(&(stream, number)).cloned()
    }

    /// Returns the recordings of a stream that grow, with their numbers.
    pub fn of_stream(&self, stream: StreamId) -> Vec<(u64, Arc<Growing>)> {
        let all = self.0.read();
        let of_stream = all.iter().filter(|((known, _), _)| *known == stream);
        of_stream.map(|((_, number), growing)| (*number, growing.clone())).collect()
    }

    /// Returns the streams of which a recording grows.
    pub fn streams(&self) -> Vec<StreamId> {
        self.0.read().keys().map(|(stream, _)| *stream).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::test_events, *};
    use vilokanam_media::{LiveConfig, LiveStream, RenditionConfig, StreamSecret};

    #[test]
    fn window_begins_where_the_creator_says() {
        let now_ms = 10 * 3_600_000;
        assert_eq!(DvrWindow::Off.start_ms(now_ms), None);
        assert_eq!(DvrWindow::Hours(2).start_ms(now_ms), Some(8 * 3_600_000));
        assert_eq!(DvrWindow::Hours(20).start_ms(now_ms), Some(0), "longer than the broadcast");
        assert_eq!(DvrWindow::Whole.start_ms(now_ms), Some(0));
    }

    #[test]
    fn rendition_that_has_ended_is_no_longer_current() {
        let one = test_events::config().renditions.remove(0);
        let renditions = ["720p", "240p"].map(|name| RenditionConfig { name: name.into(), ..one.clone() });
        let config = LiveConfig { renditions: renditions.to_vec(), ..LiveConfig::default() };
        let live = LiveStream::new(config, StreamSecret::from_bytes([1; 32]), 0).unwrap();
        let ids: Vec<RenditionId> = live.renditions().map(|(id, _)| id).collect();
        let recordings = live.renditions().map(|(id, config)| (id, Recording::new(&config.name, 2))).collect();
        let growing = Growing::new(recordings, DvrWindow::Whole);
        let current = || {
            let since_ms = growing.current_since_ms();
            growing.read(|recording| recording.end_ms().is_some_and(|end_ms| end_ms >= since_ms))
        };
        assert_eq!(current(), [false, false], "nothing is recorded yet");
        growing.push(&test_events::segment(ids[0], 0)).unwrap();
        (0..16).for_each(|index| growing.push(&test_events::segment(ids[1], index)).unwrap());
        assert_eq!(current(), [true, true], "half a minute behind");
        growing.push(&test_events::segment(ids[1], 16)).unwrap();
        assert_eq!(current(), [false, true]);
    }

    #[test]
    fn finished_recording_is_removed_and_others_stay() {
        let all = GrowingRecordings::default();
        let growing = || Arc::new(Growing::new(Vec::new(), DvrWindow::Whole));
        all.add((7, 1), growing());
        all.add((7, 2), growing());
        all.add((8, 1), growing());
        all.remove((7, 1));
        assert!(all.of(7, 1).is_none() && all.of(8, 1).is_some());
        assert_eq!(all.of_stream(7).iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2]);
        assert!(!all.of(7, 2).is_some_and(|growing| growing.covers(0, 1)), "nothing is recorded yet");
    }
}
