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
fn removed_session_key_can_close_its_sessions() {
    build_and_execute(|| {
        let watch = opened(60);
        assert_ok!(TickStream::remove_key(signed("viewer"), account("viewer-session")));
        close(vec![watch.close(Closer::SessionKey, "viewer-session")]);
        assert!(session_of(watch.id).closing.is_some());
    });
}

#[test]
fn expired_session_key_can_close_its_sessions() {
    build_and_execute(|| {
        let watch = opened(60);
        limit_key(|limits| limits.expires_at = 5);
        advance(5);
        close(vec![watch.close(Closer::SessionKey, "viewer-session")]);
        assert!(session_of(watch.id).closing.is_some());
    });
}

#[test]
fn close_of_another_key_of_the_viewer_is_refused() {
    build_and_execute(|| {
        let watch = opened(60);
        add_key("viewer", "phone", |_| ());
        assert_refused(watch.close(Closer::SessionKey, "phone"), RowError::SignatureInvalid);
        let of_phone = Watch::opened_by("viewer", "phone", 60);
        assert_refused(of_phone.close(Closer::SessionKey, "viewer-session"), RowError::SignatureInvalid);
        close(vec![of_phone.close(Closer::SessionKey, "phone")]);
    });
}

#[test]
fn close_of_a_session_key_on_a_session_of_the_wallet_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::joined("viewer", 60);
        assert_refused(watch.close(Closer::SessionKey, "viewer-session"), RowError::KeyUnknown);
        assert_refused(watch.close(Closer::SessionKey, "viewer"), RowError::KeyUnknown);
        close(vec![watch.close(Closer::Viewer, "viewer")]);
    });
}
