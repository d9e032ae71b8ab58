//! What accounts earned.

use crate::common::{account, ledger::START_MS, metadata, Database, Ledger};
use std::ops::Range;
use vilokanam_indexer::{
    queries::MAX_BUCKETS, views::EarningSeries, EarningsQuery, Fact, PageRequest, QueryError, Store, TimeUnit,
};

on_both!(
    earnings_by_time_works,
    earnings_of_one_account_with_two_rights_works,
    earnings_splits_are_exact_works,
    earnings_above_u64_works,
    earnings_by_stream_works,
    earnings_fee_change_works,
    earnings_bad_range_fails,
);

const MINUTE: u64 = 60_000;
const DAY: u64 = 86_400_000;

async fn series(store: &Store, who: u32, unit: TimeUnit, range_ms: Range<u64>) -> EarningSeries {
    let query = EarningsQuery { account: account(who), stream: None, unit, range_ms };
    store.earnings(&query).await.unwrap()
}

async fn earnings_by_time_works(database: Database) {
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
    let parts = |series: &EarningSeries| -> Vec<(String, u64)> {
        series.buckets.iter().map(|bucket| (bucket.starts_at.to_string(), bucket.parts.ticks)).collect()
    };
    let minutes = series(&store, 1, TimeUnit::Minute, START_MS..START_MS + 120 * MINUTE).await;
    assert_eq!(parts(&minutes), [("2026-01-01T00:00:00Z".into(), 20), ("2026-01-01T01:01:00Z".into(), 10)]);
    let hours = series(&store, 1, TimeUnit::Hour, START_MS..START_MS + 2 * DAY).await;
    assert_eq!(
        parts(&hours),
        [("2026-01-01T00:00:00Z".into(), 20), ("2026-01-01T01:00:00Z".into(), 10), ("2026-01-02T00:00:00Z".into(), 10)]
    );
    let days = series(&store, 1, TimeUnit::Day, START_MS + 5..START_MS + DAY + 1).await;
    assert_eq!(parts(&days), [("2026-01-01T00:00:00Z".into(), 30), ("2026-01-02T00:00:00Z".into(), 10)]);
    assert_eq!(days.total, store.earnings_total(&account(1), None).await.unwrap());
    assert_eq!(days.total.as_creator.0, ledger.earned[&account(1)].creator);
    let before = series(&store, 1, TimeUnit::Day, START_MS - DAY..START_MS).await;
    assert!(before.buckets.is_empty());
    assert_eq!(series(&store, 77, TimeUnit::Day, START_MS..START_MS + DAY).await.total, Default::default());
}

async fn earnings_of_one_account_with_two_rights_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    // Account 1 is creator, split and gateway of the same stream.
    let stream = ledger.create_stream(1, 1_000, &[(1, 100_000)], Vec::new());
    let id = ledger.open(20, stream, 1, 600);
    ledger.settle(&[(id, 10)]);
    store.apply(&ledger.block()).await.unwrap();
    let parts = store.earnings_total(&account(1), None).await.unwrap();
    let expected = ledger.earned[&account(1)];
    assert_eq!(parts.ticks, 10, "its ticks count once");
    assert_eq!((parts.as_creator.0, parts.as_split.0), (expected.creator, expected.split));
    assert_eq!(parts.as_gateway.0, expected.gateway);
    assert_eq!(parts.total.0, expected.creator + expected.split + expected.gateway);
}

async fn earnings_splits_are_exact_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    // Rows so small that flooring matters: the group's sum says nothing exact about the single splits.
    let stream = ledger.create_stream(1, 7, &[(5, 333_333), (6, 111_111), (7, 222_222)], Vec::new());
    let ids: Vec<_> = (0..9).map(|viewer| ledger.open(20 + viewer, stream, 100, 600)).collect();
    ledger.settle(&ids.iter().zip(1..).map(|(id, ticks)| (*id, ticks)).collect::<Vec<_>>());
    let applied = store.apply(&ledger.block()).await.unwrap();
    assert_eq!(applied.anomaly_count, 0, "{:?}", applied.anomalies);
    for who in [5, 6, 7] {
        let parts = store.earnings_total(&account(who), None).await.unwrap();
        assert_eq!(parts.as_split.0, ledger.earned[&account(who)].split);
    }
}

async fn earnings_above_u64_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let price = u128::MAX / 4_000;
    let stream = ledger.create_stream(1, price, &[(5, 999_999)], Vec::new());
    let id = ledger.open(20, stream, 100, 600);
    for _ in 0..3 {
        ledger.settle(&[(id, 100)]);
        store.apply(&ledger.block()).await.unwrap();
    }
    let parts = store.earnings_total(&account(5), None).await.unwrap();
    assert_eq!(parts.as_split.0, ledger.earned[&account(5)].split);
    assert_eq!(store.stream(stream, 0).await.unwrap().unwrap().paid.0, price * 300);
}

async fn earnings_by_stream_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    for number in 0..5u32 {
        let stream = ledger.create_stream(1, 1_000, &[], metadata(&format!("S{number}"), "", "", &[]));
        ledger.tip(stream, 20, 1_000 * u128::from(number + 1), b"");
    }
    store.apply(&ledger.block()).await.unwrap();
    let first = store.earnings_by_stream(&account(1), &PageRequest::first(3)).await.unwrap();
    let second = store.earnings_by_stream(&account(1), &PageRequest::after(3, first.next.unwrap())).await.unwrap();
    let seen: Vec<_> = first.items.into_iter().chain(second.items).collect();
    assert_eq!(seen.iter().map(|row| row.title.clone().unwrap()).collect::<Vec<_>>(), ["S0", "S1", "S2", "S3", "S4"]);
    assert_eq!(seen.iter().map(|row| row.parts.from_tips.0).sum::<u128>(), ledger.earned[&account(1)].tips);
    let one = store.earnings_total(&account(1), Some(4)).await.unwrap();
    assert_eq!(one, seen[4].parts);
    assert_eq!(store.earnings_total(&account(1), Some(u64::MAX)).await.unwrap(), Default::default());
    assert!(second.next.is_none());
}

async fn earnings_fee_change_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    ledger.push(Fact::ProtocolFeeSet { fee: sp_runtime::Permill::from_percent(5) });
    ledger.push(Fact::Tipped { stream, from: account(20), amount: 1_000, memo: Vec::new() });
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.earnings_total(&account(1), None).await.unwrap().from_tips.0, 950);
    assert_eq!(store.chain_status(0).await.unwrap().totals.protocol.0, 50);
}

async fn earnings_bad_range_fails(database: Database) {
    let store = database.store().await;
    let ask = |unit, range_ms| {
        let query = EarningsQuery { account: account(1), stream: None, unit, range_ms };
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
