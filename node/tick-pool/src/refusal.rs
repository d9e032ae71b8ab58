//! Treatment of rows that the worker's dry run found the chain would refuse.

use crate::config::{MAX_REFUSALS, RETRY_BLOCKS};
use crate::entry::row_parts;
use crate::state::State;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{RowError, RowKind};

/// What a refusal says about the row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meaning {
    /// The row is carried out already, in a block that may not be final. It waits for finality, or for a reconciliation
    /// if finality was missed.
    Included,
    /// The row may pass later.
    NotNow,
    /// The row's session is not open. A fork may have opened or ended it, so the row waits: for its ticket, for the end
    /// of the session to become final, or else for some time.
    NoSession,
    /// The row can never pass.
    Never,
}

/// What the pool did with a refused row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Disposition {
    /// The pool did not hold the row.
    NotHeld,
    /// The row stays.
    Kept,
    /// The row was dropped.
    Dropped,
}

fn meaning(kind: RowKind, error: RowError) -> Meaning {
    use RowError::*;
    match (kind, error) {
        (RowKind::Open, NonceUsed | SessionExists) => Meaning::Included,
        (RowKind::Claim, AlreadySettled) => Meaning::Included,
        (RowKind::Close, AlreadyClosing) => Meaning::Included,
        // The end of another session returns money, allowance and room.
        (RowKind::Open, FundsTooLow | AllowanceTooLow | TooManySessions | TooManyKeySessions) => Meaning::NotNow,
        // Another ticket of the key moves the window.
        (RowKind::Open, NonceTooHigh) => Meaning::NotNow,
        // The worker sets `from`; it knew a later block.
        (RowKind::Claim, FromAhead) => Meaning::NotNow,
        // The worker settles the ticks that can have been watched by now; there are none. While the session runs, time
        // earns more. After that none can be settled, but the blocks that settled the others may be undone.
        (RowKind::Claim, TooFast) => Meaning::NotNow,
        (RowKind::Claim | RowKind::Close, SessionUnknown) => Meaning::NoSession,
        (
            _,
            StreamUnknown | StreamNotOpen | GatewayUnknown | GatewayInactive | TicketExpired | TicketTooLong
            | NonceUsed | NonceTooOld | NonceTooHigh | DepositUnknown | KeyUnknown | KeyExpired | KeyOutOfScope
            | TooManyKeySessions | SignatureInvalid | PriceAboveTicket | PriceAboveKey | AllowanceTooLow | FundsTooLow
            | TooManySessions | NoTicks | Overflow | SessionExists | SessionUnknown | GroupMismatch | FromAhead
            | ClaimEmpty | AlreadySettled | AboveMaximum | TooFast | ProofInvalid | CloseNotDue | AlreadyClosing
            | PriceBelowMinimum,
        ) => Meaning::Never,
    }
}

impl State {
    /// Handles the refusal of `row` with `error`.
    pub fn on_refused(&mut self, row: RowId, error: RowError) -> Disposition {
        let (kind, session) = row_parts(&row);
        let Some(slot) = self.slots.get_mut(&session) else { return Disposition::NotHeld };
        let (has_ended, has_ticket) = (slot.marks.closed.is_some(), slot.has_ticket());
        let Some(meta) = slot.meta_mut(kind) else { return Disposition::NotHeld };
        meta.refusals = meta.refusals.saturating_add(1);
        let may_retry = meta.refusals <= MAX_REFUSALS;
        match meaning(kind, error) {
            Meaning::Included => self.mark_included(row),
            Meaning::NoSession if has_ended || has_ticket => {}
            Meaning::NotNow | Meaning::NoSession if may_retry => self.postpone(row),
            Meaning::NotNow | Meaning::NoSession | Meaning::Never => return self.drop_row(row),
        }
        Disposition::Kept
    }

    /// Drops a row. A wrong head may have been the reason for the refusal, so the next claim reads the session anew.
    fn drop_row(&mut self, row: RowId) -> Disposition {
        if let RowId::Claim(session) = row {
            self.heads.remove(&session);
        }
        self.remove(row);
        Disposition::Dropped
    }

    /// Keeps a row out of the offers for [`RETRY_BLOCKS`].
    fn postpone(&mut self, row: RowId) {
        let not_before = self.best.saturating_add(RETRY_BLOCKS);
        let (kind, session) = row_parts(&row);
        if let Some(meta) = self.slots.get_mut(&session).and_then(|slot| slot.meta_mut(kind)) {
            meta.not_before = Some(not_before);
        }
        self.refresh(session);
    }
}
