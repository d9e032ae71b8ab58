//! Frames: groups of records as bytes.
//!
//! A group is the unit of fsync and of the checksum, so it is stored as a whole or not at all. The writer starts a
//! group only when the one before it is on the disk. So an intact frame after a broken one proves that the broken one
//! was intact once: it was damaged later, and is not a write that a crash cut off.
//!
//! Layout, little endian: `length: u32, crc32: u32, version: u8, first record: u64, records: u32, records…`. Length and
//! checksum are those of the bytes after the checksum.

use super::{
    record::{Lsn, Record},
    version_1,
};
use codec::{Decode, Encode};
use std::fmt;

/// Bytes before the records of a frame.
pub(crate) const FRAME_HEADER_BYTES: usize = 4 + 4 + BODY_HEADER_BYTES;
const BODY_HEADER_BYTES: usize = 1 + 8 + 4;
/// Version of the layout and of the records that are written.
const VERSION: u8 = 2;
/// Earlier version that is read as well. Others are refused.
const EARLIER_VERSION: u8 = 1;
/// Longest body: what may wait for the disk, with room to spare. A longer length is damage.
const MAX_BODY_BYTES: usize = 64 << 20;

/// Fills in the header of a frame whose records follow [`FRAME_HEADER_BYTES`] unused bytes.
pub(crate) fn seal(frame: &mut [u8], first: Lsn, records: u32) {
    let body_bytes = (frame.len() - 8) as u32;
    frame[8] = VERSION;
    frame[9..17].copy_from_slice(&first.to_le_bytes());
    frame[17..21].copy_from_slice(&records.to_le_bytes());
    let crc = crc32fast::hash(&frame[8..]);
    frame[..4].copy_from_slice(&body_bytes.to_le_bytes());
    frame[4..8].copy_from_slice(&crc.to_le_bytes());
}

/// Returns `records` as a frame.
pub(crate) fn frame_of(first: Lsn, records: &[Record]) -> Vec<u8> {
    let mut frame = vec![0; FRAME_HEADER_BYTES];
    records.iter().for_each(|record| record.encode_to(&mut frame));
    seal(&mut frame, first, records.len() as u32);
    frame
}

/// An intact frame.
pub(crate) struct Frame<'a> {
    /// Number of the first record.
    pub first: Lsn,
    /// Number of records.
    pub records: u32,
    version: u8,
    body: &'a [u8],
    /// Position of the next frame.
    pub end: usize,
}

/// Reason for which there is no intact frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Broken {
    /// The file ends within the frame.
    Short,
    /// The length is impossible.
    Length,
    /// The checksum does not match.
    Checksum,
    /// The frame has another version.
    Version(u8),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => f.write_str("the file ends within a group of records"),
            Self::Length => f.write_str("a group of records has an impossible length"),
            Self::Checksum => f.write_str("the checksum of a group of records does not match"),
            Self::Version(version) => write!(f, "version {version} is not known to this release"),
        }
    }
}

impl<'a> Frame<'a> {
    /// Reads the frame at `offset`.
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
        let version = body[0];
        if !is_known(version) {
            return Err(Broken::Version(version));
        }
        let (first, records) = (u64::from(u32_at(body, 1)) | u64::from(u32_at(body, 5)) << 32, u32_at(body, 9));
        Ok(Self { first, records, version, body: &body[BODY_HEADER_BYTES..], end: offset + 8 + length })
    }

    /// Decodes the records. Returns none if they are not what the header says.
    pub fn decode(&self) -> Option<Vec<Record>> {
        let mut input = self.body;
        let mut record = || match self.version {
            EARLIER_VERSION => version_1::Record::decode(&mut input).ok().map(Record::from),
            _ => Record::decode(&mut input).ok(),
        };
        let records: Option<Vec<_>> = (0..self.records).map(|_| record()).collect();
        records.filter(|_| input.is_empty())
    }

    /// Returns the position of the next intact frame after `offset`.
    pub fn find_after(bytes: &[u8], offset: usize) -> Option<usize> {
        (offset + 1..bytes.len().saturating_sub(FRAME_HEADER_BYTES)).find(|at| Self::is_plausible(bytes, *at))
    }

    /// Returns whether an intact frame with records is at `at`. The cheap test is first, since the search tries every
    /// byte.
    fn is_plausible(bytes: &[u8], at: usize) -> bool {
        is_known(bytes[at + 8]) && Frame::read(bytes, at).is_ok_and(|frame| frame.records > 0)
    }
}

fn is_known(version: u8) -> bool {
    [EARLIER_VERSION, VERSION].contains(&version)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}
