//! Why a ticket is refused: each reason by batch, as a row's error, and from the wallet, as the call's.

use super::*;
use crate::{GatewayUpdate, StreamUpdate};
use tick_stream_primitives::{Batch, RowError, SignedTicket};

/// Both ways to open the ticket are refused.
fn assert_refused(watch: &Watch, row_error: RowError, error: Error<Test>) {
    assert_row_refused(open_batch(watch), row_error);
    assert_noop!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()), error);
}

/// The ticket of "viewer" with something changed.
fn ticket_with(change: impl FnOnce(&mut tick_stream_primitives::Ticket)) -> Watch {
    let mut watch = Watch::new("viewer", 10);
    change(&mut watch.ticket);
    watch
}

fn lend(lent: Delegation) {
    assert_ok!(TickStream::delegate(signed("viewer"), lent));
}

#[test]
fn open_stream_unknown_fails() {
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
fn open_stream_not_open_fails() {
    build_and_execute(|| {
        fund("viewer");
        Watch::opened("viewer", 10);
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_refused(&Watch::new("viewer", 10), RowError::StreamNotOpen, Error::<Test>::StreamNotOpen);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_eq!(stream_of(0).status, StreamStatus::Ended, "a session keeps its entry there");
        assert_refused(&Watch::new("viewer", 10), RowError::StreamNotOpen, Error::<Test>::StreamNotOpen);
    });
}

#[test]
fn open_gateway_unknown_fails() {
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
fn open_gateway_inactive_fails() {
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
fn open_ticket_expired_fails() {
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
fn open_ticket_too_long_fails() {
    build_and_execute(|| {
        fund("viewer");
        for expires_at in [102, u32::MAX] {
            let watch = ticket_with(|ticket| ticket.expires_at = expires_at);
            assert_refused(&watch, RowError::TicketTooLong, Error::<Test>::TicketExpiryInvalid);
        }
        let watch = ticket_with(|ticket| ticket.expires_at = 102);
        advance(1);
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        assert!(is_open(watch.id), "a block later it is short enough");
    });
}

#[test]
fn open_nonce_used_fails() {
    build_and_execute(|| {
        fund("viewer");
        let opened = Watch::opened("viewer", 10);
        let again = Watch::with_nonce("viewer", 10, opened.ticket.nonce);
        assert_refused(&again, RowError::NonceUsed, Error::<Test>::NonceInvalid);
        let of_the_deposit = Watch::with_nonce("viewer", 10, 1 << 32);
        assert_refused(&of_the_deposit, RowError::NonceUsed, Error::<Test>::NonceInvalid);
    });
}

#[test]
fn open_nonce_too_old_fails() {
    build_and_execute(|| {
        fund("viewer");
        let last = deposit_of("viewer").nonces.last;
        for nonce in [last - 64, 0] {
            let watch = Watch::with_nonce("viewer", 10, nonce);
            assert_refused(&watch, RowError::NonceTooOld, Error::<Test>::NonceInvalid);
        }
    });
}

#[test]
fn open_nonce_too_high_fails() {
    build_and_execute(|| {
        fund("viewer");
        let last = deposit_of("viewer").nonces.last;
        for nonce in [last + 65, u64::MAX] {
            let watch = Watch::with_nonce("viewer", 10, nonce);
            assert_refused(&watch, RowError::NonceTooHigh, Error::<Test>::NonceInvalid);
        }
    });
}

#[test]
fn open_deposit_unknown_fails() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.viewer = account("stranger");
        assert_row_refused(open_batch(&watch), RowError::DepositUnknown);
        let joined = TickStream::join_stream(signed("stranger"), watch.ticket.clone());
        assert_noop!(joined, Error::<Test>::DepositUnknown);
    });
}

#[test]
fn open_delegation_missing_fails() {
    build_and_execute(|| {
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let watch = Watch::new("viewer", 10);
        assert_row_refused(open_batch(&watch), RowError::DelegationMissing);
        lend(delegation("viewer-session"));
        assert_ok!(TickStream::revoke_delegation(signed("viewer")));
        assert_row_refused(open_batch(&watch), RowError::DelegationMissing);
        assert_row_refused(batch_of_opens(vec![watch.signed_by("viewer")]), RowError::DelegationMissing);
    });
}

#[test]
fn open_delegation_expired_fails() {
    build_and_execute(|| {
        fund("viewer");
        lend(Delegation { expires_at: 5, ..delegation("viewer-session") });
        advance(5);
        assert_row_refused(open_batch(&Watch::new("viewer", 10)), RowError::DelegationExpired);
    });
}

#[test]
fn open_signature_invalid_fails() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::new("viewer", 10);
        for name in ["stranger", "viewer", "operator", "gateway"] {
            assert_row_refused(batch_of_opens(vec![watch.signed_by(name)]), RowError::SignatureInvalid);
        }
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
fn open_price_above_ticket_fails() {
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

#[test]
fn open_price_above_delegation_fails() {
    build_and_execute(|| {
        fund("viewer");
        lend(Delegation { max_price_per_tick: PRICE - 1, ..delegation("viewer-session") });
        assert_row_refused(open_batch(&Watch::new("viewer", 10)), RowError::PriceAboveDelegation);
    });
}

#[test]
fn open_allowance_too_low_fails() {
    build_and_execute(|| {
        fund("viewer");
        for allowance in [0, OPEN_FEE, 10 * PRICE, 10 * PRICE + OPEN_FEE - 1] {
            lend(Delegation { allowance, ..delegation("viewer-session") });
            assert_row_refused(open_batch(&Watch::new("viewer", 10)), RowError::AllowanceTooLow);
        }
    });
}

#[test]
fn open_funds_too_low_fails() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT - 10 * PRICE - OPEN_FEE + 1));
        let watch = Watch::new("viewer", 10);
        assert_row_refused(open_batch(&watch), RowError::FundsTooLow);
        assert_ok!(TickStream::withdraw(signed("viewer"), OPEN_FEE));
        assert_refused(&watch, RowError::FundsTooLow, Error::<Test>::FundsTooLow);
        let cheaper = Watch::new("viewer", 9);
        assert_ok!(TickStream::join_stream(signed("viewer"), cheaper.ticket.clone()));
        assert_refused(&Watch::new("viewer", 1), RowError::FundsTooLow, Error::<Test>::FundsTooLow);
    });
}

#[test]
fn open_too_many_sessions_fails() {
    build_and_execute(|| {
        fund("viewer");
        let first = Watch::opened("viewer", 10);
        (1..16).for_each(|_| drop(Watch::opened("viewer", 10)));
        let watch = Watch::new("viewer", 10);
        assert_refused(&watch, RowError::TooManySessions, Error::<Test>::TooManySessions);
        leave("viewer", &[first.id]);
        assert_refused(&watch, RowError::TooManySessions, Error::<Test>::TooManySessions);
        advance(10);
        assert_ok!(TickStream::process_batch(signed("stranger"), batch_of_closes(vec![first.unsigned_close()])));
        assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket));
    });
}

#[test]
fn open_no_ticks_fails() {
    build_and_execute(|| {
        fund("viewer");
        let watch = ticket_with(|ticket| ticket.max_ticks = 0);
        assert_refused(&watch, RowError::NoTicks, Error::<Test>::NoTicks);
    });
}

#[test]
fn open_overflow_fails() {
    build_and_execute(|| {
        fund("viewer");
        lend(Delegation { max_price_per_tick: Balance::MAX, allowance: Balance::MAX, ..delegation("viewer-session") });
        let half = create_stream(Balance::MAX / 2 + 1, Splits::default());
        let two_halves = ticket_with(|ticket| {
            (ticket.stream, ticket.max_ticks, ticket.price_per_tick) = (half, 2, Balance::MAX);
        });
        assert_refused(&two_halves, RowError::Overflow, Error::<Test>::Overflow);
        let whole = create_stream(Balance::MAX, Splits::default());
        let fee_on_top = ticket_with(|ticket| {
            (ticket.stream, ticket.max_ticks, ticket.price_per_tick) = (whole, 1, Balance::MAX);
        });
        assert_row_refused(open_batch(&fee_on_top), RowError::Overflow);
    });
}

/// No call leads here: a nonce is used once, and a deposit that forgot its nonces has no sessions. It guards against a
/// migration that spoils the window.
#[test]
fn open_session_exists_fails() {
    build_and_execute(|| {
        fund("viewer");
        let opened = Watch::opened("viewer", 10);
        crate::Deposits::<Test>::mutate_extant(account("viewer"), |deposit| {
            deposit.nonces = NonceWindow::starting_at(1)
        });
        let again = Watch::with_nonce("viewer", 20, opened.ticket.nonce);
        assert_refused(&again, RowError::SessionExists, Error::<Test>::SessionExists);
        assert_eq!(session_of(opened.id).max_ticks, 10);
    });
}

#[test]
fn join_stream_with_anothers_ticket_fails() {
    build_and_execute(|| {
        fund("viewer");
        fund("second-viewer");
        let ticket = Watch::new("viewer", 10).ticket;
        for name in ["second-viewer", "viewer-session", "operator"] {
            assert_noop!(TickStream::join_stream(signed(name), ticket.clone()), Error::<Test>::NotYourTicket);
        }
    });
}

#[test]
fn open_refused_leaves_the_nonce_free_works() {
    build_and_execute(|| {
        fund("viewer");
        lend(Delegation { allowance: 0, ..delegation("viewer-session") });
        let watch = Watch::new("viewer", 10);
        assert_row_refused(open_batch(&watch), RowError::AllowanceTooLow);
        lend(delegation("viewer-session"));
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        assert!(is_open(watch.id), "the same ticket opens once the reason is gone");
    });
}

#[test]
fn refused_open_with_two_reasons_names_the_one_that_costs_less_to_see_works() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 10);
        let refused = |watch: &Watch| -> Batch { batch_of_opens(vec![watch.signed_by("stranger")]) };
        watch.ticket.price_per_tick = PRICE - 1;
        assert_row_refused(refused(&watch), RowError::PriceAboveTicket);
        watch.ticket.gateway = account("stranger");
        assert_row_refused(refused(&watch), RowError::GatewayUnknown);
        watch.ticket.expires_at = 0;
        assert_row_refused(refused(&watch), RowError::TicketExpired);
        watch.ticket.max_ticks = 0;
        assert_row_refused(refused(&watch), RowError::NoTicks);
    });
}
