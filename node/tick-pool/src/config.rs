//! Every limit of the pool. The pool has no queue, cache or loop whose bound is not listed here.
//!
//! Work is counted in hash steps. One step takes 0.16 us natively, so 1,000,000 steps take 0.16 s of one core.

use crate::clock::{Clock, SystemClock};
use crate::listener::PoolListener;
use crate::served::ServedGateways;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use tick_stream_primitives::limits::MAX_SESSIONS_PER_VIEWER;

/// Number of hash steps that a claim may lie above the session's head: 0.7 ms of hashing, 68 minutes of video.
pub const MAX_WALK_STEPS: u32 = 4_096;
/// Price, in hash steps, of reading one session from the chain's state.
pub const CHAIN_LOOKUP_STEPS: u64 = 400;
/// Price, in hash steps, of the dry run of one open or close in the runtime. An open is tried together with the viewer's
/// other unopened tickets, each of which costs as much.
pub const CHAIN_CHECK_STEPS: u64 = 2_000;

/// Maximum number of unopened tickets of one viewer: as many as the chain can open.
pub const MAX_VIEWER_TICKETS: usize = MAX_SESSIONS_PER_VIEWER as usize;

/// Default maximum number of rows, of all kinds together.
pub const MAX_ENTRIES: usize = 262_144;
/// Default maximum size of all rows, in bytes as counted by [`crate::Stats::bytes`].
pub const MAX_BYTES: usize = 256 * 1024 * 1024;
/// Bytes counted for a row in addition to its contents: maps, indexes, allocations.
pub const ROW_OVERHEAD_BYTES: usize = 320;
/// Default maximum number of remembered heads of sessions that have no claim in the pool, about 200 bytes each.
pub const MAX_HEADS: usize = 262_144;
/// Number of blocks by which the chain's best block, at which sessions are read, may be ahead of the best block that
/// the pool knows of.
pub const LOOKUP_LEAD_BLOCKS: u32 = 8;
/// Maximum number of rows that wait to be written to disk, as a multiple of the maximum number of rows. Beyond it the
/// pool takes no new rows.
pub const MAX_DIRTY_FACTOR: usize = 2;

/// Number of blocks after which an included row that is still not final is offered again.
pub const INCLUDED_TIMEOUT_BLOCKS: u32 = 64;
/// Number of blocks after which a row is offered again that the chain refused for now.
pub const RETRY_BLOCKS: u32 = 16;
/// Number of refusals in a row, without progress in between, after which the pool drops a row. At [`RETRY_BLOCKS`]
/// apart this takes 17 minutes.
pub const MAX_REFUSALS: u8 = 64;

/// Number of blocks for which a close waits for a claim that has nothing to settle yet, so that the ticks earned by now
/// are settled.
pub const CLOSE_WAIT_BLOCKS: u32 = 16;

/// Maximum number of opens in one offer.
pub const MAX_OFFER_OPENS: usize = 1_024;
/// Maximum number of claims in one offer.
pub const MAX_OFFER_CLAIMS: usize = 16_384;
/// Part of an offer's claims that is kept for claims which are not urgent, while there are any: one in as many. With
/// [`MAX_ENTRIES`] urgent claims each is offered once in 22 waves.
pub const ORDINARY_PART: usize = 4;
/// Maximum number of closes in one offer, and of those that wait for the last claims of the offer.
pub const MAX_OFFER_CLOSES: usize = 2_048;
/// Maximum number of ticks of one offered claim above what is known to be settled: a fraction of what a batch can hash.
pub const MAX_OFFER_SPAN: u32 = 16_384;
/// Maximum number of hash steps that one offer spends on deriving lower proofs from higher ones: 42 ms.
pub const MAX_OFFER_WALK_STEPS: u64 = 262_144;

/// Minimum time between two log lines that warn of the same condition, in milliseconds.
pub const WARNING_INTERVAL_MS: u64 = 60_000;

/// Number of connections whose budget is remembered. Beyond it the least recently used one is forgotten, those that are
/// not vouched for first, and starts with a full budget when it comes back.
pub const MAX_PEERS: usize = 1_024;
/// Budget of one connection, in hash steps.
pub const PEER_ALLOWANCE: Allowance = Allowance { per_second: 500_000, burst: 1_000_000 };
/// Hash steps that one connection may spend on wrong rows before all its rows count as rows of other gateways.
pub const WASTE_ALLOWANCE: Allowance = Allowance { per_second: 4_000, burst: 65_536 };
/// Shared budget for rows of gateways that the node does not serve, in hash steps. It includes
/// [`NEWCOMERS_ALLOWANCE`].
pub const FOREIGN_ALLOWANCE: Allowance = Allowance { per_second: 1_000_000, burst: 2_000_000 };
/// Shared budget of all connections that have not sent an acceptable row yet, for rows of gateways that the node does
/// not serve, in hash steps. An HTTP request is a connection of its own; without this budget a stranger could spend
/// [`FOREIGN_ALLOWANCE`] by connecting again and again.
pub const NEWCOMERS_ALLOWANCE: Allowance = Allowance { per_second: 500_000, burst: 1_000_000 };
/// The same for rows of gateways that the node serves.
pub const SERVED_NEWCOMERS_ALLOWANCE: Allowance = Allowance { per_second: 300_000, burst: 600_000 };
/// Shared budget of all connections, in hash steps: a third of a core. What [`FOREIGN_ALLOWANCE`] and
/// [`SERVED_NEWCOMERS_ALLOWANCE`] leave of it, 700,000 steps per second, is reserved for the gateways that the node
/// serves, and is more than one connection may spend.
pub const GLOBAL_ALLOWANCE: Allowance = Allowance { per_second: 2_000_000, burst: 4_000_000 };

/// Size of a token bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// Tokens added per second.
    pub per_second: u64,
    /// Maximum number of tokens in the bucket.
    pub burst: u64,
}

/// Sizes of all buckets of a [`crate::Budget`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BudgetConfig {
    /// Bucket of each peer.
    pub peer: Allowance,
    /// Bucket of each peer's wasted work.
    pub waste: Allowance,
    /// Bucket shared by all work that is not for a served gateway.
    pub foreign: Allowance,
    /// Bucket shared by such work of all peers that are not vouched for.
    pub newcomers: Allowance,
    /// Bucket shared by work for served gateways of all peers that are not vouched for.
    pub served_newcomers: Allowance,
    /// Bucket shared by all peers.
    pub global: Allowance,
    /// Number of peers whose bucket is remembered.
    pub max_peers: usize,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self {
            peer: PEER_ALLOWANCE,
            waste: WASTE_ALLOWANCE,
            foreign: FOREIGN_ALLOWANCE,
            newcomers: NEWCOMERS_ALLOWANCE,
            served_newcomers: SERVED_NEWCOMERS_ALLOWANCE,
            global: GLOBAL_ALLOWANCE,
            max_peers: MAX_PEERS,
        }
    }
}

/// Maximum size of one offer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OfferLimits {
    /// Maximum number of opens.
    pub opens: usize,
    /// Maximum number of claims.
    pub claims: usize,
    /// Maximum number of closes, and of those that wait for last claims.
    pub closes: usize,
    /// Maximum number of hash steps spent on deriving lower proofs.
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

/// Settings of a pool.
#[derive(Clone)]
pub struct PoolConfig {
    /// Maximum number of rows; see [`MAX_ENTRIES`].
    pub max_entries: usize,
    /// Maximum size of all rows; see [`MAX_BYTES`].
    pub max_bytes: usize,
    /// Maximum number of remembered heads; see [`MAX_HEADS`].
    pub max_heads: usize,
    /// Budgets of hash steps.
    pub budget: BudgetConfig,
    /// Gateways that this node serves.
    pub served: Arc<dyn ServedGateways>,
    /// Source of the time.
    pub clock: Arc<dyn Clock>,
    /// Receiver of notifications about higher claims.
    pub listener: Option<Arc<dyn PoolListener>>,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            max_entries: MAX_ENTRIES,
            max_bytes: MAX_BYTES,
            max_heads: MAX_HEADS,
            budget: BudgetConfig::default(),
            served: Arc::new(HashSet::new()),
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
