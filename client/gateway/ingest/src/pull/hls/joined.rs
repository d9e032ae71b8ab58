//! One fragmented MP4 of two: that with the picture and that with the sound.
//!
//! The times of both are on one clock, as HLS demands, so they stay as they are. The tracks of the sound get other numbers, in
//! the initialisation and in each fragment. Only fragments and their media are passed on.

use crate::error::PullError;
use bytes::{Buf, Bytes, BytesMut};
use std::ops::Range;

const HEADER_BYTES: usize = 8;
/// Size of a header with a size of 64 bits.
const LONG_HEADER_BYTES: usize = 16;
/// Maximum size of the description of a fragment.
const MAX_MOOF_BYTES: usize = 1 << 20;
/// Bit of a track fragment that counts the place of its media from the beginning of the file.
const HAS_BASE_OFFSET: u32 = 1;

/// Joins the initialisation of the picture with that of the sound. Returns it, and by how much the numbers of the sound's tracks
/// grow.
pub(super) fn join_inits(picture: &[u8], sound: &[u8]) -> Result<(Bytes, u32), PullError> {
    joined(picture, sound)
        .ok_or_else(|| PullError::Protocol("HLS: the initialisation of its picture or sound is not understood".into()))
}

fn joined(picture: &[u8], sound: &[u8]) -> Option<(Bytes, u32)> {
    let (moov, their_moov) = (child(picture, 0..picture.len(), b"moov")?, child(sound, 0..sound.len(), b"moov")?);
    let ours = Tracks::of(picture, &moov)?;
    let theirs = Tracks::of(sound, &their_moov)?;
    let shift = ours.highest;
    let mut added = sound.to_vec();
    for place in &theirs.numbers {
        let number = number(sound, *place)?.checked_add(shift)?;
        added.get_mut(*place..)?.first_chunk_mut().map(|bytes: &mut [u8; 4]| *bytes = number.to_be_bytes())?;
    }
    let parts = |bytes: &[u8], places: &[Range<usize>]| -> Vec<u8> {
        places.iter().filter_map(|place| bytes.get(place.clone())).flatten().copied().collect()
    };
    let tracks = [parts(picture, &ours.traks), parts(&added, &theirs.traks)].concat();
    let extends = [parts(picture, &ours.trexs), parts(&added, &theirs.trexs)].concat();
    let mvhd = picture.get(whole(picture, moov, b"mvhd").next()?)?;
    let moov = [mvhd, &tracks, &boxed(b"mvex", &extends)?].concat();
    let ftyp = whole(picture, 0..picture.len(), b"ftyp").next().and_then(|place| picture.get(place));
    Some(([ftyp.unwrap_or_default(), &boxed(b"moov", &moov)?].concat().into(), shift))
}

fn boxed(name: &[u8; 4], contents: &[u8]) -> Option<Vec<u8>> {
    let size = u32::try_from(contents.len() + HEADER_BYTES).ok()?;
    Some([&size.to_be_bytes()[..], name, contents].concat())
}

/// Places of the tracks of an initialisation.
struct Tracks {
    traks: Vec<Range<usize>>,
    trexs: Vec<Range<usize>>,
    /// Where the numbers of tracks are.
    numbers: Vec<usize>,
    highest: u32,
}

impl Tracks {
    fn of(init: &[u8], moov: &Range<usize>) -> Option<Self> {
        let mvex = child(init, moov.clone(), b"mvex")?;
        let (traks, trexs) = (whole(init, moov.clone(), b"trak"), whole(init, mvex, b"trex"));
        let (traks, trexs): (Vec<_>, Vec<_>) = (traks.collect(), trexs.collect());
        let mut numbers = Vec::new();
        for trak in &traks {
            let tkhd = child(init, contents(trak), b"tkhd")?;
            // Two times come before it, of 64 bits in version 1.
            numbers.push(tkhd.start + if *init.get(tkhd.start)? == 1 { 20 } else { 12 });
        }
        numbers.extend(trexs.iter().map(|trex| contents(trex).start + 4));
        let highest = numbers.iter().filter_map(|place| number(init, *place)).max()?;
        (!traks.is_empty()).then_some(Self { traks, trexs, numbers, highest })
    }
}

/// Rewrites the fragments of one playlist.
#[derive(Debug)]
pub(super) struct Fragments {
    shift: u32,
    held: BytesMut,
    /// Bytes of a box that are still to be passed on, and to be left out.
    passed: u64,
    left_out: u64,
}

impl Fragments {
    /// `shift` is added to the numbers of tracks.
    pub fn new(shift: u32) -> Self {
        Self { shift, held: BytesMut::new(), passed: 0, left_out: 0 }
    }

    /// Takes bytes of a segment. Returns those that are passed on.
    pub fn take(&mut self, mut bytes: Bytes) -> Result<Vec<Bytes>, PullError> {
        let mut passed = Vec::new();
        loop {
            if self.passed > 0 && !bytes.is_empty() {
                let length = at_most(self.passed, bytes.len());
                self.passed -= length as u64;
                passed.push(bytes.split_to(length));
            }
            if self.left_out > 0 {
                let length = at_most(self.left_out, bytes.len());
                self.left_out -= length as u64;
                bytes.advance(length);
            }
            if bytes.is_empty() {
                return Ok(passed);
            }
            let missing = self.missing()?;
            let length = missing.min(bytes.len());
            self.held.extend_from_slice(&bytes.split_to(length));
            if length == missing {
                passed.extend(self.held_box()?);
            }
        }
    }

    /// Checks that a segment is complete.
    pub fn end(&mut self) -> Result<(), PullError> {
        if self.held.is_empty() && self.passed == 0 {
            self.left_out = 0;
            return Ok(());
        }
        Err(PullError::Protocol("HLS: a segment is not complete".into()))
    }

    /// Number of bytes to the end of the header, or of a box that is held as a whole.
    fn missing(&self) -> Result<usize, PullError> {
        let wanted = match self.header() {
            Some((size, b"moof")) => usize::try_from(size).ok().filter(|size| *size <= MAX_MOOF_BYTES),
            Some(_) => Some(LONG_HEADER_BYTES),
            None => Some(HEADER_BYTES),
        };
        let missing = wanted.and_then(|wanted| wanted.checked_sub(self.held.len()));
        missing.ok_or_else(|| PullError::Protocol("HLS: a fragment is too large".into()))
    }

    /// Size and name of the box that is held.
    fn header(&self) -> Option<(u64, &[u8; 4])> {
        let name = self.held.get(4..)?.first_chunk()?;
        Some((number(&self.held, 0)?.into(), name))
    }

    /// Deals with what is held once nothing of it is missing.
    fn held_box(&mut self) -> Result<Option<Bytes>, PullError> {
        let odd = || PullError::Protocol("HLS: its fragmented MP4 is not understood".into());
        let Some((size, name)) = self.header() else { return Ok(None) };
        let held = self.held.len() as u64;
        let is_media = name == b"mdat";
        let size = match size {
            // The whole size follows.
            1 if held < LONG_HEADER_BYTES as u64 => return Ok(None),
            1 => {
                u64::from_be_bytes(*self.held.get(HEADER_BYTES..).and_then(|rest| rest.first_chunk()).ok_or_else(odd)?)
            }
            size => size,
        };
        let rest = size.checked_sub(held).ok_or_else(odd)?;
        if name == b"moof" {
            if rest > 0 {
                return Ok(None);
            }
            let mut moof = self.held.split();
            renumber(&mut moof, self.shift).ok_or_else(odd)?;
            return Ok(Some(moof.freeze()));
        }
        let header = self.held.split().freeze();
        if is_media {
            self.passed = rest;
            return Ok(Some(header));
        }
        self.left_out = rest;
        Ok(None)
    }
}

/// Adds to the number of each track of a fragment. `None`: it is malformed, or its media is not where the fragment is.
fn renumber(moof: &mut [u8], shift: u32) -> Option<()> {
    let length = moof.len();
    let places: Option<Vec<usize>> = whole(moof, HEADER_BYTES..length, b"traf")
        .map(|traf| {
            let tfhd = child(moof, contents(&traf), b"tfhd")?;
            (number(moof, tfhd.start)? & HAS_BASE_OFFSET == 0).then_some(tfhd.start + 4)
        })
        .collect();
    for place in places? {
        let number = number(moof, place)?.checked_add(shift)?;
        moof.get_mut(place..)?.first_chunk_mut().map(|bytes: &mut [u8; 4]| *bytes = number.to_be_bytes())?;
    }
    Some(())
}

fn at_most(most: u64, length: usize) -> usize {
    usize::try_from(most).unwrap_or(usize::MAX).min(length)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// Where the boxes of a name are within others, with their headers. Ends at one that is malformed.
fn whole<'a>(
    bytes: &'a [u8],
    mut within: Range<usize>,
    name: &'static [u8; 4],
) -> impl Iterator<Item = Range<usize>> + 'a {
    std::iter::from_fn(move || loop {
        let start = within.start;
        let size = usize::try_from(number(bytes, start)?).ok().filter(|size| *size >= HEADER_BYTES)?;
        let end = start.checked_add(size).filter(|end| *end <= within.end)?;
        within.start = end;
        if bytes.get(start + 4..start + HEADER_BYTES)? == name {
            return Some(start..end);
        }
    })
}

fn contents(whole: &Range<usize>) -> Range<usize> {
    whole.start + HEADER_BYTES..whole.end
}

/// Where the contents of the first box of a name are.
fn child(bytes: &[u8], within: Range<usize>, name: &'static [u8; 4]) -> Option<Range<usize>> {
    whole(bytes, within, name).next().map(|place| contents(&place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
        boxed(name, &parts.concat()).unwrap()
    }

    fn trak(track: u8, version: u8) -> Vec<u8> {
        let times = vec![0; if version == 1 { 16 } else { 8 }];
        of(
            b"trak",
            &[&of(b"tkhd", &[&[version, 0, 0, 0], &times, &[0, 0, 0, track], &[0; 60]]), &of(b"mdia", &[&[track]])],
        )
    }

    fn init(tracks: &[u8], version: u8) -> Vec<u8> {
        let traks = tracks.iter().flat_map(|track| trak(*track, version)).collect::<Vec<u8>>();
        let trexs = tracks.iter().flat_map(|track| of(b"trex", &[&[0; 4], &[0, 0, 0, *track], &[0; 16]]));
        let mvex = of(b"mvex", &[&trexs.collect::<Vec<u8>>()]);
        [of(b"ftyp", &[b"iso5"]), of(b"moov", &[&of(b"mvhd", &[&[0; 100]]), &traks, &mvex])].concat()
    }

    fn moof(track: u8, flags: u8) -> Vec<u8> {
        let tfhd = of(b"tfhd", &[&[0, 2, 0, flags], &[0, 0, 0, track]]);
        of(b"moof", &[&of(b"mfhd", &[&[0; 8]]), &of(b"traf", &[&tfhd, &of(b"trun", &[&[0; 12]])])])
    }

    fn passed(fragments: &mut Fragments, segment: &[u8], step: usize) -> Result<Vec<u8>, PullError> {
        let mut all = Vec::new();
        for chunk in segment.chunks(step) {
            fragments.take(Bytes::copy_from_slice(chunk))?.iter().for_each(|bytes| all.extend_from_slice(bytes));
        }
        fragments.end().map(|()| all)
    }

    #[test]
    fn tracks_of_both_are_joined_with_different_numbers() {
        for version in [0, 1] {
            let (joined, shift) = join_inits(&init(&[1, 3], version), &init(&[1], version)).unwrap();
            assert_eq!(shift, 3);
            let moov = child(&joined, 0..joined.len(), b"moov").unwrap();
            let tracks = Tracks::of(&joined, &moov).unwrap();
            let numbers: Vec<u32> = tracks.numbers.iter().map(|place| number(&joined, *place).unwrap()).collect();
            assert_eq!(numbers, [1, 3, 4, 1, 3, 4]);
            assert_eq!(moov.end, joined.len());
            assert!(child(&joined, 0..joined.len(), b"ftyp").is_some() && child(&joined, moov, b"mvhd").is_some());
        }
    }

    #[test]
    fn what_is_no_initialisation_is_refused() {
        let good = init(&[1], 0);
        for length in 0..good.len() {
            assert!(join_inits(&good[..length], &good).is_err() && join_inits(&good, &good[..length]).is_err());
        }
        let mut bytes = good.clone();
        for place in 0..bytes.len() {
            for value in [0, 1, 7, 0xff] {
                bytes[place] = value;
                let _ = (join_inits(&bytes, &good), join_inits(&good, &bytes));
                bytes[place] = good[place];
            }
        }
    }

    #[test]
    fn fragments_are_passed_on_with_other_numbers_and_nothing_else() {
        let (media, long) =
            (of(b"mdat", &[&[7; 300]]), [&[0, 0, 0, 1][..], b"mdat", &20u64.to_be_bytes(), &[8; 4]].concat());
        let segment =
            [of(b"styp", &[b"msdh"]), of(b"sidx", &[&[0; 32]]), moof(1, 0), media.clone(), moof(2, 0), long.clone()]
                .concat();
        for step in [1, 7, 8, 100, 10_000] {
            let mut fragments = Fragments::new(3);
            for _ in 0..2 {
                let all = passed(&mut fragments, &segment, step).unwrap();
                assert_eq!(all, [moof(4, 0), media.clone(), moof(5, 0), long.clone()].concat(), "{step} at a time");
            }
        }
    }

    #[test]
    fn fragments_that_cannot_be_joined_are_refused() {
        let segment = [moof(1, 0), of(b"mdat", &[&[7; 300]])].concat();
        for length in [4, 50, segment.len() - 1] {
            assert!(passed(&mut Fragments::new(3), &segment[..length], 64).is_err(), "{length} bytes");
        }
        assert!(passed(&mut Fragments::new(3), &moof(1, 1), 64).is_err(), "its media may be anywhere");
        assert!(passed(&mut Fragments::new(u32::MAX), &moof(1, 0), 64).is_err());
        let large = [&(MAX_MOOF_BYTES as u32 + 1).to_be_bytes()[..], b"moof", &[0; 100]].concat();
        assert!(passed(&mut Fragments::new(3), &large, 64).is_err());
        assert!(passed(&mut Fragments::new(3), &[0; 64], 64).is_err(), "a box without an end");
    }
}
