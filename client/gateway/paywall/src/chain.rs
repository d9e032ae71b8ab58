//! What the chain did, fed in by whoever follows it. Every call may be repeated. Order within a block: deposits last,
//! then [`Paywall::block`].
//!
//! None of these waits for the disk: the chain remembers its own, and after a restart the caller feeds the state of
//! every session again. A journal that cannot take a record any more has degraded the paywall already.

use crate::{
    claims::Loss,
    journal::Record,
    offer::checks::needed,
    paywall::Paywall,
    session::{Death, Phase, Session},
    table::Shard,
    terms::{Seen, StreamTerms},
};
use tick_stream_primitives::{
    state::Session as ChainSession, AccountId, BlockNumber, Closing, Deposit, Moment, SessionId, StreamId,
};

impl Paywall {
    /// A stream is new or changed. False when `max_streams` are known and this is one more.
    pub fn stream(&self, terms: StreamTerms) -> bool {
        self.streams.set(terms, self.config.max_streams)
    }

    /// A stream is gone.
    pub fn stream_gone(&self, stream: StreamId) {
        self.streams.remove(stream);
    }

    /// What is known of a stream.
    pub fn terms(&self, stream: StreamId) -> Option<StreamTerms> {
        self.streams.get(stream)
    }

    /// The chain is so high, and its clock says `moment_ms`. With a finalized block, tickets that nobody opened in time
    /// die.
    pub fn block(&self, number: BlockNumber, moment_ms: Moment, seen: Seen) {
        self.heights.set(number, moment_ms, seen);
        if seen == Seen::Finalized {
            let expired = self.admission.expired(self.heights.finalized());
            expired.iter().for_each(|id| self.expire(id, moment_ms));
        }
    }

    /// The best and the finalized block's number, and the best one's clock.
    pub fn heights(&self) -> (BlockNumber, BlockNumber, Moment) {
        (self.heights.best(), self.heights.finalized(), self.heights.moment_ms())
    }

    /// A session of this gateway is on chain, in this state. For `SessionOpened`, after a reorganisation, and for every
    /// session after a restart. A session nobody offered here was opened by a wallet; it is taken in.
    pub fn opened(&self, id: SessionId, chain: &ChainSession, seen: Seen) {
        let mut shard = self.table.lock(&id);
        if !shard.contains_key(&id) {
            if chain.gateway != self.config.gateway || self.table.len() >= self.config.max_sessions {
                return;
            }
            let mut adopted = Session::adopted(chain);
            adopted.live.token = self.secret.token(&id, &adopted.anchor);
            adopted.live.paid_ms = self.heights.moment_ms();
            self.table.insert(&mut shard, id, Box::new(adopted));
        }
        let was_dead = shard.get(&id).is_some_and(|session| session.death.is_some());
        let died = self.change(&mut shard, &id, |session| {
            session.death = session.differs_from(&id, chain, &self.config);
            if session.death.is_none() {
                session.follow(chain, seen, self.heights.moment_ms());
            }
            (session.death.is_some() && !was_dead).then(|| (session.viewer.clone(), session.spent))
        });
        drop(shard);
        match died.flatten() {
            Some((viewer, spent)) => self.mourn(&id, &viewer, spent, self.heights.moment_ms()),
            None => self.admission.leave(&id),
        }
    }

    /// Its open was undone: it is a ticket again, with a ticket's credit.
    pub fn reorged_out(&self, id: SessionId) {
        let mut shard = self.table.lock(&id);
        let lifetime = self.config.ticket_lifetime_blocks;
        let waits = self.change(&mut shard, &id, |session| {
            if session.phase == Phase::Final {
                return None;
            }
            session.phase = Phase::Unopened;
            session.death = None;
            session.closing = None;
            session.is_closed = false;
            session.settled_best = session.base_ticks;
            session.live.submitted_ticks = 0;
            if session.signed.is_none() {
                session.expires_at = self.heights.best().saturating_add(lifetime);
            }
            Some((session.viewer.clone(), session.expires_at))
        });
        drop(shard);
        if let Some((viewer, expires_at)) = waits.flatten() {
            self.admission.wait_again(id, viewer, expires_at);
        }
    }

    /// `TicksSettled`: so many in all.
    pub fn settled(&self, id: SessionId, settled_ticks: u32, seen: Seen) {
        let mut shard = self.table.lock(&id);
        let moment_ms = self.heights.moment_ms();
        self.change(&mut shard, &id, |session| session.settle(settled_ticks, seen, moment_ms));
    }

    /// `SessionClosing`, or a `closing` in the session's state: nothing is sold from here on.
    pub fn closing(&self, id: SessionId, closing: Closing) {
        let mut shard = self.table.lock(&id);
        self.change(&mut shard, &id, |session| session.closing = Some(closing));
    }

    /// `SessionClosed`, with so many settled in all. Final, the session is forgotten; what was never paid is booked.
    pub fn closed(&self, id: SessionId, settled_ticks: u32, seen: Seen) {
        let mut shard = self.table.lock(&id);
        let moment_ms = self.heights.moment_ms();
        self.change(&mut shard, &id, |session| {
            session.settle(settled_ticks, seen, moment_ms);
            session.is_closed = true;
        });
        if seen == Seen::Finalized {
            self.remove(&mut shard, &id);
            drop(shard);
            self.admission.leave(&id);
        }
    }

    /// A viewer's deposit has changed, and is this in the best state. Only matters while a ticket of the viewer waits: one
    /// whose money was withdrawn gets no more credit.
    pub fn deposit(&self, viewer: &AccountId, deposit: Option<&Deposit>) {
        let Some(id) = self.admission.waiting_of(viewer) else { return };
        let mut shard = self.table.lock(&id);
        self.change(&mut shard, &id, |session| {
            let needed = needed(session.price_per_tick, session.max_ticks, &self.config);
            let delegation = deposit.and_then(|deposit| deposit.delegation.as_ref());
            let may = delegation.map_or(0, |delegation| delegation.allowance);
            let has = deposit.map_or(0, |deposit| deposit.free);
            session.is_uncovered = needed.is_none_or(|needed| has.min(may) < needed);
        });
    }

    /// A ticket that waited died unopened.
    fn expire(&self, id: &SessionId, now_ms: Moment) {
        let mut shard = self.table.lock(id);
        let Some(waits) = shard.get(id).map(|session| session.phase == Phase::Unopened) else { return };
        if !waits {
            return self.admission.leave(id);
        }
        let dead = self.change(&mut shard, id, |session| {
            let death = *session.death.get_or_insert(Death::NeverOpened);
            (death == Death::NeverOpened).then(|| (session.viewer.clone(), session.spent))
        });
        self.remove(&mut shard, id);
        drop(shard);
        if let Some((viewer, spent)) = dead.flatten() {
            self.mourn(id, &viewer, spent, now_ms);
        }
    }

    /// A ticket died. What it bought is remembered against its viewer and its prefix.
    fn mourn(&self, id: &SessionId, viewer: &AccountId, spent: u32, now_ms: Moment) {
        if spent == 0 {
            return self.admission.leave(id);
        }
        self.counters.tickets_dead.one();
        self.admission.lose(id, viewer, now_ms, &self.config);
    }

    /// Forgets a session and books what nobody will pay.
    pub(crate) fn remove(&self, shard: &mut Shard, id: &SessionId) {
        let Some(session) = self.table.remove(shard, id) else { return };
        // Not awaited: a session that comes back after a crash is removed again by the same event.
        let _ = self.journal().and_then(|journal| journal.append(&Record::Removed(*id)));
        self.counters.sessions_removed.one();
        // What is settled in the twin of a dead ticket was paid to somebody else.
        let paid = if session.death.is_some() { session.base_ticks } else { session.settled_best };
        let lost_ticks = session.spent.saturating_sub(paid);
        if lost_ticks > 0 {
            self.counters.ticks_lost.add(u64::from(lost_ticks));
            self.losses.book(Loss { session: *id, stream: session.stream, ticks: lost_ticks, death: session.death });
        }
    }

    /// Changes a session and writes it down if that made a difference.
    pub(crate) fn change<R>(
        &self,
        shard: &mut Shard,
        id: &SessionId,
        change: impl FnOnce(&mut Session) -> R,
    ) -> Option<R> {
        let session = shard.get_mut(id)?;
        let before = session.durable_part();
        let result = change(session);
        if session.lsn == 0 || session.durable_part() != before {
            // See the module's documentation for why the result is not waited for.
            let _ = self.record(id, session);
        }
        Some(result)
    }
}

impl Session {
    /// Takes over the chain's view. The finalized one is older than the best: it never takes back what that has shown.
    fn follow(&mut self, chain: &ChainSession, seen: Seen, moment_ms: Moment) {
        self.price_per_tick = chain.price_per_tick;
        self.opened_at = chain.opened_at;
        self.is_uncovered = false;
        if chain.settled_ticks > self.ticks {
            self.ticks = chain.settled_ticks;
            self.proof = chain.head;
        }
        match seen {
            Seen::Best => {
                self.phase = self.phase.max(Phase::InBlock);
                if chain.settled_ticks > self.settled_best {
                    self.live.settled_ms = moment_ms;
                }
                self.settled_best = chain.settled_ticks.max(self.settled_final);
                self.closing = chain.closing;
                self.is_closed = false;
            }
            Seen::Finalized => {
                self.phase = Phase::Final;
                self.signed = None;
                self.closing = self.closing.or(chain.closing);
                self.settle(chain.settled_ticks, seen, moment_ms);
            }
        }
    }

    fn settle(&mut self, settled_ticks: u32, seen: Seen, moment_ms: Moment) {
        if settled_ticks > self.settled_best {
            self.settled_best = settled_ticks;
            self.live.settled_ms = moment_ms;
            // What is left came after it was claimed; the last payment is the youngest that it can be.
            let is_unsettled = self.ticks > settled_ticks;
            self.live.unsettled_since_ms = if is_unsettled { self.live.paid_ms } else { 0 };
        }
        if seen == Seen::Finalized {
            self.settled_final = self.settled_final.max(settled_ticks);
        }
    }

    /// What of it a chain event can change, cheap to compare.
    fn durable_part(&self) -> impl PartialEq {
        (
            (self.phase, self.price_per_tick, self.opened_at, self.closing, self.is_closed, self.ending, self.death),
            (self.is_uncovered, self.ticks, self.settled_best, self.settled_final, self.signed.is_some()),
        )
    }
}
