//! Tests of claims for more ticks than can have been watched: those that can have been are settled.

use super::*;
use crate::worker::rows::MAX_LOWERING_STEPS;

/// Number of ticks that may be settled when a session opens.
const PREPAID: u32 = 60;
/// Price at which a whole prepaid window earns the gateway less than the fee of a claim.
const CHEAP: Balance = 10;
/// Number of blocks after which a lowered claim may be the last one again.
const PAUSE: u32 = 16;

/// Opens a session of 900 ticks through "gateway" on a new stream with this price.
fn long(price_per_tick: Balance) -> Watch {
    let stream = create_stream(price_per_tick, Splits::default());
    assert_ok!(TickStream::deposit(signed("viewer"), 10 * DEPOSIT / 2, None));
    join(stream, price_per_tick, 900)
}

/// Runs the worker on an offer of one claim and returns the ticks of the claims that it sends. Includes them.
fn settled(node: &Node, offer: &Offer) -> Vec<u32> {
    node.state_after(offer);
    let sent = node.take_sent();
    let groups = sent.iter().flat_map(|extrinsic| batch_in(extrinsic).groups.iter());
    let ticks = groups.flat_map(|group| group.claims.iter().map(|claim| claim.ticks)).collect();
    assert_eq!(include(sent), []);
    ticks
}

#[test]
fn claim_ahead_of_time_is_lowered_to_what_time_allows() {
    Node::run(|node| {
        let mut watch = long(EXPENSIVE);
        let offer = offer_of_claims(vec![offered(&mut watch, 800)]);
        let report = node.work(&offer).expect("the worker leaves a report");
        assert_eq!((report.state, report.refused), (sent_state(1, 1, 0), vec![]));
        assert_eq!(include(node.take_sent()), []);
        assert_eq!(session_of(watch.id).settled_ticks, PREPAID);
        advance(10);
        assert_eq!(settled(node, &offer), [PREPAID + 10]);
        leave("viewer", &[watch.id]);
        advance(1);
        assert_eq!(settled(node, &offer), [0; 0], "the closing session earns no more");
        let report = node.work(&offer).expect("the worker leaves a report");
        assert_eq!(report.refused, [(RowId::Claim(watch.id), RowError::TooFast)]);
    });
}

/// A viewer may post its highest tick at once. The session must be settled like any other, not tick by tick.
#[test]
fn claim_far_ahead_of_time_is_settled_whenever_it_is_worth_its_fee() {
    Node::run(|node| {
        let (claim_fee, group_fee) = fees::marginal(20);
        let mut watch = long((claim_fee + group_fee) * 1_000 / 202 / 20 + 10);
        let offer = offer_of_claims(vec![offered(&mut watch, 900)]);
        let mut ticks = Vec::new();
        for _ in 0..200 {
            ticks.extend(settled(node, &offer));
            advance(1);
        }
        assert_eq!(ticks[0], PREPAID);
        let steps: Vec<_> = ticks.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.len() >= 5 && steps.iter().all(|step| (10..=21).contains(step)), "{ticks:?}");
    });
}

#[test]
fn lowered_claim_below_its_fee_waits_and_is_not_refused() {
    Node::run(|node| {
        let mut watch = long(CHEAP);
        let report = node.work(&offer_of_claims(vec![offered(&mut watch, 900)])).expect("the worker leaves a report");
        assert_eq!((report.state, report.refused, report.foreign), (WorkerState::Idle, vec![], vec![]));
    });
}

/// Each block makes one more tick payable. The close must neither wait for all of them nor make each a last claim.
#[test]
fn lowered_claim_is_the_last_one_once() {
    Node::run(|node| {
        let mut watch = long(CHEAP);
        advance(PAUSE);
        let close = watch.close(Closer::Gateway, "gateway");
        let offer = Offer { claims: vec![offered(&mut watch, 900)], ending: vec![close], ..offer() };
        assert_eq!(settled(node, &offer), [PREPAID + PAUSE]);
        assert!(is_open(watch.id));
        advance(1);
        assert_eq!(settled(node, &offer), [0; 0]);
        assert!(!is_open(watch.id), "the close is sent in place of the claim");
    });
}

#[test]
fn lowered_claim_that_pays_is_settled_before_the_close() {
    Node::run(|node| {
        let mut watch = long(EXPENSIVE);
        advance(PAUSE);
        watch.settle(1);
        let close = watch.close(Closer::Gateway, "gateway");
        let offer = Offer { claims: vec![offered(&mut watch, 900)], ending: vec![close], ..offer() };
        assert_eq!(settled(node, &offer), [PREPAID + PAUSE]);
        assert!(!is_open(watch.id), "the close does not wait for ticks to come");
    });
}

#[test]
fn claim_that_takes_too_many_hash_steps_to_lower_waits() {
    for (above, sent) in [(0, sent_state(1, 1, 0)), (1, WorkerState::Idle)] {
        Node::run(|node| {
            let ticks = PREPAID + PAUSE + MAX_LOWERING_STEPS + above;
            let stream = create_stream(CHEAP, Splits::default());
            assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
            let mut watch = join(stream, CHEAP, ticks);
            advance(PAUSE);
            let (claims, ending) = (vec![offered(&mut watch, ticks)], vec![watch.close(Closer::Gateway, "gateway")]);
            let report = node.work(&Offer { claims, ending, ..offer() }).expect("the worker leaves a report");
            assert_eq!((report.state, report.refused), (sent, vec![]), "the close waits as well");
        });
    }
}
