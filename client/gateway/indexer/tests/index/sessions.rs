//! Sessions and receipts.

use crate::common::{
    account,
    ledger::{session_id, session_key, START_MS},
    Database, Ledger,
};
use std::collections::BTreeSet;
use tick_stream_primitives::TickEvent;
use vilokanam_indexer::{PageRequest, QueryError};

on_both!(
    session_is_followed_from_opening_to_close,
    session_names_its_session_key,
    sessions_of_viewer_are_paged_newest_first,
    open_sessions_of_gateway_leave_out_closed_and_foreign_ones,
    top_sessions_are_ordered_by_amount_paid,
    receipts_are_paged_in_order_of_time,
    receipts_of_unknown_session_are_none,
    unknown_ids_are_not_found,
);

async fn session_is_followed_from_opening_to_close(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let id = ledger.open(20, stream, 100, 60);
    store.apply(&ledger.block()).await.unwrap();
    let session = store.session(&id).await.unwrap().unwrap();
    assert_eq!((session.id, session.viewer, session.gateway), (id, account(20), account(100)));
    assert_eq!((session.settled_ticks, session.max_ticks, session.price_per_tick), (0, 60, 1_000));
    assert_eq!((session.opened_at, session.closing_until, session.closed_at), (START_MS, None, None));
    assert_eq!(session.session_key, None, "the wallet opened it");

    ledger.settle(&[(id, 12)]);
    ledger.push(TickEvent::SessionClosing { session: id, viewer: account(20), stream, until: 602 });
    store.apply(&ledger.block()).await.unwrap();
    let session = store.session(&id).await.unwrap().unwrap();
    assert_eq!((session.closing_until, session.closed_at), (Some(602), None));
    assert_eq!((session.settled_ticks, session.paid, session.refunded), (12, 12_000, None));

    ledger.close(id);
    store.apply(&ledger.block()).await.unwrap();
    let session = store.session(&id).await.unwrap().unwrap();
    assert_eq!((session.closing_until, session.closed_at), (None, Some(START_MS + 3_000)));
    assert_eq!((session.settled_ticks, session.paid, session.refunded), (12, 12_000, Some(48_000)));
}

async fn session_names_its_session_key(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let id = ledger.open(21, stream, 100, 60);
    store.apply(&ledger.block()).await.unwrap();
    let page = store.sessions_of_viewer(&account(21), &PageRequest::first(1)).await.unwrap();
    assert_eq!(page.items[0].session_key, Some(session_key(21)));
    ledger.close(id);
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.session(&id).await.unwrap().unwrap().session_key, Some(session_key(21)));
}

async fn open_sessions_of_gateway_leave_out_closed_and_foreign_ones(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let [first, closed, second] = [(20, 100), (21, 100), (22, 100)].map(|(who, at)| ledger.open(who, stream, at, 60));
    ledger.open(23, stream, 101, 60);
    store.apply(&ledger.block()).await.unwrap();
    ledger.close(closed);
    store.apply(&ledger.block()).await.unwrap();
    let open = store.open_sessions_of_gateway(&account(100), None).await.unwrap();
    assert_eq!(BTreeSet::from_iter(open.clone()), BTreeSet::from([first, second]));
    let behind = store.open_sessions_of_gateway(&account(100), open.first()).await.unwrap();
    assert_eq!(behind, open[1..]);
}

async fn sessions_of_viewer_are_paged_newest_first(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1, &[], Vec::new());
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.extend([ledger.open(20, stream, 100, 1), ledger.open(20, stream, 100, 1)]);
        ledger.open(21, stream, 100, 1);
        store.apply(&ledger.block()).await.unwrap();
    }
    ledger.close(expected[5]);
    store.apply(&ledger.block()).await.unwrap();
    expected.reverse();

    let mut found = Vec::new();
    let mut request = PageRequest::first(4);
    loop {
        let page = store.sessions_of_viewer(&account(20), &request).await.unwrap();
        found.extend(page.items.iter().map(|session| session.id));
        let Some(next) = page.next else { break };
        request = PageRequest::after(4, next);
    }
    assert_eq!(found, expected);
    let refused = store.sessions_of_viewer(&account(20), &PageRequest::after(4, "ff")).await;
    assert!(matches!(refused, Err(QueryError::BadCursor)));
}

async fn top_sessions_are_ordered_by_amount_paid(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 10u128.pow(30), &[], Vec::new());
    let other = ledger.create_stream(1, 1, &[], Vec::new());
    let ids: Vec<_> = (0..4).map(|viewer| ledger.open(20 + viewer, stream, 100, 600)).collect();
    ledger.open(30, other, 100, 600);
    ledger.settle(&[(ids[0], 9), (ids[1], 100), (ids[3], 10)]);
    store.apply(&ledger.block()).await.unwrap();
    let top = store.top_sessions(stream, 3).await.unwrap();
    assert_eq!(top.iter().map(|session| session.id).collect::<Vec<_>>(), [ids[1], ids[3], ids[0]]);
    assert!(matches!(store.top_sessions(stream, 0).await, Err(QueryError::BadLimit { .. })));
    assert!(store.top_sessions(u64::MAX, 3).await.unwrap().is_empty());
}

async fn receipts_are_paged_in_order_of_time(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 7, &[], Vec::new());
    let id = ledger.open(20, stream, 100, 600);
    for ticks in 1..=5 {
        ledger.settle(&[(id, ticks)]);
        store.apply(&ledger.block()).await.unwrap();
    }
    let first = store.receipts(&id, &PageRequest::first(3)).await.unwrap().unwrap();
    let cursor = first.next.unwrap();
    let second = store.receipts(&id, &PageRequest::after(3, cursor.clone())).await.unwrap().unwrap();
    assert_eq!(second.next, None);
    let all: Vec<_> = first.items.iter().chain(&second.items).collect();
    let seen: Vec<_> = all.iter().map(|receipt| (receipt.block, receipt.ticks, receipt.paid)).collect();
    assert_eq!(seen, [(1, 1, 7), (2, 2, 14), (3, 3, 21), (4, 4, 28), (5, 5, 35)]);
    assert!(all.iter().all(|receipt| receipt.settled_at == START_MS + u64::from(receipt.block) * 1_000));
    let refused = store.sessions_of_viewer(&account(20), &PageRequest::after(3, cursor)).await;
    assert!(matches!(refused, Err(QueryError::BadCursor)), "a cursor of another list");
}

async fn receipts_of_unknown_session_are_none(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 7, &[], Vec::new());
    let unsettled = ledger.open(20, stream, 100, 600);
    store.apply(&ledger.block()).await.unwrap();
    let page = PageRequest::first(10);
    assert_eq!(store.receipts(&session_id(99), &page).await.unwrap(), None);
    let empty = store.receipts(&unsettled, &page).await.unwrap().expect("the session exists");
    assert!(empty.items.is_empty());
}

async fn unknown_ids_are_not_found(database: Database) {
    let store = database.store().await;
    assert!(store.session(&session_id(1)).await.unwrap().is_none());
    let page = PageRequest::first(10);
    assert!(store.sessions_of_viewer(&account(1), &page).await.unwrap().items.is_empty());
}
