//! Choice of the rows that the worker receives, most urgent first.

use crate::config::{OfferLimits, MAX_OFFER_SPAN};
use crate::entry::{ClosePower, PooledClaim, Slot, Terms};
use crate::state::State;
use tick_stream_primitives::worker::OfferedClaim;
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
    /// Sessions whose claim is the last one.
    pub ending: Vec<SessionId>,
}

impl State {
    /// Chooses the rows of the next offer. Looks at no more than twice as many rows as it may choose.
    pub fn plan_offer(&mut self, limits: &OfferLimits) -> Plan {
        let mut plan = Plan::default();
        let mut walk_steps = limits.walk_steps;
        let opens: Vec<SessionId> = self.queues.ready(RowKind::Open).take(limits.opens).copied().collect();
        let mut claims: Vec<SessionId> =
            self.queues.ready(RowKind::Claim).take(limits.claims.saturating_mul(2)).copied().collect();
        // A claim on an unopened session is in no queue: it is offered together with its ticket.
        claims.extend(&opens);
        for session in claims {
            if plan.claims.len() == limits.claims {
                break;
            }
            plan.claims.extend(self.plan_claim(session, &mut walk_steps));
        }
        self.take_turns(&plan.claims, limits.claims);
        let is_last = |planned: &&PlannedClaim| self.slots.get(&planned.session).is_some_and(Slot::is_last_claim);
        plan.ending = plan.claims.iter().filter(is_last).map(|planned| planned.session).collect();
        let open = |session| self.slots.get(session)?.open.as_ref().map(|open| open.ticket.clone());
        plan.opens = opens.iter().filter_map(open).collect();
        plan.closes = self.plan_closes(limits.closes);
        plan
    }

    /// Lets the claims of this offer be offered after all others if not all have room in one. The worker leaves claims
    /// waiting that are not worth their fee yet; without turns enough of them would fill every offer.
    fn take_turns(&mut self, planned: &[PlannedClaim], limit: usize) {
        if self.queues.ready_count(RowKind::Claim) <= limit {
            return;
        }
        for PlannedClaim { session, .. } in planned {
            if let Some(claim) = self.slots.get_mut(session).and_then(|slot| slot.claim.as_mut()) {
                self.queues.pass(RowKind::Claim, *session, &mut claim.meta);
            }
        }
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

    fn plan_closes(&self, limit: usize) -> Vec<CloseRow> {
        self.queues
            .ready(RowKind::Close)
            .take(limit.saturating_mul(2))
            .filter_map(|session| self.slots.get(session))
            .filter(|slot| !self.holds_back(slot))
            .filter_map(|slot| slot.close.as_ref().map(|close| close.row.clone()))
            .take(limit)
            .collect()
    }

    /// Whether the slot's close has to wait until the session's claim is final.
    ///
    /// Once a close is in an extrinsic it is public, and a stranger could have it included before the claim, which
    /// would then be worthless. A viewer's close does not wait: it only starts the closing, during which claims are
    /// still settled. A claim that came too fast holds the close back for at most [`crate::config::CLOSE_WAIT_BLOCKS`].
    /// A claim that was raised since holds it back only until the ticks claimed at first are settled; from then on both
    /// are offered together, and a batch carries claims out before closes.
    fn holds_back(&self, slot: &Slot) -> bool {
        let Some(close) = slot.close.as_ref() else { return false };
        let may_wait = self.best < close.wait_until;
        let only_starts = ClosePower::of(&close.row) == ClosePower::Start;
        slot.claim.as_ref().filter(|claim| claim.closing || !only_starts).is_some_and(|claim| {
            // A capped claim counts as too fast even while parts of it are settled: every block earns a little more.
            let is_too_fast = claim.meta.not_before.is_some() || claim.speed_cap.is_some();
            let is_raised =
                close.claimed_ticks.is_some_and(|ticks| ticks < claim.ticks && ticks <= slot.settled_ticks());
            (!is_too_fast || may_wait) && !is_raised
        })
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
    if settled_ticks >= claim.ticks {
        return None;
    }
    let span = settled_ticks.saturating_add(MAX_OFFER_SPAN);
    let cap = claim.speed_cap.map_or(u32::MAX, |cap| cap.max(settled_ticks + 1));
    Some(claim.ticks.min(span).min(cap))
}
