//! Walks from block to block and tells the pool what each did.
//!
//! Notifications may skip blocks, come late, or be about a block that is not the best any more. So they are only the
//! occasion: the way is found by parent hashes, from the block that was told of last to the one that is best now.

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
    chain::{BlockRef, Blocks},
    watchers::Watchers,
};
use crate::tick::LOG_TARGET;

/// Blocks that are walked at once, on either side of a fork. When it is further the pool is reconciled instead.
pub const MAX_CATCH_UP_BLOCKS: u32 = 4_096;

/// Where the pool stands.
struct Position {
    best: BlockRef,
    finalized: BlockRef,
}

/// Tells the pool of blocks, each once and in order.
pub struct Follower {
    blocks: Arc<dyn Blocks>,
    pool: Arc<TickPool>,
    watchers: Arc<Watchers>,
    position: Mutex<Position>,
    /// The pool was not told of some blocks.
    gap: AtomicBool,
}

/// The way from one block to another.
#[derive(Debug, PartialEq, Eq)]
struct Route {
    /// Blocks that are left behind, highest first.
    retracted: Vec<BlockRef>,
    /// Blocks that are new, lowest first.
    enacted: Vec<BlockRef>,
}

impl Follower {
    /// Begins at the blocks that are best and final now.
    pub fn new(blocks: Arc<dyn Blocks>, pool: Arc<TickPool>, watchers: Arc<Watchers>) -> Self {
        let position = Mutex::new(Position { best: blocks.best(), finalized: blocks.finalized() });
        Self { blocks, pool, watchers, position, gap: AtomicBool::new(false) }
    }

    /// Whether blocks were left out since this was asked last.
    pub fn take_gap(&self) -> bool {
        self.gap.swap(false, Ordering::Relaxed)
    }

    /// Goes on to the best block.
    pub fn follow_best(&self) {
        let mut position = self.position.lock();
        let best = self.blocks.best();
        if best == position.best {
            return;
        }
        match self.route(position.best, best) {
            Ok(Some(route)) => self.take(&route),
            Ok(None) => self.leap(best),
            Err(error) => {
                warn!(target: LOG_TARGET, "the way to best block {} is not known: {error}", best.number);
                self.leap(best);
            }
        }
        position.best = best;
    }

    fn take(&self, route: &Route) {
        let retracted: Vec<BlockNumber> = route.retracted.iter().map(|block| block.number).collect();
        self.pool.on_retracted(&retracted);
        for block in &route.retracted {
            self.watchers.outcomes(&self.blocks.outcomes(*block).unwrap_or_default());
        }
        for block in &route.enacted {
            let outcomes = self.outcomes(*block);
            self.pool.on_best(block.number, &outcomes);
            self.watchers.outcomes(&outcomes);
        }
    }

    /// Goes to `best` without knowing what lies between: nothing counts as included any more. What was is offered again,
    /// and the worker finds that out before it costs anything.
    fn leap(&self, best: BlockRef) {
        self.gap.store(true, Ordering::Relaxed);
        self.pool.on_retracted(&[0]);
        self.pool.on_best(best.number, &self.outcomes(best));
        self.watchers.all();
    }

    /// Goes on to the last finalized block.
    pub fn follow_finalized(&self) {
        let mut position = self.position.lock();
        let finalized = self.blocks.finalized();
        let steps = finalized.number.saturating_sub(position.finalized.number);
        match self.ancestors(finalized, steps.min(MAX_CATCH_UP_BLOCKS)) {
            Ok(new) => new.iter().rev().for_each(|block| self.pool.on_finalized(&self.outcomes(*block))),
            Err(error) => {
                warn!(target: LOG_TARGET, "the way to finalized block {} is not known: {error}", finalized.number);
                self.gap.store(true, Ordering::Relaxed);
            }
        }
        if steps > MAX_CATCH_UP_BLOCKS {
            self.gap.store(true, Ordering::Relaxed);
        }
        position.finalized = finalized;
    }

    /// What a block did; nothing, and a gap, when its state is not there any more.
    fn outcomes(&self, block: BlockRef) -> Vec<Outcome> {
        self.blocks.outcomes(block).unwrap_or_else(|error| {
            debug!(target: LOG_TARGET, "what block {} did is not known: {error}", block.number);
            self.gap.store(true, Ordering::Relaxed);
            Vec::new()
        })
    }

    /// `block` and those before it, `count` in all, highest first.
    fn ancestors(&self, block: BlockRef, count: u32) -> Result<Vec<BlockRef>, ChainError> {
        let mut ancestors = Vec::new();
        let mut next = block;
        for _ in 0..count {
            ancestors.push(next);
            next = self.blocks.parent(next)?;
        }
        Ok(ancestors)
    }

    /// The way between two blocks; nothing when it is too long.
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
