//! Who wants to know when a session changes: subscriptions over JSON-RPC.
//!
//! A watcher is woken, not told: it reads the session itself, and however often it was woken meanwhile it reads once. So
//! nothing piles up behind one that is slow.

use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
};
use tick_stream_primitives::{Outcome, SessionId};
use tokio::sync::Notify;
use vilokanam_tick_pool::PoolListener;

/// Watchers a node takes, all connections together.
pub const MAX_SESSION_SUBSCRIPTIONS: usize = 4_096;

/// One more than [`MAX_SESSION_SUBSCRIPTIONS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("This node has {MAX_SESSION_SUBSCRIPTIONS} session subscriptions, the most it takes; try again later, or another node.")]
pub struct TooManyWatchers;

type Alarms = HashMap<SessionId, Vec<(u64, Arc<Notify>)>>;

fn count(alarms: &Alarms) -> usize {
    alarms.values().map(Vec::len).sum()
}

/// All watchers.
#[derive(Default)]
pub struct Watchers {
    alarms: Mutex<Alarms>,
    next_id: AtomicU64,
}

impl Watchers {
    /// Begins to watch a session.
    pub fn watch(self: &Arc<Self>, session: SessionId) -> Result<Watcher, TooManyWatchers> {
        let mut alarms = self.alarms.lock();
        if count(&alarms) >= MAX_SESSION_SUBSCRIPTIONS {
            return Err(TooManyWatchers);
        }
        let (id, alarm) = (self.next_id.fetch_add(1, Ordering::Relaxed), Arc::new(Notify::new()));
        alarms.entry(session).or_default().push((id, alarm.clone()));
        Ok(Watcher { watchers: self.clone(), session, id, alarm })
    }

    /// Watchers at this moment.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        count(&self.alarms.lock())
    }

    /// Wakes whoever watches one of these sessions.
    fn wake<'a>(&self, sessions: impl Iterator<Item = &'a SessionId>) {
        let alarms = self.alarms.lock();
        if alarms.is_empty() {
            return;
        }
        for (_, alarm) in sessions.filter_map(|session| alarms.get(session)).flatten() {
            alarm.notify_one();
        }
    }

    /// A block did this, or did not do it after all.
    pub fn outcomes(&self, outcomes: &[Outcome]) {
        self.wake(outcomes.iter().map(|outcome| match outcome {
            Outcome::Opened(id) | Outcome::Settled(id, _) | Outcome::Closing(id) | Outcome::Closed(id) => id,
        }));
    }

    /// Nobody knows what has changed.
    pub fn all(&self) {
        self.alarms.lock().values().flatten().for_each(|(_, alarm)| alarm.notify_one());
    }
}

impl PoolListener for Watchers {
    fn claims_grew(&self, sessions: &[SessionId]) {
        self.wake(sessions.iter());
    }
}

/// Watches one session until it is dropped.
pub struct Watcher {
    watchers: Arc<Watchers>,
    session: SessionId,
    id: u64,
    alarm: Arc<Notify>,
}

impl Watcher {
    /// Waits until the session may have changed since this was called last.
    pub async fn changed(&self) {
        self.alarm.notified().await;
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let mut alarms = self.watchers.alarms.lock();
        if let Some(of_session) = alarms.get_mut(&self.session) {
            of_session.retain(|(id, _)| *id != self.id);
            if of_session.is_empty() {
                alarms.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SESSION: SessionId = SessionId([1; 16]);
    const OTHER: SessionId = SessionId([2; 16]);

    async fn is_woken(watcher: &Watcher) -> bool {
        tokio::time::timeout(Duration::from_millis(50), watcher.changed()).await.is_ok()
    }

    #[tokio::test]
    async fn watching_works() {
        let watchers = Arc::new(Watchers::default());
        let watcher = watchers.watch(SESSION).expect("it is the first");
        assert!(!is_woken(&watcher).await);

        watchers.claims_grew(&[OTHER]);
        assert!(!is_woken(&watcher).await);
        watchers.claims_grew(&[OTHER, SESSION]);
        watchers.outcomes(&[Outcome::Settled(SESSION, 4)]);
        assert!(is_woken(&watcher).await);
        assert!(!is_woken(&watcher).await, "two changes wake once");
        watchers.all();
        assert!(is_woken(&watcher).await);
    }

    #[test]
    fn too_many_watchers_fails() {
        let watchers = Arc::new(Watchers::default());
        let mut watching: Vec<_> =
            (0..MAX_SESSION_SUBSCRIPTIONS).map(|_| watchers.watch(SESSION).expect("there is room")).collect();
        assert_eq!(watchers.watch(OTHER).err(), Some(TooManyWatchers));

        watching.pop();
        let other = watchers.watch(OTHER).expect("one has gone");
        drop((watching, other));
        assert!(watchers.alarms.lock().is_empty());
    }
}
