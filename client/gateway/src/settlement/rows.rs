//! Rows on their way to the chain.

use tick_stream_primitives::{CloseRow, SessionId, SignedTicket};
use vilokanam_paywall::DueClaim;

/// Rows of one submission.
#[derive(Default)]
pub struct Rows {
    pub opens: Vec<SignedTicket>,
    pub claims: Vec<DueClaim>,
    pub closes: Vec<(SessionId, CloseRow)>,
}

impl Rows {
    pub fn is_empty(&self) -> bool {
        self.opens.is_empty() && self.claims.is_empty() && self.closes.is_empty()
    }
}
