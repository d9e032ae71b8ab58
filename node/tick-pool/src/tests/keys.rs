//! Tickets of session keys: what the chain allows each key, and how many tickets may wait.

use super::chain::{creator, OPEN_FEE};
use super::env::{account, device_key, session_key, TestEnvironment, Watch, MAX_TICKS, PEER};
use crate::config::MAX_VIEWER_TICKETS;
use crate::{Accepted, Rejected, Submission};
use sp_core::Pair;
use tick_stream_primitives::{AccountId, Balance, RowError, Scope, SessionKey};

#[test]
fn ticket_of_an_unknown_key_is_rejected() {
    let env = TestEnvironment::new();
    let watch = env.watch(1);
    env.chain.remove_key(&watch.ticket.ticket.viewer, &watch.ticket.ticket.session_key);
    let rejected = env.open(&watch).unwrap_err();
    assert_eq!(rejected, Rejected::Refused(RowError::KeyUnknown));
    assert_eq!(rejected.name(), "KeyUnknown");
}

/// Tightens a limit of a session key.
type Limit = fn(&mut SessionKey);

#[test]
fn ticket_beyond_a_limit_of_its_key_is_rejected() {
    let limits: [(RowError, Limit); 7] = [
        (RowError::KeyExpired, |key| key.expires_at = 0),
        (RowError::KeyOutOfScope, |key| key.scope = Scope::Gateway(creator())),
        (RowError::KeyOutOfScope, |key| key.scope = Scope::Creator(AccountId::new([4; 32]))),
        (RowError::KeyOutOfScope, |key| key.scope = Scope::Stream(u64::MAX)),
        (RowError::PriceAboveKey, |key| key.max_price_per_tick = 9),
        (RowError::TooManyKeySessions, |key| key.open_sessions = key.max_sessions),
        (RowError::AllowanceTooLow, |key| key.allowance.left = cost() - 1),
    ];
    for (error, limit) in limits {
        let env = TestEnvironment::new();
        let watch = env.watch(1);
        env.chain.change_key(&watch.ticket.ticket.viewer, &watch.ticket.ticket.session_key, limit);
        assert_eq!(env.open(&watch), Err(Rejected::Refused(error)));
        assert_eq!(env.pool.stats().opens, 0);
    }
}

#[test]
fn ticket_signed_by_another_key_of_the_viewer_is_rejected() {
    let env = TestEnvironment::new();
    let mut watch = env.watch(1);
    watch.ticket.signature = device_key(1, 2).sign(&watch.ticket.ticket.message(&env.chain.genesis)).into();
    assert_eq!(env.open(&watch), Err(Rejected::Refused(RowError::SignatureInvalid)));
}

#[test]
fn second_ticket_of_a_key_is_rejected_until_the_first_is_opened() {
    let env = TestEnvironment::new();
    let (first, second) = (env.watch(1), Watch::new(&env.chain, 1, 2));
    assert_eq!(env.open(&first), Ok(Accepted::Added));
    assert_eq!(env.open(&second), Err(Rejected::KeyBusy { pending: first.session }));

    // Once the best chain has opened the first, the key may send another.
    env.wave();
    assert_eq!(env.open(&second), Ok(Accepted::Added));
}

#[test]
fn second_ticket_of_a_key_in_the_same_call_is_rejected() {
    let env = TestEnvironment::new();
    let (first, second) = (env.watch(1), Watch::new(&env.chain, 1, 2));
    let opens = vec![first.ticket.clone(), second.ticket.clone()];
    let answers = env.pool.submit(PEER, Submission { opens, ..Submission::default() });
    assert_eq!(answers.opens, [Ok(Accepted::Added), Err(Rejected::KeyBusy { pending: first.session })]);
}

#[test]
fn tickets_of_two_devices_wait_side_by_side() {
    let env = TestEnvironment::new();
    let (first, second) = (env.watch(1), Watch::on_device(&env.chain, 1, 2, 1));
    assert_ne!(first.session, second.session, "the same nonce of another key is another session");
    assert_eq!(env.open(&first), Ok(Accepted::Added));
    assert_eq!(env.open(&second), Ok(Accepted::Added));
    assert!(env.wave().is_empty());
    assert!(env.chain.get(&first.session).is_some() && env.chain.get(&second.session).is_some());
}

/// Cost of opening a session with a ticket of the tests.
fn cost() -> Balance {
    10 * Balance::from(MAX_TICKS) + OPEN_FEE
}

#[test]
fn deposit_has_to_cover_all_waiting_tickets_together() {
    let env = TestEnvironment::new();
    let watches = [1, 2, 3].map(|device| Watch::on_device(&env.chain, 1, device, 1));
    env.chain.change_deposit(&watches[0].ticket.ticket.viewer, |deposit| deposit.free = 2 * cost());
    assert_eq!(env.open(&watches[0]), Ok(Accepted::Added));
    assert_eq!(env.open(&watches[1]), Ok(Accepted::Added));
    assert_eq!(env.open(&watches[2]), Err(Rejected::Refused(RowError::FundsTooLow)));

    // A ticket that replaces a waiting one is not counted twice.
    let renewed = Watch::on_device(&env.chain, 1, 2, 1);
    assert_eq!(env.open(&renewed), Ok(Accepted::Known));
}

#[test]
fn deposit_has_to_cover_all_tickets_of_one_call_together() {
    let env = TestEnvironment::new();
    let watches = [1, 2, 3].map(|device| Watch::on_device(&env.chain, 1, device, 1));
    env.chain.change_deposit(&watches[0].ticket.ticket.viewer, |deposit| deposit.free = 2 * cost());
    let opens = watches.iter().map(|watch| watch.ticket.clone()).collect();
    let answers = env.pool.submit(PEER, Submission { opens, ..Submission::default() });
    let funds_too_low = Err(Rejected::Refused(RowError::FundsTooLow));
    assert_eq!(answers.opens, [Ok(Accepted::Added), Ok(Accepted::Added), funds_too_low]);
}

#[test]
fn replacing_ticket_is_not_tried_together_with_the_one_that_it_replaces() {
    let env = TestEnvironment::new();
    let first = env.watch(1);
    env.chain.change_deposit(&first.ticket.ticket.viewer, |deposit| deposit.free = cost());
    env.open(&first).unwrap();
    let second = Watch::with_seed(&env.chain, 1, 1, [99; 32], MAX_TICKS);
    assert_eq!(env.open(&second), Ok(Accepted::Replaced));
}

#[test]
fn viewer_with_as_many_tickets_as_sessions_may_be_open_has_to_wait() {
    let env = TestEnvironment::with(|config| config.budget.newcomers.burst = 100_000_000);
    let devices = 1..=MAX_VIEWER_TICKETS as u64;
    let watches: Vec<_> = devices.map(|device| Watch::on_device(&env.chain, 1, device, 1)).collect();
    for watch in &watches {
        assert_eq!(env.open(watch), Ok(Accepted::Added));
    }
    let checks = env.chain.reads().1;
    let one_more = env.watch(1);
    assert_eq!(account(&session_key(1)), one_more.ticket.ticket.session_key);
    assert_eq!(env.open(&one_more), Err(Rejected::Refused(RowError::TooManySessions)));
    assert_eq!(env.chain.reads().1, checks, "the chain need not be asked");
    assert_eq!(env.open(&env.watch(2)), Ok(Accepted::Added), "other viewers do not wait");
}
