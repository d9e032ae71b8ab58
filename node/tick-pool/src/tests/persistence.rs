//! Rows on disk.

use super::chain::FakeChain;
use super::env::{open_pool, TestEnvironment, Watch, PEER};
use crate::entry::{KEYLESS_RECORD_VERSION, RECORD_VERSION};
use crate::store::row_key;
use crate::{Accepted, OpenError, PeerId, PoolConfig, Submission, TickPool};
use codec::Encode;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::Closer;

#[test]
fn rows_survive_a_restart() {
    let mut env = TestEnvironment::new();
    let (mut watch, pending) = (env.opened(1), env.watch(2));
    env.open(&pending).unwrap();
    env.clock.advance(5_000);
    env.claim(watch.claim(10)).unwrap();
    env.claim(watch.claim(20)).unwrap();
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    let (stats, offer) = (env.pool.stats(), env.offer());

    let env = env.restart();
    let after = env.pool.stats();
    assert_eq!(after, crate::Stats { heads: 0, ..stats });
    assert_eq!(env.offer(), offer);
    assert_eq!(env.claim(watch.claim(20)), Ok(Accepted::Known));
    assert_eq!(env.claim(watch.claim(21)), Ok(Accepted::Replaced));
    assert_eq!(env.open(&Watch::new(&env.chain, 2, 2)).unwrap_err().name(), "KeyBusy");
}

#[test]
fn order_of_rows_survives_a_restart() {
    let mut env = TestEnvironment::new();
    let mut watches: Vec<_> = (0..5).map(|viewer| env.opened(viewer)).collect();
    for index in [3, 1, 4, 0, 2] {
        env.clock.advance(1);
        env.claim(watches[index].claim(1)).unwrap();
    }
    let order = env.offered_claims();
    assert_eq!(env.restart().offered_claims(), order);
}

#[test]
fn finalized_row_does_not_come_back_after_a_restart() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    env.wave();
    env.finalize();
    assert_eq!(env.restart().pool.stats().bytes, 0);
}

/// Copies the files as they are at this moment, as a machine finds them that loses power now.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "LOCK" {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn acknowledged_claim_survives_a_kill() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    for ticks in 1..20 {
        env.claim(watch.claim(ticks)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        copy(env.folder.path(), folder.path());
        let after = open_pool(folder.path(), env.chain.clone(), PoolConfig::default());
        assert_eq!(after.revealed_ticks(&watch.session), Some(ticks));
    }
}

#[test]
fn highest_of_concurrently_submitted_claims_is_on_disk() {
    let mut env = TestEnvironment::new();
    let watches: Vec<_> = (0..4).map(|viewer| env.opened(viewer)).collect();
    let mut claims = Vec::new();
    for mut watch in watches {
        claims.extend((1..=40).map(|ticks| watch.claim(ticks)));
    }
    let pool = &env.pool;
    std::thread::scope(|scope| {
        for thread in 0..8 {
            // Each thread sends all claims, starting at another one, so that they overtake each other.
            let claims: Vec<_> = claims.iter().cycle().skip(thread * 20).take(claims.len()).copied().collect();
            scope.spawn(move || {
                for claim in claims {
                    let submission = Submission { claims: vec![claim], ..Submission::default() };
                    let answer = pool.submit(PeerId::Public(thread as u64), submission).claims.remove(0);
                    assert!(answer.is_ok() || matches!(answer, Err(crate::Rejected::Stale { .. })), "{answer:?}");
                }
            });
        }
    });
    let env = env.restart();
    claims.iter().for_each(|claim| assert_eq!(env.pool.revealed_ticks(&claim.session), Some(40)));
}

fn tamper(folder: &Path, change: impl FnOnce(&rocksdb::DB)) {
    let database = rocksdb::DB::open_default(folder).unwrap();
    change(&database);
}

#[test]
fn damaged_records_are_deleted() {
    let mut env = TestEnvironment::new();
    let (mut first, mut second) = (env.opened(1), env.opened(2));
    env.claim(first.claim(3)).unwrap();
    env.claim(second.claim(3)).unwrap();
    let TestEnvironment { chain, pool, folder, .. } = env;
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
    assert_eq!(pool.revealed_ticks(&first.session), None);
    assert_eq!(pool.revealed_ticks(&second.session), Some(3));
    assert_eq!(pool.stats().claims, 1);
    drop(pool);
    tamper(folder.path(), |database| assert_eq!(database.get(key).unwrap(), None));
}

/// A ticket of the first version has no session key, so no chain of this version opens it. Claims and closes of sessions
/// that are open are worth as much as before.
#[test]
fn tickets_of_the_first_version_are_dropped_and_its_claims_and_closes_kept() {
    let mut env = TestEnvironment::new();
    let (mut watch, pending) = (env.opened(1), env.watch(2));
    env.claim(watch.claim(3)).unwrap();
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    let TestEnvironment { chain, pool, folder, .. } = env;
    drop(pool);
    let old_ticket = row_key(&RowId::Open(pending.session));
    tamper(folder.path(), |database| {
        for row in [RowId::Claim(watch.session), RowId::Close(watch.session)] {
            let mut record = database.get(row_key(&row)).unwrap().unwrap();
            assert_eq!(record[0], RECORD_VERSION);
            record[0] = KEYLESS_RECORD_VERSION;
            database.put(row_key(&row), record).unwrap();
        }
        let ticket = &pending.ticket.ticket;
        let fields = (ticket.nonce, ticket.stream, &ticket.gateway, ticket.price_per_tick, ticket.max_ticks);
        let ticket = (&ticket.viewer, fields, ticket.anchor, ticket.expires_at);
        let record = (KEYLESS_RECORD_VERSION, 0_u8, 5_u64, ticket, &pending.ticket.signature);
        database.put(old_ticket, record.encode()).unwrap();
    });

    let pool = open_pool(folder.path(), chain, PoolConfig::default());
    let stats = pool.stats();
    assert_eq!((stats.opens, stats.claims, stats.closes), (0, 1, 1));
    assert_eq!(pool.revealed_ticks(&watch.session), Some(3));
    drop(pool);
    tamper(folder.path(), |database| assert_eq!(database.get(old_ticket).unwrap(), None));
}

#[test]
fn rows_of_another_chain_are_deleted() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(3)).unwrap();
    let TestEnvironment { pool, folder, .. } = env;
    drop(pool);
    let other = FakeChain::with_genesis([8; 32]);
    let pool = open_pool(folder.path(), Arc::new(other), PoolConfig::default());
    assert_eq!(pool.stats().bytes, 0);
}

#[test]
fn second_pool_in_the_same_folder_is_refused() {
    let env = TestEnvironment::new();
    let second = TickPool::open(env.folder.path(), env.chain.clone(), PoolConfig::default(), None);
    let error = second.err().expect("the first holds the lock");
    assert!(matches!(error, OpenError::Database { .. }));
    assert!(error.to_string().contains("stop the other node"), "{error}");
}

#[test]
fn folder_that_cannot_be_created_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let opened = TickPool::open(&file.join("pool"), Arc::new(FakeChain::new()), PoolConfig::default(), None);
    assert!(matches!(opened.err(), Some(OpenError::Folder { .. })));
}

#[test]
fn all_rows_of_one_call_are_written() {
    let mut env = TestEnvironment::new();
    let mut watches: Vec<_> = (0..20).map(|viewer| env.opened(viewer)).collect();
    let claims = watches.iter_mut().map(|watch| watch.claim(1)).collect();
    env.pool.submit(PEER, Submission { claims, ..Submission::default() });
    let env = env.restart();
    assert_eq!(env.pool.stats().claims, 20);
}
