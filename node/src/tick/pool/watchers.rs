//! Notification of JSON-RPC subscriptions when a session changes.
//!
//! A watcher is only woken, and reads the session itself. However often it was woken in the meantime, it reads once, so
//! no messages pile up behind a slow subscriber.

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

/// Maximum number of watchers of a node, all connections together.
pub const MAX_SESSION_SUBSCRIPTIONS: usize = 4_096;

/// The node has reached [`MAX_SESSION_SUBSCRIPTIONS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "This node has reached its limit of {MAX_SESSION_SUBSCRIPTIONS} session subscriptions; try again later, or use \
     another node."
)]
pub struct TooManyWatchers;

type Alarms = HashMap<SessionId, Vec<(u64, Arc<Notify>)>>;

fn count(alarms: &Alarms) -> usize {
    alarms.values().map(Vec::len).sum()
}

/// All watchers of a node.
#[derive(Default)]
pub struct Watchers {
    alarms: Mutex<Alarms>,
    next_id: AtomicU64,
}

impl Watchers {
    /// Starts to watch a session.
    ///
    /// # Errors
    ///
    /// When the node has reached [`MAX_SESSION_SUBSCRIPTIONS`].
    pub fn watch(self: &Arc<Self>, session: SessionId) -> Result<Watcher, TooManyWatchers> {
        let mut alarms = self.alarms.lock();
        if count(&alarms) >= MAX_SESSION_SUBSCRIPTIONS {
            return Err(TooManyWatchers);
        }
        let (id, alarm) = (self.next_id.fetch_add(1, Ordering::Relaxed), Arc::new(Notify::new()));
        alarms.entry(session).or_default().push((id, alarm.clone()));
        Ok(Watcher { watchers: self.clone(), session, id, alarm })
    }

    /// Number of watchers.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        count(&self.alarms.lock())
    }

    /// Wakes the watchers of these sessions.
    fn wake<'a>(&self, sessions: impl Iterator<Item = &'a SessionId>) {
        let alarms = self.alarms.lock();
        if alarms.is_empty() {
            return;
        }
        for (_, alarm) in sessions.filter_map(|session| alarms.get(session)).flatten() {
            alarm.notify_one();
        }
    }

    /// Wakes the watchers of the sessions that a block has changed, or that it changed before it was retracted.
    pub fn notify_of(&self, outcomes: &[Outcome]) {
        self.wake(outcomes.iter().map(|outcome| match outcome {
            Outcome::Opened(id) | Outcome::Settled(id, _) | Outcome::Closing(id) | Outcome::Closed(id) => id,
        }));
    }

    /// Wakes all watchers, because it is not known which sessions have changed.
    pub fn notify_all(&self) {
        self.alarms.lock().values().flatten().for_each(|(_, alarm)| alarm.notify_one());
    }
}

impl PoolListener for Watchers {
    fn claims_raised(&self, sessions: &[SessionId]) {
        self.wake(sessions.iter());
    }
}

/// Watches one session. Dropping it ends the watch.
pub struct Watcher {
    watchers: Arc<Watchers>,
    session: SessionId,
    id: u64,
    alarm: Arc<Notify>,
}

impl Watcher {
    /// Waits until the session may have changed since the last call.
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
    async fn watcher_is_woken_by_changes_of_its_session_only() {
        let watchers = Arc::new(Watchers::default());
        let watcher = watchers.watch(SESSION).expect("there is room");
        assert!(!is_woken(&watcher).await);

        watchers.claims_raised(&[OTHER]);
        assert!(!is_woken(&watcher).await);
        watchers.claims_raised(&[OTHER, SESSION]);
        watchers.notify_of(&[Outcome::Settled(SESSION, 4)]);
        assert!(is_woken(&watcher).await);
        assert!(!is_woken(&watcher).await, "two changes wake once");
        watchers.notify_all();
        assert!(is_woken(&watcher).await);
    }

    #[test]
    fn watcher_beyond_the_limit_is_refused() {
        let watchers = Arc::new(Watchers::default());
        let mut watching: Vec<_> =
            (0..MAX_SESSION_SUBSCRIPTIONS).map(|_| watchers.watch(SESSION).expect("there is room")).collect();
        assert_eq!(watchers.watch(OTHER).err(), Some(TooManyWatchers));

        watching.pop();
        let other = watchers.watch(OTHER).expect("a watcher was dropped");
        drop((watching, other));
        assert!(watchers.alarms.lock().is_empty());
    }
}
