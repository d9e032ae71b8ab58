//! Chain for tests: a tree of blocks with outcomes, and sessions with tick chains.

use super::chain::{BlockRef, BlockTree, StateReader};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tempfile::TempDir;
use tick_stream_primitives::{
    AccountId, Batch, GenesisHash, KeyUse, Outcome, RowVerdict, Session, SessionId, Stream, StreamId, TickChain,
};
use vilokanam_runtime::Hash;
use vilokanam_tick_pool::{
    ChainError, ChainView, PeerId, PoolConfig, PoolListener, Submission, SubmittedClaim, TickPool,
};

pub const MAX_TICKS: u32 = 1_000;

struct FakeBlock {
    this: BlockRef,
    parent: Hash,
    /// `None` when the state of the block is pruned.
    outcomes: Option<Vec<Outcome>>,
}

struct Inner {
    blocks: BTreeMap<Hash, FakeBlock>,
    best: BlockRef,
    finalized: BlockRef,
    sessions: BTreeMap<SessionId, Session>,
    streams: BTreeMap<StreamId, Stream>,
    gateways: BTreeSet<AccountId>,
    is_down: bool,
}

pub struct FakeChain(Mutex<Inner>);

pub fn hash(name: u64) -> Hash {
    Hash::from_low_u64_be(name)
}

impl FakeChain {
    /// Creates a chain whose genesis block has hash 0.
    pub fn new() -> Arc<Self> {
        let genesis = BlockRef { hash: hash(0), number: 0 };
        let block = FakeBlock { this: genesis, parent: hash(0), outcomes: Some(vec![]) };
        Arc::new(Self(Mutex::new(Inner {
            blocks: BTreeMap::from([(hash(0), block)]),
            best: genesis,
            finalized: genesis,
            sessions: BTreeMap::new(),
            streams: BTreeMap::new(),
            gateways: BTreeSet::new(),
            is_down: false,
        })))
    }

    /// Adds a block with hash `name` on top of `parent`, and makes it the best.
    pub fn block(&self, name: u64, parent: u64, outcomes: &[Outcome]) {
        let mut inner = self.0.lock();
        let number = inner.blocks[&hash(parent)].this.number + 1;
        let this = BlockRef { hash: hash(name), number };
        inner.blocks.insert(this.hash, FakeBlock { this, parent: hash(parent), outcomes: Some(outcomes.to_vec()) });
        inner.best = this;
    }

    /// Prunes the state of a block.
    pub fn prune(&self, name: u64) {
        if let Some(block) = self.0.lock().blocks.get_mut(&hash(name)) {
            block.outcomes = None;
        }
    }

    pub fn finalize(&self, name: u64) {
        let mut inner = self.0.lock();
        inner.finalized = inner.blocks[&hash(name)].this;
    }

    pub fn set_down(&self, is_down: bool) {
        self.0.lock().is_down = is_down;
    }

    pub fn put_stream(&self, id: StreamId, stream: Stream) {
        self.0.lock().streams.insert(id, stream);
    }

    /// Registers a gateway.
    pub fn register(&self, gateway: &AccountId) {
        self.0.lock().gateways.insert(gateway.clone());
    }

    /// Opens a session and returns the viewer's side of it.
    pub fn open(&self, number: u8) -> Watch {
        let session = SessionId([number; 16]);
        let mut ticks = TickChain::new(&session, [number; 32], MAX_TICKS);
        let state = Session {
            viewer: AccountId::new([1; 32]),
            key: Some(KeyUse { session_key: AccountId::new([3; 32]), id: 1, generation: 4 }),
            stream: u64::MAX,
            gateway: AccountId::new([2; 32]),
            price_per_tick: u128::MAX,
            gateway_share: sp_runtime::Permill::from_percent(10),
            head: ticks.anchor(),
            settled_ticks: 0,
            max_ticks: MAX_TICKS,
            opened_at: 1_700_000_000_000,
            last_claim: 1,
            fee: 7,
            closing: None,
        };
        self.0.lock().sessions.insert(session, state);
        Watch { session, ticks }
    }

    /// Changes a session on chain.
    pub fn change(&self, session: &SessionId, change: impl FnOnce(&mut Session)) {
        if let Some(session) = self.0.lock().sessions.get_mut(session) {
            change(session);
        }
    }

    fn up(&self) -> Result<parking_lot::MutexGuard<'_, Inner>, ChainError> {
        let inner = self.0.lock();
        if inner.is_down {
            return Err(ChainError("no state".into()));
        }
        Ok(inner)
    }
}

/// Viewer's side of a session.
pub struct Watch {
    pub session: SessionId,
    ticks: TickChain,
}

impl Watch {
    pub fn claim(&mut self, ticks: u32) -> SubmittedClaim {
        let proof = self.ticks.proof(ticks).expect("the chain is long enough");
        SubmittedClaim { session: self.session, ticks, proof }
    }
}

/// Opens a pool on `chain`, whose database lives as long as the returned folder.
pub fn pool(chain: &Arc<FakeChain>, listener: Option<Arc<dyn PoolListener>>) -> (Arc<TickPool>, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let config = PoolConfig { listener, ..PoolConfig::default() };
    let pool = TickPool::open(folder.path(), chain.clone(), config, None).expect("the folder is writable");
    (Arc::new(pool), folder)
}

/// Puts a claim into the pool.
pub fn submit(pool: &TickPool, claim: SubmittedClaim) {
    let answers = pool.submit(PeerId::Public(1), Submission { claims: vec![claim], ..Submission::default() });
    assert!(answers.claims[0].is_ok(), "{answers:?}");
}

impl BlockTree for FakeChain {
    fn best(&self) -> BlockRef {
        self.0.lock().best
    }

    fn finalized(&self) -> BlockRef {
        self.0.lock().finalized
    }

    fn parent(&self, block: BlockRef) -> Result<BlockRef, ChainError> {
        let inner = self.up()?;
        let parent = inner.blocks[&block.hash].parent;
        Ok(inner.blocks[&parent].this)
    }

    fn outcomes(&self, block: BlockRef) -> Result<Vec<Outcome>, ChainError> {
        self.up()?.blocks[&block.hash].outcomes.clone().ok_or_else(|| ChainError("pruned".into()))
    }
}

impl ChainView for FakeChain {
    fn genesis(&self) -> GenesisHash {
        [7; 32]
    }

    fn session(&self, id: &SessionId) -> Result<Option<Session>, ChainError> {
        Ok(self.up()?.sessions.get(id).cloned())
    }

    fn check_batch(&self, _: Batch) -> Result<Vec<RowVerdict>, ChainError> {
        Err(ChainError("this chain cannot check batches".into()))
    }
}

impl StateReader for FakeChain {
    fn session(&self, id: SessionId) -> Result<Option<Session>, ChainError> {
        ChainView::session(self, &id)
    }

    fn stream(&self, id: StreamId) -> Result<Option<Stream>, ChainError> {
        Ok(self.up()?.streams.get(&id).cloned())
    }

    fn is_gateway(&self, account: &AccountId) -> Result<bool, ChainError> {
        Ok(self.up()?.gateways.contains(account))
    }
}
