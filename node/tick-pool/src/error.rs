//! Why a row is not taken. Each sentence says what is wrong and what to do; [`Rejected::fault`] says who has to do it.

use crate::budget::Exhausted;
use crate::chain::ChainError;
use crate::config::MAX_WALK_STEPS;
use std::path::PathBuf;
use tick_stream_primitives::{RowError, SessionId};

/// Who can mend a refusal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Whoever sent the row: sending the same again is useless.
    Sender,
    /// Nobody is wrong: send the same again later.
    Load,
    /// Whoever runs this node.
    Node,
}

/// A row was not taken into the pool.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Rejected {
    /// The claim's session does not exist.
    #[error("The chain has no such session and the pool no ticket for it; send the ticket first.")]
    UnknownSession,
    /// Nothing new in the claim.
    #[error("Ticks up to {known} are pooled or settled already; there is nothing to send before a higher one.")]
    Stale {
        /// The highest tick known.
        known: u32,
    },
    /// The claim goes beyond the session.
    #[error("Tick {ticks} is beyond the session's last one, {max_ticks}; open a new session for more.")]
    AboveMaximum {
        /// What was claimed.
        ticks: u32,
        /// What can be.
        max_ticks: u32,
    },
    /// The claim is too far above what is verified.
    #[error(
        "Tick {verified} is the highest verified one and at most {max} steps are walked at once; \
         send a claim of at most tick {next} first.",
        max = MAX_WALK_STEPS,
        next = .verified.saturating_add(MAX_WALK_STEPS)
    )]
    TooManySteps {
        /// From where the walk would have to begin.
        verified: u32,
    },
    /// The proof is not an element of the chain.
    #[error("The proof does not lead down to the verified tick {verified}; it belongs to another session or tick.")]
    ProofInvalid {
        /// Where the walk had to end.
        verified: u32,
    },
    /// Another ticket of this viewer is pending.
    #[error(
        "The viewer's ticket for session {pending} is not opened yet; \
         wait for it, or replace it by one with the same nonce."
    )]
    ViewerBusy {
        /// The session of the pending ticket.
        pending: SessionId,
    },
    /// The ticket to be replaced has been paid on.
    #[error("Ticks are claimed on the pending ticket, and this one has another anchor; use the next nonce.")]
    TicketInUse,
    /// The runtime would refuse the row.
    #[error("{0}")]
    Refused(RowError),
    /// A budget is spent.
    #[error("The hash budget is spent; send this row again in {} ms.", .0.retry_ms)]
    Busy(#[from] Exhausted),
    /// The pool is full.
    #[error("The pool is full ({entries} rows, {bytes} bytes); send this row again later, or to another node.")]
    PoolFull {
        /// Rows held.
        entries: usize,
        /// Bytes held.
        bytes: usize,
    },
    /// The chain does not answer.
    #[error("The node cannot read the chain's state ({0}); send this row again when it is in sync.")]
    Chain(#[from] ChainError),
    /// The disk does not answer.
    #[error("The node could not write the row down ({0}); send it again, or to another node.")]
    Storage(#[from] StorageError),
}

impl Rejected {
    /// Who can mend it.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Busy(_) | Self::PoolFull { .. } => Fault::Load,
            Self::Chain(_) | Self::Storage(_) => Fault::Node,
            _ => Fault::Sender,
        }
    }

    /// The variant's name, for metrics and logs; of a refusal the chain's own name for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnknownSession => "UnknownSession",
            Self::Stale { .. } => "Stale",
            Self::AboveMaximum { .. } => "AboveMaximum",
            Self::TooManySteps { .. } => "TooManySteps",
            Self::ProofInvalid { .. } => "ProofInvalid",
            Self::ViewerBusy { .. } => "ViewerBusy",
            Self::TicketInUse => "TicketInUse",
            Self::Refused(error) => error.name(),
            Self::Busy(_) => "Busy",
            Self::PoolFull { .. } => "PoolFull",
            Self::Chain(_) => "Chain",
            Self::Storage(_) => "Storage",
        }
    }
}

/// The database did not take a write. What was to be written stays in memory and is tried again with the next row.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StorageError {
    /// It says why.
    #[error("database: {0}")]
    Database(String),
    /// Too much waits for a disk that does not answer.
    #[error("{0} rows wait for the disk already")]
    Backlog(usize),
}

/// The pool could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("the tick pool's folder {path} cannot be created: {source}; check the path and its permissions")]
    Folder {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// RocksDB does not open it.
    #[error(
        "the tick pool's database in {path} cannot be opened: {source}; stop the other node that uses it, \
         or, if it is damaged, move the folder away: gateways send again what was in it"
    )]
    Database {
        /// Where.
        path: PathBuf,
        /// Why.
        source: rocksdb::Error,
    },
    /// Metrics cannot be registered.
    #[error("the tick pool's metrics cannot be registered: {0}")]
    Metrics(#[from] substrate_prometheus_endpoint::PrometheusError),
}
