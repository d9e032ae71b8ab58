//! Tests of nonces: in any order, once each, within the window.

use super::*;
use crate::Error;
use frame_support::assert_noop;
use tick_stream_primitives::NonceWindow;

/// Nonce before the first one of a deposit made in block 1.
const FIRST: u64 = 1 << 32;

fn ticket(nonce: u64) -> Watch {
    Watch::with_nonce("viewer", 1, nonce)
}

/// Opens a ticket and closes its session, to make room for the next one. Returns why it was refused, if so.
fn open_and_end(nonce: u64) -> Option<RowError> {
    let watch = ticket(nonce);
    let refused = try_open(&watch);
    if refused.is_none() {
        end(&watch);
    }
    refused
}

fn window() -> NonceWindow {
    deposit_of("viewer").nonces
}

#[test]
fn nonces_can_be_used_out_of_order() {
    build_and_execute(|| {
        fund("viewer");
        assert_eq!(window(), NonceWindow { last: FIRST, used: 0b1 });
        let expected = [
            (5, FIRST + 5, 0b10_0001),
            (2, FIRST + 5, 0b10_1001),
            (4, FIRST + 5, 0b10_1011),
            (7, FIRST + 7, 0b1010_1101),
            (1, FIRST + 7, 0b1110_1101),
        ];
        for (ahead, last, used) in expected {
            assert_eq!(open_and_end(FIRST + ahead), None);
            assert_eq!(window(), NonceWindow { last, used }, "after nonce {ahead}");
        }
    });
}

#[test]
fn used_nonces_are_refused() {
    build_and_execute(|| {
        fund("viewer");
        let order = [5, 2, 4, 7, 1];
        order.iter().for_each(|ahead| assert_eq!(open_and_end(FIRST + ahead), None));
        let before = window();
        for ahead in [0].iter().chain(&order) {
            let watch = ticket(FIRST + ahead);
            assert_row_refused(batch_of_opens(vec![watch.signed_by("viewer-session")]), RowError::NonceUsed);
            assert_noop!(TickStream::join_stream(signed("viewer"), watch.ticket), Error::<Test>::NonceInvalid);
        }
        assert_eq!(window(), before);
        [3, 6]
            .iter()
            .for_each(|ahead| assert_eq!(open_and_end(FIRST + ahead), None, "skipped nonces can still be used"));
    });
}

#[test]
fn nonce_64_ahead_moves_the_window() {
    build_and_execute(|| {
        fund("viewer");
        assert_eq!(open_and_end(FIRST + 65), Some(RowError::NonceTooHigh));
        assert_eq!(open_and_end(FIRST + 64), None);
        assert_eq!(window(), NonceWindow { last: FIRST + 64, used: 1 });
        assert_eq!(open_and_end(FIRST + 65), None, "the window has moved");
        assert_eq!(window(), NonceWindow { last: FIRST + 65, used: 0b11 });
    });
}

#[test]
fn nonce_64_behind_is_too_old() {
    build_and_execute(|| {
        fund("viewer");
        assert_eq!(open_and_end(FIRST + 64), None);
        assert_eq!(open_and_end(FIRST), Some(RowError::NonceTooOld), "64 behind");
        assert_eq!(open_and_end(FIRST + 1), None, "63 behind");
        assert_eq!(window(), NonceWindow { last: FIRST + 64, used: 1 << 63 | 1 });
        assert_eq!(open_and_end(FIRST + 1), Some(RowError::NonceUsed));
        assert_eq!(open_and_end(FIRST + 65), None);
        assert_eq!(window().used, 0b11, "the oldest nonce has left the window");
        assert_eq!(
            open_and_end(FIRST + 1),
            Some(RowError::NonceTooOld),
            "a nonce outside the window is not accepted again"
        );
    });
}

#[test]
fn whole_window_of_nonces_can_be_used_backwards() {
    build_and_execute(|| {
        fund("viewer");
        assert_eq!(open_and_end(FIRST + 64), None);
        (1..64).rev().for_each(|ahead| assert_eq!(open_and_end(FIRST + ahead), None, "nonce {ahead}"));
        assert_eq!(window(), NonceWindow { last: FIRST + 64, used: u64::MAX });
        (1..=64).for_each(|ahead| assert_eq!(open_and_end(FIRST + ahead), Some(RowError::NonceUsed)));
    });
}

#[test]
fn session_key_and_wallet_share_the_nonce_window() {
    build_and_execute(|| {
        fund("viewer");
        let joined = ticket(FIRST + 3);
        assert_ok!(TickStream::join_stream(signed("viewer"), joined.ticket.clone()));
        end(&joined);
        assert_eq!(open_and_end(FIRST + 3), Some(RowError::NonceUsed));
        assert_eq!(open_and_end(FIRST + 2), None);
        let late = ticket(FIRST + 2).ticket;
        assert_noop!(TickStream::join_stream(signed("viewer"), late), Error::<Test>::NonceInvalid);
    });
}

#[test]
fn new_delegation_keeps_the_nonce_window() {
    build_and_execute(|| {
        fund("viewer");
        assert_eq!(open_and_end(FIRST + 3), None);
        assert_ok!(TickStream::revoke_delegation(signed("viewer")));
        delegate(|_| ());
        assert_eq!(open_and_end(FIRST + 3), Some(RowError::NonceUsed));
        assert_eq!(open_and_end(FIRST + 2), None);
    });
}

#[test]
fn refused_tickets_do_not_use_their_nonces() {
    build_and_execute(|| {
        fund("viewer");
        let watch = ticket(FIRST + 9);
        let before = window();
        assert_eq!(try_open_by("stranger", &watch), Some(RowError::SignatureInvalid));
        assert_eq!(window(), before, "an invalid signature does not use the nonce");
        assert_eq!(try_open(&watch), None);
    });
}

#[test]
fn nonces_of_two_viewers_are_independent() {
    build_and_execute(|| {
        fund("viewer");
        fund("second-viewer");
        let (first, second) = (ticket(FIRST + 1), Watch::with_nonce("second-viewer", 1, FIRST + 1));
        assert_ne!(first.id, second.id);
        assert_eq!(try_open(&first), None);
        assert_eq!(try_open_by("second-viewer-session", &second), None);
    });
}
