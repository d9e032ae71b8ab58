//! Heads of sessions that have no claim in the pool: so that the next claim is checked without asking the chain.
//!
//! A head in here is never above what the chain has settled. Otherwise a claim that the pool has let go of would be called
//! stale when it comes again.

use crate::entry::Terms;
use std::collections::HashMap;
use std::mem;
use tick_stream_primitives::{BlockNumber, SessionId, TickHash};

/// The settled head of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Head {
    pub terms: Terms,
    pub ticks: u32,
    pub hash: TickHash,
    pub closing: bool,
    /// When it was read from a best block: a block at or above that one. Nothing when it is final.
    pub as_of: Option<BlockNumber>,
}

/// A cache of two generations: what is used moves to the young one, and when that is full the old one goes. So between
/// `capacity / 2` and `capacity` of the most recently used are held, at the cost of a hash map.
pub(crate) struct Heads {
    young: HashMap<SessionId, Head>,
    old: HashMap<SessionId, Head>,
    capacity: usize,
}

impl Heads {
    pub fn new(capacity: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), capacity: capacity.max(2) }
    }

    pub fn get(&mut self, session: &SessionId) -> Option<Head> {
        if let Some(head) = self.young.get(session) {
            return Some(head.clone());
        }
        let head = self.old.remove(session)?;
        self.insert(*session, head.clone());
        Some(head)
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

    /// Forgets what was read from blocks that are not on the best chain any more, from `number` on.
    pub fn retract(&mut self, number: BlockNumber) {
        let stays = |_: &SessionId, head: &mut Head| head.as_of.is_none_or(|block| block < number);
        self.young.retain(stays);
        self.old.retain(stays);
    }

    /// Remembers that the session began to close.
    pub fn set_closing(&mut self, session: &SessionId) {
        if let Some(head) = self.young.get_mut(session).or(self.old.get_mut(session)) {
            head.closing = true;
        }
    }

    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}
