//! Tests of every reason to refuse a claim: as the error of a row, and as the error of `record_tick`.

use super::*;
use tick_stream_primitives::{RowError, SessionId};

/// Returns a batch with the claim in a group of this stream and gateway.
fn in_group(stream: StreamId, gateway: &str, claim: &Claim) -> Batch {
    let group = ClaimGroup {
        stream,
        gateway: account(gateway),
        claims: vec![claim.clone()].try_into().expect("within the bound"),
    };
    Batch { groups: vec![group].try_into().expect("within the bound"), ..Default::default() }
}

/// Checks that the claim is refused in a batch and as a call.
fn assert_refused(claim: &Claim, row_error: RowError, error: Error<Test>) {
    assert_row_refused(batch_of_claims(vec![claim.clone()]), row_error);
    assert_noop!(record("stranger", claim), error);
}

#[test]
fn claim_on_an_unknown_session_is_refused() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let claim = watch.claim(10);
        let unknown = Claim { session: SessionId::default(), ..claim.clone() };
        assert_refused(&unknown, RowError::SessionUnknown, Error::<Test>::SessionUnknown);
        let close = watch.close(Closer::Gateway, "gateway");
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![close])));
        assert_refused(&claim, RowError::SessionUnknown, Error::<Test>::SessionUnknown);
    });
}

#[test]
fn claim_in_a_group_of_an_unknown_stream_is_refused() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let claim = watch.claim(10);
        for stream in [1, u64::MAX] {
            assert_row_refused(in_group(stream, "gateway", &claim), RowError::GroupMismatch);
            let unknown = Claim { session: SessionId::default(), ..claim.clone() };
            assert_row_refused(in_group(stream, "gateway", &unknown), RowError::SessionUnknown);
        }
    });
}

#[test]
fn claim_in_the_group_of_another_session_is_refused() {
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
fn claim_without_ticks_is_refused() {
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
fn claim_with_from_above_the_settled_ticks_is_refused() {
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
fn higher_part_of_a_split_claim_is_refused_before_the_lower_one() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let (low, high) = (watch.claim(10), Claim { from: 10, ..watch.claim(30) });
        assert_row_refused(batch_of_claims(vec![high]), RowError::FromAhead);
        assert_ok!(record("gateway", &watch.claim(30)));
        assert_refused(&low, RowError::AlreadySettled, Error::<Test>::AlreadySettled);
    });
}

#[test]
fn claim_of_settled_ticks_is_refused() {
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
fn claim_above_max_ticks_is_refused() {
    build_and_execute(|| {
        let mut watch = opened(30);
        let mut claim = watch.claim(30);
        for ticks in [31, u32::MAX] {
            claim.ticks = ticks;
            // A batch with more steps than allowed fails as a whole.
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
fn claim_ahead_of_the_prepaid_ticks_is_refused() {
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
fn claim_of_time_after_closing_started_is_refused() {
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
fn claim_with_an_invalid_proof_is_refused() {
    build_and_execute(|| {
        let mut watch = opened(60);
        watch.settle(10);
        let claim = watch.claim(20);
        let other = Watch::opened("viewer", 60).claim(20).proof;
        for proof in [[0; 32], session_of(watch.id).head, tick_hash(&watch.id, &claim.proof), other] {
            let false_claim = Claim { proof, ..claim.clone() };
            assert_refused(&false_claim, RowError::ProofInvalid, Error::<Test>::ProofInvalid);
        }
        for ticks in [19, 21] {
            let false_claim = Claim { ticks, ..claim.clone() };
            assert_refused(&false_claim, RowError::ProofInvalid, Error::<Test>::ProofInvalid);
        }
    });
}

#[test]
fn unsigned_record_tick_is_refused() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let claim = watch.claim(10);
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let recorded = TickStream::record_tick(origin, claim.session, claim.from, claim.ticks, claim.proof);
            assert_noop!(recorded.map_err(|error| error.error), sp_runtime::DispatchError::BadOrigin);
        }
    });
}
