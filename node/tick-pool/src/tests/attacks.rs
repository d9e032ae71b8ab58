//! Attacks on what connections share. Strangers spend what they can; a gateway that the node serves must still have its
//! rows verified.

use super::env::{account, gateway, TestEnvironment, Watch};
use crate::config::{CHAIN_LOOKUP_STEPS, MAX_WALK_STEPS};
use crate::{Accepted, Allowance, BudgetConfig, PeerId, Rejected, SubmittedClaim};
use std::collections::HashSet;
use std::sync::Arc;
use tick_stream_primitives::worker::Offer;
use tick_stream_primitives::AccountId;

/// Connection of the gateway that the node serves.
const OWN: PeerId = PeerId::Public(1_000);

/// Budgets in the proportions of the default ones, so small that a test spends them quickly.
fn tenth(size: Allowance) -> Allowance {
    Allowance { per_second: size.per_second / 10, burst: size.burst / 10 }
}

/// Node that serves the gateway of the tests.
fn test_environment() -> TestEnvironment {
    TestEnvironment::with(|config| {
        let BudgetConfig { peer, waste, foreign, newcomers, served_newcomers, global, max_peers } =
            BudgetConfig::default();
        config.budget = BudgetConfig {
            peer: tenth(peer),
            waste: tenth(waste),
            foreign: tenth(foreign),
            newcomers: tenth(newcomers),
            served_newcomers: tenth(served_newcomers),
            global: tenth(global),
            max_peers,
        };
        config.served = Arc::new(HashSet::from([account(&gateway())]));
    })
}

/// Session of viewer number `viewer` through `gateway`, open on chain.
fn open_on_chain(env: &TestEnvironment, viewer: u64, gateway: AccountId) -> Watch {
    let watch = env.watch(viewer).through(&env.chain, viewer, gateway);
    env.chain.build(&Offer { opens: vec![watch.ticket.clone()], ..super::env::nothing() });
    assert!(env.chain.get(&watch.session).is_some());
    watch
}

/// Four connections, each vouched for by a valid claim on a session of its own through `gateway`.
fn four_vouched(env: &TestEnvironment, gateway: &AccountId) -> Vec<(PeerId, Watch)> {
    let vouched = (1..=4).map(|number| {
        let peer = PeerId::Public(number);
        let mut watch = open_on_chain(env, number, gateway.clone());
        assert_eq!(env.claim_from(peer, watch.claim(1)), Ok(Accepted::Added));
        (peer, watch)
    });
    vouched.collect()
}

/// Sends wrong proofs, each of which costs as many hash steps as a claim may cost, until the pool is busy. Then cheaper
/// ones, until it is busy for those as well.
fn spend_all(env: &TestEnvironment, peer: PeerId, watch: &Watch) {
    for steps in [MAX_WALK_STEPS, 256, 16, 1] {
        let known = env.pool.revealed_ticks(&watch.session).unwrap_or(0);
        let wrong = SubmittedClaim { session: watch.session, ticks: known + steps, proof: [9; 32] };
        while env.claim_from(peer, wrong) == Err(Rejected::ProofInvalid { verified: known }) {}
        assert_eq!(env.claim_from(peer, wrong).unwrap_err().name(), "Busy");
    }
}

#[test]
fn four_vouched_connections_do_not_spend_the_budget_of_a_served_gateway() {
    let env = test_environment();
    let mut own = open_on_chain(&env, 9, account(&gateway()));
    assert_eq!(env.claim_from(OWN, own.claim(1)), Ok(Accepted::Added));
    let strangers = four_vouched(&env, &AccountId::new([8; 32]));
    strangers.iter().for_each(|(peer, watch)| spend_all(&env, *peer, watch));

    assert_eq!(env.claim_from(OWN, own.claim(MAX_WALK_STEPS)), Ok(Accepted::Replaced));
    assert_eq!(env.open_from(OWN, &env.watch(20)), Ok(Accepted::Added));
    let mut unknown = open_on_chain(&env, 21, account(&gateway()));
    assert_eq!(env.claim_from(OWN, unknown.claim(5)), Ok(Accepted::Added), "a session that has to be looked up");
}

#[test]
fn wrong_claims_on_sessions_of_a_served_gateway_do_not_spend_its_budget() {
    let env = test_environment();
    let mut own = open_on_chain(&env, 9, account(&gateway()));
    assert_eq!(env.claim_from(OWN, own.claim(1)), Ok(Accepted::Added));
    let viewers = four_vouched(&env, &account(&gateway()));
    viewers.iter().for_each(|(peer, watch)| spend_all(&env, *peer, watch));

    assert_eq!(env.claim_from(OWN, own.claim(MAX_WALK_STEPS)), Ok(Accepted::Replaced));
}

#[test]
fn lookups_of_invented_sessions_do_not_spend_the_budget_of_a_served_gateway() {
    let env = test_environment();
    let mut own = open_on_chain(&env, 9, account(&gateway()));
    assert_eq!(env.claim_from(OWN, own.claim(1)), Ok(Accepted::Added));
    for (peer, _) in four_vouched(&env, &account(&gateway())) {
        let invented = SubmittedClaim { session: env.watch(77).session, ticks: 1, proof: [0; 32] };
        while env.claim_from(peer, invented) == Err(Rejected::UnknownSession) {}
    }
    let reads = env.chain.reads().0 as u64 * CHAIN_LOOKUP_STEPS;
    assert!(reads > 100_000, "{reads} steps were spent");
    let mut unknown = open_on_chain(&env, 21, account(&gateway()));
    assert_eq!(env.claim_from(OWN, unknown.claim(MAX_WALK_STEPS)), Ok(Accepted::Added));
}

#[test]
fn new_connections_do_not_spend_the_budget_of_a_new_connection_of_a_served_gateway() {
    let env = test_environment();
    let stranger = open_on_chain(&env, 1, AccountId::new([8; 32]));
    (1..=8).for_each(|number| drop(env.claim_from(PeerId::Public(number), env.watch(1).claim(1))));
    (11..=30).for_each(|number| spend_newcomers(&env, PeerId::Public(number), &stranger));

    assert_eq!(env.open_from(OWN, &env.watch(20)), Ok(Accepted::Added));
}

/// Spends what is left for newcomers.
fn spend_newcomers(env: &TestEnvironment, peer: PeerId, watch: &Watch) {
    let wrong = SubmittedClaim { session: watch.session, ticks: 500, proof: [9; 32] };
    while env.claim_from(peer, wrong).unwrap_err().name() != "Busy" {}
}

#[test]
fn strangers_do_not_spend_the_budget_of_the_operators_connection() {
    let env = test_environment();
    let mut local = open_on_chain(&env, 30, AccountId::new([8; 32]));
    let strangers = four_vouched(&env, &AccountId::new([8; 32]));
    strangers.iter().for_each(|(peer, watch)| spend_all(&env, *peer, watch));

    assert_eq!(env.claim_from(PeerId::Operator(1), local.claim(MAX_WALK_STEPS)), Ok(Accepted::Added));
}
