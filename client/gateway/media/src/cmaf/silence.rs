//! Fragments of silence, for audio tracks that begin after the picture or end before it.

use super::{
    fragment::{Fragment, Timing},
    init::{Init, TrackKind},
};
use crate::time::{Span, NANOS};

/// A frame of AAC-LC in which two channels with a common window have no band that is coded.
const FRAME: [u8; 6] = [0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c];
/// Samples of a frame of AAC.
const FRAME_SAMPLES: u32 = 1_024;
/// Flags of `tfhd`: offsets from the `moof`; duration, size and flags of all samples.
const TFHD_FLAGS: u32 = 0x0002_0038;
/// Flags of a sample that can be decoded on its own.
const SYNC_SAMPLE: u32 = 0x0200_0000;

impl Init {
    /// A fragment of silence that begins at that presentation time. `None` unless this is a track of AAC-LC in stereo, as ffmpeg
    /// writes all audio tracks.
    pub(crate) fn silence(&self, presentation_nanos: i64, frames: u32) -> Option<Fragment> {
        let [track] = &self.tracks[..] else { return None };
        let TrackKind::Audio { channels: 2, sample_rate } = track.kind else { return None };
        if track.codec != "mp4a.40.2" || sample_rate != track.timescale.get() {
            return None;
        }
        let media_nanos = i128::from(presentation_nanos) - i128::from(track.shift_nanos);
        let start = u64::try_from(media_nanos * i128::from(track.timescale.get()) / NANOS as i128).ok()?;
        let samples = frames.checked_mul(FRAME_SAMPLES)?;
        Some(Fragment {
            bytes: written(track.id, start, frames)?.into(),
            timing: Some(Timing {
                presentation_nanos,
                duration: Span::new(samples.into(), track.timescale),
                independent: true,
                samples: frames,
            }),
        })
    }
}

/// The boxes `moof` and `mdat` of some silent frames.
fn written(track: u32, start: u64, frames: u32) -> Option<Vec<u8>> {
    let frame_bytes = u32::try_from(FRAME.len()).ok()?;
    let tfhd = boxed(b"tfhd", &words(&[TFHD_FLAGS, track, FRAME_SAMPLES, frame_bytes, SYNC_SAMPLE]))?;
    let tfdt = boxed(b"tfdt", &[&[1, 0, 0, 0][..], &start.to_be_bytes()].concat())?;
    let mfhd = boxed(b"mfhd", &words(&[0, 1]))?;
    let moof = |data_offset: u32| {
        let trun = boxed(b"trun", &words(&[1, frames, data_offset]))?;
        boxed(b"moof", &[&mfhd[..], &boxed(b"traf", &[&tfhd[..], &tfdt, &trun].concat())?].concat())
    };
    // The frames begin after the header of the next box.
    let data_offset = u32::try_from(moof(0)?.len()).ok()?.checked_add(8)?;
    let mdat = boxed(b"mdat", &FRAME.repeat(usize::try_from(frames).ok()?))?;
    Some([moof(data_offset)?, mdat].concat())
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn boxed(name: &[u8; 4], payload: &[u8]) -> Option<Vec<u8>> {
    let size = u32::try_from(payload.len()).ok()?.checked_add(8)?;
    Some([&size.to_be_bytes()[..], name, payload].concat())
}

#[cfg(test)]
mod tests {
    use crate::{
        cmaf::{Chunk, Init, Splitter},
        synthetic::{aac_entry, audio_entry, avc_entry, movie, track},
    };
    use std::sync::Arc;

    fn read(bytes: &[u8]) -> (Splitter, Arc<Init>) {
        let (mut splitter, mut chunks) = (Splitter::new(), Vec::new());
        splitter.push(bytes, &mut chunks).unwrap();
        let [Chunk::Init(init)] = &chunks[..] else { panic!("{chunks:?}") };
        (splitter, init.clone())
    }

    #[test]
    fn silence_is_read_as_it_was_meant() {
        let (mut splitter, init) = read(&movie(&[track(1, b"soun", 48_000, &aac_entry(), &[])]));
        let silence = init.silence(10_000_000_000, 3).unwrap();
        let mut chunks = Vec::new();
        splitter.push(&silence.bytes, &mut chunks).unwrap();
        assert_eq!(chunks, [Chunk::Fragment(silence.clone())]);
        let timing = silence.timing.unwrap();
        assert_eq!((timing.samples, timing.duration.micros(), timing.end_nanos()), (3, 64_000, 10_064_000_000));
    }

    #[test]
    fn there_is_none_for_other_tracks() {
        let picture = track(1, b"vide", 15_360, &avc_entry(64, 64), &[]);
        let opus = track(1, b"soun", 48_000, &audio_entry(b"Opus", b"dOps", &[0; 11]), &[]);
        let both = [picture.clone(), track(2, b"soun", 48_000, &aac_entry(), &[])];
        let other_clock = track(1, b"soun", 90_000, &aac_entry(), &[]);
        for tracks in [&[picture][..], &[opus], &both, &[other_clock]] {
            assert_eq!(read(&movie(tracks)).1.silence(0, 3), None);
        }
        let (_, init) = read(&movie(&[track(1, b"soun", 48_000, &aac_entry(), &[])]));
        assert_eq!(init.silence(-1_000_000_000, 3), None, "before the beginning of the media");
    }
}
