//! Places of messages in recordings.

use crate::live::Recorded;
use tick_stream_primitives::Moment;

/// When a recording shows which moment of its broadcast. A pause of the broadcast takes no time in the recording: what was written
/// meanwhile is at its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordingClock {
    /// Moments at which pieces of the broadcast began, and where the recording shows them, in milliseconds. In order.
    pieces: Vec<(Moment, u64)>,
    /// Where the part that is shown begins and ends, in milliseconds of the recording.
    shown: (u64, u64),
}

impl RecordingClock {
    /// The clock of a recording that shows all of a broadcast without pauses.
    pub fn without_pauses(begun_at: Moment, duration_ms: u64) -> Self {
        Self { pieces: vec![(begun_at, 0)], shown: (0, duration_ms) }
    }

    /// The clock of a recording, as its description has it; `None` if it has none.
    pub fn of(recorded: &Recorded, duration_ms: u64) -> Option<Self> {
        let pieces = recorded.video()?.pieces().iter().map(|piece| (piece.date_ms, piece.start_ms));
        let pieces: Vec<_> = pieces.collect();
        // A description in one file may have no dates.
        let is_dated = pieces.first().is_some_and(|(date_ms, _)| *date_ms > 0);
        is_dated.then_some(Self { pieces, shown: (0, duration_ms) })
    }

    /// The clock of a clip that shows a part of the recording.
    #[must_use]
    pub fn part(self, start_ms: u64, end_ms: u64) -> Self {
        Self { shown: (start_ms, end_ms), ..self }
    }

    /// Returns the moments that the recording shows between two of its places: from the first, and before the second.
    pub fn moments(&self, from_ms: u64, to_ms: u64) -> (Moment, Moment) {
        let (start_ms, end_ms) = self.shown;
        let place = |ms: u64| start_ms.saturating_add(ms).min(end_ms);
        (self.moment(place(from_ms)), self.moment(place(to_ms)))
    }

    fn moment(&self, place_ms: u64) -> Moment {
        let before = self.pieces.partition_point(|(_, start_ms)| *start_ms <= place_ms).saturating_sub(1);
        let Some((date_ms, start_ms)) = self.pieces.get(before) else { return place_ms };
        date_ms.saturating_add(place_ms.saturating_sub(*start_ms))
    }

    /// Returns where the recording shows a moment, in milliseconds.
    pub fn offset(&self, moment: Moment) -> u64 {
        let (shown_from, shown_to) = self.shown;
        let before = self.pieces.partition_point(|(date_ms, _)| *date_ms <= moment).saturating_sub(1);
        let Some((date_ms, start_ms)) = self.pieces.get(before) else { return 0 };
        let next_ms = self.pieces.get(before + 1).map_or(u64::MAX, |(_, start_ms)| *start_ms);
        let place = start_ms.saturating_add(moment.saturating_sub(*date_ms)).min(next_ms);
        place.min(shown_to).saturating_sub(shown_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten seconds, a pause of a minute, ten seconds.
    fn clock() -> RecordingClock {
        RecordingClock { pieces: vec![(1_000_000, 0), (1_070_000, 10_000)], shown: (0, 20_000) }
    }

    #[test]
    fn messages_are_where_the_recording_shows_their_moments() {
        let clock = clock();
        let moments = [1_000_000, 1_004_000, 1_070_000, 1_075_000];
        assert_eq!(moments.map(|moment| clock.offset(moment)), [0, 4_000, 10_000, 15_000]);
        assert_eq!(clock.offset(1_040_000), 10_000, "within the pause");
        assert_eq!(clock.offset(990_000), 0, "before the beginning");
        assert_eq!(clock.offset(9_000_000), 20_000, "after the end");
    }

    #[test]
    fn places_are_turned_into_moments() {
        assert_eq!(clock().moments(0, 10_000), (1_000_000, 1_070_000), "a pause belongs to what was before it");
        assert_eq!(clock().moments(12_000, 99_000), (1_072_000, 1_080_000));
        for place in [0, 3_000, 12_000, 19_000] {
            assert_eq!(clock().offset(clock().moment(place)), place);
        }
    }

    #[test]
    fn clip_begins_where_it_was_cut() {
        let clip = clock().part(5_000, 15_000);
        assert_eq!(clip.moments(0, 60_000), (1_005_000, 1_075_000));
        assert_eq!((clip.offset(1_006_000), clip.offset(1_071_000)), (1_000, 6_000));
    }

    #[test]
    fn recording_without_pauses_counts_from_its_beginning() {
        let clock = RecordingClock::without_pauses(500, 10_000);
        assert_eq!((clock.offset(1_500), clock.moments(0, 1_000)), (1_000, (500, 1_500)));
    }
}
