//! Rows that the chain would refuse.

use super::env::{nothing, TestEnvironment, Watch, PEER};
use crate::config::{CLOSE_WAIT_BLOCKS, INCLUDED_TIMEOUT_BLOCKS, MAX_REFUSALS, RETRY_BLOCKS};
use crate::{Accepted, Submission};
use tick_stream_primitives::worker::{Offer, RowId};
use tick_stream_primitives::{Closer, Outcome, RowError};

#[test]
fn claim_refused_for_good_is_dropped() {
    for error in [RowError::ProofInvalid, RowError::GroupMismatch, RowError::AboveMaximum] {
        let mut env = TestEnvironment::new();
        let mut watch = env.opened(1);
        env.claim(watch.claim(5)).unwrap();
        env.offer();
        assert_eq!(env.pool.on_refused(&[(RowId::Claim(watch.session), error)]), 1, "{error:?}");
        assert_eq!(env.pool.stats().claims, 0);

        // The session is read anew, and the dropped claim is not answered as known.
        assert_eq!(env.claim(watch.claim(5)), Ok(Accepted::Added));
    }
}

#[test]
fn refusal_of_an_unknown_row_is_ignored() {
    let env = TestEnvironment::new();
    let session = env.watch(1).session;
    let rows = [RowId::Open(session), RowId::Claim(session), RowId::Close(session)];
    let refused: Vec<_> = rows.iter().flat_map(|row| RowError::ALL.iter().map(|error| (*row, *error))).collect();
    assert_eq!(env.pool.on_refused(&refused), 0);
}

#[test]
fn every_refusal_of_every_row_leaves_a_consistent_pool() {
    for error in RowError::ALL {
        let mut env = TestEnvironment::new();
        let (mut watch, pending) = (env.opened(1), env.watch(2));
        env.open(&pending).unwrap();
        env.claim(watch.claim(5)).unwrap();
        env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
        for _ in 0..200 {
            env.offer();
            let rows = [RowId::Open(pending.session), RowId::Claim(watch.session), RowId::Close(watch.session)];
            env.pool.on_refused(&rows.map(|row| (row, *error)));
            env.pass(1);
        }
        let stats = env.pool.stats();
        assert_eq!(stats.opens + stats.claims + stats.closes == 0, stats.bytes == 0);
    }
}

#[test]
fn settled_claim_waits_for_finality_however_often_it_is_refused() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(5)).unwrap();
    for _ in 0..100 {
        assert_eq!(env.offered_claims(), [(watch.session, 5)]);
        assert_eq!(env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::AlreadySettled)]), 0);
        assert_eq!(env.offered_claims(), []);
        env.pass(INCLUDED_TIMEOUT_BLOCKS);
    }
}

/// A claim that is refused as settled for the second time must stay: a reorganisation may undo the settlement.
#[test]
fn claim_settled_before_finality_stalled_survives_a_reorganisation() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1);
    env.open(&watch).unwrap();
    env.claim(watch.claim(1)).unwrap();
    env.wave();
    env.pass(INCLUDED_TIMEOUT_BLOCKS);
    env.wave();
    env.retract();
    env.retract();
    env.wave();
    assert_eq!(env.pool.revealed_ticks(&watch.session), Some(1));
    assert_eq!(env.pool.stats().opens, 1);
}

#[test]
fn claim_raised_since_it_was_refused_as_settled_stays() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(5)).unwrap();
    env.offer();
    env.claim(watch.claim(9)).unwrap();
    for _ in 0..3 {
        assert_eq!(env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::AlreadySettled)]), 0);
    }
    assert_eq!(env.offered_claims(), [(watch.session, 9)]);
}

#[test]
fn claim_on_an_unopened_session_stays() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1);
    env.open(&watch).unwrap();
    env.claim(watch.claim(5)).unwrap();
    env.offer();
    assert_eq!(env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::SessionUnknown)]), 0);
    assert_eq!(env.pool.revealed_ticks(&watch.session), Some(5));

    // Without the ticket the claim is offered a limited number of times.
    assert_eq!(env.pool.on_refused(&[(RowId::Open(watch.session), RowError::PriceAboveTicket)]), 1);
    for _ in 1..MAX_REFUSALS {
        assert_eq!(env.offered_claims().len(), 1);
        assert_eq!(env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::SessionUnknown)]), 0);
        env.pass(RETRY_BLOCKS);
    }
    assert_eq!(env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::SessionUnknown)]), 1);
}

#[test]
fn claim_on_a_session_just_closed_waits_for_finality() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(5)).unwrap();
    env.offer();
    let close = watch.close(&env.chain, Some(Closer::Gateway));
    env.build(&Offer { closes: vec![close], ..nothing() });
    assert_eq!(env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::SessionUnknown)]), 0);

    // The block is retracted: the claim can be settled again.
    env.retract();
    assert_eq!(env.offered_claims(), [(watch.session, 5)]);
}

#[test]
fn ticket_without_funds_is_offered_again_a_limited_number_of_times() {
    let env = TestEnvironment::new();
    let watch = env.watch(1);
    env.open(&watch).unwrap();
    for attempt in 1..=u32::from(MAX_REFUSALS) {
        assert_eq!(env.offer().opens.len(), 1, "attempt {attempt}");
        assert_eq!(env.pool.on_refused(&[(RowId::Open(watch.session), RowError::FundsTooLow)]), 0);
        assert_eq!(env.offer().opens.len(), 0);
        env.pass(RETRY_BLOCKS);
    }
    assert_eq!(env.pool.on_refused(&[(RowId::Open(watch.session), RowError::FundsTooLow)]), 1);
    assert_eq!(env.open(&Watch::new(&env.chain, 1, 2)), Ok(Accepted::Added), "the viewer may send another ticket");
}

#[test]
fn ticket_opened_by_another_node_waits_for_finality() {
    let mut env = TestEnvironment::new();
    let watch = env.watch(1);
    env.open(&watch).unwrap();
    assert_eq!(env.pool.on_refused(&[(RowId::Open(watch.session), RowError::NonceUsed)]), 0);
    assert_eq!(env.offer(), nothing());
    env.pool.on_finalized(&[Outcome::Opened(watch.session)]);
    env.finalize();
    assert_eq!(env.pool.stats().opens, 0);
}

#[test]
fn close_that_is_not_due_is_dropped() {
    let mut env = TestEnvironment::new();
    let watch = env.opened(1);
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    assert_eq!(env.pool.on_refused(&[(RowId::Close(watch.session), RowError::CloseNotDue)]), 1);
    assert_eq!(env.pool.stats().closes, 0);
}

/// Submits proofs far ahead of the time watched, as a viewer may do to hold up the claims of the gateway.
fn run_ahead(env: &TestEnvironment, watch: &mut Watch) {
    let claims = [4_000, 8_000, 12_000].map(|ticks| watch.claim(ticks)).to_vec();
    let answers = env.pool.submit(PEER, Submission { claims, ..Submission::default() });
    assert!(answers.claims.iter().all(Result::is_ok));
}

#[test]
fn claim_ahead_of_time_is_settled_as_time_goes_by() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    run_ahead(&env, &mut watch);
    for _ in 0..300 {
        env.wave();
        env.finalize();
    }
    let settled = env.chain.get(&watch.session).unwrap().settled_ticks;
    assert_eq!(settled, 300 + super::chain::MAX_PREPAID_TICKS as u32, "a tick is earned in each block");
    assert_eq!(env.pool.revealed_ticks(&watch.session), Some(12_000));
}

#[test]
fn claim_ahead_of_time_of_a_closing_session_is_settled_to_the_last_tick() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.pass(40);
    run_ahead(&env, &mut watch);
    let close = watch.close(&env.chain, Some(Closer::Viewer));
    env.build(&Offer { closes: vec![close], ..nothing() });
    for _ in 0..60 {
        env.wave();
        env.finalize();
    }
    let session = env.chain.get(&watch.session).unwrap();
    let earned = (session.closing.unwrap().moment - session.opened_at) / 1_000 + super::chain::MAX_PREPAID_TICKS;
    assert_eq!(u64::from(session.settled_ticks), earned);
    assert_eq!(env.pool.stats().claims, 1, "the blocks that settled the ticks may be undone");

    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    for _ in 0..2 * CLOSE_WAIT_BLOCKS {
        env.wave();
        env.finalize();
    }
    assert_eq!(env.pool.stats().bytes, 0, "the rest can never be settled");
}

/// The claim on a closing session must stay after it is included: a fork may undo the settlement.
#[test]
fn claim_ahead_of_time_of_a_closing_session_survives_a_reorganisation() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.pass(40);
    run_ahead(&env, &mut watch);
    let close = watch.close(&env.chain, Some(Closer::Viewer));
    env.build(&Offer { closes: vec![close], ..nothing() });
    let closing = env.chain.best();
    env.finalize();
    (0..60).for_each(|_| drop(env.wave()));
    let settled = env.chain.get(&watch.session).unwrap().settled_ticks;
    while env.chain.best() > closing {
        env.retract();
    }
    assert_eq!(env.chain.get(&watch.session).unwrap().settled_ticks, 0);
    (0..100).for_each(|_| drop(env.wave()));
    assert_eq!(env.chain.get(&watch.session).unwrap().settled_ticks, settled);
}

#[test]
fn gateways_close_does_not_wait_for_ticks_ahead_of_time() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    run_ahead(&env, &mut watch);
    (0..30).for_each(|_| drop(env.wave()));
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    let closed_at = env.chain.best();
    env.wave();
    assert_eq!(env.chain.get(&watch.session), None);
    let outcomes = env.chain.outcomes(closed_at + 1);
    let earned = closed_at + super::chain::MAX_PREPAID_TICKS as u32;
    let expected = [Outcome::Settled(watch.session, earned), Outcome::Closed(watch.session)];
    assert_eq!(outcomes, expected, "the ticks earned by then are settled first");
}

#[test]
fn close_makes_a_postponed_claim_ready() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(50)).unwrap();
    env.offer();
    env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::TooFast)]);
    assert_eq!(env.offered_claims(), [], "the claim is postponed");
    env.pass(8);
    assert_eq!(env.offered_claims(), []);

    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    assert_eq!(env.offered_claims(), [(watch.session, 50)], "the claim is ready");
    for _ in 0..2 {
        env.wave();
        env.finalize();
    }
    let outcomes = env.chain.outcomes_of(&watch.session);
    assert_eq!(outcomes[1..], [Outcome::Settled(watch.session, 50), Outcome::Closed(watch.session)]);
}

#[test]
fn gateways_close_waits_a_limited_time_for_a_claim_of_which_nothing_can_be_settled() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(50)).unwrap();
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    env.offer();
    env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::TooFast)]);
    env.pass(CLOSE_WAIT_BLOCKS - 1);
    assert_eq!(env.offer().closes.len(), 0);
    env.pass(1);
    env.offer();
    env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::TooFast)]);
    assert_eq!(env.offer().closes.len(), 1);
}

/// The worker lowers a claim ahead of time, and waits until what it can settle is worth its fee. It needs the whole claim
/// for that.
#[test]
fn claim_ahead_of_time_is_offered_in_full_again() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    run_ahead(&env, &mut watch);
    for _ in 0..10 {
        assert_eq!(env.offered_claims(), [(watch.session, 12_000)]);
        env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::TooFast)]);
        env.pass(RETRY_BLOCKS);
    }
}

#[test]
fn outdated_refusal_of_a_settled_claim_is_ignored() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    env.wave();
    assert_eq!(env.pool.on_refused(&[(RowId::Claim(watch.session), RowError::TooFast)]), 0);
    env.claim(watch.claim(12)).unwrap();
    assert_eq!(env.offered_claims(), [(watch.session, 12)]);
}
