//! Budgets of connections: token buckets, charged before the work is done.
//!
//! A charge must fit into the peer's own bucket, into the global one, and into shared ones that depend on the peer and
//! on whom the work is for:
//!
//! | peer | row of a served gateway | any other row |
//! | --- | --- | --- |
//! | operator's own connection | no other bucket | no other bucket |
//! | vouched for | no other bucket | `foreign` |
//! | newcomer | `served_newcomers` | `foreign` and `newcomers` |
//!
//! `foreign` and `served_newcomers` together are smaller than the global bucket. The rest is reserved: however many
//! connections send rows of other gateways, a gateway that this node serves can still have its rows verified.
//!
//! Rows that name a served gateway may come from anyone, and may be wrong. So every peer has a bucket of wasted work:
//! the steps spent on its wrong rows. While it is empty, all rows of the peer count as rows of other gateways.

use crate::clock::Clock;
use crate::config::{Allowance, BudgetConfig};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// Identifier of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PeerId {
    /// Connection that anyone may have made.
    Public(u64),
    /// Connection of the node's operator: it comes from the node itself, or may call the node's unsafe methods.
    Operator(u64),
}

/// On whose behalf work is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// Row of a gateway that this node serves.
    Served,
    /// Row of another gateway, or work that concerns no gateway.
    Foreign,
    /// Row of a session that the pool does not know yet. It counts as served if the peer has sent an acceptable row of
    /// a served gateway before.
    Unknown,
}

/// A charge did not fit into one of the buckets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the budget of this connection or of the node is spent; try again in {retry_ms} ms")]
pub struct Exhausted {
    /// Milliseconds after which the same charge fits, if no other peer spends in the meantime.
    pub retry_ms: u64,
}

/// Tokens are counted in thousandths, so that a bucket that is refilled every millisecond does not lose fractions.
const MILLI: u64 = 1_000;

struct Bucket {
    size: Allowance,
    milli_tokens: u64,
    at_ms: u64,
}

impl Bucket {
    fn full(size: Allowance, now_ms: u64) -> Self {
        Self { size, milli_tokens: size.burst.saturating_mul(MILLI), at_ms: now_ms }
    }

    fn refill(&mut self, now_ms: u64) {
        let gained = now_ms.saturating_sub(self.at_ms).saturating_mul(self.size.per_second);
        self.milli_tokens = self.milli_tokens.saturating_add(gained).min(self.size.burst.saturating_mul(MILLI));
        self.at_ms = self.at_ms.max(now_ms);
    }

    /// Returns the number of milliseconds until the bucket holds `tokens`.
    fn wait_ms(&self, tokens: u64) -> u64 {
        let missing = tokens.saturating_mul(MILLI).saturating_sub(self.milli_tokens);
        missing.div_ceil(self.size.per_second.max(1))
    }

    /// Takes `tokens`, or all that there are if they are fewer.
    fn take(&mut self, tokens: u64) {
        self.milli_tokens = self.milli_tokens.saturating_sub(tokens.saturating_mul(MILLI));
    }

    fn is_empty(&self) -> bool {
        self.milli_tokens < MILLI
    }
}

struct Peer {
    bucket: Bucket,
    waste: Bucket,
    /// Whether the peer has sent an acceptable row.
    vouched: bool,
    /// Whether the peer has sent an acceptable row of a served gateway.
    serves: bool,
}

impl Peer {
    fn new(config: &BudgetConfig, now_ms: u64) -> Self {
        let (bucket, waste) = (Bucket::full(config.peer, now_ms), Bucket::full(config.waste, now_ms));
        Self { bucket, waste, vouched: false, serves: false }
    }

    /// Whether `work` of this peer may use what is reserved for served gateways.
    fn may_use_reserve(&self, work: Work) -> bool {
        let is_served = match work {
            Work::Served => true,
            Work::Foreign => false,
            Work::Unknown => self.serves,
        };
        is_served && !self.waste.is_empty()
    }
}

struct Buckets {
    global: Bucket,
    foreign: Bucket,
    newcomers: Bucket,
    served_newcomers: Bucket,
    peers: HashMap<PeerId, Peer>,
}

/// Token buckets of all peers.
pub struct Budget {
    config: BudgetConfig,
    clock: Arc<dyn Clock>,
    buckets: Mutex<Buckets>,
}

impl Budget {
    /// Creates full buckets of the configured sizes.
    pub fn new(config: BudgetConfig, clock: Arc<dyn Clock>) -> Self {
        let now_ms = clock.now_ms();
        let full = |size| Bucket::full(size, now_ms);
        let buckets = Buckets {
            global: full(config.global),
            foreign: full(config.foreign),
            newcomers: full(config.newcomers),
            served_newcomers: full(config.served_newcomers),
            peers: HashMap::new(),
        };
        Self { config, clock, buckets: Mutex::new(buckets) }
    }

    /// Takes `tokens` from the peer's bucket and from the shared ones that `work` is charged to.
    ///
    /// # Errors
    ///
    /// When one of the buckets holds fewer; then none is charged.
    pub fn charge(&self, peer: PeerId, work: Work, tokens: u64) -> Result<(), Exhausted> {
        let now_ms = self.clock.now_ms();
        let mut buckets = self.buckets.lock();
        let Buckets { global, foreign, newcomers, served_newcomers, peers } = &mut *buckets;
        make_room(peers, peer, self.config.max_peers);
        let payer = peers.entry(peer).or_insert_with(|| Peer::new(&self.config, now_ms));
        payer.waste.refill(now_ms);
        let shared = match (peer, payer.may_use_reserve(work), payer.vouched) {
            (PeerId::Operator(_), ..) | (PeerId::Public(_), true, true) => [None, None],
            (PeerId::Public(_), true, false) => [Some(served_newcomers), None],
            (PeerId::Public(_), false, true) => [Some(foreign), None],
            (PeerId::Public(_), false, false) => [Some(foreign), Some(newcomers)],
        };
        let mut paying: Vec<&mut Bucket> =
            [&mut payer.bucket, global].into_iter().chain(shared.into_iter().flatten()).collect();
        paying.iter_mut().for_each(|bucket| bucket.refill(now_ms));
        match paying.iter().map(|bucket| bucket.wait_ms(tokens)).max().unwrap_or(0) {
            0 => {
                paying.iter_mut().for_each(|bucket| bucket.take(tokens));
                Ok(())
            }
            retry_ms => Err(Exhausted { retry_ms }),
        }
    }

    /// Records that the peer has sent an acceptable row, of a served gateway if `serves`: from now on it is no newcomer.
    pub fn vouch(&self, peer: PeerId, serves: bool) {
        if let Some(peer) = self.buckets.lock().peers.get_mut(&peer) {
            peer.vouched = true;
            peer.serves |= serves;
        }
    }

    /// Records that `tokens` were spent on a wrong row of the peer. A peer that wastes more than its allowance loses
    /// what is reserved for served gateways until its bucket of wasted work refills.
    pub fn waste(&self, peer: PeerId, tokens: u64) {
        let now_ms = self.clock.now_ms();
        if let Some(peer) = self.buckets.lock().peers.get_mut(&peer) {
            peer.waste.refill(now_ms);
            peer.waste.take(tokens);
        }
    }

    /// Number of peers remembered.
    #[cfg(test)]
    pub fn peer_count(&self) -> usize {
        self.buckets.lock().peers.len()
    }
}

/// Forgets a peer when `newcomer` would be one too many: the least recently charged one, newcomers first. Otherwise
/// strangers could make the node forget that a gateway's connection is vouched for, by connecting again and again.
fn make_room(peers: &mut HashMap<PeerId, Peer>, newcomer: PeerId, max_peers: usize) {
    if peers.len() < max_peers.max(1) || peers.contains_key(&newcomer) {
        return;
    }
    let rank = |(id, peer): &(&PeerId, &Peer)| (peer.serves, peer.vouched, peer.bucket.at_ms, **id);
    if let Some(quietest) = peers.iter().min_by_key(rank).map(|(id, _)| *id) {
        peers.remove(&quietest);
    }
}
