//! Reads a journal back: the newest snapshot, then every segment behind it, in order.

use super::{
    files::{failed, Dir},
    frame::{Broken, Frame},
    record::Record,
    writer::Position,
    Lsn,
};
use crate::{error::OpenError, session::Session, token::TokenSecret};
use std::{collections::HashMap, fs, path::Path};
use tick_stream_primitives::SessionId;

/// What a restart has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveryReport {
    /// Sessions that live.
    pub sessions: usize,
    /// Records read, the snapshot's included.
    pub records: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes cut off at the end: a group that was being written when the process died. Nothing in it was released.
    pub torn_bytes: u64,
}

/// The state a journal describes.
#[derive(Default)]
pub(crate) struct Replay {
    pub sessions: HashMap<SessionId, Box<Session>>,
    pub secret: Option<[u8; 32]>,
    ended_with: Option<u64>,
    pub report: RecoveryReport,
}

impl Replay {
    fn apply(&mut self, lsn: Lsn, record: Record) {
        self.report.records += 1;
        match record {
            Record::Secret(secret) => self.secret = Some(secret),
            Record::Session(id, mut session) => {
                // A snapshot is taken while sessions go on: one may be newer in it than the segment being replayed.
                if self.is_news(&id, lsn) {
                    session.lsn = lsn;
                    self.sessions.insert(id, session);
                }
            }
            Record::Paid { session, ticks, proof, spent, keys } => {
                if let Some(known) = self.sessions.get_mut(&session).filter(|known| known.lsn < lsn) {
                    known.ticks = ticks;
                    known.proof = proof;
                    known.spent = spent;
                    known.bought.add(keys);
                    known.lsn = lsn;
                }
            }
            Record::Removed(id) => {
                if self.is_news(&id, lsn) {
                    self.sessions.remove(&id);
                }
            }
            Record::End { sessions } => self.ended_with = Some(sessions),
        }
    }

    /// A snapshot's sessions come as they are, with the number of the record that last changed each.
    fn apply_snapshot(&mut self, record: Record) {
        match record {
            Record::Session(id, session) => {
                self.report.records += 1;
                self.sessions.insert(id, session);
            }
            other => self.apply(0, other),
        }
    }

    fn is_news(&self, id: &SessionId, lsn: Lsn) -> bool {
        self.sessions.get(id).is_none_or(|known| known.lsn < lsn)
    }
}

/// A restart: what was found, and where to go on.
pub(crate) struct Recovered {
    pub replay: Replay,
    pub position: Position,
    pub secret: TokenSecret,
}

/// Reads the folder, cuts off a torn tail, and opens the last segment for more.
pub(crate) fn recover(dir: &Dir) -> Result<Recovered, OpenError> {
    let (segments, snapshots) = dir.list()?;
    let mut replay = Replay::default();
    let mut next = 1;
    if let Some(at) = snapshots.last() {
        read_snapshot(dir, *at, &mut replay)?;
        next = *at;
    }
    let live: Vec<_> = segments.into_iter().filter(|first| *first >= next).collect();
    let mut bytes = 0;
    for (place, first) in live.iter().enumerate() {
        let path = dir.segment(*first);
        if *first != next {
            return Err(OpenError::Gap { path, expected: next, found: *first });
        }
        (next, bytes) = read_segment(&path, *first, place + 1 == live.len(), &mut replay)?;
    }
    if let Some(at) = snapshots.last() {
        dir.remove_before(*at)?;
    }
    replay.report.sessions = replay.sessions.len();
    let path = dir.segment(live.last().copied().unwrap_or(next));
    let mut file = dir.append_to(&path).map_err(failed("open", &path))?;
    dir.sync().map_err(failed("sync", &path))?;
    let secret = match replay.secret {
        Some(secret) => TokenSecret(secret),
        None => begin(&mut *file, &mut next, &mut bytes).map_err(failed("write", &path))?,
    };
    Ok(Recovered { replay, position: Position { file, bytes, next }, secret })
}

/// Writes the first record of a new journal. Not through the queue: there is no journal before it.
fn begin(file: &mut dyn super::LogFile, next: &mut Lsn, bytes: &mut u64) -> std::io::Result<TokenSecret> {
    let secret = TokenSecret::random();
    let frame = super::compact::frame_of(*next, &[Record::Secret(secret.0)]);
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
        let frame = Frame::read(&bytes, offset).map_err(|broken| damaged(&format!("{broken:?}")))?;
        let records = frame.decode().ok_or_else(|| damaged("its records cannot be read"))?;
        offset = frame.end;
        records.into_iter().for_each(|record| replay.apply_snapshot(record));
    }
    replay.report.bytes += bytes.len() as u64;
    if replay.ended_with.take() != Some(replay.sessions.len() as u64) {
        return Err(damaged(&path, offset, "it does not hold as many sessions as it says"));
    }
    Ok(())
}

/// Returns the number of the next record and the segment's length.
fn read_segment(path: &Path, first: Lsn, is_last: bool, replay: &mut Replay) -> Result<(Lsn, u64), OpenError> {
    let bytes = fs::read(path).map_err(failed("read", path))?;
    let (next, good) = replay_bytes(path, &bytes, first, replay)?;
    let torn = (bytes.len() - good) as u64;
    if torn > 0 && !is_last {
        return Err(damaged(path, good, "it ends within a group, and another segment follows"));
    }
    if torn > 0 {
        let file = fs::OpenOptions::new().write(true).open(path).map_err(failed("open", path))?;
        file.set_len(good as u64).and_then(|()| file.sync_all()).map_err(failed("cut", path))?;
        replay.report.torn_bytes = torn;
    }
    replay.report.bytes += good as u64;
    Ok((next, good as u64))
}

/// Applies the whole groups of a segment whose first record is `first`. Returns the number of the next record and how
/// many bytes were whole.
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
            Err(Broken::Version(version)) => {
                return Err(damaged(path, offset, &format!("version {version}: written by another release")));
            }
            Err(broken) => return torn_or_damaged(path, bytes, offset, broken).map(|()| (next, offset)),
        };
        if frame.first != next {
            return Err(OpenError::Gap { path: path.to_owned(), expected: next, found: frame.first });
        }
        let records = frame.decode().ok_or_else(|| damaged(path, offset, "its records cannot be read"))?;
        for record in records {
            replay.apply(next, record);
            next += 1;
        }
        offset = frame.end;
    }
    Ok((next, offset))
}

/// A broken group with nothing whole behind it was being written when the process died. With a whole one behind it, it
/// was on the disk once.
fn torn_or_damaged(path: &Path, bytes: &[u8], offset: usize, broken: Broken) -> Result<(), OpenError> {
    match Frame::find_behind(bytes, offset) {
        None => Ok(()),
        Some(behind) => Err(damaged(path, offset, &format!("{broken:?}, and a whole group at byte {behind}"))),
    }
}

fn damaged(path: &Path, offset: usize, reason: &str) -> OpenError {
    OpenError::Damaged { path: path.to_owned(), offset: offset as u64, reason: reason.to_owned() }
}
