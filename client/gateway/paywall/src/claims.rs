//! What the gateway has to submit to the chain: openings, claims and closes, the most urgent first.

use crate::{
    config::{Config, MAX_ROW_ATTEMPTS},
    paywall::Paywall,
    phase::{Ending, Phase},
    session::Session,
    terms::ClaimFees,
    unserved::DueClose,
};
use tick_stream_primitives::{Balance, BlockNumber, Claim, Moment, SessionId, SignedTicket, StreamId};

/// Largest number of claims returned at once: what a batch can carry.
pub const MAX_DUE: usize = 2_048;

/// Reason for which a claim or a close has to be submitted, in the order of urgency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DueReason {
    /// The session closes soon, and ticks that are not settled by then are lost.
    Urgent {
        /// Blocks until the session can be removed.
        blocks_left: BlockNumber,
    },
    /// It was submitted and is in no block after `resubmit_after_ms`, or the node has been too busy for it for
    /// `busy_limit_ms`: submit it directly, not through the node's pool.
    NotIncluded,
    /// It was in a block and is not final after `resubmit_after_ms`: the block may have been undone.
    NotFinal,
    /// The chain closes the session.
    Closing,
    /// The gateway ends the session.
    Ending(Ending),
    /// The chain has the session open for this gateway, which does not serve it: its ticket is another one than the one that was
    /// accepted, or there was no place for it.
    NotServed,
    /// The viewer has paid nothing for `idle_settle_ms`.
    Idle,
    /// The viewer goes on paying, and the claim is `settle_interval_ms` old.
    Interval,
}

/// A claim or a close to submit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueClaim {
    /// Id of the session.
    pub session: SessionId,
    /// Stream of the session, by which a batch groups its claims.
    pub stream: StreamId,
    /// The claim; none if everything is settled and only the close is left.
    pub claim: Option<Claim>,
    /// Whether to submit a close, signed by the gateway: only when everything is settled in finalized blocks, since a
    /// close that is included before its claim would forfeit the claim.
    pub close: bool,
    /// Reason for which it has to be submitted.
    pub reason: DueReason,
    /// What the claim earns the gateway, in planck.
    pub income: Balance,
    /// Whether the session is closing or ended, so that its ticks are settled now whatever they earn.
    pub is_last: bool,
}

impl From<DueClose> for DueClaim {
    fn from(close: DueClose) -> Self {
        let DueClose { session, stream, is_late } = close;
        let reason = if is_late { DueReason::NotIncluded } else { DueReason::NotServed };
        Self { session, stream, claim: None, close: true, reason, income: 0, is_last: true }
    }
}

/// An opening to submit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueOpen {
    /// The signed ticket.
    pub ticket: SignedTicket,
    /// Whether it was submitted before and is in no block after `resubmit_after_ms`, or the node has been too busy for it
    /// for `busy_limit_ms`, so that it should be submitted directly, not through the node's pool. Not after several attempts, or if the deposit no longer covers the
    /// reserve.
    pub is_late: bool,
}

impl Paywall {
    /// Sets what claims cost. Until it is called, claims cost nothing.
    pub fn set_claim_fees(&self, fees: ClaimFees) {
        *self.claim_fees.write() = fees;
    }

    /// Returns what a claim of `ticks` earns at `min_price` and `min_share`, in planck.
    pub fn minimum_income(&self, ticks: u32) -> Balance {
        let config = self.config();
        config.income(config.min_price, config.min_share, ticks)
    }

    /// Returns the blocks left of a closing session at which its claim becomes urgent.
    pub fn urgent_blocks(&self) -> BlockNumber {
        self.config().urgent_blocks
    }

    /// Returns the claims and closes to submit now, the most urgent first: at most `limit`, and at most [`MAX_DUE`]. A
    /// claim that earns less than its fee waits until it covers more ticks or its session ends. Closes of sessions that the
    /// gateway does not serve come last.
    /// Also ends the sessions that are idle or have used up their ticks, and removes rejected tickets that have
    /// expired.
    pub fn claims_due(&self, now_ms: Moment, limit: usize) -> Vec<DueClaim> {
        self.end_and_expire(now_ms);
        let (best, fees, config) = (self.heights.best(), *self.claim_fees.read(), self.config());
        let mut due = Vec::new();
        self.table.for_each(|id, session| {
            if let Some(reason) = session.due(now_ms, best, &fees, &config) {
                due.push((reason, session.transient.unsubmitted_since_ms, *id));
            }
        });
        let limit = limit.min(MAX_DUE);
        due.sort_unstable();
        due.truncate(limit);
        let mut claims: Vec<_> = due.into_iter().filter_map(|(reason, _, id)| self.due_claim(&id, reason)).collect();
        claims.extend(self.unserved.due(now_ms, &config, limit - claims.len()).into_iter().map(DueClaim::from));
        claims
    }

    fn due_claim(&self, id: &SessionId, reason: DueReason) -> Option<DueClaim> {
        let shard = self.table.lock(id);
        let session = shard.get(id)?;
        let has_claim = session.revealed_ticks > session.settled_ticks || reason == DueReason::NotFinal;
        let claim = has_claim.then(|| session.claim(id));
        let income = session.income(session.revealed_ticks.saturating_sub(session.settled_ticks), &self.config());
        let (is_last, close) = (session.is_ending(), claim.is_none());
        Some(DueClaim { session: *id, stream: session.stream, close, claim, reason, income, is_last })
    }

    /// Returns the highest claim of a session. Its `from` is finalized, so that no reorganisation makes the claim fail.
    pub fn claim_of(&self, session: &SessionId) -> Option<Claim> {
        self.table.lock(session).get(session).map(|known| known.claim(session))
    }

    /// Returns the highest claim of each session with ticks that no finalized block has settled, in the order of the
    /// session ids, for publication: without the sessions whose proof still shows the right to the session, since the viewer
    /// has no token yet. Walks the whole table.
    pub fn unsettled(&self, now_ms: Moment) -> Vec<Claim> {
        let mut claims = Vec::new();
        self.table.for_each(|id, session| {
            let is_unsettled = session.revealed_ticks > session.finalized_settled_ticks;
            let is_secret = session.may_repeat_first(now_ms);
            let can_settle = session.rejection.is_none() && !session.is_closed && !is_secret;
            claims.extend((is_unsettled && can_settle).then(|| session.claim(id)));
        });
        claims.sort_unstable_by_key(|claim| claim.session);
        claims
    }

    /// Notes that a claim up to `ticks` was submitted. It is returned again if it is in no block after
    /// `resubmit_after_ms`.
    pub fn submitted(&self, session: &SessionId, ticks: u32, now_ms: Moment) {
        if let Some(known) = self.table.lock(session).get_mut(session) {
            known.transient.submitted_ticks = known.transient.submitted_ticks.max(ticks.min(known.revealed_ticks));
            known.transient.submitted_ms = now_ms;
            known.transient.unsubmitted_since_ms = now_ms;
            known.transient.first_tick_ms = 0;
            known.transient.busy_since_ms = 0;
        }
    }

    /// Notes that a claim up to `ticks` was in a batch of the gateway's own, for which it has paid the fee.
    pub fn submitted_directly(&self, session: &SessionId, ticks: u32, now_ms: Moment) {
        self.submitted(session, ticks, now_ms);
        if let Some(known) = self.table.lock(session).get_mut(session) {
            known.transient.direct_ticks = known.transient.direct_ticks.max(ticks);
        }
    }

    /// Notes that the node was too busy for a session's opening, claim or close. After `busy_limit_ms` without a submission
    /// the row counts as late.
    pub fn refused_as_busy(&self, session: &SessionId, now_ms: Moment) {
        if let Some(known) = self.table.lock(session).get_mut(session) {
            let since_ms = &mut known.transient.busy_since_ms;
            *since_ms = if *since_ms == 0 { now_ms } else { *since_ms };
        }
        self.unserved.refused_as_busy(session, now_ms);
    }

    /// Notes that a close was submitted. It is returned again if it is in no block after `resubmit_after_ms`.
    pub fn close_submitted(&self, session: &SessionId, now_ms: Moment) {
        if let Some(known) = self.table.lock(session).get_mut(session) {
            known.transient.close_submitted_ms = now_ms;
            known.transient.busy_since_ms = 0;
        }
        self.unserved.submitted(session, now_ms);
    }

    /// Returns at most `limit` openings to submit: those not submitted yet, and those that are in no block
    /// `resubmit_after_ms` after they were.
    pub fn opens_due(&self, now_ms: Moment, limit: usize) -> Vec<DueOpen> {
        let config = self.config();
        let due = |id: SessionId| {
            let shard = self.table.lock(&id);
            shard.get(&id)?.open_due(now_ms, &config)
        };
        self.admission.unopened().into_iter().filter_map(due).take(limit).collect()
    }

    /// Notes that an opening was submitted.
    pub fn open_submitted(&self, session: &SessionId, now_ms: Moment) {
        if let Some(known) = self.table.lock(session).get_mut(session) {
            known.transient.open_submitted_ms = now_ms;
            known.transient.open_attempts = known.transient.open_attempts.saturating_add(1);
            known.transient.busy_since_ms = 0;
        }
    }

    /// Ends a session for its viewer: it accepts no more payments, its claim is submitted, and then its close. Returns
    /// false if the session is unknown.
    pub fn end(&self, session: &SessionId) -> bool {
        self.end_for(session, Ending::Requested).is_some()
    }

    fn end_for(&self, id: &SessionId, ending: Ending) -> Option<()> {
        let mut shard = self.table.lock(id);
        self.change(&mut shard, id, |session| {
            session.ending.get_or_insert(ending);
        })
    }

    /// Ends the sessions that are idle or have used up their ticks, and removes rejected tickets that have expired.
    fn end_and_expire(&self, now_ms: Moment) {
        let (finalized, config) = (self.heights.finalized(), self.config());
        let (mut ending, mut expired) = (Vec::new(), Vec::new());
        self.table.for_each(|id, session| {
            if session.rejection.is_some() && session.expires_at < finalized {
                expired.push(*id);
            } else if let Some(reason) = session.ending_due(now_ms, &config) {
                ending.push((*id, reason));
            }
        });
        for (id, reason) in ending {
            self.end_for(&id, reason);
        }
        for id in expired {
            self.remove(&mut self.table.lock(&id), &id);
            self.admission.remove(&id);
        }
    }
}

impl Session {
    /// Returns the highest claim.
    fn claim(&self, id: &SessionId) -> Claim {
        Claim { session: *id, from: self.finalized_settled_ticks, ticks: self.revealed_ticks, proof: self.proof }
    }

    /// Returns whether the session is closing or ended, so that no more ticks follow.
    fn is_ending(&self) -> bool {
        self.closing.is_some() || self.ending.is_some()
    }

    /// Returns whether the session goes on and its claim, alone in its group, earns less than its fee. It may wait for more
    /// ticks or for other claims of its stream.
    pub(crate) fn may_wait(&self, fees: &ClaimFees, config: &Config) -> bool {
        let ticks = self.revealed_ticks.saturating_sub(self.settled_ticks);
        !self.is_ending() && self.income(ticks, config) < fees.of(ticks).saturating_add(fees.group)
    }

    /// Returns whether the claim earns at least its fee.
    fn pays_for_itself(&self, fees: &ClaimFees, config: &Config) -> bool {
        let ticks = self.revealed_ticks.saturating_sub(self.settled_ticks);
        self.income(ticks, config) >= fees.of(ticks)
    }

    /// Returns whether the node has been too busy for the session's row for too long.
    fn is_busy_for_long(&self, now_ms: Moment, config: &Config) -> bool {
        let since_ms = self.transient.busy_since_ms;
        since_ms > 0 && now_ms.saturating_sub(since_ms) >= config.busy_limit_ms
    }

    /// Returns why a claim or a close has to be submitted now, if it has.
    fn due(&self, now_ms: Moment, best: BlockNumber, fees: &ClaimFees, config: &Config) -> Option<DueReason> {
        if self.phase == Phase::Offered || self.rejection.is_some() || self.is_closed {
            return None;
        }
        let transient = &self.transient;
        let is_busy = self.is_busy_for_long(now_ms, config);
        let is_late = |since_ms: Moment| is_busy || now_ms.saturating_sub(since_ms) >= config.resubmit_after_ms;
        if self.revealed_ticks <= self.settled_ticks {
            return self.due_when_settled(is_busy, is_late);
        }
        let is_new = self.revealed_ticks > transient.submitted_ticks;
        let pays_for_itself = self.pays_for_itself(fees, config);
        let may_be_settled = pays_for_itself || self.is_ending();
        if !may_be_settled || !is_new && !is_late(transient.submitted_ms) {
            return None;
        }
        // At the end of a session the gateway pays for a claim that is not worth its fee, once.
        let may_cost = pays_for_itself || transient.direct_ticks < self.revealed_ticks;
        if may_cost {
            let deadline = self.closing.map(|closing| closing.block.saturating_add(config.close_period_blocks));
            let blocks_left = deadline.map(|deadline| deadline.saturating_sub(best));
            if let Some(blocks_left) = blocks_left.filter(|left| *left <= config.urgent_blocks) {
                return Some(DueReason::Urgent { blocks_left });
            }
            if !is_new || is_busy {
                return Some(DueReason::NotIncluded);
            }
        }
        if self.closing.is_some() {
            return Some(DueReason::Closing);
        }
        if let Some(ending) = self.ending {
            return Some(DueReason::Ending(ending));
        }
        if now_ms.saturating_sub(transient.last_payment_ms) >= config.idle_settle_ms {
            return Some(DueReason::Idle);
        }
        let age_ms = now_ms.saturating_sub(transient.unsubmitted_since_ms);
        (age_ms >= config.settle_interval_ms).then_some(DueReason::Interval)
    }

    /// The same for a session that is settled in the best chain: its claim again if that does not become final, then
    /// its close.
    fn due_when_settled(&self, is_busy: bool, is_late: impl Fn(Moment) -> bool) -> Option<DueReason> {
        let transient = &self.transient;
        if self.revealed_ticks > self.finalized_settled_ticks {
            // After a restart only the last of these is known: the time of the restart, until the viewer pays.
            let since_ms = transient.submitted_ms.max(transient.last_settled_ms).max(transient.last_payment_ms);
            return is_late(since_ms).then_some(DueReason::NotFinal);
        }
        let ending = self.ending.map(DueReason::Ending);
        let reason = self.closing.map(|_| DueReason::Closing).or(ending)?;
        if transient.close_submitted_ms == 0 && !is_busy {
            return Some(reason);
        }
        is_late(transient.close_submitted_ms).then_some(DueReason::NotIncluded)
    }

    /// Returns the opening to submit now, if it has to be.
    fn open_due(&self, now_ms: Moment, config: &Config) -> Option<DueOpen> {
        let transient = &self.transient;
        let is_new = transient.open_submitted_ms == 0;
        let is_busy = self.is_busy_for_long(now_ms, config);
        let is_late = is_busy || now_ms.saturating_sub(transient.open_submitted_ms) >= config.resubmit_after_ms;
        let is_due = self.phase == Phase::Offered && self.rejection.is_none() && (is_new || is_late);
        let ticket = self.signed.as_deref().filter(|_| is_due)?.clone();
        let may_cost = !self.is_uncovered && transient.open_attempts < MAX_ROW_ATTEMPTS;
        Some(DueOpen { ticket, is_late: (!is_new || is_busy) && may_cost })
    }

    /// Returns why the gateway has to end the session now, if it has.
    fn ending_due(&self, now_ms: Moment, config: &Config) -> Option<Ending> {
        if !self.accepts_payments() || self.phase == Phase::Offered {
            return None;
        }
        let idle_ms = now_ms.saturating_sub(self.transient.last_payment_ms);
        if self.charged_ticks >= self.max_ticks && idle_ms >= config.idle_settle_ms {
            return Some(Ending::Exhausted);
        }
        (idle_ms >= config.idle_close_ms).then_some(Ending::Idle)
    }
}
