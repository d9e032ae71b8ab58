//! Heads of sessions that have no claim in the pool, so that the next claim is verified without reading the chain.
//!
//! A remembered head is never above what the chain has settled. Otherwise a claim that the pool has dropped would be
//! rejected as stale when it is sent again.

use crate::entry::Terms;
use std::collections::HashMap;
use std::mem;
use tick_stream_primitives::{BlockNumber, SessionId, TickHash};

/// Settled head of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Head {
    pub terms: Terms,
    pub ticks: u32,
    pub hash: TickHash,
    pub closing: bool,
    /// Upper bound of the best block at which the head was read; `None` when the head is final.
    pub as_of: Option<BlockNumber>,
}

/// Cache of two generations. A head that is used moves to the young generation; when that is full, it becomes the old
/// one and the previous old one is discarded. So the cache holds between `capacity / 2` and `capacity` of the most
/// recently used heads, at the cost of a hash map.
pub(crate) struct Heads {
    young: HashMap<SessionId, Head>,
    old: HashMap<SessionId, Head>,
    capacity: usize,
}

impl Heads {
    pub fn new(capacity: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), capacity: capacity.max(2) }
    }

    /// Returns a head, which counts as a use of it.
    pub fn get(&mut self, session: &SessionId) -> Option<Head> {
        if let Some(head) = self.young.get(session) {
            return Some(head.clone());
        }
        let head = self.old.remove(session)?;
        self.insert(*session, head.clone());
        Some(head)
    }

    /// Returns a head, which counts as no use of it.
    pub fn peek(&self, session: &SessionId) -> Option<&Head> {
        self.young.get(session).or_else(|| self.old.get(session))
    }

    pub fn insert(&mut self, session: SessionId, head: Head) {
        self.old.remove(&session);
        self.young.insert(session, head);
        if self.young.len() >= self.capacity / 2 {
            self.old = mem::take(&mut self.young);
        }
    }

    pub fn remove(&mut self, session: &SessionId) {
        self.young.remove(session);
        self.old.remove(session);
    }

    /// Forgets the heads that may have been read at a block from `number` on, which have left the best chain.
    pub fn retract(&mut self, number: BlockNumber) {
        let stays = |_: &SessionId, head: &mut Head| head.as_of.is_none_or(|block| block < number);
        self.young.retain(stays);
        self.old.retain(stays);
    }

    /// Records that the session is closing.
    pub fn set_closing(&mut self, session: &SessionId) {
        if let Some(head) = self.young.get_mut(session).or(self.old.get_mut(session)) {
            head.closing = true;
        }
    }

    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}
