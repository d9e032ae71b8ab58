//! Picture and sound that come apart, as one film. A gateway has the picture of a source with several audio tracks in some
//! files and each track in others; a file that people keep has both.

use crate::boxes::{first, read_u32, sized_32, store_u32, tracks, Boxes};
use std::ops::Range;

/// Initialisation segment of a film whose sound has come apart from its picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The initialisation segment, with the tracks of the picture and the one of the sound.
    pub init: Vec<u8>,
    /// The track of the sound in it.
    pub sound: SoundTrack,
}

/// Track of the sound, which has another id in the film than in its own media segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundTrack {
    from: u32,
    to: u32,
}

/// Joins the initialisation segments of a picture and of its sound. `None` if one of them is not understood.
pub fn join(picture: &[u8], sound: &[u8]) -> Option<Joined> {
    let track = SoundTrack {
        from: tracks(sound).first()?.id,
        to: tracks(picture).iter().map(|track| track.id).max()?.checked_add(1)?,
    };
    let (trak, trex) = track.description(sound)?;
    let moov = first(picture, 0..picture.len(), b"moov")?;
    let mvex = first(picture, moov.payload.clone(), b"mvex")?;
    let mvhd = first(picture, moov.payload.clone(), b"mvhd")?;
    let last = Boxes::within(picture, moov.payload.clone()).named(b"trak").last()?;

    let mut init = picture.to_vec();
    let added = u32::try_from(trak.len().checked_add(trex.len())?).ok()?;
    store_u32(&mut init, moov.whole.start, sized_32(picture, &moov)?.checked_add(added)?)?;
    store_u32(&mut init, mvex.whole.start, sized_32(picture, &mvex)?.checked_add(u32::try_from(trex.len()).ok()?)?)?;
    // The last field of the box is the id of the next track.
    store_u32(&mut init, mvhd.payload.end.checked_sub(4)?, track.to.checked_add(1)?)?;
    let mut places = [(last.whole.end, trak), (mvex.payload.end, trex)];
    // From the end to the beginning, so that no place moves before it is used.
    places.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    for (place, bytes) in places {
        init.splice(place..place, bytes);
    }
    Some(Joined { init, sound: track })
}

impl SoundTrack {
    /// Changes media segments of the sound, so that they belong to the film.
    pub fn renumber(self, segment: &mut [u8]) {
        let read: &[u8] = segment;
        let moofs = Boxes::within(read, 0..read.len()).named(b"moof");
        let trafs = moofs.flat_map(|moof| Boxes::within(read, moof.payload).named(b"traf"));
        let ids = trafs.filter_map(|traf| id_place(&first(read, traf.payload, b"tfhd")?.payload));
        let places: Vec<usize> = ids.filter(|place| read_u32(read, *place) == Some(self.from)).collect();
        for place in places {
            // It is within the segment, because it was read there.
            let _ = store_u32(segment, place, self.to);
        }
    }

    /// The two boxes that describe the track, with its id in the film.
    fn description(self, sound: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        let moov = first(sound, 0..sound.len(), b"moov")?;
        let trak = first(sound, moov.payload.clone(), b"trak")?;
        let tkhd = first(sound, trak.payload.clone(), b"tkhd")?.payload;
        // Two times come before the id.
        let times = if *sound.get(tkhd.start)? == 0 { 8 } else { 16 };
        let mvex = first(sound, moov.payload, b"mvex")?;
        let mut all = Boxes::within(sound, mvex.payload).named(b"trex");
        let trex = all.find(|trex| id_place(&trex.payload).and_then(|at| read_u32(sound, at)) == Some(self.from))?;
        let trak = self.copied(sound, &trak.whole, tkhd.start + 4 + times)?;
        Some((trak, self.copied(sound, &trex.whole, id_place(&trex.payload)?)?))
    }

    /// The bytes of a box, with the new id at this place.
    fn copied(self, sound: &[u8], whole: &Range<usize>, id_at: usize) -> Option<Vec<u8>> {
        let mut bytes = sound.get(whole.clone())?.to_vec();
        store_u32(&mut bytes, id_at.checked_sub(whole.start)?, self.to)?;
        Some(bytes)
    }
}

/// Place of the id of the track in a full box that begins with it.
fn id_place(payload: &Range<usize>) -> Option<usize> {
    payload.start.checked_add(4).filter(|place| place.saturating_add(4) <= payload.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        boxes::{decode_times, with_length_place, Track},
        testing::{fragment, init, mp4_box, traf},
    };

    const VIDEO: u32 = 15_360;
    const AUDIO: u32 = 48_000;

    #[test]
    fn picture_and_sound_become_one_film() {
        let joined = join(&init(&[VIDEO]), &init(&[AUDIO])).unwrap();
        let expected = [Track { id: 1, timescale: VIDEO }, Track { id: 2, timescale: AUDIO }];
        assert_eq!(tracks(&joined.init), expected);
        let moov = first(&joined.init, 0..joined.init.len(), b"moov").unwrap();
        assert_eq!(moov.whole.end, joined.init.len(), "the boxes have their sizes");
        let mvex = first(&joined.init, moov.payload.clone(), b"mvex").unwrap();
        let trex = Boxes::within(&joined.init, mvex.payload).named(b"trex");
        let ids: Vec<_> = trex.map(|trex| read_u32(&joined.init, trex.payload.start + 4)).collect();
        assert_eq!(ids, [Some(1), Some(2)]);
        let mvhd = first(&joined.init, moov.payload, b"mvhd").unwrap();
        assert_eq!(read_u32(&joined.init, mvhd.payload.end - 4), Some(3), "the id of the next track");
        let mut sound = [fragment(&[traf(1, 20)]), fragment(&[traf(1, 30)])].concat();
        joined.sound.renumber(&mut sound);
        let times: Vec<_> = decode_times(&sound).iter().map(|time| (time.track, time.units)).collect();
        assert_eq!(times, [(2, 20), (2, 30)]);
    }

    #[test]
    fn sound_is_added_to_a_film_that_has_several_tracks() {
        let joined = join(&init(&[VIDEO, AUDIO]), &init(&[AUDIO])).unwrap();
        assert_eq!(tracks(&joined.init).len(), 3);
        assert!(with_length_place(&joined.init).is_some());
    }

    #[test]
    fn what_is_not_understood_is_not_joined() {
        let (picture, sound) = (init(&[VIDEO]), init(&[AUDIO]));
        assert_eq!(join(&picture, b"moov"), None);
        assert_eq!(join(b"", &sound), None);
        for length in 0..picture.len() {
            assert_eq!(join(&picture[..length], &sound), None, "cut at {length}");
        }
        for length in 0..sound.len() {
            assert_eq!(join(&picture, &sound[..length]), None, "cut at {length}");
        }
        let without_defaults = mp4_box(b"moov", &mp4_box(b"trak", &[]));
        assert_eq!(join(&picture, &without_defaults), None);
        let mut segment = b"not a fragment at all".to_vec();
        SoundTrack { from: 1, to: 2 }.renumber(&mut segment);
        assert_eq!(segment, b"not a fragment at all");
    }
}
