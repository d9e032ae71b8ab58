//! The sessions in memory, in shards. Each shard has a lock, which is never held across an await.

use crate::session::Session;
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::{hash_map::RandomState, HashMap},
    hash::BuildHasher,
    sync::atomic::{AtomicUsize, Ordering},
};
use tick_stream_primitives::{AccountId, SessionId};

/// Sessions by id. Boxed, so that the spare capacity of a map costs pointers and not sessions.
pub(crate) type Shard = HashMap<SessionId, Box<Session>>;

/// All sessions in memory.
pub(crate) struct Table {
    shards: Vec<Mutex<Shard>>,
    /// Seeded at random: viewers choose the ids, and must not be able to choose the shard.
    hasher: RandomState,
    sessions: AtomicUsize,
    /// Ids of the sessions of each session key. Its lock is taken after that of a shard, never before.
    by_key: Mutex<HashMap<AccountId, Vec<SessionId>>>,
}

impl Table {
    /// Number of shards. Many more than cores, so that two threads rarely need the same lock.
    pub const SHARDS: usize = 64;

    pub fn new(sessions: HashMap<SessionId, Box<Session>>) -> Self {
        let table = Self {
            shards: (0..Self::SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            sessions: AtomicUsize::new(0),
            by_key: Mutex::default(),
        };
        sessions.into_iter().for_each(|(id, session)| table.insert(&mut table.lock(&id), id, session));
        table
    }

    /// Locks the shard in which `id` is or would be.
    pub fn lock(&self, id: &SessionId) -> MutexGuard<'_, Shard> {
        self.shards[self.hasher.hash_one(id) as usize % Self::SHARDS].lock()
    }

    /// Adds a session to the shard that [`Table::lock`] returned for its id.
    pub fn insert(&self, shard: &mut Shard, id: SessionId, session: Box<Session>) {
        let session_key = session.session_key.clone();
        if shard.insert(id, session).is_none() {
            self.sessions.fetch_add(1, Ordering::Relaxed);
            if let Some(session_key) = session_key {
                self.by_key.lock().entry(session_key).or_default().push(id);
            }
        }
    }

    /// Removes a session from the shard that [`Table::lock`] returned for its id.
    pub fn remove(&self, shard: &mut Shard, id: &SessionId) -> Option<Box<Session>> {
        let removed = shard.remove(id);
        if let Some(session) = &removed {
            self.sessions.fetch_sub(1, Ordering::Relaxed);
            if let Some(session_key) = &session.session_key {
                self.forget_key(session_key, id);
            }
        }
        removed
    }

    fn forget_key(&self, session_key: &AccountId, id: &SessionId) {
        let mut by_key = self.by_key.lock();
        if let Some(ids) = by_key.get_mut(session_key) {
            ids.retain(|known| known != id);
            if ids.is_empty() {
                by_key.remove(session_key);
            }
        }
    }

    /// Returns the ids of the sessions that a session key has opened or offered.
    pub fn sessions_of(&self, session_key: &AccountId) -> Vec<SessionId> {
        self.by_key.lock().get(session_key).cloned().unwrap_or_default()
    }

    /// Returns the number of sessions.
    pub fn len(&self) -> usize {
        self.sessions.load(Ordering::Relaxed)
    }

    /// Calls `visit` for every session, one shard after the other.
    pub fn for_each(&self, mut visit: impl FnMut(&SessionId, &mut Session)) {
        for shard in &self.shards {
            shard.lock().iter_mut().for_each(|(id, session)| visit(id, session));
        }
    }

    /// Returns a copy of one shard. Encoding it for a snapshot takes longer and needs no lock.
    pub fn copy_shard(&self, shard: usize) -> Vec<(SessionId, Box<Session>)> {
        self.shards[shard].lock().iter().map(|(id, session)| (*id, session.clone())).collect()
    }
}
