//! Rows that are accepted, and rows that are rejected.

use super::env::{TestEnvironment, Watch, MAX_TICKS, PEER};
use crate::config::MAX_WALK_STEPS;
use crate::intake::Verified;
use crate::{Accepted, PoolListener, Rejected, Submission, SubmittedClaim};
use parking_lot::Mutex;
use std::sync::atomic::Ordering;
use std::sync::Arc;
use tick_stream_primitives::{Closer, RowError, SessionId};

#[test]
fn new_ticket_is_accepted_and_offered() {
    let env = TestEnvironment::new();
    let watch = env.watch(1);
    assert_eq!(env.open(&watch), Ok(Accepted::Added));
    assert_eq!(env.open(&watch), Ok(Accepted::Known));
    assert_eq!(env.pool.stats().opens, 1);
    assert_eq!(env.offer().opens, [watch.ticket]);
}

#[test]
fn ticket_with_the_same_nonce_replaces_the_pending_one() {
    let env = TestEnvironment::new();
    let first = env.watch(1);
    let second = Watch::with_seed(&env.chain, 1, 1, [99; 32], MAX_TICKS);
    assert_eq!(first.session, second.session);
    assert_eq!(env.open(&first), Ok(Accepted::Added));
    assert_eq!(env.open(&second), Ok(Accepted::Replaced));
    assert_eq!(env.offer().opens, [second.ticket]);
    assert_eq!(env.pool.stats().opens, 1);
}

#[test]
fn ticket_with_claims_is_replaced_only_by_one_with_the_same_anchor() {
    let env = TestEnvironment::new();
    let mut first = env.watch(1);
    let second = Watch::with_seed(&env.chain, 1, 1, [99; 32], MAX_TICKS);
    env.open(&first).unwrap();
    env.claim(first.claim(3)).unwrap();
    assert_eq!(env.open(&second), Err(Rejected::TicketInUse));

    // With the same anchor the claims stay valid.
    let renewed = env.watch(1).expiring(&env.chain, 1, 100);
    assert_eq!(env.open(&renewed), Ok(Accepted::Replaced));
}

#[test]
fn claim_on_a_ticket_replaced_during_verification_is_rejected() {
    let env = TestEnvironment::new();
    let mut first = env.watch(1);
    let mut second = Watch::with_seed(&env.chain, 1, 1, [99; 32], MAX_TICKS);
    env.open(&first).unwrap();
    // The steps of a call that verifies a claim while the ticket is replaced and gets a claim.
    let session = first.session;
    let basis = env.pool.state().basis(&session).expect("there is a ticket");
    let SubmittedClaim { ticks, proof, .. } = first.claim(9);
    env.open(&second).unwrap();
    env.claim(second.claim(3)).unwrap();
    let late = Verified { session, basis: basis.clone(), ticks, proof };
    assert_eq!(env.pool.state().insert_claim(0, late), Err(Rejected::UnknownSession));
    let offered = env.offer().claims.remove(0).claim;
    assert_eq!((offered.ticks, offered.proof), (3, second.claim(3).proof), "the acknowledged claim stays");

    // The same without a claim on the new ticket.
    let env = TestEnvironment::new();
    env.open(&Watch::with_seed(&env.chain, 1, 1, [99; 32], MAX_TICKS)).unwrap();
    let late = Verified { session, basis, ticks, proof };
    assert_eq!(env.pool.state().insert_claim(0, late), Err(Rejected::UnknownSession));
}

#[test]
fn higher_claim_replaces_the_lower_one() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    assert_eq!(env.claim(watch.claim(10)), Ok(Accepted::Added));
    assert_eq!(env.claim(watch.claim(25)), Ok(Accepted::Replaced));
    assert_eq!(env.claim(watch.claim(25)), Ok(Accepted::Known));
    assert_eq!(env.pool.revealed_ticks(&watch.session), Some(25));
    assert_eq!(env.pool.stats().claims, 1);
}

#[test]
fn claim_on_a_pending_ticket_is_verified_without_reading_the_chain() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1);
    env.open(&watch).unwrap();
    assert_eq!(env.claim(watch.claim(5)), Ok(Accepted::Added));
    assert_eq!(env.chain.reads().0, 0);

    // Both are in the same offer.
    let offer = env.offer();
    assert_eq!((offer.opens.len(), offer.claims.len()), (1, 1));
    assert!(env.wave().is_empty());
    assert_eq!(env.chain.get(&watch.session).unwrap().settled_ticks, 5);
}

#[test]
fn ticket_and_its_claims_are_accepted_in_one_call() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1);
    let claims = vec![watch.claim(4_000), watch.claim(8_000), watch.claim(12_000)];
    let submission = Submission { opens: vec![watch.ticket.clone()], claims, closes: vec![] };
    let answers = env.pool.submit(PEER, submission);
    assert_eq!(answers.opens, [Ok(Accepted::Added)]);
    assert_eq!(answers.claims, [Ok(Accepted::Added), Ok(Accepted::Replaced), Ok(Accepted::Replaced)]);
}

#[test]
fn claim_on_an_unknown_session_is_rejected() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1);
    assert_eq!(env.claim(watch.claim(5)), Err(Rejected::UnknownSession));
}

#[test]
fn claim_not_above_the_pooled_one_is_rejected_as_stale() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(20)).unwrap();
    assert_eq!(env.claim(watch.claim(10)), Err(Rejected::Stale { known: 20 }));
    let forged = SubmittedClaim { proof: [1; 32], ..watch.claim(20) };
    assert_eq!(env.claim(forged), Err(Rejected::Stale { known: 20 }));
}

#[test]
fn claim_settled_on_chain_is_known_and_a_lower_one_stale() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(20)).unwrap();
    env.wave();
    env.finalize();
    assert_eq!(env.pool.stats().claims, 0);
    assert_eq!(env.claim(watch.claim(20)), Ok(Accepted::Known));
    assert_eq!(env.claim(watch.claim(19)), Err(Rejected::Stale { known: 20 }));
    assert_eq!(env.chain.reads().0, 1, "the head is remembered after the claim is removed");
}

#[test]
fn claim_above_max_ticks_is_rejected() {
    let mut env = TestEnvironment::new();
    let watch = env.opened(1);
    let claim = SubmittedClaim { session: watch.session, ticks: MAX_TICKS + 1, proof: [0; 32] };
    assert_eq!(env.claim(claim), Err(Rejected::AboveMaximum { ticks: MAX_TICKS + 1, max_ticks: MAX_TICKS }));
}

#[test]
fn claim_too_far_above_the_head_is_rejected() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(1)).unwrap();
    let rejected = env.claim(watch.claim(MAX_WALK_STEPS + 2)).unwrap_err();
    assert_eq!(rejected, Rejected::TooManySteps { verified: 1 });
    assert!(rejected.to_string().ends_with("send a claim of at most tick 4097 first."), "{rejected}");

    assert_eq!(env.claim(watch.claim(MAX_WALK_STEPS + 1)), Ok(Accepted::Replaced));
    assert_eq!(env.claim(watch.claim(MAX_WALK_STEPS + 2)), Ok(Accepted::Replaced));
}

#[test]
fn claim_with_a_wrong_proof_is_rejected() {
    let mut env = TestEnvironment::new();
    let (mut watch, mut other) = (env.opened(1), env.opened(2));
    let forged = SubmittedClaim { proof: other.claim(5).proof, ..watch.claim(5) };
    assert_eq!(env.claim(forged), Err(Rejected::ProofInvalid { verified: 0 }));
    let off_by_one = SubmittedClaim { ticks: 6, ..watch.claim(5) };
    assert_eq!(env.claim(off_by_one), Err(Rejected::ProofInvalid { verified: 0 }));
    assert_eq!(env.pool.revealed_ticks(&watch.session), None);
}

#[test]
fn claim_is_rejected_while_the_chain_cannot_be_read() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.chain.set_down(true);
    let rejected = env.claim(watch.claim(1)).unwrap_err();
    assert_eq!(rejected.name(), "Chain");
}

#[test]
fn rejected_row_does_not_affect_the_others() {
    let mut env = TestEnvironment::new();
    let (mut watch, mut other) = (env.opened(1), env.opened(2));
    let bad = SubmittedClaim { proof: [3; 32], ..watch.claim(5) };
    let claims = vec![bad, other.claim(5), watch.claim(7)];
    let answers = env.pool.submit(PEER, Submission { claims, ..Submission::default() });
    assert_eq!(answers.claims, [Err(Rejected::ProofInvalid { verified: 0 }), Ok(Accepted::Added), Ok(Accepted::Added)]);
}

#[test]
fn signed_close_replaces_an_unsigned_one() {
    let mut env = TestEnvironment::new();
    let watch = env.opened(1);
    let unsigned = watch.close(&env.chain, None);
    assert_eq!(env.close(unsigned.clone()), Err(Rejected::Refused(RowError::CloseNotDue)));

    env.pass(MAX_TICKS + 2);
    assert_eq!(env.close(unsigned.clone()), Ok(Accepted::Added));
    let signed = watch.close(&env.chain, Some(Closer::Gateway));
    assert_eq!(env.close(signed.clone()), Ok(Accepted::Replaced));
    assert_eq!(env.close(unsigned), Ok(Accepted::Known));
    assert_eq!(env.offer().closes, [signed]);
    assert_eq!(env.pool.stats().closes, 1);
}

#[test]
fn close_with_a_wrong_signature_is_rejected() {
    let mut env = TestEnvironment::new();
    let watch = env.opened(1);
    let mut row = watch.close(&env.chain, Some(Closer::Viewer));
    row.signature.as_mut().unwrap().by = Closer::Gateway;
    assert_eq!(env.close(row), Err(Rejected::Refused(RowError::SignatureInvalid)));
}

#[test]
fn submission_of_a_thousand_rows_takes_the_lock_at_most_six_times() {
    let env = TestEnvironment::with(|config| config.budget.peer.burst = 100_000_000);
    let mut watches: Vec<Watch> =
        (0..1_000).map(|viewer| Watch::with_seed(&env.chain, viewer, 1, [5; 32], 10)).collect();
    // Opened without the pool, so that every session has to be looked up.
    let opens = watches.iter().map(|watch| watch.ticket.clone()).collect();
    env.chain.build(&tick_stream_primitives::worker::Offer { opens, ..super::env::nothing() });

    let claims = watches.iter_mut().map(|watch| watch.claim(3)).collect();
    env.pool.lock_count.store(0, Ordering::Relaxed);
    let answers = env.pool.submit(PEER, Submission { claims, ..Submission::default() });
    assert!(answers.claims.iter().all(|answer| *answer == Ok(Accepted::Added)));
    let locked = env.pool.lock_count.load(Ordering::Relaxed);
    assert!(locked <= 6, "{locked} times");
}

#[derive(Default)]
struct Listener(Mutex<Vec<SessionId>>);

impl PoolListener for Listener {
    fn claims_raised(&self, sessions: &[SessionId]) {
        self.0.lock().extend(sessions);
    }
}

#[test]
fn listener_is_notified_of_new_and_higher_claims_only() {
    let listener = Arc::new(Listener::default());
    let received = listener.clone();
    let mut env = TestEnvironment::with(move |config| config.listener = Some(received));
    let mut watch = env.opened(1);
    env.claim(watch.claim(10)).unwrap();
    env.claim(watch.claim(10)).unwrap();
    env.claim(watch.claim(5)).unwrap_err();
    assert_eq!(*listener.0.lock(), [watch.session]);
}
