//! Passes the outcomes of all blocks to the pool, each once and in order.
//!
//! Notifications may skip blocks, come late, or name a block that is not the best any more. So they only trigger the
//! follower, which finds the route by parent hashes, from the block it has reached to the one that is best now.

use log::{debug, warn};
use parking_lot::Mutex;
use std::sync::{
    atomic::{AtomicBool, Ordering},
    Arc,
};
use tick_stream_primitives::Outcome;
use vilokanam_runtime::BlockNumber;
use vilokanam_tick_pool::{ChainError, TickPool};

use super::{
    chain::{BlockRef, BlockTree},
    watchers::Watchers,
};
use crate::tick::logging::LOG_TARGET;

/// Maximum length of a route on either side of a fork. When the route is longer, the pool is reconciled instead.
pub const MAX_CATCH_UP_BLOCKS: u32 = 4_096;

/// Blocks that the pool has reached.
struct Position {
    best: BlockRef,
    finalized: BlockRef,
}

/// Passes blocks to the pool, each once and in order.
pub struct Follower {
    blocks: Arc<dyn BlockTree>,
    pool: Arc<TickPool>,
    watchers: Arc<Watchers>,
    position: Mutex<Position>,
    /// Whether blocks were left out.
    gap: AtomicBool,
}

/// Route from one block to another.
#[derive(Debug, PartialEq, Eq)]
struct Route {
    /// Blocks that have left the best chain, highest first.
    retracted: Vec<BlockRef>,
    /// Blocks that have joined the best chain, lowest first.
    enacted: Vec<BlockRef>,
}

impl Follower {
    /// Creates a follower that starts at the current best and finalized blocks.
    pub fn new(blocks: Arc<dyn BlockTree>, pool: Arc<TickPool>, watchers: Arc<Watchers>) -> Self {
        let position = Mutex::new(Position { best: blocks.best(), finalized: blocks.finalized() });
        Self { blocks, pool, watchers, position, gap: AtomicBool::new(false) }
    }

    /// Returns whether blocks were left out since the last call.
    pub fn take_gap(&self) -> bool {
        self.gap.swap(false, Ordering::Relaxed)
    }

    /// Advances to the best block.
    pub fn follow_best(&self) {
        let mut position = self.position.lock();
        let best = self.blocks.best();
        if best == position.best {
            return;
        }
        match self.route(position.best, best) {
            Ok(Some(route)) => self.apply(&route),
            Ok(None) => self.jump_to(best),
            Err(error) => {
                warn!(target: LOG_TARGET, "The route to best block {} is not known: {error}", best.number);
                self.jump_to(best);
            }
        }
        position.best = best;
    }

    fn apply(&self, route: &Route) {
        let retracted: Vec<BlockNumber> = route.retracted.iter().map(|block| block.number).collect();
        self.pool.on_retracted(&retracted);
        for block in &route.retracted {
            self.watchers.notify_of(&self.blocks.outcomes(*block).unwrap_or_default());
        }
        for block in &route.enacted {
            let outcomes = self.outcomes(*block);
            self.pool.on_best(block.number, &outcomes);
            self.watchers.notify_of(&outcomes);
        }
    }

    /// Advances to `best` without the blocks in between. No row counts as included any more; rows that are included are
    /// offered again, and the worker finds that out in its dry run.
    fn jump_to(&self, best: BlockRef) {
        self.gap.store(true, Ordering::Relaxed);
        self.pool.on_retracted(&[0]);
        self.pool.on_best(best.number, &self.outcomes(best));
        self.watchers.notify_all();
    }

    /// Advances to the last finalized block.
    pub fn follow_finalized(&self) {
        let mut position = self.position.lock();
        let finalized = self.blocks.finalized();
        let steps = finalized.number.saturating_sub(position.finalized.number);
        match self.ancestors(finalized, steps.min(MAX_CATCH_UP_BLOCKS)) {
            Ok(new) => new.iter().rev().for_each(|block| self.pool.on_finalized(&self.outcomes(*block))),
            Err(error) => {
                warn!(target: LOG_TARGET, "The route to finalized block {} is not known: {error}", finalized.number);
                self.gap.store(true, Ordering::Relaxed);
            }
        }
        if steps > MAX_CATCH_UP_BLOCKS {
            self.gap.store(true, Ordering::Relaxed);
        }
        position.finalized = finalized;
    }

    /// Outcomes of a block. When its state cannot be read, there are none, and a gap is recorded.
    fn outcomes(&self, block: BlockRef) -> Vec<Outcome> {
        self.blocks.outcomes(block).unwrap_or_else(|error| {
            debug!(target: LOG_TARGET, "The outcomes of block {} are not known: {error}", block.number);
            self.gap.store(true, Ordering::Relaxed);
            Vec::new()
        })
    }

    /// `block` and its ancestors, `count` blocks in all, highest first.
    fn ancestors(&self, block: BlockRef, count: u32) -> Result<Vec<BlockRef>, ChainError> {
        let mut ancestors = Vec::new();
        let mut next = block;
        for _ in 0..count {
            ancestors.push(next);
            next = self.blocks.parent(next)?;
        }
        Ok(ancestors)
    }

    /// Route between two blocks; `None` when it is longer than [`MAX_CATCH_UP_BLOCKS`].
    fn route(&self, from: BlockRef, to: BlockRef) -> Result<Option<Route>, ChainError> {
        let (mut left, mut right) = (from, to);
        let (mut retracted, mut enacted) = (Vec::new(), Vec::new());
        while left != right {
            if retracted.len().max(enacted.len()) >= MAX_CATCH_UP_BLOCKS as usize {
                return Ok(None);
            }
            let (left_number, right_number) = (left.number, right.number);
            if left_number >= right_number {
                retracted.push(left);
                left = self.blocks.parent(left)?;
            }
            if right_number >= left_number {
                enacted.push(right);
                right = self.blocks.parent(right)?;
            }
        }
        enacted.reverse();
        Ok(Some(Route { retracted, enacted }))
    }
}

#[cfg(test)]
mod tests;
