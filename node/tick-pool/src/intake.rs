//! Admission of rows as far as the pool's own state decides on it; used by [`crate::TickPool::submit`].

use crate::config::{LOOKUP_LEAD_BLOCKS, MAX_VIEWER_TICKETS};
use crate::entry::{ClosePower, Record, Terms};
use crate::error::Rejected;
use crate::heads::Head;
use crate::state::State;
use crate::submission::Accepted;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{
    AccountId, CloseRow, RowError, RowKind, Session, SessionId, SignedTicket, TickHash, Ticket,
};

/// Verified element of a tick chain that a claim's proof has to hash down to, and where the pool knows it from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Basis {
    pub terms: Terms,
    pub ticks: u32,
    pub head: TickHash,
    pub settled_ticks: u32,
    pub closing: bool,
    /// Anchor of the pending ticket, when the session is not open and the claim is worthless without that ticket.
    pub anchor: Option<TickHash>,
    /// Whether the head was verified in the same call, so that its claim is not in the pool yet.
    pub is_new: bool,
}

impl From<Head> for Basis {
    fn from(head: Head) -> Self {
        let Head { terms, ticks, hash, closing, .. } = head;
        Self { terms, ticks, head: hash, settled_ticks: ticks, closing, anchor: None, is_new: false }
    }
}

impl From<&Session> for Basis {
    fn from(session: &Session) -> Self {
        Self {
            terms: Terms { stream: session.stream, gateway: session.gateway.clone(), max_ticks: session.max_ticks },
            ticks: session.settled_ticks,
            head: session.head,
            settled_ticks: session.settled_ticks,
            closing: session.closing.is_some(),
            anchor: None,
            is_new: false,
        }
    }
}

/// Claim whose proof was hashed down to its basis.
#[derive(Clone, Debug)]
pub(crate) struct Verified {
    pub session: SessionId,
    pub basis: Basis,
    pub ticks: u32,
    pub proof: TickHash,
}

/// Outcome of a look at the pool's own state.
pub(crate) enum Screened<C> {
    /// The pool holds the row, or one that can do as much.
    Answered(Accepted),
    /// The chain has to be asked.
    ToCheck(C),
}

/// Other unopened tickets of a ticket's viewer. The deposit has to cover all of them together.
pub(crate) type TicketsBeside = Vec<SignedTicket>;

/// Gateway of a session, as far as the pool knows it.
pub(crate) type KnownGateway = Option<AccountId>;

impl State {
    /// Remembers the heads of sessions that were read from the chain.
    pub fn remember_sessions(&mut self, sessions: &[(SessionId, Session)]) {
        let as_of = Some(self.best.saturating_add(LOOKUP_LEAD_BLOCKS));
        for (id, session) in sessions {
            let Basis { terms, ticks, head: hash, closing, .. } = session.into();
            self.heads.insert(*id, Head { terms, ticks, hash, closing, as_of });
        }
    }

    /// Basis against which claims on `session` can be verified without reading the chain: the pooled claim, a
    /// remembered head, or the pending ticket.
    pub fn basis(&mut self, session: &SessionId) -> Option<Basis> {
        let slot = self.slots.get(session);
        if let Some(claim) = slot.and_then(|slot| slot.claim.as_ref()) {
            return Some(Basis {
                terms: claim.terms.clone(),
                ticks: claim.ticks,
                head: claim.proof,
                settled_ticks: claim.settled_ticks,
                closing: claim.closing,
                anchor: None,
                is_new: false,
            });
        }
        if let Some(head) = self.heads.get(session) {
            return Some(head.into());
        }
        // Once the best chain has opened the session, only the chain knows the anchor: another ticket may have opened
        // it.
        let open = slot.filter(|slot| slot.is_unopened())?.open.as_ref()?;
        let ticket = &open.ticket.ticket;
        let terms = Terms { stream: ticket.stream, gateway: ticket.gateway.clone(), max_ticks: ticket.max_ticks };
        Some(Basis {
            terms,
            ticks: 0,
            head: ticket.anchor,
            settled_ticks: 0,
            closing: false,
            anchor: Some(ticket.anchor),
            is_new: false,
        })
    }

    /// Decides whether a ticket may enter.
    ///
    /// # Errors
    ///
    /// When the session key has another ticket, the pending ticket cannot be replaced, the viewer has too many tickets, or
    /// the pool is full.
    pub fn screen_open(&self, session: &SessionId, ticket: &SignedTicket) -> Result<Screened<TicketsBeside>, Rejected> {
        let Ticket { viewer, session_key, .. } = &ticket.ticket;
        let slot = self.slots.get(session);
        let pending = slot.and_then(|slot| slot.open.as_ref().map(|open| (slot, &open.ticket)));
        if let Some((slot, pending)) = pending {
            // The signatures are not compared: many are valid, and the pending one was verified.
            if pending.ticket == ticket.ticket {
                return Ok(Screened::Answered(Accepted::Known));
            }
            if slot.marks.opened.is_some() {
                return Err(Rejected::Refused(RowError::SessionExists));
            }
            // The claims lead to the pending ticket's anchor; with another anchor they would be worthless.
            if slot.claim.is_some() && pending.ticket.anchor != ticket.ticket.anchor {
                return Err(Rejected::TicketInUse);
            }
        } else {
            if let Some(pending) = self.unopened.get(&(viewer.clone(), session_key.clone())) {
                return Err(Rejected::KeyBusy { pending: *pending });
            }
            self.check_room(&Record::Open { since_ms: 0, ticket: ticket.clone() })?;
        }
        let beside = self.tickets_beside(viewer, session_key);
        if beside.len() >= MAX_VIEWER_TICKETS {
            return Err(Rejected::Refused(RowError::TooManySessions));
        }
        Ok(Screened::ToCheck(beside))
    }

    /// Adds a ticket that the chain would open.
    pub fn insert_open(&mut self, now_ms: u64, session: SessionId, ticket: SignedTicket) -> Result<Accepted, Rejected> {
        if let Screened::Answered(accepted) = self.screen_open(&session, &ticket)? {
            return Ok(accepted);
        }
        let replaces = self.slots.get(&session).is_some_and(|slot| slot.open.is_some());
        self.put(session, Record::Open { since_ms: now_ms, ticket });
        self.refresh(session);
        Ok(if replaces { Accepted::Replaced } else { Accepted::Added })
    }

    /// Adds a verified claim, unless a higher one has come while it was verified.
    pub fn insert_claim(&mut self, now_ms: u64, claim: Verified) -> Result<Accepted, Rejected> {
        let slot = self.slots.get(&claim.session);
        if slot.is_some_and(|slot| slot.marks.closed.is_some()) {
            return Err(Rejected::UnknownSession);
        }
        // The ticket that the claim relies on may have been replaced or dropped in the meantime. A claim on a new
        // ticket must not give way to this one. Without a ticket but with a claim, the ticket was opened and both
        // claims rely on it.
        let anchor = slot.and_then(|slot| slot.open.as_ref()).map(|open| open.ticket.ticket.anchor);
        let has_claim = slot.is_some_and(|slot| slot.claim.is_some());
        let is_replaced = claim.basis.anchor.is_some() && claim.basis.anchor != anchor;
        if is_replaced && (anchor.is_some() || !has_claim) {
            return Err(Rejected::UnknownSession);
        }
        if has_claim {
            return self.raise_claim(now_ms, &claim);
        }
        let Verified { session, basis: Basis { terms, settled_ticks, closing, .. }, ticks, proof } = claim;
        let record = Record::Claim { since_ms: now_ms, terms, ticks, proof, settled_ticks, closing };
        self.check_room(&record)?;
        self.put(session, record);
        self.refresh(session);
        Ok(Accepted::Added)
    }

    /// Raises the session's claim.
    fn raise_claim(&mut self, now_ms: u64, higher: &Verified) -> Result<Accepted, Rejected> {
        let Verified { session, ticks, proof, .. } = *higher;
        let Some(slot) = self.slots.get_mut(&session) else { return Err(Rejected::UnknownSession) };
        let settled_ticks = slot.settled_ticks();
        let Some(claim) = slot.claim.as_mut() else { return Err(Rejected::UnknownSession) };
        if ticks == claim.ticks && proof == claim.proof {
            return Ok(Accepted::Known);
        }
        if ticks <= claim.ticks {
            return Err(Rejected::Stale { known: claim.ticks });
        }
        // All of the old claim is settled, so the new one starts to wait now.
        if settled_ticks >= claim.ticks {
            claim.meta.since_ms = now_ms;
            claim.meta.refusals = 0;
            claim.meta.not_before = None;
            self.queues.requeue(RowKind::Claim, session, &mut claim.meta);
        }
        claim.ticks = ticks;
        claim.proof = proof;
        self.mark_dirty(RowId::Claim(session));
        self.refresh(session);
        Ok(Accepted::Replaced)
    }

    /// Decides whether a close may enter.
    ///
    /// # Errors
    ///
    /// When the pool is full.
    pub fn screen_close(&self, row: &CloseRow) -> Result<Screened<KnownGateway>, Rejected> {
        match self.slots.get(&row.session).and_then(|slot| slot.close.as_ref()) {
            // The pooled close can do as much.
            Some(pooled) if ClosePower::of(&pooled.row) >= ClosePower::of(row) => {
                return Ok(Screened::Answered(Accepted::Known));
            }
            Some(_) => {}
            None => self.check_room(&Record::Close { since_ms: 0, row: row.clone() })?,
        }
        Ok(Screened::ToCheck(self.gateway(&row.session).cloned()))
    }

    /// Adds a close that the chain would carry out.
    pub fn insert_close(&mut self, now_ms: u64, row: CloseRow) -> Result<Accepted, Rejected> {
        if let Screened::Answered(accepted) = self.screen_close(&row)? {
            return Ok(accepted);
        }
        let session = row.session;
        let replaces = self.slots.get(&session).is_some_and(|slot| slot.close.is_some());
        self.put(session, Record::Close { since_ms: now_ms, row });
        self.refresh(session);
        Ok(if replaces { Accepted::Replaced } else { Accepted::Added })
    }
}
