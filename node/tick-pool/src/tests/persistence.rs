//! What survives.

use super::bench::{open_pool, Bench, Watch, PEER};
use super::chain::FakeChain;
use crate::store::row_key;
use crate::{Accepted, OpenError, PeerId, PoolConfig, Submission, TickPool};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::Closer;

#[test]
fn restart_works() {
    let mut bench = Bench::new();
    let (mut watch, pending) = (bench.opened(1), bench.watch(2));
    bench.open(&pending).unwrap();
    bench.clock.advance(5_000);
    bench.claim(watch.claim(10)).unwrap();
    bench.claim(watch.claim(20)).unwrap();
    bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    let (stats, offer) = (bench.pool.stats(), bench.offer());

    let bench = bench.restart();
    let after = bench.pool.stats();
    assert_eq!(after, crate::Stats { heads: 0, ..stats });
    assert_eq!(bench.offer(), offer);
    assert_eq!(bench.claim(watch.claim(20)), Ok(Accepted::Known));
    assert_eq!(bench.claim(watch.claim(21)), Ok(Accepted::Replaced));
    assert_eq!(bench.open(&Watch::new(&bench.chain, 2, 2)).unwrap_err().name(), "ViewerBusy");
}

#[test]
fn restart_keeps_the_order() {
    let mut bench = Bench::new();
    let mut watches: Vec<_> = (0..5).map(|viewer| bench.opened(viewer)).collect();
    for index in [3, 1, 4, 0, 2] {
        bench.clock.advance(1);
        bench.claim(watches[index].claim(1)).unwrap();
    }
    let order = bench.offered_claims();
    assert_eq!(bench.restart().offered_claims(), order);
}

#[test]
fn what_left_does_not_come_back() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    bench.wave();
    bench.finalize();
    assert_eq!(bench.restart().pool.stats().bytes, 0);
}

/// A copy of the files as they are at this moment: what a machine finds that lost its power now.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "LOCK" {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn acknowledged_rows_survive_a_kill() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    for ticks in 1..20 {
        bench.claim(watch.claim(ticks)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        copy(bench.folder.path(), folder.path());
        let after = open_pool(folder.path(), bench.chain.clone(), PoolConfig::default());
        assert_eq!(after.pooled_ticks(&watch.session), Some(ticks));
    }
}

#[test]
fn concurrent_submitters_leave_the_highest_on_disk() {
    let mut bench = Bench::new();
    let watches: Vec<_> = (0..4).map(|viewer| bench.opened(viewer)).collect();
    let mut claims = Vec::new();
    for mut watch in watches {
        claims.extend((1..=40).map(|ticks| watch.claim(ticks)));
    }
    let pool = &bench.pool;
    std::thread::scope(|scope| {
        for thread in 0..8 {
            // Each sends all of them, from another place on, so that they overtake each other.
            let claims: Vec<_> = claims.iter().cycle().skip(thread * 20).take(claims.len()).copied().collect();
            scope.spawn(move || {
                for claim in claims {
                    let submission = Submission { claims: vec![claim], ..Submission::default() };
                    let answer = pool.submit(PeerId(thread as u64), submission).claims.remove(0);
                    assert!(answer.is_ok() || matches!(answer, Err(crate::Rejected::Stale { .. })), "{answer:?}");
                }
            });
        }
    });
    let bench = bench.restart();
    claims.iter().for_each(|claim| assert_eq!(bench.pool.pooled_ticks(&claim.session), Some(40)));
}

fn tamper(folder: &Path, change: impl FnOnce(&rocksdb::DB)) {
    let database = rocksdb::DB::open_default(folder).unwrap();
    change(&database);
}

#[test]
fn damaged_records_are_deleted() {
    let mut bench = Bench::new();
    let (mut first, mut second) = (bench.opened(1), bench.opened(2));
    bench.claim(first.claim(3)).unwrap();
    bench.claim(second.claim(3)).unwrap();
    let Bench { chain, pool, folder, .. } = bench;
    drop(pool);
    let key = row_key(&RowId::Claim(first.session));
    tamper(folder.path(), |database| {
        let good = database.get(row_key(&RowId::Claim(second.session))).unwrap().unwrap();
        database.put(key, &good[..good.len() - 1]).unwrap();
        database.put(b"r", b"").unwrap();
        database.put(b"rz0123456789abcdef", &good).unwrap();
        database.put(row_key(&RowId::Open(first.session)), &good).unwrap();
        database.put(row_key(&RowId::Close(first.session)), [9, 9, 9]).unwrap();
    });

    let pool = open_pool(folder.path(), chain, PoolConfig::default());
    assert_eq!(pool.pooled_ticks(&first.session), None);
    assert_eq!(pool.pooled_ticks(&second.session), Some(3));
    assert_eq!(pool.stats().claims, 1);
    drop(pool);
    tamper(folder.path(), |database| assert_eq!(database.get(key).unwrap(), None));
}

#[test]
fn rows_of_another_chain_are_deleted() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(3)).unwrap();
    let Bench { pool, folder, .. } = bench;
    drop(pool);
    let other = FakeChain::with_genesis([8; 32]);
    let pool = open_pool(folder.path(), Arc::new(other), PoolConfig::default());
    assert_eq!(pool.stats().bytes, 0);
}

#[test]
fn second_pool_in_the_same_folder_fails() {
    let bench = Bench::new();
    let second = TickPool::open(bench.folder.path(), bench.chain.clone(), PoolConfig::default(), None);
    let error = second.err().expect("the first holds the lock");
    assert!(matches!(error, OpenError::Database { .. }));
    assert!(error.to_string().contains("stop the other node"), "{error}");
}

#[test]
fn folder_that_cannot_be_made_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let opened = TickPool::open(&file.join("pool"), Arc::new(FakeChain::new()), PoolConfig::default(), None);
    assert!(matches!(opened.err(), Some(OpenError::Folder { .. })));
}

#[test]
fn rows_of_one_call_are_one_write() {
    let mut bench = Bench::new();
    let mut watches: Vec<_> = (0..20).map(|viewer| bench.opened(viewer)).collect();
    let claims = watches.iter_mut().map(|watch| watch.claim(1)).collect();
    bench.pool.submit(PEER, Submission { claims, ..Submission::default() });
    let bench = bench.restart();
    assert_eq!(bench.pool.stats().claims, 20);
}
