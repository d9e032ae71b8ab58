//! Who has tipped and watched most, and what was watched and liked lately.

use crate::common::{account, ledger::START_MS, Database, Ledger};
use vilokanam_indexer::{people::TrendHour, AudienceMinute};

on_both!(
    tippers_are_ordered_by_exact_sums,
    those_who_hide_are_in_no_leaderboard,
    watchers_are_ordered_by_ticks,
    trends_are_summed_by_hour,
);

const HOUR: u64 = 3_600_000;

async fn tippers_are_ordered_by_exact_sums(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let (first, second) = (ledger.create_stream(1, 7, &[], Vec::new()), ledger.create_stream(2, 7, &[], Vec::new()));
    // The parts of 13 digits carry over: 2 × (10^26 - 1) is below 2 × 10^26 - 1.
    let large = 10u128.pow(26);
    ledger.tip(first, 20, large - 1);
    ledger.tip(second, 20, large - 1);
    ledger.tip(first, 21, 2 * large - 1);
    ledger.tip(first, 22, 5);
    store.apply(&ledger.block()).await.unwrap();
    let sums = |rows: Vec<vilokanam_indexer::people::LeaderRow>| {
        rows.into_iter().map(|row| (row.account, row.sum)).collect::<Vec<_>>()
    };
    let expected = [(account(21), 2 * large - 1), (account(20), 2 * large - 2), (account(22), 5)];
    assert_eq!(sums(store.top_tippers(START_MS, None).await.unwrap()), expected);
    assert_eq!(sums(store.top_tippers(0, Some(second)).await.unwrap()), [(account(20), large - 1)]);
    assert!(store.top_tippers(START_MS + 24 * HOUR, None).await.unwrap().is_empty());
}

async fn those_who_hide_are_in_no_leaderboard(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 7, &[], Vec::new());
    for giver in [20, 21] {
        let session = ledger.open(giver, stream, 100, 600);
        ledger.settle(&[(session, 3)]);
        ledger.tip(stream, giver, 5);
    }
    store.apply(&ledger.block()).await.unwrap();
    store.change_person(&account(20), |row| row.hides_from_leaderboards = true).await.unwrap();
    store.change_person(&account(21), |row| row.name = "B".into()).await.unwrap();
    for rows in [store.top_tippers(0, None).await.unwrap(), store.top_watchers(0, None).await.unwrap()] {
        assert_eq!(rows.into_iter().map(|row| row.account).collect::<Vec<_>>(), [account(21)]);
    }
}

async fn watchers_are_ordered_by_ticks(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 7, &[], Vec::new());
    let (one, two) = (ledger.open(20, stream, 100, 600), ledger.open(21, stream, 100, 600));
    for ticks in [4, 5] {
        ledger.settle(&[(one, ticks)]);
    }
    ledger.settle(&[(two, 30)]);
    store.apply(&ledger.block()).await.unwrap();
    let rows = store.top_watchers(0, Some(stream)).await.unwrap();
    let found: Vec<_> = rows.into_iter().map(|row| (row.account, row.sum)).collect();
    assert_eq!(found, [(account(21), 30), (account(20), 9)]);
    assert!(store.top_watchers(0, Some(stream + 1)).await.unwrap().is_empty());
}

async fn trends_are_summed_by_hour(database: Database) {
    let store = database.store().await;
    let minute = |stream, starts_at, viewers| AudienceMinute { stream, starts_at, viewers, previewed: 0, paid: 0 };
    let minutes = [minute(1, HOUR, 2), minute(1, HOUR + 60_000, 3), minute(1, 2 * HOUR, 1), minute(2, 0, 9)];
    store.add_audience(&minutes).await.unwrap();
    let hour = |what, starts_at, count| TrendHour { what, starts_at, count };
    assert_eq!(store.watched_by_hour(HOUR).await.unwrap(), [hour(1, HOUR, 5), hour(1, 2 * HOUR, 1)]);
    for person in [20, 21] {
        store.like(&account(person), "stream:7", HOUR + u64::from(person)).await.unwrap();
    }
    let liked = store.liked_by_hour(HOUR).await.unwrap();
    assert_eq!(liked, [TrendHour { what: "stream:7".to_owned(), starts_at: HOUR, count: 2 }]);
}
