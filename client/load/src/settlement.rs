//! Comparison of the ticks that viewers revealed with those that the chain has settled, by the events of final blocks.

use crate::viewer::FinishedSession;
use futures::StreamExt;
use serde::Serialize;
use std::{
    collections::HashMap,
    sync::{
        atomic::{AtomicU32, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
    time::{Duration, Instant},
};
use tick_stream_primitives::{Balance, SessionId};
use tokio::task::JoinHandle;
use vilokanam_chain::{Chain, ChainError, TickEvent};
use vilokanam_wire::{Planck, SessionRef};

const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Maximum number of discrepancies that a report lists.
const MAX_DISCREPANCIES: usize = 50;

/// Session according to final blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Entry {
    settled_ticks: u32,
    paid: Balance,
    fee: Balance,
    is_closed: bool,
}

/// Sessions that final blocks have opened since the watcher began.
#[derive(Default)]
struct Sessions {
    entries: HashMap<SessionId, Entry>,
    error: Option<String>,
}

impl Sessions {
    /// Applies the events of a block.
    fn apply(&mut self, events: Vec<TickEvent>) {
        for event in events {
            match event {
                TickEvent::SessionOpened { session, fee, .. } => {
                    self.entries.insert(session, Entry { fee, ..Entry::default() });
                }
                TickEvent::TicksSettled { session, ticks, paid, .. } => {
                    if let Some(entry) = self.entries.get_mut(&session) {
                        entry.settled_ticks = entry.settled_ticks.saturating_add(ticks);
                        entry.paid = entry.paid.saturating_add(paid);
                    }
                }
                TickEvent::SessionClosed { session, .. } => {
                    if let Some(entry) = self.entries.get_mut(&session) {
                        entry.is_closed = true;
                    }
                }
                _ => {}
            }
        }
    }

    fn opened(&self, sessions: impl Iterator<Item = SessionId>) -> usize {
        sessions.filter(|session| self.entries.contains_key(session)).count()
    }
}

/// Task that reads final blocks.
pub struct SettlementWatcher {
    sessions: Arc<Mutex<Sessions>>,
    reading: JoinHandle<()>,
}

impl SettlementWatcher {
    /// Begins with the next final block. Stores the number of the newest one in `block`.
    ///
    /// # Errors
    ///
    /// When the node does not report final blocks.
    pub async fn begin(chain: &Chain, block: Arc<AtomicU32>) -> Result<Self, ChainError> {
        let sessions: Arc<Mutex<Sessions>> = Arc::default();
        let mut blocks = chain.finalized_blocks().await?;
        let (chain, shared) = (chain.clone(), sessions.clone());
        let reading = tokio::spawn(async move {
            let error = loop {
                let next = match blocks.next().await {
                    None => break "the node has closed the connection".to_owned(),
                    Some(Err(error)) => break error.to_string(),
                    Some(Ok(next)) => next,
                };
                match chain.tick_events(next.hash).await {
                    Ok(events) => lock(&shared).apply(events),
                    Err(error) => break error.to_string(),
                }
                block.store(next.number, Ordering::Relaxed);
            };
            lock(&shared).error = Some(error);
        });
        Ok(Self { sessions, reading })
    }

    /// Returns how many of these sessions are open in final blocks.
    pub fn opened(&self, sessions: impl Iterator<Item = SessionId>) -> usize {
        lock(&self.sessions).opened(sessions)
    }

    /// Waits until the chain has settled all accepted ticks, but not longer than `limit`, and compares. Calls `observer` with
    /// the number of sessions that are not settled yet.
    pub async fn settle(self, finished: &[FinishedSession], limit: Duration, observer: impl Fn(usize)) -> Settlement {
        let began = Instant::now();
        let mut settlement = compare(&lock(&self.sessions), finished);
        while settlement.waiting > 0 && settlement.error.is_none() && began.elapsed() < limit {
            observer(settlement.waiting);
            tokio::time::sleep(POLL_INTERVAL).await;
            settlement = compare(&lock(&self.sessions), finished);
        }
        self.reading.abort();
        Settlement { waited_s: began.elapsed().as_secs_f64(), ..settlement }
    }
}

fn lock(sessions: &Mutex<Sessions>) -> MutexGuard<'_, Sessions> {
    sessions.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Result of the comparison of all sessions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settlement {
    /// Number of viewers that paid.
    pub viewers: usize,
    /// Number of sessions that the gateway accepted.
    pub sessions: usize,
    /// Number of those that the chain has opened.
    pub opened: usize,
    /// Ticks that the viewers revealed and the gateway accepted.
    pub accepted_ticks: u64,
    /// Ticks that the chain has settled.
    pub settled_ticks: u64,
    /// Amount that the viewers paid for them.
    pub paid: Planck,
    /// Amount that opening the sessions cost.
    pub open_fees: Planck,
    /// Number of sessions of which every tick is settled and paid at its price.
    pub exact: usize,
    /// Number of those without a tick. A viewer cannot prove that it leaves such a session: the gateway closes it when it has
    /// been idle for long enough.
    pub unused: usize,
    /// Number of sessions with more settled ticks than the gateway has confirmed, but no more than were revealed: an answer
    /// was lost, or a refusal.
    pub unanswered: usize,
    /// Number of sessions that are not settled completely, or not closed although the gateway has confirmed the close.
    pub waiting: usize,
    /// Number of sessions that were settled for more ticks than were revealed, or not at their price.
    pub wrong: usize,
    /// First sessions that are waiting or wrong.
    pub discrepancies: Vec<Discrepancy>,
    /// Time in seconds that was spent waiting.
    pub waited_s: f64,
    /// Reason why final blocks could not be read to the end.
    pub error: Option<String>,
    /// Whether no session is waiting or wrong, and all blocks were read.
    pub is_correct: bool,
}

/// Session that is waiting or wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Discrepancy {
    /// Number of the viewer.
    pub viewer: u32,
    /// Session.
    pub session: SessionRef,
    /// Ticks that the gateway has confirmed.
    pub accepted_ticks: u32,
    /// Ticks that the viewer revealed.
    pub revealed_ticks: u32,
    /// Ticks that the chain has settled.
    pub settled_ticks: u32,
    /// Amount that was paid for them.
    pub paid: Planck,
    /// Amount that should have been paid for them.
    pub expected: Planck,
    /// Whether the chain has closed the session.
    pub is_closed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Exact,
    Unanswered,
    Waiting,
    Wrong,
}

fn state(session: &FinishedSession, entry: Option<&Entry>) -> State {
    let Some(entry) = entry else {
        return if session.accepted_ticks > 0 { State::Waiting } else { State::Exact };
    };
    if entry.settled_ticks > session.revealed_ticks || entry.paid != expected(session, entry) {
        State::Wrong
    } else if entry.settled_ticks < session.accepted_ticks || (session.is_closed && !entry.is_closed) {
        State::Waiting
    } else if entry.settled_ticks > session.accepted_ticks {
        State::Unanswered
    } else {
        State::Exact
    }
}

fn expected(session: &FinishedSession, entry: &Entry) -> Balance {
    session.price_per_tick.saturating_mul(entry.settled_ticks.into())
}

fn compare(sessions: &Sessions, finished: &[FinishedSession]) -> Settlement {
    let mut sum = Settlement {
        viewers: paying_viewers(finished),
        sessions: finished.len(),
        opened: sessions.opened(finished.iter().map(|session| session.session)),
        accepted_ticks: finished.iter().map(|session| u64::from(session.accepted_ticks)).sum(),
        settled_ticks: 0,
        paid: Planck(0),
        open_fees: Planck(0),
        exact: 0,
        unused: finished.iter().filter(|session| session.revealed_ticks == 0).count(),
        unanswered: 0,
        waiting: 0,
        wrong: 0,
        discrepancies: Vec::new(),
        waited_s: 0.0,
        error: sessions.error.clone(),
        is_correct: false,
    };
    for session in finished {
        let entry = sessions.entries.get(&session.session);
        let found = entry.copied().unwrap_or_default();
        sum.settled_ticks += u64::from(found.settled_ticks);
        sum.paid.0 = sum.paid.0.saturating_add(found.paid);
        sum.open_fees.0 = sum.open_fees.0.saturating_add(found.fee);
        match state(session, entry) {
            State::Exact => sum.exact += 1,
            State::Unanswered => sum.unanswered += 1,
            State::Waiting => {
                sum.waiting += 1;
                sum.list(session, &found);
            }
            State::Wrong => {
                sum.wrong += 1;
                sum.list(session, &found);
            }
        }
    }
    sum.is_correct = sum.waiting == 0 && sum.wrong == 0 && sum.error.is_none();
    sum
}

fn paying_viewers(finished: &[FinishedSession]) -> usize {
    let paying = finished.iter().filter(|session| session.accepted_ticks > 0);
    let mut viewers: Vec<u32> = paying.map(|session| session.viewer).collect();
    viewers.sort_unstable();
    viewers.dedup();
    viewers.len()
}

impl Settlement {
    fn list(&mut self, session: &FinishedSession, entry: &Entry) {
        if self.discrepancies.len() < MAX_DISCREPANCIES {
            self.discrepancies.push(Discrepancy {
                viewer: session.viewer,
                session: SessionRef(session.session),
                accepted_ticks: session.accepted_ticks,
                revealed_ticks: session.revealed_ticks,
                settled_ticks: entry.settled_ticks,
                paid: Planck(entry.paid),
                expected: Planck(expected(session, entry)),
                is_closed: entry.is_closed,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(number: u8, accepted_ticks: u32, revealed_ticks: u32) -> FinishedSession {
        let session = SessionId([number; 16]);
        let viewer = number.into();
        FinishedSession { viewer, session, price_per_tick: 10, accepted_ticks, revealed_ticks, is_closed: true }
    }

    fn sessions(entries: &[(u8, u32, Balance, bool)]) -> Sessions {
        let entry = |(number, settled_ticks, paid, is_closed): &(u8, u32, Balance, bool)| {
            let entry = Entry { settled_ticks: *settled_ticks, paid: *paid, fee: 1, is_closed: *is_closed };
            (SessionId([*number; 16]), entry)
        };
        Sessions { entries: entries.iter().map(entry).collect(), error: None }
    }

    #[test]
    fn settled_sessions_are_counted_by_state() {
        let sessions = sessions(&[(1, 8, 80, true), (2, 6, 60, true), (3, 0, 0, true)]);
        let settlement =
            compare(&sessions, &[finished(1, 8, 8), finished(2, 4, 6), finished(3, 0, 2), finished(4, 0, 0)]);
        assert!(settlement.is_correct);
        assert_eq!((settlement.exact, settlement.unanswered, settlement.unused), (3, 1, 1));
        assert_eq!((settlement.accepted_ticks, settlement.settled_ticks, settlement.paid), (12, 14, Planck(140)));
        assert_eq!((settlement.viewers, settlement.sessions, settlement.opened), (2, 4, 3));
        assert_eq!(settlement.open_fees, Planck(3));
    }

    #[test]
    fn incomplete_settlement_is_waiting() {
        for (entries, case) in [
            (&[(1, 7, 70, true)][..], "a tick is missing"),
            (&[(1, 8, 80, false)], "the session is not closed"),
            (&[], "the session was never opened"),
        ] {
            let settlement = compare(&sessions(entries), &[finished(1, 8, 8)]);
            let found = (settlement.is_correct, settlement.waiting, settlement.discrepancies.len());
            assert_eq!(found, (false, 1, 1), "{case}");
        }
    }

    #[test]
    fn wrong_money_is_reported() {
        for (entries, case) in
            [(&[(1, 9, 90, true)][..], "more ticks than were revealed"), (&[(1, 8, 81, true)], "a planck too much")]
        {
            let settlement = compare(&sessions(entries), &[finished(1, 8, 8)]);
            assert_eq!((settlement.is_correct, settlement.wrong), (false, 1), "{case}");
        }
    }

    #[test]
    fn unread_blocks_make_the_settlement_incorrect() {
        let sessions = Sessions { error: Some("gone".into()), ..Sessions::default() };
        assert!(!compare(&sessions, &[]).is_correct);
    }

    #[test]
    fn events_of_earlier_sessions_are_ignored() {
        let session = SessionId([1; 16]);
        let settled = |ticks, paid| TickEvent::TicksSettled { session, stream: 0, ticks, settled_ticks: 0, paid };
        let mut sessions = Sessions::default();
        sessions.apply(vec![settled(9, 90)]);
        assert!(sessions.entries.is_empty());
        sessions.entries.insert(session, Entry::default());
        sessions.apply(vec![settled(2, 20), settled(3, 30)]);
        let expected = Entry { settled_ticks: 5, paid: 50, fee: 0, is_closed: false };
        assert_eq!(sessions.entries[&session], expected);
    }
}
