//! What may come in, as far as the pool itself can tell: the state's verbs for [`crate::TickPool::submit`].

use crate::config::LOOKUP_LEAD;
use crate::entry::{close_rank, Record, Terms};
use crate::error::Rejected;
use crate::heads::Head;
use crate::state::State;
use crate::Accepted;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{CloseRow, RowError, RowKind, Session, SessionId, SignedTicket, TickHash};

/// Where a claim's walk ends, and on whose word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Basis {
    pub terms: Terms,
    pub ticks: u32,
    pub head: TickHash,
    pub settled: u32,
    pub closing: bool,
    /// The anchor of the pending ticket, if all rests on that and falls with it.
    pub anchor: Option<TickHash>,
    /// The head was verified in the same call, and its claim may yet not be taken.
    pub is_new: bool,
}

impl From<Head> for Basis {
    fn from(head: Head) -> Self {
        let Head { terms, ticks, hash, closing, .. } = head;
        Self { terms, ticks, head: hash, settled: ticks, closing, anchor: None, is_new: false }
    }
}

impl From<&Session> for Basis {
    fn from(session: &Session) -> Self {
        Self {
            terms: Terms { stream: session.stream, gateway: session.gateway.clone(), max_ticks: session.max_ticks },
            ticks: session.settled_ticks,
            head: session.head,
            settled: session.settled_ticks,
            closing: session.closing.is_some(),
            anchor: None,
            is_new: false,
        }
    }
}

/// A claim whose proof was walked down to a basis.
#[derive(Clone, Debug)]
pub(crate) struct Verified {
    pub session: SessionId,
    pub basis: Basis,
    pub ticks: u32,
    pub proof: TickHash,
}

impl State {
    /// Remembers what the chain said about sessions.
    pub fn learn(&mut self, sessions: &[(SessionId, Session)]) {
        let as_of = Some(self.best.saturating_add(LOOKUP_LEAD));
        for (id, session) in sessions {
            let Basis { terms, ticks, head: hash, closing, .. } = session.into();
            self.heads.insert(*id, Head { terms, ticks, hash, closing, as_of });
        }
    }

    /// What claims of `session` can be checked against without asking the chain: the claim, a remembered head, or the
    /// pending ticket.
    pub fn basis(&mut self, session: &SessionId) -> Option<Basis> {
        let slot = self.slots.get(session);
        if let Some(claim) = slot.and_then(|slot| slot.claim.as_ref()) {
            return Some(Basis {
                terms: claim.terms.clone(),
                ticks: claim.ticks,
                head: claim.proof,
                settled: claim.settled,
                closing: claim.closing,
                anchor: None,
                is_new: false,
            });
        }
        if let Some(head) = self.heads.get(session) {
            return Some(head.into());
        }
        // Once the best chain has opened the session, the chain's word counts: it may have been by another ticket.
        let open = slot.filter(|slot| slot.is_unopened())?.open.as_ref()?;
        let ticket = &open.ticket.ticket;
        let terms = Terms { stream: ticket.stream, gateway: ticket.gateway.clone(), max_ticks: ticket.max_ticks };
        Some(Basis {
            terms,
            ticks: 0,
            head: ticket.anchor,
            settled: 0,
            closing: false,
            anchor: Some(ticket.anchor),
            is_new: false,
        })
    }

    /// Whether the ticket may come in. `Some` when it is in already.
    pub fn screen_open(&self, session: &SessionId, ticket: &SignedTicket) -> Result<Option<Accepted>, Rejected> {
        let slot = self.slots.get(session);
        let pending = slot.and_then(|slot| slot.open.as_ref().map(|open| (slot, &open.ticket)));
        if let Some((slot, pending)) = pending {
            // Not compared with its signature: many are valid, and the pending one was checked.
            if pending.ticket == ticket.ticket {
                return Ok(Some(Accepted::Known));
            }
            if slot.marks.opened.is_some() {
                return Err(Rejected::Refused(RowError::SessionExists));
            }
            // Claims lead to the pending ticket's anchor; under another one they would be worth nothing.
            let same_anchor = pending.ticket.anchor == ticket.ticket.anchor;
            return if slot.claim.is_some() && !same_anchor { Err(Rejected::TicketInUse) } else { Ok(None) };
        }
        if let Some(pending) = self.viewers.get(&ticket.ticket.viewer) {
            return Err(Rejected::ViewerBusy { pending: *pending });
        }
        self.room_for(&Record::Open { since_ms: 0, ticket: ticket.clone() }).map(|()| None)
    }

    /// Takes a ticket that the chain would open.
    pub fn take_open(&mut self, now_ms: u64, session: SessionId, ticket: SignedTicket) -> Result<Accepted, Rejected> {
        if let Some(accepted) = self.screen_open(&session, &ticket)? {
            return Ok(accepted);
        }
        let replaces = self.slots.get(&session).is_some_and(|slot| slot.open.is_some());
        self.put(session, Record::Open { since_ms: now_ms, ticket });
        self.refresh(session);
        Ok(if replaces { Accepted::Replaced } else { Accepted::Added })
    }

    /// Takes a verified claim, unless a higher one came while it was verified.
    pub fn take_claim(&mut self, now_ms: u64, claim: Verified) -> Result<Accepted, Rejected> {
        let slot = self.slots.get(&claim.session);
        if slot.is_some_and(|slot| slot.marks.closed.is_some()) {
            return Err(Rejected::UnknownSession);
        }
        // The ticket the claim rests on may have been replaced or refused meanwhile. What was claimed on a new one must not
        // give way to it; if there is none but a claim, the ticket was opened and the claim is on the same.
        let anchor = slot.and_then(|slot| slot.open.as_ref()).map(|open| open.ticket.ticket.anchor);
        let has_claim = slot.is_some_and(|slot| slot.claim.is_some());
        let is_replaced = claim.basis.anchor.is_some() && claim.basis.anchor != anchor;
        if is_replaced && (anchor.is_some() || !has_claim) {
            return Err(Rejected::UnknownSession);
        }
        if has_claim {
            return self.raise_claim(now_ms, &claim);
        }
        let Verified { session, basis: Basis { terms, settled, closing, .. }, ticks, proof } = claim;
        let record = Record::Claim { since_ms: now_ms, terms, ticks, proof, settled, closing };
        self.room_for(&record)?;
        self.put(session, record);
        self.refresh(session);
        Ok(Accepted::Added)
    }

    /// Raises the claim that the session has.
    fn raise_claim(&mut self, now_ms: u64, higher: &Verified) -> Result<Accepted, Rejected> {
        let Verified { session, ticks, proof, .. } = *higher;
        let Some(slot) = self.slots.get_mut(&session) else { return Err(Rejected::UnknownSession) };
        let settled = slot.settled();
        let Some(claim) = slot.claim.as_mut() else { return Err(Rejected::UnknownSession) };
        if ticks == claim.ticks && proof == claim.proof {
            return Ok(Accepted::Known);
        }
        if ticks <= claim.ticks {
            return Err(Rejected::Stale { known: claim.ticks });
        }
        // Nothing of the old claim was waiting any more: the new one begins to wait now.
        if settled >= claim.ticks {
            claim.meta.since_ms = now_ms;
            claim.meta.refusals = 0;
            claim.meta.wake = None;
            self.queues.requeue(RowKind::Claim, session, &mut claim.meta);
        }
        claim.ticks = ticks;
        claim.proof = proof;
        self.touch(RowId::Claim(session));
        self.refresh(session);
        Ok(Accepted::Replaced)
    }

    /// Whether the close may come in. `Some` when one is in already that can do as much.
    pub fn screen_close(&self, row: &CloseRow) -> Result<Option<Accepted>, Rejected> {
        match self.slots.get(&row.session).and_then(|slot| slot.close.as_ref()) {
            Some(pooled) if close_rank(&pooled.row) >= close_rank(row) => Ok(Some(Accepted::Known)),
            Some(_) => Ok(None),
            None => self.room_for(&Record::Close { since_ms: 0, row: row.clone() }).map(|()| None),
        }
    }

    /// Takes a close that the chain would carry out.
    pub fn take_close(&mut self, now_ms: u64, row: CloseRow) -> Result<Accepted, Rejected> {
        if let Some(accepted) = self.screen_close(&row)? {
            return Ok(accepted);
        }
        let session = row.session;
        let replaces = self.slots.get(&session).is_some_and(|slot| slot.close.is_some());
        self.put(session, Record::Close { since_ms: now_ms, row });
        self.refresh(session);
        Ok(if replaces { Accepted::Replaced } else { Accepted::Added })
    }
}
