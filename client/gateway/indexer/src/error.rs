//! What can go wrong, and what to do about it.

use crate::values::HashHex;
use tick_stream_primitives::BlockNumber;

/// The database does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL is of no database this crate knows.
    #[error(
        "the database URL {0:?} is not understood; write `sqlite:/path/to/index.db` or `postgres://user@host/name`"
    )]
    Url(String),
    /// No connection.
    #[error(
        "cannot connect to the database: {0}; check the URL, that the server runs, and that the folder of an SQLite file \
         exists and can be written"
    )]
    Connect(#[source] sqlx::Error),
    /// The tables could not be made or brought up to date.
    #[error(
        "cannot bring the database's tables up to date: {0}; a database that a newer version has written needs that \
         version, and one that is not ours needs another URL"
    )]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// All connections are taken.
    #[error(
        "no database connection became free in time; the database is too slow, or more replicas use it than it bears"
    )]
    Busy,
    /// A statement failed.
    #[error("the database refused to {what}: {source}; if its disk is full make room, if it went away start it again")]
    Statement {
        /// What was tried.
        what: &'static str,
        /// What the driver says.
        source: sqlx::Error,
    },
    /// A stored value makes no sense.
    #[error("the database holds an unreadable value in `{column}`: clear the index (`vilokanam-gateway reset-index`) and let it be built again")]
    Corrupt {
        /// The column.
        column: &'static str,
    },
    /// A number does not fit into the database's integers.
    #[error("{what} {value} is above 2^63 and cannot be stored; no honest chain has such a number")]
    TooLarge {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: u64,
    },
    /// The database is of another chain.
    #[error(
        "the database is an index of the chain with genesis {stored}, but this is {given}; use another database, or \
         clear the index (`vilokanam-gateway reset-index`) and let it be built again"
    )]
    OtherChain {
        /// In the database.
        stored: HashHex,
        /// Of the caller.
        given: HashHex,
    },
    /// Nobody said which chain this is an index of.
    #[error("the database is not bound to a chain yet; call `bind_chain` first")]
    NotBound,
}

impl StoreError {
    /// Turns a driver's error into ours.
    pub(crate) fn at(what: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| match source {
            sqlx::Error::PoolTimedOut => Self::Busy,
            source => Self::Statement { what, source },
        }
    }
}

/// A block cannot be applied. Nothing of it, and of the blocks given with it, was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Blocks are missing in between.
    #[error("block {got} does not follow block {last}; apply {} first", last.saturating_add(1))]
    Gap {
        /// The last block in the index.
        last: BlockNumber,
        /// The block given.
        got: BlockNumber,
    },
    /// The block belongs to another history.
    #[error(
        "block {number} builds on {got}, but the index has {stored} there; finalized blocks never change, so the node is \
         on another chain: check the node's URL, or clear the index (`vilokanam-gateway reset-index`) and let it be built again"
    )]
    WrongParent {
        /// The block given.
        number: BlockNumber,
        /// The hash the index has.
        stored: HashHex,
        /// The parent hash given.
        got: HashHex,
    },
    /// A block of this number is in the index, with another hash.
    #[error(
        "block {number} is in the index as {stored}, but is {got} now; finalized blocks never change, so the node is on \
         another chain: check the node's URL, or clear the index (`vilokanam-gateway reset-index`) and let it be built again"
    )]
    OtherBlock {
        /// The block given.
        number: BlockNumber,
        /// The hash the index has.
        stored: HashHex,
        /// The hash given.
        got: HashHex,
    },
    /// More blocks or facts than may come at once.
    #[error("{got} {what} at once are too many; at most {limit}")]
    TooMany {
        /// Blocks or facts.
        what: &'static str,
        /// How many came.
        got: usize,
        /// How many may.
        limit: usize,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A query cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The cursor is not one this query handed out.
    #[error("the cursor is not one of this list; ask for the first page without a cursor")]
    BadCursor,
    /// The page is too small or too large.
    #[error("a page may have 1 to {max} entries, not {got}")]
    BadLimit {
        /// What was asked for.
        got: u32,
        /// The most.
        max: u32,
    },
    /// The range of time is empty or too long.
    #[error(
        "the range must begin before it ends and span at most {max} buckets; take a shorter range or a coarser unit"
    )]
    BadRange {
        /// The most buckets.
        max: u64,
    },
    /// The prices are the wrong way round.
    #[error("the lowest price is above the highest; swap them")]
    BadPriceRange,
    /// The search text is too long.
    #[error("a search may have at most {max} characters, not {got}")]
    SearchTooLong {
        /// What was asked for.
        got: usize,
        /// The most.
        max: usize,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl QueryError {
    /// Whether the asker can mend it (and not the operator).
    pub fn is_callers_fault(&self) -> bool {
        !matches!(self, Self::Store(_))
    }
}
