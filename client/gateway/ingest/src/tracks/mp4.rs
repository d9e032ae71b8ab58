//! Reads fragmented MP4: the tracks of the initialisation, and which of them have samples in each fragment.

use super::{flow::Flows, track::Kind};

/// Maximum size of a box that is read. The tracks of larger ones are not followed.
const MAX_READ_BYTES: u64 = 1 << 20;
const HEADER_BYTES: usize = 8;
/// Media time that a fragment with samples proves.
const FRAGMENT_MS: u64 = 500;

/// Reads one stream.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Bytes of an incomplete header, or of a box that is read as a whole.
    held: Vec<u8>,
    /// Size of that box, once its header is complete.
    wanted: usize,
    skip: u64,
    /// Number and timescale of each track.
    timescales: Vec<(u32, u32)>,
}

impl Reader {
    pub fn take(&mut self, mut bytes: &[u8], flows: &mut Flows) {
        loop {
            let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
            bytes = &bytes[skipped..];
            self.skip -= skipped as u64;
            let wanted = self.wanted.max(HEADER_BYTES);
            let missing = (wanted - self.held.len()).min(bytes.len());
            self.held.extend_from_slice(&bytes[..missing]);
            bytes = &bytes[missing..];
            if self.held.len() < wanted {
                return;
            }
            if self.wanted == 0 {
                self.header();
            } else {
                self.contents(flows);
                (self.held, self.wanted) = (Vec::new(), 0);
            }
        }
    }

    /// Reads a header: the box is either held or skipped.
    fn header(&mut self) {
        let size = u64::from(number(&self.held, 0, 4));
        let is_read = matches!(&self.held[4..], b"moov" | b"moof") && size <= MAX_READ_BYTES;
        match size {
            // To the end of the file, which never comes.
            0 => self.skip = u64::MAX,
            // The size follows in 64 bits: only large boxes of media have it.
            1 => self.wanted = 2 * HEADER_BYTES,
            _ if is_read && size > HEADER_BYTES as u64 => self.wanted = size as usize,
            _ => self.skip = size.saturating_sub(HEADER_BYTES as u64),
        }
        if self.wanted == 0 {
            self.held.clear();
        }
    }

    fn contents(&mut self, flows: &mut Flows) {
        let body = &self.held[HEADER_BYTES..];
        match &self.held[4..HEADER_BYTES] {
            b"moov" => {
                self.timescales.clear();
                for (number, kind, timescale) in children(body, b"trak").filter_map(track) {
                    flows.announce(number, kind);
                    self.timescales.push((number, timescale));
                }
            }
            b"moof" => {
                for (number, units) in children(body, b"traf").filter_map(samples) {
                    let timescale = self.timescales.iter().find(|known| known.0 == number).map_or(1, |known| known.1);
                    flows.media(number, units.saturating_mul(1000) / u64::from(timescale.max(1)), FRAGMENT_MS, true);
                }
            }
            _ => {
                let size = self.held[HEADER_BYTES..].iter().fold(0u64, |size, byte| size << 8 | u64::from(*byte));
                self.skip = size.saturating_sub(2 * HEADER_BYTES as u64);
            }
        }
    }
}

/// A number of up to four bytes, 0 if the bytes are not there.
fn number(bytes: &[u8], at: usize, length: usize) -> u32 {
    bytes.get(at..at + length).unwrap_or_default().iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// The boxes of a name.
fn children<'a>(mut bytes: &'a [u8], name: &'a [u8; 4]) -> impl Iterator<Item = &'a [u8]> {
    std::iter::from_fn(move || loop {
        let size = usize::try_from(number(bytes, 0, 4)).ok()?;
        let found = bytes.get(4..HEADER_BYTES)?;
        let body = bytes.get(HEADER_BYTES..size)?;
        bytes = &bytes[size..];
        if found == name {
            return Some(body);
        }
    })
}

fn child<'a>(bytes: &'a [u8], name: &'a [u8; 4]) -> Option<&'a [u8]> {
    children(bytes, name).next()
}

/// Number, kind and timescale of a track.
fn track(trak: &[u8]) -> Option<(u32, Kind, u32)> {
    let (tkhd, mdia) = (child(trak, b"tkhd")?, child(trak, b"mdia")?);
    let kind = match child(mdia, b"hdlr")?.get(8..12)? {
        b"vide" => Kind::Video,
        b"soun" => Kind::Audio,
        _ => return None,
    };
    // Both have two times before, of 64 bits in version 1.
    let at = |header: &[u8]| if header.first() == Some(&1) { 20 } else { 12 };
    let mdhd = child(mdia, b"mdhd")?;
    Some((number(tkhd, at(tkhd), 4), kind, number(mdhd, at(mdhd), 4)))
}

/// Track and time of a fragment, if it has samples.
fn samples(traf: &[u8]) -> Option<(u32, u64)> {
    let track = number(child(traf, b"tfhd")?, 4, 4);
    let has_samples = children(traf, b"trun").any(|trun| number(trun, 4, 4) > 0);
    let tfdt = child(traf, b"tfdt").unwrap_or_default();
    let high = if tfdt.first() == Some(&1) {
        u64::from(number(tfdt, 4, 4)) << 32 | u64::from(number(tfdt, 8, 4))
    } else {
        number(tfdt, 4, 4).into()
    };
    has_samples.then_some((track, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        [&(body.len() as u32 + 8).to_be_bytes()[..], name, &body].concat()
    }

    fn trak(number: u8, kind: &[u8; 4]) -> Vec<u8> {
        let mdia = [boxed(b"mdhd", &[&[0; 12], &[0, 0, 3, 232], &[0; 8]]), boxed(b"hdlr", &[&[0; 8], kind, &[0; 12]])]
            .concat();
        boxed(b"trak", &[&boxed(b"tkhd", &[&[0; 12], &[0, 0, 0, number], &[0; 60]]), &boxed(b"mdia", &[&mdia])])
    }

    fn moof(tracks: &[u8], time: u8) -> Vec<u8> {
        let traf = |number: &u8| {
            let (tfhd, tfdt) =
                (boxed(b"tfhd", &[&[0, 0, 0, 0, 0, 0, 0, *number]]), boxed(b"tfdt", &[&[0, 0, 0, 0, 0, 0, time, 0]]));
            boxed(b"traf", &[&tfhd, &tfdt, &boxed(b"trun", &[&[0, 0, 0, 0, 0, 0, 0, 9]])])
        };
        [boxed(b"moof", &[&tracks.iter().map(traf).collect::<Vec<_>>().concat()]), boxed(b"mdat", &[&[7; 300]])]
            .concat()
    }

    #[test]
    fn only_tracks_with_samples_flow() {
        let moov = boxed(b"moov", &[&trak(1, b"vide"), &trak(2, b"soun"), &trak(3, b"hint")]);
        let silent = [boxed(b"ftyp", &[b"iso5"]), moov, moof(&[1], 0), moof(&[1], 4)].concat();
        for step in [1, 9, 100, 10_000] {
            let (mut reader, mut flows) = (Reader::default(), Flows::of_fragments());
            silent.chunks(step).for_each(|chunk| reader.take(chunk, &mut flows));
            assert_eq!(flows.flowing(Kind::Video).collect::<Vec<_>>(), [1], "step {step}");
            assert_eq!(flows.flowing(Kind::Audio).next(), None);
            assert!(flows.announces(Kind::Audio));
            reader.take(&moof(&[1, 2], 8), &mut flows);
            assert_eq!(flows.flowing(Kind::Audio).collect::<Vec<_>>(), [2]);
        }
    }

    #[test]
    fn long_boxes_are_skipped() {
        let (mut reader, mut flows) = (Reader::default(), Flows::of_fragments());
        let long = [&1u32.to_be_bytes()[..], b"mdat", &100_016u64.to_be_bytes()].concat();
        reader.take(&long, &mut flows);
        (0..100).for_each(|_| reader.take(&[0; 1000], &mut flows));
        reader.take(&boxed(b"moov", &[&trak(1, b"vide")]), &mut flows);
        assert!(flows.announces(Kind::Video));
        assert!(reader.held.is_empty());
    }
}
