//! The end of the best chain as it was returned to the user, and what a new best block changes in it.

use super::{
    limits::MAX_REMEMBERED_BLOCKS,
    source::{followed, Source},
    types::{BestChange, FollowedBlock},
};
use crate::{Block, ChainError, Head};
use sp_core::H256;
use std::collections::VecDeque;

/// A block that was returned.
#[derive(Clone, Copy)]
struct Entry {
    block: Block,
    parent: H256,
}

/// The last [`MAX_REMEMBERED_BLOCKS`] blocks that were returned, each the parent of the next.
#[derive(Default)]
pub struct BestChain(VecDeque<Entry>);

/// Where a new branch leaves the blocks that were returned.
enum Fork {
    /// This many blocks from the beginning stay; the branch continues from there.
    After(usize),
    /// The branch does not meet the remembered blocks.
    Unknown,
}

impl BestChain {
    /// Whether this block was returned, and not undone. When a node announces it as its best, it is behind, as another node may
    /// be: what was returned after it is still likely to come.
    pub fn has(&self, block: Block) -> bool {
        self.0.iter().rev().any(|entry| entry.block.hash == block.hash)
    }

    /// Returns what the new best block `tip` changes. Remembers nothing: see [`Self::remember`].
    pub async fn change(&self, source: &impl Source, tip: Block) -> Result<BestChange, ChainError> {
        let mut branch = vec![source.head(tip.hash).await?];
        let fork = self.fork(source, &mut branch).await?;
        let (kept, is_gap) = match fork {
            Fork::After(kept) => (kept, false),
            Fork::Unknown => {
                branch.truncate(1);
                (self.still_there(source).await?, true)
            }
        };
        let mut new = Vec::with_capacity(branch.len());
        for head in branch.into_iter().rev() {
            new.push(followed(source, head).await?);
        }
        let undone = self.0.iter().skip(kept).rev().map(|entry| entry.block).collect();
        Ok(BestChange { undone, new, is_gap })
    }

    /// Extends `branch`, which starts at its tip, down to where it meets the remembered blocks.
    async fn fork(&self, source: &impl Source, branch: &mut Vec<Head>) -> Result<Fork, ChainError> {
        let mut kept = self.0.len();
        let Some(first) = self.0.front().copied() else { return Ok(Fork::Unknown) };
        while let Some(lowest) = branch.last().copied() {
            while kept > 0 && self.0[kept - 1].block.number >= lowest.number {
                kept -= 1;
            }
            let joint = kept.checked_sub(1).map_or(first.parent, |last| self.0[last].block.hash);
            if lowest.parent == joint {
                return Ok(Fork::After(kept));
            }
            let is_below = lowest.number <= first.block.number;
            if is_below || branch.len() >= MAX_REMEMBERED_BLOCKS {
                break;
            }
            branch.push(source.head(lowest.parent).await?);
        }
        Ok(Fork::Unknown)
    }

    /// Returns how many of the remembered blocks, from the beginning, are still on the best chain.
    async fn still_there(&self, source: &impl Source) -> Result<usize, ChainError> {
        for (kept, entry) in self.0.iter().enumerate().rev() {
            let hash = match source.hash_of(entry.block.number).await {
                Ok(hash) => Some(hash),
                // The chain is shorter than it was.
                Err(ChainError::BlockUnknown(_)) => None,
                Err(error) => return Err(error),
            };
            if hash == Some(entry.block.hash) {
                return Ok(kept + 1);
            }
        }
        Ok(0)
    }

    /// Notes that a change was returned.
    pub fn remember(&mut self, change: &BestChange) {
        if change.is_gap {
            self.0.clear();
        } else {
            self.0.truncate(self.0.len().saturating_sub(change.undone.len()));
        }
        self.0.extend(change.new.iter().map(|block| Entry { block: block.block(), parent: block.head.parent }));
        while self.0.len() > MAX_REMEMBERED_BLOCKS {
            self.0.pop_front();
        }
    }

    /// Forgets this block and all after it.
    pub fn forget_from(&mut self, block: &FollowedBlock) {
        while self.0.back().is_some_and(|entry| entry.block.number >= block.head.number) {
            self.0.pop_back();
        }
    }
}
