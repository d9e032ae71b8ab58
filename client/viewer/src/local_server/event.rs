//! What happens at a local server.

use crate::key_buyer::SessionEvent;
use tick_stream_primitives::Balance;

/// What happens at a local server, for display.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServerEvent {
    /// Something happened to a session.
    Session(SessionEvent),
    /// A player got a key.
    Key {
        /// Index of the key.
        index: u64,
        /// Whether no tick was revealed for it.
        is_free: bool,
        /// Amount spent so far in planck, fees included.
        spent: Balance,
    },
    /// A player was refused.
    Refused(String),
}
