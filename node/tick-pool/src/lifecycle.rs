//! What blocks do to rows: the best chain marks them, a retracted block takes its marks back, finality removes them.

use crate::config::{INCLUDED_PATIENCE, MIN_SPEED_SPAN};
use crate::entry::{close_rank, row_parts, Slot};
use crate::heads::Head;
use crate::state::State;
use std::ops::RangeInclusive;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{BlockNumber, Outcome, RowKind, SessionId};

/// The session that an outcome is about.
pub(crate) fn session_of(outcome: &Outcome) -> SessionId {
    match outcome {
        Outcome::Opened(id) | Outcome::Settled(id, _) | Outcome::Closing(id) | Outcome::Closed(id) => *id,
    }
}

impl State {
    /// `number` is the best block, and did this. Returns the tickets that were too old to keep.
    pub fn on_best(&mut self, number: BlockNumber, outcomes: &[Outcome]) -> usize {
        self.best = number;
        self.wake(number);
        if let Some(overdue) = number.checked_sub(INCLUDED_PATIENCE) {
            self.clear_marks(0..=overdue);
        }
        for outcome in outcomes {
            self.mark(number, outcome);
        }
        self.expire_opens(number)
    }

    /// The blocks from `number` on are not on the best chain any more.
    pub fn on_retracted(&mut self, number: BlockNumber) {
        self.heads.retract(number);
        self.clear_marks(number..=BlockNumber::MAX);
    }

    /// Rows whose block has come are ready again.
    fn wake(&mut self, number: BlockNumber) {
        for row in self.queues.due(number) {
            let (kind, session) = row_parts(&row);
            if let Some(meta) = self.slots.get_mut(&session).and_then(|slot| slot.meta_mut(kind)) {
                meta.wake = None;
            }
            self.refresh(session);
        }
    }

    fn clear_marks(&mut self, blocks: RangeInclusive<BlockNumber>) {
        let first = (*blocks.start(), SessionId([0; 16]));
        let last = (*blocks.end(), SessionId([u8::MAX; 16]));
        let marked: Vec<_> = self.marks.range(first..=last).copied().collect();
        for (block, session) in marked {
            self.marks.remove(&(block, session));
            if let Some(slot) = self.slots.get_mut(&session) {
                slot.marks.retain(|marked| !blocks.contains(&marked));
                self.refresh(session);
            }
        }
    }

    fn mark(&mut self, number: BlockNumber, outcome: &Outcome) {
        let session = session_of(outcome);
        match outcome {
            Outcome::Closing(_) => self.heads.set_closing(&session),
            Outcome::Closed(_) => self.heads.remove(&session),
            Outcome::Opened(_) | Outcome::Settled(..) => {}
        }
        let Some(slot) = self.slots.get_mut(&session) else { return };
        match outcome {
            Outcome::Opened(_) => {
                slot.marks.opened = Some(number);
                forgive(slot, RowKind::Open);
                forgive(slot, RowKind::Claim);
            }
            Outcome::Settled(_, ticks) => {
                progress(slot, *ticks);
                mark_settled(slot, number, *ticks);
            }
            Outcome::Closing(_) => {
                slot.marks.closing = Some(number);
                forgive(slot, RowKind::Close);
                if let Some(claim) = slot.claim.as_mut() {
                    claim.closing = true;
                }
            }
            Outcome::Closed(_) => slot.marks.closed = Some(number),
        }
        self.marks.insert((number, session));
        self.refresh(session);
    }

    /// Marks a row as done without an outcome that says so: the chain refused it because it is done already.
    pub fn mark_done(&mut self, row: RowId) {
        let best = self.best;
        let (kind, session) = row_parts(&row);
        let Some(slot) = self.slots.get_mut(&session) else { return };
        match kind {
            RowKind::Open => slot.marks.opened = Some(best),
            RowKind::Claim => {
                let offered = slot.claim.as_ref().map_or(0, |claim| claim.offered);
                mark_settled(slot, best, offered);
            }
            RowKind::Close => slot.marks.closing = Some(best),
        }
        self.marks.insert((best, session));
        self.refresh(session);
    }

    /// Tickets that can never be opened any more, and that the best chain has not opened.
    fn expire_opens(&mut self, number: BlockNumber) -> usize {
        let mut expired = 0;
        while let Some((last_block, session)) = self.expiries.first().copied() {
            if last_block.saturating_add(INCLUDED_PATIENCE) >= number {
                break;
            }
            self.expiries.remove(&(last_block, session));
            if self.slots.get(&session).is_some_and(Slot::is_unopened) {
                self.remove(RowId::Open(session));
                expired += 1;
            }
        }
        expired
    }

    /// Finalized blocks did this. Calls `gone` for each row that has reached its end by it.
    pub fn on_finalized(&mut self, outcomes: &[Outcome], mut gone: impl FnMut(RowKind)) {
        for outcome in outcomes {
            let session = session_of(outcome);
            let rows = match outcome {
                Outcome::Opened(_) => vec![RowId::Open(session)],
                Outcome::Settled(_, ticks) => self.settle(session, *ticks).into_iter().collect(),
                Outcome::Closing(_) => self.closing_is_final(session).into_iter().collect(),
                Outcome::Closed(_) => {
                    self.heads.remove(&session);
                    vec![RowId::Open(session), RowId::Claim(session), RowId::Close(session)]
                }
            };
            for row in rows {
                let (kind, _) = row_parts(&row);
                if self.slots.get(&session).is_some_and(|slot| slot.meta(kind).is_some()) {
                    self.remove(row);
                    gone(kind);
                }
            }
        }
    }

    /// So many ticks are finally settled. Returns the claim if it asks for no more.
    pub fn settle(&mut self, session: SessionId, ticks: u32) -> Option<RowId> {
        let slot = self.slots.get_mut(&session)?;
        progress(slot, ticks);
        let claim = slot.claim.as_mut()?;
        claim.settled = claim.settled.max(ticks);
        if ticks < claim.ticks {
            self.refresh(session);
            return None;
        }
        let head = Head {
            terms: claim.terms.clone(),
            ticks: claim.ticks,
            hash: claim.proof,
            closing: claim.closing,
            as_of: None,
        };
        self.heads.insert(session, head);
        Some(RowId::Claim(session))
    }

    /// A close that could do no more than begin the closing has done that.
    fn closing_is_final(&mut self, session: SessionId) -> Option<RowId> {
        let close = self.slots.get(&session)?.close.as_ref()?;
        (close_rank(&close.row) < 2).then_some(RowId::Close(session))
    }
}

fn mark_settled(slot: &mut Slot, number: BlockNumber, ticks: u32) {
    let known = slot.marks.settled.map_or(0, |(_, known)| known);
    slot.marks.settled = Some((number, known.max(ticks)));
}

/// Refusals so far count no more.
fn forgive(slot: &mut Slot, kind: RowKind) {
    if let Some(meta) = slot.meta_mut(kind) {
        meta.refusals = 0;
    }
}

/// The chain has settled more of a claim: the refusals before that count no more, and if it was cut for being too fast
/// twice as much is tried next.
fn progress(slot: &mut Slot, ticks: u32) {
    let before = slot.settled();
    let Some(claim) = slot.claim.as_mut().filter(|_| ticks > before) else { return };
    claim.meta.refusals = 0;
    if claim.speed_cap.is_some() {
        let span = (ticks - before).max(MIN_SPEED_SPAN).saturating_mul(2);
        claim.speed_cap = Some(ticks.saturating_add(span)).filter(|cap| *cap < claim.ticks);
    }
}
