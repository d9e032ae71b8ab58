//! Rows of gateways that the worker's key does not speak for.

use super::*;

/// Sixty ticks of it leave the submitter 30,000 planck.
const DEAR: Balance = 100_000;
/// Sixty ticks of it leave the submitter 3 planck.
const CHEAP: Balance = 10;

fn foreign_offer(claims: Vec<OfferedClaim>) -> Offer {
    let mut offer = offer_of_claims(claims);
    offer.config.foreign_rows = true;
    offer
}

fn not_mine(rows: u32) -> WorkerState {
    WorkerState::NotMine { account: account("stranger"), rows }
}

#[test]
fn foreign_rows_are_passed_over_works() {
    Node::run_with(Some("stranger"), |node| {
        let mut watch = joined(DEAR);
        advance(5);
        let opens = vec![Watch::new("viewer", 10).signed_by("viewer-session")];
        let closes = vec![watch.close(Closer::Gateway, "gateway")];
        let claims = vec![offered(&mut watch, 60)];
        let foreign =
            vec![RowId::Open(opens[0].ticket.session_id(&genesis())), RowId::Claim(watch.id), RowId::Close(watch.id)];
        let report = node.work(&Offer { opens, claims, closes, ..offer() });
        assert_eq!(report, Some(Report { block: 6, state: not_mine(3), refused: vec![], foreign }), "all are named");
        assert_eq!(node.take_sent().len(), 0);
    });
}

#[test]
fn foreign_claim_of_a_silent_gateway_that_pays_works() {
    Node::run_with(Some("stranger"), |node| {
        let mut watch = joined(DEAR);
        advance(4);
        let offer = foreign_offer(vec![offered(&mut watch, 60)]);
        assert_eq!(node.state_after(&offer), not_mine(1), "the gateway's own time is not over");
        advance(1);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
        let extrinsic = node.take_only_sent().0;
        assert_eq!(extrinsic.signer, account("stranger"));
        assert_eq!(include(vec![extrinsic]), []);
        assert_eq!(earned("stranger"), 30_000);
    });
}

#[test]
fn foreign_claim_of_a_closing_session_that_pays_works() {
    Node::run_with(Some("stranger"), |node| {
        let mut watch = joined(DEAR);
        leave("viewer", &[watch.id]);
        assert_eq!(node.state_after(&foreign_offer(vec![offered(&mut watch, 60)])), sent_state(1, 1, 0));
    });
}

#[test]
fn foreign_claim_below_its_fee_is_passed_over_works() {
    Node::run_with(Some("stranger"), |node| {
        let mut watch = joined(CHEAP);
        advance(5);
        assert_eq!(node.state_after(&foreign_offer(vec![offered(&mut watch, 60)])), not_mine(1));
        assert_eq!(node.take_sent().len(), 0);
    });
}

#[test]
fn foreign_claim_whose_new_ticks_are_below_its_fee_is_passed_over_works() {
    Node::run_with(Some("stranger"), |node| {
        // Sixty ticks pay 1,500 planck, the last one 25.
        let mut watch = joined(5_000);
        watch.settle(59);
        advance(5);
        assert_eq!(node.state_after(&foreign_offer(vec![offered(&mut watch, 60)])), not_mine(1));
    });
}

#[test]
fn foreign_opens_and_closes_are_passed_over_works() {
    Node::run_with(Some("stranger"), |node| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let opens = vec![Watch::new("viewer", 10).signed_by("viewer-session")];
        let closes = vec![watch.close(Closer::Gateway, "gateway")];
        let offer = Offer { opens, closes, ..foreign_offer(vec![]) };
        assert_eq!(node.state_after(&offer), not_mine(2), "an open pays less than it costs, a close nothing");
    });
}

#[test]
fn foreign_rows_beside_own_ones_are_left_out_works() {
    Node::run(|node| {
        assert_ok!(TickStream::register_gateway(
            signed("second-gateway"),
            b"https://second.example".to_vec().try_into().expect("short"),
            account("stranger"),
        ));
        fund("viewer");
        let mut own = Watch::opened("viewer", 60);
        let mut foreign = Watch::new("viewer", 60);
        foreign.ticket.gateway = account("second-gateway");
        assert_ok!(TickStream::join_stream(signed("viewer"), foreign.ticket.clone()));
        let claims = vec![offered(&mut foreign, 20), offered(&mut own, 20)];
        let report = node.work(&offer_of_claims(claims)).expect("the worker leaves a report");
        assert_eq!((report.state, report.foreign), (sent_state(1, 1, 0), vec![RowId::Claim(foreign.id)]));
        assert_eq!(node.take_only_sent().1, batch_of_claims(vec![own.claim(20)]));
    });
}

#[test]
fn rows_of_a_gateway_that_changed_its_operator_are_foreign_works() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let update = crate::GatewayUpdate { operator: Some(account("stranger")), ..Default::default() };
        assert_ok!(TickStream::update_gateway(signed("gateway"), update));
        let state = node.state_after(&offer_of_claims(vec![offered(&mut watch, 20)]));
        assert_eq!(state, WorkerState::NotMine { account: account("operator"), rows: 1 });
    });
}
