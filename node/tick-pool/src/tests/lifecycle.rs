//! What blocks do to rows.

use super::bench::{nothing, Bench, MAX_TICKS};
use crate::config::INCLUDED_PATIENCE;
use crate::{Accepted, Rejected};
use tick_stream_primitives::worker::{Offer, OfferedClaim};
use tick_stream_primitives::{Claim, Closer, Outcome};

#[test]
fn included_claim_is_not_offered_again() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    bench.wave();
    assert_eq!(bench.offered_claims(), []);
    assert_eq!(bench.pool.pooled_ticks(&watch.session), Some(10), "it stays until it is final");

    bench.claim(watch.claim(11)).unwrap();
    assert_eq!(bench.offered_claims(), [(watch.session, 11)]);
}

#[test]
fn finalized_claim_leaves() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    bench.wave();
    bench.finalize();
    assert_eq!(bench.pool.pooled_ticks(&watch.session), None);
    assert_eq!(bench.pool.stats().claims, 0);

    // The next claim is checked against the remembered head.
    let asked = bench.chain.asked();
    assert_eq!(bench.claim(watch.claim(30)), Ok(Accepted::Added));
    assert_eq!(bench.chain.asked(), asked);
}

#[test]
fn higher_claim_than_the_finalized_one_stays() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    bench.wave();
    bench.claim(watch.claim(20)).unwrap();
    bench.finalize();
    assert_eq!(bench.pool.pooled_ticks(&watch.session), Some(20));
    assert_eq!(bench.offered_claims(), [(watch.session, 20)]);
}

#[test]
fn retracted_claim_is_offered_again() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    bench.wave();
    bench.retract();
    assert_eq!(bench.offered_claims(), [(watch.session, 10)]);
}

#[test]
fn retraction_spares_earlier_blocks() {
    let mut bench = Bench::new();
    let (mut first, mut second) = (bench.opened(1), bench.opened(2));
    bench.claim(first.claim(10)).unwrap();
    bench.wave();
    bench.claim(second.claim(10)).unwrap();
    bench.wave();
    bench.retract();
    assert_eq!(bench.offered_claims(), [(second.session, 10)]);
}

#[test]
fn retracted_open_is_offered_again_with_its_claim() {
    let bench = Bench::new();
    let mut watch = bench.watch(1);
    bench.open(&watch).unwrap();
    bench.claim(watch.claim(4)).unwrap();
    bench.wave();
    assert_eq!(bench.offer(), nothing());
    bench.retract();
    let offer = bench.offer();
    assert_eq!((offer.opens.len(), offer.claims.len()), (1, 1));
    assert!(bench.wave().is_empty());
}

#[test]
fn retracted_settlement_is_forgotten() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    // Somebody else has it settled; the pool learns of it at a block that does not last.
    let claim = watch.claim(10);
    let ticket = &watch.ticket.ticket;
    let claim = Claim { session: claim.session, from: 0, ticks: 10, proof: claim.proof };
    let offered = OfferedClaim { stream: ticket.stream, gateway: ticket.gateway.clone(), claim };
    bench.build(&Offer { claims: vec![offered], ..nothing() });
    assert_eq!(bench.claim(watch.claim(10)), Ok(Accepted::Known));
    bench.retract();
    assert_eq!(bench.claim(watch.claim(10)), Ok(Accepted::Added), "the chain has not settled it any more");
}

#[test]
fn inclusion_that_is_not_final_in_time_is_offered_again() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    bench.wave();
    bench.pass(INCLUDED_PATIENCE - 1);
    assert_eq!(bench.offered_claims(), []);
    bench.pass(1);
    assert_eq!(bench.offered_claims(), [(watch.session, 10)]);
}

#[test]
fn open_leaves_when_it_is_final() {
    let mut bench = Bench::new();
    let watch = bench.watch(1);
    bench.open(&watch).unwrap();
    bench.wave();
    assert_eq!(bench.pool.stats().opens, 1);
    bench.finalize();
    assert_eq!(bench.pool.stats().opens, 0);
}

#[test]
fn open_that_expired_leaves() {
    let bench = Bench::new();
    let mut watch = bench.watch(1).expiring(&bench.chain, 1, 10);
    bench.open(&watch).unwrap();
    bench.claim(watch.claim(1)).unwrap();
    bench.pass(10 + INCLUDED_PATIENCE);
    assert_eq!(bench.pool.stats().opens, 1);
    bench.pass(1);
    assert_eq!(bench.pool.stats().opens, 0);

    // Its claim has nothing to rest on any more.
    bench.reconcile().unwrap();
    assert_eq!(bench.pool.stats().claims, 0);
}

#[test]
fn close_leaves_with_all_of_its_session() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    assert!(bench.wave().is_empty());
    bench.finalize();
    assert!(bench.wave().is_empty());
    assert_eq!(bench.chain.get(&watch.session), None);
    assert_eq!(bench.claim(watch.claim(11)), Err(Rejected::UnknownSession));
    assert_eq!(bench.offer(), nothing());

    bench.finalize();
    assert_eq!(bench.pool.stats().bytes, 0);
    assert_eq!(bench.claim(watch.claim(11)), Err(Rejected::UnknownSession));
}

#[test]
fn viewers_close_leaves_when_the_closing_is_final() {
    let mut bench = Bench::new();
    let watch = bench.opened(1);
    bench.close(watch.close(&bench.chain, Some(Closer::Viewer))).unwrap();
    bench.wave();
    assert_eq!(bench.offer(), nothing());
    bench.finalize();
    assert_eq!(bench.pool.stats().closes, 0);
}

#[test]
fn gateways_close_outlives_the_viewers() {
    let mut bench = Bench::new();
    let watch = bench.opened(1);
    bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    // Somebody else brought the viewer's into a block first.
    let viewers = watch.close(&bench.chain, Some(Closer::Viewer));
    bench.build(&Offer { closes: vec![viewers], ..nothing() });
    bench.finalize();
    assert_eq!(bench.pool.stats().closes, 1);
    bench.wave();
    assert_eq!(bench.chain.get(&watch.session), None);
}

#[test]
fn outcomes_of_strangers_leave_no_trace() {
    let bench = Bench::new();
    let session = bench.watch(1).session;
    let outcomes =
        [Outcome::Opened(session), Outcome::Settled(session, 5), Outcome::Closing(session), Outcome::Closed(session)];
    bench.pool.on_best(1, &outcomes);
    bench.pool.on_finalized(&outcomes);
    bench.pool.on_retracted(&[1]);
    assert_eq!(bench.pool.stats().bytes, 0);
}

#[test]
fn settled_by_others_counts_too() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    let number = bench.chain.best() + 1;
    bench.pool.on_best(number, &[Outcome::Settled(watch.session, MAX_TICKS)]);
    assert_eq!(bench.offered_claims(), []);
    bench.pool.on_finalized(&[Outcome::Settled(watch.session, MAX_TICKS)]);
    assert_eq!(bench.pool.stats().claims, 0);
}
