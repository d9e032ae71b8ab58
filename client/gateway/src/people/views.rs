//! Views of streams and recordings: each viewer is counted once a day.
//!
//! Players ask for keys every few seconds. What was noted today is remembered, so that only first views go to the database,
//! which has the last word: other replicas count as well.

use parking_lot::Mutex;
use sp_crypto_hashing::blake2_256;
use std::{collections::HashSet, sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, AccountId};
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{people::ViewRow, GatewayStateError, Store};
use vilokanam_wire::people::Subject;

/// Interval at which views are written.
const WRITE_EVERY: Duration = Duration::from_secs(2);
/// Views that wait to be written. Those above it are not counted.
const MAX_WAITING: usize = 50_000;
/// Views of today that are remembered. Those above it go to the database again each time.
const MAX_SEEN: usize = 200_000;
/// Views that are written in one transaction.
const WRITTEN_AT_ONCE: usize = 1_000;
/// Days for which it is kept who has viewed what, besides today: what is noted at the end of a day is written on the next.
const KEPT_DAYS: u64 = 1;
/// Number of writes between two deletions of older days: about half an hour.
const FORGET_EVERY_WRITES: u32 = 900;
/// Length of a day in milliseconds.
const DAY_MS: u64 = 86_400_000;
/// Domain of the hashes of viewers.
const DOMAIN: &[u8] = b"vilokanam/view/v1";

#[derive(Default)]
struct Noted {
    day: u64,
    /// Views of this day.
    seen: HashSet<(Subject, AccountId)>,
    waiting: Vec<ViewRow>,
}

/// Counts views.
pub struct ViewCounter {
    index: Store,
    /// The gateway's account.
    gateway: AccountId,
    noted: Mutex<Noted>,
}

impl ViewCounter {
    /// Counts views at a gateway.
    pub fn new(index: Store, gateway: AccountId) -> Self {
        Self { index, gateway, noted: Mutex::default() }
    }

    /// Notes that a viewer watches something.
    pub fn note(&self, subject: Subject, viewer: &AccountId) {
        self.note_at(subject, viewer, now_ms());
    }

    fn note_at(&self, subject: Subject, viewer: &AccountId, now_ms: u64) {
        let day = now_ms / DAY_MS;
        let noted = &mut *self.noted.lock();
        if noted.day != day {
            noted.day = day;
            noted.seen.clear();
        }
        let view = (subject, viewer.clone());
        if noted.waiting.len() >= MAX_WAITING || noted.seen.contains(&view) {
            return;
        }
        if noted.seen.len() < MAX_SEEN {
            noted.seen.insert(view);
        }
        noted.waiting.push(ViewRow { day, subject: subject.to_string(), viewer: self.hash(day, viewer) });
    }

    /// Returns what stands for a viewer on a day.
    fn hash(&self, day: u64, viewer: &AccountId) -> String {
        let gateway: &[u8] = self.gateway.as_ref();
        let viewer: &[u8] = viewer.as_ref();
        hex::encode(blake2_256(&[DOMAIN, &day.to_le_bytes(), gateway, viewer].concat()))
    }

    /// Writes views until `stop` is cancelled, and those that are left. Deletes who viewed what on earlier days.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        for write in 0u32.. {
            if write.is_multiple_of(FORGET_EVERY_WRITES) {
                let before_day = (now_ms() / DAY_MS).saturating_sub(KEPT_DAYS);
                if let Err(error) = self.index.forget_viewers(before_day).await {
                    tracing::warn!(%error, "viewers of earlier days are forgotten later");
                }
            }
            let is_over = stop.run_until_cancelled(tokio::time::sleep(WRITE_EVERY)).await.is_none();
            self.write().await;
            if is_over {
                return;
            }
        }
    }

    /// Writes views. Those that cannot be written are written the next time; the database counts none of them twice.
    async fn write(&self) {
        let mut views = std::mem::take(&mut self.noted.lock().waiting);
        // In one order, so that two replicas do not wait for each other.
        views.sort_unstable_by(|a, b| (a.day, &a.subject, &a.viewer).cmp(&(b.day, &b.subject, &b.viewer)));
        if let Err(error) = self.add(&views).await {
            tracing::error!(%error, "views are written later");
            let mut noted = self.noted.lock();
            let room = MAX_WAITING.saturating_sub(noted.waiting.len());
            noted.waiting.extend(views.into_iter().take(room));
        }
    }

    async fn add(&self, views: &[ViewRow]) -> Result<(), GatewayStateError> {
        for part in views.chunks(WRITTEN_AT_ONCE) {
            self.index.add_views(part).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: Subject = Subject::Recording(7, 3);

    async fn counter(folder: &tempfile::TempDir) -> ViewCounter {
        let url = format!("sqlite:{}", folder.path().join("index.db").display());
        ViewCounter::new(Store::connect(&url).await.unwrap(), AccountId::new([9; 32]))
    }

    async fn views(counter: &ViewCounter) -> u64 {
        counter.write().await;
        let subject = SUBJECT.to_string();
        let found = counter.index.reactions(std::slice::from_ref(&subject)).await.unwrap();
        found.get(&subject).map_or(0, |row| row.views)
    }

    #[tokio::test]
    async fn viewer_is_counted_once_a_day_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
        let first = counter(&folder).await;
        for viewer in [&one, &one, &other] {
            first.note_at(SUBJECT, viewer, 5 * DAY_MS);
        }
        assert_eq!(first.noted.lock().waiting.len(), 2);
        assert_eq!(views(&first).await, 2);
        drop(first);
        let second = counter(&folder).await;
        second.note_at(SUBJECT, &one, 5 * DAY_MS + 1);
        assert_eq!(views(&second).await, 2, "the database knows the viewer");
        second.note_at(SUBJECT, &one, 6 * DAY_MS);
        assert_eq!(views(&second).await, 3, "on the next day");
    }

    #[tokio::test]
    async fn hash_of_a_viewer_differs_from_day_to_day() {
        let folder = tempfile::tempdir().unwrap();
        let counter = counter(&folder).await;
        let viewer = AccountId::new([1; 32]);
        assert_ne!(counter.hash(5, &viewer), counter.hash(6, &viewer));
        assert_ne!(counter.hash(5, &viewer), counter.hash(5, &AccountId::new([2; 32])));
    }
}
