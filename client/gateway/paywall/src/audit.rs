//! Comparison of the ticks that the paywall has charged with those that viewers revealed and the chain settled.

use crate::{
    books::{Alarm, Books},
    paywall::Paywall,
    phase::Phase,
    session::Session,
};
use tick_stream_primitives::{Moment, SessionId};

/// Largest number of alarms returned at once.
const MAX_ALARMS: usize = 1_000;

impl Paywall {
    /// Returns the books of a session.
    pub fn books(&self, session: &SessionId) -> Option<Books> {
        self.table.lock(session).get(session).map(|known| known.books())
    }

    /// Returns every disagreement between paywall and chain, at most 1,000. Walks the whole table. A loss is returned
    /// once, any other alarm for as long as its cause lasts.
    pub fn alarms(&self, now_ms: Moment) -> Vec<Alarm> {
        let mut alarms: Vec<_> = self.degraded().map(Alarm::Degraded).into_iter().collect();
        let (fees, config) = (*self.claim_fees.read(), self.config());
        self.table.for_each(|id, session| {
            // A claim that waits until it is worth its fee is as it should be.
            let waits = session.may_wait(&fees, &config);
            let alarm = session.alarm(id, now_ms, config.alarm_after_ms);
            alarms.extend(alarm.filter(|alarm| !waits || !matches!(alarm, Alarm::NotSettled(..))));
        });
        alarms.extend(self.losses.take().into_iter().map(Alarm::Lost));
        alarms.truncate(MAX_ALARMS);
        alarms
    }
}

impl Session {
    fn books(&self) -> Books {
        Books {
            charged_ticks: self.charged_ticks,
            revealed_ticks: self.revealed_ticks,
            submitted_ticks: self.transient.submitted_ticks,
            settled_ticks: self.settled_ticks,
            finalized_settled_ticks: self.finalized_settled_ticks,
            price_per_tick: self.price_per_tick,
        }
    }

    fn alarm(&self, id: &SessionId, now_ms: Moment, alarm_after_ms: u64) -> Option<Alarm> {
        let books = self.books();
        if let Some(rejection) = self.rejection {
            return Some(Alarm::TicketRejected(*id, rejection, books));
        }
        if books.charged_ticks > books.revealed_ticks {
            return Some(Alarm::ChargedAboveRevealed(*id, books));
        }
        if books.settled_ticks > books.revealed_ticks {
            return Some(Alarm::SettledAboveRevealed(*id, books));
        }
        let since_ms = self.transient.unsettled_since_ms;
        let is_unsettled = books.revealed_ticks > books.settled_ticks && since_ms > 0 && self.phase > Phase::Offered;
        (is_unsettled && now_ms.saturating_sub(since_ms) >= alarm_after_ms).then_some(Alarm::NotSettled(*id, books))
    }
}
