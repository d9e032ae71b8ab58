//! Claims, closing periods, removals, and who earns what is left over.

use crate::viewer::{Viewer, FEE, PERIODS, PREPAID_TICKS, PRICE};
use tick_stream_primitives::{
    rules::{
        begin_closing, check_claim, is_over, may_close_unsigned, pays_submitter, removal_reward, Removal, RemovalCause,
    },
    Claim, KeyLimits, RowError, Session, SessionId,
};

/// Highest reward of the account that removes a neglected session.
const REWARD: u128 = FEE - 1;

/// Returns a viewer and its session of 100 ticks.
fn opened() -> (Viewer, Session) {
    let mut viewer = Viewer::with_keys(1);
    let session = viewer.open(0, 100).expect("the session opens");
    (viewer, session)
}

// --- claims --------------------------------------------------------------------------------------------------------

#[test]
fn claim_is_checked_against_what_is_settled() {
    let (viewer, session) = opened();
    let session = viewer.settled(&session, 20);
    let check = |from, ticks| {
        let claim = Claim { session: SessionId::default(), from, ticks, proof: [0; 32] };
        check_claim(&claim, &session, viewer.now() + 1_000_000, PREPAID_TICKS)
    };
    assert_eq!(check(20, 30), Ok(10));
    assert_eq!(check(0, 30), Ok(10), "only new ticks count");
    assert_eq!(check(20, 100), Ok(80));
    assert_eq!(check(20, 101), Err(RowError::AboveMaximum));
    assert_eq!(check(21, 30), Err(RowError::FromAhead));
    assert_eq!(check(0, 20), Err(RowError::AlreadySettled));
    assert_eq!(check(20, 20), Err(RowError::ClaimEmpty));
    assert_eq!(check(30, 20), Err(RowError::ClaimEmpty));
}

#[test]
fn claim_is_no_faster_than_time_and_the_prepaid_window() {
    let (mut viewer, mut session) = opened();
    assert_eq!(viewer.claim(&mut session.clone(), PREPAID_TICKS), Ok(PREPAID_TICKS));
    assert_eq!(viewer.claim(&mut session, PREPAID_TICKS + 1), Err(RowError::TooFast));
    viewer.block += 1;
    assert_eq!(viewer.claim(&mut session, PREPAID_TICKS + 1), Ok(PREPAID_TICKS + 1));
}

#[test]
fn session_that_starts_in_the_future_accepts_fewer_ticks() {
    let (mut viewer, session) = opened();
    viewer.remove(&viewer.settled(&session, 40));
    let mut next = viewer.open(0, 100).unwrap();
    assert_eq!(viewer.claim(&mut next.clone(), PREPAID_TICKS - 40), Ok(PREPAID_TICKS - 40));
    assert_eq!(viewer.claim(&mut next, PREPAID_TICKS - 39), Err(RowError::TooFast));
}

#[test]
fn time_after_closing_started_counts_for_no_claim() {
    let (mut viewer, mut session) = opened();
    viewer.block += 5;
    begin_closing(&mut session, viewer.block, viewer.now());
    viewer.block += 50;
    assert_eq!(viewer.claim(&mut session, PREPAID_TICKS + 6), Err(RowError::TooFast));
    assert_eq!(viewer.claim(&mut session, PREPAID_TICKS + 5), Ok(PREPAID_TICKS + 5));
}

// --- closing -------------------------------------------------------------------------------------------------------

#[test]
fn any_account_may_close_a_session_older_than_its_ticks() {
    let (viewer, session) = opened();
    let at = |seconds: u64| may_close_unsigned(&session, viewer.now() + seconds * 1_000);
    assert_eq!([0, 99, 100, 101].map(at), [false, false, false, true]);
    assert!(!may_close_unsigned(&session, 0), "a session that starts in the future");
}

#[test]
fn session_is_over_after_its_closing_period_or_its_last_tick() {
    let (mut viewer, session) = opened();
    let mut closing = session.clone();
    begin_closing(&mut closing, viewer.block, viewer.now());
    let begun = viewer.block;
    let over = |session: &Session, block| is_over(session, block, &PERIODS);
    assert_eq!([0, 99, 100, 101].map(|later| over(&closing, begun + later)), [false, false, true, true]);
    assert!(!over(&session, u32::MAX), "a session that is not closing is never over by time");
    viewer.block += 100;
    let almost = viewer.settled(&session, 99);
    let full = viewer.settled(&almost, 100);
    assert!(!over(&almost, viewer.block) && over(&full, viewer.block));
}

#[test]
fn submitter_earns_its_part_of_neglected_sessions_only() {
    let (mut viewer, session) = opened();
    let pays = |session: &Session, block| pays_submitter(session, block, &PERIODS);
    let opened_at = viewer.block;
    assert_eq!([0, 299, 300, 301].map(|later| pays(&session, opened_at + later)), [false, false, true, true]);
    viewer.block += 200;
    let claimed = viewer.settled(&session, 10);
    assert!(!pays(&claimed, opened_at + 499) && pays(&claimed, opened_at + 500), "counted from the last claim");
    let mut closing = session;
    begin_closing(&mut closing, opened_at, 0);
    assert!(!pays(&closing, opened_at) && pays(&closing, opened_at + 300), "closing changes nothing");
}

#[test]
fn open_fee_rewards_a_submitter_only_for_what_the_gateway_neglects() {
    let (mut viewer, session) = opened();
    let start = viewer.block;
    let mut closing = session.clone();
    begin_closing(&mut closing, start, viewer.now());
    viewer.block += 100;
    let full = viewer.settled(&session, 100);
    let reward = |session: &Session, cause, later| removal_reward(session, cause, start + later, &PERIODS, REWARD);
    let pays = |session: &Session, cause, later| match reward(session, cause, later) {
        0 => false,
        paid => paid == REWARD,
    };
    let [over, gateway] = [RemovalCause::Over, RemovalCause::Gateway];
    assert!(pays(&closing, over, 100), "the closing period is over");
    assert!(!pays(&closing, over, 99));
    assert!(!pays(&full, over, 100), "the gateway has just settled the last tick");
    assert!(!pays(&full, over, 399));
    assert!(pays(&full, over, 400), "the gateway has been silent since the last tick");
    for session in [&session, &closing, &full] {
        assert!(!pays(session, gateway, 1_000), "a close that the gateway signed earns a copier nothing");
    }
}

#[test]
fn reward_is_never_above_the_fee_of_the_session() {
    let (viewer, mut session) = opened();
    begin_closing(&mut session, viewer.block, viewer.now());
    let reward =
        |session: &Session, most| removal_reward(session, RemovalCause::Over, viewer.block + 100, &PERIODS, most);
    assert_eq!([0, 1, FEE, FEE + 1, u128::MAX].map(|most| reward(&session, most)), [0, 1, FEE, FEE, FEE]);
    session.fee = 0;
    assert_eq!(reward(&session, REWARD), 0, "a session of version 1 has no fee left");
}

// --- removal -------------------------------------------------------------------------------------------------------

#[test]
fn removal_returns_the_unspent_reserve_and_reports_the_fee() {
    let (mut viewer, session) = opened();
    let (free, left) = (viewer.deposit.free, viewer.key(0).allowance.left);
    viewer.block += 9;
    let removal = viewer.remove(&viewer.settled(&session, 40));
    assert_eq!(removal, Removal { paid: 40 * PRICE, refunded: 60 * PRICE, fee: FEE });
    assert_eq!((viewer.deposit.free, viewer.deposit.reserved), (free + 60 * PRICE, 0));
    assert_eq!((viewer.deposit.open_sessions, viewer.deposit.active_at), (0, viewer.block));
    let key = viewer.key(0);
    assert_eq!((key.allowance.left, key.open_sessions), (left + 60 * PRICE, 0));
    assert_eq!(key.spent, 40 * PRICE + FEE);
}

#[test]
fn removal_of_a_session_of_the_wallet_touches_no_key() {
    let mut viewer = Viewer::with_keys(1);
    let session = viewer.open_by_wallet(10).unwrap();
    let before = viewer.key(0).clone();
    viewer.remove(&viewer.settled(&session, 4));
    assert_eq!(viewer.key(0), &before);
    assert_eq!((viewer.deposit.reserved, viewer.deposit.open_sessions), (0, 0));
}

#[test]
fn refund_does_not_raise_an_allowance_that_was_renewed_since() {
    let mut viewer = Viewer::with_renewal(20, 5_000);
    let old = viewer.open(0, 100).unwrap();
    viewer.block += 20;
    let new = viewer.open(0, 100).unwrap();
    let left = viewer.key(0).allowance.left;
    viewer.remove(&old);
    assert_eq!(viewer.key(0).allowance.left, left, "the old session was paid from the old period");
    viewer.remove(&new);
    assert_eq!(viewer.key(0).allowance.left, 5_000 - FEE);
    assert_eq!(viewer.key(0).spent, 2 * FEE, "both count as spent");
}

#[test]
fn refund_just_before_a_renewal_is_lost_with_it() {
    let mut viewer = Viewer::with_renewal(20, 5_000);
    let session = viewer.open(0, 100).unwrap();
    viewer.block += 20;
    viewer.remove(&session);
    assert_eq!(viewer.key(0).allowance.left_at(viewer.block), 5_000, "renewed, with nothing added");
}

#[test]
fn refund_does_not_raise_an_allowance_that_the_wallet_set_anew() {
    let (mut viewer, session) = opened();
    let block = viewer.block;
    viewer.key_mut(0).set_limits(KeyLimits { allowance: 50, ..crate::viewer::limits() }, block);
    viewer.remove(&session);
    assert_eq!((viewer.key(0).allowance.left, viewer.key(0).open_sessions), (50, 0));
}

#[test]
fn session_of_a_removed_key_ends_as_before() {
    let (mut viewer, session) = opened();
    viewer.remove_key(0);
    let free = viewer.deposit.free;
    let removal = viewer.remove(&viewer.settled(&session, 40));
    assert_eq!(removal, Removal { paid: 40 * PRICE, refunded: 60 * PRICE, fee: FEE });
    assert_eq!(viewer.deposit.free, free + 60 * PRICE);
}
