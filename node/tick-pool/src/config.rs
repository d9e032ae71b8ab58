//! Every limit of the pool. A queue, cache or loop that has no name in here does not exist.
//!
//! Hash steps are the currency: one takes 0.16 us natively, so 1,000,000 steps are 0.16 s of one core.

use crate::clock::{Clock, SystemClock};
use crate::pool::PoolListener;
use std::fmt;
use std::sync::Arc;

/// Hash steps that one claim may lie above the highest verified one: 0.7 ms of hashing, 68 minutes of video.
pub const MAX_WALK_STEPS: u32 = 4_096;
/// What a session read from the chain's state costs its peer, in hash steps.
pub const CHAIN_LOOKUP_STEPS: u64 = 400;
/// What the trial of one open or close in the runtime costs its peer, in hash steps.
pub const CHAIN_CHECK_STEPS: u64 = 2_000;

/// Rows held, of all kinds together.
pub const MAX_ENTRIES: usize = 262_144;
/// Bytes held, as [`crate::Stats::bytes`] counts them.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;
/// What a row takes beside its content: maps, indexes, allocations.
pub const ENTRY_OVERHEAD_BYTES: usize = 320;
/// Heads remembered of sessions that have no claim in the pool (about 200 bytes each).
pub const MAX_HEADS: usize = 262_144;
/// A session is read at the chain's best block, which may be ahead of the one the pool has heard of by so many blocks.
pub const LOOKUP_LEAD: u32 = 8;
/// Rows whose change has not reached the disk, as a multiple of the rows held; beyond it nothing new is taken.
pub const MAX_DIRTY_FACTOR: usize = 2;

/// Blocks after which something that was included but is still not final is offered again.
pub const INCLUDED_PATIENCE: u32 = 64;
/// Blocks for which a row is left alone that the chain would refuse now but may take later.
pub const RETRY_BLOCKS: u32 = 16;
/// Refusals in a row, without progress, after which the pool lets go of a row: 17 minutes of them, [`RETRY_BLOCKS`] apart.
pub const MAX_REFUSALS: u8 = 64;
/// A claim that came too fast is cut in half until it fits; below so many ticks it waits [`RETRY_BLOCKS`] instead.
pub const MIN_SPEED_SPAN: u32 = 16;

/// Blocks for which a close waits for ticks that came too fast, so that those which can be paid by now are paid.
pub const CLOSE_PATIENCE: u32 = 16;

/// Opens in one offer.
pub const MAX_OFFER_OPENS: usize = 1_024;
/// Claims in one offer.
pub const MAX_OFFER_CLAIMS: usize = 16_384;
/// Closes in one offer.
pub const MAX_OFFER_CLOSES: usize = 2_048;
/// Ticks of one offered claim above what is known to be settled, so that it fits into a batch many times over.
pub const MAX_OFFER_SPAN: u32 = 16_384;
/// Hash steps spent in one offer on deriving lower proofs from higher ones: 42 ms.
pub const MAX_OFFER_WALK_STEPS: u64 = 262_144;

/// How long the same complaint is not made again in the log.
pub const COMPLAINT_PAUSE_MS: u64 = 60_000;

/// Connections whose budget is remembered; beyond it the least recently used starts anew.
pub const MAX_PEERS: usize = 1_024;
/// What one connection may spend.
pub const PEER_ALLOWANCE: Allowance = Allowance { per_second: 500_000, burst: 1_000_000 };
/// What all connections together may spend that have not yet shown a good row. An HTTP request is a connection of its
/// own, so without this a stranger could spend everybody's budget by connecting again and again.
pub const NEWCOMERS_ALLOWANCE: Allowance = Allowance { per_second: 500_000, burst: 1_000_000 };
/// What all connections together may spend: a third of a core.
pub const GLOBAL_ALLOWANCE: Allowance = Allowance { per_second: 2_000_000, burst: 4_000_000 };

/// A token bucket's size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// Tokens that flow in each second.
    pub per_second: u64,
    /// Tokens it can hold.
    pub burst: u64,
}

/// The sizes of all buckets of a [`crate::Budget`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BudgetConfig {
    /// Of each peer.
    pub peer: Allowance,
    /// Of all peers together that nobody has vouched for.
    pub newcomers: Allowance,
    /// Of all peers together.
    pub global: Allowance,
    /// Peers remembered.
    pub max_peers: usize,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self { peer: PEER_ALLOWANCE, newcomers: NEWCOMERS_ALLOWANCE, global: GLOBAL_ALLOWANCE, max_peers: MAX_PEERS }
    }
}

/// How big one offer may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OfferLimits {
    /// Tickets.
    pub opens: usize,
    /// Claims.
    pub claims: usize,
    /// Closes.
    pub closes: usize,
    /// Hash steps for deriving lower proofs.
    pub walk_steps: u64,
}

impl Default for OfferLimits {
    fn default() -> Self {
        Self {
            opens: MAX_OFFER_OPENS,
            claims: MAX_OFFER_CLAIMS,
            closes: MAX_OFFER_CLOSES,
            walk_steps: MAX_OFFER_WALK_STEPS,
        }
    }
}

/// What can be chosen when a pool is opened.
#[derive(Clone)]
pub struct PoolConfig {
    /// See [`MAX_ENTRIES`].
    pub max_entries: usize,
    /// See [`MAX_BYTES`].
    pub max_bytes: usize,
    /// See [`MAX_HEADS`].
    pub max_heads: usize,
    /// Who may spend how many hash steps.
    pub budget: BudgetConfig,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who wants to know of higher claims.
    pub listener: Option<Arc<dyn PoolListener>>,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            max_entries: MAX_ENTRIES,
            max_bytes: MAX_BYTES,
            max_heads: MAX_HEADS,
            budget: BudgetConfig::default(),
            clock: Arc::new(SystemClock),
            listener: None,
        }
    }
}

impl fmt::Debug for PoolConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolConfig")
            .field("max_entries", &self.max_entries)
            .field("max_bytes", &self.max_bytes)
            .field("max_heads", &self.max_heads)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
