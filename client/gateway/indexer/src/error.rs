//! Errors, and what to do about them.

use crate::block::BlockHash;
use tick_stream_primitives::{BlockNumber, StreamId};

/// Failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL does not name a supported database. The password is left out of the message.
    #[error(
        "the database URL {0:?} is not supported; write `sqlite:/path/to/index.db` or `postgres://user@host/name`"
    )]
    Url(String),
    /// The connection could not be made.
    #[error(
        "cannot connect to the database: {0}; check that the URL is right, that the server runs, and that the folder of an \
         SQLite file exists and is writable"
    )]
    Connect(#[source] sqlx::Error),
    /// The tables could not be created or brought up to date.
    #[error(
        "cannot bring the tables of the database up to date: {0}; if a newer version of this program wrote the database, \
         run that version, and if another program did, use another URL"
    )]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// No connection became free in time.
    #[error("all database connections are in use; the database is too slow for the load or serves too many replicas")]
    Busy,
    /// A statement failed.
    #[error("the database failed to {what}: {source}; check that it runs and that its disk is not full")]
    Statement {
        /// What the statement was to do, as a verb phrase.
        what: &'static str,
        /// Error of the driver.
        source: sqlx::Error,
    },
    /// A stored value cannot be read.
    #[error(
        "the database holds an unreadable value in `{column}`; run `vilokanam-gateway reset-index` to have the index built \
         again"
    )]
    Corrupt {
        /// Column of the value.
        column: &'static str,
    },
    /// A number does not fit into the database's integers.
    #[error("{what} is {value}, which is above 2^63 and cannot be stored")]
    TooLarge {
        /// What the number is, as a noun phrase.
        what: &'static str,
        /// The number.
        value: u64,
    },
    /// The database holds the index of another chain.
    #[error(
        "the database holds the index of the chain with genesis {stored:#x}, but the node's chain has {given:#x}; use another \
         database, or run `vilokanam-gateway reset-index` to have the index built again"
    )]
    OtherChain {
        /// Hash of block 0 in the database.
        stored: BlockHash,
        /// Hash of block 0 that was given.
        given: BlockHash,
    },
    /// The database is not bound to a chain yet.
    #[error("the database is not bound to a chain yet; call `bind_chain` first")]
    NotBound,
}

impl StoreError {
    /// Converts an error of the driver.
    pub(crate) fn at(what: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| match source {
            sqlx::Error::PoolTimedOut => Self::Busy,
            source => Self::Statement { what, source },
        }
    }
}

/// A block cannot be applied. None of the blocks given with it was applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Blocks are missing in between.
    #[error("block {got} does not follow block {last}; apply block {} first", last.saturating_add(1))]
    Gap {
        /// Last block in the index.
        last: BlockNumber,
        /// Block that was given.
        got: BlockNumber,
    },
    /// The block builds on another chain.
    #[error(
        "block {number} builds on {got:#x}, but the index has {stored:#x} there; finalized blocks never change, so the node \
         follows another chain: check the node's URL, or run `vilokanam-gateway reset-index` to have the index built again"
    )]
    WrongParent {
        /// Number of the block that was given.
        number: BlockNumber,
        /// Hash of the block before it in the index.
        stored: BlockHash,
        /// Parent hash that was given.
        got: BlockHash,
    },
    /// The index has another block of this number.
    #[error(
        "block {number} is {stored:#x} in the index, but {got:#x} at the node; finalized blocks never change, so the node \
         follows another chain: check the node's URL, or run `vilokanam-gateway reset-index` to have the index built again"
    )]
    OtherBlock {
        /// Number of the block that was given.
        number: BlockNumber,
        /// Hash in the index.
        stored: BlockHash,
        /// Hash that was given.
        got: BlockHash,
    },
    /// Too many blocks or events were given at once.
    #[error("{got} {what} were given at once, but at most {limit} are allowed")]
    TooMany {
        /// What there is too much of, in the plural.
        what: &'static str,
        /// Number that was given.
        got: usize,
        /// Maximum number.
        limit: usize,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A query cannot be answered. All but [`QueryError::Store`] are faults of the request.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The cursor does not belong to this list.
    #[error("the cursor does not belong to this list; request the first page without a cursor")]
    BadCursor,
    /// The number of entries is out of range.
    #[error("a page may have 1 to {max} entries, not {got}")]
    BadLimit {
        /// Number that was given.
        got: u32,
        /// Maximum number.
        max: u32,
    },
    /// The range of time is empty or too long.
    #[error(
        "the range of time must end after it begins and have at most {max} buckets; request a shorter range or longer \
         buckets"
    )]
    BadRange {
        /// Maximum number of buckets.
        max: u64,
    },
    /// The lowest price is above the highest.
    #[error("the lowest price is above the highest; swap them")]
    BadPriceRange,
    /// The search text is too long.
    #[error("a search may have at most {max} characters, not {got}")]
    SearchTooLong {
        /// Number of characters that was given.
        got: usize,
        /// Maximum number.
        max: usize,
    },
    /// Too many ids to filter by.
    #[error("a list can be filtered by at most {max} streams, not {got}")]
    TooManyIds {
        /// Number that was given.
        got: usize,
        /// Maximum number.
        max: usize,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The gateway's own records cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum GatewayStateError {
    /// The stream has no broadcast of this number.
    #[error("stream {stream} has no broadcast {number}; begin one first")]
    BroadcastUnknown {
        /// Stream of the broadcast.
        stream: StreamId,
        /// Number of the broadcast.
        number: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
