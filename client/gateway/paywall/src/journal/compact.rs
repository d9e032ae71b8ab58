//! Replaces full segments by a snapshot of the live sessions, in a thread of its own, while sales go on.
//!
//! The snapshot is taken shard by shard and so is no single moment; each session in it says which record last changed
//! it, and replay skips what it has already seen. Every record before the new segment is in memory by then, because
//! records are queued under the lock of the session they change. A snapshot is put in place only when everything it
//! shows is in the segments too: else a record lost in a crash would leave its number to be used twice.

use super::{
    files::Dir,
    frame::{seal, FRAME_HEADER_BYTES},
    record::Record,
    writer::{Sealed, Watcher},
    Lsn,
};
use crate::{counters::Counters, table::Table, token::TokenSecret};
use codec::Encode;
use std::{
    fs, io,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc::Receiver,
        Arc,
    },
};

/// Sessions in one group of a snapshot: under a MiB.
const MAX_FRAME_SESSIONS: usize = 512;

/// Makes snapshots whenever a segment is full.
pub(crate) struct Compactor {
    pub dir: Dir,
    pub table: Arc<Table>,
    pub secret: TokenSecret,
    pub journal: Watcher,
    pub counters: Arc<Counters>,
    /// Raised to the size of the last snapshot: rewriting everything must not be what the disk is busy with.
    pub compact_at: Arc<AtomicU64>,
    pub compact_at_bytes: u64,
}

impl Compactor {
    /// Until the journal is gone.
    pub fn run(self, sealed: Receiver<Sealed>) {
        for Sealed { next } in sealed {
            match self.snapshot(next) {
                Ok(bytes) => {
                    self.compact_at.store(bytes.max(self.compact_at_bytes), Ordering::Relaxed);
                    self.counters.compactions.one();
                }
                // The segments are still there and still enough; the next full one brings another try.
                Err(_) => self.counters.compactions_failed.one(),
            }
        }
    }

    /// Writes the snapshot that replaces everything before record `next`. Returns its size.
    pub fn snapshot(&self, next: Lsn) -> io::Result<u64> {
        let path = self.dir.snapshot(next);
        let temporary = path.with_extension("tmp");
        let written = self.write(&temporary);
        if written.is_err() {
            // Left over, it would be removed at the next start; its room may be what is missing now.
            let _ = fs::remove_file(&temporary);
        }
        let bytes = written?;
        fs::rename(&temporary, &path)?;
        self.dir.sync()?;
        self.dir.remove_before(next).map_err(io::Error::other)?;
        Ok(bytes)
    }

    fn write(&self, temporary: &std::path::Path) -> io::Result<u64> {
        // A file of this name can only be the rest of an attempt that failed.
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
            for records in self.table.copy_shard(shard).chunks(MAX_FRAME_SESSIONS) {
                append(records)?;
                sessions += records.len() as u64;
                newest = records.iter().map(changed_by).fold(newest, Lsn::max);
            }
        }
        append(&[Record::End { sessions }])?;
        file.sync()?;
        self.journal.block_until(newest).map_err(io::Error::other)?;
        Ok(bytes)
    }
}

fn changed_by(record: &Record) -> Lsn {
    match record {
        Record::Session(_, session) => session.lsn,
        _ => 0,
    }
}

/// `records` as one group.
pub(super) fn frame_of(first: Lsn, records: &[Record]) -> Vec<u8> {
    let mut frame = vec![0; FRAME_HEADER_BYTES];
    records.iter().for_each(|record| record.encode_to(&mut frame));
    seal(&mut frame, first, records.len() as u32);
    frame
}
