//! Books: the ticks of a session charged, revealed and settled, and the alarms raised where these disagree.

use crate::phase::Rejection;
use parking_lot::Mutex;
use std::collections::VecDeque;
use tick_stream_primitives::{Balance, SessionId, StreamId};

/// Losses kept for the next call of [`Paywall::alarms`](crate::Paywall::alarms). A full log drops the oldest; the
/// counter `lost_ticks` keeps the sum.
const MAX_LOSSES: usize = 1_000;

/// The books of one session, in ticks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Books {
    /// Ticks whose keys have been given.
    pub charged_ticks: u32,
    /// Highest tick that the viewer has revealed.
    pub revealed_ticks: u32,
    /// Highest tick of the claims submitted since the start.
    pub submitted_ticks: u32,
    /// Ticks settled in the best chain.
    pub settled_ticks: u32,
    /// Ticks settled in finalized blocks.
    pub finalized_settled_ticks: u32,
    /// Price of a tick, in planck.
    pub price_per_tick: Balance,
}

/// Ticks whose keys have been given and that will never be settled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loss {
    /// Id of the session.
    pub session: SessionId,
    /// Stream of the session.
    pub stream: StreamId,
    /// Number of ticks lost.
    pub ticks: u32,
    /// Reason why the ticket was rejected; none for a session that closed before its claim was settled.
    pub rejection: Option<Rejection>,
}

/// A disagreement between the paywall, the viewer and the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Alarm {
    /// The journal cannot be written, for this reason; no key is given.
    Degraded(String),
    /// More ticks were charged than revealed: a defect of the paywall.
    ChargedAboveRevealed(SessionId, Books),
    /// The chain has settled more ticks than the paywall knows of: the journal is an old copy, or two gateways use one
    /// account.
    SettledAboveRevealed(SessionId, Books),
    /// A claim has been unsettled for longer than `alarm_after_ms`.
    NotSettled(SessionId, Books),
    /// The session on chain is not the one that the accepted ticket describes.
    TicketRejected(SessionId, Rejection, Books),
    /// Ticks are lost.
    Lost(Loss),
}

/// The latest losses, until they are reported.
#[derive(Default)]
pub(crate) struct LossLog(Mutex<VecDeque<Loss>>);

impl LossLog {
    /// Adds a loss.
    pub fn add(&self, loss: Loss) {
        let mut losses = self.0.lock();
        if losses.len() == MAX_LOSSES {
            losses.pop_front();
        }
        losses.push_back(loss);
    }

    /// Returns the losses since the last call, the oldest first.
    pub fn take(&self) -> Vec<Loss> {
        self.0.lock().drain(..).collect()
    }
}
