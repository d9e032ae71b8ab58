//! Streams: what becomes of them, filters, orders and pages.

use crate::common::{account, metadata, Database, Ledger};
use std::collections::HashMap;
use tick_stream_primitives::{Announced, StreamId, StreamStatus, TickEvent};
use vilokanam_indexer::{
    metadata::Metadata, queries::MAX_FILTER_IDS, IdFilter, Page, PageRequest, QueryError, Store, StreamFilter,
    StreamRow, StreamSort, ViewerCounts, MAX_PAGE,
};

on_both!(
    stream_is_followed_from_creation_to_end,
    announced_changes_take_effect_in_their_block,
    streams_with_unreadable_metadata_are_listed,
    streams_are_filtered_by_status_category_creator_and_price,
    streams_are_filtered_by_id_before_paging,
    all_streams_of_a_creator_can_be_listed,
    too_many_ids_are_refused,
    streams_are_sorted_and_paged,
    streams_are_sorted_by_viewers,
    bad_cursor_is_refused,
    bad_limit_is_refused,
    bad_price_range_is_refused,
);

const NO_VIEWERS: &[(StreamId, u32)] = &[];

async fn list(store: &Store, filter: &StreamFilter) -> Vec<StreamId> {
    let page =
        store.streams(filter, StreamSort::Newest, &ViewerCounts::new(), &PageRequest::first(MAX_PAGE)).await.unwrap();
    page.items.iter().map(|stream| stream.id).collect()
}

/// Reads all pages of three entries.
async fn walk(store: &Store, filter: &StreamFilter, sort: StreamSort, viewers: &[(StreamId, u32)]) -> Vec<StreamRow> {
    let viewers: HashMap<_, _> = viewers.iter().copied().collect();
    let mut found = Vec::new();
    let mut request = PageRequest::first(3);
    loop {
        let Page { items, next } = store.streams(filter, sort, &viewers, &request).await.unwrap();
        assert!(items.len() == 3 || next.is_none(), "only the last page may be short");
        found.extend(items);
        match next {
            Some(cursor) => request = PageRequest::after(3, cursor),
            None => return found,
        }
    }
}

async fn stream_is_followed_from_creation_to_end(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let id = ledger.create_stream(1, 5_000, &[(5, 250_000)], metadata("Chess", "Two players", "Games", &["live"]));
    store.apply(&ledger.block()).await.unwrap();
    let stream = store.stream(id).await.unwrap().unwrap();
    assert_eq!((stream.id, &stream.value), (id, &ledger.streams[&id]));
    assert_eq!(Metadata::decode(&stream.value.metadata).title, "Chess");

    let status = |store: Store| async move { store.stream(id).await.unwrap().unwrap().value.status };
    for next in [StreamStatus::Live, StreamStatus::Suspended] {
        ledger.set_status(id, next);
        store.apply(&ledger.block()).await.unwrap();
        assert_eq!(status(store.clone()).await, next);
    }
    ledger.push(TickEvent::StreamEnded { stream: id });
    ledger.push(TickEvent::StreamRemoved { stream: id, creator: account(1), deposit: 1 });
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(status(store.clone()).await, StreamStatus::Ended, "a removed stream stays in the index");
    assert!(store.stream(77).await.unwrap().is_none());
    assert!(store.stream(u64::MAX).await.unwrap().is_none());
}

async fn announced_changes_take_effect_in_their_block(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let id = ledger.create_stream(1, 5_000, &[(5, 250_000)], Vec::new());
    store.apply(&ledger.block()).await.unwrap();
    let mut value = ledger.streams[&id].clone();
    value.next_price = Some(Announced { value: 9_000, at: 4 });
    value.next_splits = Some(Announced { value: Default::default(), at: 5 });
    ledger.update_stream(id, value.clone());
    // Block 2 announces; the price changes in block 4, the splits in block 5.
    let expected =
        [(5_000, Some(4), 1, Some(5)), (5_000, Some(4), 1, Some(5)), (9_000, None, 1, Some(5)), (9_000, None, 0, None)];
    for (price, next_price, splits, next_splits) in expected {
        store.apply(&ledger.block()).await.unwrap();
        let found = store.stream(id).await.unwrap().unwrap().value;
        assert_eq!((found.price_per_tick, found.next_price.map(|next| next.at)), (price, next_price));
        assert_eq!((found.splits.len(), found.next_splits.map(|next| next.at)), (splits, next_splits));
    }
}

async fn streams_with_unreadable_metadata_are_listed(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    for bytes in [vec![], vec![0xff, 0, 1], b"[1,2]".to_vec(), br#"{"title":"nul\u0000nul","tags":7}"#.to_vec()] {
        ledger.create_stream(1, 1, &[], bytes);
    }
    store.apply(&ledger.block()).await.unwrap();
    let rows = walk(&store, &StreamFilter::default(), StreamSort::Newest, NO_VIEWERS).await;
    let titles: Vec<_> = rows.iter().map(|row| Metadata::decode(&row.value.metadata).title).collect();
    assert_eq!(titles, ["nulnul", "", "", ""]);
}

async fn streams_are_filtered_by_status_category_creator_and_price(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let a = ledger.create_stream(1, 100, &[], metadata("A", "", "Games", &[]));
    let b = ledger.create_stream(1, 200, &[], metadata("B", "", "Música", &[]));
    let c = ledger.create_stream(2, u128::MAX, &[], metadata("C", "", "games", &[]));
    let d = ledger.create_stream(2, 300, &[], metadata("D", "", "", &[]));
    ledger.set_status(a, StreamStatus::Live);
    ledger.set_status(d, StreamStatus::Suspended);
    store.apply(&ledger.block()).await.unwrap();
    let of = |filter: StreamFilter| {
        let store = store.clone();
        async move { list(&store, &filter).await }
    };
    assert_eq!(of(StreamFilter::default()).await, [c, b, a]);
    assert_eq!(of(StreamFilter { include_unavailable: true, ..Default::default() }).await, [d, c, b, a]);
    assert_eq!(of(StreamFilter { category: Some("GAMES".into()), ..Default::default() }).await, [c, a]);
    assert_eq!(of(StreamFilter { category: Some("MÚSICA".into()), ..Default::default() }).await, [b]);
    assert_eq!(of(StreamFilter { category: Some("a\0b".into()), ..Default::default() }).await, [] as [u64; 0]);
    assert_eq!(of(StreamFilter { creator: Some(account(1)), ..Default::default() }).await, [b, a]);
    let between = StreamFilter { min_price: Some(101), max_price: Some(u128::MAX - 1), ..Default::default() };
    assert_eq!(of(between).await, [b]);
    assert_eq!(of(StreamFilter { min_price: Some(u128::MAX), ..Default::default() }).await, [c]);
}

/// Full pages of streams on air, or of the others, although both are scattered.
async fn streams_are_filtered_by_id_before_paging(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    for _ in 0..40 {
        ledger.create_stream(1, 1, &[], Vec::new());
    }
    // What the creator announces is of no importance; a suspended stream stays hidden.
    ledger.set_status(3, StreamStatus::Live);
    ledger.set_status(20, StreamStatus::Suspended);
    store.apply(&ledger.block()).await.unwrap();
    let on_air = vec![0, 9, 20, 21, 22, 38, 99, u64::MAX];
    for sort in [StreamSort::Newest, StreamSort::Viewers] {
        let only = StreamFilter { ids: Some(IdFilter::Only(on_air.clone())), ..Default::default() };
        let found: Vec<_> = walk(&store, &only, sort, NO_VIEWERS).await.iter().map(|row| row.id).collect();
        assert_eq!(found, [38, 22, 21, 9, 0], "{sort:?}");
        let others = StreamFilter { ids: Some(IdFilter::Except(on_air.clone())), ..Default::default() };
        assert_eq!(walk(&store, &others, sort, NO_VIEWERS).await.len(), 40 - 6, "{sort:?}");
    }
    let none = StreamFilter { ids: Some(IdFilter::Only(Vec::new())), ..Default::default() };
    assert!(list(&store, &none).await.is_empty());
    let all = StreamFilter { ids: Some(IdFilter::Except(Vec::new())), ..Default::default() };
    assert_eq!(list(&store, &all).await.len(), 39);
}

async fn all_streams_of_a_creator_can_be_listed(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let statuses = [StreamStatus::Live, StreamStatus::Offline, StreamStatus::Ended, StreamStatus::Suspended];
    for status in statuses {
        let id = ledger.create_stream(1, 1, &[], Vec::new());
        ledger.set_status(id, status);
    }
    ledger.create_stream(2, 1, &[], Vec::new());
    store.apply(&ledger.block()).await.unwrap();
    let own = StreamFilter { creator: Some(account(1)), include_unavailable: true, ..Default::default() };
    assert_eq!(list(&store, &own).await, [3, 2, 1, 0]);
}

async fn too_many_ids_are_refused(database: Database) {
    let store = database.store().await;
    let ask = |count: usize| {
        let store = store.clone();
        async move {
            let filter = StreamFilter { ids: Some(IdFilter::Only((0..count as u64).collect())), ..Default::default() };
            store.streams(&filter, StreamSort::Newest, &ViewerCounts::new(), &PageRequest::first(1)).await
        }
    };
    ask(MAX_FILTER_IDS).await.unwrap();
    assert!(matches!(ask(MAX_FILTER_IDS + 1).await, Err(QueryError::TooManyIds { .. })));
}

async fn streams_are_sorted_and_paged(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    for number in 0..10u32 {
        // Prices repeat, so that the order among equals matters.
        let id = ledger.create_stream(1, 10u128.pow(number % 4), &[], Vec::new());
        ledger.tip(id, 20, u128::from(number % 3) * 1_000);
    }
    store.apply(&ledger.block()).await.unwrap();
    let sorted = |sort| {
        let store = store.clone();
        async move {
            let rows = walk(&store, &StreamFilter::default(), sort, NO_VIEWERS).await;
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(sorted(StreamSort::Newest).await, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(sorted(StreamSort::PriceLowest).await, [0, 4, 8, 1, 5, 9, 2, 6, 3, 7]);
    assert_eq!(sorted(StreamSort::PriceHighest).await, [7, 3, 6, 2, 9, 5, 1, 8, 4, 0]);
    assert_eq!(sorted(StreamSort::Earned).await, [8, 5, 2, 7, 4, 1, 9, 6, 3, 0]);
}

async fn streams_are_sorted_by_viewers(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    for _ in 0..10 {
        ledger.create_stream(1, 1, &[], Vec::new());
    }
    ledger.set_status(6, StreamStatus::Suspended);
    store.apply(&ledger.block()).await.unwrap();
    // Stream 6 is suspended, 99 and the last one are unknown, 3 has no viewers.
    let counts = [(2, 5), (7, 5), (1, 9), (6, 50), (99, 70), (u64::MAX, 80), (3, 0)];
    let rows = walk(&store, &StreamFilter::default(), StreamSort::Viewers, &counts).await;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 7, 2, 9, 8, 5, 4, 3, 0]);
}

async fn bad_cursor_is_refused(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    for _ in 0..3 {
        ledger.create_stream(1, 1, &[], Vec::new());
    }
    store.apply(&ledger.block()).await.unwrap();
    let ask = |sort, cursor: String| {
        let store = store.clone();
        async move {
            let request = PageRequest::after(1, cursor);
            store.streams(&StreamFilter::default(), sort, &ViewerCounts::new(), &request).await
        }
    };
    let first = store
        .streams(&StreamFilter::default(), StreamSort::Newest, &ViewerCounts::new(), &PageRequest::first(1))
        .await
        .unwrap();
    let good = first.next.unwrap();
    assert!(ask(StreamSort::Newest, good.clone()).await.is_ok());
    for (sort, cursor) in [
        (StreamSort::Earned, good.clone()),
        (StreamSort::Viewers, good.clone()),
        (StreamSort::Newest, String::new()),
        (StreamSort::Newest, "zz".into()),
        (StreamSort::Newest, format!("{good}00")),
        (StreamSort::Newest, good[..good.len() - 2].into()),
        (StreamSort::Newest, "01".repeat(10_000)),
        (StreamSort::Newest, "'; DROP TABLE streams; --".into()),
    ] {
        let refused = ask(sort, cursor.clone()).await;
        assert!(matches!(refused, Err(QueryError::BadCursor)), "{sort:?} {cursor}");
    }
}

async fn bad_limit_is_refused(database: Database) {
    let store = database.store().await;
    for limit in [0, MAX_PAGE + 1, u32::MAX] {
        let request = PageRequest::first(limit);
        let refused = store.streams(&StreamFilter::default(), StreamSort::Newest, &ViewerCounts::new(), &request).await;
        assert!(matches!(refused, Err(QueryError::BadLimit { got, .. }) if got == limit));
    }
}

async fn bad_price_range_is_refused(database: Database) {
    let store = database.store().await;
    let filter = StreamFilter { min_price: Some(2), max_price: Some(1), ..Default::default() };
    let refused =
        store.streams(&filter, StreamSort::Newest, &ViewerCounts::new(), &PageRequest::first(1)).await.unwrap_err();
    assert!(matches!(refused, QueryError::BadPriceRange));
}
