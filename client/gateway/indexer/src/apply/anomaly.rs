//! Facts that do not fit what the index has.

use super::MAX_ANOMALIES;
use tick_stream_primitives::{BlockNumber, SessionId, StreamId};

/// A fact that does not fit what the index has. It stops nothing, because a stopped index helps nobody; it should be
/// logged. With an index that began in the middle of the chain's life some are to be expected.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Anomaly {
    /// A session the index never saw opened, or saw closed before. Only stream and totals were counted.
    #[error("block {block}: session {session} is not open in the index; it was opened before the index began")]
    SessionNotOpen {
        /// Where.
        block: BlockNumber,
        /// Which.
        session: SessionId,
    },
    /// A session was opened that the index has. The first opening stands.
    #[error("block {block}: session {session} was opened a second time; the first opening stands")]
    SessionOpenedTwice {
        /// Where.
        block: BlockNumber,
        /// Which.
        session: SessionId,
    },
    /// A session closed with other sums than its settlements add up to. Those of the close stand.
    #[error("block {block}: session {session} closed with other sums than were settled; those of the close stand")]
    SessionSumsDiffer {
        /// Where.
        block: BlockNumber,
        /// Which.
        session: SessionId,
    },
    /// A stream the index never saw. What its creator and splits earned is lost to the index.
    #[error("block {block}: stream {stream} is unknown; it was created before the index began")]
    StreamUnknown {
        /// Where.
        block: BlockNumber,
        /// Which.
        stream: StreamId,
    },
    /// The parts of an income could not be worked out again from its settlements, so what the splits got together was
    /// divided by their shares: sums are right, single accounts may be off by a few planck.
    #[error("block {block}: the income of stream {stream} is shared by other rates than the index knows; splits are estimates")]
    SharesEstimated {
        /// Where.
        block: BlockNumber,
        /// Which.
        stream: StreamId,
    },
}

/// The first anomalies, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Anomalies {
    described: Vec<Anomaly>,
    count: usize,
}

impl Anomalies {
    pub fn push(&mut self, anomaly: Anomaly) {
        self.count += 1;
        if self.described.len() < MAX_ANOMALIES {
            self.described.push(anomaly);
        }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn take_described(&mut self) -> Vec<Anomaly> {
        std::mem::take(&mut self.described)
    }
}
