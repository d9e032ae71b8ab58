//! Effects of blocks on rows: the best chain marks them as included, a retracted block takes its marks back, finality
//! removes them.

use crate::config::INCLUDED_TIMEOUT_BLOCKS;
use crate::entry::{row_parts, ClosePower, Slot};
use crate::heads::Head;
use crate::state::State;
use std::ops::RangeInclusive;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{BlockNumber, Outcome, RowKind, SessionId};

/// Session that an outcome is about.
pub(crate) fn session_of(outcome: &Outcome) -> SessionId {
    match outcome {
        Outcome::Opened(id) | Outcome::Settled(id, _) | Outcome::Closing(id) | Outcome::Closed(id) => *id,
    }
}

impl State {
    /// Applies the outcomes of the new best block `number`. Returns the number of tickets removed because they have
    /// expired.
    pub fn on_best(&mut self, number: BlockNumber, outcomes: &[Outcome]) -> usize {
        self.best = number;
        self.wake_rows(number);
        if let Some(overdue) = number.checked_sub(INCLUDED_TIMEOUT_BLOCKS) {
            self.clear_marks(0..=overdue);
        }
        for outcome in outcomes {
            self.mark(number, outcome);
        }
        self.expire_opens(number)
    }

    /// Takes back the marks of the blocks from `number` on, which have left the best chain.
    pub fn on_retracted(&mut self, number: BlockNumber) {
        self.heads.retract(number);
        self.clear_marks(number..=BlockNumber::MAX);
    }

    /// Makes the rows ready that wait for block `number` or an earlier one.
    fn wake_rows(&mut self, number: BlockNumber) {
        for row in self.queues.waiting_until(number) {
            let (kind, session) = row_parts(&row);
            if let Some(meta) = self.slots.get_mut(&session).and_then(|slot| slot.meta_mut(kind)) {
                meta.not_before = None;
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
                reset_refusals(slot, RowKind::Open);
                reset_refusals(slot, RowKind::Claim);
            }
            Outcome::Settled(_, ticks) => {
                record_progress(slot, *ticks);
                mark_settled(slot, number, *ticks);
            }
            Outcome::Closing(_) => {
                slot.marks.closing = Some(number);
                reset_refusals(slot, RowKind::Close);
                if let Some(claim) = slot.claim.as_mut() {
                    claim.closing = true;
                }
            }
            Outcome::Closed(_) => slot.marks.closed = Some(number),
        }
        self.marks.insert((number, session));
        self.refresh(session);
    }

    /// Marks a row as included although no outcome says so: the chain refused it because it is carried out already.
    pub fn mark_included(&mut self, row: RowId) {
        let best = self.best;
        let (kind, session) = row_parts(&row);
        let Some(slot) = self.slots.get_mut(&session) else { return };
        match kind {
            RowKind::Open => slot.marks.opened = Some(best),
            RowKind::Claim => {
                let offered_ticks = slot.claim.as_ref().map_or(0, |claim| claim.offered_ticks);
                mark_settled(slot, best, offered_ticks);
            }
            RowKind::Close => slot.marks.closing = Some(best),
        }
        self.marks.insert((best, session));
        self.refresh(session);
    }

    /// Removes unopened tickets that have been expired for [`INCLUDED_TIMEOUT_BLOCKS`]. Returns their number.
    fn expire_opens(&mut self, number: BlockNumber) -> usize {
        let mut expired = 0;
        while let Some((last_block, session)) = self.expiries.first().copied() {
            if last_block.saturating_add(INCLUDED_TIMEOUT_BLOCKS) >= number {
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

    /// Removes the rows that finalized blocks have carried out, and calls `on_removed` for each.
    pub fn on_finalized(&mut self, outcomes: &[Outcome], mut on_removed: impl FnMut(RowKind)) {
        for outcome in outcomes {
            let session = session_of(outcome);
            let rows = match outcome {
                Outcome::Opened(_) => vec![RowId::Open(session)],
                Outcome::Settled(_, ticks) => self.finalize_ticks(session, *ticks).into_iter().collect(),
                Outcome::Closing(_) => self.finalize_closing(session).into_iter().collect(),
                Outcome::Closed(_) => {
                    self.heads.remove(&session);
                    vec![RowId::Open(session), RowId::Claim(session), RowId::Close(session)]
                }
            };
            for row in rows {
                let (kind, _) = row_parts(&row);
                if self.slots.get(&session).is_some_and(|slot| slot.meta(kind).is_some()) {
                    self.remove(row);
                    on_removed(kind);
                }
            }
        }
    }

    /// Records that `ticks` are finally settled. Returns the claim if that is all of it.
    pub fn finalize_ticks(&mut self, session: SessionId, ticks: u32) -> Option<RowId> {
        let slot = self.slots.get_mut(&session)?;
        record_progress(slot, ticks);
        let claim = slot.claim.as_mut()?;
        claim.settled_ticks = claim.settled_ticks.max(ticks);
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

    /// Returns the close if it could do no more than start the closing, which is final now.
    fn finalize_closing(&mut self, session: SessionId) -> Option<RowId> {
        let close = self.slots.get(&session)?.close.as_ref()?;
        (ClosePower::of(&close.row) < ClosePower::End).then_some(RowId::Close(session))
    }
}

fn mark_settled(slot: &mut Slot, number: BlockNumber, ticks: u32) {
    let known = slot.marks.settled.map_or(0, |(_, known)| known);
    slot.marks.settled = Some((number, known.max(ticks)));
}

/// Forgets the refusals so far.
fn reset_refusals(slot: &mut Slot, kind: RowKind) {
    if let Some(meta) = slot.meta_mut(kind) {
        meta.refusals = 0;
    }
}

/// Records that the chain has settled `ticks`. If that is more than before, earlier refusals are forgotten.
fn record_progress(slot: &mut Slot, ticks: u32) {
    let before = slot.settled_ticks();
    if let Some(claim) = slot.claim.as_mut().filter(|_| ticks > before) {
        claim.meta.refusals = 0;
    }
}
