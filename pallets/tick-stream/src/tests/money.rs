//! Shares, tips, payouts, the protocol's fee and the pot, to the planck.

mod tips;

use super::streams::splits;
use crate::{
    mock::*,
    money::{Rates, Shares},
    Config, Earnings, Error, Event,
};
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::Mutate, tokens::Preservation, Get},
};
use proptest::prelude::*;
use sp_runtime::{DispatchError, Permill, TokenError};
use tick_stream_primitives::{Balance, BlockNumber, Claim, Closer, Splits, StreamId};

fn open_fee() -> Balance {
    <Test as Config>::OpenFee::get()
}

/// Opens a session of "viewer" on `stream`.
fn open_on(stream: StreamId, max_ticks: u32) -> Watch {
    let mut watch = Watch::new("viewer", max_ticks);
    watch.ticket.stream = stream;
    let batch = batch_of_opens(vec![watch.signed_by("viewer-session")]);
    assert_ok!(TickStream::process_batch(signed("operator"), batch));
    assert!(failures().is_empty());
    watch
}

/// The claims, each of one tick more than the one before, in one group of `stream`.
fn tick_by_tick(watch: &mut Watch, stream: StreamId, ticks: u32) -> tick_stream_primitives::Batch {
    let claims = (1..=ticks).map(|tick| Claim { from: tick - 1, ..watch.claim(tick) }).collect();
    let mut batch = batch_of_claims(claims);
    batch.groups[0].stream = stream;
    batch
}

/// Has `parts` of stream 0 take effect at once, and the protocol take nothing: "creator" earns the rest.
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
fn shares_of_odd_amounts_works() {
    let parts = splits(&[("friend", 333_333), ("stranger", 1)]);
    let percent = Permill::from_percent;
    let rates =
        Rates { protocol: percent(1), submitter: Permill::from_parts(5_000), gateway: GATEWAY_SHARE, splits: &parts };
    // Worked out by hand: gross; protocol, submitter, gateway, the two splits, creator.
    let table = [
        (0, [0, 0, 0, 0, 0, 0]),
        (1, [0, 0, 0, 0, 0, 1]),
        (99, [0, 0, 19, 26, 0, 54]),
        (100, [1, 0, 19, 26, 0, 54]),
        (199, [1, 0, 39, 52, 0, 107]),
        (200, [2, 1, 39, 52, 0, 106]),
        (1_003, [10, 5, 197, 263, 0, 528]),
        (7_021, [70, 35, 1_383, 1_844, 0, 3_689]),
    ];
    for (gross, expected) in table {
        let Shares { protocol, submitter, gateway, splits, creator } = Shares::of(gross, &rates);
        assert_eq!([protocol, submitter, gateway, splits[0], splits[1], creator], expected, "of {gross}");
    }
}

#[test]
fn shares_of_all_there_is_works() {
    let parts = splits(&[("friend", 500_000), ("stranger", 500_000)]);
    let none = Permill::zero();
    let rates = Rates { protocol: none, submitter: none, gateway: none, splits: &parts };
    let shares = Shares::of(Balance::MAX, &rates);
    let half = Balance::MAX / 2;
    assert_eq!(shares, Shares { splits: vec![half, half], creator: 1, ..Default::default() });
    let all = Permill::one();
    let rates = Rates { protocol: none, submitter: none, gateway: all, splits: &parts };
    let shares = Shares::of(Balance::MAX, &rates);
    assert_eq!(shares, Shares { gateway: Balance::MAX, splits: vec![0, 0], ..Default::default() });
}

/// `amount x parts / 1,000,000` in the way it is taught at school.
fn floored(amount: u64, parts: u32) -> Balance {
    Balance::from(amount) * Balance::from(parts) / 1_000_000
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shares_of_any_amount_add_up_works(
        gross in any::<u64>(),
        protocol in 0..=50_000u32,
        submitter in 0..=50_000u32,
        gateway in 0..=1_000_000u32,
        parts in prop::collection::vec(0..=125_000u32, 0..=8),
    ) {
        let named: Splits = parts
            .iter()
            .map(|part| (account("friend"), Permill::from_parts(*part)))
            .collect::<Vec<_>>()
            .try_into()
            .expect("at most eight");
        let part = Permill::from_parts;
        let rates =
            Rates { protocol: part(protocol), submitter: part(submitter), gateway: part(gateway), splits: &named };
        let shares = Shares::of(gross.into(), &rates);
        prop_assert_eq!(shares.protocol, floored(gross, protocol));
        prop_assert_eq!(shares.submitter, floored(gross, submitter));
        let after_fees = gross - (shares.protocol + shares.submitter) as u64;
        prop_assert_eq!(shares.gateway, floored(after_fees, gateway));
        let after_gateway = after_fees - shares.gateway as u64;
        let expected: Vec<_> = parts.iter().map(|part| floored(after_gateway, *part)).collect();
        prop_assert_eq!(&shares.splits, &expected);
        prop_assert_eq!(shares.creator, Balance::from(after_gateway) - expected.iter().sum::<Balance>());
    }
}

#[test]
fn settled_ticks_are_shared_to_the_planck_works() {
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
        assert_eq!(all, [70, 1_383 + 35, open_fee(), 1_844, 0, 3_689]);
        assert_eq!(stream_of(stream).totals.paid, 7_021);
        assert!(!Earnings::<Test>::contains_key(account("stranger")), "nothing is not written down");
    });
}

#[test]
fn settled_rows_are_floored_one_by_one_works() {
    build_and_execute(|| {
        let stream = create_stream(PRICE, splits(&[("friend", 333_333)]));
        fund("viewer");
        let mut watch = open_on(stream, 60);
        let batch = tick_by_tick(&mut watch, stream, 3);
        let seen = events_of(|| TickStream::process_batch(signed("operator"), batch).map(drop).expect("is in order"));
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
        assert!(seen.contains(&shared), "one row of three ticks would have shared out 592, 790 and 1582: {seen:?}");
        assert_eq!(["treasury", "gateway", "friend", "creator"].map(earned), [30, 606, 789, 1_584]);
    });
}

#[test]
fn payout_works() {
    build_and_execute(|| {
        tip(10_000);
        let pot = in_pot();
        assert_eq!(["treasury", "creator"].map(earned), [100, 9_900]);
        let treasury = account("treasury");
        let seen = events_of(|| TickStream::payout(signed("stranger"), treasury.clone()).expect("is in order"));
        assert_eq!(seen, [Event::PaidOut { account: treasury.clone(), amount: 100 }]);
        assert_eq!((balance_of("treasury"), in_pot()), (100, pot - 100));
        assert!(!Earnings::<Test>::contains_key(treasury));
        assert_eq!(earned("creator"), 9_900, "nobody else's");
        let before = balance_of("creator");
        assert_ok!(TickStream::payout(signed("creator"), account("creator")));
        assert_eq!(balance_of("creator"), before + 9_900);
    });
}

#[test]
fn payout_of_nothing_fails() {
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
fn payout_of_dust_to_no_account_fails() {
    build_and_execute(|| {
        share_out_tips(&[("poor", 1_000_000)]);
        let payout = || TickStream::payout(signed("stranger"), account("poor"));
        tip(ED - 1);
        assert_noop!(payout(), TokenError::BelowMinimum);
        assert_eq!(earned("poor"), ED - 1, "and waits");
        tip(1);
        assert_ok!(payout());
        assert_eq!(balance_of("poor"), ED);
        tip(1);
        assert_ok!(payout());
        assert_eq!(balance_of("poor"), ED + 1, "a single planck is enough for an account that lives");
    });
}

#[test]
fn payout_of_everything_leaves_the_pot_its_minimum_works() {
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
        assert_eq!(earners.len(), 4, "treasury, gateway, operator, creator");
        for earner in earners {
            assert_ok!(TickStream::payout(signed("stranger"), earner));
        }
        assert_eq!(in_pot(), ED);
        assert_eq!(balance_of("viewer"), ENDOWMENT - 37 * PRICE - open_fee());
    });
}

#[test]
fn planck_sent_to_the_pot_is_nobodys_and_harms_nobody_works() {
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
        assert_eq!(in_pot(), ED + 1, "it stays");
    });
}

#[test]
fn set_protocol_fee_works() {
    build_and_execute(|| {
        for parts in [0, 1, 50_000] {
            let fee = Permill::from_parts(parts);
            let seen = events_of(|| TickStream::set_protocol_fee(RuntimeOrigin::root(), fee).expect("is in order"));
            assert_eq!(seen, [Event::ProtocolFeeSet { fee }]);
            assert_eq!(crate::ProtocolFee::<Test>::get(), fee);
        }
    });
}

#[test]
fn set_protocol_fee_holds_for_running_sessions_and_tips_works() {
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
fn set_protocol_fee_above_five_percent_fails() {
    build_and_execute(|| {
        for parts in [50_001, 1_000_000] {
            let set = || TickStream::set_protocol_fee(RuntimeOrigin::root(), Permill::from_parts(parts));
            assert_noop!(set(), Error::<Test>::ProtocolFeeTooHigh);
        }
    });
}

#[test]
fn set_protocol_fee_by_others_fails() {
    build_and_execute(|| {
        for origin in [RuntimeOrigin::none(), signed("treasury"), signed("creator")] {
            assert_noop!(TickStream::set_protocol_fee(origin, Permill::zero()), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn price_times_ticks_beyond_all_balances_fails() {
    build_and_execute(|| {
        fund("viewer");
        let stream = create_stream(Balance::MAX / 3, Splits::default());
        let mut watch = Watch::new("viewer", 1);
        watch.ticket.stream = stream;
        watch.ticket.price_per_tick = Balance::MAX;
        watch.ticket.max_ticks = 4;
        let join = |ticket| TickStream::join_stream(signed("viewer"), ticket);
        assert_noop!(join(watch.ticket.clone()), Error::<Test>::Overflow);
        watch.ticket.max_ticks = 3;
        assert_noop!(join(watch.ticket), Error::<Test>::FundsTooLow);
    });
}
