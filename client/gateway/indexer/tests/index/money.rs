//! What viewers pay: sums by time and stream, receipts, tips; and what creators earn in the days of time zones.

use crate::common::{account, ledger::START_MS, Database, Ledger};
use tick_stream_primitives::TickEvent;
use vilokanam_indexer::{EarningsQuery, PageRequest, QueryError, SpendingSum, TimeUnit};

on_both!(
    spending_is_summed_by_bucket_and_stream,
    spending_above_64_bits_is_exact,
    bad_borders_are_refused,
    receipts_of_a_viewer_are_newest_first,
    tips_are_listed_for_giver_and_receiver,
    tips_are_built_again_with_the_index,
    earnings_between_borders_are_those_of_their_minutes,
);

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

async fn spending_is_summed_by_bucket_and_stream(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let first = ledger.create_stream(1, 1_000, &[], Vec::new());
    let second = ledger.create_stream(2, 7, &[], Vec::new());
    let (one, two) = (ledger.open(20, first, 100, 600), ledger.open(20, second, 100, 600));
    let other = ledger.open(21, first, 100, 600);
    store.apply(&ledger.block()).await.unwrap();
    // Days of Kathmandu begin at 18:15 UTC.
    let midnight = START_MS + 18 * HOUR + 15 * MINUTE;
    for (at, ticks) in [(midnight - 2_000, 1), (midnight, 2), (midnight + DAY - 2_000, 4), (midnight + DAY, 8)] {
        ledger.time_ms = at;
        ledger.settle(&[(one, ticks)]);
        ledger.settle(&[(two, 1)]);
        ledger.settle(&[(other, 50)]);
        ledger.tip(second, 20, 5);
        store.apply(&ledger.block()).await.unwrap();
    }
    let borders = [midnight - DAY, midnight, midnight + DAY];
    let sum = |bucket, stream, ticks, paid, tips| SpendingSum { bucket, stream, ticks, paid, tips };
    let expected =
        [sum(0, first, 1, 1_000, 0), sum(0, second, 1, 7, 5), sum(1, first, 6, 6_000, 0), sum(1, second, 2, 14, 10)];
    assert_eq!(store.spending(&account(20), &borders).await.unwrap(), expected);
    assert!(store.spending(&account(77), &borders).await.unwrap().is_empty());
    let creators = store.creators_of(&[first, second, 99, u64::MAX]).await.unwrap();
    assert_eq!(creators, [(first, account(1)), (second, account(2))].into());
}

async fn spending_above_64_bits_is_exact(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let price = u128::MAX / 4_001;
    let stream = ledger.create_stream(1, price, &[], Vec::new());
    let id = ledger.open(20, stream, 100, 600);
    for _ in 0..3 {
        ledger.settle(&[(id, 100)]);
        ledger.tip(stream, 20, price);
        store.apply(&ledger.block()).await.unwrap();
    }
    let sums = store.spending(&account(20), &[START_MS, START_MS + DAY]).await.unwrap();
    assert_eq!(sums, [SpendingSum { bucket: 0, stream, ticks: 300, paid: price * 300, tips: price * 3 }]);
}

async fn bad_borders_are_refused(database: Database) {
    let store = database.store().await;
    for borders in [vec![], vec![START_MS], vec![START_MS, START_MS + 1], vec![START_MS + DAY, START_MS]] {
        let spending = store.spending(&account(1), &borders).await;
        assert!(matches!(spending, Err(QueryError::BadRange { .. })), "{borders:?}");
        let earnings = store.earnings_between(&account(1), &borders).await;
        assert!(matches!(earnings, Err(QueryError::BadRange { .. })), "{borders:?}");
    }
}

async fn receipts_of_a_viewer_are_newest_first(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let (one, two) = (ledger.open(20, stream, 100, 600), ledger.open(20, stream, 100, 600));
    let other = ledger.open(21, stream, 100, 600);
    for ticks in 1..=3 {
        // Two receipts of one block have the same time.
        ledger.settle(&[(one, ticks), (two, 10 * ticks), (other, 99)]);
        store.apply(&ledger.block()).await.unwrap();
    }
    let mut found = Vec::new();
    let mut page = PageRequest::first(2);
    loop {
        let answer = store.receipts_of_viewer(&account(20), &page).await.unwrap();
        found.extend(answer.items);
        let Some(next) = answer.next else { break };
        page = PageRequest::after(2, next);
    }
    assert_eq!(found.iter().map(|row| row.ticks).collect::<Vec<_>>(), [30, 3, 20, 2, 10, 1]);
    assert!(found.iter().all(|row| row.viewer == account(20) && row.stream == stream));
    assert_eq!((found[0].session, found[1].session), (two, one));
    let wrong = PageRequest::after(2, "33aa");
    assert!(matches!(store.receipts_of_viewer(&account(20), &wrong).await, Err(QueryError::BadCursor)));
}

async fn tips_are_listed_for_giver_and_receiver(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let memo = b"thank you\0 \xff".to_vec().try_into().unwrap();
    ledger.push(TickEvent::Tipped { stream, from: account(20), amount: 3, memo });
    ledger.tip(stream, 21, 4);
    let first = ledger.block();
    store.apply(&first).await.unwrap();
    ledger.tip(stream, 20, 5);
    ledger.push(TickEvent::Tipped { stream: 99, from: account(20), amount: 6, memo: Default::default() });
    store.apply(&ledger.block()).await.unwrap();

    let page = PageRequest::first(10);
    let given = store.tips_given(&account(20), &page).await.unwrap().items;
    assert_eq!(given.iter().map(|tip| tip.amount).collect::<Vec<_>>(), [5, 3], "none to a stream that is unknown");
    let (tip, at) = (&given[1], first.time_ms);
    assert_eq!((tip.memo.as_str(), tip.at, tip.block, tip.stream), ("thank you \u{fffd}", at, 1, stream));
    assert_eq!((&tip.giver, &tip.creator), (&account(20), &account(1)));
    let received = store.tips_received(&account(1), &PageRequest::first(2)).await.unwrap();
    assert_eq!(received.items.iter().map(|tip| tip.amount).collect::<Vec<_>>(), [5, 4]);
    let rest = store.tips_received(&account(1), &PageRequest::after(2, received.next.unwrap())).await.unwrap();
    assert_eq!(rest.items.iter().map(|tip| tip.amount).collect::<Vec<_>>(), [3]);
    assert!(store.tips_received(&account(20), &page).await.unwrap().items.is_empty());
}

async fn tips_are_built_again_with_the_index(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    ledger.tip(stream, 20, 3);
    let block = ledger.block();
    store.apply(&block).await.unwrap();
    store.reset_index().await.unwrap();
    assert!(store.tips_given(&account(20), &PageRequest::first(10)).await.unwrap().items.is_empty());
    let again = database.store().await;
    again.apply(&block).await.unwrap();
    assert_eq!(again.tips_given(&account(20), &PageRequest::first(10)).await.unwrap().items.len(), 1);
}

async fn earnings_between_borders_are_those_of_their_minutes(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let id = ledger.open(20, stream, 100, 6_000);
    let settled = (0..24 * 60).step_by(7).map(|minute| {
        ledger.time_ms = START_MS + minute * MINUTE;
        ledger.settle(&[(id, 1)]);
        ledger.block()
    });
    store.apply_all(&settled.collect::<Vec<_>>()).await.unwrap();
    let query = EarningsQuery { account: account(1), unit: TimeUnit::Minute, range: START_MS..START_MS + DAY };
    let minutes = store.earnings(&query).await.unwrap();
    // In hours and minutes from the beginning: whole hours, quarters of hours, within one hour, and every hour.
    let cases: [&[u64]; 4] = [&[0, 600, 1_380], &[15, 345, 1_395], &[61, 62, 75, 119], &[15, 75, 135, 195, 255]];
    for case in cases {
        let borders: Vec<u64> = case.iter().map(|minute| START_MS + minute * MINUTE).collect();
        let found = store.earnings_between(&account(1), &borders).await.unwrap();
        let expected = borders.windows(2).map(|two| {
            let within = minutes.iter().filter(|bucket| (two[0]..two[1]).contains(&bucket.starts_at));
            (two[0], within.map(|bucket| bucket.sums.ticks).sum::<u64>())
        });
        let found: Vec<_> = found.iter().map(|bucket| (bucket.starts_at, bucket.sums.ticks)).collect();
        assert_eq!(found, expected.filter(|(_, ticks)| *ticks > 0).collect::<Vec<_>>(), "{case:?}");
    }
}
