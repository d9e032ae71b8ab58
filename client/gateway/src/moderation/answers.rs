//! What moderation answers: whose a subject is, and what was decided about it.

use tick_stream_primitives::AccountId;
use vilokanam_indexer::people::DecisionRow;

/// What is known of a subject.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct About {
    /// Whose it is: the creator of a stream, the author of a text.
    pub person: Option<AccountId>,
    /// What it is called, or the beginning of its text.
    pub title: Option<String>,
}

/// A decision that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    pub row: DecisionRow,
    /// What is left to do by hand.
    pub next_step: Option<String>,
}
