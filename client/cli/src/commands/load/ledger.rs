//! What the chain has settled, from the events of final blocks, against what viewers let go of.

use super::viewer::Left;
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
use vilokanam_chain::{Chain, TickEvent};
use vilokanam_wire::{Planck, SessionRef};

/// How often it is looked whether everything is settled.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Sessions that a report names when they are not as they should be.
const MAX_NAMED: usize = 50;

/// A session as final blocks have it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Entry {
    ticks: u32,
    paid: Balance,
    fee: Balance,
    is_closed: bool,
}

/// All sessions that final blocks have told of since this began.
#[derive(Default)]
pub struct Ledger {
    sessions: HashMap<SessionId, Entry>,
    trouble: Option<String>,
}

impl Ledger {
    /// Takes what a block reports.
    pub fn take(&mut self, events: Vec<TickEvent>) {
        for event in events {
            match event {
                TickEvent::SessionOpened { session, fee, .. } => {
                    self.sessions.insert(session, Entry { fee, ..Entry::default() });
                }
                TickEvent::TicksSettled { session, ticks, paid, .. } => {
                    if let Some(entry) = self.sessions.get_mut(&session) {
                        entry.ticks = entry.ticks.saturating_add(ticks);
                        entry.paid = entry.paid.saturating_add(paid);
                    }
                }
                TickEvent::SessionClosed { session, .. } => {
                    if let Some(entry) = self.sessions.get_mut(&session) {
                        entry.is_closed = true;
                    }
                }
                _ => {}
            }
        }
    }

    /// How many of these sessions are open for good.
    pub fn opened(&self, sessions: impl Iterator<Item = SessionId>) -> usize {
        sessions.filter(|session| self.sessions.contains_key(session)).count()
    }
}

/// A ledger that is kept while blocks become final.
pub struct Keeper {
    ledger: Arc<Mutex<Ledger>>,
    reading: JoinHandle<()>,
}

impl Keeper {
    /// Begins with the next final block. `block` is kept at the newest one's number.
    pub async fn begin(chain: &Chain, block: Arc<AtomicU32>) -> Result<Self, vilokanam_chain::ChainError> {
        let ledger: Arc<Mutex<Ledger>> = Arc::default();
        let mut blocks = chain.finalized_blocks().await?;
        let (chain, kept) = (chain.clone(), ledger.clone());
        let reading = tokio::spawn(async move {
            let trouble = loop {
                let read = match blocks.next().await {
                    None => break "the node has closed the connection".to_owned(),
                    Some(Err(error)) => break error.to_string(),
                    Some(Ok(next)) => (next.number, chain.tick_events(next.hash).await),
                };
                match read {
                    (number, Ok(events)) => {
                        lock(&kept).take(events);
                        block.store(number, Ordering::Relaxed);
                    }
                    (_, Err(error)) => break error.to_string(),
                }
            };
            lock(&kept).trouble = Some(trouble);
        });
        Ok(Self { ledger, reading })
    }

    /// How many of these sessions are open for good.
    pub fn opened(&self, sessions: impl Iterator<Item = SessionId>) -> usize {
        lock(&self.ledger).opened(sessions)
    }

    /// Waits until the chain has settled what viewers let go of, and compares.
    pub async fn settle(self, left: &[Left], limit: Duration, tell: impl Fn(usize)) -> Settlement {
        let began = Instant::now();
        let mut settlement = compare(&lock(&self.ledger), left);
        while settlement.waiting > 0 && settlement.trouble.is_none() && began.elapsed() < limit {
            tell(settlement.waiting);
            tokio::time::sleep(LOOK_EVERY).await;
            settlement = compare(&lock(&self.ledger), left);
        }
        self.reading.abort();
        Settlement { waited_s: began.elapsed().as_secs_f64(), ..settlement }
    }
}

fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The chain's settlement against what viewers let go of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settlement {
    /// Viewers that paid.
    pub viewers: usize,
    /// Sessions that were sold.
    pub sessions: usize,
    /// Of which the chain has opened.
    pub opened: usize,
    /// Ticks that viewers let go of and the gateway took.
    pub ticks_taken: u64,
    /// Ticks that the chain has settled.
    pub ticks_settled: u64,
    /// What they paid.
    pub paid: Planck,
    /// What opening sessions cost besides.
    pub open_fees: Planck,
    /// Sessions of which every tick is settled and paid at its price.
    pub exact: usize,
    /// Of these, sessions without a single tick: nothing shows who leaves them, so the gateway closes them when they have
    /// been idle for long enough.
    pub unused: usize,
    /// Sessions of which more is settled than the gateway has said to have, and no more than was let go of: an answer was
    /// lost or refused.
    pub unanswered: usize,
    /// Sessions that the chain has not settled to the end, or not closed, though the gateway was told to.
    pub waiting: usize,
    /// Sessions that were settled for more than was let go of, or not at their price.
    pub wrong: usize,
    /// The first of those that wait or are wrong.
    pub named: Vec<Named>,
    /// How long it was waited for.
    pub waited_s: f64,
    /// Why final blocks could not be read to the end.
    pub trouble: Option<String>,
    /// Whether nothing waits, nothing is wrong, and all blocks were read.
    pub is_right: bool,
}

/// A session that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Whose.
    pub viewer: u32,
    /// Which.
    pub session: SessionRef,
    /// Ticks that the gateway has said to have.
    pub taken: u32,
    /// Ticks let go of.
    pub revealed: u32,
    /// Ticks that the chain has settled.
    pub settled: u32,
    /// What they paid.
    pub paid: Planck,
    /// What they should have paid.
    pub expected: Planck,
    /// Whether the chain has closed it.
    pub is_closed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Exact,
    Unanswered,
    Waiting,
    Wrong,
}

fn state(left: &Left, entry: Option<&Entry>) -> State {
    let Some(entry) = entry else {
        return if left.taken > 0 { State::Waiting } else { State::Exact };
    };
    if entry.ticks > left.revealed || entry.paid != expected(left, entry) {
        State::Wrong
    } else if entry.ticks < left.taken || (left.is_closed && !entry.is_closed) {
        State::Waiting
    } else if entry.ticks > left.taken {
        State::Unanswered
    } else {
        State::Exact
    }
}

fn expected(left: &Left, entry: &Entry) -> Balance {
    left.price_per_tick.saturating_mul(entry.ticks.into())
}

fn compare(ledger: &Ledger, left: &[Left]) -> Settlement {
    let mut sum = Settlement {
        viewers: viewers(left),
        sessions: left.len(),
        opened: ledger.opened(left.iter().map(|left| left.session)),
        ticks_taken: left.iter().map(|left| u64::from(left.taken)).sum(),
        ticks_settled: 0,
        paid: Planck(0),
        open_fees: Planck(0),
        exact: 0,
        unused: left.iter().filter(|left| left.revealed == 0).count(),
        unanswered: 0,
        waiting: 0,
        wrong: 0,
        named: Vec::new(),
        waited_s: 0.0,
        trouble: ledger.trouble.clone(),
        is_right: false,
    };
    for one in left {
        let entry = ledger.sessions.get(&one.session);
        let found = entry.copied().unwrap_or_default();
        sum.ticks_settled += u64::from(found.ticks);
        sum.paid.0 = sum.paid.0.saturating_add(found.paid);
        sum.open_fees.0 = sum.open_fees.0.saturating_add(found.fee);
        match state(one, entry) {
            State::Exact => sum.exact += 1,
            State::Unanswered => sum.unanswered += 1,
            State::Waiting => {
                sum.waiting += 1;
                sum.name(one, &found);
            }
            State::Wrong => {
                sum.wrong += 1;
                sum.name(one, &found);
            }
        }
    }
    sum.is_right = sum.waiting == 0 && sum.wrong == 0 && sum.trouble.is_none();
    sum
}

fn viewers(left: &[Left]) -> usize {
    let mut viewers: Vec<u32> = left.iter().filter(|left| left.taken > 0).map(|left| left.viewer).collect();
    viewers.sort_unstable();
    viewers.dedup();
    viewers.len()
}

impl Settlement {
    fn name(&mut self, left: &Left, entry: &Entry) {
        if self.named.len() < MAX_NAMED {
            self.named.push(Named {
                viewer: left.viewer,
                session: SessionRef(left.session),
                taken: left.taken,
                revealed: left.revealed,
                settled: entry.ticks,
                paid: Planck(entry.paid),
                expected: Planck(expected(left, entry)),
                is_closed: entry.is_closed,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(number: u8, taken: u32, revealed: u32) -> Left {
        let session = SessionId([number; 16]);
        Left { viewer: number.into(), session, price_per_tick: 10, taken, revealed, is_closed: true }
    }

    fn ledger(entries: &[(u8, u32, Balance, bool)]) -> Ledger {
        let entry = |(number, ticks, paid, is_closed): &(u8, u32, Balance, bool)| {
            (SessionId([*number; 16]), Entry { ticks: *ticks, paid: *paid, fee: 1, is_closed: *is_closed })
        };
        Ledger { sessions: entries.iter().map(entry).collect(), trouble: None }
    }

    #[test]
    fn compare_works() {
        let ledger = ledger(&[(1, 8, 80, true), (2, 6, 60, true), (3, 0, 0, true)]);
        let settlement = compare(&ledger, &[left(1, 8, 8), left(2, 4, 6), left(3, 0, 2), left(4, 0, 0)]);
        assert!(settlement.is_right);
        assert_eq!((settlement.exact, settlement.unanswered, settlement.unused), (3, 1, 1));
        assert_eq!((settlement.ticks_taken, settlement.ticks_settled, settlement.paid), (12, 14, Planck(140)));
        assert_eq!((settlement.viewers, settlement.sessions, settlement.opened), (2, 4, 3));
        assert_eq!(settlement.open_fees, Planck(3));
    }

    #[test]
    fn compare_unsettled_fails() {
        for (entries, what) in [
            (&[(1, 7, 70, true)][..], "a tick is missing"),
            (&[(1, 8, 80, false)], "it was not closed"),
            (&[], "it was never opened"),
        ] {
            let settlement = compare(&ledger(entries), &[left(1, 8, 8)]);
            assert_eq!((settlement.is_right, settlement.waiting, settlement.named.len()), (false, 1, 1), "{what}");
        }
    }

    #[test]
    fn compare_wrong_money_fails() {
        for (entries, what) in
            [(&[(1, 9, 90, true)][..], "more than was let go of"), (&[(1, 8, 81, true)], "a planck more")]
        {
            let settlement = compare(&ledger(entries), &[left(1, 8, 8)]);
            assert_eq!((settlement.is_right, settlement.wrong), (false, 1), "{what}");
        }
    }

    #[test]
    fn compare_with_trouble_fails() {
        let ledger = Ledger { trouble: Some("gone".into()), ..Ledger::default() };
        assert!(!compare(&ledger, &[]).is_right, "what was not read cannot be right");
    }

    #[test]
    fn take_works() {
        let session = SessionId([1; 16]);
        let settled = |ticks, paid| TickEvent::TicksSettled { session, stream: 0, ticks, settled_ticks: 0, paid };
        let mut ledger = Ledger::default();
        ledger.take(vec![settled(9, 90)]);
        assert!(ledger.sessions.is_empty(), "a session of before");
        ledger.sessions.insert(session, Entry::default());
        ledger.take(vec![settled(2, 20), settled(3, 30)]);
        assert_eq!(ledger.sessions[&session], Entry { ticks: 5, paid: 50, fee: 0, is_closed: false });
    }
}
