//! Events of the chain, passed in by the gateway as it follows the best and the finalized blocks. Each call may be
//! repeated. Within a block, deposits come last, followed by [`Paywall::block`].
//!
//! None of these calls waits for the disk, since the chain keeps what it says: after a restart the gateway passes in
//! the state of every session again. If the journal cannot take a record, the paywall is degraded already.

use crate::{
    admission::Pending,
    books::Loss,
    error::BelowMinimum,
    journal::Record,
    offer::checks::{required_balance, Prospect},
    paywall::Paywall,
    phase::{Phase, Rejection},
    session::{key_of, Session},
    table::Shard,
    terms::{Seen, StreamTerms},
};
use sp_runtime::Permill;
use tick_stream_primitives::{
    state::Session as ChainSession, AccountId, Balance, BlockNumber, Closing, Deposit, Moment, SessionId, SessionKey,
    StreamId,
};

impl Paywall {
    /// A stream was created or changed. Returns false if it is new and `max_streams` are known already.
    pub fn stream(&self, terms: StreamTerms) -> bool {
        self.streams.set(terms, self.config().max_streams)
    }

    /// A stream no longer exists.
    pub fn stream_gone(&self, stream: StreamId) {
        self.streams.remove(stream);
    }

    /// Returns the terms of a stream.
    pub fn terms(&self, stream: StreamId) -> Option<StreamTerms> {
        self.streams.get(stream)
    }

    /// Checks that a stream with this price of a tick and this share of the gateway is worth serving.
    ///
    /// # Errors
    ///
    /// [`BelowMinimum`] if one of them is too low.
    pub fn check_income(&self, price_per_tick: Balance, gateway_share: Permill) -> Result<(), BelowMinimum> {
        self.config().check_income(price_per_tick, gateway_share)
    }

    /// A block was added to the best or the finalized chain; `moment_ms` is its time. A finalized block rejects the
    /// unopened tickets that have expired by then.
    pub fn block(&self, number: BlockNumber, moment_ms: Moment, seen: Seen) {
        self.heights.set(number, moment_ms, seen);
        if seen == Seen::Finalized {
            let expired = self.admission.expired(self.heights.finalized());
            expired.iter().for_each(|id| self.expire(id, moment_ms));
        }
    }

    /// Returns the numbers of the best and of the finalized block, and the time of the best one in milliseconds since
    /// the Unix epoch.
    pub fn heights(&self) -> (BlockNumber, BlockNumber, Moment) {
        (self.heights.best(), self.heights.finalized(), self.heights.moment_ms())
    }

    /// A session of this gateway is on chain, in the state `chain`. To be called for `SessionOpened`, after a
    /// reorganisation, and for every session after a restart. A session that was not offered here was opened by the
    /// viewer's wallet, and is added.
    pub fn opened(&self, id: SessionId, chain: &ChainSession, seen: Seen) {
        let config = self.config();
        let mut shard = self.table.lock(&id);
        let is_ours = chain.gateway == config.gateway;
        if !shard.contains_key(&id) {
            if self.table.len() >= config.max_sessions || self.unserved.contains(&id) {
                return self.note_unserved(is_ours, id, chain.stream, seen);
            }
            if !is_ours {
                return;
            }
            let mut session = Session::from_chain(chain);
            session.transient.token = self.secret.token(&id, &session.anchor);
            session.transient.last_payment_ms = self.heights.moment_ms();
            self.table.insert(&mut shard, id, Box::new(session));
        }
        let rejected = self.change(&mut shard, &id, |session| {
            let was_rejected = session.rejection.is_some();
            session.rejection = session.mismatch(&id, chain, &config);
            if session.rejection.is_none() {
                session.follow(chain, seen, self.heights.moment_ms());
            }
            (session.rejection.is_some() && !was_rejected).then(|| (session.viewer.clone(), session.charged_ticks))
        });
        if shard.get(&id).is_some_and(|session| session.rejection.is_some()) {
            self.note_unserved(is_ours, id, chain.stream, seen);
        }
        let is_in_block = |session: &&mut Box<Session>| session.phase == Phase::Included && session.rejection.is_none();
        let included = shard.get_mut(&id).filter(is_in_block).map(|session| self.pending(session));
        drop(shard);
        match (rejected.flatten(), included) {
            (Some((viewer, charged_ticks)), _) => {
                self.on_ticket_rejected(&id, &viewer, charged_ticks, self.heights.moment_ms());
            }
            (None, Some(pending)) => self.admission.include(id, pending),
            (None, None) => self.admission.remove(&id),
        }
    }

    /// Notes a session that the gateway does not serve, so that it is closed, if its opening for this gateway is final.
    fn note_unserved(&self, is_ours: bool, id: SessionId, stream: StreamId, seen: Seen) {
        if is_ours && seen == Seen::Finalized {
            self.unserved.add(id, stream);
        }
    }

    /// Returns what the limits on credit have to know of a session.
    pub(crate) fn pending(&self, session: &Session) -> Pending {
        let required = required_balance(session.price_per_tick, session.max_ticks, &self.config());
        let session_key = session.session_key.as_ref().unwrap_or(&session.viewer).clone();
        Pending::new(session.viewer.clone(), session_key, session.expires_at, required.unwrap_or(Balance::MAX))
    }

    /// The opening of a session was undone by a reorganisation: it is a ticket again, with a ticket's credit.
    pub fn reorged_out(&self, id: SessionId) {
        let mut shard = self.table.lock(&id);
        let lifetime = self.config().ticket_lifetime_blocks;
        let unopened = self.change(&mut shard, &id, |session| {
            if session.phase == Phase::Finalized {
                return None;
            }
            session.phase = Phase::Offered;
            session.rejection = None;
            session.closing = None;
            session.is_closed = false;
            session.settled_ticks = session.base_ticks;
            session.transient.submitted_ticks = 0;
            session.transient.first_tick_ms = 0;
            if session.signed.is_none() {
                session.expires_at = self.heights.best().saturating_add(lifetime);
            }
            Some(self.pending(session))
        });
        drop(shard);
        if let Some(pending) = unopened.flatten() {
            self.admission.readmit(id, pending);
        }
    }

    /// `TicksSettled`: the chain has settled `settled_ticks` in total.
    pub fn settled(&self, id: SessionId, settled_ticks: u32, seen: Seen) {
        let mut shard = self.table.lock(&id);
        let moment_ms = self.heights.moment_ms();
        self.change(&mut shard, &id, |session| session.settle(settled_ticks, seen, moment_ms));
    }

    /// `SessionClosing`, or `closing` in the session's state: the session accepts no more payments.
    pub fn closing(&self, id: SessionId, closing: Closing) {
        let mut shard = self.table.lock(&id);
        self.change(&mut shard, &id, |session| session.closing = Some(closing));
    }

    /// `SessionClosed`, with `settled_ticks` settled in total. In a finalized block, the session is removed, and ticks
    /// that were charged but not settled become a [`Loss`].
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
            self.admission.remove(&id);
            self.unserved.remove(&id);
        }
    }

    /// Returns whether the viewer has an unopened ticket, so that [`Paywall::payer`] has to be called when the deposit or a
    /// session key changes.
    pub fn has_unopened(&self, viewer: &AccountId) -> bool {
        self.admission.has_unopened(viewer)
    }

    /// A viewer's deposit or session keys have changed, and are `deposit` and `keys` in the finalized block. An unopened
    /// ticket has no credit unless the chain would open it there, after the viewer's tickets that were accepted before it.
    pub fn payer(&self, viewer: &AccountId, deposit: Option<&Deposit>, keys: &[(AccountId, SessionKey)]) {
        let (promised, unopened) = self.admission.promises_of(viewer);
        let mut left = deposit.cloned().and_then(|deposit| spend(deposit, promised));
        for (id, ticket) in unopened {
            let key = keys.iter().find(|(session_key, _)| *session_key == ticket.session_key).map(|(_, key)| key);
            let mut shard = self.table.lock(&id);
            self.change(&mut shard, &id, |session| {
                let after = left.as_ref().and_then(|deposit| self.after_opening(session, &ticket, deposit, key));
                session.is_uncovered = after.is_none();
                left = after.or(left.take());
            });
        }
    }

    /// Returns the deposit after the opening of a ticket; none if the chain would refuse it.
    fn after_opening(
        &self,
        session: &Session,
        ticket: &Pending,
        deposit: &Deposit,
        key: Option<&SessionKey>,
    ) -> Option<Deposit> {
        // A wallet's own session: its opening was undone, and the wallet's extrinsic may bring it back.
        let Some(signed) = &session.signed else { return spend(deposit.clone(), ticket.required) };
        let terms = self.streams.get(session.stream)?;
        // Its price was checked when it was accepted; a lower one would leave more.
        let price_per_tick = session.price_per_tick;
        let (best, now_ms) = (self.heights.best(), self.heights.moment_ms());
        let config = self.config();
        let prospect = Prospect::new(&signed.ticket, &terms, best, now_ms, &config);
        Prospect { price_per_tick, ..prospect }.open_at_once(deposit, key?).ok().map(|(deposit, _)| deposit)
    }

    /// Removes the unopened tickets that a gateway of version 1 has accepted, which no chain of this version opens. To be
    /// called at the start, when the state of every session has been passed in. Returns the sessions, with their charged
    /// ticks, which are lost.
    pub fn drop_tickets_of_version_1(&self) -> Vec<(SessionId, u32)> {
        let mut obsolete = Vec::new();
        self.table.for_each(|id, session| {
            let is_unopened = session.transient.is_obsolete && session.phase == Phase::Offered;
            obsolete.extend(is_unopened.then_some((*id, session.charged_ticks)));
        });
        for (id, _) in &obsolete {
            self.remove(&mut self.table.lock(id), id);
            self.admission.remove(id);
        }
        obsolete
    }

    /// Rejects and removes a ticket that expired before it was opened.
    fn expire(&self, id: &SessionId, now_ms: Moment) {
        let mut shard = self.table.lock(id);
        let Some(is_unopened) = shard.get(id).map(|session| session.phase == Phase::Offered) else { return };
        if !is_unopened {
            return self.admission.remove(id);
        }
        let expired = self.change(&mut shard, id, |session| {
            let rejection = *session.rejection.get_or_insert(Rejection::ExpiredUnopened);
            (rejection == Rejection::ExpiredUnopened).then(|| (session.viewer.clone(), session.charged_ticks))
        });
        self.remove(&mut shard, id);
        drop(shard);
        if let Some((viewer, charged_ticks)) = expired.flatten() {
            self.on_ticket_rejected(id, &viewer, charged_ticks, now_ms);
        }
    }

    /// A ticket was rejected. If it had bought keys, its credit is lost, and its viewer and IP prefix get less from now
    /// on.
    fn on_ticket_rejected(&self, id: &SessionId, viewer: &AccountId, charged_ticks: u32, now_ms: Moment) {
        if charged_ticks == 0 {
            return self.admission.remove(id);
        }
        self.counters.tickets_rejected.increment();
        self.admission.remove_as_lost(id, viewer, now_ms, &self.config());
    }

    /// Removes a session, and notes the ticks that will never be settled as a loss.
    pub(crate) fn remove(&self, shard: &mut Shard, id: &SessionId) {
        let Some(session) = self.table.remove(shard, id) else { return };
        // Not awaited: if a crash loses the record, the same event removes the session again.
        let _ = self.journal().and_then(|journal| journal.append(&Record::Removed(*id)));
        self.counters.sessions_removed.increment();
        // What is settled in place of a rejected ticket was paid to another gateway or for another stream.
        let settled_ticks = if session.rejection.is_some() { session.base_ticks } else { session.settled_ticks };
        let lost_ticks = session.charged_ticks.saturating_sub(settled_ticks);
        if lost_ticks > 0 {
            self.counters.lost_ticks.add(u64::from(lost_ticks));
            let Session { stream, rejection, .. } = *session;
            self.losses.add(Loss { session: *id, stream, ticks: lost_ticks, rejection });
        }
    }

    /// Changes a session, and queues a record of it if that made a difference. Returns none if the session is unknown.
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
            // The module's documentation says why this is not awaited.
            let _ = self.record(id, session);
        }
        Some(result)
    }
}

/// Takes an amount off the free deposit. Returns none if it is more than that.
fn spend(deposit: Deposit, amount: Balance) -> Option<Deposit> {
    Some(Deposit { free: deposit.free.checked_sub(amount)?, ..deposit })
}

impl Session {
    /// Takes over the chain's state. A finalized state is older than the best one, so it does not take back what the
    /// best one has shown.
    fn follow(&mut self, chain: &ChainSession, seen: Seen, moment_ms: Moment) {
        self.session_key = key_of(chain);
        self.price_per_tick = chain.price_per_tick;
        self.gateway_share = chain.gateway_share;
        self.opened_at = chain.opened_at;
        self.is_uncovered = false;
        if chain.settled_ticks > self.revealed_ticks {
            self.revealed_ticks = chain.settled_ticks;
            self.proof = chain.head;
            self.transient.first_tick_ms = 0;
        }
        match seen {
            Seen::Best => {
                self.phase = self.phase.max(Phase::Included);
                if chain.settled_ticks > self.settled_ticks {
                    self.transient.last_settled_ms = moment_ms;
                }
                self.settled_ticks = chain.settled_ticks.max(self.finalized_settled_ticks);
                self.closing = chain.closing;
                self.is_closed = false;
            }
            Seen::Finalized => {
                self.phase = Phase::Finalized;
                self.signed = None;
                self.closing = self.closing.or(chain.closing);
                self.settle(chain.settled_ticks, seen, moment_ms);
            }
        }
    }

    /// Takes over the ticks that the chain has settled.
    fn settle(&mut self, settled_ticks: u32, seen: Seen, moment_ms: Moment) {
        if settled_ticks > self.settled_ticks {
            self.settled_ticks = settled_ticks;
            self.transient.first_tick_ms = 0;
            self.transient.last_settled_ms = moment_ms;
            // Ticks that are left were revealed after the claim was made, at the last payment at the latest.
            let is_unsettled = self.revealed_ticks > settled_ticks;
            self.transient.unsettled_since_ms = if is_unsettled { self.transient.last_payment_ms } else { 0 };
        }
        if seen == Seen::Finalized {
            self.finalized_settled_ticks = self.finalized_settled_ticks.max(settled_ticks);
        }
    }

    /// Returns the durable fields that an event of the chain can change, for comparison.
    fn durable_part(&self) -> impl PartialEq {
        (
            (self.phase, self.session_key.clone(), self.price_per_tick, self.gateway_share, self.opened_at),
            (self.closing, self.is_closed, self.ending, self.rejection, self.is_uncovered, self.signed.is_some()),
            (self.revealed_ticks, self.settled_ticks, self.finalized_settled_ticks),
        )
    }
}
