use super::*;
use crate::tick::pool::testing::{pool, submit, FakeChain, Watch};
use sp_core::offchain::{
    storage::{InMemOffchainStorage, OffchainDb},
    DbExternalities, StorageKind,
};
use sp_runtime::Permill;
use tempfile::TempDir;
use tick_stream_primitives::{
    worker::{RowId, WorkerState},
    AccountId, RowError,
};

/// Storage whose clones share their contents, as handles of a database do.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<InMemOffchainStorage>>);

impl OffchainStorage for Shared {
    fn set(&mut self, prefix: &[u8], key: &[u8], value: &[u8]) {
        self.0.lock().set(prefix, key, value);
    }

    fn remove(&mut self, prefix: &[u8], key: &[u8]) {
        self.0.lock().remove(prefix, key);
    }

    fn get(&self, prefix: &[u8], key: &[u8]) -> Option<Vec<u8>> {
        self.0.lock().get(prefix, key)
    }

    fn compare_and_set(&mut self, prefix: &[u8], key: &[u8], old: Option<&[u8]>, new: &[u8]) -> bool {
        self.0.lock().compare_and_set(prefix, key, old, new)
    }
}

struct TestEnvironment {
    chain: Arc<FakeChain>,
    pool: Arc<TickPool>,
    mailbox: OffchainMailbox<Shared>,
    /// Storage as the runtime's host functions see it.
    worker: OffchainDb<Shared>,
    watch: Watch,
    _folder: TempDir,
}

fn config() -> WorkerConfig {
    WorkerConfig { block_share: Permill::from_percent(60), foreign_rows: true, gateways: vec![AccountId::new([2; 32])] }
}

fn test_environment() -> TestEnvironment {
    let chain = FakeChain::new();
    let (pool, folder) = pool(&chain, None);
    let storage = Shared::default();
    let mailbox = OffchainMailbox::new(pool.clone(), storage.clone(), config(), Reporter::new(None));
    TestEnvironment { pool, mailbox, worker: OffchainDb::new(storage), watch: chain.open(1), chain, _folder: folder }
}

impl TestEnvironment {
    fn offer(&mut self) -> Option<Offer> {
        let bytes = self.worker.local_storage_get(StorageKind::PERSISTENT, OFFER_KEY)?;
        Some(Offer::decode_all(&mut &bytes[..]).expect("the mailbox encodes offers"))
    }

    fn report(&mut self, bytes: &[u8]) {
        self.worker.local_storage_set(StorageKind::PERSISTENT, REPORT_KEY, bytes);
    }
}

#[test]
fn offer_is_visible_to_the_worker() {
    let mut env = test_environment();
    let claim = env.watch.claim(5);
    submit(&env.pool, claim);
    env.mailbox.exchange();
    let offer = env.offer().expect("an offer was written");
    assert_eq!(offer.config, config());
    assert_eq!(offer.claims.len(), 1);
    assert_eq!((offer.claims[0].claim.session, offer.claims[0].claim.ticks), (claim.session, 5));
}

#[test]
fn empty_offer_overwrites_that_of_an_earlier_run() {
    let mut env = test_environment();
    env.worker.local_storage_set(StorageKind::PERSISTENT, OFFER_KEY, b"left by an earlier run");
    env.mailbox.exchange();
    assert_eq!(env.offer().map(|offer| rows(&offer)), Some(0));

    // An empty offer is not written again.
    env.worker.local_storage_clear(StorageKind::PERSISTENT, OFFER_KEY);
    env.mailbox.exchange();
    assert_eq!(env.offer(), None);
    let claim = env.watch.claim(5);
    submit(&env.pool, claim);
    env.mailbox.exchange();
    assert_eq!(env.offer().map(|offer| rows(&offer)), Some(1));
}

/// Their contents are encoded in another way, and a runtime of that time would settle an old offer again and again.
#[test]
fn messages_of_earlier_versions_are_removed_at_the_start() {
    let storage = Shared::default();
    let mut worker = OffchainDb::new(storage.clone());
    OBSOLETE_KEYS.iter().for_each(|key| worker.local_storage_set(StorageKind::PERSISTENT, key, b"old"));
    assert!(OBSOLETE_KEYS.iter().all(|key| *key != OFFER_KEY && *key != REPORT_KEY));

    let (pool, _folder) = pool(&FakeChain::new(), None);
    drop(OffchainMailbox::new(pool, storage, config(), Reporter::new(None)));
    assert!(OBSOLETE_KEYS.iter().all(|key| worker.local_storage_get(StorageKind::PERSISTENT, key).is_none()));
}

#[test]
fn report_is_removed_and_its_refusals_reach_the_pool() {
    let mut env = test_environment();
    let claim = env.watch.claim(5);
    submit(&env.pool, claim);
    env.mailbox.exchange();
    let refused = vec![(RowId::Claim(claim.session), RowError::ProofInvalid)];
    env.report(&Report { block: 1, state: WorkerState::Idle, refused, foreign: vec![] }.encode());
    env.mailbox.exchange();
    assert_eq!(env.pool.stats().claims, 0);
    assert_eq!(env.offer().map(|offer| rows(&offer)), Some(0));
    assert_eq!(env.worker.local_storage_get(StorageKind::PERSISTENT, REPORT_KEY), None);
}

#[test]
fn rows_reported_as_foreign_are_offered_last() {
    let mut env = test_environment();
    let (mut foreign, mut own) = (env.chain.open(2), env.chain.open(3));
    submit(&env.pool, foreign.claim(5));
    submit(&env.pool, own.claim(5));
    let offered = |env: &mut TestEnvironment| {
        env.mailbox.exchange();
        let offer = env.offer().expect("an offer was written");
        offer.claims.iter().map(|offered| offered.claim.session).collect::<Vec<_>>()
    };
    assert_eq!(offered(&mut env), [foreign.session, own.session]);
    let report = Report {
        block: 1,
        state: WorkerState::Idle,
        refused: vec![],
        foreign: vec![RowId::Claim(foreign.session), RowId::Close(own.session)],
    };
    env.report(&report.encode());
    assert_eq!(offered(&mut env), [own.session, foreign.session]);
}

#[test]
fn report_that_cannot_be_decoded_is_removed() {
    let mut env = test_environment();
    env.report(b"nonsense");
    env.mailbox.exchange();
    assert_eq!(env.worker.local_storage_get(StorageKind::PERSISTENT, REPORT_KEY), None);
    assert!(env.offer().is_some());
}

/// The worker does not look at an offer while its last wave is in flight. If claims took turns then, some might never be
/// looked at.
#[test]
fn claims_take_turns_when_the_worker_has_looked_at_them() {
    let mut env = test_environment();
    env.mailbox.limits.claims = 1;
    let mut watches = [2, 3].map(|viewer| env.chain.open(viewer));
    watches.iter_mut().for_each(|watch| submit(&env.pool, watch.claim(5)));
    let [first, second] = watches.map(|watch| watch.session);
    let mut offered_after = |state: Option<WorkerState>| {
        if let Some(state) = state {
            env.report(&Report { block: 1, state, refused: vec![], foreign: vec![] }.encode());
        }
        env.mailbox.exchange();
        env.offer().expect("an offer was written").claims[0].claim.session
    };
    assert_eq!(offered_after(None), first);
    assert_eq!(offered_after(None), first, "the worker has not run");
    assert_eq!(offered_after(Some(WorkerState::InFlight { until_nonce: 1, until_block: 9 })), first);
    assert_eq!(offered_after(Some(WorkerState::Idle)), second);
}
