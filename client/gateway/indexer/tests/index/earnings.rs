//! Earnings of accounts.

use crate::common::{
    account,
    ledger::{OPEN_FEE, START_MS},
    Database, Ledger,
};
use std::ops::Range;
use tick_stream_primitives::{Balance, TickEvent};
use vilokanam_indexer::{queries::MAX_BUCKETS, EarningBucket, EarningsQuery, QueryError, Store, TimeUnit};

on_both!(
    earnings_are_summed_by_minute_hour_and_day,
    ticks_of_an_account_with_several_shares_count_once,
    splits_are_exact_to_the_planck,
    amounts_above_64_bits_are_exact,
    tips_follow_the_protocol_fee,
    open_fee_is_earned_when_the_session_is_removed,
    bad_range_is_refused,
);

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

async fn buckets(store: &Store, who: u32, unit: TimeUnit, range: Range<u64>) -> Vec<EarningBucket> {
    store.earnings(&EarningsQuery { account: account(who), unit, range }).await.unwrap()
}

async fn earnings_are_summed_by_minute_hour_and_day(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let id = ledger.open(20, stream, 100, 600);
    // Twice in the first minute, once an hour and a bit later, once the next day.
    for at in [START_MS, START_MS + 30_000, START_MS + 61 * MINUTE, START_MS + DAY] {
        ledger.time_ms = at;
        ledger.settle(&[(id, 10)]);
        store.apply(&ledger.block()).await.unwrap();
    }
    let ticks = |buckets: &[EarningBucket]| -> Vec<(u64, u64)> {
        buckets.iter().map(|bucket| (bucket.starts_at - START_MS, bucket.sums.ticks)).collect()
    };
    let minutes = buckets(&store, 1, TimeUnit::Minute, START_MS..START_MS + 120 * MINUTE).await;
    assert_eq!(ticks(&minutes), [(0, 20), (61 * MINUTE, 10)]);
    let hours = buckets(&store, 1, TimeUnit::Hour, START_MS..START_MS + 2 * DAY).await;
    assert_eq!(ticks(&hours), [(0, 20), (HOUR, 10), (DAY, 10)]);
    let days = buckets(&store, 1, TimeUnit::Day, START_MS + 5..START_MS + DAY + 1).await;
    assert_eq!(ticks(&days), [(0, 30), (DAY, 10)]);
    let total = store.earnings_total(&account(1)).await.unwrap();
    assert_eq!((total.ticks, total.as_creator), (40, ledger.earned[&account(1)].creator));
    assert!(buckets(&store, 1, TimeUnit::Day, START_MS - DAY..START_MS).await.is_empty());
    assert!(buckets(&store, 77, TimeUnit::Day, START_MS..START_MS + DAY).await.is_empty());
    assert_eq!(store.earnings_total(&account(77)).await.unwrap(), Default::default());
}

async fn ticks_of_an_account_with_several_shares_count_once(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    // Account 1 is creator, split and gateway of the same stream.
    let stream = ledger.create_stream(1, 1_000, &[(1, 100_000)], Vec::new());
    let id = ledger.open(20, stream, 1, 600);
    ledger.settle(&[(id, 10)]);
    store.apply(&ledger.block()).await.unwrap();
    let sums = store.earnings_total(&account(1)).await.unwrap();
    let expected = ledger.earned[&account(1)];
    assert_eq!(sums.ticks, 10);
    assert_eq!((sums.as_creator, sums.as_split, sums.as_gateway), (expected.creator, expected.split, expected.gateway));
    assert_eq!(sums.total(), expected.creator + expected.split + expected.gateway);
}

async fn splits_are_exact_to_the_planck(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    // Claims so small that rounding matters: the sum of the group does not determine the single splits.
    let stream = ledger.create_stream(1, 7, &[(5, 333_333), (6, 111_111), (7, 222_222)], Vec::new());
    let ids: Vec<_> = (0..9).map(|viewer| ledger.open(20 + viewer, stream, 100, 600)).collect();
    ledger.settle(&ids.iter().zip(1..).map(|(id, ticks)| (*id, ticks)).collect::<Vec<_>>());
    let applied = store.apply(&ledger.block()).await.unwrap();
    assert_eq!(applied.anomaly_count, 0, "{:?}", applied.anomalies);
    for who in [5, 6, 7] {
        let sums = store.earnings_total(&account(who)).await.unwrap();
        assert_eq!(sums.as_split, ledger.earned[&account(who)].split);
    }
}

async fn amounts_above_64_bits_are_exact(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let price = u128::MAX / 4_000;
    let stream = ledger.create_stream(1, price, &[(5, 999_999)], Vec::new());
    let id = ledger.open(20, stream, 100, 600);
    for _ in 0..3 {
        ledger.settle(&[(id, 100)]);
        store.apply(&ledger.block()).await.unwrap();
    }
    let sums = store.earnings_total(&account(5)).await.unwrap();
    assert_eq!(sums.as_split, ledger.earned[&account(5)].split);
    assert_eq!(store.stream(stream).await.unwrap().unwrap().totals.paid, price * 300);
}

async fn tips_follow_the_protocol_fee(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    ledger.tip(stream, 20, 1_000);
    ledger.push(TickEvent::ProtocolFeeSet { fee: sp_runtime::Permill::from_percent(5) });
    ledger.push(TickEvent::Tipped { stream, from: account(20), amount: 1_000, memo: Default::default() });
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.earnings_total(&account(1)).await.unwrap().from_tips, 990 + 950);
    assert_eq!(store.stream(stream).await.unwrap().unwrap().totals.tipped, 2_000);
}

async fn open_fee_is_earned_when_the_session_is_removed(database: Database) {
    const REWARD: Balance = OPEN_FEE / 3;
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let (served, abandoned) = (ledger.open(21, stream, 100, 60), ledger.open(23, stream, 100, 60));
    store.apply(&ledger.block()).await.unwrap();
    let fees = async |who| store.earnings_total(&account(who)).await.unwrap().from_fees;
    assert_eq!((fees(100).await, fees(101).await), (0, 0));
    ledger.close(served);
    ledger.close_for(abandoned, account(101), REWARD);
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!((fees(100).await, fees(101).await), (2 * OPEN_FEE - REWARD, REWARD));
    let total = store.earnings_total(&account(100)).await.unwrap();
    assert_eq!((total.total(), total.without_tips(), total.ticks), (2 * OPEN_FEE - REWARD, 0, 0));
}

async fn bad_range_is_refused(database: Database) {
    let store = database.store().await;
    let ask = |unit, range| {
        let query = EarningsQuery { account: account(1), unit, range };
        let store = store.clone();
        async move { store.earnings(&query).await }
    };
    for (unit, range) in [
        (TimeUnit::Minute, START_MS..START_MS),
        (TimeUnit::Minute, Range { start: START_MS + 1, end: START_MS }),
        (TimeUnit::Minute, START_MS..START_MS + MAX_BUCKETS * MINUTE + 1),
        (TimeUnit::Day, 0..u64::MAX),
        (TimeUnit::Day, u64::MAX - 1..u64::MAX),
        (TimeUnit::Day, (1 << 63) + DAY..(1 << 63) + 2 * DAY),
    ] {
        let refused = ask(unit, range.clone()).await;
        assert!(matches!(refused, Err(QueryError::BadRange { .. })), "{unit:?} {range:?}");
    }
    ask(TimeUnit::Minute, START_MS..START_MS + MAX_BUCKETS * MINUTE).await.unwrap();
}
