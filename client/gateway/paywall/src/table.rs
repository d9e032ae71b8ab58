//! The sessions in memory, in shards, each behind a lock that is never held over an await.

use crate::{journal::Record, session::Session};
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::{hash_map::RandomState, HashMap},
    hash::BuildHasher,
    sync::atomic::{AtomicUsize, Ordering},
};
use tick_stream_primitives::SessionId;

/// Boxed, so that the free room of a map costs pointers and not sessions.
pub(crate) type Shard = HashMap<SessionId, Box<Session>>;

/// All sessions.
pub(crate) struct Table {
    shards: Vec<Mutex<Shard>>,
    /// Random: ids are chosen by viewers, who must not be able to crowd one shard.
    hasher: RandomState,
    sessions: AtomicUsize,
}

impl Table {
    /// Shards. Many more than cores: a lock is then rarely held when it is wanted.
    pub const SHARDS: usize = 64;

    pub fn new(sessions: HashMap<SessionId, Box<Session>>) -> Self {
        let table = Self {
            shards: (0..Self::SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            sessions: AtomicUsize::new(0),
        };
        sessions.into_iter().for_each(|(id, session)| table.insert(&mut table.lock(&id), id, session));
        table
    }

    /// The shard in which `id` is or would be.
    pub fn lock(&self, id: &SessionId) -> MutexGuard<'_, Shard> {
        self.shards[self.hasher.hash_one(id) as usize % Self::SHARDS].lock()
    }

    /// Adds to a shard that [`Table::lock`] gave for this id.
    pub fn insert(&self, shard: &mut Shard, id: SessionId, session: Box<Session>) {
        if shard.insert(id, session).is_none() {
            self.sessions.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Removes from a shard that [`Table::lock`] gave for this id.
    pub fn remove(&self, shard: &mut Shard, id: &SessionId) -> Option<Box<Session>> {
        let removed = shard.remove(id);
        if removed.is_some() {
            self.sessions.fetch_sub(1, Ordering::Relaxed);
        }
        removed
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sessions.load(Ordering::Relaxed)
    }

    /// Looks at every session, a shard at a time.
    pub fn for_each(&self, mut look: impl FnMut(&SessionId, &mut Session)) {
        for shard in &self.shards {
            shard.lock().iter_mut().for_each(|(id, session)| look(id, session));
        }
    }

    /// A copy of one shard for a snapshot. Copied, not encoded, under the lock: it is held for a moment only.
    pub fn copy_shard(&self, shard: usize) -> Vec<Record> {
        self.shards[shard].lock().iter().map(|(id, session)| Record::Session(*id, session.clone())).collect()
    }
}
