//! What is bounded, and what happens at the bounds.

use super::bench::{Bench, Watch, PEER};
use crate::clock::{Clock, Pause};
use crate::config::{COMPLAINT_PAUSE_MS, ENTRY_OVERHEAD_BYTES};
use crate::entry::Terms;
use crate::heads::{Head, Heads};
use crate::{Accepted, Fault, OfferLimits, Rejected, Submission};
use tick_stream_primitives::{Closer, SessionId};

#[test]
fn pool_full_of_entries_fails() {
    let bench = Bench::with(|config| config.max_entries = 2);
    let (mut first, second, third) = (bench.watch(1), bench.watch(2), bench.watch(3));
    bench.open(&first).unwrap();
    bench.open(&second).unwrap();
    let rejected = bench.open(&third).unwrap_err();
    assert!(matches!(rejected, Rejected::PoolFull { entries: 2, .. }));
    assert_eq!(rejected.fault(), Fault::Load);
    assert!(matches!(bench.claim(first.claim(1)), Err(Rejected::PoolFull { .. })));
    assert_eq!(bench.chain.asked().1, 2, "a full pool does not ask the chain");
}

#[test]
fn full_pool_complains_once_a_minute() {
    let bench = Bench::with(|config| config.max_entries = 1);
    bench.open(&bench.watch(1)).unwrap();
    let is_quiet = || !bench.pool.full_pause.is_over(bench.clock.now_ms());
    bench.open(&bench.watch(2)).unwrap_err();
    assert!(is_quiet(), "it has complained");
    bench.clock.advance(COMPLAINT_PAUSE_MS);
    bench.open(&bench.watch(3)).unwrap_err();
    assert!(is_quiet(), "and does so again");

    let pause = Pause::new(COMPLAINT_PAUSE_MS);
    let over = [7, 8, 60_006, 60_007, 60_008, 0].map(|now_ms| pause.is_over(now_ms));
    assert_eq!(over, [true, false, false, true, false, false], "also when the clock is set back");
}

#[test]
fn update_in_a_full_pool_works() {
    let mut bench = Bench::with(|config| config.max_entries = 1);
    let mut watch = bench.opened(1);
    assert_eq!(bench.claim(watch.claim(1)), Ok(Accepted::Added));
    assert!(matches!(bench.open(&bench.watch(2)), Err(Rejected::PoolFull { .. })));
    assert_eq!(bench.claim(watch.claim(2)), Ok(Accepted::Replaced));

    // What is finally settled makes room.
    bench.wave();
    bench.finalize();
    assert_eq!(bench.open(&bench.watch(2)), Ok(Accepted::Added));
}

#[test]
fn claims_that_do_not_fit_are_all_refused() {
    let bench = Bench::with(|config| config.max_entries = 1);
    let mut watch = bench.watch(1);
    let claims = vec![watch.claim(1), watch.claim(2), watch.claim(2)];
    let submission = Submission { opens: vec![watch.ticket.clone()], claims, closes: vec![] };
    let answers = bench.pool.submit(PEER, submission);
    let full = |answer: &_| matches!(answer, Err(Rejected::PoolFull { .. }));
    assert!(answers.claims.iter().all(full), "none may be called known: {:?}", answers.claims);
}

#[test]
fn pool_full_of_bytes_fails() {
    let bench = Bench::with(|config| config.max_bytes = 3 * ENTRY_OVERHEAD_BYTES);
    bench.open(&bench.watch(1)).unwrap();
    let bytes = bench.pool.stats().bytes;
    assert!(bytes > ENTRY_OVERHEAD_BYTES);
    assert_eq!(bench.open(&bench.watch(2)), Err(Rejected::PoolFull { entries: 1, bytes }));
}

#[test]
fn bytes_are_given_back() {
    let mut bench = Bench::new();
    let mut watch = bench.watch(1);
    bench.open(&watch).unwrap();
    bench.open(&Watch::with_seed(&bench.chain, 1, 1, [9; 32], 300)).unwrap();
    bench.open(&watch).unwrap();
    bench.claim(watch.claim(1)).unwrap();
    bench.claim(watch.claim(2)).unwrap();
    bench.wave();
    bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    bench.finalize();
    bench.wave();
    bench.finalize();
    let stats = bench.pool.stats();
    assert_eq!((stats.opens, stats.claims, stats.closes, stats.bytes, stats.oldest_age_ms), (0, 0, 0, 0, 0));
}

#[test]
fn offer_is_bounded() {
    let mut bench = Bench::with(|config| config.budget.peer.burst = 100_000_000);
    let mut watches: Vec<_> = (0..6).map(|viewer| bench.opened(viewer)).collect();
    for watch in &mut watches[..3] {
        bench.claim(watch.claim(1)).unwrap();
    }
    for watch in &watches[3..] {
        bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    }
    for viewer in 10..13 {
        bench.open(&bench.watch(viewer)).unwrap();
    }

    let limits = OfferLimits { opens: 1, claims: 2, closes: 1, walk_steps: 0 };
    let offer = bench.pool.offer(super::bench::worker(), &limits);
    assert_eq!((offer.opens.len(), offer.claims.len(), offer.closes.len()), (1, 2, 1));
    let offer = bench.offer();
    assert_eq!((offer.opens.len(), offer.claims.len(), offer.closes.len()), (3, 3, 3));
}

fn head(ticks: u32) -> Head {
    let terms = Terms { stream: 0, gateway: [0; 32].into(), max_ticks: 100 };
    Head { terms, ticks, hash: [0; 32], closing: false, as_of: None }
}

#[test]
fn heads_are_bounded_and_the_used_ones_stay() {
    let mut heads = Heads::new(100);
    let id = |n: u32| SessionId([n.to_le_bytes(), [0; 4], [0; 4], [0; 4]].concat().try_into().unwrap());
    heads.insert(id(0), head(7));
    for n in 1..10_000 {
        heads.insert(id(n), head(n));
        assert_eq!(heads.get(&id(0)), Some(head(7)), "used all the time");
        assert!(heads.len() <= 100);
    }
    assert_eq!(heads.get(&id(5_000)), None);
    assert_eq!(heads.get(&id(9_999)), Some(head(9_999)));
    heads.remove(&id(0));
    assert_eq!(heads.get(&id(0)), None);
}
