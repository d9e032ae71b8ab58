//! What the worker gets to settle, most urgent first.

use crate::config::{OfferLimits, MAX_OFFER_SPAN};
use crate::entry::{close_rank, PooledClaim, Slot, Terms, VIEWERS_RANK};
use crate::state::State;
use tick_stream_primitives::worker::OfferedClaim;
use tick_stream_primitives::{Claim, CloseRow, RowKind, SessionId, SignedTicket, TickHash, TickHasher};

/// A claim to be offered, whose proof may still have to be derived from a higher one.
pub(crate) struct PlannedClaim {
    pub session: SessionId,
    pub birth: u64,
    terms: Terms,
    pub ticks: u32,
    from: (u32, TickHash),
}

impl PlannedClaim {
    /// Hash steps that [`Self::proof`] takes.
    fn steps(&self) -> u32 {
        self.from.0.saturating_sub(self.ticks)
    }

    /// Whether the proof had to be derived.
    pub fn is_derived(&self) -> bool {
        self.steps() > 0
    }

    /// The claim as it is offered. `from` is the worker's to set.
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

/// An offer whose proofs have not been derived yet.
#[derive(Default)]
pub(crate) struct Plan {
    pub opens: Vec<SignedTicket>,
    pub claims: Vec<PlannedClaim>,
    pub closes: Vec<CloseRow>,
}

impl State {
    /// Chooses what to offer. Looks at no more than twice as many rows as it may take.
    pub fn plan_offer(&mut self, limits: &OfferLimits) -> Plan {
        self.round += 1;
        let mut plan = Plan::default();
        let mut walk_steps = limits.walk_steps;
        let opens: Vec<SessionId> = self.queues.ready(RowKind::Open).take(limits.opens).copied().collect();
        let mut claims: Vec<SessionId> =
            self.queues.ready(RowKind::Claim).take(limits.claims.saturating_mul(2)).copied().collect();
        // A claim on an unopened session is in no queue: it goes along with its ticket.
        claims.extend(&opens);
        for session in claims {
            if plan.claims.len() == limits.claims {
                break;
            }
            plan.claims.extend(self.plan_claim(session, &mut walk_steps));
        }
        let open = |session| self.slots.get(session)?.open.as_ref().map(|open| open.ticket.clone());
        plan.opens = opens.iter().filter_map(open).collect();
        plan.closes = self.plan_closes(limits.closes);
        plan
    }

    fn plan_claim(&mut self, session: SessionId, walk_steps: &mut u64) -> Option<PlannedClaim> {
        let round = self.round;
        let slot = self.slots.get_mut(&session)?;
        let settled = slot.settled();
        let claim = slot.claim.as_mut().filter(|claim| claim.meta.wake.is_none())?;
        let ticks = target(claim, settled)?;
        let from = claim.derived.filter(|(derived, _)| *derived >= ticks).unwrap_or((claim.ticks, claim.proof));
        let planned = PlannedClaim { session, birth: claim.birth, terms: claim.terms.clone(), ticks, from };
        *walk_steps = walk_steps.checked_sub(u64::from(planned.steps()))?;
        claim.offered = ticks;
        claim.round = round;
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

    /// Whether a close has to wait for the session's claim to be final. A close is public once it is in an extrinsic, and
    /// anybody could have it included ahead of the claim, which would then pay nobody. For ticks that came too fast it
    /// waits only [`crate::config::CLOSE_PATIENCE`] blocks: whoever closes wants it closed. A viewer's close only begins
    /// the closing, during which claims are settled as before, and waits for nothing.
    fn holds_back(&self, slot: &Slot) -> bool {
        let is_patient = slot.close.as_ref().is_some_and(|close| self.best < close.patient_until);
        let only_begins = slot.close.as_ref().is_some_and(|close| close_rank(&close.row) == VIEWERS_RANK);
        slot.claim.as_ref().filter(|claim| claim.closing || !only_begins).is_some_and(|claim| {
            // Also while it gets on: time goes by with every block, so it may always get on a little.
            let is_too_fast = claim.meta.wake.is_some() || claim.speed_cap.is_some();
            !is_too_fast || is_patient
        })
    }

    /// Keeps what had to be derived, so that the next offer need not do it again.
    pub fn keep_derived(&mut self, birth: u64, session: &SessionId, derived: (u32, TickHash)) {
        let claim = self.slots.get_mut(session).and_then(|slot| slot.claim.as_mut());
        if let Some(claim) = claim.filter(|claim| claim.birth == birth) {
            claim.derived = Some(derived);
        }
    }
}

/// How many of the claim's ticks to offer; nothing when all are settled.
fn target(claim: &PooledClaim, settled: u32) -> Option<u32> {
    if settled >= claim.ticks {
        return None;
    }
    let span = settled.saturating_add(MAX_OFFER_SPAN);
    let cap = claim.speed_cap.map_or(u32::MAX, |cap| cap.max(settled + 1));
    Some(claim.ticks.min(span).min(cap))
}
