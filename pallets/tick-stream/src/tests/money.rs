//! Tests of shares, tips, payouts, the protocol fee and the pot, to the planck.

mod sweeps;
mod tips;

use super::streams::splits;
use crate::{mock::*, Config, Earnings, Error, Event};
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::Mutate, tokens::Preservation, Get},
};
use sp_runtime::{DispatchError, Permill, TokenError};
use tick_stream_primitives::{Balance, BlockNumber, Claim, Closer, Splits, StreamId};

/// Opens a session of "viewer" on `stream`.
fn open_on(stream: StreamId, max_ticks: u32) -> Watch {
    let mut watch = Watch::new("viewer", max_ticks);
    watch.ticket.stream = stream;
    let batch = batch_of_opens(vec![watch.signed_by("viewer-session")]);
    assert_ok!(TickStream::process_batch(signed("operator"), batch));
    assert!(failures().is_empty());
    watch
}

/// Returns a batch with one claim per tick, in one group of `stream`.
fn tick_by_tick(watch: &mut Watch, stream: StreamId, ticks: u32) -> tick_stream_primitives::Batch {
    let claims = (1..=ticks).map(|tick| Claim { from: tick - 1, ..watch.claim(tick) }).collect();
    let mut batch = batch_of_claims(claims);
    batch.groups[0].stream = stream;
    batch
}

/// Sets the protocol fee to zero and the splits of stream 0 to `parts`, and waits until they are in effect.
fn share_out_tips(parts: &[(&str, u32)]) {
    assert_ok!(TickStream::set_protocol_fee(RuntimeOrigin::root(), Permill::zero()));
    let change = crate::StreamUpdate { splits: Some(splits(parts)), ..Default::default() };
    assert_ok!(TickStream::update_stream(signed("creator"), 0, change));
    let notice: BlockNumber = <Test as Config>::Notice::get();
    advance(notice);
}

fn tip(amount: Balance) {
    assert_ok!(TickStream::tip(signed("stranger"), 0, amount, Default::default()));
}

#[test]
fn settled_ticks_are_shared_out_to_the_planck() {
    build_and_execute(|| {
        let stream = create_stream(PRICE, splits(&[("friend", 333_333), ("stranger", 1)]));
        fund("viewer");
        let mut watch = open_on(stream, 60);
        let seen = events_of(|| watch.settle(7));
        let expected = Event::IncomeShared {
            stream,
            gateway: account("gateway"),
            ticks: 7,
            paid: 7_021,
            protocol: 70,
            submitter: 35,
            gateway_part: 1_383,
            splits: 1_844,
            creator: 3_689,
        };
        assert_eq!(seen.last(), Some(&expected));
        let all = ["treasury", "gateway", "operator", "friend", "stranger", "creator"].map(earned);
        assert_eq!(all, [70, 1_383 + 35, 0, 1_844, 0, 3_689]);
        assert_eq!(stream_of(stream).totals.paid, 7_021);
        assert!(!Earnings::<Test>::contains_key(account("stranger")), "an account that earns nothing has no entry");
    });
}

#[test]
fn settled_rows_are_rounded_one_by_one() {
    build_and_execute(|| {
        let stream = create_stream(PRICE, splits(&[("friend", 333_333)]));
        fund("viewer");
        let mut watch = open_on(stream, 60);
        let batch = tick_by_tick(&mut watch, stream, 3);
        let seen =
            events_of(|| TickStream::process_batch(signed("operator"), batch).map(drop).expect("the call succeeds"));
        let shared = Event::IncomeShared {
            stream,
            gateway: account("gateway"),
            ticks: 3,
            paid: 3_009,
            protocol: 3 * 10,
            submitter: 3 * 5,
            gateway_part: 3 * 197,
            splits: 3 * 263,
            creator: 3 * 528,
        };
        assert!(seen.contains(&shared), "a single row of three ticks would pay 592, 790 and 1,582: {seen:?}");
        assert_eq!(["treasury", "gateway", "friend", "creator"].map(earned), [30, 606, 789, 1_584]);
    });
}

#[test]
fn payout_pays_the_earnings_of_one_account() {
    build_and_execute(|| {
        tip(10_000);
        let pot = in_pot();
        assert_eq!(["treasury", "creator"].map(earned), [100, 9_900]);
        let treasury = account("treasury");
        let seen = events_of(|| TickStream::payout(signed("stranger"), treasury.clone()).expect("the call succeeds"));
        assert_eq!(seen, [Event::PaidOut { account: treasury.clone(), amount: 100 }]);
        assert_eq!((balance_of("treasury"), in_pot()), (100, pot - 100));
        assert!(!Earnings::<Test>::contains_key(treasury));
        assert_eq!(earned("creator"), 9_900, "other earnings are unchanged");
        let before = balance_of("creator");
        assert_ok!(TickStream::payout(signed("creator"), account("creator")));
        assert_eq!(balance_of("creator"), before + 9_900);
    });
}

#[test]
fn payout_without_earnings_is_refused() {
    build_and_execute(|| {
        let payout = |name| TickStream::payout(signed("stranger"), account(name));
        assert_noop!(payout("creator"), Error::<Test>::NothingEarned);
        tip(10_000);
        assert_ok!(payout("creator"));
        assert_noop!(payout("creator"), Error::<Test>::NothingEarned);
        assert_noop!(payout("viewer"), Error::<Test>::NothingEarned);
    });
}

#[test]
fn payout_below_the_existential_deposit_is_refused_without_an_account() {
    build_and_execute(|| {
        share_out_tips(&[("friend", 1_000_000)]);
        remove_account("friend");
        let payout = || TickStream::payout(signed("stranger"), account("friend"));
        tip(ED - 1);
        assert_noop!(payout(), TokenError::BelowMinimum);
        assert_eq!(earned("friend"), ED - 1, "the earnings are kept");
        tip(1);
        assert_ok!(payout());
        assert_eq!(balance_of("friend"), ED);
        tip(1);
        assert_ok!(payout());
        assert_eq!(balance_of("friend"), ED + 1, "an existing account can be paid a single planck");
    });
}

#[test]
fn payout_of_everything_leaves_the_pot_its_existential_deposit() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(37);
        tip(1_003);
        let batch = batch_of_closes(vec![watch.close(Closer::Gateway, "gateway")]);
        assert_ok!(TickStream::process_batch(signed("operator"), batch));
        assert_ok!(TickStream::withdraw(signed("viewer"), deposit_of("viewer").free));
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        let earners: Vec<_> = Earnings::<Test>::iter_keys().collect();
        assert_eq!(earners.len(), 3, "treasury, gateway, creator");
        for earner in earners {
            assert_ok!(TickStream::payout(signed("stranger"), earner));
        }
        assert_eq!(in_pot(), ED + 2 * BOND, "the bonds of the viewer's entries are kept");
        assert_eq!(balance_of("viewer"), ENDOWMENT - 37 * PRICE - OPEN_FEE - 2 * BOND);
    });
}

#[test]
fn gift_to_the_pot_stays_there_and_blocks_no_payment() {
    build_and_execute(|| {
        fund("viewer");
        tip(10_000);
        let pot = TickStream::pot_account();
        assert_ok!(Balances::transfer(&account("stranger"), &pot, 1, Preservation::Preserve));
        assert_noop!(TickStream::payout(signed("stranger"), pot), Error::<Test>::NothingEarned);
        assert_noop!(TickStream::withdraw(signed("viewer"), DEPOSIT + 1), Error::<Test>::FundsTooLow);
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT));
        assert_ok!(TickStream::payout(signed("stranger"), account("creator")));
        assert_ok!(TickStream::payout(signed("stranger"), account("treasury")));
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        assert_ok!(TickStream::payout(signed("stranger"), account("gateway")));
        assert_eq!(in_pot(), ED + 2 * BOND + 1, "the gift stays in the pot");
    });
}

#[test]
fn set_protocol_fee_changes_the_fee() {
    build_and_execute(|| {
        for parts in [0, 1, 50_000] {
            let fee = Permill::from_parts(parts);
            let seen =
                events_of(|| TickStream::set_protocol_fee(RuntimeOrigin::root(), fee).expect("the call succeeds"));
            assert_eq!(seen, [Event::ProtocolFeeSet { fee }]);
            assert_eq!(crate::ProtocolFee::<Test>::get(), fee);
        }
    });
}

#[test]
fn new_protocol_fee_applies_to_open_sessions_and_tips() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(1);
        assert_eq!(earned("treasury"), 10);
        assert_ok!(TickStream::set_protocol_fee(RuntimeOrigin::root(), Permill::from_percent(5)));
        watch.settle(2);
        assert_eq!(earned("treasury"), 10 + 50);
        tip(1_003);
        assert_eq!(earned("treasury"), 10 + 50 + 50);
    });
}

#[test]
fn protocol_fee_above_five_percent_is_refused() {
    build_and_execute(|| {
        for parts in [50_001, 1_000_000] {
            let set = || TickStream::set_protocol_fee(RuntimeOrigin::root(), Permill::from_parts(parts));
            assert_noop!(set(), Error::<Test>::ProtocolFeeTooHigh);
        }
    });
}

#[test]
fn set_protocol_fee_by_another_origin_is_refused() {
    build_and_execute(|| {
        for origin in [RuntimeOrigin::none(), signed("treasury"), signed("creator")] {
            assert_noop!(TickStream::set_protocol_fee(origin, Permill::zero()), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn price_times_ticks_above_the_greatest_balance_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let stream = create_stream(Balance::MAX / 3, Splits::default());
        let mut watch = Watch::of_wallet("viewer", 1);
        watch.ticket.stream = stream;
        watch.ticket.price_per_tick = Balance::MAX;
        watch.ticket.max_ticks = 4;
        let join = |ticket| TickStream::join_stream(signed("viewer"), ticket);
        assert_noop!(join(watch.ticket.clone()), Error::<Test>::Overflow);
        watch.ticket.max_ticks = 3;
        assert_noop!(join(watch.ticket.clone()), Error::<Test>::Overflow);
        watch.ticket.max_ticks = 2;
        assert_noop!(join(watch.ticket), Error::<Test>::FundsTooLow);
    });
}
