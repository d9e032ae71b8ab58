//! What becomes of rows that the chain would refuse.

use super::bench::{nothing, Bench, Watch, PEER};
use crate::config::{CLOSE_PATIENCE, INCLUDED_PATIENCE, MAX_REFUSALS, RETRY_BLOCKS};
use crate::{Accepted, Submission};
use tick_stream_primitives::worker::{Offer, RowId};
use tick_stream_primitives::{Closer, Outcome, RowError};

#[test]
fn claim_for_good_refused_leaves() {
    for error in [RowError::ProofInvalid, RowError::GroupMismatch, RowError::AboveMaximum] {
        let mut bench = Bench::new();
        let mut watch = bench.opened(1);
        bench.claim(watch.claim(5)).unwrap();
        bench.offer();
        assert_eq!(bench.pool.refused(&[(RowId::Claim(watch.session), error)]), 1, "{error:?}");
        assert_eq!(bench.pool.stats().claims, 0);

        // What was believed of the session is asked anew, and nothing is called known that is not there.
        assert_eq!(bench.claim(watch.claim(5)), Ok(Accepted::Added));
    }
}

#[test]
fn refusal_of_an_unknown_row_is_ignored() {
    let bench = Bench::new();
    let session = bench.watch(1).session;
    let rows = [RowId::Open(session), RowId::Claim(session), RowId::Close(session)];
    let refused: Vec<_> = rows.iter().flat_map(|row| RowError::ALL.iter().map(|error| (*row, *error))).collect();
    assert_eq!(bench.pool.refused(&refused), 0);
}

#[test]
fn every_refusal_of_every_row_leaves_a_sound_pool() {
    for error in RowError::ALL {
        let mut bench = Bench::new();
        let (mut watch, pending) = (bench.opened(1), bench.watch(2));
        bench.open(&pending).unwrap();
        bench.claim(watch.claim(5)).unwrap();
        bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
        for _ in 0..200 {
            bench.offer();
            let rows = [RowId::Open(pending.session), RowId::Claim(watch.session), RowId::Close(watch.session)];
            bench.pool.refused(&rows.map(|row| (row, *error)));
            bench.pass(1);
        }
        let stats = bench.pool.stats();
        assert_eq!(stats.opens + stats.claims + stats.closes == 0, stats.bytes == 0);
    }
}

#[test]
fn settled_claim_waits_for_finality_however_often_it_is_refused() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(5)).unwrap();
    for _ in 0..100 {
        assert_eq!(bench.offered_claims(), [(watch.session, 5)]);
        assert_eq!(bench.pool.refused(&[(RowId::Claim(watch.session), RowError::AlreadySettled)]), 0);
        assert_eq!(bench.offered_claims(), []);
        bench.pass(INCLUDED_PATIENCE);
    }
}

/// Found by the property test: dropping what is said to be settled for the second time loses it to a reorganisation.
#[test]
fn claim_settled_before_finality_stalled_survives_a_reorganisation() {
    let bench = Bench::new();
    let mut watch = bench.watch(1);
    bench.open(&watch).unwrap();
    bench.claim(watch.claim(1)).unwrap();
    bench.wave();
    bench.pass(INCLUDED_PATIENCE);
    bench.wave();
    bench.retract();
    bench.retract();
    bench.wave();
    assert_eq!(bench.pool.pooled_ticks(&watch.session), Some(1));
    assert_eq!(bench.pool.stats().opens, 1);
}

#[test]
fn claim_raised_since_it_was_refused_as_settled_stays() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(5)).unwrap();
    bench.offer();
    bench.claim(watch.claim(9)).unwrap();
    for _ in 0..3 {
        assert_eq!(bench.pool.refused(&[(RowId::Claim(watch.session), RowError::AlreadySettled)]), 0);
    }
    assert_eq!(bench.offered_claims(), [(watch.session, 9)]);
}

#[test]
fn claim_of_an_unopened_session_is_kept() {
    let bench = Bench::new();
    let mut watch = bench.watch(1);
    bench.open(&watch).unwrap();
    bench.claim(watch.claim(5)).unwrap();
    bench.offer();
    assert_eq!(bench.pool.refused(&[(RowId::Claim(watch.session), RowError::SessionUnknown)]), 0);
    assert_eq!(bench.pool.pooled_ticks(&watch.session), Some(5));

    // With the ticket gone there is little to wait for.
    assert_eq!(bench.pool.refused(&[(RowId::Open(watch.session), RowError::PriceAboveTicket)]), 1);
    for _ in 1..MAX_REFUSALS {
        assert_eq!(bench.offered_claims().len(), 1);
        assert_eq!(bench.pool.refused(&[(RowId::Claim(watch.session), RowError::SessionUnknown)]), 0);
        bench.pass(RETRY_BLOCKS);
    }
    assert_eq!(bench.pool.refused(&[(RowId::Claim(watch.session), RowError::SessionUnknown)]), 1);
}

#[test]
fn claim_of_a_session_that_was_just_closed_waits_for_finality() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(5)).unwrap();
    bench.offer();
    let close = watch.close(&bench.chain, Some(Closer::Gateway));
    bench.build(&Offer { closes: vec![close], ..nothing() });
    assert_eq!(bench.pool.refused(&[(RowId::Claim(watch.session), RowError::SessionUnknown)]), 0);

    // The block did not last: the claim is worth something again.
    bench.retract();
    assert_eq!(bench.offered_claims(), [(watch.session, 5)]);
}

#[test]
fn open_without_funds_is_tried_again_and_not_for_ever() {
    let bench = Bench::new();
    let watch = bench.watch(1);
    bench.open(&watch).unwrap();
    for attempt in 1..=u32::from(MAX_REFUSALS) {
        assert_eq!(bench.offer().opens.len(), 1, "attempt {attempt}");
        assert_eq!(bench.pool.refused(&[(RowId::Open(watch.session), RowError::FundsTooLow)]), 0);
        assert_eq!(bench.offer().opens.len(), 0);
        bench.pass(RETRY_BLOCKS);
    }
    assert_eq!(bench.pool.refused(&[(RowId::Open(watch.session), RowError::FundsTooLow)]), 1);
    assert_eq!(bench.open(&Watch::new(&bench.chain, 1, 2)), Ok(Accepted::Added), "the viewer is free again");
}

#[test]
fn open_done_by_others_waits_for_finality() {
    let mut bench = Bench::new();
    let watch = bench.watch(1);
    bench.open(&watch).unwrap();
    assert_eq!(bench.pool.refused(&[(RowId::Open(watch.session), RowError::NonceUsed)]), 0);
    assert_eq!(bench.offer(), nothing());
    bench.pool.on_finalized(&[Outcome::Opened(watch.session)]);
    bench.finalize();
    assert_eq!(bench.pool.stats().opens, 0);
}

#[test]
fn unsigned_close_that_is_not_due_leaves() {
    let mut bench = Bench::new();
    let watch = bench.opened(1);
    bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    assert_eq!(bench.pool.refused(&[(RowId::Close(watch.session), RowError::CloseNotDue)]), 1);
    assert_eq!(bench.pool.stats().closes, 0);
}

/// A viewer who shows proofs far ahead of the time watched, so that they stand before what the gateway sends.
fn run_ahead(bench: &Bench, watch: &mut Watch) {
    let claims = [4_000, 8_000, 12_000].map(|ticks| watch.claim(ticks)).to_vec();
    let answers = bench.pool.submit(PEER, Submission { claims, ..Submission::default() });
    assert!(answers.claims.iter().all(Result::is_ok));
}

#[test]
fn claim_ahead_of_time_is_settled_as_time_goes_by() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    run_ahead(&bench, &mut watch);
    for _ in 0..300 {
        bench.wave();
        bench.finalize();
    }
    let settled = bench.chain.get(&watch.session).unwrap().settled_ticks;
    // 360 could be paid by now; the gateway may carry what it has not got yet for a while, but not for long.
    assert!((260..=361).contains(&settled), "{settled}");
    assert_eq!(bench.pool.pooled_ticks(&watch.session), Some(12_000));
}

#[test]
fn claim_ahead_of_time_of_a_closing_session_is_settled_to_the_last_tick() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.pass(40);
    run_ahead(&bench, &mut watch);
    let close = watch.close(&bench.chain, Some(Closer::Viewer));
    bench.build(&Offer { closes: vec![close], ..nothing() });
    for _ in 0..60 {
        bench.wave();
        bench.finalize();
    }
    let session = bench.chain.get(&watch.session).unwrap();
    let owed = (session.closing.unwrap().moment - session.opened_at) / 1_000 + super::chain::MAX_PREPAID_TICKS;
    assert_eq!(u64::from(session.settled_ticks), owed);
    assert_eq!(bench.pool.stats().claims, 1, "the blocks that paid may yet be undone");

    bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    for _ in 0..2 * CLOSE_PATIENCE {
        bench.wave();
        bench.finalize();
    }
    assert_eq!(bench.pool.stats().bytes, 0, "the rest can never be paid");
}

/// Found by the property test: what a closing session owes was let go of when it was included, and lost to a fork.
#[test]
fn claim_ahead_of_time_of_a_closing_session_survives_a_reorganisation() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.pass(40);
    run_ahead(&bench, &mut watch);
    let close = watch.close(&bench.chain, Some(Closer::Viewer));
    bench.build(&Offer { closes: vec![close], ..nothing() });
    let closing = bench.chain.best();
    bench.finalize();
    (0..60).for_each(|_| drop(bench.wave()));
    let settled = bench.chain.get(&watch.session).unwrap().settled_ticks;
    while bench.chain.best() > closing {
        bench.retract();
    }
    assert_eq!(bench.chain.get(&watch.session).unwrap().settled_ticks, 0);
    (0..100).for_each(|_| drop(bench.wave()));
    assert_eq!(bench.chain.get(&watch.session).unwrap().settled_ticks, settled);
}

#[test]
fn gateways_close_waits_for_ticks_ahead_of_time_and_not_for_long() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    run_ahead(&bench, &mut watch);
    (0..30).for_each(|_| drop(bench.wave()));
    bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    let asked_at = bench.chain.best();
    let mut last = bench.chain.get(&watch.session).unwrap();
    while let Some(session) = bench.chain.get(&watch.session) {
        last = session;
        bench.wave();
        assert!(bench.chain.best() <= asked_at + CLOSE_PATIENCE + 1);
    }
    assert!(bench.chain.best() > asked_at + CLOSE_PATIENCE);
    let owed = (u64::from(asked_at) * 1_000 - last.opened_at) / 1_000 + super::chain::MAX_PREPAID_TICKS;
    assert!(u64::from(last.settled_ticks) >= owed, "{} of {owed} ticks are paid", last.settled_ticks);
}

#[test]
fn close_wakes_a_claim_that_was_too_fast_some_blocks_ago() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(55)).unwrap();
    bench.wave();
    // Further ahead than a minute, by less than what is cut in half.
    bench.claim(watch.claim(70)).unwrap();
    bench.wave();
    assert_eq!(bench.offered_claims(), [], "it sleeps");
    bench.pass(8);

    bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    assert_eq!(bench.offered_claims().len(), 1, "it is awake");
    for _ in 0..2 * CLOSE_PATIENCE {
        bench.wave();
        bench.finalize();
    }
    let outcomes = bench.chain.outcomes_of(&watch.session);
    assert_eq!(outcomes.last(), Some(&Outcome::Closed(watch.session)));
    assert!(outcomes.contains(&Outcome::Settled(watch.session, 70)), "{outcomes:?}");
}

#[test]
fn stale_refusal_of_what_has_been_settled_since_is_ignored() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    bench.wave();
    assert_eq!(bench.pool.refused(&[(RowId::Claim(watch.session), RowError::TooFast)]), 0);
    bench.claim(watch.claim(12)).unwrap();
    assert_eq!(bench.offered_claims(), [(watch.session, 12)]);
}
