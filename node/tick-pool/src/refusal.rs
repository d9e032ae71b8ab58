//! What becomes of a row that the worker's dry run found the chain would refuse.

use crate::config::{MAX_REFUSALS, MIN_SPEED_SPAN, RETRY_BLOCKS};
use crate::entry::row_parts;
use crate::state::State;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{RowError, RowKind};

/// What a refusal means for the row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meaning {
    /// It is done already, in a block that may not be final: it waits for finality, or for a reconciliation if that was
    /// missed.
    Done,
    /// It may pass later.
    Later,
    /// A part of it may pass now.
    Less,
    /// Its session is not there. A fork may have opened or closed it: it waits for its ticket, for the finality of the
    /// session's end, or otherwise some time.
    Orphan,
    /// It will never pass.
    Never,
}

/// What the pool did about a refusal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Aftermath {
    /// The pool did not hold the row.
    Unknown,
    /// It is kept.
    Kept,
    /// The pool let go of it.
    Dropped,
}

fn meaning(kind: RowKind, error: RowError) -> Meaning {
    use RowError::*;
    match (kind, error) {
        (RowKind::Open, NonceUsed | SessionExists) => Meaning::Done,
        (RowKind::Claim, AlreadySettled) => Meaning::Done,
        (RowKind::Close, AlreadyClosing) => Meaning::Done,
        // Another session's end gives money, allowance and room back.
        (RowKind::Open, FundsTooLow | AllowanceTooLow | TooManySessions) => Meaning::Later,
        // Another ticket of the viewer moves the window.
        (RowKind::Open, NonceTooHigh) => Meaning::Later,
        // `from` is the worker's: it knew a later block.
        (RowKind::Claim, FromAhead) => Meaning::Later,
        (RowKind::Claim, TooFast) => Meaning::Less,
        (RowKind::Claim | RowKind::Close, SessionUnknown) => Meaning::Orphan,
        (
            _,
            StreamUnknown | StreamNotOpen | GatewayUnknown | GatewayInactive | TicketExpired | TicketTooLong
            | NonceUsed | NonceTooOld | NonceTooHigh | DepositUnknown | DelegationMissing | DelegationExpired
            | SignatureInvalid | PriceAboveTicket | PriceAboveDelegation | AllowanceTooLow | FundsTooLow
            | TooManySessions | NoTicks | Overflow | SessionExists | SessionUnknown | GroupMismatch | FromAhead
            | ClaimEmpty | AlreadySettled | AboveMaximum | TooFast | ProofInvalid | CloseNotDue | AlreadyClosing,
        ) => Meaning::Never,
    }
}

impl State {
    /// The chain would refuse `row` for `error`.
    pub fn refuse(&mut self, row: RowId, error: RowError) -> Aftermath {
        let (kind, session) = row_parts(&row);
        let Some(slot) = self.slots.get_mut(&session) else { return Aftermath::Unknown };
        let (awaited, open_is_pending) = (slot.marks.closed.is_some(), slot.open.is_some());
        let Some(meta) = slot.meta_mut(kind) else { return Aftermath::Unknown };
        meta.refusals = meta.refusals.saturating_add(1);
        let tired = meta.refusals > MAX_REFUSALS;
        match meaning(kind, error) {
            Meaning::Done => self.mark_done(row),
            Meaning::Orphan if awaited || open_is_pending => {}
            Meaning::Later | Meaning::Orphan if !tired => self.sleep(row),
            Meaning::Less if !tired => return self.cut(row),
            Meaning::Later | Meaning::Less | Meaning::Orphan | Meaning::Never => return self.drop_row(row),
        }
        Aftermath::Kept
    }

    /// Lets go of a row. What was believed about its session may have been the reason: it is asked anew next time.
    fn drop_row(&mut self, row: RowId) -> Aftermath {
        if let RowId::Claim(session) = row {
            self.heads.remove(&session);
        }
        self.remove(row);
        Aftermath::Dropped
    }

    fn sleep(&mut self, row: RowId) {
        let wake = self.best.saturating_add(RETRY_BLOCKS);
        let (kind, session) = row_parts(&row);
        if let Some(meta) = self.slots.get_mut(&session).and_then(|slot| slot.meta_mut(kind)) {
            meta.wake = Some(wake);
        }
        self.refresh(session);
    }

    /// A claim came too fast: half of what was offered is tried next. While the session runs, time mends the rest. Once it
    /// is about to end, what can be paid is sought to the last tick; what is left then stays until the session has
    /// finally ended, because the blocks that paid the rest may yet be undone.
    fn cut(&mut self, row: RowId) -> Aftermath {
        let (_, session) = row_parts(&row);
        let Some(slot) = self.slots.get_mut(&session) else { return Aftermath::Unknown };
        let (settled, is_ending) = (slot.settled(), slot.is_ending());
        let Some(claim) = slot.claim.as_mut() else { return Aftermath::Unknown };
        if claim.offered <= settled {
            return Aftermath::Kept;
        }
        let half = (claim.offered - settled) / 2;
        claim.speed_cap = Some(settled.saturating_add(half.max(1)));
        let least = if is_ending { 1 } else { MIN_SPEED_SPAN };
        if half < least {
            self.sleep(row);
        } else {
            self.refresh(session);
        }
        Aftermath::Kept
    }
}
