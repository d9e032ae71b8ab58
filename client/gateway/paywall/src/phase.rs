//! How far a session has come, and the two ways in which it stops accepting payments: ended by the gateway, or
//! rejected.

use codec::{Decode, Encode};
use std::fmt;

/// How far the opening of a session has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub enum Phase {
    /// In no block yet.
    Offered,
    /// In a block of the best chain, which a reorganisation may undo.
    Included,
    /// In a finalized block.
    Finalized,
}

/// Reason for which a ticket that was accepted is worthless.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Rejection {
    /// The session on chain is for another stream.
    OtherStream,
    /// The session on chain is for another gateway.
    OtherGateway,
    /// The session on chain has a higher price than the ticket allows.
    OtherPrice,
    /// The session on chain has another maximum of ticks.
    OtherMaximum,
    /// The session on chain has another tick chain.
    OtherChain,
    /// The session on chain belongs to another viewer.
    OtherViewer,
    /// The ticket expired before it was opened.
    ExpiredUnopened,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherStream => "the session opened on chain is for another stream",
            Self::OtherGateway => "the session opened on chain is for another gateway",
            Self::OtherPrice => "the session opened on chain costs more than the ticket allows",
            Self::OtherMaximum => "the session opened on chain has another maximum of ticks",
            Self::OtherChain => "the session opened on chain has another tick chain",
            Self::OtherViewer => "the session opened on chain belongs to another viewer",
            Self::ExpiredUnopened => "the ticket expired before it was opened",
        })
    }
}

/// Reason for which the gateway ends a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub enum Ending {
    /// The viewer has asked for it.
    Requested,
    /// The viewer has paid nothing for `idle_close_ms`.
    Idle,
    /// All `max_ticks` are charged.
    Exhausted,
}
