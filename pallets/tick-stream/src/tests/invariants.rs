//! Tests of `try_state`: each kind of damaged state is found.

use crate::{mock::*, Deposits, Earnings, Keys, Sessions};
use frame_support::assert_ok;
use sp_runtime::TryRuntimeError;
use tick_stream_primitives::{Balance, Deposit, Session, SessionKey};

/// Returns what `try_state` reports after a change of a sound state with a deposit, two keys, and a session of one key
/// and of the wallet.
fn report_after(damage: impl FnOnce(&Watch)) -> TryRuntimeError {
    chain_with_stream().execute_with(|| {
        fund("viewer");
        add_key("viewer", "phone", |_| ());
        let watch = Watch::opened("viewer", 60);
        Watch::joined("viewer", 60);
        assert_ok!(TickStream::do_try_state());
        damage(&watch);
        TickStream::do_try_state().expect_err("the state is damaged")
    })
}

fn change_deposit(change: impl FnOnce(&mut Deposit)) {
    Deposits::<Test>::mutate_extant(account("viewer"), change);
}

fn change_key(change: impl FnOnce(&mut SessionKey)) {
    let mut key = key_of("viewer", "viewer-session");
    change(&mut key);
    Keys::<Test>::insert(account("viewer"), account("viewer-session"), key);
}

fn change_session(watch: &Watch, change: impl FnOnce(&mut Session)) {
    Sessions::<Test>::mutate_extant(watch.id, change);
}

#[test]
fn money_that_the_pot_does_not_hold_is_found() {
    let owes_more = TryRuntimeError::from("the pot owes more than it holds");
    assert_eq!(report_after(|_| change_deposit(|deposit| deposit.free += 1)), owes_more);
    assert_eq!(report_after(|_| change_deposit(|deposit| deposit.bond += 1)), owes_more);
    assert_eq!(report_after(|_| change_key(|key| key.bond += 1)), owes_more);
    assert_eq!(report_after(|watch| change_session(watch, |session| session.fee += 1)), owes_more);
    assert_eq!(report_after(|_| Earnings::<Test>::insert(account("stranger"), 1)), owes_more);
    let too_large = TryRuntimeError::from("the debts of the pot are too large for a balance");
    assert_eq!(report_after(|_| change_deposit(|deposit| deposit.bond = Balance::MAX)), too_large);
}

#[test]
fn counts_and_reserves_that_differ_from_the_sessions_are_found() {
    let reserve = TryRuntimeError::from("a viewer's reserve differs from the sum over the sessions");
    assert_eq!(report_after(|_| change_deposit(|deposit| deposit.reserved += 1)), reserve);
    let count = TryRuntimeError::from("a viewer's session count differs from the number of sessions");
    assert_eq!(report_after(|_| change_deposit(|deposit| deposit.open_sessions += 1)), count);
    let beyond = TryRuntimeError::from("a session is settled beyond its maximum");
    assert_eq!(report_after(|watch| change_session(watch, |session| session.settled_ticks = 61)), beyond);
}

#[test]
fn keys_that_differ_from_their_deposit_or_sessions_are_found() {
    let sessions = TryRuntimeError::from("a key's session count differs from the number of sessions");
    assert_eq!(report_after(|_| change_key(|key| key.open_sessions += 1)), sessions);
    assert_eq!(report_after(|_| change_key(|key| key.id += 5)), sessions, "the session belongs to another entry");
    assert_eq!(report_after(|watch| change_session(watch, |session| session.key = None)), sessions);
    let keys = TryRuntimeError::from("a deposit's key count differs from the number of keys");
    assert_eq!(report_after(|_| change_deposit(|deposit| deposit.keys += 1)), keys);
    assert_eq!(report_after(|_| Keys::<Test>::remove(account("viewer"), account("phone"))), keys);
    let lost = TryRuntimeError::from("a key's viewer has no deposit");
    // The bond is zero, so that the pot still covers it.
    let orphan = || {
        let key = SessionKey::new(key_limits(), 1, 0, 0, 1);
        Keys::<Test>::insert(account("stranger"), account("phone"), key);
    };
    assert_eq!(report_after(|_| orphan()), lost);
}
