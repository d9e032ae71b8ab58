//! Tests of the limits of a session key: price, total, sessions at the same time, scope and time.

use super::*;
use crate::StreamUpdate;
use tick_stream_primitives::Splits;

#[test]
fn price_at_the_keys_limit_is_accepted() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.max_price_per_tick = PRICE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
    });
}

#[test]
fn price_above_the_keys_limit_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.max_price_per_tick = PRICE - 1);
        let mut watch = Watch::new("viewer", 10);
        assert_eq!(try_open(&watch), Some(RowError::PriceAboveKey));
        watch.ticket.price_per_tick = PRICE - 1;
        assert_eq!(try_open(&watch), Some(RowError::PriceAboveTicket), "the limit of the ticket is checked first");
    });
}

#[test]
fn price_limit_applies_to_the_streams_price_and_not_the_tickets() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.max_price_per_tick = PRICE);
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.price_per_tick = Balance::MAX;
        assert_eq!(try_open(&watch), None, "the key accepts more than it may, but pays no more");
        let update = StreamUpdate { price_per_tick: Some(PRICE + 1), ..Default::default() };
        assert_ok!(TickStream::update_stream(signed("creator"), 0, update));
        advance(6);
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.price_per_tick = Balance::MAX;
        assert_eq!(try_open(&watch), Some(RowError::PriceAboveKey));
    });
}

#[test]
fn allowance_can_be_spent_to_the_last_planck() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.allowance = 10 * PRICE + OPEN_FEE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
        assert_eq!(allowance_of("viewer"), 0);
    });
}

#[test]
fn allowance_one_planck_short_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.allowance = 10 * PRICE + OPEN_FEE - 1);
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
        limit_key(|limits| limits.allowance = 2 * (10 * PRICE + OPEN_FEE));
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
        limit_key(|limits| limits.allowance = 60 * PRICE + OPEN_FEE);
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
        limit_key(|limits| limits.allowance = Balance::MAX);
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT - 10 * PRICE));
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::FundsTooLow));
        assert_eq!(allowance_of("viewer"), Balance::MAX, "a refused ticket does not use up the allowance");
    });
}

#[test]
fn allowance_of_one_key_is_not_spent_by_another() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "phone", |limits| limits.allowance = 10 * PRICE + OPEN_FEE);
        Watch::opened("viewer", 60);
        Watch::joined("viewer", 60);
        assert_eq!(key_of("viewer", "phone").allowance.left, 10 * PRICE + OPEN_FEE);
        assert_eq!(allowance_of("viewer"), DEPOSIT - 60 * PRICE - OPEN_FEE);
        Watch::opened_by("viewer", "phone", 10);
        assert_eq!(deposit_of("viewer").reserved, 130 * PRICE, "all spend from one deposit");
    });
}

#[test]
fn key_opens_as_many_sessions_as_it_may() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "phone", |limits| limits.max_sessions = 2);
        let open = || {
            let watch = Watch::of_key("viewer", "phone", 10);
            (try_open_by("phone", &watch), watch)
        };
        let (first, second) = (open(), open());
        assert_eq!((first.0, second.0), (None, None));
        assert_eq!(open().0, Some(RowError::TooManyKeySessions));
        Watch::opened("viewer", 10);
        Watch::joined("viewer", 10);
        leave("viewer", &[first.1.id]);
        assert_eq!(open().0, Some(RowError::TooManyKeySessions), "a closing session counts");
        end(&first.1);
        assert_eq!(open().0, None, "sessions of other keys do not count");
        assert_eq!(key_of("viewer", "phone").open_sessions, 2);
    });
}

#[test]
fn fewer_sessions_by_an_update_close_none() {
    build_and_execute(|| {
        fund("viewer");
        let (first, second) = (Watch::opened("viewer", 10), Watch::opened("viewer", 10));
        limit_key(|limits| limits.max_sessions = 1);
        assert!(is_open(first.id) && is_open(second.id));
        end(&first);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::TooManyKeySessions), "one is still open");
        end(&second);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
    });
}

#[test]
fn sessions_of_a_removed_key_do_not_count_for_its_new_entry() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.max_sessions = 1);
        let old = Watch::opened("viewer", 10);
        assert_ok!(remove("viewer-session"));
        add_key("viewer", "viewer-session", |limits| limits.max_sessions = 1);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::TooManyKeySessions));
        end(&old);
        assert_eq!(key_of("viewer", "viewer-session").open_sessions, 1, "the old session ends without an effect");
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::TooManyKeySessions));
    });
}

/// Creates a second stream, of "stranger", and a second gateway. Returns why a ticket of a key with this scope is
/// refused for each pair of stream and gateway, if so: both first, both second, and the two mixtures.
fn refusals_with(scope: Scope) -> [Option<RowError>; 4] {
    chain_with_stream().execute_with(|| {
        register_gateway("second-gateway");
        assert_ok!(TickStream::create_stream(signed("stranger"), stream_request(PRICE, Splits::default())));
        fund("viewer");
        limit_key(|limits| limits.scope = scope);
        let pairs = [(0, "gateway"), (1, "second-gateway"), (0, "second-gateway"), (1, "gateway")];
        let refused = pairs.map(|(stream, gateway)| {
            let mut watch = Watch::new("viewer", 10);
            (watch.ticket.stream, watch.ticket.gateway) = (stream, account(gateway));
            try_open(&watch)
        });
        assert_ok!(TickStream::do_try_state());
        refused
    })
}

#[test]
fn scope_limits_streams_and_gateways() {
    let outside = Some(RowError::KeyOutOfScope);
    assert_eq!(refusals_with(Scope::Any), [None; 4]);
    assert_eq!(refusals_with(Scope::Gateway(account("gateway"))), [None, outside, outside, None]);
    assert_eq!(refusals_with(Scope::Creator(account("creator"))), [None, outside, None, outside]);
    assert_eq!(refusals_with(Scope::Stream(1)), [outside, None, outside, None]);
    assert_eq!(refusals_with(Scope::Creator(account("gateway"))), [outside; 4], "a gateway is not a creator");
}

#[test]
fn session_key_is_valid_in_its_last_block() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.expires_at = 11);
        advance(10);
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
        advance(1);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::KeyExpired));
    });
}

#[test]
fn refund_restores_the_allowance_of_an_expired_key() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.expires_at = 11);
        let running = Watch::opened("viewer", 10);
        advance(50);
        end(&running);
        assert_eq!(allowance_of("viewer"), DEPOSIT - OPEN_FEE);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::KeyExpired), "the key stays expired");
    });
}

#[test]
fn use_of_a_key_is_recorded() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "phone", |_| ());
        advance(7);
        Watch::opened("viewer", 10);
        assert_eq!((key_of("viewer", "viewer-session").used_at, key_of("viewer", "phone").used_at), (8, 1));
    });
}
