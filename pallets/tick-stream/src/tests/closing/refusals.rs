//! Why a close is refused.

use super::*;

fn assert_refused(row: CloseRow, error: RowError) {
    assert_row_refused(batch_of_closes(vec![row]), error);
}

#[test]
fn close_session_unknown_fails() {
    build_and_execute(|| {
        let watch = opened(60);
        assert_refused(CloseRow { session: SessionId::default(), signature: None }, RowError::SessionUnknown);
        close(vec![watch.close(Closer::Gateway, "gateway")]);
        assert_refused(watch.unsigned_close(), RowError::SessionUnknown);
        assert_refused(watch.close(Closer::Gateway, "gateway"), RowError::SessionUnknown);
    });
}

#[test]
fn close_not_due_fails() {
    build_and_execute(|| {
        let mut watch = opened(60);
        assert_refused(watch.unsigned_close(), RowError::CloseNotDue);
        watch.settle(30);
        advance(60);
        assert_refused(watch.unsigned_close(), RowError::CloseNotDue);
    });
}

#[test]
fn close_already_closing_fails() {
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
fn close_signature_invalid_fails() {
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
fn close_signature_invalid_while_closing_fails() {
    build_and_execute(|| {
        let watch = opened(60);
        leave("viewer", &[watch.id]);
        assert_refused(watch.close(Closer::Gateway, "viewer"), RowError::SignatureInvalid);
        assert_refused(watch.close(Closer::Operator, "gateway"), RowError::SignatureInvalid);
    });
}

#[test]
fn close_delegation_missing_fails() {
    build_and_execute(|| {
        let watch = opened(60);
        assert_ok!(TickStream::revoke_delegation(signed("viewer")));
        assert_refused(watch.close(Closer::SessionKey, "viewer-session"), RowError::DelegationMissing);
        close(vec![watch.close(Closer::Viewer, "viewer")]);
    });
}

#[test]
fn close_delegation_expired_fails() {
    build_and_execute(|| {
        let watch = opened(60);
        let short = Delegation { expires_at: 5, ..delegation("viewer-session") };
        assert_ok!(TickStream::delegate(signed("viewer"), short));
        advance(5);
        assert_refused(watch.close(Closer::SessionKey, "viewer-session"), RowError::DelegationExpired);
    });
}

#[test]
fn close_signed_by_a_key_of_former_days_fails() {
    build_and_execute(|| {
        let watch = opened(60);
        assert_ok!(TickStream::delegate(signed("viewer"), delegation("new-key")));
        assert_refused(watch.close(Closer::SessionKey, "viewer-session"), RowError::SignatureInvalid);
        close(vec![watch.close(Closer::SessionKey, "new-key")]);
        assert!(session_of(watch.id).closing.is_some(), "the live key may, whatever key opened it");
    });
}
