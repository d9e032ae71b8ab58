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
use vilokanam_tick_pool::{PeerId, PoolListener};

/// Maximum number of watchers of a node, all connections together.
pub const MAX_SESSION_SUBSCRIPTIONS: usize = 4_096;
/// Maximum number of watchers of one connection, twice as many as a viewer has sessions. All connections that a node
/// accepts by default, 100, cannot use up [`MAX_SESSION_SUBSCRIPTIONS`] together. The operator's own connections are
/// limited by that number only.
pub const MAX_CONNECTION_SUBSCRIPTIONS: usize = 32;

/// A limit of watchers has been reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TooManyWatchers {
    /// The connection has reached [`MAX_CONNECTION_SUBSCRIPTIONS`].
    #[error(
        "This connection has reached its limit of {MAX_CONNECTION_SUBSCRIPTIONS} session subscriptions; end one of them, \
         or open another connection."
    )]
    Connection,
    /// The node has reached [`MAX_SESSION_SUBSCRIPTIONS`].
    #[error(
        "This node has reached its limit of {MAX_SESSION_SUBSCRIPTIONS} session subscriptions; try again later, or use \
         another node."
    )]
    Node,
}

/// Watchers of all sessions.
#[derive(Default)]
struct Alarms {
    by_session: HashMap<SessionId, Vec<(u64, Arc<Notify>)>>,
    /// Number of watchers of each connection that has any.
    by_peer: HashMap<PeerId, usize>,
    count: usize,
}

impl Alarms {
    fn check_room(&self, peer: PeerId) -> Result<(), TooManyWatchers> {
        let of_peer = self.by_peer.get(&peer).copied().unwrap_or(0);
        match peer {
            PeerId::Public(_) if of_peer >= MAX_CONNECTION_SUBSCRIPTIONS => Err(TooManyWatchers::Connection),
            _ if self.count >= MAX_SESSION_SUBSCRIPTIONS => Err(TooManyWatchers::Node),
            _ => Ok(()),
        }
    }

    fn add(&mut self, peer: PeerId, session: SessionId, id: u64, alarm: Arc<Notify>) {
        self.by_session.entry(session).or_default().push((id, alarm));
        *self.by_peer.entry(peer).or_default() += 1;
        self.count += 1;
    }

    fn remove(&mut self, peer: PeerId, session: SessionId, id: u64) {
        if let Some(of_session) = self.by_session.get_mut(&session) {
            of_session.retain(|(other, _)| *other != id);
            if of_session.is_empty() {
                self.by_session.remove(&session);
            }
        }
        if let Some(of_peer) = self.by_peer.get_mut(&peer) {
            *of_peer = of_peer.saturating_sub(1);
            if *of_peer == 0 {
                self.by_peer.remove(&peer);
            }
        }
        self.count = self.count.saturating_sub(1);
    }
}

/// All watchers of a node.
#[derive(Default)]
pub struct Watchers {
    alarms: Mutex<Alarms>,
    next_id: AtomicU64,
}

impl Watchers {
    /// Starts to watch a session on behalf of a connection.
    ///
    /// # Errors
    ///
    /// When the connection or the node has as many watchers as it may have.
    pub fn watch(self: &Arc<Self>, peer: PeerId, session: SessionId) -> Result<Watcher, TooManyWatchers> {
        let mut alarms = self.alarms.lock();
        alarms.check_room(peer)?;
        let (id, alarm) = (self.next_id.fetch_add(1, Ordering::Relaxed), Arc::new(Notify::new()));
        alarms.add(peer, session, id, alarm.clone());
        Ok(Watcher { watchers: self.clone(), peer, session, id, alarm })
    }

    /// Number of watchers.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.alarms.lock().count
    }

    /// Wakes the watchers of these sessions.
    fn wake<'a>(&self, sessions: impl Iterator<Item = &'a SessionId>) {
        let alarms = self.alarms.lock();
        if alarms.count == 0 {
            return;
        }
        for (_, alarm) in sessions.filter_map(|session| alarms.by_session.get(session)).flatten() {
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
        self.alarms.lock().by_session.values().flatten().for_each(|(_, alarm)| alarm.notify_one());
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
    peer: PeerId,
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
        self.watchers.alarms.lock().remove(self.peer, self.session, self.id);
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
        let watcher = watchers.watch(PeerId::Public(1), SESSION).expect("there is room");
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
    fn watcher_beyond_the_limit_of_the_node_is_refused() {
        let watchers = Arc::new(Watchers::default());
        let operator = PeerId::Operator(1);
        let mut watching: Vec<_> =
            (0..MAX_SESSION_SUBSCRIPTIONS).map(|_| watchers.watch(operator, SESSION).expect("there is room")).collect();
        for peer in [operator, PeerId::Public(1)] {
            assert_eq!(watchers.watch(peer, OTHER).err(), Some(TooManyWatchers::Node));
        }

        watching.pop();
        let other = watchers.watch(PeerId::Public(1), OTHER).expect("a watcher was dropped");
        drop((watching, other));
        let alarms = watchers.alarms.lock();
        assert!(alarms.by_session.is_empty() && alarms.by_peer.is_empty());
        assert_eq!(alarms.count, 0);
    }

    #[test]
    fn four_connections_cannot_hold_all_subscriptions() {
        let watchers = Arc::new(Watchers::default());
        let mut watching = Vec::new();
        for peer in (1..=4).map(PeerId::Public) {
            watching.extend((0..MAX_SESSION_SUBSCRIPTIONS).map_while(|_| watchers.watch(peer, SESSION).ok()));
            assert_eq!(watchers.watch(peer, OTHER).err(), Some(TooManyWatchers::Connection));
        }
        for peer in (5..=100).map(PeerId::Public) {
            watching.push(watchers.watch(peer, OTHER).expect("every other connection has room"));
        }
        assert_eq!(watching.len(), 4 * MAX_CONNECTION_SUBSCRIPTIONS + 96);
    }
}
