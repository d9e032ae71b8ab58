//! Tests of allowances that are renewed: a daily or monthly budget.

use super::*;

/// Number of blocks from one renewal to the next.
const PERIOD: u32 = 100;
/// Budget of a period: two sessions of ten ticks.
const BUDGET: Balance = 2 * (10 * PRICE + OPEN_FEE);

/// Gives "viewer-session" an allowance of one session of ten ticks, and [`BUDGET`] in each period that follows.
fn limit() {
    limit_key(|limits| {
        limits.allowance = 10 * PRICE + OPEN_FEE;
        limits.renewal = Some(Renewal { every_blocks: PERIOD, amount: BUDGET });
    });
}

fn allowance() -> Allowance {
    key_of("viewer", "viewer-session").allowance
}

/// Opens a session of ten ticks, whose ticket is valid for long enough. Returns why it was refused, if so.
fn open_ten() -> (Option<RowError>, Watch) {
    let watch = Watch::new("viewer", 10);
    (try_open(&watch), watch)
}

#[test]
fn allowance_is_renewed_in_the_first_block_of_a_period() {
    build_and_execute(|| {
        fund("viewer");
        limit();
        assert_eq!(open_ten().0, None);
        advance(PERIOD - 1);
        assert_eq!(open_ten().0, Some(RowError::AllowanceTooLow));
        assert_eq!(allowance().left_at(System::block_number()), 0);
        advance(1);
        assert_eq!(allowance().left_at(System::block_number()), BUDGET, "wallets see it before it is stored");
        assert_eq!(allowance().left, 0);
        assert_eq!(open_ten().0, None);
        let renewal = Some(Renewal { every_blocks: PERIOD, amount: BUDGET });
        let expected = Allowance { left: BUDGET / 2, renewal, renewed_at: 1 + PERIOD, generation: 2 };
        assert_eq!(allowance(), expected);
        assert_eq!(open_ten().0, None);
        assert_eq!(open_ten().0, Some(RowError::AllowanceTooLow));
    });
}

#[test]
fn unused_periods_do_not_accumulate() {
    build_and_execute(|| {
        fund("viewer");
        limit();
        advance(5 * PERIOD + 30);
        assert_eq!(allowance().left_at(System::block_number()), BUDGET);
        assert_eq!((open_ten().0, open_ten().0), (None, None));
        assert_eq!(open_ten().0, Some(RowError::AllowanceTooLow));
        assert_eq!(allowance().renewed_at, 1 + 5 * PERIOD, "periods begin at fixed blocks");
        advance(PERIOD - 30);
        assert_eq!(open_ten().0, None, "the next period has begun");
    });
}

#[test]
fn allowance_above_the_budget_is_lowered_by_a_renewal() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.renewal = Some(Renewal { every_blocks: PERIOD, amount: BUDGET }));
        assert_eq!(allowance().left, DEPOSIT);
        advance(PERIOD);
        assert_eq!(open_ten().0, None);
        assert_eq!(allowance().left, BUDGET / 2, "a renewal replaces what was left");
    });
}

#[test]
fn refund_within_the_period_restores_the_allowance() {
    build_and_execute(|| {
        fund("viewer");
        limit();
        let (_, watch) = open_ten();
        assert_eq!(allowance().left, 0);
        end(&watch);
        assert_eq!(allowance().left, 10 * PRICE);
    });
}

#[test]
fn refund_after_a_renewal_does_not_raise_the_allowance() {
    build_and_execute(|| {
        fund("viewer");
        limit();
        let (_, of_old) = open_ten();
        advance(PERIOD);
        let (_, of_new) = open_ten();
        assert_eq!(allowance().left, BUDGET / 2);
        end(&of_old);
        assert_eq!(allowance().left, BUDGET / 2, "what an earlier period reserved is not added to this one");
        end(&of_new);
        assert_eq!(allowance().left, BUDGET - OPEN_FEE);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - 2 * OPEN_FEE, "the money is returned");
    });
}

/// The renewal is applied when a session opens. A refund that comes earlier is replaced by it.
#[test]
fn refund_between_a_renewal_and_the_next_session_is_not_added() {
    build_and_execute(|| {
        fund("viewer");
        limit();
        let (_, watch) = open_ten();
        advance(PERIOD);
        end(&watch);
        assert_eq!(allowance().left_at(System::block_number()), BUDGET);
        assert_eq!(open_ten().0, None);
        assert_eq!(allowance().left, BUDGET / 2);
    });
}

#[test]
fn refused_ticket_does_not_apply_a_renewal() {
    build_and_execute(|| {
        fund("viewer");
        limit();
        let before = allowance();
        advance(PERIOD);
        assert_eq!(try_open(&Watch::new("viewer", 1_000)), Some(RowError::AllowanceTooLow));
        assert_eq!(allowance(), before);
    });
}

#[test]
fn update_starts_a_new_period() {
    build_and_execute(|| {
        fund("viewer");
        limit();
        advance(PERIOD - 1);
        limit();
        assert_eq!((allowance().renewed_at, allowance().generation), (PERIOD, 2));
        assert_eq!(open_ten().0, None);
        advance(PERIOD - 1);
        assert_eq!(open_ten().0, Some(RowError::AllowanceTooLow));
        advance(1);
        assert_eq!(open_ten().0, None);
    });
}

#[test]
fn update_without_a_renewal_ends_the_renewals() {
    build_and_execute(|| {
        fund("viewer");
        limit();
        limit_key(|limits| limits.allowance = 10 * PRICE + OPEN_FEE);
        assert_eq!(open_ten().0, None);
        advance(10 * PERIOD);
        assert_eq!(open_ten().0, Some(RowError::AllowanceTooLow));
    });
}

#[test]
fn expired_key_is_not_renewed() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| {
            limits.expires_at = PERIOD;
            limits.renewal = Some(Renewal { every_blocks: PERIOD, amount: BUDGET });
        });
        advance(PERIOD);
        assert_eq!(open_ten().0, Some(RowError::KeyExpired));
        assert_eq!(allowance().generation, 1);
    });
}
