//! Tests of `check_batch`.

use super::*;
use frame_support::storage::{with_transaction_unchecked, TransactionOutcome};
use tick_stream_primitives::{
    limits::MAX_BATCH_STEPS, Batch, Claim, ClaimGroup, RowError, RowKind, RowVerdict, StreamStatus,
};

/// Calls `check_batch` as the runtime API does: its changes to the state are discarded.
fn check(batch: &Batch) -> Vec<RowVerdict> {
    with_transaction_unchecked(|| TransactionOutcome::Rollback(TickStream::check_batch(batch.clone())))
}

fn verdict(kind: RowKind, index: u32, result: Result<(), RowError>) -> RowVerdict {
    RowVerdict { kind, index, result }
}

fn group(stream: StreamId, claims: Vec<Claim>) -> ClaimGroup {
    ClaimGroup { stream, gateway: account("gateway"), claims: claims.try_into().expect("within the bound") }
}

/// Returns rows that depend on each other, and their verdicts: sessions are opened, settled and closed, and each step
/// is tried again.
fn chained() -> (Batch, Vec<RowVerdict>) {
    let mut running = settled_session();
    let mut new = Watch::new("viewer", 30);
    let opens = vec![new.signed_by("viewer-session"), new.signed_by("viewer-session")];
    let false_claim = Claim { proof: [0; 32], ..new.claim(11) };
    let groups = vec![
        group(0, vec![running.claim(20), running.claim(20), new.claim(10), false_claim]),
        group(9, vec![running.claim(30)]),
        group(0, vec![new.claim(30)]),
    ];
    let close = running.close(Closer::Operator, "operator");
    let closes = vec![running.close(Closer::Gateway, "stranger"), close.clone(), close, new.unsigned_close()];
    let batch = Batch {
        opens: opens.try_into().expect("within the bound"),
        groups: groups.try_into().expect("within the bound"),
        closes: closes.try_into().expect("within the bound"),
    };
    let verdicts = vec![
        verdict(RowKind::Open, 0, Ok(())),
        verdict(RowKind::Open, 1, Err(RowError::SessionExists)),
        verdict(RowKind::Claim, 0, Ok(())),
        verdict(RowKind::Claim, 1, Err(RowError::AlreadySettled)),
        verdict(RowKind::Claim, 2, Ok(())),
        verdict(RowKind::Claim, 3, Err(RowError::ProofInvalid)),
        verdict(RowKind::Claim, 4, Err(RowError::GroupMismatch)),
        verdict(RowKind::Claim, 5, Ok(())),
        verdict(RowKind::Close, 0, Err(RowError::SignatureInvalid)),
        verdict(RowKind::Close, 1, Ok(())),
        verdict(RowKind::Close, 2, Err(RowError::SessionUnknown)),
        verdict(RowKind::Close, 3, Ok(())),
    ];
    (batch, verdicts)
}

#[test]
fn check_batch_tries_each_row_on_the_state_after_the_ones_before() {
    build_and_execute(|| {
        let (batch, verdicts) = chained();
        assert_eq!(check(&batch), verdicts);
    });
}

#[test]
fn check_batch_predicts_the_results_of_the_batch() {
    build_and_execute(|| {
        let (batch, verdicts) = chained();
        assert_eq!(check(&batch), verdicts);
        System::reset_events();
        assert_ok!(TickStream::process_batch(signed("stranger"), batch.clone()));
        let refused: Vec<_> =
            verdicts.iter().filter_map(|row| row.result.err().map(|error| (row.kind, row.index, error))).collect();
        assert_eq!(failures(), refused);
        let again = check(&batch);
        assert!(again.iter().all(|row| row.result.is_err()), "all rows are already carried out: {again:?}");
    });
}

#[test]
fn check_batch_on_scratch_state_changes_nothing() {
    build_and_execute(|| {
        let (batch, verdicts) = chained();
        let root = || sp_io::storage::root(Default::default());
        let (before, seen) = (root(), events());
        assert_eq!(check(&batch), verdicts);
        assert_eq!(check(&batch), verdicts, "a check does not use the nonce");
        assert_eq!((root(), events()), (before, seen));
    });
}

#[test]
fn check_batch_uses_the_current_state() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::new("viewer", 30);
        let batch = batch_of_opens(vec![watch.signed_by("viewer-session")]);
        let result = || check(&batch).first().map(|row| row.result);
        assert_eq!(result(), Some(Ok(())));
        assert_ok!(TickStream::set_stream_status(signed("creator"), 0, StreamStatus::Live));
        assert_eq!(result(), Some(Ok(())));
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_eq!(result(), Some(Err(RowError::StreamNotOpen)));
        assert_ok!(TickStream::resume_stream(RuntimeOrigin::root(), 0));
        announce();
        advance(notice());
        assert_eq!(result(), Some(Err(RowError::PriceAboveTicket)));
        assert_ok!(TickStream::remove_key(signed("viewer"), account("viewer-session")));
        assert_eq!(result(), Some(Err(RowError::KeyUnknown)));
        advance(50);
        assert_eq!(result(), Some(Err(RowError::TicketExpired)));
    });
}

#[test]
fn check_batch_of_an_empty_batch_returns_no_verdicts() {
    build_and_execute(|| assert_eq!(check(&Batch::default()), []));
}

#[test]
fn check_batch_above_the_limits_returns_no_verdicts() {
    build_and_execute(|| {
        let claim = |ticks| Claim { session: SessionId::default(), from: 0, ticks, proof: [0; 32] };
        let fits = batch_of_claims(vec![claim(MAX_BATCH_STEPS)]);
        assert_eq!(check(&fits), [verdict(RowKind::Claim, 0, Err(RowError::SessionUnknown))]);
        let too_many_steps = batch_of_claims(vec![claim(MAX_BATCH_STEPS), claim(1)]);
        assert_eq!(check(&too_many_steps), [], "no verdicts");
    });
}
