//! Effects of blocks on rows.

use super::env::{nothing, TestEnvironment, MAX_TICKS};
use crate::config::INCLUDED_TIMEOUT_BLOCKS;
use crate::{Accepted, Rejected};
use tick_stream_primitives::worker::{Offer, OfferedClaim};
use tick_stream_primitives::{Claim, Closer, Outcome};

#[test]
fn included_claim_is_not_offered_again() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    env.wave();
    assert_eq!(env.offered_claims(), []);
    assert_eq!(env.pool.revealed_ticks(&watch.session), Some(10), "the claim stays until it is final");

    env.claim(watch.claim(11)).unwrap();
    assert_eq!(env.offered_claims(), [(watch.session, 11)]);
}

#[test]
fn finalized_claim_is_removed() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    env.wave();
    env.finalize();
    assert_eq!(env.pool.revealed_ticks(&watch.session), None);
    assert_eq!(env.pool.stats().claims, 0);

    // The next claim is verified against the remembered head.
    let reads = env.chain.reads();
    assert_eq!(env.claim(watch.claim(30)), Ok(Accepted::Added));
    assert_eq!(env.chain.reads(), reads);
}

#[test]
fn claim_above_the_finalized_one_stays() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    env.wave();
    env.claim(watch.claim(20)).unwrap();
    env.finalize();
    assert_eq!(env.pool.revealed_ticks(&watch.session), Some(20));
    assert_eq!(env.offered_claims(), [(watch.session, 20)]);
}

#[test]
fn retracted_claim_is_offered_again() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    env.wave();
    env.retract();
    assert_eq!(env.offered_claims(), [(watch.session, 10)]);
}

#[test]
fn retraction_keeps_the_marks_of_earlier_blocks() {
    let mut env = TestEnvironment::new();
    let (mut first, mut second) = (env.opened(1), env.opened(2));
    env.claim(first.claim(10)).unwrap();
    env.wave();
    env.claim(second.claim(10)).unwrap();
    env.wave();
    env.retract();
    assert_eq!(env.offered_claims(), [(second.session, 10)]);
}

#[test]
fn retracted_open_is_offered_again_with_its_claim() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1);
    env.open(&watch).unwrap();
    env.claim(watch.claim(4)).unwrap();
    env.wave();
    assert_eq!(env.offer(), nothing());
    env.retract();
    let offer = env.offer();
    assert_eq!((offer.opens.len(), offer.claims.len()), (1, 1));
    assert!(env.wave().is_empty());
}

#[test]
fn retracted_settlement_is_forgotten() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    // Another node settles the claim in a block that is retracted later.
    let claim = watch.claim(10);
    let ticket = &watch.ticket.ticket;
    let claim = Claim { session: claim.session, from: 0, ticks: 10, proof: claim.proof };
    let offered = OfferedClaim { stream: ticket.stream, gateway: ticket.gateway.clone(), claim };
    env.build(&Offer { claims: vec![offered], ..nothing() });
    assert_eq!(env.claim(watch.claim(10)), Ok(Accepted::Known));
    env.retract();
    assert_eq!(env.claim(watch.claim(10)), Ok(Accepted::Added), "the claim is not settled any more");
}

#[test]
fn included_claim_that_is_not_final_in_time_is_offered_again() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    env.wave();
    env.pass(INCLUDED_TIMEOUT_BLOCKS - 1);
    assert_eq!(env.offered_claims(), []);
    env.pass(1);
    assert_eq!(env.offered_claims(), [(watch.session, 10)]);
}

#[test]
fn ticket_is_removed_when_its_opening_is_final() {
    let mut env = TestEnvironment::new();
    let watch = env.watch(1);
    env.open(&watch).unwrap();
    env.wave();
    assert_eq!(env.pool.stats().opens, 1);
    env.finalize();
    assert_eq!(env.pool.stats().opens, 0);
}

#[test]
fn expired_ticket_is_removed() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1).expiring(&env.chain, 1, 10);
    env.open(&watch).unwrap();
    env.claim(watch.claim(1)).unwrap();
    env.pass(10 + INCLUDED_TIMEOUT_BLOCKS);
    assert_eq!(env.pool.stats().opens, 1);
    env.pass(1);
    assert_eq!(env.pool.stats().opens, 0);

    // Without the ticket the claim cannot be settled.
    env.reconcile().unwrap();
    assert_eq!(env.pool.stats().claims, 0);
}

#[test]
fn all_rows_of_a_closed_session_are_removed() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    assert!(env.wave().is_empty());
    env.finalize();
    assert!(env.wave().is_empty());
    assert_eq!(env.chain.get(&watch.session), None);
    assert_eq!(env.claim(watch.claim(11)), Err(Rejected::UnknownSession));
    assert_eq!(env.offer(), nothing());

    env.finalize();
    assert_eq!(env.pool.stats().bytes, 0);
    assert_eq!(env.claim(watch.claim(11)), Err(Rejected::UnknownSession));
}

#[test]
fn viewers_close_is_removed_when_the_closing_is_final() {
    let mut env = TestEnvironment::new();
    let watch = env.opened(1);
    env.close(watch.close(&env.chain, Some(Closer::Viewer))).unwrap();
    env.wave();
    assert_eq!(env.offer(), nothing());
    env.finalize();
    assert_eq!(env.pool.stats().closes, 0);
}

#[test]
fn gateways_close_stays_after_the_viewers_is_included() {
    let mut env = TestEnvironment::new();
    let watch = env.opened(1);
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    // Another node includes the viewer's close first.
    let viewers = watch.close(&env.chain, Some(Closer::Viewer));
    env.build(&Offer { closes: vec![viewers], ..nothing() });
    env.finalize();
    assert_eq!(env.pool.stats().closes, 1);
    env.wave();
    assert_eq!(env.chain.get(&watch.session), None);
}

#[test]
fn outcomes_of_unknown_sessions_leave_no_trace() {
    let env = TestEnvironment::new();
    let session = env.watch(1).session;
    let outcomes =
        [Outcome::Opened(session), Outcome::Settled(session, 5), Outcome::Closing(session), Outcome::Closed(session)];
    env.pool.on_best(1, &outcomes);
    env.pool.on_finalized(&outcomes);
    env.pool.on_retracted(&[1]);
    assert_eq!(env.pool.stats().bytes, 0);
}

#[test]
fn claim_settled_by_another_node_is_not_offered() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    let number = env.chain.best() + 1;
    env.pool.on_best(number, &[Outcome::Settled(watch.session, MAX_TICKS)]);
    assert_eq!(env.offered_claims(), []);
    env.pool.on_finalized(&[Outcome::Settled(watch.session, MAX_TICKS)]);
    assert_eq!(env.pool.stats().claims, 0);
}
