//! Environment of the tests: a clock that is set by hand, viewers with tick chains, and a node in miniature.

use super::chain::FakeChain;
use crate::clock::Clock;
use crate::{
    Accepted, Answer, ChainError, ChainView, OfferLimits, PeerId, PoolConfig, Reconciled, Submission, SubmittedClaim,
    TickPool,
};
use sp_core::{sr25519, Pair};
use sp_runtime::Permill;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use tempfile::TempDir;
use tick_stream_primitives::ticket::close_message;
use tick_stream_primitives::worker::{Offer, RowId, WorkerConfig};
use tick_stream_primitives::{
    AccountId, BlockNumber, CloseRow, CloseSignature, Closer, RowError, SessionId, SignedTicket, TickChain, Ticket,
};

pub const PEER: PeerId = PeerId::Public(1);
pub const MAX_TICKS: u32 = 20_000;

/// A clock that stands still until it is set.
pub struct FakeClock(AtomicU64);

impl FakeClock {
    pub fn advance(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub fn account(pair: &sr25519::Pair) -> AccountId {
    pair.public().into()
}

pub fn pair(seed: u64) -> sr25519::Pair {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    sr25519::Pair::from_seed(&bytes)
}

pub fn gateway() -> sr25519::Pair {
    pair(1)
}

/// Session key of viewer number `viewer`.
pub fn session_key(viewer: u64) -> sr25519::Pair {
    pair(1_000_000 + viewer)
}

/// Session key of another device of viewer number `viewer`.
pub fn device_key(viewer: u64, device: u64) -> sr25519::Pair {
    pair(1_000_000_000 * device + viewer)
}

/// Viewer's side of one session.
pub struct Watch {
    pub session: SessionId,
    pub ticket: SignedTicket,
    pub ticks: TickChain,
    wallet: sr25519::Pair,
}

impl Watch {
    /// Viewer number `viewer`, with a deposit on chain and a signed ticket.
    pub fn new(chain: &FakeChain, viewer: u64, nonce: u64) -> Self {
        Self::with_seed(chain, viewer, nonce, [viewer as u8; 32], MAX_TICKS)
    }

    pub fn with_seed(chain: &FakeChain, viewer: u64, nonce: u64, seed: [u8; 32], max_ticks: u32) -> Self {
        Self::with_key(chain, viewer, &session_key(viewer), nonce, seed, max_ticks)
    }

    /// Another device of viewer number `viewer`, with a session key of its own.
    pub fn on_device(chain: &FakeChain, viewer: u64, device: u64, nonce: u64) -> Self {
        Self::with_key(chain, viewer, &device_key(viewer, device), nonce, [viewer as u8; 32], MAX_TICKS)
    }

    fn with_key(
        chain: &FakeChain,
        viewer: u64,
        key: &sr25519::Pair,
        nonce: u64,
        seed: [u8; 32],
        max_ticks: u32,
    ) -> Self {
        let wallet = pair(1_000 + viewer);
        chain.endow(&account(&wallet), &account(key));
        let mut ticket = Ticket {
            viewer: account(&wallet),
            session_key: account(key),
            nonce,
            stream: viewer % 3,
            gateway: account(&gateway()),
            price_per_tick: 10,
            max_ticks,
            anchor: [0; 32],
            expires_at: 3_600,
        };
        let session = ticket.session_id(&chain.genesis);
        let mut ticks = TickChain::new(&session, seed, max_ticks);
        ticket.anchor = ticks.anchor();
        let signature = key.sign(&ticket.message(&chain.genesis)).into();
        Self { session, ticket: SignedTicket { ticket, signature }, ticks, wallet }
    }

    /// The same ticket, with another last block.
    pub fn expiring(mut self, chain: &FakeChain, viewer: u64, expires_at: BlockNumber) -> Self {
        self.ticket.ticket.expires_at = expires_at;
        self.signed_again(chain, viewer)
    }

    /// The same ticket, through another gateway.
    pub fn through(mut self, chain: &FakeChain, viewer: u64, gateway: AccountId) -> Self {
        self.ticket.ticket.gateway = gateway;
        self.signed_again(chain, viewer)
    }

    fn signed_again(mut self, chain: &FakeChain, viewer: u64) -> Self {
        self.ticket.signature = session_key(viewer).sign(&self.ticket.ticket.message(&chain.genesis)).into();
        self
    }

    pub fn claim(&mut self, ticks: u32) -> SubmittedClaim {
        let proof = self.ticks.proof(ticks).expect("the chain is long enough");
        SubmittedClaim { session: self.session, ticks, proof }
    }

    pub fn close(&self, chain: &FakeChain, by: Option<Closer>) -> CloseRow {
        let message = close_message(&chain.genesis, &self.session);
        let sign = |by| match by {
            Closer::Gateway | Closer::Operator => gateway().sign(&message),
            Closer::Viewer | Closer::SessionKey => self.wallet.sign(&message),
        };
        CloseRow { session: self.session, signature: by.map(|by| CloseSignature { by, signature: sign(by).into() }) }
    }
}

/// Node in miniature: pool, chain and clock.
pub struct TestEnvironment {
    pub chain: Arc<FakeChain>,
    pub clock: Arc<FakeClock>,
    pub pool: TickPool,
    pub config: PoolConfig,
    pub folder: TempDir,
    /// Number of the last finalized block.
    pub finalized: BlockNumber,
}

pub fn worker() -> WorkerConfig {
    WorkerConfig { block_share: Permill::from_percent(50), foreign_rows: false, gateways: vec![account(&gateway())] }
}

pub fn open_pool(folder: &Path, chain: Arc<FakeChain>, config: PoolConfig) -> TickPool {
    TickPool::open(folder, chain as Arc<dyn ChainView>, config, None).expect("the folder is writable")
}

impl TestEnvironment {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut PoolConfig)) -> Self {
        let clock = Arc::new(FakeClock(AtomicU64::new(1_700_000_000_000)));
        let mut config = PoolConfig { clock: clock.clone(), ..PoolConfig::default() };
        change(&mut config);
        let (chain, folder) =
            (Arc::new(FakeChain::new()), tempfile::tempdir().expect("a temporary folder can be created"));
        let pool = open_pool(folder.path(), chain.clone(), config.clone());
        Self { chain, clock, pool, config, folder, finalized: 0 }
    }

    /// Stops the node and starts it again.
    pub fn restart(self) -> Self {
        let Self { chain, clock, pool, config, folder, finalized } = self;
        drop(pool);
        let pool = open_pool(folder.path(), chain.clone(), config.clone());
        Self { chain, clock, pool, config, folder, finalized }
    }

    pub fn watch(&self, viewer: u64) -> Watch {
        Watch::new(&self.chain, viewer, 1)
    }

    /// Viewer whose session is open, finally.
    pub fn opened(&mut self, viewer: u64) -> Watch {
        let watch = self.watch(viewer);
        assert_eq!(self.open(&watch), Ok(Accepted::Added));
        self.wave();
        self.finalize();
        watch
    }

    pub fn open(&self, watch: &Watch) -> Answer {
        self.open_from(PEER, watch)
    }

    pub fn open_from(&self, peer: PeerId, watch: &Watch) -> Answer {
        let opens = vec![watch.ticket.clone()];
        self.pool.submit(peer, Submission { opens, ..Submission::default() }).opens.remove(0)
    }

    pub fn claim(&self, claim: SubmittedClaim) -> Answer {
        self.claim_from(PEER, claim)
    }

    pub fn claim_from(&self, peer: PeerId, claim: SubmittedClaim) -> Answer {
        let claims = vec![claim];
        self.pool.submit(peer, Submission { claims, ..Submission::default() }).claims.remove(0)
    }

    pub fn close(&self, row: CloseRow) -> Answer {
        let closes = vec![row];
        self.pool.submit(PEER, Submission { closes, ..Submission::default() }).closes.remove(0)
    }

    pub fn offer(&self) -> Offer {
        self.pool.offer(worker(), &OfferLimits::default())
    }

    /// Runs the worker once and builds a block with the rows it sends. Returns the refused rows.
    pub fn wave(&self) -> Vec<(RowId, RowError)> {
        let mut offer = self.offer();
        self.pool.on_worked();
        let too_fast = self.chain.lower(&mut offer).into_iter().map(|row| (row, RowError::TooFast));
        let tried = self.chain.dry_run(&offer).into_iter().filter_map(|(row, result)| Some((row, result.err()?)));
        let refused: Vec<_> = too_fast.chain(tried).collect();
        let is_refused = |row| refused.iter().any(|(refused, _)| *refused == row);
        offer.opens.retain(|open| !is_refused(RowId::Open(open.ticket.session_id(&self.chain.genesis))));
        offer.claims.retain(|claim| !is_refused(RowId::Claim(claim.claim.session)));
        offer.closes.retain(|close| !is_refused(RowId::Close(close.session)));
        self.pool.on_refused(&refused);
        self.build(&offer);
        refused
    }

    /// Builds a block with these rows.
    pub fn build(&self, offer: &Offer) {
        let (number, outcomes) = self.chain.build(offer);
        self.clock.advance(1_000);
        self.pool.on_best(number, &outcomes);
    }

    /// Builds empty blocks.
    pub fn pass(&self, blocks: u32) {
        (0..blocks).for_each(|_| self.build(&nothing()));
    }

    /// Removes the best block from the chain.
    pub fn retract(&self) {
        let number = self.chain.retract();
        self.pool.on_retracted(&[number]);
    }

    /// Finalizes all blocks up to the best.
    pub fn finalize(&mut self) {
        while self.finalized < self.chain.best() {
            self.finalized += 1;
            self.pool.on_finalized(&self.chain.outcomes(self.finalized));
        }
    }

    /// Reconciles with the last finalized block.
    pub fn reconcile(&self) -> Result<Reconciled, ChainError> {
        self.pool.reconcile(&self.chain.at(self.finalized), |_, _| {})
    }

    /// Claims offered now, as sessions and ticks.
    pub fn offered_claims(&self) -> Vec<(SessionId, u32)> {
        self.offer().claims.iter().map(|offered| (offered.claim.session, offered.claim.ticks)).collect()
    }
}

pub fn nothing() -> Offer {
    Offer { config: worker(), opens: vec![], claims: vec![], closes: vec![], ending: vec![] }
}
