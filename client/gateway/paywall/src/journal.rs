//! Keeps what must survive: claims, bought ranges, sessions. Append-only segments, fsynced in groups, replaced from time
//! to time by a snapshot of the live sessions.
//!
//! One thread writes. Whatever arrives while it is in `fsync` becomes the next group, so a group is as large as the disk
//! is slow and nobody waits for a timer. Records are queued under the lock of the session they change: their order in
//! the file is the order in which things happened.
//!
//! Files: `segment-<first record>.log` and `snapshot-<next record>.snap`, numbers of 20 digits.

mod compact;
mod files;
mod frame;
mod record;
mod recover;
mod writer;

pub(crate) use compact::Compactor;
pub(crate) use files::{CreateFile, Dir, LogFile};
pub(crate) use record::Record;
pub use recover::RecoveryReport;
pub(crate) use recover::{recover, Recovered};
pub(crate) use writer::{Journal, Receipt};

#[cfg(test)]
pub(crate) use {
    frame::FRAME_HEADER_BYTES,
    recover::{replay_bytes, Replay},
};

/// The number of a record: they are numbered from 1 without gaps.
pub(crate) type Lsn = u64;
