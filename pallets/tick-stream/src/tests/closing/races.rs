//! Tests of opens, claims and closes of one session in the same block or batch.

use super::*;
use tick_stream_primitives::Batch;

#[test]
fn second_close_of_a_session_in_a_batch_has_the_result_of_its_new_state() {
    let both = |first: fn(&Watch) -> CloseRow, second: fn(&Watch) -> CloseRow| {
        let mut ext = chain_with_stream();
        ext.execute_with(|| {
            let watch = opened(60);
            let refused = try_close(vec![first(&watch), second(&watch)]);
            assert_ok!(TickStream::do_try_state());
            (refused, is_open(watch.id))
        })
    };
    let gateway = |watch: &Watch| watch.close(Closer::Gateway, "gateway");
    let operator = |watch: &Watch| watch.close(Closer::Operator, "operator");
    let viewer = |watch: &Watch| watch.close(Closer::Viewer, "viewer");
    let unsigned = |watch: &Watch| watch.unsigned_close();
    let unknown = vec![(RowKind::Close, 1, RowError::SessionUnknown)];
    let closing = vec![(RowKind::Close, 1, RowError::AlreadyClosing)];
    assert_eq!(both(viewer, gateway), (vec![], false), "it starts to close and is removed");
    assert_eq!(both(gateway, viewer), (unknown.clone(), false));
    assert_eq!(both(gateway, operator), (unknown.clone(), false), "it is refunded once");
    assert_eq!(both(gateway, unsigned), (unknown, false));
    assert_eq!(both(viewer, viewer), (closing.clone(), true));
    assert_eq!(both(viewer, unsigned), (closing, true));
}

#[test]
fn session_can_be_opened_settled_and_closed_in_one_batch() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 60);
        let batch = Batch {
            closes: vec![watch.close(Closer::Operator, "operator")].try_into().expect("within the bound"),
            groups: batch_of_claims(vec![watch.claim(60)]).groups,
            ..batch_of_opens(vec![watch.signed_by("viewer-session")])
        };
        assert_ok!(TickStream::process_batch(signed("operator"), batch));
        assert_eq!(failures(), []);
        assert!(!is_open(watch.id));
        let deposit = deposit_of("viewer");
        assert_eq!((deposit.free, deposit.reserved), (DEPOSIT - 60 * PRICE - OPEN_FEE, 0));
        assert_eq!(key_of("viewer", "viewer-session").paid_until, START_MS + 60_000);
        assert_eq!(earned("operator"), 0);
    });
}

#[test]
fn claim_is_settled_before_a_close_in_the_same_batch() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let batch = Batch {
            closes: vec![watch.close(Closer::Gateway, "gateway")].try_into().expect("within the bound"),
            ..batch_of_claims(vec![watch.claim(30)])
        };
        System::reset_events();
        assert_ok!(TickStream::process_batch(signed("stranger"), batch));
        assert_eq!(failures(), []);
        assert_eq!(events()[2], closed_event(&watch, 30, 0));
        assert_eq!(deposit_of("viewer").free, DEPOSIT - OPEN_FEE - 30 * PRICE);
        assert_eq!(earned("stranger"), 0, "the session was not closing when the claim was settled");
    });
}

#[test]
fn last_claim_lets_an_unsigned_close_in_the_same_batch_remove_the_session() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let batch = Batch {
            closes: vec![watch.unsigned_close()].try_into().expect("within the bound"),
            ..batch_of_claims(vec![watch.claim(60)])
        };
        assert_ok!(TickStream::process_batch(signed("stranger"), batch));
        assert_eq!(failures(), []);
        assert!(!is_open(watch.id), "the claim settled its last ticks");
    });
}

#[test]
fn claim_after_the_removal_is_refused() {
    build_and_execute(|| {
        let mut watch = opened(60);
        leave("viewer", &[watch.id]);
        let claim = watch.claim(30);
        advance(CLOSE_PERIOD);
        close(vec![watch.unsigned_close()]);
        assert_row_refused(batch_of_claims(vec![claim.clone()]), RowError::SessionUnknown);
        let late = TickStream::record_tick(signed("gateway"), claim.session, 0, 30, claim.proof);
        assert_noop!(late.map_err(|error| error.error), Error::<Test>::SessionUnknown);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - OPEN_FEE, "the late claim is not paid");
    });
}

#[test]
fn claim_in_the_batch_of_the_removal_is_settled() {
    build_and_execute(|| {
        let mut watch = opened(60);
        leave("viewer", &[watch.id]);
        advance(CLOSE_PERIOD);
        let batch = Batch {
            closes: vec![watch.unsigned_close()].try_into().expect("within the bound"),
            ..batch_of_claims(vec![watch.claim(30)])
        };
        assert_ok!(TickStream::process_batch(signed("stranger"), batch));
        assert_eq!(failures(), []);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - OPEN_FEE - 30 * PRICE);
    });
}

#[test]
fn nonce_of_a_removed_session_stays_used() {
    build_and_execute(|| {
        let watch = opened(60);
        close(vec![watch.close(Closer::Gateway, "gateway")]);
        let again = batch_of_opens(vec![watch.signed_by("viewer-session")]);
        assert_row_refused(again, RowError::NonceUsed);
    });
}
