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
    RowError,
};

/// A storage that all clones share, as those of a database do.
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

struct Bench {
    chain: Arc<FakeChain>,
    pool: Arc<TickPool>,
    desk: Desk<Shared>,
    /// What the runtime's host functions read and write.
    worker: OffchainDb<Shared>,
    watch: Watch,
    _folder: TempDir,
}

fn config() -> WorkerConfig {
    WorkerConfig { block_share: Permill::from_percent(60), foreign_rows: true }
}

fn bench() -> Bench {
    let chain = FakeChain::new();
    let (pool, folder) = pool(&chain, None);
    let storage = Shared::default();
    let desk = Desk::new(pool.clone(), storage.clone(), config(), Reporter::new(None));
    Bench { pool, desk, worker: OffchainDb::new(storage), watch: chain.open(1), chain, _folder: folder }
}

impl Bench {
    fn offer(&mut self) -> Option<Offer> {
        let bytes = self.worker.local_storage_get(StorageKind::PERSISTENT, OFFER_KEY)?;
        Some(Offer::decode_all(&mut &bytes[..]).expect("the desk encodes offers"))
    }

    fn report(&mut self, bytes: &[u8]) {
        self.worker.local_storage_set(StorageKind::PERSISTENT, REPORT_KEY, bytes);
    }
}

#[test]
fn worker_sees_the_offer_where_it_looks() {
    let mut bench = bench();
    let claim = bench.watch.claim(5);
    submit(&bench.pool, claim);
    bench.desk.turn();
    let offer = bench.offer().expect("an offer was laid down");
    assert_eq!(offer.config, config());
    assert_eq!(offer.claims.len(), 1);
    assert_eq!((offer.claims[0].claim.session, offer.claims[0].claim.ticks), (claim.session, 5));
}

#[test]
fn empty_offer_overwrites_what_lay_there() {
    let mut bench = bench();
    bench.worker.local_storage_set(StorageKind::PERSISTENT, OFFER_KEY, b"left by an earlier life");
    bench.desk.turn();
    assert_eq!(bench.offer().map(|offer| rows(&offer)), Some(0));

    // It is not written again while nothing changes.
    bench.worker.local_storage_clear(StorageKind::PERSISTENT, OFFER_KEY);
    bench.desk.turn();
    assert_eq!(bench.offer(), None);
    let claim = bench.watch.claim(5);
    submit(&bench.pool, claim);
    bench.desk.turn();
    assert_eq!(bench.offer().map(|offer| rows(&offer)), Some(1));
}

#[test]
fn report_is_taken_once_and_its_refusals_reach_the_pool() {
    let mut bench = bench();
    let claim = bench.watch.claim(5);
    submit(&bench.pool, claim);
    bench.desk.turn();
    let refused = vec![(RowId::Claim(claim.session), RowError::ProofInvalid)];
    bench.report(&Report { block: 1, state: WorkerState::Idle, refused, foreign: vec![] }.encode());
    bench.desk.turn();
    assert_eq!(bench.pool.stats().claims, 0);
    assert_eq!(bench.offer().map(|offer| rows(&offer)), Some(0));
    assert_eq!(bench.worker.local_storage_get(StorageKind::PERSISTENT, REPORT_KEY), None);
}

#[test]
fn rows_reported_as_foreign_are_offered_last() {
    let mut bench = bench();
    let (mut foreign, mut own) = (bench.chain.open(2), bench.chain.open(3));
    submit(&bench.pool, foreign.claim(5));
    submit(&bench.pool, own.claim(5));
    let offered = |bench: &mut Bench| {
        bench.desk.turn();
        let offer = bench.offer().expect("an offer was laid down");
        offer.claims.iter().map(|offered| offered.claim.session).collect::<Vec<_>>()
    };
    assert_eq!(offered(&mut bench), [foreign.session, own.session]);
    let report = Report {
        block: 1,
        state: WorkerState::Idle,
        refused: vec![],
        foreign: vec![RowId::Claim(foreign.session), RowId::Close(own.session)],
    };
    bench.report(&report.encode());
    assert_eq!(offered(&mut bench), [own.session, foreign.session]);
}

#[test]
fn report_that_cannot_be_read_is_taken_away() {
    let mut bench = bench();
    bench.report(b"nonsense");
    bench.desk.turn();
    assert_eq!(bench.worker.local_storage_get(StorageKind::PERSISTENT, REPORT_KEY), None);
    assert!(bench.offer().is_some());
}
