//! Tests of nonces: in any order, once each, within the window.

use super::*;
use crate::Error;
use frame_support::assert_noop;
use tick_stream_primitives::NonceWindow;

/// Nonce before the first one of a key added in block 1.
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
    key_of("viewer", "viewer-session").nonces
}

/// Returns the part of a window that is used if the highest `known` nonces are used as `used` says, and all before.
fn used_after(known: u32, used: u64) -> u64 {
    u64::MAX << known | used
}

#[test]
fn nonces_can_be_used_out_of_order() {
    build_and_execute(|| {
        fund("viewer");
        assert_eq!(window(), NonceWindow { last: FIRST, used: u64::MAX }, "earlier nonces count as used");
        let expected = [
            (5, FIRST + 5, used_after(5, 0b0_0001)),
            (2, FIRST + 5, used_after(5, 0b0_1001)),
            (4, FIRST + 5, used_after(5, 0b0_1011)),
            (7, FIRST + 7, used_after(7, 0b010_1101)),
            (1, FIRST + 7, used_after(7, 0b110_1101)),
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
        assert_eq!(window(), NonceWindow { last: FIRST + 65, used: 0b11 }, "the oldest nonce has left the window");
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
        (0..64).for_each(|behind| assert_eq!(open_and_end(FIRST + 64 - behind), Some(RowError::NonceUsed)));
    });
}

#[test]
fn session_keys_and_wallet_have_nonces_of_their_own() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "phone", |_| ());
        let nonce = FIRST + 3;
        let of_key = ticket(nonce);
        let of_phone = Watch::create("viewer", "phone", 1, nonce);
        let of_wallet = Watch::create("viewer", "viewer", 1, nonce);
        assert_eq!(try_open(&of_key), None);
        assert_eq!(try_open_by("phone", &of_phone), None);
        assert_ok!(TickStream::join_stream(signed("viewer"), of_wallet.ticket.clone()));
        let watches = [of_key, of_phone, of_wallet];
        assert!(watches.iter().all(|watch| is_open(watch.id)), "the same nonce opens three sessions");
        watches.iter().for_each(end);
        assert_eq!(open_and_end(nonce), Some(RowError::NonceUsed));
        let late = Watch::create("viewer", "viewer", 1, nonce).ticket;
        assert_noop!(TickStream::join_stream(signed("viewer"), late), Error::<Test>::NonceInvalid);
    });
}

#[test]
fn wallet_nonces_can_be_used_out_of_order_and_once() {
    build_and_execute(|| {
        fund("viewer");
        let join = |ahead| {
            let watch = Watch::create("viewer", "viewer", 1, FIRST + ahead);
            TickStream::join_stream(signed("viewer"), watch.ticket.clone()).map(|()| end(&watch))
        };
        for ahead in [64, 1, 63] {
            assert_ok!(join(ahead));
        }
        for ahead in [0, 1, 63, 64, 64 + 65] {
            assert_noop!(join(ahead), Error::<Test>::NonceInvalid);
        }
        assert_eq!(deposit_of("viewer").nonces, NonceWindow { last: FIRST + 64, used: 1 << 63 | 0b11 });
        assert_eq!(window().last, FIRST, "the key's window is unchanged");
    });
}

#[test]
fn update_keeps_the_nonce_window() {
    build_and_execute(|| {
        fund("viewer");
        assert_eq!(open_and_end(FIRST + 3), None);
        limit_key(|_| ());
        assert_eq!(open_and_end(FIRST + 3), Some(RowError::NonceUsed));
        assert_eq!(open_and_end(FIRST + 2), None);
    });
}

#[test]
fn nonces_of_a_new_key_are_above_those_of_removed_keys() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "phone", |_| ());
        assert_eq!(open_and_end(FIRST + 50), None);
        assert_eq!(key_of("viewer", "phone").nonces.last, FIRST, "a key that exists is not affected");
        assert_ok!(remove("viewer-session"));
        assert_ok!(remove("phone"));
        assert_eq!(deposit_of("viewer").nonce_floor, FIRST + 50, "the highest nonce of both");
        add_key("viewer", "tablet", |_| ());
        assert_eq!(key_of("viewer", "tablet").nonces, NonceWindow { last: FIRST + 50, used: u64::MAX });
        advance(3);
        add_key("viewer", "phone", |_| ());
        assert_eq!(key_of("viewer", "phone").nonces.last, 4 << 32, "or above those of the block");
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
