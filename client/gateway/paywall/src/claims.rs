//! What settlement is to submit, most urgent first, and the books it is checked by.

use crate::{
    paywall::Paywall,
    session::{Death, Ending, Phase, Session},
    table::Table,
};
use parking_lot::Mutex;
use std::collections::VecDeque;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Claim, Moment, SessionId, SignedTicket, StreamId};

/// Rows one question is answered with: what a batch can carry.
pub const MAX_DUE: usize = 2_048;
/// Alarms one question is answered with.
pub const MAX_ALARMS: usize = 1_000;
/// Losses that are remembered for [`Paywall::alarms`]; the oldest is forgotten first. Counters keep the sum.
const MAX_LOSSES: usize = 1_000;
/// Times an open is handed over until it is left to the pool: somebody whose opens always fail shall not cost a fee of
/// this gateway's own each time.
const MAX_OPEN_ATTEMPTS: u32 = 4;

/// Why something is due. The order is the order of urgency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DueReason {
    /// The session closes in so many blocks; what is not settled by then is lost.
    Urgent {
        /// Blocks left.
        blocks_left: BlockNumber,
    },
    /// It was submitted and is in no block: take the direct way.
    NotIncluded,
    /// It was in a block, and after `resubmit_after_ms` is in no final one: the block may have been undone.
    NotFinal,
    /// The chain closes it.
    Closing,
    /// The gateway ends it.
    Ending(Ending),
    /// The viewer has paused.
    Idle,
    /// The claim is `settle_interval_ms` old.
    Interval,
}

/// A row to submit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueClaim {
    /// Which session.
    pub session: SessionId,
    /// Its stream: claims are grouped by it.
    pub stream: StreamId,
    /// What is to be settled; none when all is and only the close is left.
    pub claim: Option<Claim>,
    /// Whether a close of the gateway is to be submitted: only when everything is settled for good, since a close that
    /// overtakes its claim would forfeit it.
    pub close: bool,
    /// Why.
    pub reason: DueReason,
}

/// An open to submit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueOpen {
    /// What the viewer signed.
    pub ticket: SignedTicket,
    /// It was submitted and is in no block: take the direct way.
    pub is_late: bool,
}

/// One session's books, in ticks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Books {
    /// What the keys released cost.
    pub released: u32,
    /// What the viewer has revealed.
    pub claimed: u32,
    /// What was handed to the chain.
    pub submitted: u32,
    /// What is settled in the best chain.
    pub settled: u32,
    /// What is settled for good.
    pub settled_final: u32,
    /// What a tick costs.
    pub price_per_tick: Balance,
}

/// Ticks that nobody will pay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loss {
    /// Which session.
    pub session: SessionId,
    /// Its stream.
    pub stream: StreamId,
    /// How many.
    pub ticks: u32,
    /// How the ticket died; none for a session that closed before its claim was settled.
    pub death: Option<Death>,
}

/// Books that disagree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Alarm {
    /// The journal cannot be written; nothing is sold.
    Degraded(String),
    /// More was released than revealed: a defect.
    ReleasedAboveClaimed(SessionId, Books),
    /// The chain has settled more than is known here: an old copy of the journal, or two gateways with one account.
    SettledAboveClaimed(SessionId, Books),
    /// A claim waits for longer than `alarm_after_ms`.
    NotSettled(SessionId, Books),
    /// A ticket that was sold is not the session on chain.
    DeadTicket(SessionId, Death, Books),
    /// Released and lost.
    Lost(Loss),
}

/// The latest losses.
#[derive(Default)]
pub(crate) struct Losses(Mutex<VecDeque<Loss>>);

impl Losses {
    pub fn book(&self, loss: Loss) {
        let mut losses = self.0.lock();
        if losses.len() == MAX_LOSSES {
            losses.pop_front();
        }
        losses.push_back(loss);
    }
}

impl Paywall {
    /// What is to be submitted now: at most `limit` rows (and [`MAX_DUE`]), most urgent first. Sessions idle for too long
    /// are ended by asking.
    pub fn claims_due(&self, now_ms: Moment, limit: usize) -> Vec<DueClaim> {
        self.end_idle(now_ms);
        let best = self.heights.best();
        let mut due = Vec::new();
        self.table.for_each(|id, session| {
            if let Some(reason) = session.due(now_ms, best, &self.config) {
                due.push((reason, session.live.due_since_ms, *id));
            }
        });
        due.sort_unstable();
        due.truncate(limit.min(MAX_DUE));
        due.into_iter().filter_map(|(reason, _, id)| self.due_claim(&id, reason)).collect()
    }

    fn due_claim(&self, id: &SessionId, reason: DueReason) -> Option<DueClaim> {
        let shard = self.table.lock(id);
        let session = shard.get(id)?;
        let is_owed = session.ticks > session.settled_best || reason == DueReason::NotFinal;
        let claim = is_owed.then(|| session.claim(id));
        Some(DueClaim { session: *id, stream: session.stream, close: claim.is_none(), claim, reason })
    }

    /// The highest claim of a session. `from` is final, so no reorganisation makes it fail.
    pub fn claim_of(&self, session: &SessionId) -> Option<Claim> {
        self.table.lock(session).get(session).map(|known| known.claim(session))
    }

    /// The highest claim of each session of which something is not settled for good, by session. Walks the whole table.
    pub fn unsettled(&self) -> Vec<Claim> {
        let mut claims = Vec::new();
        self.table.for_each(|id, session| {
            let is_owed = session.ticks > session.settled_final && session.death.is_none() && !session.is_closed;
            claims.extend(is_owed.then(|| session.claim(id)));
        });
        claims.sort_unstable_by_key(|claim| claim.session);
        claims
    }

    /// A claim up to `ticks` was handed to the chain. It is due again when it is in no block after `resubmit_after_ms`.
    pub fn submitted(&self, session: &SessionId, ticks: u32, now_ms: Moment) {
        if let Some(known) = self.table.lock(session).get_mut(session) {
            known.live.submitted_ticks = known.live.submitted_ticks.max(ticks.min(known.ticks));
            known.live.submitted_ms = now_ms;
            known.live.due_since_ms = now_ms;
        }
    }

    /// A close was handed to the chain. It is due again when it is in no block after `resubmit_after_ms`.
    pub fn close_submitted(&self, session: &SessionId, now_ms: Moment) {
        if let Some(known) = self.table.lock(session).get_mut(session) {
            known.live.close_submitted_ms = now_ms;
        }
    }

    /// Tickets whose opens are to be submitted: those never handed over, and those in no block for `resubmit_after_ms`.
    pub fn opens_due(&self, now_ms: Moment, limit: usize) -> Vec<DueOpen> {
        let open = |id: SessionId| {
            let shard = self.table.lock(&id);
            shard.get(&id)?.open_due(now_ms, self.config.resubmit_after_ms)
        };
        self.admission.waiting().into_iter().filter_map(open).take(limit).collect()
    }

    /// An open was handed to the chain.
    pub fn open_submitted(&self, session: &SessionId, now_ms: Moment) {
        if let Some(known) = self.table.lock(session).get_mut(session) {
            known.live.open_submitted_ms = now_ms;
            known.live.open_attempts = known.live.open_attempts.saturating_add(1);
        }
    }

    /// The viewer is leaving: nothing more is sold, the claim is due, then the close. False when there is no such session.
    pub fn end(&self, session: &SessionId) -> bool {
        self.end_for(session, Ending::Asked).is_some()
    }

    fn end_for(&self, id: &SessionId, ending: Ending) -> Option<()> {
        let mut shard = self.table.lock(id);
        self.change(&mut shard, id, |session| {
            session.ending.get_or_insert(ending);
        })
    }

    /// Ends who has stopped paying, and forgets dead tickets that can no longer come to life.
    fn end_idle(&self, now_ms: Moment) {
        let finalized = self.heights.finalized();
        let (mut idle, mut dead) = (Vec::new(), Vec::new());
        self.table.for_each(|id, session| {
            if session.death.is_some() && session.expires_at < finalized {
                dead.push(*id);
            } else if let Some(ending) = session.ending_due(now_ms, &self.config) {
                idle.push((*id, ending));
            }
        });
        for (id, ending) in idle {
            self.end_for(&id, ending);
        }
        for id in dead {
            self.remove(&mut self.table.lock(&id), &id);
            self.admission.leave(&id);
        }
    }

    /// One session's books.
    pub fn books(&self, session: &SessionId) -> Option<Books> {
        self.table.lock(session).get(session).map(|known| known.books())
    }

    /// Everything on which paywall and chain disagree, at most [`MAX_ALARMS`]. A loss is told once.
    pub fn alarms(&self, now_ms: Moment) -> Vec<Alarm> {
        let mut alarms: Vec<_> = self.degraded().map(Alarm::Degraded).into_iter().collect();
        self.table.for_each(|id, session| alarms.extend(session.alarm(id, now_ms, self.config.alarm_after_ms)));
        alarms.extend(self.losses.0.lock().drain(..).map(Alarm::Lost));
        alarms.truncate(MAX_ALARMS);
        alarms
    }

    /// The sessions of one viewer. Walks the whole table: not for the fast path.
    pub fn sessions_of(&self, viewer: &AccountId) -> Vec<SessionId> {
        let mut ids = Vec::new();
        self.table.for_each(|id, session| ids.extend((session.viewer == *viewer).then_some(*id)));
        ids
    }

    /// Bytes a session takes, entry and heap, averaged over the table. What allocator and free room add is not in it.
    pub fn session_bytes(&self) -> usize {
        let entry = std::mem::size_of::<(SessionId, Box<Session>)>() + std::mem::size_of::<Session>();
        let mut heap = 0;
        self.table.for_each(|_, session| heap += session.heap_bytes());
        entry + heap / self.table.len().max(1) + std::mem::size_of::<Table>() / self.table.len().max(1)
    }
}

impl Session {
    fn claim(&self, id: &SessionId) -> Claim {
        Claim { session: *id, from: self.settled_final, ticks: self.ticks, proof: self.proof }
    }

    /// Whether something is to be submitted, and why.
    fn due(&self, now_ms: Moment, best: BlockNumber, config: &crate::Config) -> Option<DueReason> {
        if self.phase == Phase::Unopened || self.death.is_some() || self.is_closed {
            return None;
        }
        let live = &self.live;
        let is_late = |since_ms: Moment| now_ms.saturating_sub(since_ms) >= config.resubmit_after_ms;
        let is_unsettled = self.ticks > self.settled_best;
        if !is_unsettled {
            return self.due_when_settled(is_late);
        }
        let is_new = self.ticks > live.submitted_ticks;
        if !is_new && !is_late(live.submitted_ms) {
            return None;
        }
        let deadline = self.closing.map(|closing| closing.block.saturating_add(config.close_period_blocks));
        let blocks_left = deadline.map(|deadline| deadline.saturating_sub(best));
        if let Some(blocks_left) = blocks_left.filter(|left| *left <= config.urgent_blocks) {
            return Some(DueReason::Urgent { blocks_left });
        }
        if !is_new {
            return Some(DueReason::NotIncluded);
        }
        if self.closing.is_some() {
            return Some(DueReason::Closing);
        }
        if let Some(ending) = self.ending {
            return Some(DueReason::Ending(ending));
        }
        if now_ms.saturating_sub(live.paid_ms) >= config.idle_settle_ms {
            return Some(DueReason::Idle);
        }
        (now_ms.saturating_sub(live.due_since_ms) >= config.settle_interval_ms).then_some(DueReason::Interval)
    }

    /// Whether, with everything settled in the best chain, there is still something to submit: the claim again, when that
    /// does not become final; then the close.
    fn due_when_settled(&self, is_late: impl Fn(Moment) -> bool) -> Option<DueReason> {
        let live = &self.live;
        if self.ticks > self.settled_final {
            // As if it had been handed over when it was last paid into: a restart knows of no earlier moment.
            let since_ms = live.submitted_ms.max(live.settled_ms).max(live.paid_ms);
            return is_late(since_ms).then_some(DueReason::NotFinal);
        }
        let ending = self.ending.map(DueReason::Ending);
        let reason = self.closing.map(|_| DueReason::Closing).or(ending)?;
        if live.close_submitted_ms == 0 {
            return Some(reason);
        }
        is_late(live.close_submitted_ms).then_some(DueReason::NotIncluded)
    }

    fn open_due(&self, now_ms: Moment, resubmit_after_ms: u64) -> Option<DueOpen> {
        let live = &self.live;
        let is_new = live.open_submitted_ms == 0;
        let is_late = now_ms.saturating_sub(live.open_submitted_ms) >= resubmit_after_ms;
        let is_due = self.phase == Phase::Unopened && self.death.is_none() && (is_new || is_late);
        let ticket = self.signed.as_deref().filter(|_| is_due)?.clone();
        let may_cost = !self.is_uncovered && live.open_attempts < MAX_OPEN_ATTEMPTS;
        Some(DueOpen { ticket, is_late: !is_new && may_cost })
    }

    fn ending_due(&self, now_ms: Moment, config: &crate::Config) -> Option<Ending> {
        if !self.is_selling() || self.phase == Phase::Unopened {
            return None;
        }
        let idle_ms = now_ms.saturating_sub(self.live.paid_ms);
        if self.spent >= self.max_ticks && idle_ms >= config.idle_settle_ms {
            return Some(Ending::Spent);
        }
        (idle_ms >= config.idle_close_ms).then_some(Ending::Idle)
    }

    fn books(&self) -> Books {
        Books {
            released: self.spent,
            claimed: self.ticks,
            submitted: self.live.submitted_ticks,
            settled: self.settled_best,
            settled_final: self.settled_final,
            price_per_tick: self.price_per_tick,
        }
    }

    fn alarm(&self, id: &SessionId, now_ms: Moment, alarm_after_ms: u64) -> Option<Alarm> {
        let books = self.books();
        if let Some(death) = self.death {
            return Some(Alarm::DeadTicket(*id, death, books));
        }
        if books.released > books.claimed {
            return Some(Alarm::ReleasedAboveClaimed(*id, books));
        }
        if books.settled > books.claimed {
            return Some(Alarm::SettledAboveClaimed(*id, books));
        }
        let since_ms = self.live.unsettled_since_ms;
        let waits = books.claimed > books.settled && since_ms > 0 && self.phase > Phase::Unopened;
        (waits && now_ms.saturating_sub(since_ms) >= alarm_after_ms).then_some(Alarm::NotSettled(*id, books))
    }

    fn heap_bytes(&self) -> usize {
        let signed = self.signed.as_ref().map_or(0, |_| std::mem::size_of::<SignedTicket>());
        signed + self.bought.heap_bytes()
    }
}
