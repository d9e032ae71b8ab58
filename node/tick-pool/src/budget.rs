//! Budgets of connections: token buckets, charged before the work is done.
//!
//! A charge must fit into the peer's own bucket and into the global one. Until the peer is vouched for, it must also
//! fit into the bucket that all such newcomers share, so that a crowd of strangers can use up the newcomers' bucket
//! only.

use crate::clock::Clock;
use crate::config::{Allowance, BudgetConfig};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// Identifier of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PeerId(pub u64);

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

    fn take(&mut self, tokens: u64) {
        self.milli_tokens = self.milli_tokens.saturating_sub(tokens.saturating_mul(MILLI));
    }
}

struct Peer {
    bucket: Bucket,
    vouched: bool,
}

struct Buckets {
    global: Bucket,
    newcomers: Bucket,
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
        let buckets = Buckets {
            global: Bucket::full(config.global, now_ms),
            newcomers: Bucket::full(config.newcomers, now_ms),
            peers: HashMap::new(),
        };
        Self { config, clock, buckets: Mutex::new(buckets) }
    }

    /// Takes `tokens` from the peer's bucket and from the shared ones.
    ///
    /// # Errors
    ///
    /// When one of the buckets holds fewer; then none is charged.
    pub fn charge(&self, peer: PeerId, tokens: u64) -> Result<(), Exhausted> {
        let now_ms = self.clock.now_ms();
        let mut buckets = self.buckets.lock();
        let Buckets { global, newcomers, peers } = &mut *buckets;
        make_room(peers, peer, self.config.max_peers);
        let payer = peers
            .entry(peer)
            .or_insert_with(|| Peer { bucket: Bucket::full(self.config.peer, now_ms), vouched: false });
        let shared = (!payer.vouched).then_some(newcomers);
        let mut paying: Vec<&mut Bucket> = [&mut payer.bucket, global].into_iter().chain(shared).collect();
        paying.iter_mut().for_each(|bucket| bucket.refill(now_ms));
        match paying.iter().map(|bucket| bucket.wait_ms(tokens)).max().unwrap_or(0) {
            0 => {
                paying.iter_mut().for_each(|bucket| bucket.take(tokens));
                Ok(())
            }
            retry_ms => Err(Exhausted { retry_ms }),
        }
    }

    /// Records that the peer has sent an acceptable row: from now on it is not charged to the newcomers' bucket.
    pub fn vouch(&self, peer: PeerId) {
        if let Some(peer) = self.buckets.lock().peers.get_mut(&peer) {
            peer.vouched = true;
        }
    }

    /// Number of peers remembered.
    #[cfg(test)]
    pub fn peer_count(&self) -> usize {
        self.buckets.lock().peers.len()
    }
}

/// Forgets the least recently charged peer when `newcomer` would be one too many.
fn make_room(peers: &mut HashMap<PeerId, Peer>, newcomer: PeerId, max_peers: usize) {
    if peers.len() < max_peers.max(1) || peers.contains_key(&newcomer) {
        return;
    }
    if let Some(quietest) = peers.iter().min_by_key(|(id, peer)| (peer.bucket.at_ms, **id)).map(|(id, _)| *id) {
        peers.remove(&quietest);
    }
}
