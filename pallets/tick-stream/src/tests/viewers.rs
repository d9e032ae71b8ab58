//! Tests of deposits and delegations, call by call.

use crate::{mock::*, Config, Deposits, Error, Event};
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::Mutate, tokens::Preservation, Get},
};
use sp_runtime::{ArithmeticError, DispatchError, TokenError};
use tick_stream_primitives::{Balance, BlockNumber, Closer, Delegation, Deposit};

fn min_deposit() -> Balance {
    <Test as Config>::MinDeposit::get()
}

fn open_fee() -> Balance {
    <Test as Config>::OpenFee::get()
}

fn lifetime() -> BlockNumber {
    <Test as Config>::TicketLifetime::get()
}

/// Removes the account of `viewer`: everything but the deposit goes to "stranger".
fn remove_account(viewer: &str) {
    assert_ok!(Balances::transfer(
        &account(viewer),
        &account("stranger"),
        balance_of(viewer),
        Preservation::Expendable
    ));
    assert!(!System::account_exists(&account(viewer)));
}

#[test]
fn deposit_moves_money_into_the_pot() {
    build_and_execute(|| {
        let pot = in_pot();
        let amount = min_deposit();
        let seen = events_of(|| TickStream::deposit(signed("viewer"), amount, None).expect("the call succeeds"));
        assert_eq!(seen, [Event::Deposited { viewer: account("viewer"), amount, free: amount }]);
        assert_eq!(deposit_of("viewer"), Deposit { free: amount, ..Deposit::new(1) });
        assert_eq!(balance_of("viewer"), ENDOWMENT - amount);
        assert_eq!(in_pot(), pot + amount);
    });
}

#[test]
fn later_deposit_may_be_a_single_planck() {
    build_and_execute(|| {
        fund("viewer");
        let before = deposit_of("viewer");
        advance(3);
        let seen = events_of(|| TickStream::deposit(signed("viewer"), 1, None).expect("the call succeeds"));
        assert_eq!(seen, [Event::Deposited { viewer: account("viewer"), amount: 1, free: DEPOSIT + 1 }]);
        assert_eq!(deposit_of("viewer"), Deposit { free: DEPOSIT + 1, active_at: 4, ..before });
        assert_eq!(balance_of("viewer"), ENDOWMENT - DEPOSIT - 1);
    });
}

#[test]
fn deposit_with_a_delegation_authorises_the_key() {
    build_and_execute(|| {
        let (viewer, amount, terms) = (account("viewer"), min_deposit(), delegation("viewer-session"));
        let seen = events_of(|| {
            TickStream::deposit(signed("viewer"), amount, Some(terms.clone())).expect("the call succeeds")
        });
        let expected = [
            Event::Delegated { viewer: viewer.clone(), delegation: terms.clone(), generation: 1 },
            Event::Deposited { viewer, amount, free: amount },
        ];
        assert_eq!(seen, expected);
        let deposit = Deposit { free: amount, delegation: Some(terms), generation: 1, ..Deposit::new(1) };
        assert_eq!(deposit_of("viewer"), deposit);
    });
}

#[test]
fn deposit_may_leave_only_the_existential_deposit() {
    build_and_execute(|| {
        assert_ok!(TickStream::deposit(signed("viewer"), ENDOWMENT - ED, None));
        assert_eq!(balance_of("viewer"), ED);
        assert_eq!(deposit_of("viewer").free, ENDOWMENT - ED);
    });
}

#[test]
fn deposit_of_zero_is_refused() {
    build_and_execute(|| {
        assert_noop!(TickStream::deposit(signed("viewer"), 0, None), Error::<Test>::AmountZero);
        fund("viewer");
        let terms = delegation("viewer-session");
        assert_noop!(TickStream::deposit(signed("viewer"), 0, Some(terms)), Error::<Test>::AmountZero);
    });
}

#[test]
fn first_deposit_below_the_minimum_is_refused() {
    build_and_execute(|| {
        let amount = min_deposit() - 1;
        assert_noop!(TickStream::deposit(signed("viewer"), amount, None), Error::<Test>::DepositTooSmall);
    });
}

#[test]
fn deposit_with_an_expired_delegation_is_refused() {
    build_and_execute(|| {
        advance(9);
        let expired = Delegation { expires_at: 9, ..delegation("viewer-session") };
        let refused = Error::<Test>::DelegationExpired;
        assert_noop!(TickStream::deposit(signed("viewer"), DEPOSIT, Some(expired)), refused);
    });
}

#[test]
fn deposit_above_the_balance_is_refused() {
    build_and_execute(|| {
        let put = |amount| TickStream::deposit(signed("viewer"), amount, Some(delegation("viewer-session")));
        assert_noop!(put(ENDOWMENT + 1), TokenError::FundsUnavailable);
        assert_noop!(put(Balance::MAX), ArithmeticError::Underflow);
        assert_noop!(put(ENDOWMENT), TokenError::NotExpendable);
        assert_noop!(put(ENDOWMENT - ED + 1), TokenError::NotExpendable);
    });
}

#[test]
fn withdraw_moves_money_out_of_the_pot() {
    build_and_execute(|| {
        fund("viewer");
        let (before, pot) = (deposit_of("viewer"), in_pot());
        advance(2);
        let seen = events_of(|| TickStream::withdraw(signed("viewer"), 1_001).expect("the call succeeds"));
        assert_eq!(seen, [Event::Withdrawn { viewer: account("viewer"), amount: 1_001, free: DEPOSIT - 1_001 }]);
        assert_eq!(deposit_of("viewer"), Deposit { free: DEPOSIT - 1_001, active_at: 3, ..before });
        assert_eq!(balance_of("viewer"), ENDOWMENT - DEPOSIT + 1_001);
        assert_eq!(in_pot(), pot - 1_001);
    });
}

#[test]
fn withdrawal_of_everything_keeps_the_entry() {
    build_and_execute(|| {
        fund("viewer");
        let before = deposit_of("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT));
        assert_eq!(deposit_of("viewer"), Deposit { free: 0, ..before }, "the nonces are kept");
        assert_eq!(balance_of("viewer"), ENDOWMENT);
        assert_ok!(TickStream::deposit(signed("viewer"), 1, None));
    });
}

#[test]
fn withdrawal_can_create_the_account_again() {
    build_and_execute(|| {
        fund("viewer");
        remove_account("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), ED));
        assert_eq!(balance_of("viewer"), ED);
    });
}

#[test]
fn withdrawal_below_the_existential_deposit_is_refused_without_an_account() {
    build_and_execute(|| {
        fund("viewer");
        remove_account("viewer");
        assert_noop!(TickStream::withdraw(signed("viewer"), ED - 1), TokenError::BelowMinimum);
    });
}

#[test]
fn withdrawal_of_zero_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        assert_noop!(TickStream::withdraw(signed("viewer"), 0), Error::<Test>::AmountZero);
    });
}

#[test]
fn withdrawal_without_a_deposit_is_refused() {
    build_and_execute(|| {
        fund("second-viewer");
        assert_noop!(TickStream::withdraw(signed("viewer"), 1), Error::<Test>::DepositUnknown);
    });
}

#[test]
fn withdrawal_above_the_free_deposit_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        fund("second-viewer");
        assert_noop!(TickStream::withdraw(signed("viewer"), DEPOSIT + 1), Error::<Test>::FundsTooLow);
        Watch::opened("viewer", 60);
        let free = deposit_of("viewer").free;
        assert_eq!(free, DEPOSIT - 60 * PRICE - open_fee());
        assert_noop!(TickStream::withdraw(signed("viewer"), free + 1), Error::<Test>::FundsTooLow);
        assert_ok!(TickStream::withdraw(signed("viewer"), free));
    });
}

#[test]
fn delegate_replaces_the_session_key() {
    build_and_execute(|| {
        fund("viewer");
        let before = deposit_of("viewer");
        advance(5);
        let terms = Delegation { allowance: 17, max_price_per_tick: 11, ..delegation("second-viewer-session") };
        let seen = events_of(|| TickStream::delegate(signed("viewer"), terms.clone()).expect("the call succeeds"));
        let viewer = account("viewer");
        assert_eq!(seen, [Event::Delegated { viewer, delegation: terms.clone(), generation: 2 }]);
        let expected = Deposit { delegation: Some(terms), generation: 2, active_at: 6, ..before };
        assert_eq!(deposit_of("viewer"), expected, "the key is replaced and the money unchanged");
    });
}

#[test]
fn delegation_may_expire_in_this_block() {
    build_and_execute(|| {
        fund("viewer");
        let short = Delegation { expires_at: 1, ..delegation("viewer-session") };
        assert_ok!(TickStream::delegate(signed("viewer"), short));
        Watch::opened("viewer", 1);
    });
}

#[test]
fn delegate_without_a_deposit_is_refused() {
    build_and_execute(|| {
        let terms = delegation("viewer-session");
        assert_noop!(TickStream::delegate(signed("viewer"), terms), Error::<Test>::DepositUnknown);
    });
}

#[test]
fn delegation_that_expires_in_the_past_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        advance(1);
        let expired = Delegation { expires_at: 1, ..delegation("viewer-session") };
        assert_noop!(TickStream::delegate(signed("viewer"), expired), Error::<Test>::DelegationExpired);
    });
}

#[test]
fn revoke_delegation_removes_the_key_and_keeps_its_sessions() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let before = deposit_of("viewer");
        advance(1);
        let seen = events_of(|| TickStream::revoke_delegation(signed("viewer")).expect("the call succeeds"));
        assert_eq!(seen, [Event::DelegationRevoked { viewer: account("viewer"), generation: 2 }]);
        assert_eq!(deposit_of("viewer"), Deposit { delegation: None, generation: 2, active_at: 2, ..before });
        assert_eq!(session_of(watch.id).closing, None, "the session stays open");
    });
}

#[test]
fn revoke_delegation_without_a_deposit_is_refused() {
    build_and_execute(|| {
        assert_noop!(TickStream::revoke_delegation(signed("viewer")), Error::<Test>::DepositUnknown);
    });
}

#[test]
fn revoke_delegation_without_a_key_is_refused() {
    build_and_execute(|| {
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        assert_noop!(TickStream::revoke_delegation(signed("viewer")), Error::<Test>::DelegationMissing);
        assert_ok!(TickStream::delegate(signed("viewer"), delegation("viewer-session")));
        assert_ok!(TickStream::revoke_delegation(signed("viewer")));
        assert_noop!(TickStream::revoke_delegation(signed("viewer")), Error::<Test>::DelegationMissing);
    });
}

#[test]
fn reap_deposit_removes_an_empty_deposit() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT));
        advance(lifetime() + 1);
        let seen =
            events_of(|| TickStream::reap_deposit(signed("stranger"), account("viewer")).expect("the call succeeds"));
        assert_eq!(seen, [Event::DepositReaped { viewer: account("viewer") }]);
        assert_eq!(Deposits::<Test>::get(account("viewer")), None);
        let anew = TickStream::deposit(signed("viewer"), 1, None);
        assert_eq!(anew, Err(Error::<Test>::DepositTooSmall.into()), "the next deposit counts as the first one");
    });
}

#[test]
fn reap_deposit_without_a_deposit_is_refused() {
    build_and_execute(|| {
        let reap = || TickStream::reap_deposit(signed("stranger"), account("viewer"));
        assert_noop!(reap(), Error::<Test>::DepositUnknown);
    });
}

#[test]
fn reap_deposit_with_money_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT - 1));
        advance(lifetime() + 1);
        let reap = || TickStream::reap_deposit(signed("stranger"), account("viewer"));
        assert_noop!(reap(), Error::<Test>::DepositInUse);
    });
}

#[test]
fn reap_deposit_with_a_session_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        Watch::opened("viewer", 60);
        assert_ok!(TickStream::withdraw(signed("viewer"), deposit_of("viewer").free));
        advance(lifetime() + 1);
        let reap = || TickStream::reap_deposit(signed("stranger"), account("viewer"));
        assert_noop!(reap(), Error::<Test>::DepositInUse);
    });
}

#[test]
fn reap_deposit_within_the_ticket_lifetime_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT));
        let reap = || TickStream::reap_deposit(signed("stranger"), account("viewer"));
        assert_noop!(reap(), Error::<Test>::DepositActive);
        advance(lifetime());
        assert_noop!(reap(), Error::<Test>::DepositActive);
        assert_ok!(TickStream::delegate(signed("viewer"), delegation("viewer-session")));
        advance(lifetime());
        assert_noop!(reap(), Error::<Test>::DepositActive);
        advance(1);
        assert_ok!(reap());
    });
}

#[test]
fn reap_deposit_soon_after_the_last_session_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        assert_ok!(TickStream::withdraw(signed("viewer"), deposit_of("viewer").free));
        watch.settle(60);
        advance(lifetime());
        let close = batch_of_closes(vec![watch.close(Closer::Gateway, "gateway")]);
        assert_ok!(TickStream::process_batch(signed("gateway"), close));
        let reap = || TickStream::reap_deposit(signed("stranger"), account("viewer"));
        advance(lifetime());
        assert_noop!(reap(), Error::<Test>::DepositActive);
        advance(1);
        assert_ok!(reap());
    });
}

#[test]
fn unsigned_calls_of_viewers_are_refused() {
    build_and_execute(|| {
        fund("viewer");
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let terms = delegation("viewer-session");
            assert_noop!(TickStream::deposit(origin.clone(), DEPOSIT, None), DispatchError::BadOrigin);
            assert_noop!(TickStream::withdraw(origin.clone(), 1), DispatchError::BadOrigin);
            assert_noop!(TickStream::delegate(origin.clone(), terms), DispatchError::BadOrigin);
            assert_noop!(TickStream::revoke_delegation(origin.clone()), DispatchError::BadOrigin);
            assert_noop!(TickStream::reap_deposit(origin, account("viewer")), DispatchError::BadOrigin);
        }
    });
}
