//! Limits, and behaviour at the limits.

use super::env::{TestEnvironment, Watch, PEER};
use crate::clock::Clock;
use crate::config::{ROW_OVERHEAD_BYTES, WARNING_INTERVAL_MS};
use crate::entry::Terms;
use crate::heads::{Head, Heads};
use crate::logging::Throttle;
use crate::{Accepted, OfferLimits, Rejected, Submission};
use tick_stream_primitives::{Closer, SessionId};

#[test]
fn row_beyond_max_entries_is_rejected() {
    let env = TestEnvironment::with(|config| config.max_entries = 2);
    let (mut first, second, third) = (env.watch(1), env.watch(2), env.watch(3));
    env.open(&first).unwrap();
    env.open(&second).unwrap();
    let rejected = env.open(&third).unwrap_err();
    assert!(matches!(rejected, Rejected::PoolFull { entries: 2, .. }));
    assert!(matches!(env.claim(first.claim(1)), Err(Rejected::PoolFull { .. })));
    assert_eq!(env.chain.reads().1, 2, "a full pool does not read the chain");
}

#[test]
fn full_pool_warns_once_a_minute() {
    let env = TestEnvironment::with(|config| config.max_entries = 1);
    env.open(&env.watch(1)).unwrap();
    let is_quiet = || !env.pool.full_warning.allow(env.clock.now_ms());
    env.open(&env.watch(2)).unwrap_err();
    assert!(is_quiet(), "the pool has warned");
    env.clock.advance(WARNING_INTERVAL_MS);
    env.open(&env.watch(3)).unwrap_err();
    assert!(is_quiet(), "the pool has warned again");

    let throttle = Throttle::new(WARNING_INTERVAL_MS);
    let allowed = [7, 8, 60_006, 60_007, 60_008, 0].map(|now_ms| throttle.allow(now_ms));
    assert_eq!(allowed, [true, false, false, true, false, false], "a clock that is set back allows nothing");
}

#[test]
fn higher_claim_is_accepted_in_a_full_pool() {
    let mut env = TestEnvironment::with(|config| config.max_entries = 1);
    let mut watch = env.opened(1);
    assert_eq!(env.claim(watch.claim(1)), Ok(Accepted::Added));
    assert!(matches!(env.open(&env.watch(2)), Err(Rejected::PoolFull { .. })));
    assert_eq!(env.claim(watch.claim(2)), Ok(Accepted::Replaced));

    // A finalized claim makes room.
    env.wave();
    env.finalize();
    assert_eq!(env.open(&env.watch(2)), Ok(Accepted::Added));
}

#[test]
fn claims_that_do_not_fit_are_all_rejected() {
    let env = TestEnvironment::with(|config| config.max_entries = 1);
    let mut watch = env.watch(1);
    let claims = vec![watch.claim(1), watch.claim(2), watch.claim(2)];
    let submission = Submission { opens: vec![watch.ticket.clone()], claims, closes: vec![] };
    let answers = env.pool.submit(PEER, submission);
    let full = |answer: &_| matches!(answer, Err(Rejected::PoolFull { .. }));
    assert!(answers.claims.iter().all(full), "none may be answered as known: {:?}", answers.claims);
}

#[test]
fn row_beyond_max_bytes_is_rejected() {
    let env = TestEnvironment::with(|config| config.max_bytes = 3 * ROW_OVERHEAD_BYTES);
    env.open(&env.watch(1)).unwrap();
    let bytes = env.pool.stats().bytes;
    assert!(bytes > ROW_OVERHEAD_BYTES);
    assert_eq!(env.open(&env.watch(2)), Err(Rejected::PoolFull { entries: 1, bytes }));
}

#[test]
fn bytes_of_removed_rows_are_released() {
    let mut env = TestEnvironment::new();
    let mut watch = env.watch(1);
    env.open(&watch).unwrap();
    env.open(&Watch::with_seed(&env.chain, 1, 1, [9; 32], 300)).unwrap();
    env.open(&watch).unwrap();
    env.claim(watch.claim(1)).unwrap();
    env.claim(watch.claim(2)).unwrap();
    env.wave();
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    env.finalize();
    env.wave();
    env.finalize();
    let stats = env.pool.stats();
    assert_eq!((stats.opens, stats.claims, stats.closes, stats.bytes, stats.oldest_age_ms), (0, 0, 0, 0, 0));
}

#[test]
fn offer_keeps_its_limits() {
    let mut env = TestEnvironment::with(|config| config.budget.peer.burst = 100_000_000);
    let mut watches: Vec<_> = (0..6).map(|viewer| env.opened(viewer)).collect();
    for watch in &mut watches[..3] {
        env.claim(watch.claim(1)).unwrap();
    }
    for watch in &watches[3..] {
        env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    }
    for viewer in 10..13 {
        env.open(&env.watch(viewer)).unwrap();
    }

    let limits = OfferLimits { opens: 1, claims: 2, closes: 1, walk_steps: 0 };
    let offer = env.pool.offer(super::env::worker(), &limits);
    assert_eq!((offer.opens.len(), offer.claims.len(), offer.closes.len()), (1, 2, 1));
    let offer = env.offer();
    assert_eq!((offer.opens.len(), offer.claims.len(), offer.closes.len()), (3, 3, 3));
}

fn head(ticks: u32) -> Head {
    let terms = Terms { stream: 0, gateway: [0; 32].into(), max_ticks: 100 };
    Head { terms, ticks, hash: [0; 32], closing: false, as_of: None }
}

#[test]
fn heads_are_bounded_and_used_ones_stay() {
    let mut heads = Heads::new(100);
    let id = |n: u32| SessionId([n.to_le_bytes(), [0; 4], [0; 4], [0; 4]].concat().try_into().unwrap());
    heads.insert(id(0), head(7));
    for n in 1..10_000 {
        heads.insert(id(n), head(n));
        assert_eq!(heads.get(&id(0)), Some(head(7)), "a head in use stays");
        assert!(heads.len() <= 100);
    }
    assert_eq!(heads.get(&id(5_000)), None);
    assert_eq!(heads.get(&id(9_999)), Some(head(9_999)));
    heads.remove(&id(0));
    assert_eq!(heads.get(&id(0)), None);
}
