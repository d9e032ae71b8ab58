//! Tests of when own claims are settled. Any account may post them as often as it likes, and the operator pays the fee.

use super::*;
use crate::worker::rows::{EAGER_CLAIM_EVERY, OWN_CLAIM_EVERY};
use tick_stream_primitives::BlockNumber;

/// Price at which sixty ticks earn the gateway less than the fee of a claim.
const CHEAP: Balance = 10;
/// Price at which twenty ticks earn the gateway the fee of a claim, but not of a group.
const SMALL: Balance = 100;

/// Checks that the worker sends nothing.
fn assert_idle(node: &Node, offer: &Offer) {
    let report = node.work(offer).expect("the worker leaves a report");
    assert_eq!((&report.state, &report.refused, &report.foreign), (&WorkerState::Idle, &vec![], &vec![]));
    assert_eq!(node.take_sent().len(), 0);
}

/// Checks that the claim waits until `blocks` blocks have passed since the session's last one, and is then sent.
fn assert_sent_after(node: &Node, blocks: BlockNumber, offer: &Offer) {
    assert_idle(node, offer);
    advance(blocks - 1);
    assert_idle(node, offer);
    advance(1);
    assert_eq!(node.state_after(offer), sent_state(1, 1, 0));
}

#[test]
fn own_claim_below_its_fee_waits() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        assert_sent_after(node, OWN_CLAIM_EVERY, &offer_of_claims(vec![offered(&mut watch, 60)]));
    });
}

#[test]
fn own_claim_that_earns_its_fee_but_not_its_groups_waits_less() {
    Node::run(|node| {
        let mut watch = joined(SMALL);
        assert_sent_after(node, EAGER_CLAIM_EVERY, &offer_of_claims(vec![offered(&mut watch, 20)]));
    });
}

#[test]
fn own_claim_of_a_closing_session_waits_less() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        leave("viewer", &[watch.id]);
        assert_sent_after(node, EAGER_CLAIM_EVERY, &offer_of_claims(vec![offered(&mut watch, 60)]));
    });
}

#[test]
fn own_claim_offered_with_its_close_waits_less() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        advance(EAGER_CLAIM_EVERY);
        let claims = vec![offered(&mut watch, 60)];
        assert_idle(node, &offer_of_claims(claims.clone()));
        let closes = vec![watch.close(Closer::Viewer, "viewer")];
        assert_eq!(node.state_after(&Offer { claims, closes, ..offer() }), sent_state(1, 2, 0));
    });
}

#[test]
fn own_claims_that_earn_their_groups_fee_together_are_sent() {
    Node::run(|node| {
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let stream = create_stream(SMALL, Splits::default());
        let mut watches: Vec<_> = (0..16).map(|_| join(stream, SMALL, 60)).collect();
        let claims: Vec<_> = watches.iter_mut().map(|watch| offered(watch, 20)).collect();
        assert_idle(node, &offer_of_claims(claims[..2].to_vec()));
        assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 16, 0));
    });
}

#[test]
fn own_claims_are_sent_along_with_one_that_has_waited() {
    Node::run(|node| {
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let stream = create_stream(SMALL, Splits::default());
        let mut overdue = join(stream, SMALL, 60);
        advance(EAGER_CLAIM_EVERY);
        let (mut small, mut cheap) = (join(stream, SMALL, 60), join(stream, SMALL, 60));
        let claims = vec![offered(&mut cheap, 1), offered(&mut small, 20), offered(&mut overdue, 20)];
        assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 2, 0));
        let batch = node.take_only_sent().1;
        let sessions: Vec<_> = batch.groups[0].claims.iter().map(|claim| claim.session).collect();
        assert_eq!(sessions, [small.id, overdue.id], "the claim that does not earn its own fee waits");
    });
}

/// An attacker watches their own stream, which pays the gateway nothing, and posts a claim every second. The operator
/// must not pay for an extrinsic in each block.
#[test]
fn claim_every_second_costs_the_operator_few_fees() {
    const BLOCKS: BlockNumber = 4 * OWN_CLAIM_EVERY;
    Node::run(|node| {
        let request =
            crate::StreamRequest { gateway_share: Permill::zero(), ..stream_request(CHEAP, Splits::default()) };
        let stream = crate::NextStream::<Test>::get();
        assert_ok!(TickStream::create_stream(signed("stranger"), request));
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let mut watch = join(stream, CHEAP, BLOCKS);
        let mut sent = 0;
        for ticks in 1..=BLOCKS {
            advance(1);
            node.state_after(&offer_of_claims(vec![offered(&mut watch, ticks)]));
            let extrinsics = node.take_sent();
            sent += extrinsics.len();
            assert_eq!(include(extrinsics), []);
        }
        assert_eq!(sent, 4);
        assert_eq!(session_of(watch.id).settled_ticks, BLOCKS, "all ticks are settled in the end");
    });
}

/// The same attack with ticks kept back until the session closes, and then posted one by one.
#[test]
fn claim_every_second_while_closing_costs_the_operator_few_fees() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        advance(20);
        leave("viewer", &[watch.id]);
        let mut sent = 0;
        for ticks in 1..=9 {
            advance(1);
            node.state_after(&offer_of_claims(vec![offered(&mut watch, ticks)]));
            let extrinsics = node.take_sent();
            sent += extrinsics.len();
            assert_eq!(include(extrinsics), []);
        }
        assert_eq!(sent, 2);
        assert_eq!(session_of(watch.id).settled_ticks, 9);
    });
}
