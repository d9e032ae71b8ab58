//! The records of the journal. Each but [`Record::Paid`] states a whole value, so applying it twice changes nothing.

use crate::{keys::KeyRange, session::Session};
use codec::{Decode, Encode};
use tick_stream_primitives::{SessionId, TickHash};

/// Number of a record. Records are numbered from 1, without gaps.
pub(crate) type Lsn = u64;

/// One record, encoded with SCALE.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) enum Record {
    /// Secret from which session tokens are derived. The first record of a journal, and of each snapshot.
    #[codec(index = 0)]
    Secret([u8; 32]),
    /// A session from here on.
    #[codec(index = 1)]
    Session(SessionId, Box<Session>),
    /// A session has revealed `revealed_ticks` in total and bought `keys`, for `charged_ticks` in total.
    #[codec(index = 2)]
    Paid { session: SessionId, revealed_ticks: u32, proof: TickHash, charged_ticks: u32, keys: KeyRange },
    /// A session was removed.
    #[codec(index = 3)]
    Removed(SessionId),
    /// The end of a snapshot, by which a snapshot that was cut off is recognised.
    #[codec(index = 4)]
    End { sessions: u64 },
}
