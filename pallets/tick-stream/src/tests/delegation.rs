//! Tests of the limits of a session key: price, total, time, generation, and nonces of the tickets it signs.

mod nonces;

use crate::{mock::*, StreamUpdate};
use frame_support::assert_ok;
use tick_stream_primitives::{Balance, Closer, Delegation, RowError};

/// Open fee in planck.
const OPEN_FEE: Balance = 7;

/// Replaces the delegation of "viewer" by one to "viewer-session" with a change.
fn delegate(change: impl FnOnce(&mut Delegation)) {
    let mut terms = delegation("viewer-session");
    change(&mut terms);
    assert_ok!(TickStream::delegate(signed("viewer"), terms));
}

/// Submits the ticket, signed by the key of `name`, as "operator". Returns why it was refused, if so.
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

/// Closes the session in the name of the gateway.
fn end(watch: &Watch) {
    let row = watch.close(Closer::Gateway, "gateway");
    assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![row])));
    assert!(!is_open(watch.id));
}

#[test]
fn price_at_the_delegations_limit_is_accepted() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.max_price_per_tick = PRICE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
    });
}

#[test]
fn price_above_the_delegations_limit_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.max_price_per_tick = PRICE - 1);
        let mut watch = Watch::new("viewer", 10);
        assert_eq!(try_open(&watch), Some(RowError::PriceAboveDelegation));
        watch.ticket.price_per_tick = PRICE - 1;
        assert_eq!(try_open(&watch), Some(RowError::PriceAboveTicket), "the limit of the ticket is checked first");
    });
}

#[test]
fn price_limit_applies_to_the_streams_price_and_not_the_tickets() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.max_price_per_tick = PRICE);
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.price_per_tick = Balance::MAX;
        assert_eq!(try_open(&watch), None, "the key accepts more than it may, but pays no more");
        let update = StreamUpdate { price_per_tick: Some(PRICE + 1), ..Default::default() };
        assert_ok!(TickStream::update_stream(signed("creator"), 0, update));
        advance(6);
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.price_per_tick = Balance::MAX;
        assert_eq!(try_open(&watch), Some(RowError::PriceAboveDelegation));
    });
}

#[test]
fn allowance_can_be_spent_to_the_last_planck() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.allowance = 10 * PRICE + OPEN_FEE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
        assert_eq!(allowance_of("viewer"), 0);
    });
}

#[test]
fn allowance_one_planck_short_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.allowance = 10 * PRICE + OPEN_FEE - 1);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::AllowanceTooLow));
        assert_eq!(allowance_of("viewer"), 10 * PRICE + OPEN_FEE - 1);
        assert_eq!(try_open(&Watch::new("viewer", 9)), None);
        assert_eq!(allowance_of("viewer"), PRICE - 1);
    });
}

#[test]
fn allowance_is_a_total_over_all_sessions() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.allowance = 2 * (10 * PRICE + OPEN_FEE));
        let first = Watch::opened("viewer", 10);
        Watch::opened("viewer", 10);
        assert_eq!(try_open(&Watch::new("viewer", 1)), Some(RowError::AllowanceTooLow));
        end(&first);
        assert_eq!(allowance_of("viewer"), 10 * PRICE);
        assert_eq!(
            try_open(&Watch::new("viewer", 10)),
            Some(RowError::AllowanceTooLow),
            "the open fee is not restored"
        );
        assert_eq!(try_open(&Watch::new("viewer", 9)), None);
    });
}

#[test]
fn allowance_spent_by_claims_is_not_restored() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.allowance = 60 * PRICE + OPEN_FEE);
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(25);
        end(&watch);
        assert_eq!(allowance_of("viewer"), 35 * PRICE);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - OPEN_FEE - 25 * PRICE);
    });
}

#[test]
fn allowance_above_the_deposit_does_not_raise_it() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.allowance = Balance::MAX);
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT - 10 * PRICE));
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::FundsTooLow));
        assert_eq!(allowance_of("viewer"), Balance::MAX, "a refused ticket does not use up the allowance");
    });
}

#[test]
fn session_key_is_valid_in_its_last_block() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.expires_at = 11);
        let running = Watch::opened("viewer", 10);
        advance(10);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
        let row = running.close(Closer::SessionKey, "viewer-session");
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![row])));
        assert!(session_of(running.id).closing.is_some());
    });
}

#[test]
fn session_key_is_refused_after_its_last_block() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.expires_at = 11);
        let running = Watch::opened("viewer", 10);
        advance(11);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::DelegationExpired));
        let row = running.close(Closer::SessionKey, "viewer-session");
        assert_row_refused(batch_of_closes(vec![row]), RowError::DelegationExpired);
        assert!(session_of(running.id).closing.is_none(), "the session stays open");
    });
}

#[test]
fn refund_restores_the_allowance_of_an_expired_delegation() {
    build_and_execute(|| {
        fund("viewer");
        delegate(|terms| terms.expires_at = 11);
        let running = Watch::opened("viewer", 10);
        advance(50);
        end(&running);
        assert_eq!(allowance_of("viewer"), DEPOSIT - OPEN_FEE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::DelegationExpired), "the key stays expired");
    });
}

#[test]
fn generation_counts_every_change_of_the_delegation() {
    build_and_execute(|| {
        let generation = || deposit_of("viewer").generation;
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        assert_eq!(generation(), 0);
        delegate(|_| ());
        assert_eq!(generation(), 1);
        assert_ok!(TickStream::deposit(signed("viewer"), 1, None));
        assert_eq!(generation(), 1, "a deposit without a delegation changes nothing");
        assert_ok!(TickStream::deposit(signed("viewer"), 1, Some(delegation("viewer-session"))));
        assert_eq!(generation(), 2);
        assert_ok!(TickStream::revoke_delegation(signed("viewer")));
        assert_eq!(generation(), 3);
        delegate(|_| ());
        let watch = Watch::opened("viewer", 10);
        assert_eq!((generation(), session_of(watch.id).generation), (4, Some(4)));
    });
}

#[test]
fn refund_does_not_raise_the_allowance_of_a_key_authorised_again() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 100);
        assert_ok!(TickStream::revoke_delegation(signed("viewer")));
        delegate(|terms| terms.allowance = 3);
        end(&watch);
        assert_eq!(allowance_of("viewer"), 3);
    });
}

#[test]
fn replaced_session_key_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::new("viewer", 10);
        assert_ok!(TickStream::delegate(signed("viewer"), delegation("new-key")));
        assert_eq!(try_open(&watch), Some(RowError::SignatureInvalid));
        assert_eq!(try_open_by("new-key", &watch), None);
    });
}

#[test]
fn session_key_of_two_viewers_spends_from_the_right_deposit() {
    build_and_execute(|| {
        for viewer in ["viewer", "second-viewer"] {
            assert_ok!(TickStream::deposit(signed(viewer), DEPOSIT, Some(delegation("shared-key"))));
        }
        let (first, second) = (Watch::new("viewer", 10), Watch::new("second-viewer", 20));
        assert_eq!(try_open_by("shared-key", &first), None);
        assert_eq!(try_open_by("shared-key", &second), None);
        assert_eq!(allowance_of("viewer"), DEPOSIT - 10 * PRICE - OPEN_FEE);
        assert_eq!(allowance_of("second-viewer"), DEPOSIT - 20 * PRICE - OPEN_FEE);
    });
}
