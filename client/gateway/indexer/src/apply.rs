//! Applying finalized blocks to the index.
//!
//! Blocks are applied in order and each once, in one transaction with the position of the index. After a crash at any
//! moment the index holds whole blocks; the caller reads [`Store::cursor`] and goes on from there.
//!
//! The rows that the events of a transaction affect are read together, changed in memory and written back together, so a
//! block of thousands of settlements takes a few dozen statements. [`Store::apply_all`] does the following:
//!
//! 1. lock the position, so that of two replicas with the same block one waits and then skips it;
//! 2. check that the blocks follow one another and what is stored (`continuity`);
//! 3. read the affected rows (`affected_keys`, `unit_of_work`);
//! 4. apply each event to them (`events`, `streams`, `sessions`, `earnings`, `tips`);
//! 5. write them back (`flush`) and commit.

mod affected_keys;
mod anomaly;
mod continuity;
mod earnings;
mod events;
mod flush;
mod place;
mod sessions;
mod streams;
mod tips;
mod unit_of_work;

pub use anomaly::{Anomaly, MAX_ANOMALIES};
pub use flush::KEPT_BLOCK_HASHES;

use crate::{
    block::{BlockFacts, Cursor, MAX_BLOCKS_PER_APPLY, MAX_EVENTS_PER_BLOCK},
    error::{ApplyError, StoreError},
    rows::chain::ChainRow,
    store::{commit, Store},
};
use unit_of_work::UnitOfWork;

/// Result of applying blocks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    /// Number of blocks that were added to the index.
    pub blocks: usize,
    /// Number of blocks that were in the index before.
    pub known: usize,
    /// The first [`MAX_ANOMALIES`] events that do not fit the index.
    pub anomalies: Vec<Anomaly>,
    /// Number of all events that do not fit the index.
    pub anomaly_count: usize,
}

impl Store {
    /// Returns the last block in the index, or `None` before the first one. The first block may have any number.
    pub async fn cursor(&self) -> Result<Option<Cursor>, StoreError> {
        let chain = ChainRow::load(&mut *self.read().await?).await?.ok_or(StoreError::NotBound)?;
        Ok(chain.cursor)
    }

    /// Applies one block. A block that is in the index already changes nothing.
    ///
    /// # Errors
    ///
    /// See [`Store::apply_all`].
    pub async fn apply(&self, block: &BlockFacts) -> Result<Applied, ApplyError> {
        self.apply_all(std::slice::from_ref(block)).await
    }

    /// Applies consecutive blocks, at most [`MAX_BLOCKS_PER_APPLY`], all or none. Those that are in the index already
    /// change nothing.
    ///
    /// # Errors
    ///
    /// Fails if a block is missing in between, if a block belongs to another chain, if there are too many blocks or events,
    /// and if the database fails.
    pub async fn apply_all(&self, blocks: &[BlockFacts]) -> Result<Applied, ApplyError> {
        check_sizes(blocks)?;
        let mut tx = self.begin().await?;
        let chain = ChainRow::lock(&mut tx).await?;
        let stored = continuity::stored_hashes(&mut tx, blocks).await?;
        let new = continuity::new_blocks(chain.cursor, &stored, blocks)?;
        if new.is_empty() {
            return Ok(Applied { known: blocks.len(), ..Applied::default() });
        }
        let mut work = UnitOfWork::load(&mut tx, chain, new).await?;
        new.iter().for_each(|block| work.apply_block(block));
        let applied = Applied {
            blocks: new.len(),
            known: blocks.len() - new.len(),
            anomaly_count: work.anomalies.count(),
            anomalies: work.anomalies.take_described(),
        };
        work.flush(&mut tx).await?;
        commit(tx).await?;
        Ok(applied)
    }
}

fn check_sizes(blocks: &[BlockFacts]) -> Result<(), ApplyError> {
    if blocks.len() > MAX_BLOCKS_PER_APPLY {
        return Err(ApplyError::TooMany { what: "blocks", got: blocks.len(), limit: MAX_BLOCKS_PER_APPLY });
    }
    match blocks.iter().map(|block| block.events.len()).find(|&events| events > MAX_EVENTS_PER_BLOCK) {
        Some(got) => Err(ApplyError::TooMany { what: "events in a block", got, limit: MAX_EVENTS_PER_BLOCK }),
        None => Ok(()),
    }
}
