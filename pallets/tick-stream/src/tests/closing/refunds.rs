//! Tests of refunds: the money always returns, the allowance only to the generation that spent it.

use super::*;

/// Closes the session in the name of the gateway.
fn end(watch: &Watch) {
    close(vec![watch.close(Closer::Gateway, "gateway")]);
}

#[test]
fn refund_restores_the_allowance_of_the_same_generation() {
    build_and_execute(|| {
        let mut watch = opened(100);
        assert_eq!(allowance_of("viewer"), DEPOSIT - 100 * PRICE - OPEN_FEE);
        watch.settle(40);
        assert_eq!(allowance_of("viewer"), DEPOSIT - 100 * PRICE - OPEN_FEE);
        end(&watch);
        assert_eq!(
            allowance_of("viewer"),
            DEPOSIT - 40 * PRICE - OPEN_FEE,
            "the settled ticks and the open fee are not restored"
        );
    });
}

#[test]
fn refund_does_not_change_the_allowance_of_a_later_generation() {
    build_and_execute(|| {
        let watch = opened(100);
        limit_key(|limits| limits.allowance = 5);
        end(&watch);
        assert_eq!(allowance_of("viewer"), 5);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - OPEN_FEE, "the money is returned");
    });
}

#[test]
fn refund_after_the_removal_of_the_key_returns_the_money() {
    build_and_execute(|| {
        let watch = opened(100);
        assert_ok!(TickStream::remove_key(signed("viewer"), account("viewer-session")));
        end(&watch);
        let deposit = deposit_of("viewer");
        assert_eq!((deposit.free, deposit.reserved, deposit.keys), (DEPOSIT - OPEN_FEE + BOND, 0, 0));
    });
}

#[test]
fn refund_does_not_change_a_key_that_was_removed_and_added_again() {
    build_and_execute(|| {
        let mut watch = opened(100);
        watch.settle(30);
        assert_ok!(TickStream::remove_key(signed("viewer"), account("viewer-session")));
        add_key("viewer", "viewer-session", |limits| limits.allowance = 5);
        let before = key_of("viewer", "viewer-session");
        assert_eq!((before.id, before.open_sessions), (2, 0), "it is another entry");
        end(&watch);
        assert_eq!(key_of("viewer", "viewer-session"), before);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - OPEN_FEE - 30 * PRICE);
    });
}

#[test]
fn refund_of_a_session_of_the_wallet_does_not_change_the_allowance() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::joined("viewer", 100);
        assert_eq!(allowance_of("viewer"), DEPOSIT);
        end(&watch);
        assert_eq!((allowance_of("viewer"), deposit_of("viewer").free), (DEPOSIT, DEPOSIT - OPEN_FEE));
    });
}

#[test]
fn refund_restores_the_greatest_allowance() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.allowance = Balance::MAX);
        let watch = Watch::opened("viewer", 100);
        assert_eq!(allowance_of("viewer"), Balance::MAX - 100 * PRICE - OPEN_FEE);
        end(&watch);
        assert_eq!(allowance_of("viewer"), Balance::MAX - OPEN_FEE);
    });
}

#[test]
fn refund_of_each_session_follows_its_own_generation() {
    build_and_execute(|| {
        let of_first = opened(10);
        limit_key(|_| ());
        let of_second = Watch::opened("viewer", 20);
        let left = DEPOSIT - 20 * PRICE - OPEN_FEE;
        assert_eq!(allowance_of("viewer"), left);
        end(&of_first);
        assert_eq!(allowance_of("viewer"), left);
        end(&of_second);
        assert_eq!(allowance_of("viewer"), DEPOSIT - OPEN_FEE);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - 2 * OPEN_FEE);
    });
}

#[test]
fn spent_counts_ticks_and_fees_of_removed_sessions() {
    build_and_execute(|| {
        let spent = || key_of("viewer", "viewer-session").spent;
        let (mut first, mut second) = (opened(60), Watch::opened("viewer", 60));
        first.settle(30);
        second.settle(20);
        assert_eq!(spent(), 0, "both are still open");
        end(&first);
        assert_eq!(spent(), 30 * PRICE + OPEN_FEE);
        limit_key(|_| ());
        end(&second);
        assert_eq!(spent(), 50 * PRICE + 2 * OPEN_FEE, "an update does not forget what was spent");
    });
}

#[test]
fn refund_leaves_the_reserves_of_other_sessions() {
    build_and_execute(|| {
        let (mut ending, staying) = (opened(100), Watch::opened("viewer", 50));
        ending.settle(60);
        end(&ending);
        let deposit = deposit_of("viewer");
        assert_eq!((deposit.reserved, deposit.open_sessions), (50 * PRICE, 1));
        assert_eq!(deposit.free, DEPOSIT - 2 * OPEN_FEE - 60 * PRICE - 50 * PRICE);
        assert!(is_open(staying.id));
    });
}

#[test]
fn paid_time_of_two_sessions_ends_with_the_longer_one() {
    build_and_execute(|| {
        let (mut long, mut short) = (opened(60), Watch::opened("viewer", 60));
        long.settle(50);
        short.settle(10);
        end(&long);
        let paid_until = || key_of("viewer", "viewer-session").paid_until;
        assert_eq!(paid_until(), START_MS + 50_000);
        end(&short);
        assert_eq!(paid_until(), START_MS + 50_000, "the shorter session does not lower it");
    });
}
