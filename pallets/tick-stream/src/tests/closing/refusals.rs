//! Tests of every reason to refuse a close.

use super::*;

fn assert_refused(row: CloseRow, error: RowError) {
    assert_row_refused(batch_of_closes(vec![row]), error);
}

#[test]
fn close_of_an_unknown_session_is_refused() {
    build_and_execute(|| {
        let watch = opened(60);
        assert_refused(CloseRow { session: SessionId::default(), signature: None }, RowError::SessionUnknown);
        close(vec![watch.close(Closer::Gateway, "gateway")]);
        assert_refused(watch.unsigned_close(), RowError::SessionUnknown);
        assert_refused(watch.close(Closer::Gateway, "gateway"), RowError::SessionUnknown);
    });
}

#[test]
fn unsigned_close_before_the_end_is_refused() {
    build_and_execute(|| {
        let mut watch = opened(60);
        assert_refused(watch.unsigned_close(), RowError::CloseNotDue);
        watch.settle(30);
        advance(60);
        assert_refused(watch.unsigned_close(), RowError::CloseNotDue);
    });
}

#[test]
fn close_of_the_viewer_on_a_closing_session_is_refused() {
    build_and_execute(|| {
        let watch = opened(60);
        leave("viewer", &[watch.id]);
        advance(CLOSE_PERIOD - 1);
        assert_refused(watch.unsigned_close(), RowError::AlreadyClosing);
        assert_refused(watch.close(Closer::Viewer, "viewer"), RowError::AlreadyClosing);
        assert_refused(watch.close(Closer::SessionKey, "viewer-session"), RowError::AlreadyClosing);
        stall(1_000);
        assert_refused(watch.unsigned_close(), RowError::AlreadyClosing);
    });
}

#[test]
fn close_with_an_invalid_signature_is_refused() {
    build_and_execute(|| {
        let (watch, other) = (opened(60), Watch::opened("viewer", 60));
        for by in [Closer::Gateway, Closer::Operator, Closer::Viewer, Closer::SessionKey] {
            assert_refused(watch.close(by, "stranger"), RowError::SignatureInvalid);
        }
        for (by, name) in [(Closer::Gateway, "operator"), (Closer::Operator, "gateway"), (Closer::Viewer, "gateway")] {
            assert_refused(watch.close(by, name), RowError::SignatureInvalid);
        }
        let of_the_other = CloseRow { session: watch.id, ..other.close(Closer::Gateway, "gateway") };
        assert_refused(of_the_other, RowError::SignatureInvalid);
    });
}

#[test]
fn close_with_an_invalid_signature_on_a_closing_session_is_refused() {
    build_and_execute(|| {
        let watch = opened(60);
        leave("viewer", &[watch.id]);
        assert_refused(watch.close(Closer::Gateway, "viewer"), RowError::SignatureInvalid);
        assert_refused(watch.close(Closer::Operator, "gateway"), RowError::SignatureInvalid);
    });
}

#[test]
fn close_of_a_revoked_session_key_is_refused() {
    build_and_execute(|| {
        let watch = opened(60);
        assert_ok!(TickStream::revoke_delegation(signed("viewer")));
        assert_refused(watch.close(Closer::SessionKey, "viewer-session"), RowError::DelegationMissing);
        close(vec![watch.close(Closer::Viewer, "viewer")]);
    });
}

#[test]
fn close_of_an_expired_session_key_is_refused() {
    build_and_execute(|| {
        let watch = opened(60);
        let short = Delegation { expires_at: 5, ..delegation("viewer-session") };
        assert_ok!(TickStream::delegate(signed("viewer"), short));
        advance(5);
        assert_refused(watch.close(Closer::SessionKey, "viewer-session"), RowError::DelegationExpired);
    });
}

#[test]
fn close_of_a_replaced_session_key_is_refused() {
    build_and_execute(|| {
        let watch = opened(60);
        assert_ok!(TickStream::delegate(signed("viewer"), delegation("new-key")));
        assert_refused(watch.close(Closer::SessionKey, "viewer-session"), RowError::SignatureInvalid);
        close(vec![watch.close(Closer::SessionKey, "new-key")]);
        assert!(session_of(watch.id).closing.is_some(), "the current key may close what an earlier key opened");
    });
}
