//! Tests of every reason to refuse a ticket: as the error of a row, and as the error of `join_stream`.

use super::*;
use crate::{GatewayUpdate, StreamUpdate};
use tick_stream_primitives::{Batch, Closer, RowError, Scope};

/// Checks that the ticket is refused in a batch, and from the wallet if it names the wallet instead of the key.
fn assert_refused(watch: &Watch, row_error: RowError, error: Error<Test>) {
    assert_row_refused(open_batch(watch), row_error);
    let ticket = Ticket { session_key: account("viewer"), ..watch.ticket.clone() };
    assert_noop!(TickStream::join_stream(signed("viewer"), ticket), error);
}

/// Closes the session in the name of the gateway.
fn end(watch: &Watch) {
    let row = watch.close(Closer::Gateway, "gateway");
    assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![row])));
    assert!(!is_open(watch.id));
}

/// Returns a ticket of "viewer" with a change.
fn ticket_with(change: impl FnOnce(&mut Ticket)) -> Watch {
    let mut watch = Watch::new("viewer", 10);
    change(&mut watch.ticket);
    watch
}

#[test]
fn ticket_for_an_unknown_stream_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        for stream in [1, u64::MAX] {
            let watch = ticket_with(|ticket| ticket.stream = stream);
            assert_refused(&watch, RowError::StreamUnknown, Error::<Test>::StreamUnknown);
        }
        let gone = create_stream(PRICE, Splits::default());
        assert_ok!(TickStream::end_stream(signed("creator"), gone));
        let watch = ticket_with(|ticket| ticket.stream = gone);
        assert_refused(&watch, RowError::StreamUnknown, Error::<Test>::StreamUnknown);
    });
}

#[test]
fn ticket_for_an_ended_or_suspended_stream_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        Watch::opened("viewer", 10);
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_refused(&Watch::new("viewer", 10), RowError::StreamNotOpen, Error::<Test>::StreamNotOpen);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_eq!(stream_of(0).status, StreamStatus::Ended, "its session keeps the entry");
        assert_refused(&Watch::new("viewer", 10), RowError::StreamNotOpen, Error::<Test>::StreamNotOpen);
    });
}

#[test]
fn ticket_with_an_unknown_gateway_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        for name in ["stranger", "operator", "second-gateway"] {
            let watch = ticket_with(|ticket| ticket.gateway = account(name));
            assert_refused(&watch, RowError::GatewayUnknown, Error::<Test>::TicketGatewayInvalid);
        }
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        let watch = Watch::new("viewer", 10);
        assert_refused(&watch, RowError::GatewayUnknown, Error::<Test>::TicketGatewayInvalid);
    });
}

#[test]
fn ticket_with_a_leaving_gateway_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        Watch::opened("viewer", 10);
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        let watch = Watch::new("viewer", 10);
        assert_refused(&watch, RowError::GatewayInactive, Error::<Test>::TicketGatewayInvalid);
        let update = GatewayUpdate { operator: Some(account("stranger")), ..Default::default() };
        assert_ok!(TickStream::update_gateway(signed("gateway"), update));
        assert_refused(&watch, RowError::GatewayInactive, Error::<Test>::TicketGatewayInvalid);
    });
}

#[test]
fn expired_ticket_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = ticket_with(|ticket| ticket.expires_at = 31);
        advance(31);
        assert_refused(&watch, RowError::TicketExpired, Error::<Test>::TicketExpiryInvalid);
        let watch = ticket_with(|ticket| ticket.expires_at = 0);
        assert_refused(&watch, RowError::TicketExpired, Error::<Test>::TicketExpiryInvalid);
    });
}

#[test]
fn ticket_valid_beyond_the_ticket_lifetime_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        for expires_at in [102, u32::MAX] {
            let watch = ticket_with(|ticket| ticket.expires_at = expires_at);
            assert_refused(&watch, RowError::TicketTooLong, Error::<Test>::TicketExpiryInvalid);
        }
        let watch = ticket_with(|ticket| ticket.expires_at = 102);
        advance(1);
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        assert!(is_open(watch.id), "one block later it is within the lifetime");
    });
}

#[test]
fn ticket_with_a_used_nonce_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let (opened, joined) = (Watch::opened("viewer", 10), Watch::joined("viewer", 10));
        end(&opened);
        end(&joined);
        assert_row_refused(open_batch(&opened), RowError::NonceUsed);
        let join = |ticket: &Ticket| TickStream::join_stream(signed("viewer"), ticket.clone());
        assert_noop!(join(&joined.ticket), Error::<Test>::NonceInvalid);
        let of_the_start = Watch::with_nonce("viewer", 10, 1 << 32);
        assert_refused(&of_the_start, RowError::NonceUsed, Error::<Test>::NonceInvalid);
    });
}

#[test]
fn ticket_with_a_nonce_behind_the_window_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let last = key_of("viewer", "viewer-session").nonces.last;
        for nonce in [last - 64, 0] {
            let watch = Watch::with_nonce("viewer", 10, nonce);
            assert_refused(&watch, RowError::NonceTooOld, Error::<Test>::NonceInvalid);
        }
    });
}

#[test]
fn ticket_with_a_nonce_ahead_of_the_window_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let last = key_of("viewer", "viewer-session").nonces.last;
        for nonce in [last + 65, u64::MAX] {
            let watch = Watch::with_nonce("viewer", 10, nonce);
            assert_refused(&watch, RowError::NonceTooHigh, Error::<Test>::NonceInvalid);
        }
    });
}

#[test]
fn ticket_of_a_viewer_without_a_deposit_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = ticket_with(|ticket| ticket.viewer = account("stranger"));
        assert_row_refused(open_batch(&watch), RowError::KeyUnknown);
        let ticket = Ticket { session_key: account("stranger"), ..watch.ticket };
        assert_noop!(TickStream::join_stream(signed("stranger"), ticket), Error::<Test>::DepositUnknown);
    });
}

#[test]
fn ticket_of_an_unknown_session_key_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let never_added = Watch::create("viewer", "stranger", 10, 1 << 32 | 1);
        assert_row_refused(batch_of_opens(vec![never_added.signed_by("stranger")]), RowError::KeyUnknown);
        let watch = Watch::new("viewer", 10);
        assert_ok!(TickStream::remove_key(signed("viewer"), account("viewer-session")));
        assert_row_refused(open_batch(&watch), RowError::KeyUnknown);
    });
}

#[test]
fn ticket_of_the_wallet_in_a_batch_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::of_wallet("viewer", 10);
        assert_row_refused(batch_of_opens(vec![watch.signed_by("viewer")]), RowError::KeyUnknown);
    });
}

#[test]
fn ticket_of_an_expired_session_key_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.expires_at = 5);
        advance(5);
        assert_row_refused(open_batch(&Watch::new("viewer", 10)), RowError::KeyExpired);
    });
}

#[test]
fn ticket_outside_the_scope_of_the_session_key_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let scopes = [Scope::Gateway(account("second-gateway")), Scope::Creator(account("viewer")), Scope::Stream(1)];
        for scope in scopes {
            limit_key(|limits| limits.scope = scope);
            assert_row_refused(open_batch(&Watch::new("viewer", 10)), RowError::KeyOutOfScope);
        }
    });
}

#[test]
fn ticket_above_the_sessions_of_the_key_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.max_sessions = 1);
        Watch::opened("viewer", 10);
        assert_row_refused(open_batch(&Watch::new("viewer", 10)), RowError::TooManyKeySessions);
    });
}

#[test]
fn ticket_with_an_invalid_signature_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::new("viewer", 10);
        for name in ["stranger", "viewer", "operator", "gateway"] {
            assert_row_refused(batch_of_opens(vec![watch.signed_by(name)]), RowError::SignatureInvalid);
        }
        add_key("viewer", "another-key", |_| ());
        assert_row_refused(batch_of_opens(vec![watch.signed_by("another-key")]), RowError::SignatureInvalid);
        let mut changed = watch.signed_by("viewer-session");
        changed.ticket.max_ticks += 1;
        assert_row_refused(batch_of_opens(vec![changed]), RowError::SignatureInvalid);
        let elsewhere = pair("viewer-session").sign(&watch.ticket.message(&[9; 32]));
        let elsewhere = SignedTicket { ticket: watch.ticket.clone(), signature: elsewhere.into() };
        assert_row_refused(batch_of_opens(vec![elsewhere]), RowError::SignatureInvalid);
        let ethereum = MultiSignature::Eth([7; 65].into());
        let ethereum = SignedTicket { ticket: watch.ticket.clone(), signature: ethereum };
        assert_row_refused(batch_of_opens(vec![ethereum]), RowError::SignatureInvalid);
    });
}

#[test]
fn price_above_the_tickets_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        for price in [PRICE - 1, 0] {
            let watch = ticket_with(|ticket| ticket.price_per_tick = price);
            assert_refused(&watch, RowError::PriceAboveTicket, Error::<Test>::PriceTooHigh);
        }
        let update = StreamUpdate { price_per_tick: Some(PRICE + 1), ..Default::default() };
        assert_ok!(TickStream::update_stream(signed("creator"), 0, update));
        let watch = Watch::new("viewer", 10);
        advance(6);
        assert_refused(&watch, RowError::PriceAboveTicket, Error::<Test>::PriceTooHigh);
    });
}

/// A stream may be older than the minimum, as after an upgrade that raises it. Its creator can raise the price.
#[test]
fn price_below_the_chains_minimum_is_refused_until_the_creator_raises_it() {
    build_and_execute(|| {
        fund("viewer");
        let running = Watch::opened("viewer", 10);
        let minimum = TickStream::read_params().min_price;
        crate::Streams::<Test>::mutate_extant(0, |stream| stream.price_per_tick = minimum - 1);
        assert_refused(&Watch::new("viewer", 10), RowError::PriceBelowMinimum, Error::<Test>::PriceTooLow);
        let update = StreamUpdate { price_per_tick: Some(minimum), ..Default::default() };
        assert_ok!(TickStream::update_stream(signed("creator"), 0, update));
        let early = Watch::new("viewer", 10);
        advance(5);
        assert_refused(&early, RowError::PriceBelowMinimum, Error::<Test>::PriceTooLow);
        advance(1);
        assert_eq!(session_of(Watch::opened("viewer", 10).id).price_per_tick, minimum);
        assert_eq!(session_of(running.id).price_per_tick, PRICE, "open sessions keep their price");
    });
}

#[test]
fn price_above_the_keys_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.max_price_per_tick = PRICE - 1);
        assert_row_refused(open_batch(&Watch::new("viewer", 10)), RowError::PriceAboveKey);
    });
}

#[test]
fn ticket_above_the_allowance_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        for allowance in [0, OPEN_FEE, 10 * PRICE, 10 * PRICE + OPEN_FEE - 1] {
            limit_key(|limits| limits.allowance = allowance);
            assert_row_refused(open_batch(&Watch::new("viewer", 10)), RowError::AllowanceTooLow);
        }
    });
}

#[test]
fn ticket_above_the_free_deposit_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT - 10 * PRICE - OPEN_FEE + 1));
        let watch = Watch::new("viewer", 10);
        assert_refused(&watch, RowError::FundsTooLow, Error::<Test>::FundsTooLow);
        Watch::opened("viewer", 9);
        assert_refused(&Watch::new("viewer", 1), RowError::FundsTooLow, Error::<Test>::FundsTooLow);
    });
}

#[test]
fn seventeenth_session_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let first = Watch::opened("viewer", 10);
        (1..16).for_each(|_| drop(Watch::opened("viewer", 10)));
        let watch = Watch::new("viewer", 10);
        assert_refused(&watch, RowError::TooManySessions, Error::<Test>::TooManySessions);
        add_key("viewer", "another-key", |_| ());
        let other = batch_of_opens(vec![Watch::of_key("viewer", "another-key", 10).signed_by("another-key")]);
        assert_row_refused(other, RowError::TooManySessions);
        leave("viewer", &[first.id]);
        assert_refused(&watch, RowError::TooManySessions, Error::<Test>::TooManySessions);
        advance(10);
        assert_ok!(TickStream::process_batch(signed("stranger"), batch_of_closes(vec![first.unsigned_close()])));
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        assert!(is_open(watch.id));
    });
}

#[test]
fn ticket_for_zero_ticks_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = ticket_with(|ticket| ticket.max_ticks = 0);
        assert_refused(&watch, RowError::NoTicks, Error::<Test>::NoTicks);
    });
}

#[test]
fn reserve_too_large_for_a_balance_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| (limits.max_price_per_tick, limits.allowance) = (Balance::MAX, Balance::MAX));
        let half = create_stream(Balance::MAX / 2 + 1, Splits::default());
        let two_halves = ticket_with(|ticket| {
            (ticket.stream, ticket.max_ticks, ticket.price_per_tick) = (half, 2, Balance::MAX);
        });
        assert_refused(&two_halves, RowError::Overflow, Error::<Test>::Overflow);
        let whole = create_stream(Balance::MAX, Splits::default());
        let fee_on_top = ticket_with(|ticket| {
            (ticket.stream, ticket.max_ticks, ticket.price_per_tick) = (whole, 1, Balance::MAX);
        });
        assert_refused(&fee_on_top, RowError::Overflow, Error::<Test>::Overflow);
    });
}

#[test]
fn ticket_for_an_open_session_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let (opened, joined) = (Watch::opened("viewer", 10), Watch::joined("viewer", 10));
        assert_row_refused(open_batch(&Watch::with_nonce("viewer", 20, opened.ticket.nonce)), RowError::SessionExists);
        let again = Watch::create("viewer", "viewer", 20, joined.ticket.nonce).ticket;
        assert_noop!(TickStream::join_stream(signed("viewer"), again), Error::<Test>::SessionExists);
        assert_eq!([opened.id, joined.id].map(|id| session_of(id).max_ticks), [10, 10]);
    });
}

#[test]
fn join_stream_with_the_ticket_of_another_viewer_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        fund("second-viewer");
        let ticket = Watch::of_wallet("viewer", 10).ticket;
        for name in ["second-viewer", "viewer-session", "operator"] {
            assert_noop!(TickStream::join_stream(signed(name), ticket.clone()), Error::<Test>::NotYourTicket);
        }
    });
}

#[test]
fn refused_ticket_does_not_use_its_nonce() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.allowance = 0);
        let watch = Watch::new("viewer", 10);
        assert_row_refused(open_batch(&watch), RowError::AllowanceTooLow);
        limit_key(|_| ());
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        assert!(is_open(watch.id), "the same ticket opens once it is allowed");
    });
}

#[test]
fn ticket_with_several_faults_is_refused_for_the_cheapest_check() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 10);
        let refused = |watch: &Watch| -> Batch { batch_of_opens(vec![watch.signed_by("stranger")]) };
        watch.ticket.price_per_tick = PRICE - 1;
        assert_row_refused(refused(&watch), RowError::PriceAboveTicket);
        watch.ticket.gateway = account("stranger");
        assert_row_refused(refused(&watch), RowError::GatewayUnknown);
        watch.ticket.session_key = account("stranger");
        assert_row_refused(refused(&watch), RowError::KeyUnknown);
        watch.ticket.expires_at = 0;
        assert_row_refused(refused(&watch), RowError::TicketExpired);
        watch.ticket.max_ticks = 0;
        assert_row_refused(refused(&watch), RowError::NoTicks);
    });
}
