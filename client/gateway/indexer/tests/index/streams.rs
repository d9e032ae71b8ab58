//! Streams: what becomes of them, filters, orders and pages.

use crate::common::{account, metadata, Database, Ledger};
use std::collections::HashMap;
use tick_stream_primitives::{Announced, StreamId, StreamStatus};
use vilokanam_indexer::{
    queries::ViewerCounts,
    views::{Page, StreamState, StreamView},
    Fact, PageRequest, QueryError, Store, StreamFilter, StreamSort, MAX_PAGE,
};

on_both!(
    stream_life_works,
    stream_announcements_work,
    stream_unknown_metadata_works,
    streams_filters_work,
    streams_sorts_and_pages_work,
    streams_by_viewers_works,
    streams_bad_cursor_fails,
    streams_bad_limit_fails,
    streams_bad_price_range_fails,
);

const NO_VIEWERS: &[(StreamId, u32)] = &[];

async fn list(store: &Store, filter: &StreamFilter) -> Vec<StreamId> {
    let page =
        store.streams(filter, StreamSort::Newest, &ViewerCounts::new(), &PageRequest::first(MAX_PAGE)).await.unwrap();
    page.items.iter().map(|stream| stream.id).collect()
}

/// All pages of three, end to end.
async fn walk(store: &Store, sort: StreamSort, viewers: &[(StreamId, u32)]) -> Vec<StreamView> {
    let viewers: HashMap<_, _> = viewers.iter().copied().collect();
    let mut found = Vec::new();
    let mut request = PageRequest::first(3);
    loop {
        let Page { items, next } = store.streams(&StreamFilter::default(), sort, &viewers, &request).await.unwrap();
        assert!(items.len() <= 3);
        found.extend(items);
        match next {
            Some(cursor) => request = PageRequest::after(3, cursor),
            None => return found,
        }
    }
}

async fn stream_life_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let json = br#"{"title":"Chess","description":"Two players","category":"Games","tags":["chess","live"],
        "thumbnail":"https://example.org/a.png","more":1}"#;
    let id = ledger.create_stream(1, 5_000, &[(5, 250_000)], json.to_vec());
    store.apply(&ledger.block()).await.unwrap();
    let view = store.stream(id, 3).await.unwrap().unwrap();
    assert_eq!((view.title.as_str(), view.category.as_str(), view.viewers), ("Chess", "Games", 3));
    assert_eq!(view.tags, ["chess", "live"]);
    assert_eq!(view.thumbnail.as_deref(), Some("https://example.org/a.png"));
    assert_eq!((view.price_per_tick.0, view.preview_ticks, view.splits[0].share_ppm), (5_000, 30, 250_000));
    assert_eq!((view.status, view.created_block), (StreamState::Offline, 1));
    let shown = serde_json::to_value(&view).unwrap();
    assert_eq!(shown["price_per_tick"], "5000");
    assert_eq!(shown["created_at"], "2026-01-01T00:00:01Z");
    assert!(shown["creator"].as_str().unwrap().starts_with('5'), "an address of prefix 42: {shown}");

    ledger.set_status(id, StreamStatus::Live);
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.stream(id, 0).await.unwrap().unwrap().status, StreamState::Live);
    ledger.set_status(id, StreamStatus::Suspended);
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.stream(id, 0).await.unwrap().unwrap().status, StreamState::Suspended);
    ledger.push(Fact::StreamEnded { stream: id });
    ledger.push(Fact::StreamRemoved { stream: id });
    store.apply(&ledger.block()).await.unwrap();
    let view = store.stream(id, 0).await.unwrap().unwrap();
    assert_eq!((view.status, view.is_removed), (StreamState::Ended, true));
    assert_eq!(view.updated_at.to_string(), "2026-01-01T00:00:04Z");
    assert!(store.stream(77, 0).await.unwrap().is_none());
    assert!(store.stream(u64::MAX, 0).await.unwrap().is_none());
}

async fn stream_announcements_work(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let id = ledger.create_stream(1, 5_000, &[(5, 250_000)], Vec::new());
    store.apply(&ledger.block()).await.unwrap();
    let mut value = ledger.streams[&id].clone();
    value.next_price = Some(Announced { value: 9_000, at: 4 });
    value.next_splits = Some(Announced { value: Default::default(), at: 5 });
    ledger.update_stream(id, value);
    store.apply(&ledger.block()).await.unwrap();
    let view = store.stream(id, 0).await.unwrap().unwrap();
    assert_eq!((view.price_per_tick.0, view.splits.len()), (5_000, 1));
    assert_eq!(view.next_price.map(|next| (next.price_per_tick.0, next.from_block)), Some((9_000, 4)));
    assert_eq!(view.next_splits.map(|next| next.from_block), Some(5));

    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.stream(id, 0).await.unwrap().unwrap().price_per_tick.0, 5_000);
    store.apply(&ledger.block()).await.unwrap();
    let view = store.stream(id, 0).await.unwrap().unwrap();
    assert_eq!((view.price_per_tick.0, view.next_price, view.splits.len()), (9_000, None, 1));
    let dear = StreamFilter { min_price: Some(9_000), ..Default::default() };
    assert_eq!(list(&store, &dear).await, [id], "the filter sees the new price");
    store.apply(&ledger.block()).await.unwrap();
    let view = store.stream(id, 0).await.unwrap().unwrap();
    assert_eq!((view.splits.len(), view.next_splits), (0, None));
}

async fn stream_unknown_metadata_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    for bytes in [vec![], vec![0xff, 0, 1], b"[1,2]".to_vec(), br#"{"title":"nul\u0000nul","tags":7}"#.to_vec()] {
        ledger.create_stream(1, 1, &[], bytes);
    }
    store.apply(&ledger.block()).await.unwrap();
    let views = walk(&store, StreamSort::Newest, NO_VIEWERS).await;
    let titles: Vec<_> = views.iter().map(|view| view.title.as_str()).collect();
    assert_eq!(titles, ["nulnul", "", "", ""]);
}

async fn streams_filters_work(database: Database) {
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
    assert_eq!(of(StreamFilter { live: Some(true), ..Default::default() }).await, [a]);
    assert_eq!(of(StreamFilter { live: Some(false), ..Default::default() }).await, [c, b]);
    let silent = StreamFilter { live: Some(false), include_unavailable: true, ..Default::default() };
    assert_eq!(of(silent).await, [d, c, b]);
    assert_eq!(of(StreamFilter { category: Some("GAMES".into()), ..Default::default() }).await, [c, a]);
    assert_eq!(of(StreamFilter { category: Some("MÚSICA".into()), ..Default::default() }).await, [b]);
    assert_eq!(of(StreamFilter { category: Some("a\0b".into()), ..Default::default() }).await, [] as [u64; 0]);
    assert_eq!(of(StreamFilter { creator: Some(account(1)), ..Default::default() }).await, [b, a]);
    let between = StreamFilter { min_price: Some(101), max_price: Some(u128::MAX - 1), ..Default::default() };
    assert_eq!(of(between).await, [b]);
    assert_eq!(of(StreamFilter { min_price: Some(u128::MAX), ..Default::default() }).await, [c]);
}

async fn streams_sorts_and_pages_work(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    for number in 0..10u32 {
        // Prices repeat, so that the order among equals matters.
        let id = ledger.create_stream(1, 10u128.pow(number % 4), &[], Vec::new());
        ledger.tip(id, 20, u128::from(number % 3) * 1_000, b"");
    }
    store.apply(&ledger.block()).await.unwrap();
    let ids = |views: Vec<StreamView>| views.into_iter().map(|view| view.id).collect::<Vec<_>>();
    assert_eq!(ids(walk(&store, StreamSort::Newest, NO_VIEWERS).await), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(ids(walk(&store, StreamSort::PriceLowest, NO_VIEWERS).await), [0, 4, 8, 1, 5, 9, 2, 6, 3, 7]);
    assert_eq!(ids(walk(&store, StreamSort::PriceHighest, NO_VIEWERS).await), [7, 3, 6, 2, 9, 5, 1, 8, 4, 0]);
    assert_eq!(ids(walk(&store, StreamSort::Earned, NO_VIEWERS).await), [8, 5, 2, 7, 4, 1, 9, 6, 3, 0]);
}

async fn streams_by_viewers_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    for _ in 0..10 {
        ledger.create_stream(1, 1, &[], Vec::new());
    }
    ledger.set_status(6, StreamStatus::Suspended);
    store.apply(&ledger.block()).await.unwrap();
    // 6 cannot be watched, 99 and the last are unknown, 3 has nobody.
    let counts = [(2, 5), (7, 5), (1, 9), (6, 50), (99, 70), (u64::MAX, 80), (3, 0)];
    let views = walk(&store, StreamSort::Viewers, &counts).await;
    let seen: Vec<_> = views.iter().map(|view| (view.id, view.viewers)).collect();
    assert_eq!(seen, [(1, 9), (7, 5), (2, 5), (9, 0), (8, 0), (5, 0), (4, 0), (3, 0), (0, 0)]);
}

async fn streams_bad_cursor_fails(database: Database) {
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

async fn streams_bad_limit_fails(database: Database) {
    let store = database.store().await;
    for limit in [0, MAX_PAGE + 1, u32::MAX] {
        let request = PageRequest::first(limit);
        let refused = store.streams(&StreamFilter::default(), StreamSort::Newest, &ViewerCounts::new(), &request).await;
        assert!(matches!(refused, Err(QueryError::BadLimit { got, .. }) if got == limit));
    }
}

async fn streams_bad_price_range_fails(database: Database) {
    let store = database.store().await;
    let filter = StreamFilter { min_price: Some(2), max_price: Some(1), ..Default::default() };
    let refused =
        store.streams(&filter, StreamSort::Newest, &ViewerCounts::new(), &PageRequest::first(1)).await.unwrap_err();
    assert!(matches!(refused, QueryError::BadPriceRange));
    assert!(refused.is_callers_fault());
}
