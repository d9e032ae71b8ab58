//! Storing messages.
//!
//! A message is shown at once and stored within a second, in order: readers do not wait for the disk, and a crash loses at most
//! the last second of chat. While the database does not answer, messages wait in a queue; when that is full, new ones are
//! refused. At the end everything that waits is stored.

use std::time::Duration;
use tick_stream_primitives::StreamId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{
    people::{ChatMessageRow, MAX_CHAT_MESSAGES},
    GatewayStateError, Store,
};

/// Messages and deletions that wait to be stored.
pub const MAX_UNSTORED: usize = 10_000;
/// Interval at which they are stored.
const STORE_EVERY: Duration = Duration::from_millis(250);
/// Pause before a batch is stored again that could not be.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How often a batch is stored again when the gateway ends.
const RETRIES_AT_END: u32 = 5;

/// A change to store.
#[derive(Clone, Debug)]
pub enum Write {
    /// A message was accepted.
    Add(ChatMessageRow),
    /// Messages were deleted.
    Delete(StreamId, Vec<u64>),
}

/// Stores changes in their order.
pub struct Writer {
    index: Store,
    queue: mpsc::Receiver<Write>,
}

impl Writer {
    /// Returns a writer, and what fills its queue.
    pub fn new(index: Store) -> (mpsc::Sender<Write>, Self) {
        let (sender, queue) = mpsc::channel(MAX_UNSTORED);
        (sender, Self { index, queue })
    }

    /// Stores changes until `stop` is cancelled, and then those that are left.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut changes = Vec::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                count = self.queue.recv_many(&mut changes, MAX_CHAT_MESSAGES as usize) => if count == 0 { return },
            }
            self.store(&mut changes, &stop).await;
            if self.queue.is_empty() {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(STORE_EVERY) => {}
                }
            }
        }
        self.queue.close();
        while !changes.is_empty() || self.queue.recv_many(&mut changes, MAX_CHAT_MESSAGES as usize).await > 0 {
            self.store(&mut changes, &stop).await;
        }
    }

    /// Stores changes, and empties the list. While the database fails, tries again; at the end only a few times.
    async fn store(&self, changes: &mut Vec<Write>, stop: &CancellationToken) {
        let mut tries_at_end = 0;
        while let Err(error) = self.try_store(changes).await {
            tracing::warn!(%error, waiting = changes.len(), "chat messages were not stored; trying again");
            tries_at_end += u32::from(stop.is_cancelled());
            if tries_at_end >= RETRIES_AT_END {
                tracing::error!(lost = changes.len(), "chat messages are lost, because the database does not answer");
                break;
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
        changes.clear();
    }

    /// Stores changes in their order. What was stored is stored again if a later part fails, which changes nothing.
    async fn try_store(&self, changes: &[Write]) -> Result<(), GatewayStateError> {
        let mut added: Vec<ChatMessageRow> = Vec::new();
        for change in changes {
            match change {
                Write::Add(row) => {
                    // A statement cannot write one row twice.
                    added.retain(|known| known.id != row.id);
                    added.push(row.clone());
                }
                Write::Delete(stream, ids) => {
                    self.add(&mut added).await?;
                    self.index.delete_chat_messages(*stream, ids).await?;
                }
            }
        }
        self.add(&mut added).await
    }

    async fn add(&self, added: &mut Vec<ChatMessageRow>) -> Result<(), GatewayStateError> {
        if !added.is_empty() {
            self.index.add_chat_messages(added).await?;
            added.clear();
        }
        Ok(())
    }
}
