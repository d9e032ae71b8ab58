//! Attacks with extreme numbers, splits and prices, and on the pot.

use super::*;
use crate::{Error, StreamRequest, StreamUpdate};
use codec::{Decode, Encode};
use frame_support::{
    assert_noop,
    traits::{fungible::Mutate, tokens::Preservation},
};
use sp_runtime::Permill;
use tick_stream_primitives::{Splits, StreamId};

fn splits(parts: &[(&str, u32)]) -> Splits {
    let parts: Vec<_> = parts.iter().map(|(name, part)| (account(name), Permill::from_parts(*part))).collect();
    parts.try_into().expect("within the bound")
}

fn update(stream: StreamId, update: StreamUpdate) {
    assert_ok!(TickStream::update_stream(signed("creator"), stream, update));
}

/// Returns the sum of all earnings, in planck.
fn all_earnings() -> Balance {
    crate::Earnings::<Test>::iter_values().sum()
}

#[test]
fn gift_to_the_pot_cannot_be_withdrawn() {
    build_and_execute(|| {
        fund("viewer");
        let pot = TickStream::pot_account();
        assert_ok!(Balances::transfer(&account("stranger"), &pot, 1, Preservation::Preserve));
        assert_ok!(TickStream::do_try_state());
        assert_noop!(TickStream::payout(signed("stranger"), pot), Error::<Test>::NothingEarned);
        assert_noop!(TickStream::withdraw(signed("stranger"), 1), Error::<Test>::DepositUnknown);
        assert_noop!(TickStream::withdraw(signed("viewer"), DEPOSIT + 1), Error::<Test>::FundsTooLow);
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT));
    });
}

#[test]
fn pot_in_the_splits_loses_nothing() {
    build_and_execute(|| {
        fund("viewer");
        let pot = TickStream::pot_account();
        let to_pot: Splits = vec![(pot.clone(), Permill::from_percent(100))].try_into().expect("within the bound");
        update(0, StreamUpdate { splits: Some(to_pot), ..Default::default() });
        advance(6);
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(60);
        let held = Balances::free_balance(&pot);
        assert!(crate::Earnings::<Test>::get(&pot) > 0);
        assert_ok!(TickStream::payout(signed("stranger"), pot.clone()));
        assert_eq!(Balances::free_balance(&pot), held, "the pot paid itself, which leaves a surplus without an owner");
    });
}

#[test]
fn payout_below_the_existential_deposit_keeps_the_earnings() {
    build_and_execute(|| {
        fund("viewer");
        let part = splits(&[("friend", 4_000)]);
        update(0, StreamUpdate { splits: Some(part), ..Default::default() });
        remove_account("friend");
        advance(6);
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(1);
        let owed = earned("friend");
        assert!(owed > 0 && owed < ED);
        assert!(TickStream::payout(signed("stranger"), account("friend")).is_err());
        assert_eq!(earned("friend"), owed);
        watch.settle(3);
        assert_ok!(TickStream::payout(signed("stranger"), account("friend")));
        assert_eq!(Balances::free_balance(account("friend")), 3 * owed);
    });
}

#[test]
fn price_and_ticks_above_every_balance_are_refused() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| (limits.max_price_per_tick, limits.allowance) = (Balance::MAX, Balance::MAX));
        let priciest = create_stream(Balance::MAX, Splits::default());
        let cases = [
            (priciest, 2, RowError::Overflow, Error::<Test>::Overflow),
            (priciest, u32::MAX, RowError::Overflow, Error::<Test>::Overflow),
            (priciest, 1, RowError::Overflow, Error::<Test>::Overflow),
            (create_stream(Balance::MAX / 2 + 1, Splits::default()), 2, RowError::Overflow, Error::<Test>::Overflow),
            (create_stream(Balance::MAX / 2, Splits::default()), 2, RowError::Overflow, Error::<Test>::Overflow),
            (create_stream(1 << 96, Splits::default()), u32::MAX, RowError::FundsTooLow, Error::<Test>::FundsTooLow),
            (0, u32::MAX, RowError::FundsTooLow, Error::<Test>::FundsTooLow),
            (0, 0, RowError::NoTicks, Error::<Test>::NoTicks),
        ];
        let before = deposit_of("viewer");
        for (stream, max_ticks, row_error, error) in cases {
            let [mut watch, mut of_wallet] = [Watch::new("viewer", 1), Watch::of_wallet("viewer", 1)];
            for ticket in [&mut watch.ticket, &mut of_wallet.ticket] {
                (ticket.stream, ticket.max_ticks, ticket.price_per_tick) = (stream, max_ticks, Balance::MAX);
            }
            assert_eq!(try_open(&watch, "viewer-session"), Some(row_error), "{max_ticks} on {stream}");
            assert_noop!(TickStream::join_stream(signed("viewer"), of_wallet.ticket), error);
        }
        assert_eq!(deposit_of("viewer"), before);
    });
}

#[test]
fn longest_session_with_the_largest_numbers_does_not_overflow() {
    build_and_execute(|| {
        let cheap = create_stream(10, Splits::default());
        let wealth = 10 * Balance::from(u32::MAX) + ENDOWMENT;
        assert_ok!(Balances::mint_into(&account("viewer"), wealth));
        fund_wallet("viewer", wealth);
        let mut watch = Watch::of_wallet("viewer", 100);
        watch.ticket.stream = cheap;
        watch.ticket.max_ticks = u32::MAX;
        assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()));
        assert_eq!(deposit_of("viewer").reserved, 10 * Balance::from(u32::MAX));
        let (id, proof) = (watch.id, [1; 32]);
        let claim = |ticks| TickStream::record_tick(signed("gateway"), id, 0, ticks, proof);
        assert_noop!(claim(u32::MAX), Error::<Test>::TooFast);
        stall(u64::MAX / 2_000);
        assert_eq!(
            TickStream::record_tick(signed("gateway"), id, 0, 100, watch.chain.proof(100).expect("within the chain"))
                .map(|_| ())
                .map_err(|error| error.error),
            Ok(())
        );
        assert!(submit("stranger", batch_of_closes(vec![watch.unsigned_close()])).is_empty());
        advance(10);
        assert!(submit("stranger", batch_of_closes(vec![watch.unsigned_close()])).is_empty());
        assert_eq!(deposit_of("viewer").free, wealth - 1_000 - OPEN_FEE);
    });
}

#[test]
fn deposits_tips_and_withdrawals_above_every_balance_are_refused() {
    build_and_execute(|| {
        fund("viewer");
        assert!(TickStream::deposit(signed("viewer"), Balance::MAX, None).is_err());
        assert!(TickStream::tip(signed("viewer"), 0, Balance::MAX, Default::default()).is_err());
        assert_noop!(TickStream::withdraw(signed("viewer"), Balance::MAX), Error::<Test>::FundsTooLow);
        assert_noop!(TickStream::deposit(signed("viewer"), 0, None), Error::<Test>::AmountZero);
        assert_noop!(TickStream::tip(signed("viewer"), 0, 0, Default::default()), Error::<Test>::AmountZero);
        assert_eq!(deposit_of("viewer").free, DEPOSIT);
        assert_eq!(all_earnings(), 0);
    });
}

#[test]
fn splits_above_the_whole_are_refused() {
    build_and_execute(|| {
        let whole = Permill::one();
        let huge: Splits = (0..8)
            .map(|index| (account(&format!("friend-{index}")), whole))
            .collect::<Vec<_>>()
            .try_into()
            .expect("within the bound");
        let request = stream_request(PRICE, huge);
        assert_noop!(TickStream::create_stream(signed("creator"), request), Error::<Test>::SplitsAboveWhole);
        let just_above = splits(&[("friend", 999_999), ("stranger", 2)]);
        let change = StreamUpdate { splits: Some(just_above), ..Default::default() };
        assert_noop!(TickStream::update_stream(signed("creator"), 0, change), Error::<Test>::SplitsAboveWhole);
        let twice = splits(&[("friend", 1), ("friend", 1)]);
        let change = StreamUpdate { splits: Some(twice), ..Default::default() };
        assert_noop!(TickStream::update_stream(signed("creator"), 0, change), Error::<Test>::SplitsInvalid);
    });
}

#[test]
fn share_above_the_whole_is_not_decoded() {
    let request = stream_request(PRICE, splits(&[("friend", 1)]));
    let bytes = request.encode();
    let place = 16 + 4;
    assert_eq!(bytes[place..place + 4], GATEWAY_SHARE.encode());
    let mut above = bytes.clone();
    above[place..place + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(StreamRequest::decode(&mut &above[..]).is_err());
    let mut split_above = bytes;
    split_above[place + 4 + 1 + 32..][..4].copy_from_slice(&1_000_001u32.to_le_bytes());
    assert!(StreamRequest::decode(&mut &split_above[..]).is_err());
}

#[test]
fn greatest_shares_pay_out_no_more_than_was_paid() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::set_protocol_fee(RuntimeOrigin::root(), Permill::from_percent(5)));
        assert!(TickStream::set_protocol_fee(RuntimeOrigin::root(), Permill::from_parts(50_001)).is_err());
        assert!(TickStream::set_protocol_fee(signed("stranger"), Permill::zero()).is_err());
        let parts = splits(&[("friend-0", 333_333), ("friend-1", 333_333), ("friend-2", 333_334)]);
        let greedy = StreamUpdate { gateway_share: Some(Permill::one()), splits: Some(parts), ..Default::default() };
        update(0, greedy);
        advance(6);
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(1);
        assert_eq!(all_earnings(), PRICE);
        assert_eq!(earned("creator") + earned("friend-0"), 0, "the gateway earns all that the fees leave");
        assert_ok!(TickStream::tip(signed("stranger"), 0, 7, Default::default()));
        assert_eq!(all_earnings(), PRICE + 7);
        watch.settle(60);
        assert_eq!(all_earnings(), 60 * PRICE + 7);
    });
}

#[test]
fn smallest_payments_lose_no_planck() {
    build_and_execute(|| {
        let stream = create_stream(10, splits(&[("friend", 1), ("stranger", 999_999)]));
        fund("viewer");
        let mut watch = Watch::new("viewer", 60);
        watch.ticket.stream = stream;
        assert_eq!(try_open(&watch, "viewer-session"), None);
        for ticks in 1..=60 {
            watch.settle(ticks);
            assert_eq!(all_earnings(), Balance::from(ticks) * 10);
        }
        assert_eq!(DEPOSIT - owned("viewer"), 600 + OPEN_FEE);
        end(&watch);
        assert_eq!(all_earnings(), 600 + OPEN_FEE);
    });
}

#[test]
fn removed_split_is_still_paid_within_the_notice() {
    build_and_execute(|| {
        let stream = create_stream(PRICE, splits(&[("friend", 500_000)]));
        fund("viewer");
        let mut watch = Watch::new("viewer", 60);
        watch.ticket.stream = stream;
        assert_eq!(try_open(&watch, "viewer-session"), None);
        update(stream, StreamUpdate { splits: Some(Splits::default()), ..Default::default() });
        advance(5);
        watch.settle(30);
        let paid = earned("friend");
        assert!(paid > 0, "the notice is not over yet");
        update(stream, StreamUpdate { preview_ticks: Some(1), ..Default::default() });
        advance(1);
        watch.settle(60);
        assert_eq!(earned("friend"), paid, "the new splits apply from the announced block on");
    });
}

#[test]
fn lower_gateway_share_does_not_apply_to_open_sessions() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        update(0, StreamUpdate { gateway_share: Some(Permill::zero()), ..Default::default() });
        advance(100);
        watch.settle(30);
        assert_eq!(session_of(watch.id).gateway_share, GATEWAY_SHARE);
        assert!(earned("gateway") > 30 * PRICE / 6);
    });
}

#[test]
fn higher_price_needs_notice_and_the_consent_of_the_ticket() {
    build_and_execute(|| {
        fund("viewer");
        let mut running = Watch::opened("viewer", 60);
        update(0, StreamUpdate { price_per_tick: Some(PRICE + 1), ..Default::default() });
        advance(5);
        let within = Watch::opened("viewer", 60);
        assert_eq!(session_of(within.id).price_per_tick, PRICE, "the announced price is not in effect yet");
        advance(1);
        assert_eq!(try_open(&Watch::new("viewer", 60), "viewer-session"), Some(RowError::PriceAboveTicket));
        let before = owned("viewer");
        running.settle(60);
        assert_eq!(before - owned("viewer"), 60 * PRICE, "an open session keeps its price");
    });
}

#[test]
fn rise_after_a_lower_price_needs_notice_again() {
    build_and_execute(|| {
        let rise = |price| update(0, StreamUpdate { price_per_tick: Some(price), ..Default::default() });
        rise(PRICE * 2);
        advance(5);
        rise(PRICE - 1);
        rise(PRICE * 2);
        advance(5);
        assert_eq!(stream_of(0).price_at(System::block_number()), PRICE - 1);
        advance(1);
        assert_eq!(stream_of(0).price_at(System::block_number()), PRICE * 2);
    });
}

#[test]
fn price_above_the_keys_limit_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let expensive = create_stream(PRICE * 10 + 1, Splits::default());
        let mut watch = Watch::new("viewer", 1);
        watch.ticket.stream = expensive;
        watch.ticket.price_per_tick = Balance::MAX;
        assert_eq!(try_open(&watch, "viewer-session"), Some(RowError::PriceAboveKey));
    });
}

#[test]
fn stream_deposit_is_released_once_and_to_its_creator() {
    build_and_execute(|| {
        let before = Balances::total_issuance();
        assert_noop!(TickStream::end_stream(signed("stranger"), 0), Error::<Test>::NotCreator);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_noop!(TickStream::end_stream(signed("creator"), 0), Error::<Test>::StreamUnknown);
        assert_eq!(Balances::free_balance(account("creator")), ENDOWMENT);
        assert_eq!(create_stream(PRICE, Splits::default()), 1, "an identifier is never used again");
        assert_eq!(Balances::total_issuance(), before);
    });
}
