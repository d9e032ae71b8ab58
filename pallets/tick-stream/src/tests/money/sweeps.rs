//! Tests of `sweep_earnings`: dust of accounts that are gone goes to the treasury.

use super::*;

/// Lets "friend" earn `amount` planck by a tip, and removes its account if `is_gone`.
fn friend_earns(amount: Balance, is_gone: bool) {
    share_out_tips(&[("friend", 1_000_000)]);
    tip(amount);
    assert_eq!(earned("friend"), amount);
    if is_gone {
        remove_account("friend");
    }
}

fn sweep(name: &str) -> sp_runtime::DispatchResult {
    TickStream::sweep_earnings(signed("stranger"), account(name))
}

#[test]
fn dust_of_an_account_that_is_gone_is_swept_to_the_treasury() {
    build_and_execute(|| {
        friend_earns(ED - 1, true);
        let (treasury, pot) = (earned("treasury"), in_pot());
        let seen = events_of(|| sweep("friend").expect("the call succeeds"));
        assert_eq!(seen, [Event::EarningsSwept { account: account("friend"), amount: ED - 1 }]);
        assert!(!Earnings::<Test>::contains_key(account("friend")));
        assert_eq!((earned("treasury"), earned("stranger"), in_pot()), (treasury + ED - 1, 0, pot));
    });
}

#[test]
fn sweep_of_earnings_that_can_be_paid_is_refused() {
    build_and_execute(|| {
        friend_earns(ED, true);
        assert_noop!(sweep("friend"), Error::<Test>::EarningsPayable);
        assert_ok!(TickStream::payout(signed("stranger"), account("friend")));
        assert_eq!(balance_of("friend"), ED);
    });
}

#[test]
fn sweep_of_dust_of_an_account_that_exists_is_refused() {
    build_and_execute(|| {
        friend_earns(1, false);
        assert_noop!(sweep("friend"), Error::<Test>::EarningsPayable);
    });
}

#[test]
fn sweep_of_the_treasurys_own_dust_is_refused() {
    build_and_execute(|| {
        tip(100);
        assert_eq!(earned("treasury"), 1);
        assert!(!System::account_exists(&account("treasury")));
        assert_noop!(sweep("treasury"), Error::<Test>::EarningsPayable);
    });
}

#[test]
fn sweep_without_earnings_is_refused() {
    build_and_execute(|| {
        assert_noop!(sweep("friend"), Error::<Test>::NothingEarned);
        assert_noop!(sweep("never-seen"), Error::<Test>::NothingEarned);
    });
}

#[test]
fn unsigned_sweep_is_refused() {
    build_and_execute(|| {
        friend_earns(1, true);
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(TickStream::sweep_earnings(origin, account("friend")), DispatchError::BadOrigin);
        }
    });
}
