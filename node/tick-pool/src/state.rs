//! What is under the lock: the rows, their order, and what about them has yet to be written down.
//!
//! Nothing in here hashes, reads the chain or touches a disk.

use crate::config::{PoolConfig, CLOSE_PATIENCE, MAX_DIRTY_FACTOR};
use crate::entry::{row_id, row_parts, Meta, PooledClaim, PooledClose, PooledOpen, Record, Slot, KINDS};
use crate::error::{Rejected, StorageError};
use crate::heads::Heads;
use crate::queue::Queues;
use std::collections::{BTreeSet, HashMap, HashSet};
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{AccountId, BlockNumber, RowKind, SessionId};

/// How much the pool holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// Tickets not yet finally opened.
    pub opens: usize,
    /// Claims not yet finally settled.
    pub claims: usize,
    /// Closes not yet finally done.
    pub closes: usize,
    /// What all of them take.
    pub bytes: usize,
    /// Heads remembered besides.
    pub heads: usize,
    /// How long the oldest row has been waiting; 0 when there is none.
    pub oldest_age_ms: u64,
}

/// Everything under the lock.
pub(crate) struct State {
    max_entries: usize,
    max_bytes: usize,
    /// One slot a session that has a row; bounded by `max_entries`.
    pub slots: HashMap<SessionId, Slot>,
    /// The session of each viewer's pending ticket; bounded by the opens.
    pub viewers: HashMap<AccountId, SessionId>,
    /// Pending tickets by their last block; bounded by the opens.
    pub expiries: BTreeSet<(BlockNumber, SessionId)>,
    /// Which sessions were marked in which block; bounded by what `INCLUDED_PATIENCE` blocks can do to the slots.
    pub marks: BTreeSet<(BlockNumber, SessionId)>,
    pub queues: Queues,
    pub heads: Heads,
    /// Rows that are on disk in another form than here; bounded by `max_entries * MAX_DIRTY_FACTOR`, beyond which nothing
    /// new is taken.
    dirty: HashSet<RowId>,
    /// Counts the changes: what was written down covers all changes up to a serial.
    pub serial: u64,
    /// The best block.
    pub best: BlockNumber,
    /// Counts the offers.
    pub round: u64,
    next_birth: u64,
    bytes: usize,
}

impl State {
    pub fn new(config: &PoolConfig) -> Self {
        Self {
            max_entries: config.max_entries,
            max_bytes: config.max_bytes,
            slots: HashMap::new(),
            viewers: HashMap::new(),
            expiries: BTreeSet::new(),
            marks: BTreeSet::new(),
            queues: Queues::default(),
            heads: Heads::new(config.max_heads),
            dirty: HashSet::new(),
            serial: 0,
            best: 0,
            round: 0,
            next_birth: 0,
            bytes: 0,
        }
    }

    /// Takes back what an earlier life of the node wrote down, oldest first.
    pub fn restore(&mut self, mut records: Vec<(SessionId, Record)>) {
        records.sort_by_key(|(_, record)| record.since_ms());
        for (session, record) in records {
            self.put(session, record);
            self.refresh(session);
        }
        self.dirty.clear();
    }

    /// Whether `record` may come in as a new row.
    pub fn room_for(&self, record: &Record) -> Result<(), Rejected> {
        let (entries, bytes) = (self.queues.len(), self.bytes);
        if entries >= self.max_entries || bytes.saturating_add(record.counted_bytes()) > self.max_bytes {
            return Err(Rejected::PoolFull { entries, bytes });
        }
        if self.dirty.len() >= self.max_entries.saturating_mul(MAX_DIRTY_FACTOR) {
            return Err(StorageError::Backlog(self.dirty.len()).into());
        }
        Ok(())
    }

    /// Puts a row in, in the place of the one of its kind that may be there. Keeps the age and number of that one.
    pub fn put(&mut self, session: SessionId, record: Record) {
        let kind = record.kind();
        let row = row_id(kind, session);
        let old = self.slots.get(&session).and_then(|slot| slot.meta(kind)).cloned();
        let bytes = record.counted_bytes();
        self.bytes = self.bytes - old.as_ref().map_or(0, |old| old.bytes) + bytes;
        let mut meta = match old {
            Some(old) => Meta { bytes, refusals: 0, wake: None, ..old },
            None => Meta::new(record.since_ms(), bytes),
        };
        let slot = self.slots.entry(session).or_default();
        if slot.meta(kind).is_none() {
            self.queues.enter(kind, session, &mut meta);
        }
        match record {
            Record::Open { ticket, .. } => {
                if let Some(replaced) = slot.open.take() {
                    // The new ticket may name another gateway.
                    meta.foreign &= replaced.ticket.ticket.gateway == ticket.ticket.gateway;
                    self.expiries.remove(&(replaced.ticket.ticket.expires_at, session));
                }
                self.expiries.insert((ticket.ticket.expires_at, session));
                slot.open = Some(Box::new(PooledOpen { ticket, meta }));
            }
            Record::Claim { terms, ticks, proof, settled, closing, .. } => {
                self.next_birth += 1;
                let birth = self.next_birth;
                slot.claim = Some(PooledClaim {
                    terms,
                    ticks,
                    proof,
                    settled,
                    closing,
                    meta,
                    birth,
                    offered: 0,
                    round: 0,
                    speed_cap: None,
                    derived: None,
                });
            }
            Record::Close { row, .. } => {
                let patient_until = self.best.saturating_add(CLOSE_PATIENCE);
                slot.close = Some(Box::new(PooledClose { row, patient_until, meta }));
                // What was too fast some blocks ago may not be any more, and there is no later for it.
                if let Some(claim) = slot.claim.as_mut() {
                    claim.meta.wake = None;
                }
            }
        }
        self.touch(row);
    }

    /// The worker works for another gateway than this row's: from now on it is offered after all others.
    pub fn put_last(&mut self, row: RowId) {
        let (kind, session) = row_parts(&row);
        if let Some(meta) = self.slots.get_mut(&session).and_then(|slot| slot.meta_mut(kind)) {
            meta.foreign = true;
            self.refresh(session);
        }
    }

    /// The row has to be written down (or off).
    pub fn touch(&mut self, row: RowId) {
        self.dirty.insert(row);
        self.serial += 1;
    }

    /// What there is to write down, and up to which serial that goes.
    pub fn take_dirty(&mut self) -> (Vec<(RowId, Option<Record>)>, u64) {
        let slots = &self.slots;
        let changes = self.dirty.drain().map(|row| {
            let (kind, session) = row_parts(&row);
            (row, slots.get(&session).and_then(|slot| slot.record(kind)))
        });
        (changes.collect(), self.serial)
    }

    /// The disk did not take these.
    pub fn put_back_dirty(&mut self, rows: impl Iterator<Item = RowId>) {
        self.dirty.extend(rows);
    }

    /// Lets go of a row.
    pub fn remove(&mut self, row: RowId) {
        let (kind, session) = row_parts(&row);
        let Some(slot) = self.slots.get_mut(&session) else { return };
        let Some(meta) = slot.meta_mut(kind) else { return };
        self.bytes -= meta.bytes;
        self.queues.leave(kind, session, meta);
        match kind {
            RowKind::Open => {
                if let Some(open) = slot.open.take() {
                    let ticket = open.ticket.ticket;
                    self.expiries.remove(&(ticket.expires_at, session));
                    self.free_viewer(&ticket.viewer, &session);
                }
            }
            RowKind::Claim => slot.claim = None,
            RowKind::Close => slot.close = None,
        }
        self.touch(row);
        self.refresh(session);
    }

    fn free_viewer(&mut self, viewer: &AccountId, session: &SessionId) {
        if self.viewers.get(viewer) == Some(session) {
            self.viewers.remove(viewer);
        }
    }

    /// Brings queues and indexes in line with a session's slot. To be called after every change of one.
    pub fn refresh(&mut self, session: SessionId) {
        let Some(slot) = self.slots.get_mut(&session) else { return };
        if slot.is_empty() {
            self.slots.remove(&session);
            return;
        }
        for kind in KINDS {
            let place = slot.place(kind);
            if let Some(meta) = slot.meta_mut(kind) {
                self.queues.relocate(kind, session, meta, place);
            }
        }
        let Some(viewer) = slot.open.as_ref().map(|open| open.ticket.ticket.viewer.clone()) else { return };
        if slot.is_unopened() {
            self.viewers.entry(viewer).or_insert(session);
        } else {
            self.free_viewer(&viewer, &session);
        }
    }

    pub fn stats(&self, now_ms: u64) -> Stats {
        let oldest = self.queues.oldest().map(row_parts);
        let since = oldest.and_then(|(kind, session)| self.slots.get(&session)?.meta(kind).map(|meta| meta.since_ms));
        Stats {
            opens: self.queues.count(RowKind::Open),
            claims: self.queues.count(RowKind::Claim),
            closes: self.queues.count(RowKind::Close),
            bytes: self.bytes,
            heads: self.heads.len(),
            oldest_age_ms: since.map_or(0, |since| now_ms.saturating_sub(since)),
        }
    }
}
