//! Session keys: scopes, renewing allowances, limits that are replaced, nonces.

mod common;

use common::{counting, key_limits};
use proptest::{collection::vec, option, prelude::*};
use tick_stream_primitives::{
    limits::NONCE_WINDOW, Allowance, Balance, KeyLimits, NonceWindow, Renewal, RowError, Scope, SessionKey,
};

// --- scopes --------------------------------------------------------------------------------------------------------

#[test]
fn scope_contains_what_it_names_and_nothing_else() {
    let [creator, gateway, other] = [1, 2, 3].map(|first| counting(first).into());
    let contains = |scope: &Scope| scope.contains(7, &creator, &gateway);
    assert!(contains(&Scope::Any));
    assert!(contains(&Scope::Stream(7)) && !contains(&Scope::Stream(8)));
    assert!(contains(&Scope::Creator(creator.clone())) && !contains(&Scope::Creator(other.clone())));
    assert!(contains(&Scope::Gateway(gateway.clone())) && !contains(&Scope::Gateway(other)));
    assert!(!contains(&Scope::Creator(gateway.clone())), "a gateway is no creator");
    assert!(!contains(&Scope::Gateway(creator.clone())), "a creator is no gateway");
}

// --- allowances ----------------------------------------------------------------------------------------------------

/// Returns an allowance with 30 planck left in the period that began in block 100, renewed to 50 every 10 blocks.
fn allowance() -> Allowance {
    Allowance { left: 30, renewal: Some(Renewal { every_blocks: 10, amount: 50 }), renewed_at: 100, generation: 3 }
}

#[test]
fn renewal_replaces_what_is_left_from_its_block_on() {
    let allowance = allowance();
    assert_eq!([100, 109, 110, 119, 120].map(|block| allowance.left_at(block)), [30, 30, 50, 50, 50]);
}

#[test]
fn unused_periods_do_not_accumulate() {
    let mut allowance = allowance();
    allowance.renew(100 + 1_000 * 10);
    assert_eq!((allowance.left, allowance.generation), (50, 4), "one renewal for a thousand periods");
}

#[test]
fn late_renewal_keeps_the_rhythm_of_the_periods() {
    let mut allowance = allowance();
    allowance.renew(127);
    assert_eq!(allowance.renewed_at, 120);
    assert_eq!((allowance.left_at(129), allowance.left_at(130)), (50, 50));
    allowance.left = 0;
    assert_eq!((allowance.left_at(129), allowance.left_at(130)), (0, 50), "the next renewal comes in block 130");
}

#[test]
fn allowance_without_a_renewal_stays_as_it_is() {
    let mut allowance = Allowance { renewal: None, ..allowance() };
    let before = allowance.clone();
    allowance.renew(u32::MAX);
    assert_eq!(allowance, before);
}

#[test]
fn renewal_of_zero_blocks_never_comes() {
    let renewal = Some(Renewal { every_blocks: 0, amount: 50 });
    assert_eq!(Allowance { renewal, ..allowance() }.left_at(u32::MAX), 30, "the chain refuses such limits; no panic");
}

prop_compose! {
    fn any_allowance()(
        left in 0..1_000u128,
        renewal in option::of((1..50u32, 1..1_000u128)),
        renewed_at in 0..1_000u32,
    ) -> Allowance {
        let renewal = renewal.map(|(every_blocks, amount)| Renewal { every_blocks, amount });
        Allowance { left, renewal, renewed_at, generation: 0 }
    }
}

proptest! {
    #[test]
    fn left_at_is_what_a_renewal_in_that_block_leaves(allowance in any_allowance(), block in 0..3_000u32) {
        let mut renewed = allowance.clone();
        renewed.renew(block);
        prop_assert_eq!(renewed.left, allowance.left_at(block));
        let once = renewed.clone();
        renewed.renew(block);
        prop_assert_eq!(renewed, once, "a second renewal in the same block changes nothing");
    }

    #[test]
    fn renewals_applied_late_leave_what_those_in_every_block_leave(
        allowance in any_allowance(), blocks in vec(0..200u32, 0..10), end in 0..500u32,
    ) {
        let start = allowance.renewed_at;
        let (mut always, mut sometimes) = (allowance.clone(), allowance);
        let mut block = start;
        for wait in blocks.into_iter().chain([end]) {
            let next = block + wait;
            (block..=next).for_each(|block| always.renew(block));
            sometimes.renew(next);
            block = next;
            prop_assert_eq!((always.left, always.renewed_at), (sometimes.left, sometimes.renewed_at));
        }
    }

    #[test]
    fn allowance_after_a_renewal_is_at_most_its_amount(allowance in any_allowance(), block in 0..3_000u32) {
        let mut renewed = allowance.clone();
        renewed.renew(block);
        if renewed.generation != allowance.generation {
            prop_assert_eq!(Some(renewed.left), allowance.renewal.map(|renewal| renewal.amount));
        } else {
            prop_assert_eq!(renewed, allowance);
        }
    }
}

// --- limits that are replaced --------------------------------------------------------------------------------------

#[test]
fn new_key_has_the_limits_of_the_wallet_and_no_past() {
    let renewal = Some(Renewal { every_blocks: 10, amount: 50 });
    let key = SessionKey::new(KeyLimits { renewal, ..key_limits() }, 4, 0, 9, 1_000);
    let limits = key_limits();
    assert_eq!((key.label, key.max_price_per_tick), (limits.label, limits.max_price_per_tick));
    assert_eq!((key.max_sessions, key.scope, key.expires_at), (limits.max_sessions, limits.scope, limits.expires_at));
    let allowance = Allowance { left: limits.allowance, renewal, renewed_at: 1_000, generation: 0 };
    assert_eq!(key.allowance, allowance);
    assert_eq!((key.id, key.bond, key.used_at), (4, 9, 1_000));
    assert_eq!((key.open_sessions, key.spent, key.paid_until), (0, 0, 0));
}

#[test]
fn new_limits_replace_all_old_ones_and_start_a_generation() {
    let mut key = SessionKey::new(key_limits(), 4, 0, 9, 1_000);
    key.nonces.take(key.nonces.next()).unwrap();
    (key.open_sessions, key.spent, key.paid_until) = (2, 77, 5_000);
    let before = key.clone();
    let limits = KeyLimits {
        label: b"Phone".to_vec().try_into().unwrap(),
        max_price_per_tick: 1,
        allowance: 2,
        renewal: Some(Renewal { every_blocks: 3, amount: 4 }),
        max_sessions: 5,
        scope: Scope::Stream(6),
        expires_at: 7_000,
    };
    key.set_limits(limits.clone(), 2_000);
    assert_eq!((&key.label, key.max_price_per_tick, key.max_sessions), (&limits.label, 1, 5));
    assert_eq!((&key.scope, key.expires_at), (&limits.scope, 7_000));
    assert_eq!(key.allowance, Allowance { left: 2, renewal: limits.renewal, renewed_at: 2_000, generation: 1 });
    let past = |key: &SessionKey| (key.id, key.nonces, key.paid_until, key.open_sessions, key.spent, key.bond);
    assert_eq!(past(&key), past(&before));
}

#[test]
fn expired_key_can_spend_nothing_more() {
    let limits = KeyLimits { allowance: 30, expires_at: 1_500, ..key_limits() };
    let key = SessionKey::new(limits, 1, 0, 0, 1_000);
    assert_eq!([1_000, 1_500, 1_501].map(|block| key.most_to_spend(block)), [30, 30, 0]);
}

#[test]
fn renewals_to_come_count_up_to_the_last_block() {
    let renewal = Some(Renewal { every_blocks: 10, amount: 50 });
    let most = |expires_at, block| {
        let limits = KeyLimits { allowance: 30, renewal, expires_at, ..key_limits() };
        SessionKey::new(limits, 1, 0, 0, 1_000).most_to_spend(block)
    };
    assert_eq!([1_009, 1_010, 1_019, 1_020].map(|expires_at| most(expires_at, 1_000)), [30, 80, 80, 130]);
    assert_eq!(most(1_020, 1_010), 100, "what was left before the first renewal is lost");
    assert_eq!(most(u32::MAX, 1_000), 30 + 50 * u128::from((u32::MAX - 1_000) / 10));
}

// --- nonces --------------------------------------------------------------------------------------------------------

#[test]
fn nonces_of_a_new_key_begin_with_its_block_or_above_those_of_removed_keys() {
    let first = |floor, block| NonceWindow::starting_above(floor, block).next();
    assert_eq!(first(0, 1_000), (1_000 << 32) + 1);
    assert_eq!(first((1_000 << 32) + 7, 1_000), (1_000 << 32) + 8, "a key was removed in the same block");
    assert_eq!(first((999 << 32) + 7, 1_000), (1_000 << 32) + 1, "a key was removed earlier");
}

#[test]
fn nonces_below_those_of_a_new_key_count_as_used() {
    let window = NonceWindow::starting_above(0, 1_000);
    let take = |nonce: u64| window.clone().take(nonce);
    for behind in 0..NONCE_WINDOW {
        assert_eq!(take(window.last - behind), Err(RowError::NonceUsed), "{behind} behind");
    }
    assert_eq!(take(window.last - NONCE_WINDOW), Err(RowError::NonceTooOld));
    assert_eq!(take(window.last + NONCE_WINDOW), Ok(()));
    assert_eq!(take(window.last + NONCE_WINDOW + 1), Err(RowError::NonceTooHigh));
}

proptest! {
    #[test]
    fn no_nonce_of_an_earlier_key_is_accepted_from_a_new_one(
        block in any::<u32>(), later in 0..3u32, ahead in vec(1..=NONCE_WINDOW, 0..20), behind in 0..2_000u64,
    ) {
        let mut earlier = NonceWindow::starting_above(0, block);
        for ahead in ahead {
            let Some(nonce) = earlier.last.checked_add(ahead) else { break };
            prop_assert_eq!(earlier.take(nonce), Ok(()));
        }
        let mut new = NonceWindow::starting_above(earlier.last, block.saturating_add(later));
        prop_assert!(new.take(earlier.last.saturating_sub(behind)).is_err());
        prop_assert_eq!(new.take(new.next()), Ok(()));
    }
}

/// Returns the total that the wallet has granted to a key with these limits, by block: the first allowance and every
/// renewal since.
fn granted(limits: &KeyLimits, added_at: u32, block: u32) -> Balance {
    let renewals =
        limits.renewal.map_or(0, |renewal| renewal.amount * Balance::from((block - added_at) / renewal.every_blocks));
    limits.allowance + renewals
}

proptest! {
    #[test]
    fn most_to_spend_is_what_the_wallet_grants_until_the_last_block(
        allowance in 0..1_000u128, renewal in option::of((1..50u32, 1..1_000u128)), life in 0..2_000u32,
    ) {
        let renewal = renewal.map(|(every_blocks, amount)| Renewal { every_blocks, amount });
        let limits = KeyLimits { allowance, renewal, expires_at: 500 + life, ..key_limits() };
        let key = SessionKey::new(limits.clone(), 1, 0, 0, 500);
        prop_assert_eq!(key.most_to_spend(500), granted(&limits, 500, limits.expires_at));
    }
}
