//! Boxes of fragmented MP4, as far as a recording needs them. Everything is bounds-checked: what is malformed is not found.

use std::ops::Range;

/// Maximum number of tracks that are read from an initialisation segment.
const MAX_TRACKS: usize = 16;
/// Maximum number of decode times that are read from one segment.
const MAX_DECODE_TIMES: usize = 4_096;
/// Size in bytes of a `mehd` box of version 1, and of the `free` box that reserves its place.
const MEHD_BYTES: usize = 20;

/// Track of an initialisation segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Track {
    /// Id of the track.
    pub id: u32,
    /// Units per second of the track's times; above zero.
    pub timescale: u32,
}

/// Decode time of the first sample of a track fragment, and where the segment stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeTime {
    /// Id of the track.
    pub track: u32,
    /// Time in units of the track.
    pub units: u64,
    /// 4 or 8 bytes.
    place: Range<usize>,
}

impl DecodeTime {
    /// Stores another time in the same place; one that needs more bytes than there are is not stored.
    pub fn write(&self, segment: &mut [u8], units: u64) {
        let Some(place) = segment.get_mut(self.place.clone()) else { return };
        if let Ok(place) = <&mut [u8; 8]>::try_from(&mut *place) {
            *place = units.to_be_bytes();
        } else if let (Ok(place), Ok(units)) = (<&mut [u8; 4]>::try_from(place), u32::try_from(units)) {
            *place = units.to_be_bytes();
        }
    }
}

/// Box: its name, the place of all of it and the place of its payload.
pub(crate) struct BoxAt {
    name: [u8; 4],
    pub whole: Range<usize>,
    pub payload: Range<usize>,
}

/// Boxes within a range, up to the first that is malformed.
pub(crate) struct Boxes<'a> {
    bytes: &'a [u8],
    rest: Range<usize>,
}

impl<'a> Boxes<'a> {
    pub fn within(bytes: &'a [u8], range: Range<usize>) -> Self {
        Self { bytes, rest: range }
    }

    pub fn named(self, name: &'static [u8; 4]) -> impl Iterator<Item = BoxAt> + 'a {
        self.filter(move |found| found.name == *name)
    }
}

impl Iterator for Boxes<'_> {
    type Item = BoxAt;

    fn next(&mut self) -> Option<BoxAt> {
        let start = self.rest.start;
        let size = read_u32(self.bytes, start)?;
        let name = *self.bytes.get(start + 4..)?.first_chunk()?;
        let (header, size) = match size {
            0 => (8, self.rest.end.checked_sub(start)?),
            1 => (16, usize::try_from(read_u64(self.bytes, start + 8)?).ok()?),
            size => (8, usize::try_from(size).ok()?),
        };
        let end = start.checked_add(size).filter(|end| *end <= self.rest.end && size >= header)?;
        self.rest.start = end;
        Some(BoxAt { name, whole: start..end, payload: start + header..end })
    }
}

pub(crate) fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// Stores a number; `None` without room for it.
pub(crate) fn store_u32(bytes: &mut [u8], at: usize, value: u32) -> Option<()> {
    bytes.get_mut(at..)?.first_chunk_mut().map(|place| *place = value.to_be_bytes())
}

fn read_u64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

pub(crate) fn first(bytes: &[u8], within: Range<usize>, name: &'static [u8; 4]) -> Option<BoxAt> {
    Boxes::within(bytes, within).named(name).next()
}

/// Size of a box, if it states its size in 32 bits. Those of 64 bits have the size field 1; those of 0 reach to the end. Neither
/// is usual here.
pub(crate) fn sized_32(bytes: &[u8], found: &BoxAt) -> Option<u32> {
    u32::try_from(found.whole.len()).ok().filter(|size| read_u32(bytes, found.whole.start) == Some(*size))
}

/// Field of a full box that follows two times, which are 4 or 8 bytes long depending on the box's version.
fn field_after_times(bytes: &[u8], payload: &Range<usize>) -> Option<u32> {
    let times = if *bytes.get(payload.start)? == 0 { 8 } else { 16 };
    read_u32(bytes, payload.start + 4 + times)
}

/// Reads the tracks of an initialisation segment.
pub fn tracks(init: &[u8]) -> Vec<Track> {
    let Some(moov) = first(init, 0..init.len(), b"moov") else { return Vec::new() };
    let track = |trak: BoxAt| {
        let id = field_after_times(init, &first(init, trak.payload.clone(), b"tkhd")?.payload)?;
        let mdia = first(init, trak.payload, b"mdia")?;
        let timescale = field_after_times(init, &first(init, mdia.payload, b"mdhd")?.payload)?;
        (timescale > 0).then_some(Track { id, timescale })
    };
    Boxes::within(init, moov.payload).named(b"trak").filter_map(track).take(MAX_TRACKS).collect()
}

/// Reads the decode times of a media segment, in their order.
pub fn decode_times(segment: &[u8]) -> Vec<DecodeTime> {
    let moofs = Boxes::within(segment, 0..segment.len()).named(b"moof");
    let trafs = moofs.flat_map(|moof| Boxes::within(segment, moof.payload).named(b"traf"));
    let decode_time = |traf: BoxAt| {
        let track = read_u32(segment, first(segment, traf.payload.clone(), b"tfhd")?.payload.start + 4)?;
        let tfdt = first(segment, traf.payload, b"tfdt")?.payload;
        let start = tfdt.start + 4;
        let (units, place) = match segment.get(tfdt.start)? {
            0 => (read_u32(segment, start)?.into(), start..start + 4),
            _ => (read_u64(segment, start)?, start..start + 8),
        };
        (place.end <= tfdt.end).then_some(DecodeTime { track, units, place })
    };
    trafs.filter_map(decode_time).take(MAX_DECODE_TIMES).collect()
}

/// Place in a file where the length of the whole recording can be written once it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LengthPlace {
    /// Offset from the start of the initialisation segment, in bytes.
    pub offset: usize,
    /// Units per second.
    timescale: u32,
}

impl LengthPlace {
    /// Returns the bytes that belong there: a `mehd` box.
    pub fn filled(&self, length_nanos: u128) -> [u8; MEHD_BYTES] {
        let units = length_nanos.saturating_mul(self.timescale.into()) / 1_000_000_000;
        let units = u64::try_from(units).unwrap_or(u64::MAX);
        let mut bytes = [0; MEHD_BYTES];
        bytes[..4].copy_from_slice(&(MEHD_BYTES as u32).to_be_bytes());
        bytes[4..8].copy_from_slice(b"mehd");
        bytes[8] = 1;
        bytes[12..].copy_from_slice(&units.to_be_bytes());
        bytes
    }
}

/// Returns the initialisation segment with a `free` box in it that can become a `mehd` box, which is how a fragmented file
/// states its length. `None` when the segment states it already, or is not understood.
pub fn with_length_place(init: &[u8]) -> Option<(Vec<u8>, LengthPlace)> {
    let moov = first(init, 0..init.len(), b"moov")?;
    let timescale = field_after_times(init, &first(init, moov.payload.clone(), b"mvhd")?.payload)?;
    let mvex = first(init, moov.payload.clone(), b"mvex")?;
    if first(init, mvex.payload.clone(), b"mehd").is_some() {
        return None;
    }
    let mut changed = init.to_vec();
    for parent in [&moov, &mvex] {
        let grown = sized_32(init, parent)?.checked_add(MEHD_BYTES as u32)?;
        store_u32(&mut changed, parent.whole.start, grown)?;
    }
    let mut free = [0; MEHD_BYTES];
    free[..4].copy_from_slice(&(MEHD_BYTES as u32).to_be_bytes());
    free[4..8].copy_from_slice(b"free");
    let offset = mvex.payload.start;
    changed.splice(offset..offset, free);
    Some((changed, LengthPlace { offset, timescale }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn tracks_and_decode_times_are_read() {
        assert_eq!(
            tracks(&init(&[15_360, 48_000])),
            [Track { id: 1, timescale: 15_360 }, Track { id: 2, timescale: 48_000 },]
        );
        let segment = [fragment(&[traf(1, 10), traf(2, 20)]), fragment(&[traf(1, 30)])].concat();
        let times: Vec<_> = decode_times(&segment).iter().map(|time| (time.track, time.units)).collect();
        assert_eq!(times, [(1, 10), (2, 20), (1, 30)]);
    }

    #[test]
    fn decode_time_of_32_bits_is_read_and_written() {
        let tfhd = mp4_box(b"tfhd", &[0, 0, 0, 0, 0, 0, 0, 1]);
        let tfdt = mp4_box(b"tfdt", &[0, 0, 0, 0, 0, 0, 1, 0]);
        let mut segment = fragment(&[mp4_box(b"traf", &[tfhd, tfdt].concat())]);
        let time = decode_times(&segment).remove(0);
        assert_eq!(time.units, 256);
        time.write(&mut segment, u64::MAX);
        assert_eq!(decode_times(&segment)[0].units, 256, "a value without room changes nothing");
        time.write(&mut segment, 7);
        assert_eq!(decode_times(&segment)[0].units, 7);
    }

    #[test]
    fn malformed_boxes_are_not_found() {
        let segment = fragment(&[traf(1, 10), traf(2, 20)]);
        for length in 0..segment.len() {
            assert!(decode_times(&segment[..length]).len() <= 2, "cut at {length}");
        }
        let mut bytes = segment.clone();
        for place in 0..bytes.len() {
            for value in [0, 1, 7, 0xff] {
                bytes[place] = value;
                let _ = (decode_times(&bytes), tracks(&bytes), with_length_place(&bytes));
                bytes[place] = segment[place];
            }
        }
        assert_eq!(tracks(b"moov"), []);
    }

    #[test]
    fn length_place_becomes_a_mehd_box() {
        let (mut changed, place) = with_length_place(&init(&[15_360])).unwrap();
        assert_eq!(tracks(&changed), tracks(&init(&[15_360])));
        let filled = place.filled(12_500_000_000);
        changed[place.offset..place.offset + filled.len()].copy_from_slice(&filled);
        let moov = first(&changed, 0..changed.len(), b"moov").unwrap();
        assert_eq!(moov.whole.end, changed.len());
        let mvex = first(&changed, moov.payload, b"mvex").unwrap();
        let mehd = first(&changed, mvex.payload.clone(), b"mehd").unwrap();
        assert_eq!(read_u64(&changed, mehd.payload.start + 4), Some(12_500));
        assert!(first(&changed, mvex.payload, b"trex").is_some());
        assert_eq!(with_length_place(&changed), None, "the length is stated already");
        assert_eq!(with_length_place(b"no boxes"), None);
    }
}
