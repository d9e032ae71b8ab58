//! Who may spend how much: token buckets, charged before the work is done.
//!
//! A charge must fit into the peer's own bucket and into the global one; as long as nobody has vouched for the peer, also
//! into the one that all such peers share. So a crowd of strangers can use up the strangers' share and no more.

use crate::clock::Clock;
use crate::config::{Allowance, BudgetConfig};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// A connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PeerId(pub u64);

/// A bucket is empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the budget of this connection or of the node is spent; try again in {retry_ms} ms")]
pub struct Exhausted {
    /// When the same charge would pass, if nobody else spends.
    pub retry_ms: u64,
}

/// Tokens are counted in thousandths, so that a bucket that is looked at every millisecond still fills.
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

    /// Milliseconds until `tokens` are there.
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

/// The buckets of all peers.
pub struct Budget {
    config: BudgetConfig,
    clock: Arc<dyn Clock>,
    buckets: Mutex<Buckets>,
}

impl Budget {
    /// Full buckets of the configured sizes.
    pub fn new(config: BudgetConfig, clock: Arc<dyn Clock>) -> Self {
        let now_ms = clock.now_ms();
        let buckets = Buckets {
            global: Bucket::full(config.global, now_ms),
            newcomers: Bucket::full(config.newcomers, now_ms),
            peers: HashMap::new(),
        };
        Self { config, clock, buckets: Mutex::new(buckets) }
    }

    /// Takes `tokens` from every bucket that is to pay, or from none.
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

    /// The peer has shown a good row: from now on it does not draw on the newcomers' share.
    pub fn vouch(&self, peer: PeerId) {
        if let Some(peer) = self.buckets.lock().peers.get_mut(&peer) {
            peer.vouched = true;
        }
    }

    /// Peers remembered.
    pub fn peers(&self) -> usize {
        self.buckets.lock().peers.len()
    }
}

/// Forgets the peer that was quiet for longest when `newcomer` would be one too many.
fn make_room(peers: &mut HashMap<PeerId, Peer>, newcomer: PeerId, max_peers: usize) {
    if peers.len() < max_peers.max(1) || peers.contains_key(&newcomer) {
        return;
    }
    if let Some(quietest) = peers.iter().min_by_key(|(id, peer)| (peer.bucket.at_ms, **id)).map(|(id, _)| *id) {
        peers.remove(&quietest);
    }
}
