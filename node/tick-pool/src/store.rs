//! The database: a record for each row, in RocksDB.
//!
//! | key | value |
//! | --- | --- |
//! | `m` `genesis` | genesis hash of the chain that the rows belong to |
//! | `r` kind (`o` open, `c` claim, `x` close) session | version of the encoding, then the [`Record`] |

use crate::entry::{row_id, row_parts, Record, Unusable, KINDS};
use crate::error::{OpenError, StorageError};
use crate::logging::LOG_TARGET;
use rocksdb::{DBCompressionType, Direction, IteratorMode, Options, WriteBatch, WriteOptions, DB};
use std::path::Path;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{GenesisHash, RowKind, SessionId};

const GENESIS_KEY: &[u8] = b"mgenesis";
const ROW_PREFIX: u8 = b'r';
const ROW_KEY_BYTES: usize = 18;

/// Bytes of new writes that RocksDB keeps in memory before it writes a table file.
const WRITE_BUFFER_BYTES: usize = 8 * 1024 * 1024;
/// Size of the write-ahead log beyond which RocksDB writes a table file at once. Bounds the time that a start takes.
const MAX_WAL_BYTES: u64 = 64 * 1024 * 1024;
/// Number of table files that RocksDB keeps open.
const MAX_OPEN_FILES: i32 = 64;
/// Number of log files of its own that RocksDB keeps.
const MAX_LOG_FILES: usize = 2;
/// Size of one such log file in bytes.
const MAX_LOG_BYTES: usize = 1024 * 1024;

type KeyValue = (Box<[u8]>, Box<[u8]>);

/// Open database.
pub(crate) struct Store {
    db: DB,
}

impl Store {
    /// Opens the database in `path` and reads all rows. Damaged records, records of another chain and tickets of an
    /// earlier version are deleted, with a log line.
    ///
    /// # Errors
    ///
    /// When the folder cannot be created, or the database is in use or damaged.
    pub fn open(path: &Path, genesis: &GenesisHash) -> Result<(Self, Vec<(SessionId, Record)>), OpenError> {
        std::fs::create_dir_all(path).map_err(|source| OpenError::Folder { path: path.into(), source })?;
        let failed = |source| OpenError::Database { path: path.into(), source };
        let store = Self { db: DB::open(&options(), path).map_err(failed)? };
        store.keep_to_chain(genesis).map_err(failed)?;
        let records = store.load(genesis).map_err(failed)?;
        Ok((store, records))
    }

    /// Deletes all rows if the database belongs to another chain.
    fn keep_to_chain(&self, genesis: &GenesisHash) -> Result<(), rocksdb::Error> {
        match self.db.get(GENESIS_KEY)? {
            Some(found) if found == genesis => return Ok(()),
            Some(_) => log::warn!(
                target: LOG_TARGET,
                "The tick pool's database belongs to a chain with another genesis block; its rows are deleted.",
            ),
            None => {}
        }
        let mut batch = WriteBatch::default();
        for item in self.rows() {
            batch.delete(item?.0);
        }
        batch.put(GENESIS_KEY, genesis);
        self.db.write_opt(batch, &write_options(true))
    }

    fn rows(&self) -> impl Iterator<Item = Result<KeyValue, rocksdb::Error>> + '_ {
        self.db
            .iterator(IteratorMode::From(&[ROW_PREFIX], Direction::Forward))
            .take_while(|item| item.as_ref().map_or(true, |(key, _)| key.first() == Some(&ROW_PREFIX)))
    }

    fn load(&self, genesis: &GenesisHash) -> Result<Vec<(SessionId, Record)>, rocksdb::Error> {
        let mut records = Vec::new();
        let mut deleted = WriteBatch::default();
        let mut old_tickets = 0_usize;
        for item in self.rows() {
            let (key, value) = item?;
            match read_row(&key, &value, genesis) {
                Ok(row) => records.push(row),
                Err(Unusable::OldTicket) => {
                    old_tickets += 1;
                    deleted.delete(key);
                }
                Err(Unusable::Damaged) => {
                    log::error!(
                        target: LOG_TARGET,
                        "A record of the tick pool's database cannot be read and is deleted: key={}",
                        sp_core::hexdisplay::HexDisplay::from(&&*key),
                    );
                    deleted.delete(key);
                }
            }
        }
        if old_tickets > 0 {
            log::warn!(
                target: LOG_TARGET,
                "Tickets that an earlier version of the node has stored do not name their session key, so they can open \
                 no sessions any more and are deleted: rows={old_tickets}. Viewers sign new ones",
            );
        }
        if !deleted.is_empty() {
            self.db.write_opt(deleted, &write_options(true))?;
        }
        Ok(records)
    }

    /// Writes all changes as one batch. With `sync` they are on disk when this returns.
    ///
    /// # Errors
    ///
    /// When the database fails; then nothing is written.
    pub fn write(&self, changes: &[(RowId, Option<Record>)], sync: bool) -> Result<(), StorageError> {
        let mut batch = WriteBatch::default();
        for (row, record) in changes {
            match record {
                Some(record) => batch.put(row_key(row), record.to_bytes()),
                None => batch.delete(row_key(row)),
            }
        }
        self.db.write_opt(batch, &write_options(sync)).map_err(|error| StorageError::Database(error.into_string()))
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.set_compression_type(DBCompressionType::None);
    options.set_write_buffer_size(WRITE_BUFFER_BYTES);
    options.set_max_total_wal_size(MAX_WAL_BYTES);
    options.set_max_open_files(MAX_OPEN_FILES);
    options.set_keep_log_file_num(MAX_LOG_FILES);
    options.set_max_log_file_size(MAX_LOG_BYTES);
    options
}

fn write_options(sync: bool) -> WriteOptions {
    let mut options = WriteOptions::default();
    options.set_sync(sync);
    options
}

fn kind_byte(kind: RowKind) -> u8 {
    match kind {
        RowKind::Open => b'o',
        RowKind::Claim => b'c',
        RowKind::Close => b'x',
    }
}

pub(crate) fn row_key(row: &RowId) -> [u8; ROW_KEY_BYTES] {
    let (kind, session) = row_parts(row);
    let mut key = [ROW_PREFIX; ROW_KEY_BYTES];
    key[1] = kind_byte(kind);
    key[2..].copy_from_slice(&session.0);
    key
}

fn read_row(key: &[u8], value: &[u8], genesis: &GenesisHash) -> Result<(SessionId, Record), Unusable> {
    let record = Record::from_bytes(value)?;
    let session = key.get(2..).and_then(|id| id.try_into().ok()).map(SessionId).ok_or(Unusable::Damaged)?;
    let kind = KINDS.into_iter().find(|kind| row_key(&row_id(*kind, session)) == *key).ok_or(Unusable::Damaged)?;
    let belongs = match &record {
        Record::Open { ticket, .. } => ticket.ticket.session_id(genesis) == session,
        Record::Close { row, .. } => row.session == session,
        Record::Claim { .. } => true,
    };
    if record.kind() != kind || !belongs {
        return Err(Unusable::Damaged);
    }
    Ok((session, record))
}
