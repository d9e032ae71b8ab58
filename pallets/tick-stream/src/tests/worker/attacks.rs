//! Attempts to make the operator of a node pay for the settlement of others.

use super::*;
use tick_stream_primitives::worker::WAVE_KEY;

/// Lowest price in the mock.
const LOWEST: Balance = 10;
/// Blocks of the mock's closing period.
const CLOSE_PERIOD: u32 = 10;

/// Registers "second-gateway", which belongs to a stranger, with the account of this node's worker as its operator.
fn register_strangers_gateway() {
    let endpoint = b"https://stranger.example".to_vec().try_into().expect("within the bound");
    assert_ok!(TickStream::register_gateway(signed("second-gateway"), endpoint, account("operator")));
}

/// Creates a stream of "stranger" at the lowest price, of which the gateway gets nothing.
fn create_strangers_stream() -> StreamId {
    let request = crate::StreamRequest { gateway_share: Permill::zero(), ..stream_request(LOWEST, Splits::default()) };
    let stream = crate::NextStream::<Test>::get();
    assert_ok!(TickStream::create_stream(signed("stranger"), request));
    stream
}

/// Posts a claim of one tick more in each of the next `blocks` blocks, and includes what the worker sends. Returns the
/// number of extrinsics.
fn post_every_second(node: &Node, watch: &mut Watch, ticks: std::ops::RangeInclusive<u32>) -> usize {
    let mut sent = 0;
    for ticks in ticks {
        advance(1);
        node.state_after(&offer_of_claims(vec![offered(watch, ticks)]));
        let extrinsics = node.take_sent();
        sent += extrinsics.len();
        assert_eq!(include(extrinsics), []);
    }
    sent
}

/// Anyone can register a gateway and name a stranger's account as its operator. The stranger's node must not settle its
/// rows as its own.
#[test]
fn gateway_that_names_a_strangers_worker_as_operator_is_not_served() {
    Node::run(|node| {
        register_strangers_gateway();
        fund("viewer");
        let mut watch = join_through("second-gateway", 0, PRICE, 60);
        let mut ticket = Watch::new("viewer", 60);
        ticket.ticket.gateway = account("second-gateway");
        let rows = Offer {
            opens: vec![ticket.signed_by("viewer-session")],
            claims: vec![offered(&mut watch, 60)],
            closes: vec![watch.close(Closer::Operator, "operator")],
            ..offer()
        };
        let report = node.work(&rows).expect("the worker leaves a report");
        assert_eq!(report.state, WorkerState::NotMine { account: account("operator"), rows: 3 });
        let foreign = [RowId::Open(ticket.id), RowId::Claim(watch.id), RowId::Close(watch.id)];
        assert_eq!(report.foreign, foreign);
        assert_eq!(node.take_sent().len(), 0, "the operator pays for nothing");

        let served = Offer { config: offer_for(&["second-gateway"]).config, ..rows };
        assert_eq!(node.state_after(&served), sent_state(1, 3, 0), "a gateway that the operator names is served");
    });
}

/// A creator who is also the viewer gets most of the price back. At the lowest price and without a share for the
/// gateway, each settlement costs the operator far more than it costs the attacker.
#[test]
fn own_stream_at_the_lowest_price_is_settled_once_at_the_end() {
    const TICKS: u32 = 20;
    const BLOCKS_PER_TICK: u32 = 24;
    Node::run(|node| {
        let stream = create_strangers_stream();
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let mut watch = join(stream, LOWEST, 600);
        let mut sent = 0;
        for ticks in 1..=TICKS {
            advance(BLOCKS_PER_TICK - 1);
            sent += post_every_second(node, &mut watch, ticks..=ticks);
        }
        assert_eq!(sent, 0, "one tick is never worth its settlement");

        let (claims, ending) = (vec![offered(&mut watch, TICKS)], vec![watch.close(Closer::Gateway, "gateway")]);
        assert_eq!(node.state_after(&Offer { claims, ending: ending.clone(), ..offer() }), sent_state(1, 1, 0));
        assert_eq!(include(node.take_sent()), []);
        assert_eq!(node.state_after(&Offer { closes: ending, ..offer() }), sent_state(1, 1, 0));
        assert_eq!(include(node.take_sent()), []);
        assert!(!is_open(watch.id));
        assert_eq!(earned("creator"), 0);
        assert!(earned("stranger") > 0, "the ticks are settled at the end");
    });
}

/// Claims of closing sessions are urgent. The attacker keeps ticks back until the session closes, and then posts them one
/// by one.
#[test]
fn one_tick_claims_of_a_closing_session_are_settled_once() {
    Node::run(|node| {
        let stream = create_strangers_stream();
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let mut watch = join(stream, LOWEST, 60);
        advance(20);
        leave("viewer", &[watch.id]);
        assert_eq!(post_every_second(node, &mut watch, 1..=2 * CLOSE_PERIOD), 1);
        let settled = session_of(watch.id).settled_ticks;
        assert!(
            (CLOSE_PERIOD / 2..=CLOSE_PERIOD).contains(&settled),
            "{settled} ticks were settled, late in the period"
        );
    });
}

/// The tip of a batch grows up to its fee as a deadline nears. A single claim of one tick must not cause a tip for a
/// whole wave.
#[test]
fn urgent_claim_of_one_tick_causes_no_tip() {
    Node::run(|node| {
        fund("viewer");
        fund("second-viewer");
        let mut running: Vec<_> = (0..16).map(|_| Watch::opened("second-viewer", 60)).collect();
        let mut watch = Watch::opened("viewer", 60);
        leave("viewer", &[watch.id]);
        advance(CLOSE_PERIOD - 1);
        let claims: Vec<_> =
            running.iter_mut().map(|watch| offered(watch, 20)).chain([offered(&mut watch, 1)]).collect();
        assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(2, 17, 0));
        let sent = node.take_sent();
        assert_eq!(batch_in(&sent[1]).size().claims, 16);
        assert_eq!([sent[0].tip, sent[1].tip], [0, 0], "one tick earns less than the fee, the others are not urgent");
    });
}

/// Returns what the chain charges for a batch in the end, without a tip.
fn charged(batch: &Batch) -> Balance {
    let info = TickStream::process_batch(signed("operator"), batch.clone()).expect("the batch is within its limits");
    let length_bytes = batch.encoded_size() as u32 + OVERHEAD_BYTES;
    MockSettlement::fee(info.actual_weight.expect("the rest is refunded"), length_bytes)
}

/// An operator that settles urgent claims must not lose by them, whatever the viewers have claimed.
#[test]
fn tip_is_at_most_what_urgent_claims_earn_beyond_the_fee() {
    let mut tips = Vec::new();
    for price in (1_000..60_000).step_by(1_000) {
        Node::run(|node| {
            let mut watch = joined(price);
            leave("viewer", &[watch.id]);
            advance(CLOSE_PERIOD - 1);
            assert_eq!(node.state_after(&offer_of_claims(vec![offered(&mut watch, 2)])), sent_state(1, 1, 0));
            let (extrinsic, batch) = node.take_only_sent();
            let fee = charged(&batch);
            let earned = earned("gateway") + earned("operator");
            assert_eq!(extrinsic.tip.min(earned.saturating_sub(fee)), extrinsic.tip, "{earned} earned, {fee} paid");
            tips.push((extrinsic.tip, earned.saturating_sub(fee)));
        });
    }
    let is_limited = |(tip, surplus): &&(Balance, Balance)| *tip > 0 && tip == surplus;
    assert!(tips.iter().any(|(tip, _)| *tip == 0), "{tips:?}");
    assert!(tips.iter().filter(is_limited).count() > 1, "all that remains may be tipped: {tips:?}");
}

/// The open fee that the close of a closing session earns counts as well.
#[test]
fn open_fee_of_urgent_closes_pays_for_tips() {
    let tip = |fee: Balance| {
        let mut tip = 0;
        Node::run(|node| {
            ChargedFee::set(fee);
            let (mut watch, closing) = (joined(PRICE), joined(PRICE));
            leave("viewer", &[watch.id, closing.id]);
            advance(CLOSE_PERIOD - 1);
            let (claims, closes) = (vec![offered(&mut watch, 1)], vec![closing.close(Closer::Gateway, "gateway")]);
            assert_eq!(node.state_after(&Offer { claims, closes, ..offer() }), sent_state(1, 2, 0));
            tip = node.take_only_sent().0.tip;
        });
        tip
    };
    assert_eq!(tip(7), 0);
    assert!(tip(1_000_000) > 0);
}

/// A claim that the chain refuses earns nothing, however many ticks it claims.
#[test]
fn refused_urgent_claim_does_not_raise_the_tip() {
    Node::run(|node| {
        let (mut small, large) = (joined(PRICE), joined(EXPENSIVE));
        leave("viewer", &[small.id, large.id]);
        advance(CLOSE_PERIOD - 1);
        let alone = offer_of_claims(vec![offered(&mut small, 20)]);
        assert_eq!(node.state_after(&alone), sent_state(1, 1, 0));
        let tip = node.take_only_sent().0.tip;
        StorageValueRef::persistent(WAVE_KEY).clear();
        let together = offer_of_claims(vec![offered(&mut small, 20), invalid(&large, 60)]);
        assert_eq!(node.state_after(&together), sent_state(1, 1, 0));
        assert_eq!(node.take_only_sent().0.tip, tip);
    });
}

/// A worker that settles foreign rows for a reward earns only the submitter's part of them.
#[test]
fn urgent_foreign_claim_tips_no_more_than_the_submitters_part() {
    Node::run_with(Some("stranger"), |node| {
        let (claim_fee, group_fee) = fees::marginal(60);
        let price = 20 * (claim_fee + group_fee) * 200 / 60;
        let mut watch = joined(price);
        leave("viewer", &[watch.id]);
        advance(CLOSE_PERIOD);
        let mut offer = Offer { claims: vec![offered(&mut watch, 60)], ..offer_for(&[]) };
        offer.config.foreign_rows = true;
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
        let extrinsic = node.take_only_sent().0;
        let tip = extrinsic.tip;
        assert_eq!(include(vec![extrinsic]), []);
        assert!(tip > 0 && tip <= earned("stranger"), "a tip of {tip} planck");
    });
}

/// The open fee belongs to the ticket's gateway, so opening another operator's sessions only costs.
#[test]
fn foreign_opens_are_never_submitted() {
    Node::run_with(Some("stranger"), |node| {
        // Far above the fee of opening: a worker that took the fee for its own would submit the ticket.
        ChargedFee::set(1_000_000);
        fund("viewer");
        let ticket = Watch::new("viewer", 60);
        let mut offer = Offer { opens: vec![ticket.signed_by("viewer-session")], ..offer_for(&[]) };
        for foreign_rows in [false, true] {
            offer.config.foreign_rows = foreign_rows;
            let report = node.work(&offer).expect("the worker leaves a report");
            assert_eq!(report.state, WorkerState::NotMine { account: account("stranger"), rows: 1 });
            assert_eq!(report.foreign, [RowId::Open(ticket.id)]);
        }
        assert_eq!(node.take_sent().len(), 0);
    });
}
