//! What a lent key may do: dearest tick, total, time, generation, and the nonces of the tickets it signs.

mod nonces;

use crate::{mock::*, StreamUpdate};
use frame_support::assert_ok;
use tick_stream_primitives::{Balance, Closer, Delegation, RowError};

/// What opening a session by batch costs the viewer.
const OPEN_FEE: Balance = 7;

/// Lends this to the key "viewer-session", in place of what was lent before.
fn lend(change: impl FnOnce(&mut Delegation)) {
    let mut lent = delegation("viewer-session");
    change(&mut lent);
    assert_ok!(TickStream::delegate(signed("viewer"), lent));
}

/// Has "operator" open the ticket, signed by the key of `name`. Returns why it was refused.
fn try_open_by(name: &str, watch: &Watch) -> Option<RowError> {
    System::reset_events();
    assert_ok!(TickStream::process_batch(signed("operator"), batch_of_opens(vec![watch.signed_by(name)])));
    let refused = failures().pop().map(|(_, _, error)| error);
    assert_eq!(refused.is_none(), is_open(watch.id) && session_of(watch.id).head == watch.ticket.anchor);
    refused
}

fn try_open(watch: &Watch) -> Option<RowError> {
    try_open_by("viewer-session", watch)
}

/// Has the gateway end the session.
fn end(watch: &Watch) {
    let row = watch.close(Closer::Gateway, "gateway");
    assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![row])));
    assert!(!is_open(watch.id));
}

#[test]
fn price_at_the_cap_works() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.max_price_per_tick = PRICE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
    });
}

#[test]
fn price_above_the_cap_fails() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.max_price_per_tick = PRICE - 1);
        let mut watch = Watch::new("viewer", 10);
        assert_eq!(try_open(&watch), Some(RowError::PriceAboveDelegation));
        watch.ticket.price_per_tick = PRICE - 1;
        assert_eq!(try_open(&watch), Some(RowError::PriceAboveTicket), "the ticket's own limit comes first");
    });
}

#[test]
fn cap_is_held_against_the_streams_price_and_not_the_tickets_works() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.max_price_per_tick = PRICE);
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.price_per_tick = Balance::MAX;
        assert_eq!(try_open(&watch), None, "the key agreed to more than it may, but pays no more");
        let update = StreamUpdate { price_per_tick: Some(PRICE + 1), ..Default::default() };
        assert_ok!(TickStream::update_stream(signed("creator"), 0, update));
        advance(6);
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.price_per_tick = Balance::MAX;
        assert_eq!(try_open(&watch), Some(RowError::PriceAboveDelegation));
    });
}

#[test]
fn allowance_to_the_last_planck_works() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.allowance = 10 * PRICE + OPEN_FEE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
        assert_eq!(allowance_of("viewer"), 0);
    });
}

#[test]
fn allowance_short_of_a_planck_fails() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.allowance = 10 * PRICE + OPEN_FEE - 1);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::AllowanceTooLow));
        assert_eq!(allowance_of("viewer"), 10 * PRICE + OPEN_FEE - 1);
        assert_eq!(try_open(&Watch::new("viewer", 9)), None);
        assert_eq!(allowance_of("viewer"), PRICE - 1);
    });
}

#[test]
fn allowance_is_one_total_over_all_sessions_works() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.allowance = 2 * (10 * PRICE + OPEN_FEE));
        let first = Watch::opened("viewer", 10);
        Watch::opened("viewer", 10);
        assert_eq!(try_open(&Watch::new("viewer", 1)), Some(RowError::AllowanceTooLow));
        end(&first);
        assert_eq!(allowance_of("viewer"), 10 * PRICE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::AllowanceTooLow), "the fee is gone for good");
        assert_eq!(try_open(&Watch::new("viewer", 9)), None);
    });
}

#[test]
fn allowance_spent_by_claims_stays_spent_works() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.allowance = 60 * PRICE + OPEN_FEE);
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(25);
        end(&watch);
        assert_eq!(allowance_of("viewer"), 35 * PRICE);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - OPEN_FEE - 25 * PRICE);
    });
}

#[test]
fn allowance_above_the_deposit_fails() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.allowance = Balance::MAX);
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT - 10 * PRICE));
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::FundsTooLow));
        assert_eq!(allowance_of("viewer"), Balance::MAX, "a refused ticket takes nothing off");
    });
}

#[test]
fn expiry_at_the_last_block_works() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.expires_at = 11);
        let running = Watch::opened("viewer", 10);
        advance(10);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
        let row = running.close(Closer::SessionKey, "viewer-session");
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![row])));
        assert!(session_of(running.id).closing.is_some());
    });
}

#[test]
fn expiry_a_block_later_fails() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.expires_at = 11);
        let running = Watch::opened("viewer", 10);
        advance(11);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::DelegationExpired));
        let row = running.close(Closer::SessionKey, "viewer-session");
        assert_row_refused(batch_of_closes(vec![row]), RowError::DelegationExpired);
        assert!(session_of(running.id).closing.is_none(), "the session itself goes on");
    });
}

#[test]
fn refund_after_the_expiry_restores_the_allowance_works() {
    build_and_execute(|| {
        fund("viewer");
        lend(|lent| lent.expires_at = 11);
        let running = Watch::opened("viewer", 10);
        advance(50);
        end(&running);
        assert_eq!(allowance_of("viewer"), DEPOSIT - OPEN_FEE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::DelegationExpired), "which helps nobody");
    });
}

#[test]
fn generation_counts_every_change_of_the_key_works() {
    build_and_execute(|| {
        let generation = || deposit_of("viewer").generation;
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        assert_eq!(generation(), 0);
        lend(|_| ());
        assert_eq!(generation(), 1);
        assert_ok!(TickStream::deposit(signed("viewer"), 1, None));
        assert_eq!(generation(), 1, "money alone changes nothing");
        assert_ok!(TickStream::deposit(signed("viewer"), 1, Some(delegation("viewer-session"))));
        assert_eq!(generation(), 2);
        assert_ok!(TickStream::revoke_delegation(signed("viewer")));
        assert_eq!(generation(), 3);
        lend(|_| ());
        let watch = Watch::opened("viewer", 10);
        assert_eq!((generation(), session_of(watch.id).generation), (4, Some(4)));
    });
}

#[test]
fn refund_after_revoking_and_lending_the_same_key_keeps_the_new_allowance_works() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 100);
        assert_ok!(TickStream::revoke_delegation(signed("viewer")));
        lend(|lent| lent.allowance = 3);
        end(&watch);
        assert_eq!(allowance_of("viewer"), 3);
    });
}

#[test]
fn key_that_was_replaced_fails() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::new("viewer", 10);
        assert_ok!(TickStream::delegate(signed("viewer"), delegation("new-key")));
        assert_eq!(try_open(&watch), Some(RowError::SignatureInvalid));
        assert_eq!(try_open_by("new-key", &watch), None);
    });
}

#[test]
fn key_lent_by_two_viewers_spends_each_ones_own_works() {
    build_and_execute(|| {
        for viewer in ["viewer", "second-viewer"] {
            assert_ok!(TickStream::deposit(signed(viewer), DEPOSIT, Some(delegation("shared"))));
        }
        let (first, second) = (Watch::new("viewer", 10), Watch::new("second-viewer", 20));
        assert_eq!(try_open_by("shared", &first), None);
        assert_eq!(try_open_by("shared", &second), None);
        assert_eq!(allowance_of("viewer"), DEPOSIT - 10 * PRICE - OPEN_FEE);
        assert_eq!(allowance_of("second-viewer"), DEPOSIT - 20 * PRICE - OPEN_FEE);
    });
}
