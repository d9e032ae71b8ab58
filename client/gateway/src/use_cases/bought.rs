//! Keys bought once: what a viewer has paid for stays free in later sessions and on other devices.
//!
//! The paywall's journal is what counts for money. It knows the keys of a session until that is settled and closed. What is
//! here is a copy for afterwards: written within seconds of the sale, and completed from the journal at the start.

use lru::LruCache;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    num::NonZeroUsize,
    ops::RangeInclusive,
    sync::Arc,
    time::{Duration, Instant},
};
use tick_stream_primitives::{clock::now_ms, AccountId, SessionId, StreamId};
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{BoughtRange, GatewayStateError, Store};
use vilokanam_paywall::{KeyRange, Paywall, Status};

/// Interval at which purchases are written.
const WRITE_EVERY: Duration = Duration::from_secs(5);
/// Viewers and streams whose purchases wait to be written. Above it, those of others are written at the next start.
const MAX_WAITING: usize = 100_000;
/// Ranges that are written in one transaction.
const WRITTEN_AT_ONCE: usize = 200;

/// Viewers and streams whose purchases are in memory.
const MAX_KNOWN: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");
/// Time for which purchases in memory are used: another replica may have sold more.
const TRUSTED_FOR: Duration = Duration::from_secs(10);

/// A viewer, and the stream that was bought from.
type Owner = (AccountId, StreamId);
/// Ranges of keys, both ends included.
type Ranges = Vec<RangeInclusive<u64>>;

/// Purchases that are not in the database yet. They count until they can be read from there.
#[derive(Default)]
struct Unwritten {
    waiting: HashMap<Owner, Vec<BoughtRange>>,
    /// Those that are being written.
    writing: HashMap<Owner, Vec<BoughtRange>>,
}

/// Ranges that were read from the database, and when.
struct Known {
    ranges: LruCache<Owner, (Instant, Ranges)>,
    /// Number of times that something was written: what was read before is not to be kept afterwards.
    writes: u64,
}

/// What viewers have bought.
pub struct Bought {
    index: Store,
    unwritten: Mutex<Unwritten>,
    known: Mutex<Known>,
}

impl Bought {
    pub fn new(index: Store) -> Self {
        let known = Known { ranges: LruCache::new(MAX_KNOWN), writes: 0 };
        Self { index, unwritten: Mutex::default(), known: Mutex::new(known) }
    }

    /// Notes that a session has paid for keys.
    pub fn note(&self, session: SessionId, status: &Status, keys: KeyRange) {
        if keys.count == 0 {
            return;
        }
        let (first_key, last_key) = (keys.first, keys.end() - 1);
        let (viewer, stream, bought_at) = (status.viewer.clone(), status.stream, now_ms());
        let owner = (viewer.clone(), stream);
        let mut unwritten = self.unwritten.lock();
        if unwritten.waiting.len() >= MAX_WAITING && !unwritten.waiting.contains_key(&owner) {
            return;
        }
        let waiting = unwritten.waiting.entry(owner).or_default();
        let continues = |last: &BoughtRange| last.session == session && last.last_key.checked_add(1) == Some(first_key);
        match waiting.last_mut().filter(|last| continues(last)) {
            Some(last) => (last.last_key, last.bought_at) = (last_key, bought_at),
            None => waiting.push(BoughtRange { viewer, stream, first_key, last_key, session, bought_at }),
        }
    }

    /// Returns the keys of a stream that a viewer has bought, in ascending order.
    pub async fn ranges(&self, viewer: &AccountId, stream: StreamId) -> Result<Ranges, GatewayStateError> {
        let owner = (viewer.clone(), stream);
        // First what is not written: what is written meanwhile is then found in the database.
        let mut ranges: Ranges = {
            let unwritten = self.unwritten.lock();
            let both = [unwritten.waiting.get(&owner), unwritten.writing.get(&owner)];
            both.into_iter().flatten().flatten().map(|range| range.first_key..=range.last_key).collect()
        };
        ranges.extend(self.written(owner).await?);
        Ok(joined(ranges))
    }

    async fn written(&self, owner: Owner) -> Result<Ranges, GatewayStateError> {
        let writes = {
            let known = &mut *self.known.lock();
            if let Some((_, ranges)) = known.ranges.get(&owner).filter(|(at, _)| at.elapsed() < TRUSTED_FOR) {
                return Ok(ranges.clone());
            }
            known.writes
        };
        let ranges = self.index.bought(&owner.0, owner.1).await?;
        let mut known = self.known.lock();
        if known.writes == writes {
            known.ranges.put(owner, (Instant::now(), ranges.clone()));
        }
        Ok(ranges)
    }

    /// Returns whether a viewer has bought all of these keys.
    pub async fn has_all(
        &self,
        viewer: &AccountId,
        stream: StreamId,
        keys: &RangeInclusive<u64>,
    ) -> Result<bool, GatewayStateError> {
        Ok(contains(&self.ranges(viewer, stream).await?, keys))
    }

    /// Writes purchases until `stop` is cancelled, and those that are left. Begins with what the journal knows.
    pub async fn keep(self: Arc<Self>, paywall: Arc<Paywall>, stop: CancellationToken) {
        self.take_from_journal(&paywall);
        while stop.run_until_cancelled(tokio::time::sleep(WRITE_EVERY)).await.is_some() {
            self.write().await;
        }
        self.write().await;
    }

    /// A crash may have come between a sale and its writing.
    fn take_from_journal(&self, paywall: &Paywall) {
        for session in paywall.session_ids() {
            let Some(status) = paywall.status(&session) else { continue };
            for keys in &status.bought {
                self.note(session, &status, *keys);
            }
        }
    }

    /// Writes purchases. If something cannot be written, all of it is written again the next time, which changes nothing.
    async fn write(&self) {
        let writing: Vec<BoughtRange> = {
            let Unwritten { waiting, writing } = &mut *self.unwritten.lock();
            for (owner, ranges) in waiting.drain() {
                writing.entry(owner).or_default().extend(ranges);
            }
            writing.values().flatten().cloned().collect()
        };
        for part in writing.chunks(WRITTEN_AT_ONCE) {
            if let Err(error) = self.index.add_bought(part).await {
                return tracing::error!(%error, "purchases are written later");
            }
        }
        if writing.is_empty() {
            return;
        }
        {
            let mut known = self.known.lock();
            known.writes += 1;
            for range in &writing {
                known.ranges.pop(&(range.viewer.clone(), range.stream));
            }
        }
        self.unwritten.lock().writing.clear();
    }
}

/// Joins ranges that overlap or touch.
fn joined(mut ranges: Ranges) -> Ranges {
    ranges.sort_by_key(|range| *range.start());
    let mut joined = Ranges::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut().filter(|last| *range.start() <= last.end().saturating_add(1)) {
            Some(last) => *last = *last.start()..=(*last.end()).max(*range.end()),
            None => joined.push(range),
        }
    }
    joined
}

/// Returns whether ranges as [`joined`] returns them contain all of `keys`.
pub fn contains(ranges: &[RangeInclusive<u64>], keys: &RangeInclusive<u64>) -> bool {
    let after = ranges.partition_point(|range| range.start() <= keys.start());
    let range = after.checked_sub(1).and_then(|place| ranges.get(place));
    range.is_some_and(|range| range.contains(keys.start()) && range.contains(keys.end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_paywall::Phase;

    const SESSION: SessionId = SessionId([1; 16]);

    fn status(viewer: u8) -> Status {
        Status {
            viewer: AccountId::new([viewer; 32]),
            session_key: None,
            stream: 7,
            phase: Phase::Finalized,
            price_per_tick: 1,
            max_ticks: 100,
            revealed_ticks: 0,
            charged_ticks: 0,
            credit_left: None,
            settled_ticks: 0,
            closing: None,
            ending: None,
            rejection: None,
            is_closed: false,
            opened_at: 0,
            bought: Vec::new(),
        }
    }

    async fn bought(folder: &tempfile::TempDir) -> Bought {
        let url = format!("sqlite:{}", folder.path().join("index.db").display());
        Bought::new(Store::connect(&url).await.unwrap())
    }

    #[tokio::test]
    async fn keys_are_bought_at_once_and_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let all = bought(&folder).await;
        let viewer = status(1).viewer;
        for first in [10, 12, 20] {
            all.note(SESSION, &status(1), KeyRange { first, count: 2 });
        }
        assert_eq!(all.ranges(&viewer, 7).await.unwrap(), [10..=13, 20..=21], "before they are written");
        all.write().await;
        assert_eq!(all.ranges(&viewer, 7).await.unwrap(), [10..=13, 20..=21]);
        all.note(SessionId([2; 16]), &status(1), KeyRange { first: 14, count: 6 });
        assert_eq!(all.ranges(&viewer, 7).await.unwrap(), [10..=21], "joined with what is written");
        all.write().await;
        drop(all);
        let again = bought(&folder).await;
        assert!(again.has_all(&viewer, 7, &(10..=21)).await.unwrap());
        assert!(!again.has_all(&viewer, 7, &(10..=22)).await.unwrap());
        assert!(!again.has_all(&status(2).viewer, 7, &(10..=10)).await.unwrap(), "another viewer");
        assert!(!again.has_all(&viewer, 8, &(10..=10)).await.unwrap(), "another stream");
    }

    #[test]
    fn range_has_to_be_whole() {
        let ranges = joined(vec![30..=39, 10..=19, 15..=22]);
        assert_eq!(ranges, [10..=22, 30..=39]);
        for (keys, is_in) in [(10..=22, true), (22..=22, true), (9..=10, false), (22..=23, false), (22..=30, false)] {
            assert_eq!(contains(&ranges, &keys), is_in, "{keys:?}");
        }
        assert!(!contains(&[], &(0..=0)));
    }
}
