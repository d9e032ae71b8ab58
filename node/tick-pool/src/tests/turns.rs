//! Turns of claims and closes that wait, so that each is offered in time.

use super::env::{worker, TestEnvironment, Watch};
use crate::OfferLimits;
use std::collections::BTreeSet;
use tick_stream_primitives::{Closer, SessionId};

/// Opens `count` sessions with a claim each, one second after the other.
fn claimed(env: &mut TestEnvironment, count: u64) -> Vec<Watch> {
    let mut watches: Vec<_> = (0..count).map(|viewer| env.opened(viewer)).collect();
    for watch in &mut watches {
        env.clock.advance(1_000);
        env.claim(watch.claim(1)).unwrap();
    }
    watches
}

/// Sessions of the claims and closes of the next offer of at most `size` claims and closes.
fn offered(env: &TestEnvironment, size: usize) -> [Vec<SessionId>; 2] {
    let limits = OfferLimits { claims: size, closes: size, ..OfferLimits::default() };
    let offer = env.pool.offer(worker(), &limits);
    let claims = offer.claims.iter().map(|offered| offered.claim.session).collect();
    [claims, offer.closes.iter().map(|row| row.session).collect()]
}

/// Sessions of the claims of the next offer of at most `size` claims, at which the worker looks.
fn worked_on(env: &TestEnvironment, size: usize) -> Vec<SessionId> {
    let [claims, _] = offered(env, size);
    env.pool.on_worked();
    claims
}

fn sessions(watches: &[Watch], indexes: &[usize]) -> Vec<SessionId> {
    indexes.iter().map(|index| watches[*index].session).collect()
}

/// The worker leaves claims waiting that are not worth their fee.
#[test]
fn waiting_claims_leave_room_for_others() {
    let mut env = TestEnvironment::new();
    let watches = claimed(&mut env, 5);
    assert_eq!(worked_on(&env, 2), sessions(&watches, &[0, 1]));
    assert_eq!(worked_on(&env, 2), sessions(&watches, &[2, 3]));
    assert_eq!(worked_on(&env, 2), sessions(&watches, &[4, 0]));
    assert_eq!(env.pool.stats().oldest_age_ms, 4_000, "the age of rows stays");
}

/// If turns passed while a wave is in flight, some claims might never be in an offer that the worker looks at.
#[test]
fn offer_that_the_worker_has_not_looked_at_is_made_again() {
    let mut env = TestEnvironment::new();
    let watches = claimed(&mut env, 4);
    for _ in 0..3 {
        assert_eq!(offered(&env, 2)[0], sessions(&watches, &[0, 1]));
    }
    env.pool.on_worked();
    env.pool.on_worked();
    assert_eq!(offered(&env, 2)[0], sessions(&watches, &[2, 3]), "an offer is looked at once");
}

/// Anyone may let many sessions close, each with a claim that is not worth its fee.
#[test]
fn urgent_claims_leave_a_part_of_each_offer_to_others() {
    const SIZE: usize = 4;
    let mut env = TestEnvironment::new();
    let watches = claimed(&mut env, 13);
    let (urgent, ordinary) = watches.split_at(9);
    for watch in urgent {
        env.close(watch.close(&env.chain, Some(Closer::Viewer))).unwrap();
    }
    let first = worked_on(&env, SIZE);
    assert_eq!(first, sessions(&watches, &[0, 1, 2, 9]));
    let others: BTreeSet<_> = (0..3).flat_map(|_| worked_on(&env, SIZE)).chain(first).collect();
    let is_offered = |watch: &Watch| others.contains(&watch.session);
    assert!(urgent.iter().all(is_offered), "nine urgent claims need three offers");
    assert!(ordinary.iter().all(is_offered), "four others need four offers");
}

#[test]
fn urgent_claims_fill_the_room_that_others_do_not_need() {
    let mut env = TestEnvironment::new();
    let watches = claimed(&mut env, 7);
    for watch in &watches[..6] {
        env.close(watch.close(&env.chain, Some(Closer::Viewer))).unwrap();
    }
    assert_eq!(worked_on(&env, 8).len(), 7);
    assert_eq!(worked_on(&env, 5), sessions(&watches, &[0, 1, 2, 3, 6]));
    env.pool.on_worked();
    let rest = worked_on(&env, 5);
    assert!(rest.starts_with(&sessions(&watches, &[4, 5, 0, 1])), "{rest:?}");
}

/// Closes that wait for their claims must not hide those behind them.
#[test]
fn closes_that_wait_leave_room_for_others() {
    let mut env = TestEnvironment::new();
    let free = env.opened(9);
    let watches = claimed(&mut env, 8);
    for watch in watches.iter().chain([&free]) {
        env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    }
    let closes: Vec<_> = (0..5).flat_map(|_| offered(&env, 1)[1].clone()).collect();
    assert!(closes.contains(&free.session), "{closes:?}");
}

#[test]
fn closes_that_stay_in_the_pool_take_turns() {
    let mut env = TestEnvironment::new();
    let watches: Vec<_> = (0..3).map(|viewer| env.opened(viewer)).collect();
    for watch in &watches {
        env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    }
    let mut closes = Vec::new();
    for _ in 0..3 {
        closes.extend(offered(&env, 1)[1].clone());
        env.pool.on_worked();
    }
    assert_eq!(closes, sessions(&watches, &[0, 1, 2]));
}
