//! Sessions, receipts, accounts and gateways.

use crate::common::{account, ledger::session_id, ledger::OPEN_FEE, Database, Ledger};
use vilokanam_indexer::{
    views::{GatewayState, SessionState},
    Fact, PageRequest, QueryError,
};

on_both!(
    session_life_works,
    sessions_of_viewer_pages_work,
    top_sessions_works,
    receipts_pages_work,
    sessions_unknown_works,
    account_works,
    gateways_work,
);

async fn session_life_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let id = ledger.open(20, stream, 100, 60);
    store.apply(&ledger.block()).await.unwrap();
    let view = store.session(&id).await.unwrap().unwrap();
    assert_eq!((view.status, view.settled_ticks, view.max_ticks, view.nonce.0), (SessionState::Open, 0, 60, 1));
    assert_eq!(serde_json::to_value(&view).unwrap()["id"], format!("0x01{}", "0".repeat(30)));

    ledger.settle(&[(id, 12)]);
    ledger.push(Fact::SessionClosing { session: id, until: 602 });
    store.apply(&ledger.block()).await.unwrap();
    let view = store.session(&id).await.unwrap().unwrap();
    assert_eq!((view.status, view.closing_until_block), (SessionState::Closing, Some(602)));
    assert_eq!((view.settled_ticks, view.paid.0, view.refunded), (12, 12_000, None));

    ledger.close(id);
    store.apply(&ledger.block()).await.unwrap();
    let view = store.session(&id).await.unwrap().unwrap();
    assert_eq!((view.status, view.closed_block), (SessionState::Closed, Some(3)));
    assert_eq!(view.refunded.unwrap().0, 48_000);
    assert_eq!(view.closed_at.unwrap().to_string(), "2026-01-01T00:00:03Z");
    let totals = store.chain_status(0).await.unwrap().totals;
    assert_eq!((totals.sessions, totals.open_sessions, totals.ticks, totals.paid.0), (1, 0, 12, 12_000));
}

async fn sessions_of_viewer_pages_work(database: Database) {
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
        let page = store.sessions_of_viewer(&account(20), false, &request).await.unwrap();
        found.extend(page.items.iter().map(|session| session.id.0));
        let Some(next) = page.next else { break };
        request = PageRequest::after(4, next);
    }
    assert_eq!(found, expected);
    let open = store.sessions_of_viewer(&account(20), true, &PageRequest::first(100)).await.unwrap();
    assert_eq!((open.items.len(), open.items[0].id.0), (5, expected[1]));
    let bad = store.sessions_of_viewer(&account(20), false, &PageRequest::after(4, "ff")).await;
    assert!(matches!(bad, Err(QueryError::BadCursor)));
}

async fn top_sessions_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 10u128.pow(30), &[], Vec::new());
    let other = ledger.create_stream(1, 1, &[], Vec::new());
    let ids: Vec<_> = (0..4).map(|viewer| ledger.open(20 + viewer, stream, 100, 600)).collect();
    ledger.open(30, other, 100, 600);
    ledger.settle(&[(ids[0], 9), (ids[1], 100), (ids[3], 10)]);
    store.apply(&ledger.block()).await.unwrap();
    let top = store.top_sessions(stream, 3).await.unwrap();
    assert_eq!(top.iter().map(|session| session.id.0).collect::<Vec<_>>(), [ids[1], ids[3], ids[0]]);
    assert!(matches!(store.top_sessions(stream, 0).await, Err(QueryError::BadLimit { .. })));
    assert!(store.top_sessions(u64::MAX, 3).await.unwrap().is_empty());
}

async fn receipts_pages_work(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 7, &[], Vec::new());
    let id = ledger.open(20, stream, 100, 600);
    for ticks in 1..=5 {
        ledger.settle(&[(id, ticks)]);
        store.apply(&ledger.block()).await.unwrap();
    }
    let first = store.receipts(&id, &PageRequest::first(3)).await.unwrap();
    let second = store.receipts(&id, &PageRequest::after(3, first.next.clone().unwrap())).await.unwrap();
    assert_eq!(second.next, None);
    let all: Vec<_> = first.items.iter().chain(&second.items).collect();
    let seen: Vec<_> = all.iter().map(|receipt| (receipt.block, receipt.ticks, receipt.settled_ticks)).collect();
    assert_eq!(seen, [(1, 1, 1), (2, 2, 3), (3, 3, 6), (4, 4, 10), (5, 5, 15)]);
    assert_eq!(all.iter().map(|receipt| receipt.paid.0).sum::<u128>(), 15 * 7);
    let sessions = store.sessions_of_viewer(&account(20), false, &PageRequest::after(3, first.next.unwrap())).await;
    assert!(matches!(sessions, Err(QueryError::BadCursor)), "a cursor of another list");
}

async fn sessions_unknown_works(database: Database) {
    let store = database.store().await;
    assert!(store.session(&session_id(1)).await.unwrap().is_none());
    assert!(store.account(&account(1)).await.unwrap().is_none());
    assert!(store.gateway(&account(1)).await.unwrap().is_none());
    let page = PageRequest::first(10);
    assert!(store.receipts(&session_id(1), &page).await.unwrap().items.is_empty());
    assert!(store.sessions_of_viewer(&account(1), false, &page).await.unwrap().items.is_empty());
    assert!(store.tips(u64::MAX, &page).await.unwrap().items.is_empty());
    assert!(store.payouts(&account(1), &page).await.unwrap().items.is_empty());
}

async fn account_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let viewer = account(20);
    let early = ledger.open(20, stream, 100, 10);
    store.apply(&ledger.block()).await.unwrap();
    let view = store.account(&viewer).await.unwrap().unwrap();
    assert_eq!((view.free, view.reserved.0, view.fees.0), (None, 10_000, OPEN_FEE), "a deposit nobody told of");

    ledger.push(Fact::Deposited { viewer: viewer.clone(), amount: 500_000, free: 700_000 });
    let id = ledger.open(20, stream, 100, 100);
    ledger.settle(&[(id, 40), (early, 1)]);
    ledger.close(id);
    ledger.push(Fact::Withdrawn { viewer: viewer.clone(), amount: 60_000, free: 700_000 - 40_000 - OPEN_FEE - 60_000 });
    ledger.tip(stream, 20, 3_000, b"h\xffi\0!");
    ledger.push(Fact::PaidOut { account: viewer.clone(), amount: 12 });
    store.apply(&ledger.block()).await.unwrap();
    let view = store.account(&viewer).await.unwrap().unwrap();
    assert_eq!((view.deposited.0, view.withdrawn.0, view.reserved.0), (500_000, 60_000, 10_000));
    assert_eq!(view.free.unwrap().0, 700_000 - 40_000 - OPEN_FEE - 60_000);
    assert_eq!((view.spent.0, view.fees.0, view.tipped.0, view.paid_out.0), (41_000, 2 * OPEN_FEE, 3_000, 12));
    assert_eq!((view.open_sessions, view.sessions), (1, 2));
    let tips = store.tips(stream, &PageRequest::first(1)).await.unwrap();
    assert_eq!((tips.items[0].amount.0, tips.items[0].memo.as_str()), (3_000, "h\u{fffd}i!"));
    let payouts = store.payouts(&viewer, &PageRequest::first(1)).await.unwrap();
    assert_eq!((payouts.items[0].amount.0, payouts.items[0].block), (12, 2));

    ledger.push(Fact::DepositReaped { viewer: viewer.clone() });
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.account(&viewer).await.unwrap().unwrap().free.unwrap().0, 0);
}

async fn gateways_work(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    (100..105).for_each(|gateway| ledger.register_gateway(gateway));
    let id = ledger.open(20, stream, 100, 60);
    let unknown = ledger.open(20, stream, 200, 60);
    ledger.settle(&[(id, 10)]);
    ledger.push(Fact::GatewayLeaving { gateway: account(101) });
    ledger.push(Fact::GatewayLeft { gateway: account(102) });
    store.apply(&ledger.block()).await.unwrap();
    let view = store.gateway(&account(100)).await.unwrap().unwrap();
    assert_eq!(
        (view.endpoint.as_str(), view.bond.0, view.status),
        ("https://gateway.example", 1_000, GatewayState::Active)
    );
    assert_eq!((view.ticks, view.paid.0, view.open_sessions, view.sessions), (10, 10_000, 1, 1));
    assert_eq!(view.earned.0, ledger.earned[&account(100)].gateway);
    assert_eq!(store.gateway(&account(200)).await.unwrap().unwrap().status, GatewayState::Unknown);
    ledger.close(unknown);
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.gateway(&account(200)).await.unwrap().unwrap().open_sessions, 0);

    let first = store.gateways(false, &PageRequest::first(4)).await.unwrap();
    let second = store.gateways(false, &PageRequest::after(4, first.next.unwrap())).await.unwrap();
    let seen: Vec<_> = first.items.iter().chain(&second.items).map(|gateway| gateway.account.0.clone()).collect();
    assert_eq!(seen, [100, 101, 102, 103, 104, 200].map(account));
    let active = store.gateways(true, &PageRequest::first(10)).await.unwrap();
    assert_eq!(active.items.len(), 3);
}
