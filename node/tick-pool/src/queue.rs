//! The order of rows: which are offered first, which wait for a block, which is the oldest.
//!
//! Every change takes `O(log n)`; no operation looks at all rows.

use crate::entry::{row_id, Meta, Place, FOREIGN};
use std::collections::{BTreeMap, BTreeSet};
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{BlockNumber, RowKind, SessionId};

/// Places of all rows. A row has one entry in `ages` and at most one in `ready` or `waiting`, so the pool's limit
/// bounds them.
#[derive(Default)]
pub(crate) struct Queues {
    /// Rows of each kind that are ready, by urgency and turn.
    ready: [BTreeMap<(u8, u64), SessionId>; 3],
    /// Rows that are not offered before a block, by that block.
    waiting: BTreeSet<(BlockNumber, u64)>,
    /// All rows by age.
    ages: BTreeMap<u64, RowId>,
    counts: [usize; 3],
    /// Number of ready rows that the worker does not serve.
    foreign: usize,
    next_seq: u64,
}

impl Queues {
    /// Adds a new row as the youngest one and gives it its number.
    pub fn enter(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta) {
        self.counts[kind as usize] += 1;
        self.number(kind, session, meta);
    }

    /// Makes a row the youngest one.
    pub fn requeue(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta) {
        self.relocate(kind, session, meta, Place::Parked);
        self.ages.remove(&meta.seq);
        self.number(kind, session, meta);
    }

    fn number(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta) {
        meta.seq = self.next_seq;
        meta.turn = self.next_seq;
        self.next_seq += 1;
        self.ages.insert(meta.seq, row_id(kind, session));
    }

    /// Moves a row to `place`.
    pub fn relocate(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta, place: Place) {
        if meta.place == place {
            return;
        }
        match meta.place {
            Place::Parked => {}
            Place::Ready(urgency) => {
                self.ready[kind as usize].remove(&(urgency, meta.turn));
                self.foreign -= usize::from(urgency == FOREIGN);
            }
            Place::Waiting(block) => {
                self.waiting.remove(&(block, meta.seq));
            }
        }
        match place {
            Place::Parked => {}
            Place::Ready(urgency) => {
                self.ready[kind as usize].insert((urgency, meta.turn), session);
                self.foreign += usize::from(urgency == FOREIGN);
            }
            Place::Waiting(block) => {
                self.waiting.insert((block, meta.seq));
            }
        }
        meta.place = place;
    }

    /// Lets a ready row be offered after all others of its kind and urgency. Its age stays.
    pub fn pass(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta) {
        let Place::Ready(urgency) = meta.place else { return };
        self.ready[kind as usize].remove(&(urgency, meta.turn));
        meta.turn = self.next_seq;
        self.next_seq += 1;
        self.ready[kind as usize].insert((urgency, meta.turn), session);
    }

    /// Number of rows of `kind` that are ready.
    pub fn ready_count(&self, kind: RowKind) -> usize {
        self.ready[kind as usize].len()
    }

    /// Removes a row.
    pub fn leave(&mut self, kind: RowKind, session: SessionId, meta: &mut Meta) {
        self.relocate(kind, session, meta, Place::Parked);
        self.ages.remove(&meta.seq);
        self.counts[kind as usize] -= 1;
    }

    /// Sessions whose rows of `kind` are ready, most urgent first.
    pub fn ready(&self, kind: RowKind) -> impl Iterator<Item = &SessionId> {
        self.ready[kind as usize].values()
    }

    /// Sessions whose rows of `kind` are ready with this urgency, in the order of their turns.
    pub fn ready_with(&self, kind: RowKind, urgency: u8) -> impl Iterator<Item = &SessionId> {
        self.ready[kind as usize].range((urgency, 0)..=(urgency, u64::MAX)).map(|(_, session)| session)
    }

    /// Rows that wait for `block` or an earlier one.
    pub fn waiting_until(&self, block: BlockNumber) -> Vec<RowId> {
        self.waiting.range(..=(block, u64::MAX)).filter_map(|(_, seq)| self.ages.get(seq).copied()).collect()
    }

    /// Oldest row.
    pub fn oldest(&self) -> Option<&RowId> {
        self.ages.values().next()
    }

    /// Number of rows of `kind`.
    pub fn count(&self, kind: RowKind) -> usize {
        self.counts[kind as usize]
    }

    /// Number of ready rows that the worker does not serve.
    pub fn foreign(&self) -> usize {
        self.foreign
    }

    /// Number of rows of all kinds.
    pub fn len(&self) -> usize {
        self.ages.len()
    }
}
