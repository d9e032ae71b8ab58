//! What one record says. All but [`Record::Paid`] are absolute: applying one twice changes nothing.

use crate::{keys::KeyRange, session::Session};
use codec::{Decode, Encode};
use tick_stream_primitives::{SessionId, TickHash};

/// A fact worth an fsync.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) enum Record {
    /// What tokens are made from. The first record of a journal, and of each snapshot.
    #[codec(index = 0)]
    Secret([u8; 32]),
    /// A session as it is from here on.
    #[codec(index = 1)]
    Session(SessionId, Box<Session>),
    /// A session has revealed `ticks` and bought `keys`, which brings what it has spent to `spent`.
    #[codec(index = 2)]
    Paid { session: SessionId, ticks: u32, proof: TickHash, spent: u32, keys: KeyRange },
    /// A session is gone.
    #[codec(index = 3)]
    Removed(SessionId),
    /// The end of a snapshot, so that half of one is never taken for a whole one.
    #[codec(index = 4)]
    End { sessions: u64 },
}
