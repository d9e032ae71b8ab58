//! Why a claim is refused: each reason by batch, as a row's error, and by `record_tick`, as the call's.

use super::*;
use tick_stream_primitives::{RowError, SessionId};

/// A batch with the claim in a group of this stream and gateway.
fn in_group(stream: StreamId, gateway: &str, claim: &Claim) -> Batch {
    let group = ClaimGroup { stream, gateway: account(gateway), claims: vec![claim.clone()].try_into().expect("one") };
    Batch { groups: vec![group].try_into().expect("one"), ..Default::default() }
}

/// Both ways to settle the claim are refused.
fn assert_refused(claim: &Claim, row_error: RowError, error: Error<Test>) {
    assert_row_refused(batch_of_claims(vec![claim.clone()]), row_error);
    assert_noop!(record("stranger", claim), error);
}

#[test]
fn claim_session_unknown_fails() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let claim = watch.claim(10);
        let nobodys = Claim { session: SessionId::default(), ..claim.clone() };
        assert_refused(&nobodys, RowError::SessionUnknown, Error::<Test>::SessionUnknown);
        let close = watch.close(Closer::Gateway, "gateway");
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![close])));
        assert_refused(&claim, RowError::SessionUnknown, Error::<Test>::SessionUnknown);
    });
}

#[test]
fn claim_stream_unknown_fails() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let claim = watch.claim(10);
        assert_row_refused(in_group(1, "gateway", &claim), RowError::StreamUnknown);
        assert_row_refused(in_group(u64::MAX, "gateway", &claim), RowError::StreamUnknown);
    });
}

#[test]
fn claim_group_mismatch_fails() {
    build_and_execute(|| {
        register_gateway("second-gateway");
        let second_stream = create_stream(PRICE, Splits::default());
        let mut watch = opened(60);
        let claim = watch.claim(10);
        let groups = [(0, "second-gateway"), (0, "operator"), (second_stream, "gateway"), (second_stream, "stranger")];
        for (stream, gateway) in groups {
            assert_row_refused(in_group(stream, gateway, &claim), RowError::GroupMismatch);
        }
    });
}

#[test]
fn claim_empty_fails() {
    build_and_execute(|| {
        let mut watch = opened(60);
        watch.settle(10);
        let claim = watch.claim(20);
        for (from, ticks) in [(10, 10), (0, 0), (20, 10), (u32::MAX, 0)] {
            let empty = Claim { from, ticks, ..claim.clone() };
            assert_refused(&empty, RowError::ClaimEmpty, Error::<Test>::NoTicks);
        }
    });
}

#[test]
fn claim_from_ahead_fails() {
    build_and_execute(|| {
        let mut watch = opened(60);
        watch.settle(10);
        let claim = watch.claim(20);
        for from in [11, 19] {
            assert_refused(&Claim { from, ..claim.clone() }, RowError::FromAhead, Error::<Test>::FromAhead);
        }
        assert_ok!(record("gateway", &Claim { from: 10, ..claim }));
    });
}

#[test]
fn claim_split_with_the_higher_part_first_fails() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let (low, high) = (watch.claim(10), Claim { from: 10, ..watch.claim(30) });
        assert_row_refused(batch_of_claims(vec![high]), RowError::FromAhead);
        assert_ok!(record("gateway", &watch.claim(30)));
        assert_refused(&low, RowError::AlreadySettled, Error::<Test>::AlreadySettled);
    });
}

#[test]
fn claim_already_settled_fails() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let claim = watch.claim(20);
        watch.settle(20);
        assert_refused(&claim, RowError::AlreadySettled, Error::<Test>::AlreadySettled);
        let lower = Claim { from: 0, ..watch.claim(5) };
        assert_refused(&lower, RowError::AlreadySettled, Error::<Test>::AlreadySettled);
    });
}

#[test]
fn claim_above_maximum_fails() {
    build_and_execute(|| {
        let mut watch = opened(30);
        let mut claim = watch.claim(30);
        for ticks in [31, u32::MAX] {
            claim.ticks = ticks;
            // More steps than a batch may hold are the batch's own error.
            if ticks == 31 {
                assert_row_refused(batch_of_claims(vec![claim.clone()]), RowError::AboveMaximum);
            }
            assert_noop!(record("stranger", &claim), Error::<Test>::AboveMaximum);
        }
        watch.settle(30);
        let beyond = Claim { from: 30, ticks: 31, session: watch.id, proof: [0; 32] };
        assert_refused(&beyond, RowError::AboveMaximum, Error::<Test>::AboveMaximum);
    });
}

#[test]
fn claim_too_fast_fails() {
    build_and_execute(|| {
        let mut watch = opened(200);
        assert_refused(&watch.claim(61), RowError::TooFast, Error::<Test>::TooFast);
        assert_refused(&watch.claim(200), RowError::TooFast, Error::<Test>::TooFast);
        advance(1);
        assert_ok!(record("stranger", &watch.claim(61)));
        assert_refused(&watch.claim(62), RowError::TooFast, Error::<Test>::TooFast);
    });
}

#[test]
fn claim_too_fast_while_closing_fails() {
    build_and_execute(|| {
        let mut watch = opened(200);
        advance(5);
        leave("viewer", &[watch.id]);
        advance(9);
        assert_refused(&watch.claim(66), RowError::TooFast, Error::<Test>::TooFast);
        assert_ok!(record("stranger", &watch.claim(65)));
    });
}

#[test]
fn claim_proof_invalid_fails() {
    build_and_execute(|| {
        let mut watch = opened(60);
        watch.settle(10);
        let claim = watch.claim(20);
        let other = Watch::opened("viewer", 60).claim(20).proof;
        for proof in [[0; 32], session_of(watch.id).head, tick_hash(&watch.id, &claim.proof), other] {
            let lie = Claim { proof, ..claim.clone() };
            assert_refused(&lie, RowError::ProofInvalid, Error::<Test>::ProofInvalid);
        }
        for ticks in [19, 21] {
            let lie = Claim { ticks, ..claim.clone() };
            assert_refused(&lie, RowError::ProofInvalid, Error::<Test>::ProofInvalid);
        }
    });
}

#[test]
fn record_tick_unsigned_fails() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let claim = watch.claim(10);
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let recorded = TickStream::record_tick(origin, claim.session, claim.from, claim.ticks, claim.proof);
            assert_noop!(recorded.map_err(|error| error.error), sp_runtime::DispatchError::BadOrigin);
        }
    });
}
