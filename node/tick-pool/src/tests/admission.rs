//! What is taken in, and what is not.

use super::bench::{Bench, Watch, MAX_TICKS, PEER};
use crate::config::MAX_WALK_STEPS;
use crate::intake::Verified;
use crate::{Accepted, Fault, PoolListener, Rejected, Submission, SubmittedClaim};
use parking_lot::Mutex;
use std::sync::atomic::Ordering;
use std::sync::Arc;
use tick_stream_primitives::{Closer, RowError, SessionId};

#[test]
fn open_works() {
    let bench = Bench::new();
    let watch = bench.watch(1);
    assert_eq!(bench.open(&watch), Ok(Accepted::Added));
    assert_eq!(bench.open(&watch), Ok(Accepted::Known));
    assert_eq!(bench.pool.stats().opens, 1);
    assert_eq!(bench.offer().opens, [watch.ticket]);
}

#[test]
fn open_refused_by_the_chain_fails() {
    let bench = Bench::new();
    let watch = bench.watch(1);
    bench.chain.revoke(&watch.ticket.ticket.viewer);
    let refused = bench.open(&watch);
    assert_eq!(refused, Err(Rejected::Refused(RowError::DelegationMissing)));
    assert_eq!(refused.map_err(|error| (error.fault(), error.name())), Err((Fault::Sender, "DelegationMissing")));
}

#[test]
fn second_open_of_a_viewer_fails() {
    let bench = Bench::new();
    let (first, second) = (bench.watch(1), Watch::new(&bench.chain, 1, 2));
    assert_eq!(bench.open(&first), Ok(Accepted::Added));
    assert_eq!(bench.open(&second), Err(Rejected::ViewerBusy { pending: first.session }));

    // Once the best chain has opened the first, the viewer is free for another.
    bench.wave();
    assert_eq!(bench.open(&second), Ok(Accepted::Added));
}

#[test]
fn both_opens_of_a_viewer_in_one_call_fails_for_the_second() {
    let bench = Bench::new();
    let (first, second) = (bench.watch(1), Watch::new(&bench.chain, 1, 2));
    let opens = vec![first.ticket.clone(), second.ticket.clone()];
    let answers = bench.pool.submit(PEER, Submission { opens, ..Submission::default() });
    assert_eq!(answers.opens, [Ok(Accepted::Added), Err(Rejected::ViewerBusy { pending: first.session })]);
}

#[test]
fn replacing_an_open_works() {
    let bench = Bench::new();
    let first = bench.watch(1);
    let second = Watch::with_seed(&bench.chain, 1, 1, [99; 32], MAX_TICKS);
    assert_eq!(first.session, second.session);
    assert_eq!(bench.open(&first), Ok(Accepted::Added));
    assert_eq!(bench.open(&second), Ok(Accepted::Replaced));
    assert_eq!(bench.offer().opens, [second.ticket]);
    assert_eq!(bench.pool.stats().opens, 1);
}

#[test]
fn replacing_an_open_that_is_claimed_on_fails() {
    let bench = Bench::new();
    let mut first = bench.watch(1);
    let second = Watch::with_seed(&bench.chain, 1, 1, [99; 32], MAX_TICKS);
    bench.open(&first).unwrap();
    bench.claim(first.claim(3)).unwrap();
    assert_eq!(bench.open(&second), Err(Rejected::TicketInUse));

    // With the same anchor the claims keep their worth.
    let renewed = bench.watch(1).expiring(&bench.chain, 1, 100);
    assert_eq!(bench.open(&renewed), Ok(Accepted::Replaced));
}

#[test]
fn claim_on_a_ticket_that_was_replaced_meanwhile_fails() {
    let bench = Bench::new();
    let mut first = bench.watch(1);
    let mut second = Watch::with_seed(&bench.chain, 1, 1, [99; 32], MAX_TICKS);
    bench.open(&first).unwrap();
    // As another call does that verifies a claim while the ticket is replaced and claimed on.
    let session = first.session;
    let basis = bench.pool.state().basis(&session).expect("there is a ticket");
    let SubmittedClaim { ticks, proof, .. } = first.claim(9);
    bench.open(&second).unwrap();
    bench.claim(second.claim(3)).unwrap();
    let late = Verified { session, basis: basis.clone(), ticks, proof };
    assert_eq!(bench.pool.state().take_claim(0, late), Err(Rejected::UnknownSession));
    let offered = bench.offer().claims.remove(0).claim;
    assert_eq!((offered.ticks, offered.proof), (3, second.claim(3).proof), "what was acknowledged stays");

    // Without a claim on the new ticket it is the same.
    let bench = Bench::new();
    bench.open(&Watch::with_seed(&bench.chain, 1, 1, [99; 32], MAX_TICKS)).unwrap();
    let late = Verified { session, basis, ticks, proof };
    assert_eq!(bench.pool.state().take_claim(0, late), Err(Rejected::UnknownSession));
}

#[test]
fn claim_works() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    assert_eq!(bench.claim(watch.claim(10)), Ok(Accepted::Added));
    assert_eq!(bench.claim(watch.claim(25)), Ok(Accepted::Replaced));
    assert_eq!(bench.claim(watch.claim(25)), Ok(Accepted::Known));
    assert_eq!(bench.pool.pooled_ticks(&watch.session), Some(25));
    assert_eq!(bench.pool.stats().claims, 1);
}

#[test]
fn claim_on_a_pending_open_works_without_asking_the_chain() {
    let bench = Bench::new();
    let mut watch = bench.watch(1);
    bench.open(&watch).unwrap();
    assert_eq!(bench.claim(watch.claim(5)), Ok(Accepted::Added));
    assert_eq!(bench.chain.asked().0, 0);

    // Both travel in the same offer.
    let offer = bench.offer();
    assert_eq!((offer.opens.len(), offer.claims.len()), (1, 1));
    assert!(bench.wave().is_empty());
    assert_eq!(bench.chain.get(&watch.session).unwrap().settled_ticks, 5);
}

#[test]
fn open_and_claims_in_one_call_works() {
    let bench = Bench::new();
    let mut watch = bench.watch(1);
    let claims = vec![watch.claim(4_000), watch.claim(8_000), watch.claim(12_000)];
    let submission = Submission { opens: vec![watch.ticket.clone()], claims, closes: vec![] };
    let answers = bench.pool.submit(PEER, submission);
    assert_eq!(answers.opens, [Ok(Accepted::Added)]);
    assert_eq!(answers.claims, [Ok(Accepted::Added), Ok(Accepted::Replaced), Ok(Accepted::Replaced)]);
}

#[test]
fn claim_of_an_unknown_session_fails() {
    let bench = Bench::new();
    let mut watch = bench.watch(1);
    assert_eq!(bench.claim(watch.claim(5)), Err(Rejected::UnknownSession));
}

#[test]
fn stale_claim_fails() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(20)).unwrap();
    assert_eq!(bench.claim(watch.claim(10)), Err(Rejected::Stale { known: 20 }));
    let forged = SubmittedClaim { proof: [1; 32], ..watch.claim(20) };
    assert_eq!(bench.claim(forged), Err(Rejected::Stale { known: 20 }));
}

#[test]
fn claim_that_is_settled_on_chain_is_stale_or_known() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(20)).unwrap();
    bench.wave();
    bench.finalize();
    assert_eq!(bench.pool.stats().claims, 0);
    assert_eq!(bench.claim(watch.claim(20)), Ok(Accepted::Known));
    assert_eq!(bench.claim(watch.claim(19)), Err(Rejected::Stale { known: 20 }));
    assert_eq!(bench.chain.asked().0, 1, "the head is remembered when the claim has gone");
}

#[test]
fn claim_above_the_maximum_fails() {
    let mut bench = Bench::new();
    let watch = bench.opened(1);
    let claim = SubmittedClaim { session: watch.session, ticks: MAX_TICKS + 1, proof: [0; 32] };
    assert_eq!(bench.claim(claim), Err(Rejected::AboveMaximum { ticks: MAX_TICKS + 1, max_ticks: MAX_TICKS }));
}

#[test]
fn claim_of_too_many_steps_fails() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(1)).unwrap();
    let rejected = bench.claim(watch.claim(MAX_WALK_STEPS + 2)).unwrap_err();
    assert_eq!(rejected, Rejected::TooManySteps { verified: 1 });
    assert!(rejected.to_string().ends_with("send a claim of at most tick 4097 first."), "{rejected}");

    assert_eq!(bench.claim(watch.claim(MAX_WALK_STEPS + 1)), Ok(Accepted::Replaced));
    assert_eq!(bench.claim(watch.claim(MAX_WALK_STEPS + 2)), Ok(Accepted::Replaced));
}

#[test]
fn claim_with_another_proof_fails() {
    let mut bench = Bench::new();
    let (mut watch, mut other) = (bench.opened(1), bench.opened(2));
    let forged = SubmittedClaim { proof: other.claim(5).proof, ..watch.claim(5) };
    assert_eq!(bench.claim(forged), Err(Rejected::ProofInvalid { verified: 0 }));
    let off_by_one = SubmittedClaim { ticks: 6, ..watch.claim(5) };
    assert_eq!(bench.claim(off_by_one), Err(Rejected::ProofInvalid { verified: 0 }));
    assert_eq!(bench.pool.pooled_ticks(&watch.session), None);
}

#[test]
fn claim_while_the_chain_is_unreadable_fails() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.chain.set_down(true);
    let rejected = bench.claim(watch.claim(1)).unwrap_err();
    assert_eq!((rejected.name(), rejected.fault()), ("Chain", Fault::Node));
}

#[test]
fn bad_row_does_not_fail_the_others() {
    let mut bench = Bench::new();
    let (mut watch, mut other) = (bench.opened(1), bench.opened(2));
    let bad = SubmittedClaim { proof: [3; 32], ..watch.claim(5) };
    let claims = vec![bad, other.claim(5), watch.claim(7)];
    let answers = bench.pool.submit(PEER, Submission { claims, ..Submission::default() });
    assert_eq!(answers.claims, [Err(Rejected::ProofInvalid { verified: 0 }), Ok(Accepted::Added), Ok(Accepted::Added)]);
}

#[test]
fn signed_close_replaces_an_unsigned_one() {
    let mut bench = Bench::new();
    let watch = bench.opened(1);
    let unsigned = watch.close(&bench.chain, None);
    assert_eq!(bench.close(unsigned.clone()), Err(Rejected::Refused(RowError::CloseNotDue)));

    bench.pass(MAX_TICKS + 2);
    assert_eq!(bench.close(unsigned.clone()), Ok(Accepted::Added));
    let signed = watch.close(&bench.chain, Some(Closer::Gateway));
    assert_eq!(bench.close(signed.clone()), Ok(Accepted::Replaced));
    assert_eq!(bench.close(unsigned), Ok(Accepted::Known));
    assert_eq!(bench.offer().closes, [signed]);
    assert_eq!(bench.pool.stats().closes, 1);
}

#[test]
fn close_signed_by_somebody_else_fails() {
    let mut bench = Bench::new();
    let watch = bench.opened(1);
    let mut row = watch.close(&bench.chain, Some(Closer::Viewer));
    row.signature.as_mut().unwrap().by = Closer::Gateway;
    assert_eq!(bench.close(row), Err(Rejected::Refused(RowError::SignatureInvalid)));
}

#[test]
fn thousand_rows_take_the_lock_few_times() {
    let bench = Bench::with(|config| config.budget.peer.burst = 100_000_000);
    let mut watches: Vec<Watch> =
        (0..1_000).map(|viewer| Watch::with_seed(&bench.chain, viewer, 1, [5; 32], 10)).collect();
    // Opened by somebody else, so that every session has to be looked up.
    let opens = watches.iter().map(|watch| watch.ticket.clone()).collect();
    bench.chain.build(&tick_stream_primitives::worker::Offer { opens, ..super::bench::nothing() });

    let claims = watches.iter_mut().map(|watch| watch.claim(3)).collect();
    bench.pool.locked.store(0, Ordering::Relaxed);
    let answers = bench.pool.submit(PEER, Submission { claims, ..Submission::default() });
    assert!(answers.claims.iter().all(|answer| *answer == Ok(Accepted::Added)));
    let locked = bench.pool.locked.load(Ordering::Relaxed);
    assert!(locked <= 6, "{locked} times");
}

#[derive(Default)]
struct Listener(Mutex<Vec<SessionId>>);

impl PoolListener for Listener {
    fn claims_grew(&self, sessions: &[SessionId]) {
        self.0.lock().extend(sessions);
    }
}

#[test]
fn listener_hears_of_higher_claims_only() {
    let listener = Arc::new(Listener::default());
    let heard = listener.clone();
    let mut bench = Bench::with(move |config| config.listener = Some(heard));
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(10)).unwrap();
    bench.claim(watch.claim(10)).unwrap();
    bench.claim(watch.claim(5)).unwrap_err();
    assert_eq!(*listener.0.lock(), [watch.session]);
}
