//! Tests of when own claims are settled. Any account may post them as often as it likes, and the operator pays the fee.

use super::{fees::marginal, *};

/// Price at which sixty ticks earn the gateway less than the fee of a claim.
const CHEAP: Balance = 10;
/// Number of blocks that the mock's closing period has.
const CLOSE_PERIOD: u32 = 10;
/// Number of blocks after which the last part of the mock's closing period begins.
const LAST_PART: u32 = 8;

/// Returns a price at which twenty ticks earn the gateway the fee of a claim and a quarter of the fee of its group.
fn small_price() -> Balance {
    let (claim_fee, group_fee) = marginal(20);
    let wanted = claim_fee + group_fee / 4;
    // The gateway earns its share and the submitter's part: 20.2 % of the gross.
    wanted * 1_000 / 202 / 20
}

/// Checks that the worker sends nothing.
fn assert_idle(node: &Node, offer: &Offer) {
    let report = node.work(offer).expect("the worker leaves a report");
    assert_eq!((&report.state, &report.refused, &report.foreign), (&WorkerState::Idle, &vec![], &vec![]));
    assert_eq!(node.take_sent().len(), 0);
}

#[test]
fn own_claim_below_its_fee_waits() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        let offer = offer_of_claims(vec![offered(&mut watch, 60)]);
        assert_idle(node, &offer);
        advance(1_000);
        assert_idle(node, &offer);
    });
}

#[test]
fn own_claim_is_sent_as_soon_as_it_earns_its_fee_and_its_groups() {
    Node::run(|node| {
        let stream = create_stream(small_price(), Splits::default());
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let mut watch = join(stream, Balance::MAX, 600);
        advance(600);
        let first_sent = (20..=600).step_by(20).find(|ticks| {
            let state = node.state_after(&offer_of_claims(vec![offered(&mut watch, *ticks)]));
            state != WorkerState::Idle
        });
        let ticks = first_sent.expect("ten minutes are worth their fee");
        let (claim_fee, group_fee) = marginal(ticks);
        let earned = Balance::from(ticks) * small_price() * 202 / 1_000;
        assert!(earned + 2 >= claim_fee + group_fee, "{earned} planck do not pay for {claim_fee} + {group_fee}");
        assert!(ticks > 20, "the first twenty ticks earn too little for the group");
    });
}

#[test]
fn own_claims_that_earn_their_groups_fee_together_are_sent() {
    Node::run(|node| {
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let stream = create_stream(small_price(), Splits::default());
        let mut watches: Vec<_> = (0..16).map(|_| join(stream, Balance::MAX, 60)).collect();
        let claims: Vec<_> = watches.iter_mut().map(|watch| offered(watch, 20)).collect();
        assert_idle(node, &offer_of_claims(claims[..2].to_vec()));
        assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 16, 0));
    });
}

/// Splits make a group dearer: each pays for the account that earns it.
#[test]
fn own_claims_pay_for_the_splits_of_their_stream() {
    Node::run(|node| {
        let friends: Vec<_> =
            (0..8).map(|index| (account(&format!("friend-{index}")), Permill::from_percent(1))).collect();
        let splits: Splits = friends.try_into().expect("within the bound");
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let (claim_fee, group_fee) = marginal(20);
        let price = (claim_fee + group_fee) * 1_000 / 202 / 20 + 2;
        let mut without = join(create_stream(price, Splits::default()), Balance::MAX, 60);
        let mut with = join(create_stream(price, splits), Balance::MAX, 60);
        assert_idle(node, &offer_of_claims(vec![offered(&mut with, 20)]));
        assert_eq!(node.state_after(&offer_of_claims(vec![offered(&mut without, 20)])), sent_state(1, 1, 0));
    });
}

/// The pool offers a gateway's close by itself only when the claim is final, so that no stranger can have the close
/// included first.
#[test]
fn last_claim_of_a_session_that_the_gateway_closes_is_sent_whatever_it_earns() {
    for (closer, name) in [(Closer::Gateway, "gateway"), (Closer::Operator, "operator")] {
        Node::run(|node| {
            let mut watch = joined(CHEAP);
            let claims = vec![offered(&mut watch, 1)];
            assert_idle(node, &offer_of_claims(claims.clone()));
            let close = watch.close(closer, name);
            assert_eq!(
                node.state_after(&Offer { claims, ending: vec![close.clone()], ..offer() }),
                sent_state(1, 1, 0)
            );
            let (extrinsic, batch) = node.take_only_sent();
            assert_eq!((batch.size().claims, batch.size().closes), (1, 0), "the close is not public yet");
            assert_eq!(include(vec![extrinsic]), []);
            assert_eq!(node.state_after(&Offer { closes: vec![close], ..offer() }), sent_state(1, 1, 0));
            assert_eq!(include(node.take_sent()), []);
            assert!(!is_open(watch.id));
        });
    }
}

/// The pool does so when the claim was raised after the close had come.
#[test]
fn claim_offered_beside_its_close_must_earn_its_fee() {
    for (price, claims_sent) in [(CHEAP, 0), (EXPENSIVE, 1)] {
        Node::run(|node| {
            let mut watch = joined(price);
            let (claims, closes) = (vec![offered(&mut watch, 60)], vec![watch.close(Closer::Gateway, "gateway")]);
            node.state_after(&Offer { claims, closes, ..offer() });
            let (extrinsic, batch) = node.take_only_sent();
            assert_eq!((batch.size().claims, batch.size().closes), (claims_sent, 1));
            assert_eq!(include(vec![extrinsic]), []);
            assert!(!is_open(watch.id));
        });
    }
}

#[test]
fn session_has_one_last_claim_only() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        leave("viewer", &[watch.id]);
        advance(LAST_PART);
        assert_eq!(node.state_after(&offer_of_claims(vec![offered(&mut watch, 1)])), sent_state(1, 1, 0));
        assert_eq!(include(node.take_sent()), []);

        let (claims, ending) = (vec![offered(&mut watch, 2)], vec![watch.close(Closer::Gateway, "gateway")]);
        assert_eq!(node.state_after(&Offer { claims, ending, ..offer() }), sent_state(1, 1, 0));
        let (extrinsic, batch) = node.take_only_sent();
        assert_eq!((batch.size().claims, batch.size().closes), (0, 1), "the close need not wait for a second one");
        assert_eq!(include(vec![extrinsic]), []);
        assert!(!is_open(watch.id));
    });
}

/// Anyone may post an unsigned close when the closing period is over.
#[test]
fn unsigned_close_does_not_make_a_claim_the_last_one() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        leave("viewer", &[watch.id]);
        advance(LAST_PART);
        watch.settle(1);
        advance(CLOSE_PERIOD);
        let (claims, closes) = (vec![offered(&mut watch, 2)], vec![watch.unsigned_close()]);
        assert_eq!(node.state_after(&Offer { claims, closes, ..offer() }), sent_state(1, 1, 0));
        let batch = node.take_only_sent().1;
        assert_eq!((batch.size().claims, batch.size().closes), (0, 1), "the close does not wait for a claim either");
    });
}

#[test]
fn claim_on_a_session_that_is_not_open_yet_is_not_the_last_one() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 60);
        let (opens, claims) = (vec![watch.signed_by("viewer-session")], vec![offered(&mut watch, 30)]);
        let ending = vec![watch.close(Closer::Gateway, "gateway")];
        assert_eq!(node.state_after(&Offer { opens, claims, ending, ..offer() }), sent_state(1, 1, 0));
        assert_eq!(node.take_only_sent().1.size().opens, 1);
    });
}

#[test]
fn close_of_the_viewer_does_not_make_a_claim_the_last_one() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        let (claims, closes) = (vec![offered(&mut watch, 1)], vec![watch.close(Closer::Viewer, "viewer")]);
        assert_eq!(node.state_after(&Offer { claims, closes, ..offer() }), sent_state(1, 1, 0));
        assert_eq!(node.take_only_sent().1.size().claims, 0, "the closing period has only begun");
    });
}

#[test]
fn own_claim_of_a_closing_session_below_its_fee_waits_for_the_last_part_of_the_period() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        leave("viewer", &[watch.id]);
        let offer = offer_of_claims(vec![offered(&mut watch, 60)]);
        for _ in 0..LAST_PART {
            assert_idle(node, &offer);
            advance(1);
        }
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
        assert_eq!(include(node.take_sent()), []);
    });
}

#[test]
fn own_claim_of_a_closing_session_above_its_fee_is_sent_at_once() {
    Node::run(|node| {
        let mut watch = joined(EXPENSIVE);
        leave("viewer", &[watch.id]);
        assert_eq!(node.state_after(&offer_of_claims(vec![offered(&mut watch, 60)])), sent_state(1, 1, 0));
    });
}

/// A worker that was away until the closing period was over still settles: the session is there until it is removed.
#[test]
fn own_claim_after_the_closing_period_is_sent() {
    Node::run(|node| {
        let mut watch = joined(CHEAP);
        leave("viewer", &[watch.id]);
        advance(3 * CLOSE_PERIOD);
        assert_eq!(node.state_after(&offer_of_claims(vec![offered(&mut watch, 60)])), sent_state(1, 1, 0));
    });
}

/// Claims of closing sessions have a batch, and so a group, of their own. What other claims earn does not pay for it.
#[test]
fn claims_of_running_sessions_do_not_pay_for_the_group_of_a_closing_one() {
    Node::run(|node| {
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let stream = create_stream(small_price(), Splits::default());
        let mut running: Vec<_> = (0..15).map(|_| join(stream, Balance::MAX, 60)).collect();
        let mut closing = join(stream, Balance::MAX, 60);
        leave("viewer", &[closing.id]);
        let claims = running.iter_mut().chain([&mut closing]).map(|watch| offered(watch, 20)).collect();
        assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 15, 0));
        let sessions = node.take_only_sent().1.groups[0].claims.iter().map(|claim| claim.session).collect::<Vec<_>>();
        assert!(!sessions.contains(&closing.id));
    });
}

/// The pool knows of the claims only what they say. The dry run finds that one of them is wrong.
#[test]
fn group_that_is_not_worth_its_fee_without_refused_claims_is_left_out() {
    Node::run(|node| {
        let (claim_fee, group_fee) = marginal(20);
        let price = (claim_fee + group_fee * 3 / 5) * 1_000 / 202 / 20;
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let stream = create_stream(price, Splits::default());
        let mut watches: Vec<_> = (0..3).map(|_| join(stream, Balance::MAX, 60)).collect();
        let mut claims: Vec<_> = watches.iter_mut().map(|watch| offered(watch, 20)).collect();
        claims[0].claim.proof = [1; 32];
        let refused = vec![(RowId::Claim(watches[0].id), RowError::ProofInvalid)];

        let report = node.work(&offer_of_claims(claims[..2].to_vec())).expect("the worker leaves a report");
        assert_eq!((report.state, report.refused), (WorkerState::Idle, refused.clone()));
        assert_eq!(node.take_sent().len(), 0);

        let report = node.work(&offer_of_claims(claims.clone())).expect("the worker leaves a report");
        assert_eq!((report.state, report.refused), (sent_state(1, 2, 0), refused), "the other two pay for the group");
        assert_eq!(include(node.take_sent()), []);
    });
}

#[test]
fn group_with_a_last_claim_is_sent_without_the_refused_claims() {
    Node::run(|node| {
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let stream = create_stream(small_price(), Splits::default());
        let (other, mut watch) = (join(stream, Balance::MAX, 60), join(stream, Balance::MAX, 60));
        let claims = vec![invalid(&other, 60), offered(&mut watch, 1)];
        let ending = vec![watch.close(Closer::Gateway, "gateway")];
        assert_eq!(node.state_after(&Offer { claims, ending, ..offer() }), sent_state(1, 1, 0));
        let sessions = node.take_only_sent().1.groups[0].claims.iter().map(|claim| claim.session).collect::<Vec<_>>();
        assert_eq!(sessions, [watch.id]);
    });
}
