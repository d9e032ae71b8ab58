//! Reasons for which a row is rejected, and other errors. The message of a rejection says what is wrong and what to do.

use crate::budget::Exhausted;
use crate::chain::ChainError;
use crate::config::MAX_WALK_STEPS;
use std::path::PathBuf;
use tick_stream_primitives::{RowError, SessionId};

/// Reason for which a row was not taken into the pool.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Rejected {
    /// The claim's session is neither open on the chain nor opened by a pending ticket.
    #[error("Neither the chain nor the pool knows this session; send its ticket first.")]
    UnknownSession,
    /// The claim is not above what is pooled or settled.
    #[error("Ticks up to {known} are pooled or settled already; send a claim above them when there is one.")]
    Stale {
        /// Highest tick known.
        known: u32,
    },
    /// The claim exceeds the session's maximum.
    #[error("Tick {ticks} exceeds the session's maximum of {max_ticks} ticks; open a new session for more.")]
    AboveMaximum {
        /// Ticks claimed.
        ticks: u32,
        /// Maximum number of ticks of the session.
        max_ticks: u32,
    },
    /// The claim is more than [`MAX_WALK_STEPS`] ticks above the session's head.
    #[error(
        "The claim is more than {max} ticks above the highest verified tick, {verified}; \
         send a claim of at most tick {next} first.",
        max = MAX_WALK_STEPS,
        next = .verified.saturating_add(MAX_WALK_STEPS)
    )]
    TooManySteps {
        /// Tick of the session's head.
        verified: u32,
    },
    /// The proof is not the claimed element of the session's tick chain.
    #[error("The proof does not lead to the verified tick {verified}; it belongs to another session or tick.")]
    ProofInvalid {
        /// Tick of the session's head.
        verified: u32,
    },
    /// Another ticket of the same viewer and session key is pending.
    #[error(
        "The session key's ticket for session {pending} is not opened yet; \
         wait until it is, or replace it with a ticket that has the same nonce."
    )]
    KeyBusy {
        /// Session of the pending ticket.
        pending: SessionId,
    },
    /// The pending ticket has claims, which a ticket with another anchor would make worthless.
    #[error(
        "The pending ticket of this session has claims, and the new ticket has another anchor; use the next nonce."
    )]
    TicketInUse,
    /// The chain would refuse the row.
    #[error("{0}")]
    Refused(RowError),
    /// A budget of hash steps is spent.
    #[error("The budget of hash steps is spent; send this row again in {} ms.", .0.retry_ms)]
    Busy(#[from] Exhausted),
    /// The pool is full.
    #[error("The pool is full ({entries} rows, {bytes} bytes); send this row again later, or to another node.")]
    PoolFull {
        /// Number of rows in the pool.
        entries: usize,
        /// Size of all rows in bytes.
        bytes: usize,
    },
    /// The chain's state cannot be read.
    #[error("The node cannot read the chain's state ({0}); send this row again later.")]
    Chain(#[from] ChainError),
    /// The row could not be written to disk.
    #[error("The node could not write the row to its disk ({0}); send it again, or to another node.")]
    Storage(#[from] StorageError),
}

impl Rejected {
    /// Milliseconds after which it is worth sending the row again, for a rejection that is only about the time.
    pub fn retry_ms(&self) -> Option<u64> {
        match self {
            Self::Busy(exhausted) => Some(exhausted.retry_ms),
            _ => None,
        }
    }

    /// Name of the reason, for programs, metrics and logs. For a row that the chain would refuse it is the name of the
    /// chain's error.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnknownSession => "UnknownSession",
            Self::Stale { .. } => "Stale",
            Self::AboveMaximum { .. } => "AboveMaximum",
            Self::TooManySteps { .. } => "TooManySteps",
            Self::ProofInvalid { .. } => "ProofInvalid",
            Self::KeyBusy { .. } => "KeyBusy",
            Self::TicketInUse => "TicketInUse",
            Self::Refused(error) => error.name(),
            Self::Busy(_) => "Busy",
            Self::PoolFull { .. } => "PoolFull",
            Self::Chain(_) => "Chain",
            Self::Storage(_) => "Storage",
        }
    }
}

/// The database did not take a write. The changes stay in memory and are written together with the next row.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StorageError {
    /// The database failed, with its own message.
    #[error("database: {0}")]
    Database(String),
    /// Too many rows wait to be written, because the disk has failed for a while.
    #[error("{0} rows wait for the disk already")]
    Backlog(usize),
}

/// The pool could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder of the database cannot be created.
    #[error("the tick pool's folder {path} cannot be created: {source}; check the path and its permissions")]
    Folder {
        /// Path of the folder.
        path: PathBuf,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// The database cannot be opened.
    #[error(
        "the tick pool's database in {path} cannot be opened: {source}; stop the other node that uses it, \
         or, if it is damaged, move the folder away: gateways send again what was in it"
    )]
    Database {
        /// Path of the database's folder.
        path: PathBuf,
        /// Error of the database.
        source: rocksdb::Error,
    },
    /// The metrics cannot be registered.
    #[error("the tick pool's metrics cannot be registered: {0}")]
    Metrics(#[from] substrate_prometheus_endpoint::PrometheusError),
}
