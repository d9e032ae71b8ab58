//! Recovery: reads the newest snapshot, then every segment after it, in order.

use super::{
    files::{failed, Dir, LogFile},
    frame::{frame_of, Broken, Frame},
    record::{Lsn, Record},
    writer::Position,
};
use crate::{error::OpenError, session::Session, token::TokenSecret};
use std::{collections::HashMap, fs, io, path::Path};
use tick_stream_primitives::SessionId;

/// What the journal held at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveryReport {
    /// Sessions recovered.
    pub sessions: usize,
    /// Records read, including the snapshot's.
    pub records: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes cut off at the end: a group that was being written when the process ended. No key of it was released.
    pub torn_bytes: u64,
}

/// The state that the records read so far describe.
#[derive(Default)]
pub(crate) struct Replay {
    pub sessions: HashMap<SessionId, Box<Session>>,
    pub secret: Option<[u8; 32]>,
    /// Number of sessions according to the end of the snapshot.
    snapshot_sessions: Option<u64>,
    pub report: RecoveryReport,
}

impl Replay {
    fn apply(&mut self, lsn: Lsn, record: Record) {
        self.report.records += 1;
        match record {
            Record::Secret(secret) => self.secret = Some(secret),
            Record::Session(id, mut session) => {
                // A snapshot is written while payments go on, so its session may be newer than this record.
                if self.is_newer(&id, lsn) {
                    session.lsn = lsn;
                    self.sessions.insert(id, session);
                }
            }
            Record::Paid { session, revealed_ticks, proof, charged_ticks, keys } => {
                if let Some(known) = self.sessions.get_mut(&session).filter(|known| known.lsn < lsn) {
                    known.revealed_ticks = revealed_ticks;
                    known.proof = proof;
                    known.charged_ticks = charged_ticks;
                    known.bought.add(keys);
                    known.lsn = lsn;
                }
            }
            Record::Removed(id) => {
                if self.is_newer(&id, lsn) {
                    self.sessions.remove(&id);
                }
            }
            Record::End { sessions } => self.snapshot_sessions = Some(sessions),
        }
    }

    /// Applies a record of a snapshot. Its sessions keep the number of the record that last changed them.
    fn apply_snapshot(&mut self, record: Record) {
        match record {
            Record::Session(id, session) => {
                self.report.records += 1;
                self.sessions.insert(id, session);
            }
            other => self.apply(0, other),
        }
    }

    /// Returns whether record `lsn` is newer than what is known of the session.
    fn is_newer(&self, id: &SessionId, lsn: Lsn) -> bool {
        self.sessions.get(id).is_none_or(|known| known.lsn < lsn)
    }
}

/// The recovered state, and the position at which the journal continues.
pub(crate) struct Recovered {
    pub replay: Replay,
    pub position: Position,
    pub secret: TokenSecret,
}

/// Reads the folder, cuts off a group that a crash left unfinished, and opens the last segment for appending.
pub(crate) fn recover(dir: &Dir) -> Result<Recovered, OpenError> {
    let (segments, snapshots) = dir.list()?;
    let mut replay = Replay::default();
    let mut next = 1;
    if let Some(at) = snapshots.last() {
        read_snapshot(dir, *at, &mut replay)?;
        next = *at;
    }
    let newer: Vec<_> = segments.into_iter().filter(|first| *first >= next).collect();
    let mut bytes = 0;
    for (place, first) in newer.iter().enumerate() {
        let path = dir.segment(*first);
        if *first != next {
            return Err(OpenError::Gap { path, expected: next, found: *first });
        }
        (next, bytes) = read_segment(&path, *first, place + 1 == newer.len(), &mut replay)?;
    }
    if let Some(at) = snapshots.last() {
        dir.remove_before(*at)?;
    }
    replay.report.sessions = replay.sessions.len();
    let path = dir.segment(newer.last().copied().unwrap_or(next));
    let mut file = dir.append_to(&path).map_err(failed("open", &path))?;
    dir.sync().map_err(failed("sync", &path))?;
    let secret = match replay.secret {
        Some(secret) => TokenSecret(secret),
        None => begin(&mut *file, &mut next, &mut bytes).map_err(failed("write", &path))?,
    };
    Ok(Recovered { replay, position: Position { file, bytes, next }, secret })
}

/// Writes the first record of a new journal, directly, since no writer runs yet.
fn begin(file: &mut dyn LogFile, next: &mut Lsn, bytes: &mut u64) -> io::Result<TokenSecret> {
    let secret = TokenSecret::random();
    let frame = frame_of(*next, &[Record::Secret(secret.0)]);
    file.append(&frame)?;
    file.sync()?;
    *next += 1;
    *bytes += frame.len() as u64;
    Ok(secret)
}

fn read_snapshot(dir: &Dir, at: Lsn, replay: &mut Replay) -> Result<(), OpenError> {
    let path = dir.snapshot(at);
    let bytes = fs::read(&path).map_err(failed("read", &path))?;
    let mut offset = 0;
    while offset < bytes.len() {
        let damaged = |reason: &str| damaged(&path, offset, reason);
        let frame = Frame::read(&bytes, offset).map_err(|broken| damaged(&broken.to_string()))?;
        let records = frame.decode().ok_or_else(|| damaged("a group of records cannot be decoded"))?;
        offset = frame.end;
        records.into_iter().for_each(|record| replay.apply_snapshot(record));
    }
    replay.report.bytes += bytes.len() as u64;
    if replay.snapshot_sessions.take() != Some(replay.sessions.len() as u64) {
        return Err(damaged(&path, offset, "the snapshot is not complete"));
    }
    Ok(())
}

/// Applies a segment, and cuts off its unfinished end if it is the last one. Returns the number of the next record and
/// the length of the segment.
fn read_segment(path: &Path, first: Lsn, is_last: bool, replay: &mut Replay) -> Result<(Lsn, u64), OpenError> {
    let bytes = fs::read(path).map_err(failed("read", path))?;
    let (next, intact_bytes) = replay_bytes(path, &bytes, first, replay)?;
    let torn_bytes = (bytes.len() - intact_bytes) as u64;
    if torn_bytes > 0 && !is_last {
        return Err(damaged(path, intact_bytes, "it ends within a group of records, and another segment follows"));
    }
    if torn_bytes > 0 {
        let file = fs::OpenOptions::new().write(true).open(path).map_err(failed("open", path))?;
        file.set_len(intact_bytes as u64).and_then(|()| file.sync_all()).map_err(failed("cut", path))?;
        replay.report.torn_bytes = torn_bytes;
    }
    replay.report.bytes += intact_bytes as u64;
    Ok((next, intact_bytes as u64))
}

/// Applies the intact groups of a segment whose first record is `first`. Returns the number of the next record and the
/// number of intact bytes.
pub(crate) fn replay_bytes(
    path: &Path,
    bytes: &[u8],
    first: Lsn,
    replay: &mut Replay,
) -> Result<(Lsn, usize), OpenError> {
    let (mut next, mut offset) = (first, 0);
    while offset < bytes.len() {
        let frame = match Frame::read(bytes, offset) {
            Ok(frame) => frame,
            Err(broken @ Broken::Version(_)) => return Err(damaged(path, offset, &broken.to_string())),
            Err(broken) => return check_torn(path, bytes, offset, broken).map(|()| (next, offset)),
        };
        if frame.first != next {
            return Err(OpenError::Gap { path: path.to_owned(), expected: next, found: frame.first });
        }
        let records = frame.decode().ok_or_else(|| damaged(path, offset, "a group of records cannot be decoded"))?;
        for record in records {
            replay.apply(next, record);
            next += 1;
        }
        offset = frame.end;
    }
    Ok((next, offset))
}

/// Checks that no intact group follows a broken one. Then the broken one was being written when the process ended;
/// otherwise it was on the disk once, and is damaged.
fn check_torn(path: &Path, bytes: &[u8], offset: usize, broken: Broken) -> Result<(), OpenError> {
    match Frame::find_after(bytes, offset) {
        None => Ok(()),
        Some(intact) => Err(damaged(path, offset, &format!("{broken}, but an intact one follows at byte {intact}"))),
    }
}

fn damaged(path: &Path, offset: usize, reason: &str) -> OpenError {
    OpenError::Damaged { path: path.to_owned(), offset: offset as u64, reason: reason.to_owned() }
}
