//! Filling the index, and following the database.

use super::{documents, IndexingError, Search};
use std::{
    collections::{HashMap, HashSet},
    sync::{atomic::Ordering, Arc},
    time::{Duration, Instant},
};
use tick_stream_primitives::{clock::now_ms, AccountId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{PageRequest, StreamFilter, StreamSort, MAX_PAGE};
use vilokanam_search::{Document, Key, SearchError, SearchIndex};

/// Shortest time between two commits: each writes a file, which is merged with others later.
const COMMIT_EVERY: Duration = Duration::from_secs(1);
/// Interval at which recordings that were published lately are read.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Age of the recordings that are read then. Clocks of replicas may differ by as much.
const LOOK_BACK_MS: u64 = 120_000;
/// Shortest time between two comparisons with the database.
const COMPARE_EVERY: Duration = Duration::from_secs(60);
/// A comparison that takes a second is made every 50 seconds or less often.
const COMPARE_PART: u32 = 50;
/// Time after which a failure is followed by another attempt.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// Documents that are written at once.
const MAX_BATCH: usize = 1_000;
/// Documents after which the log says how far the first comparison is.
const REPORT_EVERY: usize = 20_000;

/// What the index has, as this task has written it.
struct Follower<'a> {
    search: &'a Search,
    index: Arc<SearchIndex>,
    versions: HashMap<Key, u64>,
    /// Documents that are not written yet.
    waiting: Vec<Document>,
    is_changed: bool,
}

impl Search {
    /// Opens the index, fills it, and follows the database until `stop` is cancelled. To be called once.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        let Some(mut received) = self.received.lock().take() else { return };
        let following = async {
            loop {
                if let Err(error) = self.follow(&mut received).await {
                    tracing::warn!(%error, "the search index cannot be kept up to date; it is opened again");
                }
                *self.opened.write() = None;
                tokio::time::sleep(RETRY_AFTER).await;
            }
        };
        stop.run_until_cancelled(following).await;
    }

    /// Opens the index and follows the database until something fails.
    async fn follow(&self, received: &mut mpsc::Receiver<Key>) -> Result<(), IndexingError> {
        let folder = self.folder.clone();
        let open = move || -> Result<_, SearchError> {
            let index = SearchIndex::open(&folder)?;
            let versions = index.versions()?;
            Ok((Arc::new(index), versions))
        };
        let (index, versions) = tokio::task::spawn_blocking(open).await??;
        *self.opened.write() = Some(index.clone());
        let mut follower = Follower { search: self, index, versions, waiting: Vec::new(), is_changed: false };
        tracing::info!(documents = follower.versions.len(), "the search index is open; comparing it with the database");
        let mut next_comparison = Instant::now() + follower.compare(true).await?;
        loop {
            let changed = tokio::time::timeout(LOOK_EVERY, received.recv()).await;
            if let Ok(Some(key)) = changed {
                follower.refresh(key).await?;
                while let Ok(key) = received.try_recv() {
                    follower.refresh(key).await?;
                }
            }
            follower.add_published().await?;
            if self.has_lost.swap(false, Ordering::Relaxed) || Instant::now() >= next_comparison {
                next_comparison = Instant::now() + follower.compare(false).await?;
            }
            follower.commit().await?;
            tokio::time::sleep(COMMIT_EVERY).await;
        }
    }
}

impl Follower<'_> {
    /// Compares everything with the database. Returns the time until the next comparison.
    async fn compare(&mut self, is_first: bool) -> Result<Duration, IndexingError> {
        let begun = Instant::now();
        let mut seen: HashSet<Key> = HashSet::with_capacity(self.versions.len());
        let mut after = None;
        loop {
            let rows = self.search.index.streams_after(after).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            let documents = documents::of_streams(&self.search.index, rows).await?;
            self.take(documents, &mut seen, is_first).await?;
        }
        let mut after = None;
        loop {
            let rows = self.search.index.recordings_after(after).await?;
            let Some(last) = rows.last() else { break };
            after = Some((last.stream, last.number));
            let documents = documents::of_recordings(&self.search.index, rows).await?;
            self.take(documents, &mut seen, is_first).await?;
        }
        let mut after: Option<AccountId> = None;
        loop {
            let rows = self.search.index.people_after(after.as_ref()).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.account.clone());
            self.take(rows.iter().map(documents::of_person).collect(), &mut seen, is_first).await?;
        }
        let gone: Vec<Key> = self.versions.keys().filter(|key| !seen.contains(key)).copied().collect();
        for key in gone {
            self.remove(key);
        }
        self.commit().await?;
        let took = begun.elapsed();
        if is_first {
            let (documents, seconds) = (self.versions.len(), took.as_secs_f32());
            tracing::info!(documents, seconds, "everything in the database can be searched");
        }
        Ok(COMPARE_EVERY.max(took * COMPARE_PART))
    }

    /// Takes over documents, and notes that they exist.
    async fn take(
        &mut self,
        documents: Vec<Document>,
        seen: &mut HashSet<Key>,
        is_first: bool,
    ) -> Result<(), IndexingError> {
        let before = seen.len();
        seen.extend(documents.iter().map(|document| document.key));
        if is_first && before / REPORT_EVERY != seen.len() / REPORT_EVERY {
            tracing::info!(documents = seen.len(), "building the search index");
        }
        documents.into_iter().for_each(|document| self.put(document));
        if self.waiting.len() >= MAX_BATCH {
            self.write().await?;
        }
        Ok(())
    }

    /// Reads something again that was changed.
    async fn refresh(&mut self, key: Key) -> Result<(), IndexingError> {
        let store = &self.search.index;
        let documents = match key {
            Key::Stream(id) => {
                let rows = store.streams_of_ids(&[id]).await?;
                documents::of_streams(store, rows.into_values().collect()).await?
            }
            Key::Recording(stream, number) => {
                let rows = store.recordings_of_keys(&[(stream, number)]).await?;
                documents::of_recordings(store, rows.into_values().collect()).await?
            }
            Key::Person(bytes) => self.of_person_and_streams(&AccountId::new(bytes)).await?,
        };
        if !documents.iter().any(|document| document.key == key) {
            self.remove(key);
        }
        documents.into_iter().for_each(|document| self.put(document));
        if self.waiting.len() >= MAX_BATCH {
            self.write().await?;
        }
        Ok(())
    }

    /// The document of a person, and those of the person's newest streams, which have the name as well. The others follow
    /// with the next comparison.
    async fn of_person_and_streams(&self, account: &AccountId) -> Result<Vec<Document>, IndexingError> {
        let store = &self.search.index;
        let person = store.person(account).await?;
        let filter = StreamFilter { creator: Some(account.clone()), ..StreamFilter::default() };
        let page = PageRequest::first(MAX_PAGE);
        let streams = store.streams(&filter, StreamSort::Newest, &HashMap::new(), &page).await?;
        let mut documents = documents::of_streams(store, streams.items).await?;
        documents.extend(person.as_ref().map(documents::of_person));
        Ok(documents)
    }

    /// Takes over recordings that were published lately.
    async fn add_published(&mut self) -> Result<(), IndexingError> {
        let store = &self.search.index;
        let rows = store.recordings_published_since(now_ms().saturating_sub(LOOK_BACK_MS)).await?;
        for document in documents::of_recordings(store, rows).await? {
            self.put(document);
        }
        Ok(())
    }

    fn put(&mut self, document: Document) {
        if self.versions.insert(document.key, document.version) != Some(document.version) {
            self.waiting.push(document);
        }
    }

    fn remove(&mut self, key: Key) {
        if self.versions.remove(&key).is_some() {
            self.waiting.retain(|document| document.key != key);
            self.index.remove(&key);
            self.is_changed = true;
        }
    }

    /// Writes what waits.
    async fn write(&mut self) -> Result<(), IndexingError> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        self.is_changed = true;
        let index = self.index.clone();
        let write = move || waiting.iter().try_for_each(|document| index.put(document));
        Ok(tokio::task::spawn_blocking(write).await??)
    }

    /// Writes what waits, and lets searches see it.
    async fn commit(&mut self) -> Result<(), IndexingError> {
        self.write().await?;
        if !std::mem::take(&mut self.is_changed) {
            return Ok(());
        }
        let index = self.index.clone();
        Ok(tokio::task::spawn_blocking(move || index.commit()).await??)
    }
}
