//! Search: an index of texts beside the database, from which it can be built again at any time.
//!
//! The index is in the folder `search` of the data directory. [`Search::keep`] fills it and follows the database. What changes is
//! known in three ways, so that nothing depends on every writer:
//!
//! - [`Search::changed`] is called for streams when their blocks are final, and for recordings and people when they are changed by
//!   this gateway. What was changed is searchable within about a second.
//! - Recordings that were published lately are read every few seconds.
//! - Everything is compared with the database once a minute, or less often where that takes long: at most a fiftieth of the time
//!   is spent on it. This finds what other replicas have changed.
//!
//! What moderators withhold, who is on air and how many watch is not in the index; each search brings it along.
//!
//! | module | contents |
//! | --- | --- |
//! | `documents` | rows of the database as documents |
//! | `keys` | accounts in the index |
//! | `follow` | filling the index, and following the database |

mod documents;
mod error;
mod follow;
mod keys;

pub use documents::price;
pub use error::{FindError, IndexingError};
pub use keys::account_bytes;

use keys::person_key;
use parking_lot::{Mutex, RwLock};
use std::{
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    time::Duration,
};
use tick_stream_primitives::{AccountId, StreamId};
use tokio::sync::{mpsc, Semaphore};
use vilokanam_indexer::Store;
use vilokanam_search::{Found, Key, Query, SearchError, SearchIndex, Withheld};

/// Maximum number of changes that wait. Those above it are found by the next comparison.
const MAX_CHANGES: usize = 4_096;
/// Time for which a search waits for its turn.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Search at this gateway.
pub struct Search {
    index: Store,
    folder: PathBuf,
    /// `None` until it is open.
    opened: RwLock<Option<Arc<SearchIndex>>>,
    changes: mpsc::Sender<Key>,
    /// Taken by [`Search::keep`].
    received: Mutex<Option<mpsc::Receiver<Key>>>,
    /// Whether changes were lost, so that everything has to be compared.
    has_lost: AtomicBool,
    permits: Arc<Semaphore>,
}

impl Search {
    /// Search in a folder, with at most so many searches at a time. Nothing is found before [`Search::keep`] runs.
    pub fn new(index: Store, folder: PathBuf, max_searches: usize) -> Self {
        let (changes, received) = mpsc::channel(MAX_CHANGES);
        Self {
            index,
            folder,
            opened: RwLock::default(),
            changes,
            received: Mutex::new(Some(received)),
            has_lost: AtomicBool::new(false),
            permits: Arc::new(Semaphore::new(max_searches.max(1))),
        }
    }

    /// Notes that something was changed or removed. Never waits.
    pub fn changed(&self, key: Key) {
        if self.changes.try_send(key).is_err() {
            self.has_lost.store(true, Ordering::Relaxed);
        }
    }

    /// Notes that a stream was changed.
    pub fn stream_changed(&self, stream: StreamId) {
        self.changed(Key::Stream(stream));
    }

    /// Notes that a recording was changed or deleted.
    pub fn recording_changed(&self, stream: StreamId, number: u64) {
        self.changed(Key::Recording(stream, number));
    }

    /// Notes that a profile was changed or deleted.
    pub fn person_changed(&self, account: &AccountId) {
        self.changed(person_key(account));
    }

    /// Finds what matches a query.
    ///
    /// # Errors
    ///
    /// See [`FindError`].
    pub async fn find(&self, query: Query) -> Result<Found, FindError> {
        self.ask(move |index| index.find(&query)).await
    }

    /// Returns titles, tags and names that begin with a text.
    ///
    /// # Errors
    ///
    /// See [`FindError`].
    pub async fn suggest(&self, text: String, limit: usize, withheld: Withheld) -> Result<Vec<String>, FindError> {
        self.ask(move |index| index.suggest(&text, limit, &withheld)).await
    }

    /// Runs a search on a thread of its own. It keeps its turn until it ends, even if the request has gone.
    async fn ask<T: Send + 'static>(
        &self,
        search: impl FnOnce(&SearchIndex) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, FindError> {
        let index = self.opened.read().clone().ok_or(FindError::NotReady)?;
        let turn = tokio::time::timeout(MAX_WAIT, self.permits.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| FindError::Busy)?.map_err(|_| FindError::Busy)?;
        let answer = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            search(&index)
        });
        match answer.await.map_err(IndexingError::Thread)? {
            Err(error) if error.is_of_request() => Err(FindError::Refused(error)),
            answer => Ok(answer.map_err(IndexingError::Index)?),
        }
    }
}
