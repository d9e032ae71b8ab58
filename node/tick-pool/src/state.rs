//! The data under the lock: the rows, their order, and the changes that are not on disk yet.
//!
//! No operation on it hashes, reads the chain or waits for a disk.

use crate::config::{PoolConfig, CLOSE_WAIT_BLOCKS, MAX_DIRTY_FACTOR, MAX_VIEWER_TICKETS};
use crate::entry::{row_id, row_parts, Meta, PooledClaim, PooledClose, PooledOpen, Record, Slot, KINDS};
use crate::error::{Rejected, StorageError};
use crate::heads::Heads;
use crate::queue::Queues;
use crate::stats::Stats;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{AccountId, BlockNumber, RowKind, SessionId, SignedTicket, Ticket};

/// Data under the lock.
pub(crate) struct State {
    max_entries: usize,
    max_bytes: usize,
    /// One slot for each session that has a row; bounded by `max_entries`.
    pub slots: HashMap<SessionId, Slot>,
    /// Session of the unopened ticket of each viewer and session key; bounded by the number of opens.
    pub unopened: BTreeMap<(AccountId, AccountId), SessionId>,
    /// Tickets by their last block; bounded by the number of opens.
    pub expiries: BTreeSet<(BlockNumber, SessionId)>,
    /// Sessions by the block whose marks they carry; bounded by what `INCLUDED_TIMEOUT_BLOCKS` blocks can do to the
    /// slots.
    pub marks: BTreeSet<(BlockNumber, SessionId)>,
    pub queues: Queues,
    pub heads: Heads,
    /// Rows whose last change is not on disk; bounded by `max_entries * MAX_DIRTY_FACTOR`, beyond which no new rows are
    /// taken.
    dirty: HashSet<RowId>,
    /// Number of changes so far. A write to disk covers all changes up to a serial.
    pub serial: u64,
    /// Number of the best block.
    pub best: BlockNumber,
    /// Rows of the last offer that give way to others once the worker has seen them; bounded by the limits of an offer.
    pub turns: Vec<RowId>,
    next_row_number: u64,
    bytes: usize,
}

impl State {
    pub fn new(config: &PoolConfig) -> Self {
        Self {
            max_entries: config.max_entries,
            max_bytes: config.max_bytes,
            slots: HashMap::new(),
            unopened: BTreeMap::new(),
            expiries: BTreeSet::new(),
            marks: BTreeSet::new(),
            queues: Queues::default(),
            heads: Heads::new(config.max_heads),
            dirty: HashSet::new(),
            serial: 0,
            best: 0,
            turns: Vec::new(),
            next_row_number: 0,
            bytes: 0,
        }
    }

    /// Restores the rows that were on disk when the node started, oldest first.
    pub fn restore(&mut self, mut records: Vec<(SessionId, Record)>) {
        records.sort_by_key(|(_, record)| record.since_ms());
        for (session, record) in records {
            self.put(session, record);
            self.refresh(session);
        }
        self.dirty.clear();
    }

    /// Checks that `record` fits in as a new row.
    ///
    /// # Errors
    ///
    /// When the pool, or the backlog of the disk, is full.
    pub fn check_room(&self, record: &Record) -> Result<(), Rejected> {
        let (entries, bytes) = (self.queues.len(), self.bytes);
        if entries >= self.max_entries || bytes.saturating_add(record.counted_bytes()) > self.max_bytes {
            return Err(Rejected::PoolFull { entries, bytes });
        }
        if self.dirty.len() >= self.max_entries.saturating_mul(MAX_DIRTY_FACTOR) {
            return Err(StorageError::Backlog(self.dirty.len()).into());
        }
        Ok(())
    }

    /// Adds a row, or replaces the session's row of the same kind, whose age and number the new one keeps.
    pub fn put(&mut self, session: SessionId, record: Record) {
        let kind = record.kind();
        let row = row_id(kind, session);
        let old = self.slots.get(&session).and_then(|slot| slot.meta(kind)).cloned();
        let bytes = record.counted_bytes();
        self.bytes = self.bytes - old.as_ref().map_or(0, |old| old.bytes) + bytes;
        let mut meta = match old {
            Some(old) => Meta { bytes, refusals: 0, not_before: None, ..old },
            None => Meta::new(record.since_ms(), bytes),
        };
        let slot = self.slots.entry(session).or_default();
        if slot.meta(kind).is_none() {
            self.queues.enter(kind, session, &mut meta);
        }
        match record {
            Record::Open { ticket, .. } => {
                if let Some(replaced) = slot.open.take() {
                    // The new ticket may be for a gateway that the worker serves.
                    meta.foreign &= replaced.ticket.ticket.gateway == ticket.ticket.gateway;
                    self.expiries.remove(&(replaced.ticket.ticket.expires_at, session));
                }
                self.expiries.insert((ticket.ticket.expires_at, session));
                slot.open = Some(Box::new(PooledOpen { ticket, meta }));
            }
            Record::Claim { terms, ticks, proof, settled_ticks, closing, .. } => {
                if let Some(close) = slot.close.as_mut() {
                    close.claimed_ticks.get_or_insert(ticks);
                }
                self.next_row_number += 1;
                let row_number = self.next_row_number;
                slot.claim = Some(PooledClaim {
                    terms,
                    ticks,
                    proof,
                    settled_ticks,
                    closing,
                    meta,
                    row_number,
                    offered_ticks: 0,
                    derived: None,
                });
            }
            Record::Close { row, .. } => {
                let wait_until = self.best.saturating_add(CLOSE_WAIT_BLOCKS);
                let claimed_ticks = slot.claim.as_ref().map(|claim| claim.ticks);
                slot.close = Some(Box::new(PooledClose { row, wait_until, claimed_ticks, meta }));
                // Ticks that were too fast some blocks ago may be earned by now, and have to be settled before the
                // close.
                if let Some(claim) = slot.claim.as_mut() {
                    claim.meta.not_before = None;
                }
            }
        }
        self.mark_dirty(row);
    }

    /// Records that the worker does not serve the row's gateway: from now on the row is offered after all others.
    pub fn mark_foreign(&mut self, row: RowId) {
        let (kind, session) = row_parts(&row);
        if let Some(meta) = self.slots.get_mut(&session).and_then(|slot| slot.meta_mut(kind)) {
            meta.foreign = true;
            self.refresh(session);
        }
    }

    /// Records that the row has changed and has to be written to disk, or deleted there.
    pub fn mark_dirty(&mut self, row: RowId) {
        self.dirty.insert(row);
        self.serial += 1;
    }

    /// Takes all changes that are not on disk, and the serial up to which they go. A change of `None` is a removal.
    pub fn take_dirty(&mut self) -> (Vec<(RowId, Option<Record>)>, u64) {
        let slots = &self.slots;
        let changes = self.dirty.drain().map(|row| {
            let (kind, session) = row_parts(&row);
            (row, slots.get(&session).and_then(|slot| slot.record(kind)))
        });
        (changes.collect(), self.serial)
    }

    /// Returns changes that could not be written.
    pub fn put_back_dirty(&mut self, rows: impl Iterator<Item = RowId>) {
        self.dirty.extend(rows);
    }

    /// Removes a row.
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
                    self.release_key(&signer(&ticket), &session);
                }
            }
            RowKind::Claim => slot.claim = None,
            RowKind::Close => slot.close = None,
        }
        self.mark_dirty(row);
        self.refresh(session);
    }

    fn release_key(&mut self, signer: &(AccountId, AccountId), session: &SessionId) {
        if self.unopened.get(signer) == Some(session) {
            self.unopened.remove(signer);
        }
    }

    /// Unopened tickets that `viewer` has signed with other keys than `session_key`; at most [`MAX_VIEWER_TICKETS`].
    pub fn tickets_beside(&self, viewer: &AccountId, session_key: &AccountId) -> Vec<SignedTicket> {
        let first = (viewer.clone(), AccountId::new([0; 32]));
        let of_viewer = self.unopened.range(first..).take_while(|((of, _), _)| of == viewer);
        let beside = of_viewer.filter(|((_, key), _)| key != session_key);
        let ticket = |session| self.slots.get(session)?.open.as_ref().map(|open| open.ticket.clone());
        beside.take(MAX_VIEWER_TICKETS).filter_map(|(_, session)| ticket(session)).collect()
    }

    /// Gateway of a session, as far as the pool knows it.
    pub fn gateway(&self, session: &SessionId) -> Option<&AccountId> {
        let of_rows = self.slots.get(session).and_then(Slot::gateway);
        of_rows.or_else(|| self.heads.peek(session).map(|head| &head.terms.gateway))
    }

    /// Updates queues and indexes after a change of a session's slot. Must follow every such change.
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
        let Some(signer) = slot.open.as_ref().map(|open| signer(&open.ticket.ticket)) else { return };
        if slot.is_unopened() {
            self.unopened.entry(signer).or_insert(session);
        } else {
            self.release_key(&signer, &session);
        }
    }

    /// Numbers for an observer at `now_ms`.
    pub fn stats(&self, now_ms: u64) -> Stats {
        let oldest = self.queues.oldest().map(row_parts);
        let since = oldest.and_then(|(kind, session)| self.slots.get(&session)?.meta(kind).map(|meta| meta.since_ms));
        Stats {
            opens: self.queues.count(RowKind::Open),
            claims: self.queues.count(RowKind::Claim),
            closes: self.queues.count(RowKind::Close),
            bytes: self.bytes,
            heads: self.heads.len(),
            foreign: self.queues.foreign(),
            oldest_age_ms: since.map_or(0, |since| now_ms.saturating_sub(since)),
        }
    }
}

/// Viewer and session key of a ticket.
fn signer(ticket: &Ticket) -> (AccountId, AccountId) {
    (ticket.viewer.clone(), ticket.session_key.clone())
}
