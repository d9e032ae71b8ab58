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
