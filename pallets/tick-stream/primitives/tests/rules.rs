//! Rules of sessions: opening, claiming, closing and removal, of the wallet and of several session keys.

#[path = "rules/closing.rs"]
mod closing;
mod common;
#[path = "rules/spending.rs"]
mod spending;
#[path = "rules/viewer.rs"]
mod viewer;

use tick_stream_primitives::{
    limits::MAX_SESSIONS_PER_VIEWER,
    rules::{add_key, check_ticket, remove_key},
    Deposit, KeyLimits, KeyUse, RowError, Scope, Ticket,
};
use viewer::{creator, gateway, limits, Viewer, FEE, MIN_PRICE, PREPAID_TICKS, PRICE};

// --- tickets -------------------------------------------------------------------------------------------------------

#[test]
fn ticket_is_valid_up_to_its_last_block_and_for_at_most_the_lifetime() {
    let check =
        |max_ticks, expires_at, block| check_ticket(&Ticket { max_ticks, expires_at, ..common::ticket() }, block, 600);
    assert_eq!(check(1, 1_600, 1_000), Ok(()));
    assert_eq!(check(1, 1_600, 1_600), Ok(()), "in its last block");
    assert_eq!(check(1, 1_600, 1_601), Err(RowError::TicketExpired));
    assert_eq!(check(1, 1_600, 999), Err(RowError::TicketTooLong));
    assert_eq!(check(0, 1_600, 1_000), Err(RowError::NoTicks));
    assert_eq!(check(1, u32::MAX, u32::MAX - 1), Ok(()), "near the greatest block number");
}

// --- opening -------------------------------------------------------------------------------------------------------

#[test]
fn opening_takes_reserve_and_fee_from_deposit_and_allowance() {
    let mut viewer = Viewer::with_keys(1);
    let (free, left) = (viewer.deposit.free, viewer.key(0).allowance.left);
    let session = viewer.open(0, 10).unwrap();
    let cost = 10 * PRICE + FEE;
    assert_eq!((viewer.deposit.free, viewer.deposit.reserved), (free - cost, 10 * PRICE));
    assert_eq!(viewer.key(0).allowance.left, left - cost);
    assert_eq!((viewer.deposit.open_sessions, viewer.key(0).open_sessions), (1, 1));
    assert_eq!((viewer.deposit.active_at, viewer.key(0).used_at), (viewer.block, viewer.block));
    let used = KeyUse { session_key: viewer.account(0), id: viewer.key(0).id, generation: 0 };
    assert_eq!((session.key, session.fee, session.price_per_tick), (Some(used), FEE, PRICE));
    assert_eq!((session.settled_ticks, session.closing, session.last_claim), (0, None, viewer.block));
}

#[test]
fn wallet_opens_without_a_key_and_with_its_own_nonces() {
    let mut viewer = Viewer::with_keys(1);
    let before = viewer.key(0).clone();
    let nonce = viewer.deposit.nonces.next();
    let session = viewer.open_by_wallet(10).unwrap();
    assert_eq!(session.key, None);
    assert_eq!(viewer.key(0), &before, "no key is touched");
    assert_eq!((viewer.deposit.nonces.last, viewer.deposit.open_sessions), (nonce, 1));
    assert_eq!(session.fee, FEE, "the wallet pays the fee as well");
}

/// Changes a viewer in a way that makes opening of 10 ticks impossible, and returns the reason.
fn refusal(change: impl FnOnce(&mut Viewer)) -> RowError {
    let mut viewer = Viewer::with_keys(1);
    change(&mut viewer);
    viewer.open(0, 10).expect_err("the change forbids opening")
}

#[test]
fn each_limit_of_the_key_is_enforced_when_a_session_opens() {
    let cost = 10 * PRICE + FEE;
    assert_eq!(refusal(|viewer| viewer.key_mut(0).expires_at = viewer.block - 1), RowError::KeyExpired);
    assert_eq!(refusal(|viewer| viewer.key_mut(0).max_price_per_tick = PRICE - 1), RowError::PriceAboveKey);
    assert_eq!(refusal(|viewer| viewer.key_mut(0).allowance.left = cost - 1), RowError::AllowanceTooLow);
    let full = |viewer: &mut Viewer| viewer.key_mut(0).open_sessions = viewer.key(0).max_sessions;
    assert_eq!(refusal(full), RowError::TooManyKeySessions);
    for scope in [Scope::Stream(8), Scope::Creator(gateway()), Scope::Gateway(creator())] {
        assert_eq!(refusal(|viewer| viewer.key_mut(0).scope = scope.clone()), RowError::KeyOutOfScope, "{scope:?}");
    }
}

#[test]
fn each_limit_of_ticket_and_deposit_is_enforced_when_a_session_opens() {
    let cost = 10 * PRICE + FEE;
    assert_eq!(refusal(|viewer| viewer.deposit.free = cost - 1), RowError::FundsTooLow);
    assert_eq!(refusal(|viewer| viewer.price_per_tick = PRICE + 1), RowError::PriceAboveTicket);
    assert_eq!(refusal(|viewer| viewer.price_per_tick = MIN_PRICE - 1), RowError::PriceBelowMinimum);
    let full = |viewer: &mut Viewer| viewer.deposit.open_sessions = MAX_SESSIONS_PER_VIEWER;
    assert_eq!(refusal(full), RowError::TooManySessions);
    assert_eq!(refusal(|viewer| viewer.fee = u128::MAX), RowError::Overflow);
    assert_eq!(refusal(|viewer| viewer.deposit.reserved = u128::MAX), RowError::Overflow);
}

#[test]
fn each_limit_is_kept_to_the_last_planck_block_and_session() {
    let mut viewer = Viewer::with_keys(1);
    let (cost, block) = (10 * PRICE + FEE, viewer.block);
    viewer.deposit.free = cost;
    let key = viewer.key_mut(0);
    (key.allowance.left, key.max_price_per_tick, key.expires_at) = (cost, PRICE, block);
    key.scope = Scope::Stream(7);
    key.open_sessions = key.max_sessions - 1;
    viewer.deposit.open_sessions = MAX_SESSIONS_PER_VIEWER - 1;
    viewer.open(0, 10).unwrap();
    assert_eq!((viewer.deposit.free, viewer.key(0).allowance.left), (0, 0));
}

#[test]
fn renewal_is_applied_when_a_session_opens() {
    let mut viewer = Viewer::with_renewal(20, 3 * (10 * PRICE + FEE));
    viewer.key_mut(0).allowance.left = 0;
    assert_eq!(viewer.open(0, 10), Err(RowError::AllowanceTooLow));
    viewer.block += 20;
    let session = viewer.open(0, 10).unwrap();
    assert_eq!(viewer.key(0).allowance.left, 2 * (10 * PRICE + FEE));
    assert_eq!((session.key.unwrap().generation, viewer.key(0).allowance.generation), (1, 1));
}

#[test]
fn nonce_of_one_key_is_free_for_another_and_for_the_wallet() {
    let mut viewer = Viewer::with_keys(2);
    let nonce = viewer.key(0).nonces.next();
    for key in [0, 1] {
        viewer.open_with_nonce(Some(key), nonce, 10).unwrap();
        assert_eq!(viewer.open_with_nonce(Some(key), nonce, 10), Err(RowError::NonceUsed));
    }
    viewer.open_with_nonce(None, nonce, 10).unwrap();
    assert_eq!(viewer.open_with_nonce(None, nonce, 10), Err(RowError::NonceUsed));
    viewer.open_with_nonce(Some(0), nonce + 40, 10).unwrap();
    assert_eq!(viewer.open_with_nonce(Some(1), nonce + 65, 10), Err(RowError::NonceTooHigh), "of key 1 alone");
    viewer.open_with_nonce(Some(0), nonce + 65, 10).unwrap();
}

// --- time that is paid for -----------------------------------------------------------------------------------------

#[test]
fn session_starts_when_the_last_one_of_the_same_key_was_paid_until() {
    let mut viewer = Viewer::with_keys(2);
    let session = viewer.open(0, 100).unwrap();
    let paid = viewer.settled(&session, PREPAID_TICKS);
    viewer.remove(&paid);
    let ahead = u64::from(PREPAID_TICKS) * 1_000;
    assert_eq!(viewer.key(0).paid_until, viewer.now() + ahead);
    assert_eq!(viewer.open(0, 100).unwrap().opened_at, viewer.now() + ahead);
    assert_eq!(viewer.open(1, 100).unwrap().opened_at, viewer.now(), "the time of another key");
    assert_eq!(viewer.open_by_wallet(100).unwrap().opened_at, viewer.now(), "the time of the wallet");
}

#[test]
fn time_that_the_wallet_has_paid_for_is_counted_apart_from_the_keys() {
    let mut viewer = Viewer::with_keys(1);
    let session = viewer.open_by_wallet(100).unwrap();
    let paid = viewer.settled(&session, 30);
    viewer.remove(&paid);
    assert_eq!(viewer.deposit.paid_until, viewer.now() + 30_000);
    assert_eq!(viewer.key(0).paid_until, 0);
    assert_eq!(viewer.open_by_wallet(100).unwrap().opened_at, viewer.now() + 30_000);
}

#[test]
fn session_starts_now_once_the_paid_time_is_over() {
    let mut viewer = Viewer::with_keys(1);
    let session = viewer.open(0, 100).unwrap();
    let paid = viewer.settled(&session, 5);
    viewer.remove(&paid);
    viewer.block += 6;
    assert_eq!(viewer.open(0, 100).unwrap().opened_at, viewer.now());
}

// --- keys ----------------------------------------------------------------------------------------------------------

#[test]
fn new_key_costs_its_bond_and_gives_it_back_when_removed() {
    let mut deposit = Deposit { free: 10, ..Deposit::new(1) };
    let key = add_key(&mut deposit, limits(), 7, 2).unwrap();
    assert_eq!((deposit.free, deposit.keys, deposit.last_key_id, deposit.active_at), (3, 1, 1, 2));
    assert_eq!((key.id, key.bond), (1, 7));
    let before = deposit.clone();
    assert_eq!(add_key(&mut deposit, limits(), 7, 3), None, "3 planck do not cover a bond of 7");
    assert_eq!(deposit, before);
    remove_key(&mut deposit, &key, 4);
    assert_eq!((deposit.free, deposit.keys, deposit.last_key_id, deposit.active_at), (10, 0, 1, 4));
}

#[test]
fn bond_that_was_paid_returns_even_if_another_is_asked_now() {
    let mut deposit = Deposit { free: 100, ..Deposit::new(1) };
    let cheap = add_key(&mut deposit, limits(), 7, 2).unwrap();
    let dear = add_key(&mut deposit, limits(), 50, 2).unwrap();
    remove_key(&mut deposit, &cheap, 3);
    assert_eq!(deposit.free, 50);
    remove_key(&mut deposit, &dear, 3);
    assert_eq!(deposit.free, 100);
}

#[test]
fn removed_and_added_key_opens_no_earlier_ticket_again() {
    let mut viewer = Viewer::with_keys(1);
    let nonce = viewer.key(0).nonces.next() + 5;
    let session = viewer.open_with_nonce(Some(0), nonce, 10).unwrap();
    viewer.remove_key(0);
    viewer.add_key(0, limits());
    let used = (nonce - 5..=nonce).map(|nonce| viewer.open_with_nonce(Some(0), nonce, 10).unwrap_err());
    assert_eq!(used.collect::<Vec<_>>(), [RowError::NonceUsed; 6], "in the same block");
    viewer.remove(&session);
    viewer.block += 1;
    viewer.remove_key(0);
    viewer.add_key(0, limits());
    assert_eq!(viewer.open_with_nonce(Some(0), nonce + 1, 10), Err(RowError::NonceTooOld), "in a later block");
    viewer.open(0, 10).unwrap();
}

#[test]
fn removed_and_added_key_counts_its_sessions_and_allowance_anew() {
    let mut viewer = Viewer::with_keys(1);
    let session = viewer.open(0, 10).unwrap();
    let first_id = viewer.key(0).id;
    viewer.remove_key(0);
    viewer.add_key(0, KeyLimits { allowance: 1_000, ..limits() });
    assert_ne!(viewer.key(0).id, first_id);
    let before = viewer.key(0).clone();
    let free = viewer.deposit.free;
    viewer.remove(&viewer.settled(&session, 4));
    assert_eq!(viewer.key(0), &before, "the session belonged to the earlier entry");
    assert_eq!(viewer.deposit.free, free + 6 * PRICE, "the unspent reserve is free again");
    assert_eq!((viewer.deposit.reserved, viewer.deposit.open_sessions), (0, 0));
}

#[test]
fn keys_are_numbered_in_the_order_of_adding() {
    let mut deposit = Deposit { free: 100, ..Deposit::new(1) };
    let ids = [1, 2, 3].map(|_| add_key(&mut deposit, limits(), 1, 1).unwrap().id);
    assert_eq!(ids, [1, 2, 3]);
}
