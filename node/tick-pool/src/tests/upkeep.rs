//! Reconciliation, and metrics.

use super::bench::{nothing, Bench, PEER};
use crate::{Accepted, ChainView, PoolConfig, Reconciled, Submission, TickPool};
use std::sync::Arc;
use substrate_prometheus_endpoint::{prometheus::Encoder, prometheus::TextEncoder, Registry};
use tick_stream_primitives::worker::Offer;
use tick_stream_primitives::Closer;

#[test]
fn reconcile_drops_what_the_chain_has_done() {
    let mut bench = Bench::new();
    let mut watches: Vec<_> = (0..4).map(|viewer| bench.opened(viewer)).collect();
    let mut pending = bench.watch(9);
    for watch in &mut watches {
        bench.claim(watch.claim(10)).unwrap();
    }
    bench.open(&pending).unwrap();
    bench.claim(pending.claim(2)).unwrap();
    let viewers_close = watches[3].close(&bench.chain, Some(Closer::Viewer));
    bench.close(viewers_close).unwrap();

    // While the node is down others settle the first, half of the second, and close the fourth.
    let claims = bench.offer().claims;
    let first = claims.iter().find(|offered| offered.claim.session == watches[0].session).unwrap().clone();
    let mut second = claims.iter().find(|offered| offered.claim.session == watches[1].session).unwrap().clone();
    second.claim.ticks = 5;
    second.claim.proof = watches[1].claim(5).proof;
    let close = watches[3].close(&bench.chain, Some(Closer::Gateway));
    bench.chain.build(&Offer { claims: vec![first, second], closes: vec![close], ..nothing() });
    let mut bench = bench.restart();
    assert_eq!(bench.reconcile().unwrap().dropped, 0, "it is not final yet");

    bench.finalized = bench.chain.best();
    let mut seen = Vec::new();
    let found = bench.pool.reconcile(&bench.chain.at(bench.finalized), |done, of| seen.push((done, of))).unwrap();
    assert_eq!(found, Reconciled { sessions: 5, dropped: 3 });
    assert_eq!(seen, [(5, 5)]);
    let left = |index: usize| bench.pool.pooled_ticks(&watches[index].session);
    assert_eq!([left(0), left(1), left(2), left(3)], [None, Some(10), Some(10), None]);
    assert_eq!(bench.pool.pooled_ticks(&pending.session), Some(2), "its ticket is pending");
    assert_eq!(bench.pool.stats().closes, 0);
    assert_eq!(bench.claim(watches[0].claim(10)), Ok(Accepted::Known));
    assert_eq!(bench.restart().pool.stats().claims, 3, "what was dropped stays dropped");
}

#[test]
fn reconcile_finds_an_open_done_by_others() {
    let bench = Bench::new();
    let mut watch = bench.watch(1);
    bench.open(&watch).unwrap();
    bench.claim(watch.claim(2)).unwrap();
    bench.chain.build(&Offer { opens: vec![watch.ticket.clone()], ..nothing() });
    let mut bench = bench.restart();
    bench.reconcile().unwrap();
    assert_eq!(bench.pool.stats().opens, 1, "it is not final yet");

    bench.finalized = bench.chain.best();
    bench.reconcile().unwrap();
    assert_eq!(bench.pool.stats().opens, 0);
    assert_eq!(bench.offered_claims(), [(watch.session, 2)]);
    assert!(bench.wave().is_empty());
}

#[test]
fn reconcile_keeps_claims_of_a_session_that_is_not_final() {
    let bench = Bench::new();
    let mut watch = bench.watch(1);
    bench.chain.build(&Offer { opens: vec![watch.ticket.clone()], ..nothing() });
    bench.claim(watch.claim(2)).unwrap();
    assert_eq!(bench.reconcile().unwrap().dropped, 0);

    bench.retract();
    assert_eq!(bench.reconcile().unwrap().dropped, 1, "there is nothing to pay it from");
}

#[test]
fn reconcile_while_the_chain_is_unreadable_fails_and_drops_nothing() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(2)).unwrap();
    bench.chain.set_down(true);
    assert!(bench.reconcile().is_err());
    assert_eq!(bench.pool.pooled_ticks(&watch.session), Some(2));
}

#[test]
fn reconcile_leaves_to_finality_what_was_included() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(2)).unwrap();
    bench.wave();
    assert_eq!(bench.reconcile().unwrap().dropped, 0);
    bench.retract();
    assert_eq!(bench.offered_claims(), [(watch.session, 2)]);
}

#[test]
fn reconcile_makes_up_for_missed_finality() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(2)).unwrap();
    let close = watch.close(&bench.chain, Some(Closer::Viewer));
    bench.close(close.clone()).unwrap();
    bench.wave();
    // The close waits for the claim; another node's worker has not waited.
    bench.build(&Offer { closes: vec![close], ..nothing() });
    bench.finalized = bench.chain.best();
    assert_eq!(bench.reconcile().unwrap().dropped, 2);
    assert_eq!(bench.pool.stats().bytes, 0);
}

#[test]
fn metrics_work() {
    let registry = Registry::new();
    let bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let chain = bench.chain.clone() as Arc<dyn ChainView>;
    let config = PoolConfig { clock: bench.clock.clone(), ..PoolConfig::default() };
    let pool = TickPool::open(folder.path(), chain, config, Some(&registry)).unwrap();

    let (watch, stranger) = (bench.watch(1), bench.watch(2).claim(1));
    let submission = Submission { opens: vec![watch.ticket.clone()], claims: vec![stranger], closes: vec![] };
    pool.submit(PEER, submission);
    bench.clock.advance(7_000);
    pool.on_best(1, &[]);
    pool.refused(&[(
        tick_stream_primitives::worker::RowId::Open(watch.session),
        tick_stream_primitives::RowError::PriceAboveTicket,
    )]);

    let mut text = Vec::new();
    TextEncoder::new().encode(&registry.gather(), &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for line in [
        "tick_pool_admitted_total{kind=\"open\"} 1",
        "tick_pool_rejected_total{kind=\"claim\",reason=\"UnknownSession\"} 1",
        "tick_pool_dropped_total{kind=\"open\",reason=\"PriceAboveTicket\"} 1",
        "tick_pool_entries{kind=\"open\"} 0",
        "tick_pool_bytes 0",
        "tick_pool_oldest_age_seconds 0",
        "tick_pool_walked_steps_total 0",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}

#[test]
fn oldest_age_is_told() {
    let bench = Bench::new();
    bench.open(&bench.watch(1)).unwrap();
    bench.clock.advance(7_000);
    bench.open(&bench.watch(2)).unwrap();
    assert_eq!(bench.pool.stats().oldest_age_ms, 7_000);
}
