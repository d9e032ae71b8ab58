//! Tests of deposits, call by call.

use crate::{mock::*, Config, Deposits, Error, Event, Keys};
use frame_support::{assert_noop, assert_ok, traits::Get};
use sp_runtime::{ArithmeticError, DispatchError, TokenError};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Closer, Deposit, KeyLimits, SessionKey};

fn min_deposit() -> Balance {
    <Test as Config>::MinDeposit::get()
}

fn lifetime() -> BlockNumber {
    <Test as Config>::TicketLifetime::get()
}

/// Returns a session key without practical limits, as `deposit` takes it.
fn key() -> Option<(AccountId, KeyLimits)> {
    Some((account("viewer-session"), key_limits()))
}

/// Withdraws all that is free.
fn withdraw_all(viewer: &str) {
    assert_ok!(TickStream::withdraw(signed(viewer), deposit_of(viewer).free));
}

#[test]
fn deposit_moves_money_into_the_pot() {
    build_and_execute(|| {
        let pot = in_pot();
        let amount = min_deposit();
        let seen = events_of(|| TickStream::deposit(signed("viewer"), amount, None).expect("the call succeeds"));
        assert_eq!(seen, [Event::Deposited { viewer: account("viewer"), amount, free: amount - BOND }]);
        let expected = Deposit { free: amount - BOND, bond: BOND, ..Deposit::new(1) };
        assert_eq!(deposit_of("viewer"), expected, "the bond of the entry is kept");
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
        assert_eq!(balance_of("viewer"), ENDOWMENT - DEPOSIT - 2 * BOND - 1, "no other bond is taken");
    });
}

#[test]
fn deposit_with_a_key_authorises_it() {
    build_and_execute(|| {
        let (viewer, session_key, amount) = (account("viewer"), account("viewer-session"), min_deposit());
        let seen = events_of(|| TickStream::deposit(signed("viewer"), amount, key()).expect("the call succeeds"));
        let free = amount - 2 * BOND;
        let expected = [
            Event::KeyAdded { viewer: viewer.clone(), session_key, limits: key_limits() },
            Event::Deposited { viewer, amount, free },
        ];
        assert_eq!(seen, expected);
        assert_eq!(deposit_of("viewer"), Deposit { free, keys: 1, last_key_id: 1, bond: BOND, ..Deposit::new(1) });
        assert_eq!(key_of("viewer", "viewer-session"), SessionKey::new(key_limits(), 1, 0, BOND, 1));
    });
}

#[test]
fn later_deposit_can_add_a_key() {
    build_and_execute(|| {
        fund_wallet("viewer", DEPOSIT);
        withdraw_all("viewer");
        assert_noop!(TickStream::deposit(signed("viewer"), BOND - 1, key()), Error::<Test>::FundsTooLow);
        assert_ok!(TickStream::deposit(signed("viewer"), BOND, key()));
        assert_eq!(
            (deposit_of("viewer").free, deposit_of("viewer").keys),
            (0, 1),
            "the bond may take all that is free"
        );
    });
}

#[test]
fn deposit_with_a_known_key_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        assert_noop!(TickStream::deposit(signed("viewer"), 1, key()), Error::<Test>::KeyExists);
    });
}

#[test]
fn deposit_may_leave_only_the_existential_deposit() {
    build_and_execute(|| {
        assert_ok!(TickStream::deposit(signed("viewer"), ENDOWMENT - ED, None));
        assert_eq!(balance_of("viewer"), ED);
        assert_eq!(deposit_of("viewer").free, ENDOWMENT - ED - BOND);
    });
}

#[test]
fn deposit_of_zero_is_refused() {
    build_and_execute(|| {
        assert_noop!(TickStream::deposit(signed("viewer"), 0, None), Error::<Test>::AmountZero);
        fund("viewer");
        assert_noop!(TickStream::deposit(signed("viewer"), 0, key()), Error::<Test>::AmountZero);
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
fn deposit_with_an_expired_key_is_refused() {
    build_and_execute(|| {
        advance(9);
        let expired = Some((account("viewer-session"), KeyLimits { expires_at: 9, ..key_limits() }));
        assert_noop!(TickStream::deposit(signed("viewer"), DEPOSIT, expired), Error::<Test>::KeyExpired);
    });
}

#[test]
fn deposit_above_the_balance_is_refused() {
    build_and_execute(|| {
        let put = |amount| TickStream::deposit(signed("viewer"), amount, key());
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
        assert_eq!(balance_of("viewer"), ENDOWMENT - DEPOSIT - 2 * BOND + 1_001);
        assert_eq!(in_pot(), pot - 1_001);
    });
}

#[test]
fn withdrawal_of_everything_keeps_the_entry() {
    build_and_execute(|| {
        fund("viewer");
        let before = deposit_of("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT));
        assert_eq!(deposit_of("viewer"), Deposit { free: 0, ..before }, "the nonces and the bond are kept");
        assert_eq!(balance_of("viewer"), ENDOWMENT - 2 * BOND);
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
        assert_eq!(free, DEPOSIT - 60 * PRICE - OPEN_FEE);
        assert_noop!(TickStream::withdraw(signed("viewer"), free + 1), Error::<Test>::FundsTooLow);
        assert_ok!(TickStream::withdraw(signed("viewer"), free));
    });
}

#[test]
fn reap_deposit_pays_the_bonds_to_the_caller() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "phone", |_| ());
        withdraw_all("viewer");
        advance(lifetime() + 1);
        let pot = in_pot();
        let reap = || TickStream::reap_deposit(signed("stranger"), account("viewer")).expect("the call succeeds");
        let (viewer, by, bonds) = (account("viewer"), account("stranger"), 3 * BOND);
        assert_eq!(events_of(reap), [Event::DepositReaped { viewer: viewer.clone(), by, bonds }]);
        assert_eq!(Deposits::<Test>::get(&viewer), None);
        assert_eq!(Keys::<Test>::iter_prefix(&viewer).count(), 0, "the keys are removed as well");
        assert_eq!((earned("stranger"), in_pot()), (bonds, pot));
        let anew = TickStream::deposit(signed("viewer"), 1, None);
        assert_eq!(anew, Err(Error::<Test>::DepositTooSmall.into()), "the next deposit counts as the first one");
    });
}

#[test]
fn reap_deposit_keeps_the_keys_of_other_viewers() {
    build_and_execute(|| {
        ["viewer", "second-viewer"].into_iter().for_each(fund);
        withdraw_all("viewer");
        advance(lifetime() + 1);
        assert_ok!(TickStream::reap_deposit(signed("stranger"), account("viewer")));
        Watch::opened("second-viewer", 10);
    });
}

#[test]
fn viewer_can_reap_the_own_deposit() {
    build_and_execute(|| {
        fund("viewer");
        withdraw_all("viewer");
        advance(lifetime() + 1);
        assert_ok!(TickStream::reap_deposit(signed("viewer"), account("viewer")));
        assert_ok!(TickStream::payout(signed("viewer"), account("viewer")));
        assert_eq!(balance_of("viewer"), ENDOWMENT, "the bonds are back");
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
        limit_key(|_| ());
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
            assert_noop!(TickStream::deposit(origin.clone(), DEPOSIT, None), DispatchError::BadOrigin);
            assert_noop!(TickStream::withdraw(origin.clone(), 1), DispatchError::BadOrigin);
            assert_noop!(TickStream::reap_deposit(origin, account("viewer")), DispatchError::BadOrigin);
        }
    });
}
