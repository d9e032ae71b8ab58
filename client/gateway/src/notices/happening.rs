//! What happens here that people may want to know, and the queue of it.

use tick_stream_primitives::{AccountId, Balance, StreamId};
use tokio::sync::mpsc;
use vilokanam_wire::people::Subject;

/// Happenings that wait to be turned into notices. More are dropped: a notice is no record.
const MAX_WAITING: usize = 4_096;

/// Something that people may want to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Happening {
    /// A creator is on air.
    WentLive {
        /// The stream.
        stream: StreamId,
    },
    /// A recording can be watched.
    NewRecording {
        /// Its stream.
        stream: StreamId,
        /// Its number.
        number: u64,
    },
    /// A comment was answered.
    Reply {
        /// Author of the comment.
        to: AccountId,
        /// Author of the answer.
        by: AccountId,
        /// What was commented on.
        subject: Subject,
        /// The answer.
        comment: u64,
    },
    /// Earnings were paid out.
    Payout {
        /// Account that was paid.
        account: AccountId,
        /// Amount.
        amount: Balance,
    },
    /// Little is left of what a viewer may spend.
    SpendingLimit {
        /// The viewer.
        account: AccountId,
        /// What is left.
        left: Balance,
    },
    /// An event of a creator's schedule begins soon.
    ScheduleSoon {
        /// The event.
        entry: u64,
    },
    /// A moderator has decided about something of a person's.
    Moderated {
        /// The person.
        account: AccountId,
        /// The decision.
        decision: u64,
    },
}

/// Takes happenings. Clones share one queue.
#[derive(Clone)]
pub struct Notices {
    happenings: mpsc::Sender<Happening>,
}

impl Notices {
    /// Returns the taker, and the queue that it fills.
    pub fn new() -> (Self, mpsc::Receiver<Happening>) {
        let (happenings, queue) = mpsc::channel(MAX_WAITING);
        (Self { happenings }, queue)
    }

    /// Reports that something has happened. Never waits.
    pub fn happened(&self, happening: Happening) {
        if let Err(error) = self.happenings.try_send(happening) {
            tracing::warn!(%error, "a notice is dropped");
        }
    }
}
