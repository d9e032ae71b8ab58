//! Taking finalized blocks into the index.
//!
//! Blocks go in in order, each once, in one transaction with the position of the index. A crash at any moment leaves
//! whole blocks behind; whoever feeds the indexer asks for [`Store::cursor`] and goes on from there. Rows that the facts
//! touch are read at once, changed in memory and written back at once, so that a block of thousands of settlements takes
//! a few dozen statements.

mod anomaly;
mod continuity;
mod flush;
mod money;
mod sessions;
mod shares;
mod streams;
mod touched;
mod working;

pub use anomaly::Anomaly;

use crate::{
    error::{ApplyError, StoreError},
    facts::{BlockFacts, BlockHash, MAX_BLOCKS_PER_APPLY, MAX_FACTS_PER_BLOCK},
    rows::chain::ChainRow,
    store::{commit, Store},
};
use tick_stream_primitives::{BlockNumber, Moment};
use working::Working;

/// Hashes of this many of the last blocks are kept, to notice a node that is on another chain.
pub const KEPT_BLOCK_HASHES: u32 = 1_024;
/// At most so many anomalies are described; the others are only counted.
pub const MAX_ANOMALIES: usize = 64;

/// The last block in the index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// Its number.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: BlockHash,
    /// Its moment.
    pub time_ms: Moment,
}

/// What came of applying blocks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    /// Blocks that are new in the index.
    pub blocks: usize,
    /// Blocks that were there already.
    pub known: usize,
    /// Facts that do not fit what the index has, the first of them; see [`Anomaly`].
    pub anomalies: Vec<Anomaly>,
    /// How many there were in all.
    pub anomaly_count: usize,
}

impl Store {
    /// The last block in the index; nothing before the first one, which may have any number.
    pub async fn cursor(&self) -> Result<Option<Cursor>, StoreError> {
        let chain = ChainRow::load(&mut *self.read().await?).await?.ok_or(StoreError::NotBound)?;
        Ok(chain.position.map(|at| Cursor { number: at.block, hash: at.hash, time_ms: at.time_ms }))
    }

    /// Applies one block. One that is in the index already changes nothing.
    pub async fn apply(&self, block: &BlockFacts) -> Result<Applied, ApplyError> {
        self.apply_all(std::slice::from_ref(block)).await
    }

    /// Applies consecutive blocks, at most [`MAX_BLOCKS_PER_APPLY`], all or none.
    pub async fn apply_all(&self, blocks: &[BlockFacts]) -> Result<Applied, ApplyError> {
        check_sizes(blocks)?;
        let mut tx = self.begin().await?;
        let chain = ChainRow::lock(&mut tx).await?;
        let stored = continuity::stored_hashes(&mut tx, blocks).await?;
        let fresh = continuity::fresh(chain.position.as_ref(), &stored, blocks)?;
        if fresh.is_empty() {
            return Ok(Applied { known: blocks.len(), ..Applied::default() });
        }
        let mut working = Working::load(&mut tx, chain, fresh).await?;
        fresh.iter().for_each(|block| working.apply_block(block));
        let applied = Applied {
            blocks: fresh.len(),
            known: blocks.len() - fresh.len(),
            anomaly_count: working.anomalies.count(),
            anomalies: working.anomalies.take_described(),
        };
        working.flush(&mut tx).await?;
        commit(tx).await?;
        Ok(applied)
    }
}

fn check_sizes(blocks: &[BlockFacts]) -> Result<(), ApplyError> {
    if blocks.len() > MAX_BLOCKS_PER_APPLY {
        return Err(ApplyError::TooMany { what: "blocks", got: blocks.len(), limit: MAX_BLOCKS_PER_APPLY });
    }
    match blocks.iter().map(|block| block.facts.len()).find(|&facts| facts > MAX_FACTS_PER_BLOCK) {
        Some(got) => Err(ApplyError::TooMany { what: "facts in a block", got, limit: MAX_FACTS_PER_BLOCK }),
        None => Ok(()),
    }
}
