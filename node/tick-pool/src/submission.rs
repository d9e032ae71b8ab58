//! Rows as gateways send them, and the pool's verdicts on them.

use crate::error::Rejected;
use tick_stream_primitives::{CloseRow, RowKind, SessionId, SignedTicket, TickHash};

/// Claim as a gateway sends it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SubmittedClaim {
    /// Session that the ticks belong to.
    pub session: SessionId,
    /// Highest tick the viewer has revealed.
    pub ticks: u32,
    /// Element `ticks` of the session's tick chain.
    pub proof: TickHash,
}

/// Rows of one call; the caller bounds their number. They are taken in the order opens, claims, closes, so a ticket may
/// come together with the first claim on it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Submission {
    /// Tickets to open.
    pub opens: Vec<SignedTicket>,
    /// Claims to settle. Several claims on one session go from low to high.
    pub claims: Vec<SubmittedClaim>,
    /// Sessions to close.
    pub closes: Vec<CloseRow>,
}

/// What happened to an accepted row, which is in the pool and on disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Accepted {
    /// The row is new.
    Added,
    /// The row has replaced another one.
    Replaced,
    /// The pool held the row already, or the chain has carried it out.
    Known,
}

/// Verdict on a row.
pub type Answer = Result<Accepted, Rejected>;

/// Verdicts on all rows of a call, in the order in which the rows were sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answers {
    /// Verdicts on the tickets.
    pub opens: Vec<Answer>,
    /// Verdicts on the claims.
    pub claims: Vec<Answer>,
    /// Verdicts on the closes.
    pub closes: Vec<Answer>,
}

impl Answers {
    /// All verdicts, with the kinds of their rows.
    pub(crate) fn all(&self) -> impl Iterator<Item = (RowKind, &Answer)> {
        let opens = self.opens.iter().map(|answer| (RowKind::Open, answer));
        let claims = self.claims.iter().map(|answer| (RowKind::Claim, answer));
        let closes = self.closes.iter().map(|answer| (RowKind::Close, answer));
        opens.chain(claims).chain(closes)
    }

    /// All verdicts, to be changed.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Answer> {
        self.opens.iter_mut().chain(&mut self.claims).chain(&mut self.closes)
    }
}

/// Whether the row has entered the pool with this call.
pub(crate) fn is_new(answer: &Answer) -> bool {
    matches!(answer, Ok(Accepted::Added | Accepted::Replaced))
}
