//! Every state of the model within its bounds, and the faults that the model checker has to find.

use stateright::{Checker, HasDiscoveries, Model};
use std::{collections::BTreeSet, num::NonZeroUsize, thread::available_parallelism, time::Instant};
use tick_stream_model::{
    gateway::Patience,
    model::{TickModel, COUNTS_AGREE, LIMITS_KEPT, NOTHING_LOST, OPENED_ONCE, PAID_ONCE, POT_COVERS, STARTS_IN_TIME},
    rules::{
        AsTheyAre, ConfusesKeys, ForgetsNonces, HasNoClosePeriod, IgnoresExpiry, IgnoresScope, IgnoresTime,
        KeepsReserves, PaysSettledTicks, RefundsAcrossRenewals, RefundsAcrossUpdates, RefundsTwice, Rules,
    },
    setting::Bounds,
};
use tick_stream_primitives::rules::Periods;

/// Bounds of the model with reorganisations.
const WITH_REORGANISATIONS: Bounds = Bounds {
    last_block: 3,
    tickets_expire_at: 1,
    wallet_calls: 1,
    unfinal_steps: 2,
    periods: Periods { close_period: 1, gateway_silence: 2 },
};

/// Bounds of the model in which every block is final at once, for more blocks and a longer closing period.
const WITHOUT_REORGANISATIONS: Bounds = Bounds {
    last_block: 4,
    tickets_expire_at: 3,
    wallet_calls: 1,
    unfinal_steps: 0,
    periods: Periods { close_period: 2, gateway_silence: 2 },
};

/// Visits every state and prints how many there are. Fails with the steps that lead to a state in which a property does
/// not hold, and if a kind of step was never taken.
fn check_every_state(name: &str, bounds: Bounds) {
    let threads = available_parallelism().map_or(1, NonZeroUsize::get);
    let began = Instant::now();
    let checker = TickModel::<AsTheyAre>::new(bounds)
        .checker()
        .threads(threads)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_dfs()
        .join();
    let (states, unique, depth) = (checker.state_count(), checker.unique_state_count(), checker.max_depth());
    let seconds = began.elapsed().as_secs_f64();
    println!("{name}: {states} states, {unique} unique, depth {depth}, {seconds:.1} s with {threads} threads");
    for (kind, taken) in checker.model().steps_taken() {
        println!("{taken:>12} x {kind}");
        let is_possible = bounds.unfinal_steps > 0 || !["finalize", "reorganise"].contains(&kind);
        assert_eq!(taken > 0, is_possible, "{kind}");
    }
    checker.assert_properties();
}

#[test]
fn every_property_holds_in_every_state_with_reorganisations() {
    check_every_state("with reorganisations", WITH_REORGANISATIONS);
}

#[test]
fn every_property_holds_in_every_state_without_reorganisations() {
    check_every_state("without reorganisations", WITHOUT_REORGANISATIONS);
}

// --- planted faults ------------------------------------------------------------------------------------------------

/// Searches a model with a fault for a state in which `property` does not hold, and prints the steps that lead to it.
/// Fails if there is none.
fn find(model: TickModel<impl Rules>, property: &'static str) {
    let checker = model.checker().finish_when(HasDiscoveries::AnyOf(BTreeSet::from([property]))).spawn_bfs().join();
    let path = checker.discovery(property).unwrap_or_else(|| panic!("the fault is not found: {property}"));
    println!("not so: {property}, after {:?}", path.into_actions());
}

fn find_without_reorganisations<R: Rules>(property: &'static str) {
    find(TickModel::<R>::new(WITHOUT_REORGANISATIONS), property);
}

#[test]
fn reserve_that_is_refunded_twice_is_found() {
    find_without_reorganisations::<RefundsTwice>(POT_COVERS);
}

#[test]
fn ticks_that_are_paid_twice_are_found() {
    find_without_reorganisations::<PaysSettledTicks>(PAID_ONCE);
    find_without_reorganisations::<PaysSettledTicks>(POT_COVERS);
}

#[test]
fn ticket_that_opens_again_after_its_key_was_added_again_is_found() {
    find_without_reorganisations::<ForgetsNonces>(OPENED_ONCE);
}

#[test]
fn removal_before_the_closing_period_is_over_is_found() {
    find_without_reorganisations::<HasNoClosePeriod>(NOTHING_LOST);
}

#[test]
fn refund_that_adds_to_a_renewed_allowance_is_found() {
    find_without_reorganisations::<RefundsAcrossRenewals>(LIMITS_KEPT);
}

#[test]
fn refund_that_adds_to_an_updated_allowance_is_found() {
    find_without_reorganisations::<RefundsAcrossUpdates>(LIMITS_KEPT);
}

#[test]
fn session_that_opens_after_its_key_has_expired_is_found() {
    find_without_reorganisations::<IgnoresExpiry>(LIMITS_KEPT);
}

#[test]
fn session_of_a_removed_key_that_counts_for_its_successor_is_found() {
    find_without_reorganisations::<ConfusesKeys>(LIMITS_KEPT);
}

#[test]
fn claim_that_is_faster_than_time_is_found() {
    find_without_reorganisations::<IgnoresTime>(STARTS_IN_TIME);
}

#[test]
fn reserve_that_outlives_its_session_is_found() {
    find_without_reorganisations::<KeepsReserves>(COUNTS_AGREE);
}

#[test]
fn session_outside_the_scope_of_its_key_is_found() {
    find_without_reorganisations::<IgnoresScope>(LIMITS_KEPT);
}

#[test]
fn gateway_that_closes_before_its_claim_is_final_loses_it_in_a_reorganisation() {
    let mut model = TickModel::<AsTheyAre>::new(WITH_REORGANISATIONS);
    model.patience = Patience::UntilIncluded;
    find(model, NOTHING_LOST);
}
