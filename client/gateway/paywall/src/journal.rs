//! The journal: what must survive a crash, as append-only segments that are fsynced in groups. From time to time a
//! snapshot of the sessions replaces the segments before it.
//!
//! One thread writes. Records that arrive during an fsync form the next group, so the slower the disk, the larger the
//! groups, and no record waits for a timer. A record is queued under the lock of the session that it changes, so the
//! records of a session are in the order of its changes.
//!
//! Frames have a version of their own, so a journal of version 1 (`version_1`) is continued in the present version.
//!
//! Files: `segment-<first record>.log` and `snapshot-<next record>.snap`, with numbers of 20 digits.

mod compact;
mod files;
mod frame;
mod record;
mod recover;
mod version_1;
mod writer;

pub(crate) use compact::Compactor;
pub(crate) use files::{CreateFile, Dir};
pub(crate) use record::Record;
pub use recover::RecoveryReport;
pub(crate) use recover::{recover, Recovered};
pub(crate) use writer::{Journal, Receipt};

#[cfg(test)]
pub(crate) use {
    files::LogFile,
    frame::FRAME_HEADER_BYTES,
    recover::{replay_bytes, Replay},
};
