//! How far people have watched: noted in memory, and written every two seconds.
//!
//! Players report every few seconds, and only the last position of a person in a subject counts. What is not written yet is
//! part of what is read. A crash loses it.

use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tick_stream_primitives::AccountId;
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{
    people::{ProgressRow, MAX_HISTORY},
    GatewayStateError, Page, PageRequest, QueryError, Store,
};

/// Interval at which positions are written.
const WRITE_EVERY: Duration = Duration::from_secs(2);
/// Positions that wait to be written. Above it, those of further subjects are refused until some are written.
const MAX_WAITING: usize = 100_000;
/// Positions that are written in one transaction.
const WRITTEN_AT_ONCE: usize = 500;

/// More positions wait to be written than fit into the memory set aside for them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("This gateway cannot note more positions at this moment.")]
pub struct Full;

/// The last position of a person in each subject.
type Positions = HashMap<String, ProgressRow>;

/// Positions by person, the newest of each person and subject.
#[derive(Default)]
struct Batch {
    by_person: HashMap<AccountId, Positions>,
    /// Number of positions.
    count: usize,
}

impl Batch {
    /// Adds a position, unless a later one is there.
    fn add(&mut self, row: ProgressRow, max: usize) -> Result<(), Full> {
        let positions = self.by_person.get_mut(&row.person);
        if let Some(known) = positions.and_then(|positions| positions.get_mut(&row.subject)) {
            if known.noted_at <= row.noted_at {
                *known = row;
            }
            return Ok(());
        }
        let of_person = self.by_person.get(&row.person).map_or(0, HashMap::len);
        if self.count >= max || of_person >= MAX_HISTORY as usize {
            return Err(Full);
        }
        self.count += 1;
        self.by_person.entry(row.person.clone()).or_default().insert(row.subject.clone(), row);
        Ok(())
    }

    fn get(&self, who: &AccountId, subject: &str) -> Option<&ProgressRow> {
        self.by_person.get(who)?.get(subject)
    }

    /// Takes out what there is of a person: one subject, or everything.
    fn take_of(&mut self, who: &AccountId, subject: Option<&str>) -> Vec<ProgressRow> {
        let taken: Vec<ProgressRow> = match subject {
            None => self.by_person.remove(who).unwrap_or_default().into_values().collect(),
            Some(subject) => {
                let positions = self.by_person.get_mut(who);
                positions.and_then(|positions| positions.remove(subject)).into_iter().collect()
            }
        };
        self.count = self.count.saturating_sub(taken.len());
        taken
    }

    fn rows(&self) -> Vec<ProgressRow> {
        self.by_person.values().flat_map(HashMap::values).cloned().collect()
    }
}

#[derive(Default)]
struct Unwritten {
    waiting: Batch,
    /// Those that are being written.
    writing: Batch,
}

/// How far people have watched.
pub struct Progress {
    index: Store,
    unwritten: Mutex<Unwritten>,
    /// Held while something is written or deleted, so that nothing is written that was just deleted.
    turn: tokio::sync::Mutex<()>,
}

impl Progress {
    /// Positions that are kept in this database.
    pub fn new(index: Store) -> Self {
        Self { index, unwritten: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// Notes positions. The caller has checked that the people want them to be kept.
    ///
    /// # Errors
    ///
    /// [`Full`]; what came before the first position that does not fit is noted.
    pub fn note(&self, rows: impl IntoIterator<Item = ProgressRow>) -> Result<(), Full> {
        let mut unwritten = self.unwritten.lock();
        let max = MAX_WAITING.saturating_sub(unwritten.writing.count);
        rows.into_iter().try_for_each(|row| unwritten.waiting.add(row, max))
    }

    /// Returns how far a person has watched something.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn of(&self, who: &AccountId, subject: &str) -> Result<Option<ProgressRow>, GatewayStateError> {
        // First what is not written: what is written meanwhile is then found in the database.
        let unwritten = {
            let unwritten = self.unwritten.lock();
            [unwritten.waiting.get(who, subject).cloned(), unwritten.writing.get(who, subject).cloned()]
        };
        let written = self.index.progress(who, subject).await?;
        Ok(written.into_iter().chain(unwritten.into_iter().flatten()).max_by_key(|row| row.noted_at))
    }

    /// Returns a page of what a person has watched, the last first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn history(&self, who: &AccountId, page: &PageRequest) -> Result<Page<ProgressRow>, QueryError> {
        self.write_of(who).await;
        self.index.history(who, page).await
    }

    /// Returns up to `limit` recordings that a person has begun and not watched to the end, the last first.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn unfinished(&self, who: &AccountId, limit: u32) -> Result<Vec<ProgressRow>, GatewayStateError> {
        self.write_of(who).await;
        self.index.unfinished(who, limit).await
    }

    /// Forgets what a person has watched: one subject, or everything.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn forget(&self, who: &AccountId, subject: Option<&str>) -> Result<(), GatewayStateError> {
        let _turn = self.turn.lock().await;
        {
            let mut unwritten = self.unwritten.lock();
            unwritten.waiting.take_of(who, subject);
            unwritten.writing.take_of(who, subject);
        }
        self.index.forget_progress(who, subject).await
    }

    /// Writes positions until `stop` is cancelled, and those that are left.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(WRITE_EVERY)).await.is_some() {
            self.write().await;
        }
        self.write().await;
    }

    /// Writes everything. If something cannot be written, all of it is written again the next time, which changes nothing.
    async fn write(&self) {
        let _turn = self.turn.lock().await;
        let rows = {
            let Unwritten { waiting, writing } = &mut *self.unwritten.lock();
            for row in std::mem::take(waiting).rows() {
                // Both together are bounded where positions are noted. Only a person with a whole history in memory, while the
                // database fails, loses some of it.
                let _ = writing.add(row, MAX_WAITING);
            }
            writing.rows()
        };
        for part in rows.chunks(WRITTEN_AT_ONCE) {
            if let Err(error) = self.index.save_progress(part).await {
                return tracing::error!(%error, "watch histories are written later");
            }
        }
        self.unwritten.lock().writing = Batch::default();
    }

    /// Writes what waits of a person, so that it is in its place in their lists.
    async fn write_of(&self, who: &AccountId) {
        let is_unwritten = {
            let unwritten = self.unwritten.lock();
            [&unwritten.waiting, &unwritten.writing].iter().any(|batch| batch.by_person.contains_key(who))
        };
        if !is_unwritten {
            return;
        }
        let _turn = self.turn.lock().await;
        let rows: Vec<ProgressRow> = {
            let Unwritten { waiting, writing } = &mut *self.unwritten.lock();
            for row in waiting.take_of(who, None) {
                let _ = writing.add(row, MAX_WAITING);
            }
            writing.by_person.get(who).map(|positions| positions.values().cloned().collect()).unwrap_or_default()
        };
        match self.index.save_progress(&rows).await {
            Ok(()) => drop(self.unwritten.lock().writing.take_of(who, None)),
            Err(error) => tracing::error!(%error, "a watch history is written later"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(person: u8, subject: &str, position_ms: u64, noted_at: u64) -> ProgressRow {
        let person = AccountId::new([person; 32]);
        ProgressRow { person, subject: subject.into(), position_ms, duration_ms: Some(100_000), noted_at }
    }

    async fn progress(folder: &tempfile::TempDir) -> Progress {
        let url = format!("sqlite:{}", folder.path().join("index.db").display());
        Progress::new(Store::connect(&url).await.unwrap())
    }

    #[test]
    fn newest_position_counts_whatever_the_order() {
        let mut batch = Batch::default();
        for (position_ms, noted_at) in [(5, 20), (9, 10), (7, 30)] {
            batch.add(row(1, "stream:7", position_ms, noted_at), 10).unwrap();
        }
        assert_eq!(batch.rows(), [row(1, "stream:7", 7, 30)]);
        assert_eq!(batch.count, 1);
    }

    #[test]
    fn full_batch_takes_only_what_it_knows() {
        let mut batch = Batch::default();
        batch.add(row(1, "stream:7", 1, 1), 2).unwrap();
        batch.add(row(2, "stream:7", 1, 1), 2).unwrap();
        assert_eq!(batch.add(row(1, "stream:8", 1, 1), 2), Err(Full));
        batch.add(row(2, "stream:7", 5, 2), 2).unwrap();
        assert_eq!(batch.take_of(&AccountId::new([2; 32]), None), [row(2, "stream:7", 5, 2)]);
        batch.add(row(1, "stream:8", 1, 1), 2).unwrap();
        assert_eq!((batch.count, batch.rows().len()), (2, 2));
    }

    #[tokio::test]
    async fn positions_are_read_before_and_after_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let progress = progress(&folder).await;
        let who = AccountId::new([1; 32]);
        progress.note([row(1, "recording:7:3", 20_000, 10), row(1, "stream:7", 1, 11)]).unwrap();
        let found = progress.of(&who, "recording:7:3").await.unwrap();
        assert_eq!(found, Some(row(1, "recording:7:3", 20_000, 10)));
        assert_eq!(progress.index.progress(&who, "stream:7").await.unwrap(), None, "it waits");
        let history = progress.history(&who, &PageRequest::first(10)).await.unwrap();
        assert_eq!(history.items, [row(1, "stream:7", 1, 11), row(1, "recording:7:3", 20_000, 10)]);
        assert_eq!(progress.unfinished(&who, 5).await.unwrap(), [row(1, "recording:7:3", 20_000, 10)]);
        progress.note([row(1, "stream:7", 2, 5)]).unwrap();
        progress.write().await;
        let found = progress.of(&who, "stream:7").await.unwrap();
        assert_eq!(found, Some(row(1, "stream:7", 1, 11)), "an earlier time changes nothing");
    }

    #[tokio::test]
    async fn forgotten_history_does_not_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let progress = progress(&folder).await;
        let who = AccountId::new([1; 32]);
        progress.note([row(1, "stream:7", 1, 1), row(1, "stream:8", 1, 1)]).unwrap();
        progress.forget(&who, Some("stream:7")).await.unwrap();
        progress.write().await;
        assert_eq!(progress.of(&who, "stream:7").await.unwrap(), None);
        assert!(progress.of(&who, "stream:8").await.unwrap().is_some());
        progress.note([row(1, "stream:9", 1, 1)]).unwrap();
        progress.forget(&who, None).await.unwrap();
        progress.write().await;
        assert!(progress.history(&who, &PageRequest::first(10)).await.unwrap().items.is_empty());
    }
}
