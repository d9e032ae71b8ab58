//! Attacks that fill the state at the cost of others, or make others read it.

use super::*;
use crate::{Earnings, Error, Keys, NextStream};
use frame_support::{assert_noop, traits::Get};
use sp_runtime::Permill;
use tick_stream_primitives::{limits::MAX_STREAMS_SCAN, Splits, StreamId};

/// Closing period in blocks.
const CLOSE_PERIOD: u32 = 10;

/// Returns the number of blocks after which an empty deposit can be removed.
fn idle() -> u32 {
    let lifetime: u32 = <Test as crate::Config>::TicketLifetime::get();
    lifetime + 1
}

/// The attacker creates streams and ends them, so that a list of all streams has to try identifiers without an end.
#[test]
fn gaps_of_removed_streams_are_scanned_in_steps_of_a_limited_size() {
    let mut ext = chain_with_stream();
    ext.execute_with(|| {
        // As if the attacker had created and ended them.
        NextStream::<Test>::put(50 * StreamId::from(MAX_STREAMS_SCAN));
        create_stream(PRICE, Splits::default());
    });
    ext.commit_all().expect("no transaction is open");
    let recorder = Default::default();
    let page = ext.execute_with_recorder(Clone::clone(&recorder), || TickStream::read_streams(1, u32::MAX));
    assert_eq!((page.streams.len(), page.next), (0, Some(1 + StreamId::from(MAX_STREAMS_SCAN))));
    let read: usize = recorder.recorded_keys().values().map(|keys| keys.len()).sum();
    assert_eq!(read, MAX_STREAMS_SCAN as usize + 1, "the number of the next stream, and each identifier");
    ext.execute_with(|| {
        let (mut from, mut found, mut pages) = (Some(0), Vec::new(), 0);
        while let Some(start) = from {
            let page = TickStream::read_streams(start, 100);
            found.extend(page.streams.into_iter().map(|(id, _)| id));
            (from, pages) = (page.next, pages + 1);
        }
        assert_eq!((found, pages), (vec![0, 50 * StreamId::from(MAX_STREAMS_SCAN)], 51), "the cursor reaches the end");
    });
}

/// The attacker lets accounts earn single planck that are never paid out, each an entry of the state.
#[test]
fn dust_needs_accounts_that_exist_and_is_swept_when_they_are_gone() {
    build_and_execute(|| {
        let splits =
            |name: &str| -> Splits { vec![(account(name), Permill::one())].try_into().expect("within the bound") };
        let request = stream_request(PRICE, splits("unfunded"));
        assert_noop!(TickStream::create_stream(signed("creator"), request), Error::<Test>::SplitAccountUnknown);
        endow("puppet", ED);
        let stream = create_stream(PRICE, splits("puppet"));
        remove_account("puppet");
        assert_ok!(TickStream::tip(signed("stranger"), stream, 2, Default::default()));
        assert!(earned("puppet") > 0);
        assert!(TickStream::payout(signed("stranger"), account("puppet")).is_err(), "it is below the minimum");
        let (dust, treasury) = (earned("puppet"), earned("treasury"));
        assert_ok!(TickStream::sweep_earnings(signed("stranger"), account("puppet")));
        assert!(!Earnings::<Test>::contains_key(account("puppet")));
        assert_eq!(earned("treasury"), treasury + dust);
    });
}

/// The attacker takes earnings for dust that their owners have not yet had paid out.
#[test]
fn earnings_of_others_cannot_be_swept() {
    build_and_execute(|| {
        assert_ok!(TickStream::tip(signed("stranger"), 0, ENDOWMENT / 2, Default::default()));
        for name in ["creator", "treasury"] {
            assert!(earned(name) > 0);
            let sweep = || TickStream::sweep_earnings(signed("stranger"), account(name));
            assert_noop!(sweep(), Error::<Test>::EarningsPayable);
        }
        remove_account("viewer");
        assert_noop!(TickStream::sweep_earnings(signed("stranger"), account("viewer")), Error::<Test>::NothingEarned);
    });
}

/// The attacker makes deposits with all keys, takes the money out again and leaves the entries.
#[test]
fn abandoned_deposits_and_keys_are_removed_at_a_profit() {
    build_and_execute(|| {
        fund_wallet("viewer", DEPOSIT);
        (0..16).for_each(|index| add_key("viewer", &format!("device-{index}"), |_| ()));
        assert_ok!(TickStream::withdraw(signed("viewer"), deposit_of("viewer").free));
        advance(idle());
        assert_ok!(TickStream::reap_deposit(signed("stranger"), account("viewer")));
        assert_eq!(Keys::<Test>::iter().count(), 0);
        assert_eq!(earned("stranger"), 17 * BOND, "the bond of the entry and of each key");
        assert_ok!(TickStream::payout(signed("stranger"), account("stranger")));
    });
}

/// A planck left in the deposit keeps the entry. Its bonds stay in the pot as long.
#[test]
fn deposit_that_cannot_be_removed_is_paid_for() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT - 1));
        advance(idle());
        let reap = || TickStream::reap_deposit(signed("stranger"), account("viewer"));
        assert_noop!(reap(), Error::<Test>::DepositInUse);
        assert_eq!(ENDOWMENT - balance_of("viewer"), 2 * BOND + 1);
    });
}

/// A key cannot be added without paying for its entry, nor its bond be withdrawn while it exists.
#[test]
fn bonds_cannot_be_withdrawn_or_spent() {
    build_and_execute(|| {
        fund("viewer");
        let free = deposit_of("viewer").free;
        assert_eq!(free, DEPOSIT);
        assert_noop!(TickStream::withdraw(signed("viewer"), free + 1), Error::<Test>::FundsTooLow);
        let whole = free - OPEN_FEE;
        let cheap = create_stream(whole, Splits::default());
        limit_key(|limits| (limits.max_price_per_tick, limits.allowance) = (Balance::MAX, Balance::MAX));
        let ticket = |nonce, price| {
            let mut watch = Watch::with_nonce("viewer", 1, nonce);
            (watch.ticket.stream, watch.ticket.price_per_tick) = (cheap, price);
            watch
        };
        let next = key_of("viewer", "viewer-session").nonces.next();
        assert_eq!(try_open(&ticket(next, whole), "viewer-session"), None, "all that is free can be spent");
        assert_eq!(try_open(&ticket(next + 1, whole), "viewer-session"), Some(RowError::FundsTooLow));
        let add = || TickStream::add_key(signed("viewer"), account("phone"), key_limits());
        assert_noop!(add(), Error::<Test>::FundsTooLow);
    });
}

/// The attacker opens sessions of one tick, pays nothing more and leaves them in the state.
#[test]
fn abandoned_sessions_are_removed_for_a_reward() {
    build_and_execute(|| {
        fund("viewer");
        let watches: Vec<_> = (0..16).map(|_| Watch::opened("viewer", 1)).collect();
        let rows = || batch_of_closes(watches.iter().map(|watch| watch.unsigned_close()).collect());
        advance(2);
        assert_eq!(submit("stranger", rows()), [], "they are older than their ticks, so they start to close");
        assert_eq!(earned("stranger"), 0);
        advance(CLOSE_PERIOD);
        assert_eq!(submit("stranger", rows()), []);
        assert_eq!(crate::Sessions::<Test>::iter().count(), 0);
        assert_eq!((earned("stranger"), earned("gateway")), (16 * REWARD, 16 * (OPEN_FEE - REWARD)));
        assert_eq!(DEPOSIT - owned("viewer"), 16 * OPEN_FEE, "the attacker has paid for it");
    });
}

/// A gateway that is gone leaves sessions whose ticks are all settled.
#[test]
fn settled_sessions_of_a_gateway_that_is_gone_are_removed_for_a_reward() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(60);
        advance(5);
        assert_eq!(submit("stranger", batch_of_closes(vec![watch.unsigned_close()])), []);
        assert_eq!(earned("stranger"), REWARD);
    });
}
