//! The order of rows: who is offered first, who waits for which block, who is oldest.
//!
//! Every change is `O(log n)`; nothing here ever looks at all rows.

use crate::entry::{row_id, Meta, Place};
use std::collections::{BTreeMap, BTreeSet};
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{BlockNumber, RowKind, SessionId};

/// Where every row is. One entry a row in `ages`, at most one in `ready` or `waiting`: bounded by the pool's entries.
#[derive(Default)]
pub(crate) struct Queues {
    ready: [BTreeMap<(u8, u64), SessionId>; 3],
    waiting: BTreeSet<(BlockNumber, u64)>,
    ages: BTreeMap<u64, RowId>,
    counts: [usize; 3],
    next_seq: u64,
}

impl Queues {
    /// Takes a new row in, at the end of the line, and gives it its number.
    pub fn enter(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta) {
        self.counts[kind as usize] += 1;
        self.number(kind, session, meta);
    }

    /// Sends a row back to the end of the line.
    pub fn requeue(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta) {
        self.relocate(kind, session, meta, Place::Parked);
        self.ages.remove(&meta.seq);
        self.number(kind, session, meta);
    }

    fn number(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta) {
        meta.seq = self.next_seq;
        self.next_seq += 1;
        self.ages.insert(meta.seq, row_id(kind, session));
    }

    /// Moves a row to where it belongs now.
    pub fn relocate(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta, place: Place) {
        if meta.place == place {
            return;
        }
        match meta.place {
            Place::Parked => {}
            Place::Ready(urgency) => {
                self.ready[kind as usize].remove(&(urgency, meta.seq));
            }
            Place::Waiting(block) => {
                self.waiting.remove(&(block, meta.seq));
            }
        }
        match place {
            Place::Parked => {}
            Place::Ready(urgency) => {
                self.ready[kind as usize].insert((urgency, meta.seq), session);
            }
            Place::Waiting(block) => {
                self.waiting.insert((block, meta.seq));
            }
        }
        meta.place = place;
    }

    /// Lets go of a row.
    pub fn leave(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta) {
        self.relocate(kind, session, meta, Place::Parked);
        self.ages.remove(&meta.seq);
        self.counts[kind as usize] -= 1;
    }

    /// The sessions whose rows of `kind` are to be offered, most urgent first.
    pub fn ready(&self, kind: RowKind) -> impl Iterator<Item = &SessionId> {
        self.ready[kind as usize].values()
    }

    /// The rows that wait for `block` or an earlier one.
    pub fn due(&self, block: BlockNumber) -> Vec<RowId> {
        self.waiting.range(..=(block, u64::MAX)).filter_map(|(_, seq)| self.ages.get(seq).copied()).collect()
    }

    /// The row that came first of all.
    pub fn oldest(&self) -> Option<&RowId> {
        self.ages.values().next()
    }

    /// Rows of `kind`.
    pub fn count(&self, kind: RowKind) -> usize {
        self.counts[kind as usize]
    }

    /// Rows of all kinds.
    pub fn len(&self) -> usize {
        self.ages.len()
    }
}
