//! Choice of the rows that the worker receives, most urgent first.

use crate::config::{OfferLimits, MAX_OFFER_SPAN, ORDINARY_PART};
use crate::entry::{row_parts, CloseTurn, PooledClaim, Terms, FOREIGN, ORDINARY, URGENT};
use crate::state::State;
use tick_stream_primitives::worker::{OfferedClaim, RowId};
use tick_stream_primitives::{Claim, CloseRow, RowKind, SessionId, SignedTicket, TickHash, TickHasher};

/// Claim chosen for an offer. Its proof may still have to be derived from a higher one.
pub(crate) struct PlannedClaim {
    pub session: SessionId,
    pub row_number: u64,
    terms: Terms,
    pub ticks: u32,
    /// Element of the tick chain, at or above `ticks`, from which the proof is derived.
    from: (u32, TickHash),
}

impl PlannedClaim {
    /// Number of hash steps that [`Self::into_offered`] takes.
    fn steps(&self) -> u32 {
        self.from.0.saturating_sub(self.ticks)
    }

    /// Whether the proof has to be derived.
    pub fn is_derived(&self) -> bool {
        self.steps() > 0
    }

    /// Derives the proof. The worker sets the claim's `from`.
    pub fn into_offered(self) -> OfferedClaim {
        let proof = match self.steps() {
            0 => self.from.1,
            steps => TickHasher::new(&self.session).walk(&self.from.1, steps),
        };
        OfferedClaim {
            stream: self.terms.stream,
            gateway: self.terms.gateway,
            claim: Claim { session: self.session, from: 0, ticks: self.ticks, proof },
        }
    }
}

/// Offer whose proofs are not derived yet.
#[derive(Default)]
pub(crate) struct Plan {
    pub opens: Vec<SignedTicket>,
    pub claims: Vec<PlannedClaim>,
    pub closes: Vec<CloseRow>,
    /// Closes that wait for the last claims of their sessions, which are among the claims.
    pub ending: Vec<CloseRow>,
}

impl State {
    /// Chooses the rows of the next offer. Looks at no more than twice as many rows as it may choose.
    pub fn plan_offer(&mut self, limits: &OfferLimits) -> Plan {
        let opens: Vec<SessionId> = self.queues.ready(RowKind::Open).take(limits.opens).copied().collect();
        let mut plan = Plan { claims: self.plan_claims(limits, &opens), ..Plan::default() };
        let open = |session| self.slots.get(session)?.open.as_ref().map(|open| open.ticket.clone());
        plan.opens = opens.iter().filter_map(open).collect();
        self.plan_closes(&mut plan, limits.closes);
        self.remember_turns(&plan, limits);
        plan
    }

    /// Chooses the claims of an offer that opens the sessions of `opens`: the urgent ones first, though they leave a part of
    /// the offer to others if there are any.
    fn plan_claims(&mut self, limits: &OfferLimits, opens: &[SessionId]) -> Vec<PlannedClaim> {
        let ready = |urgency| self.queues.ready_with(RowKind::Claim, urgency);
        let urgent_room = limits.claims - limits.claims / ORDINARY_PART;
        let urgent_first = ready(URGENT).take(urgent_room).chain(ready(ORDINARY));
        let in_order = urgent_first.chain(ready(URGENT).skip(urgent_room)).chain(ready(FOREIGN));
        let mut sessions: Vec<SessionId> = in_order.take(limits.claims.saturating_mul(2)).copied().collect();
        // A claim on an unopened session is in no queue: it is offered together with its ticket.
        sessions.extend(opens);
        let mut walk_steps = limits.walk_steps;
        let planned = sessions.into_iter().filter_map(|session| self.plan_claim(session, &mut walk_steps));
        planned.take(limits.claims).collect()
    }

    fn plan_claim(&mut self, session: SessionId, walk_steps: &mut u64) -> Option<PlannedClaim> {
        let slot = self.slots.get_mut(&session)?;
        let settled_ticks = slot.settled_ticks();
        let claim = slot.claim.as_mut().filter(|claim| claim.meta.not_before.is_none())?;
        let ticks = offered_ticks(claim, settled_ticks)?;
        let from = claim.derived.filter(|(derived, _)| *derived >= ticks).unwrap_or((claim.ticks, claim.proof));
        let planned = PlannedClaim { session, row_number: claim.row_number, terms: claim.terms.clone(), ticks, from };
        *walk_steps = walk_steps.checked_sub(u64::from(planned.steps()))?;
        claim.offered_ticks = ticks;
        Some(planned)
    }

    /// Adds closes to the plan: first those of its claims' sessions, then those that wait for no claim.
    fn plan_closes(&mut self, plan: &mut Plan, limit: usize) {
        for planned in &plan.claims {
            let Some(slot) = self.slots.get(&planned.session) else { continue };
            let Some(row) = slot.close.as_ref().map(|close| close.row.clone()) else { continue };
            match slot.close_turn(self.best) {
                Some(CloseTurn::Last) if plan.ending.len() < limit => plan.ending.push(row),
                Some(CloseTurn::AfterClaim) if plan.closes.len() < limit => plan.closes.push(row),
                _ => {}
            }
        }
        let examined: Vec<SessionId> =
            self.queues.ready(RowKind::Close).take(limit.saturating_mul(2)).copied().collect();
        let mut held = Vec::new();
        for session in examined {
            let Some(slot) = self.slots.get(&session) else { continue };
            match (slot.close.as_ref(), slot.close_turn(self.best)) {
                (Some(close), Some(CloseTurn::Free)) if plan.closes.len() < limit => {
                    plan.closes.push(close.row.clone());
                }
                (_, Some(CloseTurn::Free)) => {}
                _ => held.push(session),
            }
        }
        // Closes that wait leave the examined part to others.
        if self.queues.ready_count(RowKind::Close) > limit.saturating_mul(2) {
            held.into_iter().for_each(|session| self.pass(RowId::Close(session)));
        }
    }

    /// Remembers the rows of a plan that has no room for all claims or closes; see [`Self::take_turns`].
    fn remember_turns(&mut self, plan: &Plan, limits: &OfferLimits) {
        self.turns.clear();
        if self.queues.ready_count(RowKind::Claim) > limits.claims {
            self.turns.extend(plan.claims.iter().map(|planned| RowId::Claim(planned.session)));
        }
        if self.queues.ready_count(RowKind::Close) > limits.closes {
            self.turns.extend(plan.closes.iter().map(|row| RowId::Close(row.session)));
        }
    }

    /// Lets the rows of the last plan be offered after all others of their kind and urgency, if not all had room in it.
    pub fn take_turns(&mut self) {
        std::mem::take(&mut self.turns).into_iter().for_each(|row| self.pass(row));
    }

    fn pass(&mut self, row: RowId) {
        let (kind, session) = row_parts(&row);
        if let Some(meta) = self.slots.get_mut(&session).and_then(|slot| slot.meta_mut(kind)) {
            self.queues.pass(kind, session, meta);
        }
    }

    /// Keeps a derived element for the next offer, if the claim is still the same row.
    pub fn keep_derived(&mut self, row_number: u64, session: &SessionId, derived: (u32, TickHash)) {
        let claim = self.slots.get_mut(session).and_then(|slot| slot.claim.as_mut());
        if let Some(claim) = claim.filter(|claim| claim.row_number == row_number) {
            claim.derived = Some(derived);
        }
    }
}

/// Number of the claim's ticks to offer; `None` when all are settled.
fn offered_ticks(claim: &PooledClaim, settled_ticks: u32) -> Option<u32> {
    let span = settled_ticks.saturating_add(MAX_OFFER_SPAN);
    (settled_ticks < claim.ticks).then(|| claim.ticks.min(span))
}
