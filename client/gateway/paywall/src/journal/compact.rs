//! Compaction: replaces full segments by a snapshot of the sessions, in its own thread, while payments go on.
//!
//! A snapshot is taken shard by shard, so its sessions are of different moments. Each has the number of the record that
//! last changed it, and replay skips the records up to that number. The changes of all records before the new segment
//! are in memory when the snapshot starts, because a record is queued under the lock of the session that it changes.
//!
//! A snapshot is put in place only when every record whose change it shows is on the disk: otherwise a crash could lose
//! such a record, and its number would be used again.

use super::{
    files::Dir,
    frame::frame_of,
    record::{Lsn, Record},
    writer::{Sealed, Watcher},
};
use crate::{counters::Counters, table::Table, token::TokenSecret};
use std::{
    fs, io,
    path::Path,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc::Receiver,
        Arc,
    },
};

/// Sessions in one frame of a snapshot, which is below 1 MiB then.
const MAX_FRAME_SESSIONS: usize = 512;

/// Writes a snapshot whenever a segment is full.
pub(crate) struct Compactor {
    pub dir: Dir,
    pub table: Arc<Table>,
    pub secret: TokenSecret,
    pub journal: Watcher,
    pub counters: Arc<Counters>,
    /// Size at which a segment is full. Raised to the size of the last snapshot, so that snapshots are at most half of
    /// what is written.
    pub compact_at: Arc<AtomicU64>,
    /// Smallest value of `compact_at`.
    pub compact_at_bytes: u64,
}

impl Compactor {
    /// Runs until the journal is dropped.
    pub fn run(self, sealed: Receiver<Sealed>) {
        for Sealed { next } in sealed {
            match self.snapshot(next) {
                Ok(bytes) => {
                    self.compact_at.store(bytes.max(self.compact_at_bytes), Ordering::Relaxed);
                    self.counters.compactions.increment();
                }
                // The segments stay and are sufficient. The next full segment starts another attempt.
                Err(_) => self.counters.compactions_failed.increment(),
            }
        }
    }

    /// Writes the snapshot that replaces all records before `next`. Returns its size in bytes.
    fn snapshot(&self, next: Lsn) -> io::Result<u64> {
        let path = self.dir.snapshot(next);
        let temporary = path.with_extension("tmp");
        let written = self.write(&temporary);
        if written.is_err() {
            // The next start would remove it, but its space may be what is missing now.
            let _ = fs::remove_file(&temporary);
        }
        let bytes = written?;
        fs::rename(&temporary, &path)?;
        self.dir.sync()?;
        self.dir.remove_before(next).map_err(io::Error::other)?;
        Ok(bytes)
    }

    fn write(&self, temporary: &Path) -> io::Result<u64> {
        // A file with this name is left over from a failed attempt.
        match fs::remove_file(temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = self.dir.append_to(temporary)?;
        let (mut bytes, mut sessions, mut newest) = (0, 0, 0);
        let mut append = |records: &[Record]| {
            let frame = frame_of(0, records);
            bytes += frame.len() as u64;
            file.append(&frame)
        };
        append(&[Record::Secret(self.secret.0)])?;
        for shard in 0..Table::SHARDS {
            let copied = self.table.copy_shard(shard);
            sessions += copied.len() as u64;
            newest = copied.iter().map(|(_, session)| session.lsn).fold(newest, Lsn::max);
            let records: Vec<_> = copied.into_iter().map(|(id, session)| Record::Session(id, session)).collect();
            for records in records.chunks(MAX_FRAME_SESSIONS) {
                append(records)?;
            }
        }
        append(&[Record::End { sessions }])?;
        file.sync()?;
        self.journal.block_until(newest).map_err(io::Error::other)?;
        Ok(bytes)
    }
}
