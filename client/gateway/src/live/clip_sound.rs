//! The sound of segments that have the picture alone.

use vilokanam_media::Segment;

/// Segments of an audio track beside those of the picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClipSound {
    /// Name of the track.
    pub rendition: String,
    /// Its segments, in order.
    pub segments: Vec<Segment>,
}

impl ClipSound {
    /// Returns the segment of an index, if there is sound then.
    pub fn segment(&self, index: u64) -> Option<&Segment> {
        self.segments.iter().find(|segment| segment.head.index == index)
    }

    /// Leaves out what is newer than the sound, whose segments become complete a moment after those of the picture.
    pub fn limit(&self, pictures: &mut Vec<Segment>) {
        let newest = self.segments.last().map(|last| last.head.index);
        pictures.retain(|picture| newest.is_some_and(|newest| picture.head.index <= newest));
    }
}

#[cfg(test)]
mod tests {
    use super::{super::test_events, *};
    use vilokanam_media::Event;

    fn segments(indices: &[u64]) -> Vec<Segment> {
        let segment = |index: &u64| match test_events::segment(test_events::rendition(), *index) {
            Event::SegmentReady(ready) => ready.segment,
            other => panic!("{other:?}"),
        };
        indices.iter().map(segment).collect()
    }

    #[test]
    fn picture_goes_no_further_than_its_sound() {
        let sound = ClipSound { rendition: "audio-1".into(), segments: segments(&[5, 6, 8]) };
        let mut pictures = segments(&[4, 5, 6, 7, 8, 9]);
        sound.limit(&mut pictures);
        let indices: Vec<u64> = pictures.iter().map(|picture| picture.head.index).collect();
        assert_eq!(indices, [4, 5, 6, 7, 8], "sound that begins later, or is missing, leaves nothing out");
        assert_eq!(sound.segment(6).map(|segment| segment.head.index), Some(6));
        assert_eq!(sound.segment(7), None);
    }
}
