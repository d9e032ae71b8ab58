//! Tests with several keys in the keystore, as after a rotation.

use super::*;
use sp_application_crypto::RuntimeAppPublic;

/// Runs a test on a node that has the operator's current key and earlier ones.
fn run_after_rotations(test: impl FnOnce(&Node)) {
    let old: Vec<_> = (0..8).map(|number| format!("old-operator-{number}")).collect();
    let (pool_ext, pool) = TestTransactionPoolExt::new();
    let keys = old.iter().map(String::as_str).chain(Some("operator"));
    Node::run_on(keys, TransactionPoolExt::new(pool_ext), pool, test);
}

#[test]
fn key_that_represents_an_offered_gateway_signs() {
    run_after_rotations(|node| {
        fund("viewer");
        let (mut claimed, ending) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
        let offers = [
            Offer { opens: vec![Watch::new("viewer", 10).signed_by("viewer-session")], ..offer() },
            offer_of_claims(vec![offered(&mut claimed, 20)]),
            Offer { closes: vec![ending.close(Closer::Gateway, "gateway")], ..offer() },
        ];
        for offer in offers {
            assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
            let extrinsic = node.take_only_sent().0;
            assert_eq!(extrinsic.signer, account("operator"));
            assert_eq!(include(vec![extrinsic]), []);
        }
    });
}

#[test]
fn rows_of_gateways_that_are_not_served_are_reported_as_foreign() {
    run_after_rotations(|node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let state = node.state_after(&Offer { claims: vec![offered(&mut watch, 20)], ..offer_for(&[]) });
        assert!(matches!(state, WorkerState::NotMine { rows: 1, .. }), "{state:?}");
    });
}

#[test]
fn served_gateway_without_a_key_is_settled_by_the_first_key() {
    run_after_rotations(|node| {
        let keys = crate::tick_key::TickKey::all();
        let first = crate::tick_key::account_of(&keys[0]);
        Balances::set_balance(&first, ENDOWMENT);
        let update = crate::GatewayUpdate { operator: Some(account("stranger")), ..Default::default() };
        assert_ok!(TickStream::update_gateway(signed("gateway"), update));
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        assert_eq!(node.state_after(&offer_of_claims(vec![offered(&mut watch, 20)])), sent_state(1, 1, 0));
        assert_eq!(node.take_only_sent().0.signer, first);
    });
}

/// Runs a test on a node that has the keys of two gateways, and with a session through each. The node's operator has named
/// neither.
fn run_with_two_gateways(test: impl FnOnce(&Node, [Watch; 2])) {
    let (pool_ext, pool) = TestTransactionPoolExt::new();
    Node::run_on(["gateway", "second-gateway"], TransactionPoolExt::new(pool_ext), pool, |node| {
        register_gateway("second-gateway");
        fund("viewer");
        let watches = [Watch::opened("viewer", 60), join_through("second-gateway", 0, PRICE, 60)];
        test(node, watches);
    });
}

/// Returns an offer of a claim of each session.
fn offer_of_both(watches: &mut [Watch; 2], ticks: u32) -> Offer {
    Offer { claims: watches.iter_mut().map(|watch| offered(watch, ticks)).collect(), ..offer_for(&[]) }
}

#[test]
fn rows_of_all_own_keys_that_are_gateways_are_settled() {
    run_with_two_gateways(|node, mut watches| {
        let report = node.work(&offer_of_both(&mut watches, 20)).expect("the worker leaves a report");
        assert_eq!((report.state, report.foreign), (sent_state(1, 2, 0), vec![]));
        assert_eq!(include(node.take_sent()), []);
        assert_eq!(watches.map(|watch| session_of(watch.id).settled_ticks), [20, 20]);
    });
}

#[test]
fn key_without_funds_does_not_sign_while_another_has_some() {
    for (poor, rich) in [("gateway", "second-gateway"), ("second-gateway", "gateway")] {
        run_with_two_gateways(|node, mut watches| {
            set_balance(poor, ED);
            set_balance(rich, ENDOWMENT);
            assert_eq!(node.state_after(&offer_of_both(&mut watches, 20)), sent_state(1, 2, 0));
            assert_eq!(node.take_only_sent().0.signer, account(rich));
        });
    }
}

#[test]
fn wave_of_one_own_key_keeps_the_others_from_sending_the_same_rows() {
    run_with_two_gateways(|node, mut watches| {
        set_balance("gateway", 2 * ENDOWMENT);
        let offer = offer_of_both(&mut watches, 20);
        assert_eq!(node.state_after(&offer), sent_state(1, 2, 0));
        assert_eq!(node.take_only_sent().0.signer, account("gateway"));
        set_balance("second-gateway", 3 * ENDOWMENT);
        let in_flight = WorkerState::InFlight { until_nonce: 1, until_block: 17 };
        assert_eq!(node.state_after(&offer), in_flight);
        assert_eq!(node.take_sent().len(), 0);
    });
}
