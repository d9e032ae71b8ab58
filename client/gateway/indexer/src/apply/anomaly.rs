//! Events that do not fit the index.

use tick_stream_primitives::{BlockNumber, SessionId, StreamId};

/// Maximum number of anomalies that [`Applied`](super::Applied) describes; further ones are only counted.
pub const MAX_ANOMALIES: usize = 64;

/// An event that does not fit the index.
///
/// An anomaly is to be logged; it does not stop the index. Some are expected in an index that began after block 0.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Anomaly {
    /// A session that is not open in the index was settled or closed. Only the totals of its stream were changed.
    #[error("block {block}: session {session} is not open in the index, probably because the index began after it was opened")]
    SessionNotOpen {
        /// Block of the event.
        block: BlockNumber,
        /// Session of the event.
        session: SessionId,
    },
    /// A session that is in the index was opened again. The first opening is kept.
    #[error("block {block}: session {session} was opened a second time; the first opening is kept")]
    SessionOpenedTwice {
        /// Block of the event.
        block: BlockNumber,
        /// Session of the event.
        session: SessionId,
    },
    /// A session was closed with other sums than its settlements add up to. The sums of the close are kept.
    #[error(
        "block {block}: session {session} was closed with other sums than were settled; those of the close are kept"
    )]
    SessionSumsDiffer {
        /// Block of the event.
        block: BlockNumber,
        /// Session of the event.
        session: SessionId,
    },
    /// A stream is not in the index. Earnings of its creator and splits were not recorded.
    #[error(
        "block {block}: stream {stream} is not in the index, probably because the index began after it was created"
    )]
    StreamUnknown {
        /// Block of the event.
        block: BlockNumber,
        /// Stream of the event.
        stream: StreamId,
    },
    /// The shares of an income could not be recomputed from its settlements. What the splits received together was divided
    /// by their rates: the sum is exact, single amounts may be off by a few planck.
    #[error("block {block}: the shares of an income of stream {stream} could not be recomputed; those of its splits are estimates")]
    SharesEstimated {
        /// Block of the event.
        block: BlockNumber,
        /// Stream of the event.
        stream: StreamId,
    },
}

/// The first [`MAX_ANOMALIES`] anomalies, and the number of all.
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
