//! Groups of records as bytes. A group is the unit of fsync and of the checksum, so it is there as a whole or not at
//! all; and a whole group behind a broken one proves that the broken one was once whole, hence is damage and no torn
//! tail: the writer starts a group only when the one before it is on the disk.
//!
//! `length: u32, crc32: u32, version: u8, first record: u64, records: u32, records…`, little endian. The length counts
//! from behind the checksum, and so does the checksum.

use super::{record::Record, Lsn};
use codec::Decode;

/// Bytes before the records.
pub(crate) const FRAME_HEADER_BYTES: usize = 4 + 4 + BODY_HEADER_BYTES;
const BODY_HEADER_BYTES: usize = 1 + 8 + 4;
/// The version written. A reader refuses others.
const VERSION: u8 = 1;
/// The longest body: what may be pending, with room to spare. A longer length is damage.
const MAX_BODY_BYTES: usize = 64 << 20;

/// Fills in the header of a group whose records stand behind [`FRAME_HEADER_BYTES`] free bytes.
pub(crate) fn seal(frame: &mut [u8], first: Lsn, records: u32) {
    let body_bytes = (frame.len() - 8) as u32;
    frame[8] = VERSION;
    frame[9..17].copy_from_slice(&first.to_le_bytes());
    frame[17..21].copy_from_slice(&records.to_le_bytes());
    let crc = crc32fast::hash(&frame[8..]);
    frame[..4].copy_from_slice(&body_bytes.to_le_bytes());
    frame[4..8].copy_from_slice(&crc.to_le_bytes());
}

/// A group that is whole.
pub(crate) struct Frame<'a> {
    pub first: Lsn,
    pub records: u32,
    body: &'a [u8],
    /// Where the next one starts.
    pub end: usize,
}

/// Why there is no whole group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Broken {
    Short,
    Length,
    Checksum,
    Version(u8),
}

impl<'a> Frame<'a> {
    /// The group at `offset`.
    pub fn read(bytes: &'a [u8], offset: usize) -> Result<Self, Broken> {
        let rest = bytes.get(offset..).filter(|rest| rest.len() >= FRAME_HEADER_BYTES).ok_or(Broken::Short)?;
        let length = u32_at(rest, 0) as usize;
        if !(BODY_HEADER_BYTES..=MAX_BODY_BYTES).contains(&length) {
            return Err(Broken::Length);
        }
        let body = rest.get(8..8 + length).ok_or(Broken::Short)?;
        if crc32fast::hash(body) != u32_at(rest, 4) {
            return Err(Broken::Checksum);
        }
        if body[0] != VERSION {
            return Err(Broken::Version(body[0]));
        }
        let (first, records) = (u64::from(u32_at(body, 1)) | u64::from(u32_at(body, 5)) << 32, u32_at(body, 9));
        Ok(Self { first, records, body: &body[BODY_HEADER_BYTES..], end: offset + 8 + length })
    }

    /// The records, or nothing when they are not what the header says.
    pub fn decode(&self) -> Option<Vec<Record>> {
        let mut input = self.body;
        let records: Option<Vec<_>> = (0..self.records).map(|_| Record::decode(&mut input).ok()).collect();
        records.filter(|_| input.is_empty())
    }

    /// Where behind `offset` the next whole group stands, if any.
    pub fn find_behind(bytes: &[u8], offset: usize) -> Option<usize> {
        (offset + 1..bytes.len().saturating_sub(FRAME_HEADER_BYTES)).find(|at| Self::is_plausible(bytes, *at))
    }

    /// Cheap tests first: the search tries every byte.
    fn is_plausible(bytes: &[u8], at: usize) -> bool {
        bytes[at + 8] == VERSION && Frame::read(bytes, at).is_ok_and(|frame| frame.records > 0)
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}
