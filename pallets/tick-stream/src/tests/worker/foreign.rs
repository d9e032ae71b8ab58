//! Tests with rows of gateways that the worker does not serve.

use super::*;

/// Price at which sixty ticks earn the submitter 3 planck.
const CHEAP: Balance = 10;

/// Returns an offer of a worker that serves no gateway and settles foreign rows that pay.
fn foreign_offer(claims: Vec<OfferedClaim>) -> Offer {
    let mut offer = Offer { claims, ..offer_for(&[]) };
    offer.config.foreign_rows = true;
    offer
}

fn not_mine(rows: u32) -> WorkerState {
    WorkerState::NotMine { account: account("stranger"), rows }
}

#[test]
fn foreign_rows_are_left_out_and_reported() {
    Node::run_with(Some("stranger"), |node| {
        fund("viewer");
        let mut watch = joined(EXPENSIVE);
        advance(5);
        let opens = vec![Watch::new("viewer", 10).signed_by("viewer-session")];
        let closes = vec![watch.close(Closer::Gateway, "gateway")];
        let claims = vec![offered(&mut watch, 60)];
        let foreign =
            vec![RowId::Open(opens[0].ticket.session_id(&genesis())), RowId::Claim(watch.id), RowId::Close(watch.id)];
        let report = node.work(&Offer { opens, claims, closes, ..offer_for(&[]) });
        assert_eq!(
            report,
            Some(Report { block: 6, state: not_mine(3), refused: vec![], foreign }),
            "all rows are reported"
        );
        assert_eq!(node.take_sent().len(), 0);
    });
}

#[test]
fn foreign_claim_of_a_silent_gateway_is_sent_if_it_pays() {
    Node::run_with(Some("stranger"), |node| {
        let mut watch = joined(EXPENSIVE);
        advance(4);
        let offer = foreign_offer(vec![offered(&mut watch, 60)]);
        assert_eq!(node.state_after(&offer), not_mine(1), "the gateway is not silent yet");
        advance(1);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
        let extrinsic = node.take_only_sent().0;
        assert_eq!(extrinsic.signer, account("stranger"));
        assert_eq!(include(vec![extrinsic]), []);
        assert_eq!(earned("stranger"), 30_000, "the submitter's part of sixty ticks");
    });
}

#[test]
fn foreign_claim_of_a_closing_session_is_sent_after_silence_if_it_pays() {
    Node::run_with(Some("stranger"), |node| {
        let mut watch = joined(EXPENSIVE);
        leave("viewer", &[watch.id]);
        assert_eq!(node.state_after(&foreign_offer(vec![offered(&mut watch, 60)])), not_mine(1));
        advance(5);
        assert_eq!(node.state_after(&foreign_offer(vec![offered(&mut watch, 60)])), sent_state(1, 1, 0));
    });
}

#[test]
fn foreign_claim_below_its_fee_is_left_out() {
    Node::run_with(Some("stranger"), |node| {
        let mut watch = joined(CHEAP);
        advance(5);
        assert_eq!(node.state_after(&foreign_offer(vec![offered(&mut watch, 60)])), not_mine(1));
        assert_eq!(node.take_sent().len(), 0);
    });
}

#[test]
fn foreign_claim_whose_new_ticks_are_below_its_fee_is_left_out() {
    Node::run_with(Some("stranger"), |node| {
        // The submitter's part of sixty ticks is 1,500 planck, and that of the last one 25.
        let mut watch = joined(5_000);
        watch.settle(59);
        advance(5);
        assert_eq!(node.state_after(&foreign_offer(vec![offered(&mut watch, 60)])), not_mine(1));
    });
}

/// The submitter's part pays for the claim itself, but not for the group that it needs.
#[test]
fn foreign_claim_below_the_fee_of_its_group_is_left_out() {
    Node::run_with(Some("stranger"), |node| {
        let (claim_fee, group_fee) = fees::marginal(60);
        // The submitter earns 0.5 % of sixty ticks.
        let price = |reward: Balance| reward * 200 / 60 + 1;
        let mut watch = joined(price(claim_fee + group_fee / 2));
        advance(5);
        let offer = foreign_offer(vec![offered(&mut watch, 60)]);
        assert_eq!(node.state_after(&offer), not_mine(1));
        let mut watch = join(create_stream(price(claim_fee + group_fee), Splits::default()), Balance::MAX, 60);
        advance(5);
        let offer = foreign_offer(vec![offered(&mut watch, 60)]);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
    });
}

#[test]
fn foreign_closes_are_left_out() {
    Node::run_with(Some("stranger"), |node| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let closes = vec![watch.close(Closer::Gateway, "gateway")];
        assert_eq!(node.state_after(&Offer { closes, ..foreign_offer(vec![]) }), not_mine(1));
    });
}

#[test]
fn foreign_rows_beside_own_rows_are_left_out() {
    Node::run(|node| {
        assert_ok!(TickStream::register_gateway(
            signed("second-gateway"),
            b"https://second.example".to_vec().try_into().expect("within the bound"),
            account("stranger"),
        ));
        fund("viewer");
        let mut own = Watch::opened("viewer", 60);
        let mut foreign = join_through("second-gateway", 0, PRICE, 60);
        let claims = vec![offered(&mut foreign, 20), offered(&mut own, 20)];
        let report = node.work(&offer_of_claims(claims)).expect("the worker leaves a report");
        assert_eq!((report.state, report.foreign), (sent_state(1, 1, 0), vec![RowId::Claim(foreign.id)]));
        assert_eq!(node.take_only_sent().1, batch_of_claims(vec![own.claim(20)]));
    });
}

#[test]
fn served_gateway_is_settled_whatever_operator_it_names() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let update = crate::GatewayUpdate { operator: Some(account("stranger")), ..Default::default() };
        assert_ok!(TickStream::update_gateway(signed("gateway"), update));
        let claims = vec![offered(&mut watch, 20)];
        assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 1, 0));
    });
}
