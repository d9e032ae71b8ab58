//! Reconciliation and metrics.

use super::env::{nothing, TestEnvironment, PEER};
use crate::{Accepted, ChainView, PoolConfig, Reconciled, Submission, TickPool};
use std::sync::Arc;
use substrate_prometheus_endpoint::{prometheus::Encoder, prometheus::TextEncoder, Registry};
use tick_stream_primitives::worker::Offer;
use tick_stream_primitives::Closer;

#[test]
fn reconcile_removes_rows_that_the_chain_has_carried_out() {
    let mut env = TestEnvironment::new();
    let mut watches: Vec<_> = (0..4).map(|viewer| env.opened(viewer)).collect();
    let mut pending = env.watch(9);
    for watch in &mut watches {
        env.claim(watch.claim(10)).unwrap();
    }
    env.open(&pending).unwrap();
    env.claim(pending.claim(2)).unwrap();
    let viewers_close = watches[3].close(&env.chain, Some(Closer::Viewer));
    env.close(viewers_close).unwrap();

    // While the node is down, another one settles the first claim and half of the second, and closes the fourth
    // session.
    let claims = env.offer().claims;
    let first = claims.iter().find(|offered| offered.claim.session == watches[0].session).unwrap().clone();
    let mut second = claims.iter().find(|offered| offered.claim.session == watches[1].session).unwrap().clone();
    second.claim.ticks = 5;
    second.claim.proof = watches[1].claim(5).proof;
    let close = watches[3].close(&env.chain, Some(Closer::Gateway));
    env.chain.build(&Offer { claims: vec![first, second], closes: vec![close], ..nothing() });
    let mut env = env.restart();
    assert_eq!(env.reconcile().unwrap().removed, 0, "the block is not final yet");

    env.finalized = env.chain.best();
    let mut seen = Vec::new();
    let found = env.pool.reconcile(&env.chain.at(env.finalized), |done, of| seen.push((done, of))).unwrap();
    assert_eq!(found, Reconciled { sessions: 5, removed: 3 });
    assert_eq!(seen, [(5, 5)]);
    let left = |index: usize| env.pool.revealed_ticks(&watches[index].session);
    assert_eq!([left(0), left(1), left(2), left(3)], [None, Some(10), Some(10), None]);
    assert_eq!(env.pool.revealed_ticks(&pending.session), Some(2), "the ticket is pending");
    assert_eq!(env.pool.stats().closes, 0);
    assert_eq!(env.claim(watches[0].claim(10)), Ok(Accepted::Known));
    assert_eq!(env.restart().pool.stats().claims, 3, "removed rows do not come back");
}

#[test]
fn reconcile_removes_a_ticket_opened_by_another_node() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1);
    env.open(&watch).unwrap();
    env.claim(watch.claim(2)).unwrap();
    env.chain.build(&Offer { opens: vec![watch.ticket.clone()], ..nothing() });
    let mut env = env.restart();
    env.reconcile().unwrap();
    assert_eq!(env.pool.stats().opens, 1, "the opening is not final yet");

    env.finalized = env.chain.best();
    env.reconcile().unwrap();
    assert_eq!(env.pool.stats().opens, 0);
    assert_eq!(env.offered_claims(), [(watch.session, 2)]);
    assert!(env.wave().is_empty());
}

#[test]
fn reconcile_keeps_claims_on_a_session_that_is_not_final() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1);
    env.chain.build(&Offer { opens: vec![watch.ticket.clone()], ..nothing() });
    env.claim(watch.claim(2)).unwrap();
    assert_eq!(env.reconcile().unwrap().removed, 0);

    env.retract();
    assert_eq!(env.reconcile().unwrap().removed, 1, "there is no session to settle it on");
}

#[test]
fn reconcile_removes_nothing_when_the_chain_cannot_be_read() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(2)).unwrap();
    env.chain.set_down(true);
    assert!(env.reconcile().is_err());
    assert_eq!(env.pool.revealed_ticks(&watch.session), Some(2));
}

#[test]
fn reconcile_keeps_included_rows() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(2)).unwrap();
    env.wave();
    assert_eq!(env.reconcile().unwrap().removed, 0);
    env.retract();
    assert_eq!(env.offered_claims(), [(watch.session, 2)]);
}

#[test]
fn reconcile_removes_rows_whose_finality_was_missed() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(2)).unwrap();
    let close = watch.close(&env.chain, Some(Closer::Viewer));
    env.close(close.clone()).unwrap();
    env.wave();
    // The close waits for the claim; another node's worker does not wait.
    env.build(&Offer { closes: vec![close], ..nothing() });
    env.finalized = env.chain.best();
    assert_eq!(env.reconcile().unwrap().removed, 2);
    assert_eq!(env.pool.stats().bytes, 0);
}

#[test]
fn metrics_count_rows_by_kind_and_reason() {
    let registry = Registry::new();
    let env = TestEnvironment::new();
    let folder = tempfile::tempdir().unwrap();
    let chain = env.chain.clone() as Arc<dyn ChainView>;
    let config = PoolConfig { clock: env.clock.clone(), ..PoolConfig::default() };
    let pool = TickPool::open(folder.path(), chain, config, Some(&registry)).unwrap();

    let (watch, stranger) = (env.watch(1), env.watch(2).claim(1));
    let submission = Submission { opens: vec![watch.ticket.clone()], claims: vec![stranger], closes: vec![] };
    pool.submit(PEER, submission);
    env.clock.advance(7_000);
    pool.on_best(1, &[]);
    pool.on_refused(&[(
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
fn stats_contain_the_age_of_the_oldest_row() {
    let env = TestEnvironment::new();
    env.open(&env.watch(1)).unwrap();
    env.clock.advance(7_000);
    env.open(&env.watch(2)).unwrap();
    assert_eq!(env.pool.stats().oldest_age_ms, 7_000);
}
